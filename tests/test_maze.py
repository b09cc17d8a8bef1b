"""Mazes against brute force: how many there are, what can be reached in them, their keys, and traces through them.

GAMEGEN_FULL=1 makes 2,000 traces; otherwise 30.
"""

from collections.abc import Iterator
from itertools import combinations, pairwise, product
from math import comb

import pytest
from conftest import FULL
from hypothesis import given, settings
from hypothesis import strategies as st
from replays import drawn

from gamegen.assembly import Asked, assemble
from gamegen.corruptions import corrupted, intact
from gamegen.games import maze
from gamegen.games.checking import check
from gamegen.games.maze import Maze, MazePuzzle, Place, Step
from gamegen.rng import Draws
from gamegen.trace import count

GAMES = {size: Maze(size) for size in Maze.sizes}
every_size = pytest.mark.parametrize("size", Maze.sizes)
quick = settings(deadline=None, derandomize=True, max_examples=60)
TRACES = 2000 if FULL else 30
HAND = MazePuzzle(4, "a1", "c2", ("a1-a2", "a1-b1", "a2-a3", "b1-c1", "c1-c2", "c1-d1"))

Cell = tuple[int, int]


# The brute force: cells are pairs of numbers, and nothing of the game is asked.


def cell_of(name: str) -> Cell:
    return "abcdefg".index(name[0]), int(name[1:]) - 1


def graph(puzzle: MazePuzzle) -> dict[Cell, set[Cell]]:
    found: dict[Cell, set[Cell]] = {cell: set() for cell in product(range(puzzle.size), repeat=2)}
    for one, other in ((cell_of(passage[:2]), cell_of(passage[3:])) for passage in puzzle.passages):
        found[one].add(other)
        found[other].add(one)
    return found


def walks(puzzle: MazePuzzle) -> Iterator[list[Cell]]:
    """Every way without a turn back that ends at the end of the maze, or where it cannot go on."""
    beside, end = graph(puzzle), cell_of(puzzle.end)
    todo = [[cell_of(puzzle.start)]]
    while todo:
        way = todo.pop()
        on = [] if way[-1] == end else [cell for cell in beside[way[-1]] if cell not in way[-2:-1]]
        todo += [[*way, cell] for cell in on]
        if not on:
            yield way


def forests(columns: int, rows: int) -> dict[int, set[frozenset[tuple[Cell, Cell]]]]:
    """All sets of passages without a circle, by how many trees they form."""
    cells = list(product(range(columns), range(rows)))
    beside = [(a, b) for a, b in combinations(cells, 2) if abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1]
    found: dict[int, set[frozenset[tuple[Cell, Cell]]]] = {}
    for many in range(len(cells)):
        for chosen in combinations(beside, many):
            tree = {cell: cell for cell in cells}
            for a, b in chosen:
                if tree[a] == tree[b]:
                    break
                tree = {cell: tree[a] if of == tree[b] else of for cell, of in tree.items()}
            else:
                found.setdefault(len(set(tree.values())), set()).add(frozenset(chosen))
    return found


@every_size
def test_it_keeps_to_the_protocol(size: int) -> None:
    check(GAMES[size])


def test_trees_that_span_a_grid_are_as_many_as_published() -> None:
    # OEIS A007341, the spanning trees of the n by n grid.
    published = [1, 4, 192, 100352, 557568000, 32565539635200, 19872369301840986112]
    assert [maze._count(size, 0, (), 1) for size in range(1, 8)] == published


@pytest.mark.parametrize("trees", range(1, 10))
def test_forests_are_as_many_as_brute_force_finds(trees: int) -> None:
    assert maze._count(3, 0, (), trees) == len(forests(3, 3)[trees])
    assert maze._count(2, 0, (), 3) == comb(4, 1)


def test_numbers_give_every_maze_and_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for trees, theirs in forests(3, 3).items():
        monkeypatch.setattr(maze, "TREES", trees)
        ours = [maze._passages(3, k) for k in range(maze._count(3, 0, (), trees))]
        pairs = [frozenset((cell_of(passage[:2]), cell_of(passage[3:])) for passage in passages) for passages in ours]
        assert set(pairs) == theirs and len(pairs) == len(theirs)


@every_size
def test_a_maze_has_the_trees_that_it_is_said_to_have(size: int) -> None:
    for puzzle in drawn(GAMES[size], 50):
        assert len(puzzle.passages) == size * size - maze.TREES
        GAMES[size].check(puzzle)


