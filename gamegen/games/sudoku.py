"""Sudoku in small: fill a grid of 4 by 4 so that each row, each column and each box of 2 by 2 holds 1 to 4.

Words: the *cells* are numbered from 0 on, row by row; the *peers* of a cell are those in its row, column or box; a *full grid*
is a solved one, of which there are 288 (OEIS A107739). A state is the four rows.

>>> from gamegen.rng import Draws
>>> game = MiniSudoku()
>>> start = game.start(SudokuPuzzle((1, 0, 3, 0, 0, 4, 0, 2, 2, 0, 4, 0, 0, 3, 0, 1)))
>>> game.say_answer(start, game.win(start, Draws("doctest")))
'1234 3412 2143 4321'
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, reduce
from itertools import permutations, product
from math import comb
from operator import and_, itemgetter
from typing import NamedTuple

from gamegen.game import Patterns
from gamegen.games.assignment import Assignment, Filling, Values, are_numbers
from gamegen.games.small import combination, digits

CELLS = range(16)
PEERS = tuple(
    tuple(
        other
        for other in CELLS
        if other != cell
        and (other // 4 == cell // 4 or other % 4 == cell % 4 or (other // 8, other % 4 // 2) == (cell // 8, cell % 4 // 2))
    )
    for cell in CELLS
)
FULL_GRIDS = 288
SPOILT = range(0, FULL_GRIDS, 2)  # of which puzzles without a solution are made: half, so that they are not the most


class SudokuPuzzle(NamedTuple):
    given: Values  # of the cells, 0 for an open one


class MiniSudoku(Assignment[SudokuPuzzle]):
    name = "mini_sudoku"
    says = "mini sudoku: fill a grid of 4 by 4 so that rows, columns and boxes hold 1 to 4"
    sizes, usual, counts = range(8, 13), 9, "open cells"
    capacity = 2
    Puzzle = SudokuPuzzle
    places = tuple(f"row {cell // 4 + 1} column {cell % 4 + 1}" for cell in CELLS)
    joint = " is "
    words = ("_", "1", "2", "3", "4")
    goal = "a full grid"
    patterns = Patterns(r"row [1-4] column [1-4] is [1-4]", r"[1-4_]{4}(?: [1-4_]{4}){3}", goal)

    def __len__(self) -> int:
        return (FULL_GRIDS + len(SPOILT)) * comb(16, self.size)

    def puzzle(self, k: int) -> SudokuPuzzle | None:
        """Some cells of a full grid, the first that agrees with them; or such cells with one of them changed."""
        number, chosen = digits(k, (FULL_GRIDS + len(SPOILT), comb(16, self.size)))
        cells = combination(chosen, 16 - self.size)
        if number < FULL_GRIDS:
            given = {cell: _full_grids()[number][cell] for cell in cells}
            every = iter([given] if _first(_agreeing(given)) == number else [])
        else:
            turn = chosen % len(cells)  # so that it is not always the first cell that is changed
            every = _spoilt(SPOILT[number - FULL_GRIDS], (*cells[turn:], *cells[:turn]))
        puzzles = (SudokuPuzzle(tuple(given.get(cell, 0) for cell in CELLS)) for given in every)
        return next((puzzle for puzzle in puzzles if self.is_worth_playing(puzzle)), None)

    def check(self, puzzle: SudokuPuzzle) -> None:
        (given,) = puzzle
        if not are_numbers(given, range(5)) or len(given) != len(CELLS):
            raise ValueError(f"{str(given)[:40]} are not the 16 cells of a grid, each 1 to 4 or 0")
        self.check_given(puzzle)

    def question(self, start: Filling[SudokuPuzzle]) -> str:
        return (
            f"Fill the open cells of this grid of 4 by 4 with 1, 2, 3 and 4, so that each row, each column and each of the "
            f"four boxes of 2 by 2 holds every number once: `{self.say_state(start)}`. That is the four rows from the top, "
            f"with `_` for an open cell. Fill the open cells from left to right, the upper rows first. Write a move as "
            f"`row 3 column 1 is 4`, and a state as the four rows in the same way."
        )

    def given(self, puzzle: SudokuPuzzle) -> Values:
        return puzzle.given

    def options(self, puzzle: SudokuPuzzle) -> int:
        return 4

    def fits(self, puzzle: SudokuPuzzle, values: Values, place: int, value: int) -> bool:
        return all(values[peer] != value for peer in PEERS[place])

    def say_state(self, state: Filling[SudokuPuzzle]) -> str:
        signs = "".join(self.words[value] for value in state.values)
        return " ".join(signs[row : row + 4] for row in range(0, 16, 4))

    def split(self, text: str) -> list[str]:
        return list(text.replace(" ", ""))

    def key(self, state: Filling[SudokuPuzzle]) -> str:
        least = min(_renamed(turn(state.values)) for turn in _turns())
        return f"{self.name}/{''.join(map(str, least))}"


def _renamed(values: Values) -> list[int]:
    """With the values renamed in the order in which they come."""
    names = {0: 0}
    return [names.setdefault(value, len(names)) for value in values]


@cache
def _turns() -> tuple[Callable[[Values], Values], ...]:
    """The 128 ways to move cells that keep rows, columns and boxes: lines within bands, bands, and transposition."""
    orders = [order for order in permutations(range(4)) if set(order[:2]) in ({0, 1}, {2, 3})]
    upright = [tuple(4 * row + column for row in rows for column in columns) for rows, columns in product(orders, orders)]
    transposed = [tuple(cell % 4 * 4 + cell // 4 for cell in turn) for turn in upright]
    return tuple(itemgetter(*turn) for turn in (*upright, *transposed))


@cache
def _full_grids() -> tuple[Values, ...]:
    """All of them, in ascending order."""
    grids: list[Values] = [()]
    for cell in CELLS:
        before = [peer for peer in PEERS[cell] if peer < cell]
        grids = [(*grid, value) for grid in grids for value in range(1, 5) if all(grid[peer] != value for peer in before)]
    return tuple(grids)


@cache
def _grids_with(cell: int, value: int) -> int:
    """Which of the full grids have the value in the cell, as bits; where it is 0, all."""
    return sum(1 << i for i, grid in enumerate(_full_grids()) if value in (0, grid[cell]))


def _agreeing(given: Mapping[int, int]) -> int:
    """Which of the full grids have all the values in their cells, as bits."""
    return reduce(and_, (_grids_with(*item) for item in given.items()), (1 << FULL_GRIDS) - 1)


def _spoilt(number: int, cells: Sequence[int]) -> Iterator[dict[int, int]]:
    """The values of the cells of a full grid with one changed, so that none conflicts and there is no solution.

    The same values come from no other grid: the cell is the first without which there is a solution, the grid the first one.
    """
    grid = _full_grids()[number]
    for cell in cells:
        others = {other: grid[other] for other in cells if other != cell}
        if _first(_agreeing(others)) != number:
            continue
        before, seen = cells[: cells.index(cell)], {others.get(peer) for peer in PEERS[cell]}
        for value in range(1, 5):
            given = {**others, cell: value}
            if value not in seen and not _agreeing(given) and not any(_agreeing({**given, earlier: 0}) for earlier in before):
                yield given


def _first(bits: int) -> int:
    """The place of the lowest bit; -1 where there is none."""
    return (bits & -bits).bit_length() - 1
