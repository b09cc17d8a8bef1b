"""What is counted of a puzzle is what brute force counts, and what was asked for of difficulty is there in every row."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import permutations, product

import numpy as np
import pytest
from brute import Rules as Plain
from brute import children, live, reachable, solved, state_of, targets, winning_plays
from conftest import FULL

from gamegen import levels
from gamegen.build import plan
from gamegen.corpus import Maker
from gamegen.difficulty import Difficulty, is_counted, measure, needs_multiplication, shape, shapes
from gamegen.errors import SpecError
from gamegen.games.countdown import Countdown, Move, Puzzle, Rules, State
from gamegen.puzzles import owner
from gamegen.rng import Draws
from gamegen.spec import from_dict, from_yaml, to_dict, to_yaml
from gamegen.trace import winning_path

RULES = [Rules(operations, use_all, values) for operations, use_all, values in product(
    ("+-*/", "+*", "-/", "+-", "*/"), (True, False), ("natural", "integer", "rational")
)]  # fmt: skip


def counted(numbers: tuple[int, ...], goal: int, rules: Plain) -> Difficulty:
    """The difficulty by brute force."""
    start = state_of(numbers)
    states = reachable(start, goal, rules)
    dead = sum(not live(state, goal, rules) for state in states)
    sums = rules._replace(operations="".join(op for op in "+-" if op in rules.operations))
    return Difficulty(
        0 if solved(start, goal, rules) else len(children(start, rules)),
        len(states),
        dead / len(states),
        winning_plays(start, goal, rules),
        not live(start, goal, sums),
    )


def puzzles(rules: Rules, count: int, tries: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """Numbers small and large, with goals that can be reached, some that cannot, and 0."""
    plain = Plain(rules.operations, rules.use_all, rules.values)
    for i in range(tries):
        draws = Draws("difficulty", count, i)
        highest = draws.choice((3, 9, 100))
        numbers = tuple(sorted(draws.between(0, highest) for _ in range(count)))
        reached = sorted(int(goal) for goal in targets(state_of(numbers), plain) if goal.denominator == 1)
        for goal in (0, draws.between(-5, 200), *(draws.choice(reached) for _ in range(3 if reached else 0))):
            yield numbers, goal


def check(numbers: tuple[int, ...], goal: int, rules: Rules) -> Difficulty:
    game = Countdown(rules)
    found = measure(game, game.start(Puzzle(numbers, goal, rules)))
    wanted = counted(numbers, goal, Plain(rules.operations, rules.use_all, rules.values))
    assert found.dead_share == pytest.approx(wanted.dead_share, abs=1e-12), (numbers, goal)
    assert found._replace(dead_share=None) == wanted._replace(dead_share=None), (numbers, goal)
    return found


# What is counted


@pytest.mark.parametrize("rules", RULES, ids=str)
def test_counts_of_three_and_four_numbers_are_those_of_brute_force(rules: Rules) -> None:
    found = [check(*puzzle, rules) for count in (3, 4) for puzzle in puzzles(rules, count, 40 if FULL else 4)]
    assert len({difficulty.solutions for difficulty in found}) > 1
    assert any(difficulty.dead_share == 1 for difficulty in found)


@pytest.mark.parametrize("rules", [rules for rules in RULES if rules.values != "rational"], ids=str)
def test_counts_level_by_level_are_those_of_brute_force(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way that counts five numbers, of three and four."""
    monkeypatch.setattr("gamegen.difficulty.LISTED", 2)
    for count in (3, 4):
        for puzzle in puzzles(rules, count, 40 if FULL else 4):
            check(*puzzle, rules)


@pytest.mark.parametrize(
    ("numbers", "goal", "rules"),
    [
        ((3, 7, 25, 50, 75), 450, Rules()),
        ((1, 1, 2, 3, 3), 0, Rules()),
        ((2, 3, 5, 5, 9), 24, Rules(use_all=False)),
        ((0, 1, 4, 4, 6), 10, Rules(values="integer")),
    ],
    ids=str,
)
def test_counts_of_five_numbers_are_those_of_brute_force(numbers: tuple[int, ...], goal: int, rules: Rules) -> None:
    assert check(numbers, goal, rules).solutions


def test_a_small_puzzle_can_be_counted_by_hand() -> None:
    """1, 1, 1: the first move leaves {1, 2}, {0, 1} or {1, 1}; these leave 1, 2, 3 and 0, 1 and 0, 1, 2."""
    game = Countdown(Rules())
    states = 1 + 3 + 4
    assert measure(game, State((1, 1, 1), 3)) == Difficulty(3, states, 1 - 3 / states, 1, False)
    assert measure(game, State((1, 1, 1), 0)) == Difficulty(3, states, 1 - 4 / states, 2, True)
    assert measure(game, State((1, 1, 1), 7)) == Difficulty(3, states, 1.0, 0, True)