def test_the_smallest_by_hand() -> None:
    game = Maze(4)
    start = game.start(HAND)
    assert [game.say_move(move) for move in game.moves(start).values()] == ["a1 to a2", "a1 to b1"]
    assert game.left(start) == 3 and game.live(start) and not game.live(Place(HAND, "a2"))
    assert not game.moves(Place(HAND, "c2")) and game.solved(Place(HAND, "c2"))
    assert game.say_answer(start, game.win(start, Draws(1))) == "a1 b1 c1 c2"
    assert [Maze.heuristics["distance"](Place(HAND, cell)) for cell in ("a1", "a4", "c2", "d1")] == [3, 4, 0, 2]
    assert game.false_answer(start, game.win(start, Draws(1)), Draws(0)) == "a1 b1 c1"
    sound = intact(game, start, assemble(game, start, Asked(0), Draws(1)) or [], "a1 b1 c1 c2")
    false = [corrupted(sound, "wrong_answer", 1, Draws(seed), lambda: sound).answer for seed in range(3)]
    assert false == ["a1 b1 c1 d1"] * 3


@every_size
def test_what_can_be_reached_is_what_brute_force_reaches(size: int) -> None:
    game, solvable = GAMES[size], 0
    found = drawn(GAMES[size], 60)
    for puzzle in found:
        ways = list(walks(puzzle))
        wins = [way for way in ways if way[-1] == cell_of(puzzle.end)]
        start = game.start(puzzle)
        solvable += bool(wins)
        assert game.live(start) == bool(wins) and len(wins) <= 1
        assert len(ways) - len(wins) >= maze.DEAD_ENDS
        assert game.left(start) == max(map(len, ways)) - 1
        states, todo = {start}, [start]
        for state in todo:
            todo += game.moves(state)
            states.update(game.moves(state))
            assert game.live(state) == any(cell_of(state.cell) in way for way in wins)
        assert {cell_of(state.cell) for state in states} == {cell for way in ways for cell in way}
        if wins:
            answer = game.say_answer(start, game.win(start, Draws(1)))
            assert [cell_of(cell) for cell in answer.split()] == wins[0]
            assert game.solved(game.hear_answer(answer, start))
    assert 0.4 <= solvable / len(found) <= 0.95


TURNS = {
    "turned": lambda x, y, last: (last - y, x),
    "mirrored": lambda x, y, last: (last - x, y),
    "both": lambda x, y, last: (y, x),
}


def turned(puzzle: MazePuzzle, turn: str) -> MazePuzzle:
    def image(name: str) -> str:
        x, y = TURNS[turn](*cell_of(name), puzzle.size - 1)
        return f"{'abcdefg'[x]}{y + 1}"

    passages = sorted("-".join(sorted((image(passage[:2]), image(passage[3:])))) for passage in puzzle.passages)
    return MazePuzzle(puzzle.size, image(puzzle.start), image(puzzle.end), tuple(passages))


@quick
@given(st.sampled_from(Maze.sizes), st.integers(0, 10**6), st.lists(st.sampled_from(sorted(TURNS)), max_size=4))
def test_a_turned_or_mirrored_maze_is_the_same(size: int, seed: int, turns: list[str]) -> None:
    game = GAMES[size]
    (puzzle,) = drawn(GAMES[size], 1, str(seed))
    image = puzzle
    for turn in turns:
        image = turned(image, turn)
    game.check(image)
    assert game.key(game.start(image)) == game.key(game.start(puzzle))


def classes(size: int, places: list[Place]) -> dict[Place, frozenset[str]]:
    """Each state with all that it may be drawn as, whichever way the paper is held: what is walked from it, and the end."""
    found = {}
    for place in places:
        pictures = set()
        image = place.puzzle._replace(start=place.cell)
        for turn in ("turned", "turned", "turned", "mirrored", "turned", "turned", "turned", "mirrored"):
            ways = {pair for way in walks(image) for pair in pairwise(way)}
            pictures.add(f"{cell_of(image.start)} {cell_of(image.end)} {sorted(ways)}")
            image = turned(image, turn)
        found[place] = frozenset(pictures)
    return found


@every_size
def test_keys_are_the_same_for_the_same_puzzles_only(size: int) -> None:
    game = GAMES[size]
    starts = [game.start(puzzle) for puzzle in drawn(GAMES[size], 12)]
    for start in list(starts):
        draws = Draws("near", start.puzzle.start, start.puzzle.end)
        starts.append(Place(start.puzzle._replace(passages=start.puzzle.passages[1:]), start.cell))
        starts.append(Place(turned(start.puzzle, "turned"), turned(start.puzzle, "turned").start))
        other = draws.choice([cell for cell in maze._names(size) if cell != start.cell])
        starts.append(Place(start.puzzle._replace(end=other), start.cell))
    pictures = classes(size, starts)
    for one, other in combinations(starts, 2):
        assert (game.key(one) == game.key(other)) == (pictures[one] == pictures[other])


def test_a_state_in_a_trace_is_the_puzzle_that_begins_there() -> None:
    game = Maze(4)
    child = Place(HAND, "b1")
    passages = tuple(passage for passage in HAND.passages if passage != "a1-b1")
    assert game.key(child) == game.key(game.start(HAND._replace(start="b1", passages=passages)))
    assert game.key(child) != game.key(game.start(HAND._replace(start="b1")))  # from which one can go on to a1


