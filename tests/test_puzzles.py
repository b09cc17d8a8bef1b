"""No puzzle twice, none in two splits, and each row in its place for ever: permutation, multisets, ownership, rows.

GAMEGEN_FULL=1 checks 200,000 rows for leaks, which is every row of the small splits; otherwise 20,000 are checked.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import combinations_with_replacement

import pytest
from brute import Rules as Plain
from brute import live, losing_plays, state_of
from conftest import FULL

from gamegen import puzzles
from gamegen.assembly import Asked, assemble
from gamegen.corpus import Maker
from gamegen.errors import GamegenError, SpecError
from gamegen.games.countdown import Countdown, Puzzle, Rules
from gamegen.puzzles import CLASSES, OWNED, Multisets, PuzzleSpace, code, held_out, owner
from gamegen.region import steps
from gamegen.rng import Draws, Permutation
from gamegen.room import has_room
from gamegen.spec import PuzzleSpec, Range, Spec, from_dict
from gamegen.trace import count

SPLITS = ("train", "validation", "test", "test_new_targets")
HELD_OUT = {6, 35, 37, 51, 65, 71, 76, 77, 87, 91, 97}  # of 0 to 100: published, so they must not move


def space(seed: int = 0, **setting: object) -> PuzzleSpace:
    return PuzzleSpace(from_dict({"puzzles": setting, "trace": {"backtracks": 0}}).puzzles, Rules(), seed)


def key(puzzle: Puzzle) -> str:
    game = Countdown(puzzle.rules)
    return game.key(game.start(puzzle))


def rows(of: PuzzleSpace, split: str, start: int, stop: int) -> list[Puzzle]:
    return [of.puzzle(split, i) for i in range(start, min(stop, of.capacity(split)))]


# Permutation


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 97, 99, 100, 101, 120, 121, 122, 1000, 4999])
@pytest.mark.parametrize("name", ["a", "b"])
def test_a_permutation_takes_every_place_once_and_can_be_inverted(size: int, name: str) -> None:
    order = Permutation(size, name)
    assert len(order) == size
    assert sorted(order[i] for i in range(size)) == list(range(size))
    assert all(order.index(order[i]) == i and order[order.index(i)] == i for i in range(size))
    for outside in (-1, size, size + 1):
        with pytest.raises(IndexError):
            order[outside]
        with pytest.raises(IndexError):
            order.index(outside)


def test_a_large_permutation_is_inverted_by_random_access() -> None:
    for size in (10**6 + 3, 2**40, 10**13 + 37):
        order = Permutation(size, 7, "large")
        places = [order[i] for i in range(500)]
        assert len(set(places)) == 500 and all(0 <= j < size for j in places)
        assert [order.index(j) for j in places] == list(range(500))
        assert 0.4 < sum(places) / 500 / size < 0.6


def test_permutations_with_other_keys_share_hardly_a_place() -> None:
    one, other = Permutation(10_000, 1, "order"), Permutation(10_000, 2, "order")
    assert sum(one[i] == other[i] for i in range(10_000)) < 10  # one place is what chance gives


# Multisets


@pytest.mark.parametrize(
    ("count", "low", "high"), [(3, 1, 12), (3, 0, 9), (4, 1, 10), (4, 90, 99), (5, 0, 6), (6, 1, 6), (3, 5, 5)]
)
def test_the_multisets_of_all_classes_are_all_multisets_once(count: int, low: int, high: int) -> None:
    multisets, everything = Multisets(count, low, high), range(CLASSES)
    listed = [multisets.multiset(everything, k) for k in range(multisets.size(everything))]
    assert sorted(listed) == list(combinations_with_replacement(range(low, high + 1), count))
    for c in everything:
        one = range(c, c + 1)
        members = [multisets.multiset(one, k) for k in range(multisets.size(one))]
        assert sorted(members) == sorted(m for m in listed if sum(map(code, m)) % CLASSES == c)
    for outside in (-1, multisets.size(everything)):
        with pytest.raises(IndexError):
            multisets.multiset(everything, outside)


@pytest.mark.parametrize(("count", "high"), [(3, 20), (4, 12), (5, 8), (6, 7)])
def test_each_multiset_is_listed_by_the_split_that_owns_it(count: int, high: int) -> None:
    multisets = Multisets(count, 1, high)
    listed = {split: {multisets.multiset(OWNED[split], k) for k in range(multisets.size(OWNED[split]))} for split in OWNED}
    for numbers in combinations_with_replacement(range(1, high + 1), count):
        assert [split for split in OWNED if numbers in listed[split]] == [s for s in [owner(numbers)] if s is not None]


def test_splits_own_classes_apart_from_each_other_and_leave_one() -> None:
    owned = [c for classes in OWNED.values() for c in classes]
    assert tuple(OWNED) == SPLITS
    assert len(set(owned)) == len(owned) and set(owned) < set(range(CLASSES))


# Ownership is a constant: these literals are what is published, and a change of any of them is a leak.


@pytest.mark.parametrize(
    ("numbers", "split"),
    [
        ((10, 40, 58, 82), "train"),
        ((1, 2, 3, 4), "train"),
        ((1, 2, 4, 40), "validation"),
        ((1, 2, 3, 62), "test"),
        ((1, 2, 3, 10), "test_new_targets"),
        ((1, 2, 4, 61), None),
    ],
)
def test_who_owns_a_multiset_does_not_change(numbers: tuple[int, ...], split: str | None) -> None:
    assert owner(numbers) == owner(tuple(reversed(numbers))) == split


def test_the_codes_and_the_held_out_targets_do_not_change() -> None:
    assert [code(n) for n in range(1, 21)] == [5, 7, 0, 4, 38, 9, 20, 6, 0, 50, 59, 39, 46, 21, 15, 22, 13, 18, 37, 25]
    assert {target for target in range(101) if held_out(target)} == HELD_OUT
    assert 0.09 < sum(map(held_out, range(10_000))) / 10_000 < 0.11


FIRST_KEYS = {
    "train": ("1,6,36,45=177", "709d34d0a91c760b"),
    "validation": ("31,57,73,80=784", "59d983595d858241"),
    "test": ("5,19,34,71=547", "010eb39199fb99ce"),
    "test_new_targets": ("9,12,61,95=971", "76518f9c76d5dbf8"),
}


@pytest.mark.parametrize("split", SPLITS)
def test_the_first_hundred_rows_do_not_move(split: str) -> None:
    keys = [key(puzzle) for puzzle in rows(space(), split, 0, 100)]
    digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]
    assert (keys[0].removeprefix("countdown/+-*//all/natural/"), digest) == FIRST_KEYS[split]


SPACES = [
    {},
    {"numbers": [1, 50]},
    {"target": [10, 99]},
    {"capacity": 3},
    {"numbers": [1, 13], "target": 24},
    {"count": 3},
    {"count": 5, "numbers": [0, 30]},
    {"count": 6},
]


@pytest.mark.parametrize("setting", SPACES, ids=str)
@pytest.mark.parametrize("seed", [0, 2**63 - 1])
def test_every_spec_gives_a_split_only_what_it_owns(setting: dict[str, object], seed: int) -> None:
    of = space(seed, **setting)
    for split in SPLITS:
        for puzzle in rows(of, split, 0, 25):
            assert owner(puzzle.numbers) == split
            assert held_out(puzzle.target) == (split == "test_new_targets")


def test_the_rules_do_not_change_who_owns_a_puzzle() -> None:
    for rules in (Rules("+-"), Rules(use_all=False), Rules(values="rational")):
        of = PuzzleSpace(PuzzleSpec(capacity=2), rules, 0)
        found = rows(of, "test", 0, 50)
        assert {owner(puzzle.numbers) for puzzle in found} == {"test"}
        assert {type(puzzle.target) for puzzle in found} == {int}  # where fractions count, too


# Leaks


def leaks(found: Mapping[str, Iterable[str]]) -> list[str]:
    """What is wrong with splits of canonical keys: a key twice, a multiset in two splits, a held-out target elsewhere."""
    seen: dict[str, str] = {}
    multisets: dict[str, str] = {}
    targets: dict[str, set[str]] = {}
    problems = []
    for split, keys in found.items():
        for one in keys:
            numbers, target = one.split("=")
            if one in seen:
                problems.append(f"{one} stands in {seen[one]} and in {split}")
            if multisets.setdefault(numbers, split) != split:
                problems.append(f"{numbers} stands in {multisets[numbers]} and in {split}")
            seen[one] = split
            targets.setdefault(split, set()).add(target)
    new = targets.get("test_new_targets", set())
    for split in targets.keys() - {"test_new_targets"}:
        problems += [f"new target {target} stands in {split}" for target in sorted(targets[split] & new)]
    return problems


def some_keys(split: str, part: range) -> list[str]:
    return [key(puzzle) for puzzle in rows(space(), split, part.start, part.stop)]


def test_no_row_leaks_and_none_is_there_twice() -> None:
    of, wanted = space(), 200_000 if FULL else 20_000
    sizes = {split: min(of.capacity(split), wanted // 10) for split in SPLITS[1:]}
    parts = [(split, range(size)) for split, size in sizes.items()]
    train, step = wanted - sum(sizes.values()), wanted // 10
    parts += [("train", range(start, min(start + step, train))) for start in range(0, train, step)]
    with ProcessPoolExecutor(2) as pool:
        found: dict[str, list[str]] = {split: [] for split in SPLITS}
        for (split, _), keys in zip(parts, pool.map(some_keys, *zip(*parts, strict=True)), strict=True):
            found[split] += keys
    assert sum(map(len, found.values())) == wanted
    assert leaks(found) == []


def small_keys(highest: int = 400) -> dict[str, list[str]]:
    """All keys of a small space; another highest target makes it a space that nothing has been remembered of."""
    of = space(count=3, numbers=[1, 20], target=[1, highest], capacity=2)
    return {split: [key(puzzle) for puzzle in rows(of, split, 0, 10**6)] for split in SPLITS}


def test_a_whole_small_space_has_no_leak() -> None:
    found = small_keys()
    assert min(map(len, found.values())) > 5
    assert leaks(found) == []


def test_one_planted_key_is_a_leak() -> None:
    found = small_keys()
    assert leaks({**found, "test": [*found["test"], found["train"][7]]}) != []
    assert leaks({**found, "train": [*found["train"], found["train"][7]]}) != []
    numbers = found["train"][7].split("=")[0]
    assert leaks({**found, "test": [*found["test"], f"{numbers}=9999"]}) == [f"{numbers} stands in train and in test"]
    target = found["test_new_targets"][0].split("=")[1]
    moved = f"countdown/+-*//all/natural/500,500,500={target}"
    assert f"new target {target} stands in train" in leaks({**found, "train": [*found["train"], moved]})


def test_splits_that_share_a_class_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    for classes in (OWNED, puzzles.OWNERS):
        monkeypatch.setitem(classes, "test", range(59, 60))
    assert any("stands in train and in test" in problem for problem in leaks(small_keys(401)))


def test_targets_that_are_not_held_out_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(puzzles, "HELD_OUT", ())
    assert any("new target" in problem for problem in leaks(small_keys(402)))


def test_a_permutation_that_repeats_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Permutation, "__getitem__", lambda self, i: i // 2)
    assert any("stands in train and in train" in problem for problem in leaks(small_keys(403)))


# Rows


@pytest.mark.parametrize("split", SPLITS)
def test_a_row_is_the_same_in_any_order_and_from_a_fresh_space(split: str) -> None:
    straight = rows(space(seed=4), split, 0, 200)
    other = space(seed=4)
    asked = list(range(200))
    Draws("any order").shuffle(asked)
    assert {i: other.puzzle(split, i) for i in asked} == dict(enumerate(straight))
    assert space(seed=4).puzzle(split, 150) == straight[150]


def test_small_corpora_are_prefixes_of_large_ones() -> None:
    small = Maker(Spec(splits={"train": 10}))
    large = Maker(Spec(splits={"train": 100_000, "validation": 1000, "test": 7}))
    assert [small.space.puzzle("train", i) for i in range(10)] == [large.space.puzzle("train", i) for i in range(10)]


@pytest.mark.parametrize(
    "setting",
    [
        {"trace": {"backtracks": 0}},
        {"trace": {"backtracks": [12, 12]}},
        {"style": {"verbosity": 3.5}},
        {"arms": ["answer_only"]},
        {"splits": {"test": 3}},
    ],
    ids=str,
)
def test_dials_that_are_not_of_the_puzzles_leave_the_puzzles_as_they_are(setting: dict[str, object]) -> None:
    plain, dialled = Maker(from_dict({"seed": 3})), Maker(from_dict({"seed": 3, **setting}))
    for split in SPLITS:
        assert [plain.space.puzzle(split, i) for i in range(40)] == [dialled.space.puzzle(split, i) for i in range(40)]


@pytest.mark.parametrize("seed", [0, 2**40])
def test_neighbouring_seeds_share_hardly_a_row(seed: int) -> None:
    for split in SPLITS:
        one, other = rows(space(seed), split, 0, 300), rows(space(seed + 1), split, 0, 300)
        assert sum(a.numbers == b.numbers for a, b in zip(one, other, strict=True)) <= 2
        # nor are they the same rows, shifted
        assert sum((Counter(map(key, one)) & Counter(map(key, other))).values()) <= 15


def test_a_seed_only_orders_a_space_that_is_given_whole() -> None:
    small = partial(space, count=4, numbers=[1, 13], target=24)
    one, other = (rows(small(seed=seed), "train", 0, 10**6) for seed in (1, 2))
    assert one != other and sorted(map(key, one)) == sorted(map(key, other))


@pytest.mark.parametrize("count", [3, 4])
def test_the_target_is_in_range_and_can_be_reached_and_missed_often_enough(count: int) -> None:
    of = space(seed=8, count=count, target=[50, 300])
    for split in SPLITS:
        for puzzle in rows(of, split, 0, 25):
            start = state_of(puzzle.numbers)
            assert len(puzzle.numbers) == count and all(1 <= n <= 100 for n in puzzle.numbers)
            assert 50 <= puzzle.target <= 300
            assert live(start, puzzle.target, Plain())
            assert losing_plays(start, puzzle.target, Plain()) >= of.spec.capacity


@pytest.mark.parametrize("count", [5, 6])
def test_large_puzzles_can_be_won(count: int) -> None:
    of = space(seed=8, count=count)
    for puzzle in rows(of, "train", 0, 100):
        state = of.game.start(puzzle)
        assert 10 <= puzzle.target <= 1000
        for move in of.game.win(state, Draws(1)):
            state = of.game.play(state, move)
        assert state.numbers == (puzzle.target,)


def test_without_all_numbers_the_target_is_not_given_for_nothing() -> None:
    of = PuzzleSpace(PuzzleSpec(count=4, numbers=Range(1, 12), target=Range(1, 30), capacity=2), Rules(use_all=False), 1)
    for puzzle in rows(of, "train", 0, 200):
        assert puzzle.target not in puzzle.numbers
        assert live(state_of(puzzle.numbers), puzzle.target, Plain(use_all=False))


@pytest.mark.parametrize(
    "setting",
    [
        {"count": 4, "numbers": [1, 13], "target": 24},
        {"count": 3, "numbers": [1, 13], "target": 24, "capacity": 5},
        {"count": 3, "numbers": [0, 9], "target": [0, 20], "capacity": 0},
        {"count": 3, "numbers": [0, 6], "target": [1, 30], "capacity": 14},
    ],
    ids=str,
)
def test_a_small_space_is_given_whole(setting: dict[str, object]) -> None:
    of = space(**setting)
    found = {split: rows(of, split, 0, 10**6) for split in SPLITS}
    assert found["train"]
    for split, puzzles_ in found.items():
        assert len(puzzles_) == len(set(map(key, puzzles_))) == len({p.numbers for p in puzzles_})
        for puzzle in puzzles_:
            assert live(state_of(puzzle.numbers), puzzle.target, Plain())
            assert losing_plays(state_of(puzzle.numbers), puzzle.target, Plain()) >= of.spec.capacity
            assert held_out(puzzle.target) == (split == "test_new_targets")
    assert leaks({split: map(key, puzzles_) for split, puzzles_ in found.items()}) == []


def test_a_space_of_one_target_gives_every_solvable_multiset() -> None:
    of = space(count=3, numbers=[1, 13], target=24, capacity=0)
    given = {puzzle.numbers for split in SPLITS for puzzle in rows(of, split, 0, 10**6)}
    solvable = {
        numbers
        for numbers in combinations_with_replacement(range(1, 14), 3)
        if owner(numbers) not in (None, "test_new_targets") and live(state_of(numbers), 24, Plain())
    }
    assert given == solvable


def test_a_puzzle_that_cannot_be_missed_often_enough_is_not_given() -> None:
    # (1,1,1) leaves {1,2}, {0,1} or {1,1}, which make 3, 2 and 3 results: 8 plays in all, of which some win.
    few = {puzzle.numbers for puzzle in rows(space(count=3, numbers=[1, 6], target=[1, 30], capacity=0), "train", 0, 10**6)}
    many = {puzzle.numbers for puzzle in rows(space(count=3, numbers=[1, 6], target=[1, 30], capacity=10), "train", 0, 10**6)}
    assert (1, 1, 1) in few - many and many < few


def test_a_row_or_a_split_that_there_is_not_is_refused() -> None:
    of = space(count=4, numbers=[1, 13], target=24)
    with pytest.raises(GamegenError, match="rows 0 to"):
        of.puzzle("train", of.capacity("train"))
    with pytest.raises(GamegenError):
        of.puzzle("train", -1)
    with pytest.raises(SpecError, match="validation"):
        of.capacity("validaton")


def test_the_last_row_of_a_split_is_there() -> None:
    of = space()
    for split in SPLITS:
        last = of.capacity(split) - 1
        assert owner(of.puzzle(split, last).numbers) == split


def test_equal_puzzles_have_one_key_and_others_have_another() -> None:
    one = Puzzle((1, 2, 3), 6)
    assert key(one) == key(Puzzle((3, 1, 2), 6))
    others = [
        Puzzle((1, 2, 3), 7),
        Puzzle((1, 2, 2), 6),
        Puzzle((1, 2, 3), 6, Rules("+-*")),
        Puzzle((1, 2, 3), 6, Rules(use_all=False)),
        Puzzle((1, 2, 3), 6, Rules(values="integer")),
        Puzzle((12, 3), 6),
    ]
    assert len({key(one), *map(key, others)}) == 1 + len(others)


@pytest.mark.parametrize(("count_", "capacity", "every"), [(3, 12, 7), (4, 12, 23), (4, 45, 97), (5, 10, 397)])
def test_a_puzzle_of_a_corpus_gives_the_steps_that_are_promised(count_: int, capacity: int, every: int) -> None:
    """Small numbers, where many are equal and many states are poor in moves."""
    space = PuzzleSpace(PuzzleSpec(count=count_, numbers=Range(1, 12), target=Range(1, 200), capacity=capacity), Rules(), 3)
    pairs = [(b, s) for b in range(capacity + 1) for s in (steps(count_, b)[0], steps(count_, b)[-1])]
    for i in range(0, space.capacity("train"), every):
        puzzle = space.puzzle("train", i % space.capacity("train"))
        backtracks, wanted = pairs[i // every % len(pairs)]
        run = assemble(space.game, space.game.start(puzzle), Asked(backtracks, wanted), Draws(i))
        assert run is not None, (puzzle, backtracks, wanted)
        assert (count(run, "backtrack"), count(run, "try")) == (backtracks, wanted)


def test_a_puzzle_that_is_won_through_zero_alone_is_looked_at_closely() -> None:
    """50 - 50, times 94, and 32 remains: next to 0 hardly a move is left, so ten backtracks have no room in few steps."""
    game = Countdown(Rules())
    assert not has_room(game, (11, 32, 39, 50, 94), 32, 12)
    assert has_room(game, (11, 32, 39, 50, 94), 33, 12)
    oracle = game.oracle((11, 32, 39, 50, 94))
    assert oracle.makes_beside_zero(32) and oracle.makes_beside_zero(126) and not oracle.makes_beside_zero(33)
