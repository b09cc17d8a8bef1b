"""Queens: on a board on which some stand already, place one in each other row, so that no queen attacks another.

Words: a *square* is a row and a column, from 1 on; no queen may stand on a *blocked* one. A state is the columns of the queens
in the order of the rows. Without given queens and blocked squares it is the problem of the N queens, whose solutions are
counted in OEIS A000170.

>>> from gamegen.rng import Draws
>>> game = Queens()
>>> start = game.start(QueensPuzzle((2, 0, 0, 0, 0, 0), ((2, 5),)))
>>> game.say_answer(start, game.win(start, Draws("doctest")))
'2 4 6 1 3 5'
"""

from collections.abc import Callable
from functools import cache
from itertools import chain
from math import comb, prod
from operator import itemgetter
from typing import NamedTuple

from gamegen.game import Patterns
from gamegen.games.assignment import Assignment, Filling, Values, are_numbers
from gamegen.games.small import combination, digits

BOARDS = range(3, 9)  # that a puzzle may have
BLOCKED = {5: (6, 4, 2), 6: (6, 4, 2), 7: (1, 2, 3), 8: (1, 2, 4)}  # squares, by rows, with 0, 1 and 2 queens given


class QueensPuzzle(NamedTuple):
    given: Values  # the columns of the rows, 0 for an open one
    blocked: tuple[tuple[int, int], ...]  # squares, ascending


class Queens(Assignment[QueensPuzzle]):
    name = "queens"
    says = "queens: place one in each row of a board so that none attacks another"
    sizes, usual, counts = range(5, 9), 6, "rows"
    capacity = 6
    Puzzle = QueensPuzzle
    places = tuple(f"row {row}" for row in range(1, BOARDS[-1] + 1))
    joint = " column "
    words = ("_", *map(str, range(1, BOARDS[-1] + 1)))
    goal = "a full board"
    patterns = Patterns(r"row [1-8] column [1-8]", r"[1-8_](?: [1-8_]){2,7}", goal)

    def __len__(self) -> int:
        return sum(queens * blocked for queens, blocked in self._parts())

    def _parts(self) -> list[tuple[int, int]]:
        """For each number of given queens, the ways to choose their squares, and then the blocked ones among the others."""
        squares = self.size**2
        return [(comb(squares, queens), comb(squares - queens, blocked)) for queens, blocked in enumerate(BLOCKED[self.size])]

    def puzzle(self, k: int) -> QueensPuzzle | None:
        queens = 0
        while k >= prod(self._parts()[queens]):
            k -= prod(self._parts()[queens])
            queens += 1
        queens_at, blocked_at = digits(k, self._parts()[queens])
        squares = [(row, column) for row in range(1, self.size + 1) for column in range(1, self.size + 1)]
        stand = dict(squares.pop(i) for i in reversed(combination(queens_at, queens)))
        given = tuple(stand.get(row, 0) for row in range(1, self.size + 1))
        blocked = tuple(squares[i] for i in combination(blocked_at, BLOCKED[self.size][queens]))
        puzzle = QueensPuzzle(given, blocked)
        fair = len(stand) == queens and self.is_sound(self.start(puzzle))
        return puzzle if fair and self.is_worth_playing(puzzle) else None

    def check(self, puzzle: QueensPuzzle) -> None:
        given, blocked = puzzle
        if not isinstance(given, tuple) or len(given) not in BOARDS or not are_numbers(given, range(len(given) + 1)):
            raise ValueError(f"{str(given)[:40]} are no columns of the queens on a board of {BOARDS[0]} to {BOARDS[-1]} rows")
        board = range(1, len(given) + 1)
        squares = isinstance(blocked, tuple) and all(are_numbers(square, board) and len(square) == 2 for square in blocked)
        if not squares or list(blocked) != sorted(set(blocked)):
            raise ValueError(f"{str(blocked)[:40]} are no squares in ascending order")
        self.check_given(puzzle)

    def question(self, start: Filling[QueensPuzzle]) -> str:
        given, blocked = start.puzzle
        rows = len(given)
        queens = [f"row {row} column {column}" for row, column in enumerate(given, 1) if column]
        stand = f"Queens stand already at {', '.join(queens)}. " if queens else ""
        squares = ", ".join(f"row {row} column {column}" for row, column in blocked)
        shut = f"No queen may stand at {squares}. " if blocked else ""
        return (
            f"On a board of {rows} rows and {rows} columns there is to be one queen in each row, so that no two stand in the "
            f"same column or on the same diagonal. {stand}{shut}Fill the rows without a queen from row 1 down. Write a move as "
            f"`row 3 column 5`, and a state as the columns of the queens in the order of the rows, with `_` for a row without "
            f"one; the state at the start is `{self.say_state(start)}`."
        )

    def given(self, puzzle: QueensPuzzle) -> Values:
        return puzzle.given

    def options(self, puzzle: QueensPuzzle) -> int:
        return len(puzzle.given)

    def fits(self, puzzle: QueensPuzzle, values: Values, place: int, value: int) -> bool:
        if (place + 1, value) in puzzle.blocked:
            return False
        for row, column in enumerate(values):
            if column and row != place and (column == value or abs(column - value) == abs(row - place)):
                return False
        return True

    def key(self, state: Filling[QueensPuzzle]) -> str:
        rows = len(state.values)
        board = ["_"] * rows**2
        for row, column in state.puzzle.blocked:
            board[(row - 1) * rows + column - 1] = "x"
        for row, column in enumerate(state.values):
            if column:  # also where it stands on a blocked square, in a text
                board[row * rows + column - 1] = "X" if board[row * rows + column - 1] == "x" else "Q"
        return f"{self.name}/{rows}/{min(''.join(turned(board)) for turned in _turns(rows))}"


@cache
def _turns(rows: int) -> tuple[Callable[[list[str]], tuple[str, ...]], ...]:
    """The eight ways to turn and mirror a board."""
    board = [[row * rows + column for column in range(rows)] for row in range(rows)]
    turns = []
    for _ in range(4):
        board = [list(column) for column in zip(*board[::-1], strict=True)]
        turns += [itemgetter(*chain(*board)), itemgetter(*chain(*board[::-1]))]
    return tuple(turns)
