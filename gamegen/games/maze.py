"""A maze: find the way from one cell to another where the passages make no circles.

Words: the cells are named like the squares of a chess board; a *passage* joins two neighbours. As the passages make no circles
they form *trees*, so there is one way at most to each cell, and the cell alone says where one came from. The *border* of the
cells that are open so far are the last ``size`` of them: their trees are all that decides how the rest can be opened.

>>> game = Maze()
>>> start = game.start(MazePuzzle(4, "a1", "c2", ("a1-a2", "a1-b1", "a2-a3", "b1-c1", "c1-c2", "c1-d1")))
>>> game.say_answer(start, game.win(start, Draws("doctest")))
'a1 b1 c1 c2'
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain, combinations
from typing import Any, NamedTuple

from gamegen.game import Patterns
from gamegen.games.small import SmallGame, digits
from gamegen.rng import Draws

COLUMNS = "abcdefg"
CELL = "[a-g][1-7]"
TREES = 3  # that the passages form, so that the end may be out of reach
DEAD_ENDS = 3  # that the start leads to at least
MOST_MAZES = 1 << 50  # of one size; where there are more they are taken evenly, so that the space can still be counted


class MazePuzzle(NamedTuple):
    size: int
    start: str
    end: str
    passages: tuple[str, ...]  # such as a1-a2 and a1-b1: to the north or the east, in the order of their letters


class Place(NamedTuple):
    """A cell under a puzzle."""

    puzzle: MazePuzzle
    cell: str


class Step(NamedTuple):
    """From a cell into a neighbour."""

    cell: str
    into: str


def _distance(state: Place) -> int:
    """How many columns and rows lie between a cell and the end."""
    here, end = state.cell, state.puzzle.end
    return abs(ord(here[0]) - ord(end[0])) + abs(ord(here[1]) - ord(end[1]))


class Maze(SmallGame[MazePuzzle, Place, Step]):
    name = "maze"
    says = "a maze without circles: find the way from one cell to another"
    sizes, usual, counts = range(4, 8), 5, "cells a side"
    capacity = DEAD_ENDS
    Puzzle = MazePuzzle
    patterns = Patterns(f"{CELL} to {CELL}", CELL, CELL)
    answer_form = "the cells of the way in order, from the start to the end, with spaces between them"
    heuristics: Mapping[str, Callable[[Any], Any]] = {"distance": _distance}

    def __len__(self) -> int:
        return self.size**4 * (self._mazes // self._apart)

    @property
    def _mazes(self) -> int:
        return _count(self.size, 0, (), TREES)

    @property
    def _apart(self) -> int:
        """How far the numbers of two mazes of the space lie apart."""
        return self._mazes // MOST_MAZES + 1

    def puzzle(self, k: int) -> MazePuzzle | None:
        names = _names(self.size)
        start, end, maze = digits(k, (len(names), len(names), self._mazes))
        puzzle = MazePuzzle(self.size, names[start], names[end], _passages(self.size, maze * self._apart))
        ends = [cell for cell, ways in _ways(puzzle).items() if not ways and cell != puzzle.end]
        return puzzle if start != end and len(ends) >= DEAD_ENDS else None

    def check(self, puzzle: MazePuzzle) -> None:
        size, start, end, passages = puzzle
        if type(size) is not int or size not in self.sizes:
            raise ValueError(f"{size!r} is no side of a maze")
        if start not in _names(size) or end not in _names(size) or start == end:
            raise ValueError(f"{start!r} to {end!r} is no way to ask for")
        if not isinstance(passages, tuple) or not set(passages) <= _beside(size) or list(passages) != sorted(set(passages)):
            raise ValueError("these are no passages in their order")
        trees = {cell: {cell} for cell in _names(size)}
        for passage in passages:
            one, other = (trees[cell] for cell in passage.split("-"))
            if one is other:
                raise ValueError(f"the passage {passage} closes a circle")
            one |= other
            trees.update(dict.fromkeys(other, one))

    def question(self, start: Place) -> str:
        size, first, end, passages = start.puzzle
        return (
            f"The cells of a maze have {size} columns, a to {COLUMNS[size - 1]} from west to east, and {size} rows, 1 to "
            f"{size} from south to north. One can walk only through its passages, either way: {', '.join(passages)}. Find the "
            f"way from {first} to {end}. A move goes through a passage into the next cell, never back to where one has just "
            f"come from. Write a move as `a1 to a2`, and a state as the cell that one is in, such as `{first}`."
        )

    def start(self, puzzle: MazePuzzle) -> Place:
        return Place(puzzle, puzzle.start)

    def children(self, state: Place) -> dict[Place, Step]:
        ways = _ways(state.puzzle).get(state.cell, ())
        return {Place(state.puzzle, into): Step(state.cell, into) for into in ways}

    def solved(self, state: Place) -> bool:
        return state.cell == state.puzzle.end

    def left(self, state: Place) -> int:
        return _left(state.puzzle).get(state.cell, 0)

    def key(self, state: Place) -> str:
        """The ways on from here, the maze turned and mirrored so that they are written first by the alphabet."""
        ways = _ways(state.puzzle)
        below = [state.cell]
        for cell in below:
            below += ways.get(cell, ())
        steps = [cell + into for cell in below for into in ways.get(cell, ())]
        seen = []
        for named in _symmetries(state.puzzle.size):
            turned = sorted(named[step[:2]] + named[step[2:]] for step in steps)
            seen.append(f"{named[state.cell]}/{named[state.puzzle.end]}/{','.join(turned)}")
        return f"{self.name}/{state.puzzle.size}/{min(seen)}"

    def say_state(self, state: Place) -> str:
        return state.cell

    def say_goal(self, state: Place) -> str:
        return state.puzzle.end

    def say_move(self, move: Step) -> str:
        return f"{move.cell} to {move.into}"

    def say_answer(self, start: Place, moves: Sequence[Step]) -> str:
        return " ".join((start.cell, *(move.into for move in moves)))

    def hear_state(self, text: str, start: Place) -> Place:
        if text not in _names(start.puzzle.size):
            raise ValueError(f"{text[:40]!r} is no cell of this maze")
        return Place(start.puzzle, text)

    def hear_move(self, text: str, start: Place) -> Step:
        if not re.fullmatch(self.patterns.move, text):
            raise ValueError(f"{text[:40]!r} is no move")
        return Step(*(self.hear_state(cell, start).cell for cell in text.split(" to ")))

    def hear_way(self, text: str, start: Place) -> dict[Place, Step | None]:
        cells = text.strip().rstrip(".").split(" ")
        if cells[0] != start.cell:
            raise ValueError(f"{text[:40]!r} is no way from {start.cell}")
        way, state = dict[Place, Step | None](), start
        for into in cells[1:]:
            step = Step(state.cell, self.hear_state(into, start).cell)
            state = self.play(state, step)
            way[state] = step
        return way

    def over_others(self, state: Place, move: Step, earlier: Sequence[Place], invented: bool, draws: Draws) -> Step | None:
        """A step through a wall; or back to where one has just come from."""
        if not invented:
            return Step(state.cell, earlier[-1].cell) if earlier else None
        beside = [set(passage.split("-")) for passage in sorted(_beside(state.puzzle.size) - set(state.puzzle.passages))]
        walls = [into for pair in beside if state.cell in pair for into in pair - {state.cell}]
        return Step(state.cell, draws.choice(walls)) if walls else None

    def look_alike(self, state: Place, draws: Draws) -> Place:
        """Another cell, one that cannot be reached where there is one."""
        cells = [cell for cell in _names(state.puzzle.size) if cell != state.cell]
        apart = [cell for cell in cells if cell not in _ways(state.puzzle)]
        return Place(state.puzzle, draws.choice(apart or cells))


@lru_cache(maxsize=1 << 10)
def _ways(puzzle: MazePuzzle) -> dict[str, tuple[str, ...]]:
    """The cells that can be reached, a cell before those that one reaches through it, each with where one can go on from it."""
    beside: dict[str, list[str]] = {}
    for one, other in (passage.split("-") for passage in puzzle.passages):
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    ways: dict[str, tuple[str, ...]] = {}
    todo = [("", puzzle.start)]
    for before, cell in todo:
        on = () if cell == puzzle.end else sorted(into for into in beside.get(cell, ()) if into != before)
        ways[cell] = tuple(on)
        todo += [(cell, into) for into in on]
    return ways


@lru_cache(maxsize=1 << 10)
def _left(puzzle: MazePuzzle) -> dict[str, int]:
    """How far the longest way goes on from each cell that can be reached."""
    left: dict[str, int] = {}
    for cell, ways in reversed(_ways(puzzle).items()):
        left[cell] = 1 + max(left[into] for into in ways) if ways else 0
    return left


@cache
def _names(size: int) -> tuple[str, ...]:
    """The cells in the order in which they are opened: row by row from the south, each from the west."""
    return tuple(column + str(row + 1) for row in range(size) for column in COLUMNS[:size])


@cache
def _beside(size: int) -> frozenset[str]:
    """Every passage that there may be."""
    names = _names(size)
    east = (f"{names[cell - 1]}-{names[cell]}" for cell in range(size * size) if cell % size)
    return frozenset((*east, *(f"{names[cell - size]}-{names[cell]}" for cell in range(size, size * size))))


@cache
def _symmetries(size: int) -> tuple[dict[str, str], ...]:
    """What each cell becomes where the board is turned or mirrored: one map for each of the eight ways."""
    names, last = _names(size), size - 1
    places = [(cell % size, cell // size) for cell in range(size * size)]
    turns = [[(x, y), (last - x, y), (x, last - y), (last - x, last - y)] for x, y in places]
    images = [[*four, *((y, x) for x, y in four)] for four in turns]
    return tuple({name: names[of[i][0] + size * of[i][1]] for name, of in zip(names, images, strict=True)} for i in range(8))


# The mazes of a size are counted and numbered cell by cell, as the spanning forests of the grid with so many trees

Border = tuple[int, ...]  # for each cell of it, which is the first cell of the border that is in the same tree
Opening = tuple[tuple[int, ...], int, Border, int]  # how far back the cells lie that it joins, mazes, border and trees after it


@cache
def _count(size: int, cell: int, border: Border, trees: int) -> int:
    """How many mazes go on so from a cell, where so many trees are still to be finished."""
    if cell == size * size:
        return int(len(set(border)) == trees)
    return sum(mazes for _, mazes, _, _ in _openings(size, cell, border, trees))


@cache
def _openings(size: int, cell: int, border: Border, trees: int) -> tuple[Opening, ...]:
    """The ways to open a cell to the west and to the south that close no circle."""
    back = [1] * (cell % size > 0) + [size] * (cell >= size)
    found = []
    for opened in chain.from_iterable(combinations(back, many) for many in range(len(back) + 1)):
        joined = {border[-by] for by in opened}
        if len(joined) == len(opened):
            row = [size if tree in joined else tree for tree in (*border, size)]
            left_behind, row = row[:-size], row[-size:]
            after = tuple(map(row.index, row)), trees - sum(tree not in row for tree in left_behind)
            if after[1] and (mazes := _count(size, cell + 1, *after)):
                found.append((opened, mazes, *after))
    return tuple(found)


def _passages(size: int, k: int) -> tuple[str, ...]:
    """The k-th maze."""
    names, found = _names(size), list[str]()
    border, trees = Border(), TREES
    for cell in range(size * size):
        opened, mazes, border, trees = next(way for way in _openings(size, cell, border, trees) if (k := k - way[1]) < 0)
        k += mazes
        found += [f"{names[cell - by]}-{names[cell]}" for by in opened]
    return tuple(sorted(found))
