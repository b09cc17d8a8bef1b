"""Water jugs against brute force and the puzzle that everybody knows.

GAMEGEN_FULL=1 makes 2,000 traces and goes through more puzzles; otherwise 30.
"""

from itertools import combinations, product

import pytest
from conftest import FULL
from hypothesis import given, settings
from hypothesis import strategies as st
from replays import drawn

from gamegen.assembly import Asked, assemble
from gamegen.games.checking import check
from gamegen.games.jugs import CAPACITIES, Jugs, JugsPuzzle, Pour, WaterJugs
from gamegen.games.small import combination
from gamegen.rng import Draws
from gamegen.trace import count

GAMES = {size: WaterJugs(size) for size in WaterJugs.sizes}
every_size = pytest.mark.parametrize("size", WaterJugs.sizes)
quick = settings(deadline=None, derandomize=True, max_examples=60)
TRACES = 2000 if FULL else 30
KNOWN = JugsPuzzle((3, 5), (0, 0), 4, 6)

Levels = tuple[int, ...]


# The brute force: it tries every amount that could go from one place to another, of which the rules allow one.


def after(levels: Levels, capacities: Levels) -> set[Levels]:
    """All levels that one move makes; the tap and the sink are a jug that is never empty nor full."""
    found = set()
    places = [None, *range(len(levels))]
    for source, into in product(places, places):
        if source == into:
            continue
        for amount in range(1, max(capacities) + 1):
            made = list(levels)
            if source is not None:
                made[source] -= amount
            if into is not None:
                made[into] += amount
            fits = all(0 <= level <= capacity for level, capacity in zip(made, capacities, strict=True))
            done = (source is not None and made[source] == 0) or (into is not None and made[into] == capacities[into])
            if fits and done and not (into is None and made[source]):  # type: ignore[index]
                found.add(tuple(made))
    return found


def fewest(puzzle: JugsPuzzle) -> int | None:
    """The fewest moves to the goal; None where it is out of reach."""
    seen, here, moves = {puzzle.levels}, {puzzle.levels}, 0
    while here:
        if any(puzzle.goal in levels for levels in here):
            return moves
        here = {made for levels in here for made in after(levels, puzzle.capacities)} - seen
        seen |= here
        moves += 1
    return None


@every_size
def test_it_keeps_to_the_protocol(size: int) -> None:
    check(GAMES[size])


def test_four_litres_with_jugs_of_three_and_five_take_six_moves() -> None:
    # The puzzle of many books, and of the film Die Hard with a Vengeance: six moves, or eight the other way round.
    game = WaterJugs()
    assert fewest(KNOWN) == 6
    for moves, live in ((5, False), (6, True), (7, True)):
        assert game.live(game.start(KNOWN._replace(moves=moves))) == live
    start = game.start(KNOWN)
    answer = game.say_answer(start, game.win(start, Draws(1)))
    assert answer == "fill B; pour B into A; empty A; pour B into A; fill B; pour B into A"
    other = "fill A; pour A into B; fill A; pour A into B; empty B; pour A into B; fill A; pour A into B"
    assert game.solved(game.hear_answer(other, game.start(KNOWN._replace(moves=8))))
    with pytest.raises(ValueError):
        game.hear_answer(other, start)


@pytest.mark.parametrize("capacities", [(3, 5), (4, 6), (3, 8), (3, 5, 8), (3, 4, 6)])
def test_as_many_levels_are_reached_as_by_brute_force(capacities: Levels) -> None:
    levels = (0,) * len(capacities)
    game, puzzle = GAMES[len(capacities)], JugsPuzzle(capacities, levels, 1, 12)
    ours, theirs = {game.start(puzzle)}, {levels}
    for moves in range(12):
        assert {state.levels for state in ours} == theirs
        assert all({child.levels for child in game.moves(state)} == after(state.levels, capacities) for state in ours)
        assert all(state.left == 12 - moves for state in ours)
        ours = {child for state in ours for child in game.moves(state)}
        theirs = {made for state in theirs for made in after(state, capacities)}
    if capacities == (3, 5):  # 16: one jug is empty or full in each, 2 * 4 + 2 * 6 - 4, and all of them are reached
        everything = set(theirs)
        while more := {made for state in everything for made in after(state, capacities)} - everything:
            everything |= more
        assert len(everything) == 16


@every_size
def test_what_can_be_won_is_what_brute_force_wins(size: int) -> None:
    game, solvable = GAMES[size], 0
    found = drawn(GAMES[size], 300 if FULL else 60)
    for puzzle in found:
        least = fewest(puzzle)
        start = game.start(puzzle)
        assert game.live(start) == (least is not None and least <= puzzle.moves) and least != 0
        solvable += game.live(start)
        if game.live(start):
            moves = game.win(start, Draws(1))
            assert least is not None and least <= len(moves) <= puzzle.moves
    assert size != WaterJugs.usual or 0.4 <= solvable / len(found) <= 0.9


def test_numbers_give_every_choice_of_capacities_once() -> None:
    for size in WaterJugs.sizes:
        every = sorted(combinations(CAPACITIES, size))
        assert sorted(tuple(CAPACITIES[place] for place in combination(k, size)) for k in range(len(every))) == every