JUNK = [
    "",
    " ",
    "a",
    "a0",
    "a8",
    "h1",
    "a1 ",
    "a1\n",
    "A1",
    "a\u0661",
    "a\u00b2",
    "a1a2",
    "1a",
    "a11",
    "e1",
    "a5",
    "\0",
    "-" * 10**6,
]


@pytest.mark.parametrize("text", JUNK)
def test_junk_is_refused(text: str) -> None:
    game, start = Maze(4), Maze(4).start(HAND)
    with pytest.raises(ValueError):
        game.hear_state(text, start)
    for said in (text, f"a1 to {text}", f"{text} to a1"):
        with pytest.raises(ValueError):
            game.hear_move(said, start)
    for said in (text, f"a1 {text}", f"a1 b1 c1 c2 {text}"):
        with pytest.raises(ValueError):
            game.hear_answer(said + " x", start)


@pytest.mark.parametrize("answer", ["a1", "a1 b1", "a1 a2 a3", "a1 b1 c1 d1"])
def test_a_way_that_ends_elsewhere_does_not_solve_it(answer: str) -> None:
    game, start = Maze(4), Maze(4).start(HAND)
    assert not game.solved(game.hear_answer(answer, start))


@pytest.mark.parametrize(
    "answer", ["b1 c1 c2", "a1 c1 c2", "a1 b1 b2 c2", "a1 b1 a1 b1 c1 c2", "a1 b1 c1 c2 c1", "a1 b1 c1 c2; a1"]
)
def test_what_is_no_way_is_refused(answer: str) -> None:
    with pytest.raises(ValueError):
        Maze(4).hear_answer(answer, Maze(4).start(HAND))


@pytest.mark.parametrize(
    "change",
    [
        {"size": 3},
        {"size": "4"},
        {"size": True},
        {"start": "e1"},
        {"start": 1},
        {"start": ()},
        {"end": "a1"},
        {"passages": "a1-a2"},
        {"passages": ("a2-a1",)},
        {"passages": ("a1-c1",)},
        {"passages": ("a1-b1", "a1-a2")},
        {"passages": ("a1-a2", "a1-a2")},
        {"passages": ("a1-a2", "a1-b1", "a2-b2", "b1-b2")},
        {"passages": (1, 2)},
        {"passages": (("a1", "a2"),)},
    ],
)
def test_what_is_no_maze_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Maze(4).check(HAND._replace(**change))  # type: ignore[arg-type]


def test_defects_look_like_moves_and_are_none() -> None:
    for puzzle in drawn(GAMES[5], 30):
        game = GAMES[5]
        beside, start = graph(puzzle), game.start(puzzle)
        state, move = next(iter(game.moves(start).items()))
        for seed in range(5):
            x, y = cell_of(start.cell)
            around = {(a, b) for a, b in beside if abs(a - x) + abs(b - y) == 1}
            through = game.over_others(start, move, [], True, Draws(seed))
            assert (through is None) == (around == beside[x, y])
            if through:
                assert through.cell == start.cell and cell_of(through.into) in around - beside[x, y]
            other = game.look_alike(state, Draws(seed))
            assert other != state and cell_of(other.cell) not in {cell for way in walks(puzzle) for cell in way}
        assert game.over_others(start, move, [], False, Draws(1)) is None
        back = game.over_others(state, move, [start], False, Draws(1))
        assert back == Step(state.cell, start.cell)
        with pytest.raises(ValueError):
            game.play(state, back)


def test_traces_are_true() -> None:
    game, made = GAMES[Maze.usual], 0
    for puzzle in drawn(GAMES[Maze.usual], 2 * TRACES):
        beside, ways, end = graph(puzzle), list(walks(puzzle)), cell_of(puzzle.end)
        if made == TRACES or end not in {way[-1] for way in ways}:
            continue
        backtracks = made % game.capacity + 1
        events = assemble(game, game.start(puzzle), Asked(backtracks), Draws("trace", made))
        assert events is not None
        made += 1
        path, closed = [cell_of(puzzle.start)], set[Cell]()
        for event in events:
            here = cell_of(event.state.cell)  # type: ignore[attr-defined]
            if event.kind == "try":
                assert here in beside[path[-1]] - set(path) - closed
                path.append(here)
            elif event.kind == "dead_end":
                assert here == path[-1] and (event.why, beside[here] - {path[-2]}) == ("missed", set())
                closed.add(here)
            elif event.kind == "backtrack":
                assert here in path[:-1]
                closed.update(path[path.index(here) + 1 :])
                del path[path.index(here) + 1 :]
            else:
                assert event.kind == "found" and here == path[-1] == end
        assert path in ways and count(events, "backtrack") == count(events, "dead_end") == backtracks
    assert made == TRACES