def test_a_won_state_has_no_moves() -> None:
    assert measure(Countdown(Rules(use_all=False)), State((2, 3, 4), 4)) == Difficulty(0, 1, 0.0, 1, False)


def test_the_largest_numbers_are_counted_exactly() -> None:
    """999 ** 5 is far below 2 ** 63; where a state does not fit in one integer, ranks stand for its values."""
    game = Countdown(Rules(values="integer"))
    numbers = (991, 993, 995, 997, 999)
    assert measure(game, State(numbers, 991 * 993 * 995 * 997 * 999)).solutions == winning_plays(
        state_of(numbers), 991 * 993 * 995 * 997 * 999, Plain(values="integer")
    )


def test_states_are_told_apart_by_one_integer_each(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = Draws("packed")
    columns = np.sort(np.array([[draws.between(-9, 9) * 10**k for _ in range(500)] for k in (0, 6, 12)]), axis=0)
    different = len(set(map(tuple, columns.T.tolist())))
    assert len(np.unique(levels._packed(columns))) == different
    monkeypatch.setattr(levels, "WORD", 20)  # now ranks are needed
    assert len(np.unique(levels._packed(columns))) == different


def test_what_takes_too_long_is_not_counted() -> None:
    for numbers, rules in (((1, 2, 3, 4, 5, 6), Rules()), ((1, 2, 3, 4, 5), Rules(values="rational"))):
        assert not is_counted(len(numbers), rules)
        found = measure(Countdown(rules), State(numbers, 20))
        assert (found.states, found.dead_share, found.solutions) == (None, None, None)
        assert found.moves == len(children(state_of(numbers), Plain(values=rules.values)))


@pytest.mark.parametrize("use_all", [True, False])
@pytest.mark.parametrize("values", ["natural", "integer", "rational"])
def test_sums_with_signs_are_what_plus_and_minus_reach(values: str, use_all: bool) -> None:
    game = Countdown(Rules("+-", use_all, values))
    for numbers in ((0, 0, 0), (0, 0, 3), (1, 2, 4), (2, 2, 7), (5, 5, 5), (1, 3, 9, 27)):
        for goal in range(-20, 42):
            reached = live(state_of(numbers), goal, Plain("+-", use_all, values))
            assert needs_multiplication(game, State(numbers, goal)) != reached, (numbers, goal)


# The shape of a solution


def test_the_shape_does_not_depend_on_the_order_of_operands() -> None:
    start = State((1, 2, 3, 4), 0)
    chain = [Move(2, "-", 1, 1), Move(3, "-", 1, 2), Move(4, "-", 2, 2)]
    other = [Move(2, "-", 1, 1), Move(1, "-", 3, -2), Move(-2, "-", 4, -6)]
    assert shape(start, chain) == shape(start, other) == "((..).)."
    pairs = [Move(4, "-", 3, 1), Move(2, "*", 1, 2), Move(2, "-", 1, 1)]
    assert shape(start, pairs) == "(..)(..)"
    assert shape(start, []) == "." and shape(start, chain[:1]) == ".."


def test_a_mixed_tree_has_the_larger_operand_first() -> None:
    start = State((1, 2, 3, 4, 5), 0)
    moves = [Move(2, "-", 1, 1), Move(3, "+", 5, 8), Move(4, "+", 8, 12), Move(1, "+", 12, 13)]
    assert shape(start, moves) == "((..).)(..)"


def test_the_solutions_of_a_corpus_are_not_chains_only() -> None:
    """Of the two shapes that four numbers have, and of the three that five have, none is rare."""
    for count, every in ((4, {"((..).).", "(..)(..)"}), (5, {"(((..).).).", "((..)(..)).", "((..).)(..)"})):
        maker = Maker(from_dict({"puzzles": {"count": count, "capacity": 2}, "trace": {"backtracks": 0}}))
        tally = Counter(
            shape(maker.game.start(case.puzzle), [step.move for step in winning_path(case.trace)])
            for case in (maker.run("train", i) for i in range(400))
        )
        assert set(tally) == every
        assert min(tally.values()) > 400 / 20, tally


def test_a_row_says_how_hard_it_is_the_same_in_every_arm() -> None:
    maker = Maker(from_dict({"splits": {"train": 20}}))
    for i in range(20):
        rows = maker.rows("train", i)
        told = rows["procedure"]["difficulty"]
        assert all(row["difficulty"] == told for row in rows.values())
        row = rows["procedure"]
        wanted = counted(tuple(row["numbers"]), row["target"], Plain())
        assert {name: told[name] for name in wanted._fields} == wanted._asdict()
        case = maker.run("train", i)
        assert told["numbers"] == 4
        assert told["shape"] == shape(maker.game.start(case.puzzle), [step.move for step in winning_path(case.trace)])


# Dials


def dialled(count: int = 4, **dials: object) -> Maker:
    return Maker(from_dict({"puzzles": {"count": count, "difficulty": dials}, "trace": {"backtracks": 1}}))


def holds(dials: dict[str, object], found: Difficulty) -> bool:
    """Whether the difficulty is as it was asked for."""
    for name, dial in dials.items():
        low, high = dial if isinstance(dial, list) else (dial, dial)
        if not low <= getattr(found, name) <= high:
            return False
    return True


@pytest.mark.parametrize(
    "dials",
    [
        {"solutions": 1},
        {"solutions": [8, 60]},
        {"states": [150, 200]},
        {"dead_share": [0.9, 0.95]},
        {"needs_multiplication": False},
        {"needs_multiplication": True, "solutions": [2, 4]},
    ],
    ids=str,
)
def test_what_was_asked_of_difficulty_is_there_in_every_row(dials: dict[str, object]) -> None:
    space = dialled(**dials).space
    free = dialled().space
    for split, rows in (("train", 300), ("test_new_targets", 20)):
        assert space.capacity(split) >= rows
        puzzles = [space.puzzle(split, i) for i in range(rows)]
        assert all(holds(dials, measure(space.game, space.game.start(puzzle))) for puzzle in puzzles)
        assert len({puzzle.numbers for puzzle in puzzles}) == rows
        assert all(owner(puzzle.numbers) == split for puzzle in puzzles)
    assert not all(holds(dials, measure(free.game, free.game.start(free.puzzle("train", i)))) for i in range(100))


def test_dials_of_five_numbers_and_of_a_small_space_are_met() -> None:
    space = dialled(5, solutions=[1, 20]).space
    assert all(measure(space.game, space.game.start(space.puzzle("train", i))).solutions <= 20 for i in range(20))
    wanted = {"puzzles": {"numbers": [1, 13], "target": 24, "difficulty": {"solutions": [1, 3]}}}
    space = Maker(from_dict(wanted)).space
    given = [space.puzzle("train", i) for i in range(space.capacity("train"))]
    assert all(1 <= winning_plays(state_of(puzzle.numbers), 24, Plain()) <= 3 for puzzle in given)
    free = Maker(from_dict({"puzzles": {"numbers": [1, 13], "target": 24}})).space
    others = {free.puzzle("train", i) for i in range(free.capacity("train"))} - set(given)
    assert given and others
    assert not any(1 <= winning_plays(state_of(puzzle.numbers), 24, Plain()) <= 3 for puzzle in others)


def test_dials_of_the_trace_leave_puzzles_of_a_difficulty_as_they_are() -> None:
    of = {"puzzles": {"difficulty": {"solutions": [2, 9], "needs_multiplication": True}}, "seed": 5}
    one = Maker(from_dict({**of, "trace": {"backtracks": 0}})).space
    other = Maker(from_dict({**of, "trace": {"backtracks": 12, "checks": 0.5}, "style": {"name": "ledger"}})).space
    for split in ("train", "test"):
        straight = [one.puzzle(split, i) for i in range(60)]
        assert straight == [other.puzzle(split, i) for i in reversed(range(60))][::-1]


def test_a_spec_with_dials_is_read_back_as_it_was() -> None:
    spec = from_dict({"puzzles": {"difficulty": {"dead_share": [0.5, 1], "solutions": 3, "needs_multiplication": False}}})
    assert from_yaml(to_yaml(spec)) == spec
    assert to_dict(spec)["puzzles"]["difficulty"] == {
        "solutions": 3,
        "states": None,
        "dead_share": [0.5, 1.0],
        "needs_multiplication": False,
        "shape": None,
    }


@pytest.mark.parametrize(
    ("setting", "key", "said"),
    [
        ({"difficulty": {"solutions": [5000, 6000]}}, "solutions", r"\[5000, 6000\] given.*solutions 1 to \d+"),
        ({"difficulty": {"states": 9}}, "states", r"9 given.*states \d+ to \d+"),
        ({"difficulty": {"dead_share": [0.1, 0.2]}}, "dead_share", r"\[0.1, 0.2\] given.*dead_share 0.9\d* to 0.9"),
        ({"difficulty": {"solutions": 0}}, "solutions", "0 given; a range"),
        ({"difficulty": {"dead_share": [0.9, 0.8]}}, "dead_share", "0.9, 0.8"),
        ({"difficulty": {"dead_share": "much"}}, "dead_share", "'much'.*a number or a pair"),
        ({"difficulty": {"needs_multiplication": 1}}, "needs_multiplication", "true or false is needed"),
        ({"difficulty": {"solution": 1}}, "solution", "the keys are: solutions"),
        ({"count": 6, "difficulty": {"states": [1, 10]}}, "states", "up to 5 numbers; puzzles.count is 6"),
        (
            {"count": 3, "difficulty": {"needs_multiplication": False, "solutions": 1, "states": [28, 29]}},
            "",
            r"states \[28, 29\]",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_had_is_refused_in_one_line(setting: dict[str, object], key: str, said: str) -> None:
    with pytest.raises(SpecError) as refusal:
        plan(from_dict({"puzzles": setting, "trace": {"backtracks": 2}}))
    line = str(refusal.value)
    assert line.startswith(f"puzzles.difficulty{'.' if key else ''}{key}: ") and "\n" not in line
    assert re.search(said, line), line


def test_fractions_of_five_numbers_have_no_dial_on_counts() -> None:
    wanted = {"rules": {"values": "rational"}, "puzzles": {"count": 5, "difficulty": {"solutions": 3}}}
    with pytest.raises(SpecError, match=r"puzzles.difficulty.solutions: 3 given, but under rational rules.*up to 4 numbers"):
        Maker(from_dict({**wanted, "trace": {"backtracks": 0}}))


@pytest.mark.parametrize(("count", "number"), [(2, 1), (3, 1), (4, 2), (5, 3), (6, 6)])
def test_the_shapes_of_so_many_numbers_are_those_of_the_unordered_trees(count: int, number: int) -> None:
    assert len(shapes(count)) == number  # the Wedderburn-Etherington numbers
    assert all(name.count(".") == count for name in shapes(count))


@pytest.mark.parametrize(("count", "shape_asked"), [(count, name) for count in (3, 4, 5, 6) for name in shapes(count)])
def test_every_row_is_won_in_the_shape_that_was_asked_for(count: int, shape_asked: str) -> None:
    maker = dialled(count, shape=shape_asked)
    for i in range(6 if count == 6 else 40):
        row = maker.rows("train", i)["procedure"]
        assert row["difficulty"]["shape"] == shape_asked
        assert row["verdict"]["grade"] == "verified"


def test_a_puzzle_that_no_solution_of_the_shape_has_is_no_row() -> None:
    """In a small space every row has one, and every puzzle with one is a row; by brute force."""
    of = {"numbers": [1, 7], "target": 24}

    def space(**dials: object) -> set[Puzzle]:
        found = Maker(from_dict({"puzzles": {**of, "capacity": 0, "difficulty": dials}, "trace": {"backtracks": 0}})).space
        return {found.puzzle("train", i) for i in range(found.capacity("train"))}

    every = space()
    for name in shapes(4):
        able = {puzzle for puzzle in every if name in shapes_of_solutions(puzzle.numbers, 24)}
        assert able == space(shape=name) and able < every
    assert space(shape=list(shapes(4))) == every


def shapes_of_solutions(numbers: tuple[int, ...], goal: int) -> set[str]:
    """The shapes of all solutions: every way to combine any two of what is there, with the shape of each part beside it."""
    found: set[str] = set()

    def play(pool: tuple[tuple[int, str], ...]) -> None:
        if len(pool) == 1 and pool[0][0] == goal:
            found.add(pool[0][1][1:-1])
        for i, j in permutations(range(len(pool)), 2):
            (a, one), (b, other) = pool[i], pool[j]
            rest = tuple(part for k, part in enumerate(pool) if k not in (i, j))
            ordered = (one, other) if (one.count("."), other) >= (other.count("."), one) else (other, one)
            for result in (a + b, a - b, a * b, a // b if b and a % b == 0 else -1):
                if result >= 0:
                    play((*rest, (result, f"({''.join(ordered)})")))

    play(tuple((number, ".") for number in numbers))
    return found


def test_shapes_that_cannot_be_had_are_refused_in_one_line() -> None:
    for dials, said in (
        ({"shape": "(..)."}, r"'\(..\).' given.*\(\(..\).\)., \(..\)\(..\)"),
        ({"shape": 3}, "a list is needed"),
    ):
        with pytest.raises(SpecError, match=said):
            dialled(4, **dials)
    base = {"puzzles": {"difficulty": {"shape": "(..)(..)"}}}
    with pytest.raises(SpecError, match=r"where rules.use_all is true"):
        Maker(from_dict({**base, "rules": {"use_all": False}}))
    with pytest.raises(SpecError, match=r"beside trace.policy=beam"):
        Maker(from_dict({**base, "trace": {"policy": "beam", "heuristic": "nearest"}}))


@pytest.mark.parametrize("needed", [True, False])
def test_of_six_numbers_it_can_be_asked_whether_multiplication_is_needed(needed: bool) -> None:
    space = dialled(6, needs_multiplication=needed).space
    for i in range(5):
        puzzle = space.puzzle("train", i)
        state = space.game.start(puzzle)
        assert measure(space.game, state).needs_multiplication == needed
        assert Countdown(Rules("+-")).live(state) != needed