@quick
@given(st.sampled_from(WaterJugs.sizes), st.integers(0, 10**6), st.integers(0, 10**6))
def test_keys_are_the_same_for_the_same_puzzles_only(size: int, one: int, other: int) -> None:
    # The jugs are named by their order, and no two hold as much, so no other puzzle is the same.
    game = GAMES[size]
    (first,), (second,) = drawn(GAMES[size], 1, str(one)), drawn(GAMES[size], 1, str(other))
    near = first._replace(levels=(*first.levels[:-1], (first.levels[-1] + 1) % (first.capacities[-1] + 1)))
    for a, b in combinations([first, second, near, first._replace(moves=first.moves + 1)], 2):
        assert (game.key(game.start(a)) == game.key(game.start(b))) == (a == b)
    start = game.start(first)
    state = next(iter(game.moves(start)))
    assert game.key(state) == game.key(game.start(first._replace(levels=state.levels, moves=first.moves - 1)))


JUNK = [
    "",
    " ",
    "fill",
    "fill ",
    "fill C",
    "fill a",
    "fill AB",
    "fill A into B",
    "empty",
    "pour A",
    "pour A into",
    "pour A into A",
    "pour A into C",
    "pour  A into B",
    "pour A into B into A",
    "fill A\n",
    "0, 0",
    "0, 0 (7 left)",
    "4, 0 (2 left)",
    "0, 0, 0 (2 left)",
    "0 (2 left)",
    "-1, 0 (2 left)",
    "\u0661, 0 (2 left)",
    "\u00b2, 0 (2 left)",
    "0, 0 (2 left)\n",
    "0, 0 (99999999999999999999 left)",
    "9" * 10**5,
    "fill A " * 10**5,
]


@pytest.mark.parametrize("text", JUNK, ids=range(len(JUNK)))
def test_junk_is_refused(text: str) -> None:
    game, start = WaterJugs(), WaterJugs().start(KNOWN)
    for hear in (game.hear_state, game.hear_move, game.hear_answer):
        if not (hear == game.hear_answer and text == "fill A\n"):  # around an answer there may be space
            with pytest.raises(ValueError):
                hear(text, start)


@pytest.mark.parametrize(
    "change",
    [
        {"capacities": (3,)},
        {"capacities": (5, 3)},
        {"capacities": (3, 3)},
        {"capacities": (0, 5)},
        {"capacities": (3, 10**5)},
        {"capacities": (3, 5, 6, 7, 8)},
        {"capacities": ("3", "5")},
        {"capacities": "35"},
        {"capacities": ((3,), (5,))},
        {"levels": (0,)},
        {"levels": (4, 0)},
        {"levels": (0, -1)},
        {"levels": (0, True)},
        {"levels": 0},
        {"goal": 0},
        {"goal": 6},
        {"goal": "4"},
        {"goal": (4,)},
        {"moves": 0},
        {"moves": 10**6},
        {"moves": None},
    ],
)
def test_what_is_no_puzzle_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        WaterJugs().check(KNOWN._replace(**change))  # type: ignore[arg-type]
    WaterJugs().check(KNOWN)


def test_defects_look_like_moves_and_are_none() -> None:
    game, start = WaterJugs(), WaterJugs().start(KNOWN)
    idle = {game.say_move(game.over_others(start, Pour(None, 0), [], True, Draws(seed)) or Pour(None, 0)) for seed in range(40)}
    assert idle == {"empty A", "empty B", "pour A into B", "pour B into A"}
    assert game.over_others(start, Pour(None, 0), [], False, Draws(1)) is None
    others = {game.look_alike(start, Draws(seed)).levels for seed in range(200)}
    assert others == {(level, 0) for level in range(1, 4)} | {(0, level) for level in range(1, 6)}


@every_size
def test_traces_are_true(size: int) -> None:
    game, made = GAMES[size], 0
    for puzzle in drawn(GAMES[size], 4 * TRACES):
        if made == TRACES or not game.live(game.start(puzzle)):
            continue
        backtracks = made % game.capacity + 1
        events = assemble(game, game.start(puzzle), Asked(backtracks), Draws("trace", made))
        if events is None and puzzle.moves == 2:  # some of so few moves have not so much room
            continue
        assert events is not None
        made += 1
        path = [(puzzle.levels, puzzle.moves)]
        tried: set[tuple[tuple[Levels, int], ...]] = set()
        for event in events:
            assert isinstance(event.state, Jugs)
            here = event.state.levels, event.state.left
            if event.kind == "try":
                assert here[0] in after(path[-1][0], puzzle.capacities) and here[1] == path[-1][1] - 1 >= 0
                path.append(here)
                assert tuple(path) not in tried
                tried.add(tuple(path))
            elif event.kind == "dead_end":
                assert here == path[-1] and event.why == "missed" and here[1] == 0 and puzzle.goal not in here[0]
            elif event.kind == "backtrack":
                del path[path.index(here) + 1 :]
            else:
                assert event.kind == "found" and here == path[-1] and puzzle.goal in here[0]
        assert count(events, "backtrack") == count(events, "dead_end") == backtracks
    assert made == TRACES
