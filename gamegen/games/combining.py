"""What games have in common in which two pieces are combined into one, again and again, until one is left.

Words: a *pool* is the multiset of pieces that are there, ascending, under its puzzle; a *move* ``a op b = result`` takes two
pieces out and puts one back. It belongs to a puzzle, which says what its operation makes. ``modular.py`` and ``strings.py``
say what the pieces are.
"""

import re
from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple, TypeVar

from gamegen.game import Patterns
from gamegen.games.small import SmallGame
from gamegen.rng import Draws

P = TypeVar("P", bound=tuple[Any, ...])

NEAR = 6  # pieces that are invented to find one that was never there, in the place of each operand


class Pool(NamedTuple):
    puzzle: Any
    pieces: tuple[Any, ...]


class Move(NamedTuple):
    puzzle: Any
    a: Any
    op: str
    b: Any
    result: Any


class Combining(SmallGame[P, Pool, Move]):
    """A game of pools; its puzzles have the fields ``goal`` and ``operations``, of which those are signs of ``signs``."""

    signs = ""
    states_results = True

    def apply(self, puzzle: P, a: Any, op: str, b: Any) -> Any:
        """What a op b makes; None where it is not allowed."""
        raise NotImplementedError

    def near(self, puzzle: P, piece: Any, draws: Draws) -> Any:
        """Another piece that looks like it."""
        raise NotImplementedError

    def hear_piece(self, text: str, puzzle: P) -> Any:
        """The piece that was written so. Raises ValueError."""
        raise NotImplementedError

    def check_operations(self, operations: Any) -> None:
        """Raise ValueError for what are no operations of the game, each once and in the order of its signs."""
        known = isinstance(operations, str) and [sign for sign in self.signs if sign in operations]
        if not known or operations != "".join(known):
            raise ValueError(f"{operations!r} are no operations; choose some of {self.signs!r}, in that order")

    def children(self, state: Pool) -> dict[Pool, Move]:
        puzzle, pieces = state
        found: dict[Pool, Move] = {}
        for i, j in combinations(range(len(pieces)), 2):
            low, high = pieces[i], pieces[j]
            rest = pieces[:i] + pieces[i + 1 : j] + pieces[j + 1 :]
            for op in puzzle.operations:
                for a, b in ((high, low), (low, high)):
                    result = self.apply(puzzle, a, op, b)
                    if result is not None:
                        found.setdefault(Pool(puzzle, tuple(sorted((*rest, result)))), Move(puzzle, a, op, b, result))
        return found

    def play(self, state: Pool, move: Move) -> Pool:
        """Any move that is allowed and true, also one that leads where another does."""
        rest = list(state.pieces)
        try:
            rest.remove(move.a)
            rest.remove(move.b)
        except ValueError:
            raise ValueError(f"{self.say_move(move)} combines what is not in {self.say_state(state)}") from None
        puzzle = state.puzzle
        if move.op not in puzzle.operations or self.apply(puzzle, move.a, move.op, move.b) != move.result:
            raise ValueError(f"{self.say_move(move)} is not allowed or not true")
        return Pool(puzzle, tuple(sorted((*rest, move.result))))

    def solved(self, state: Pool) -> bool:
        return bool(state.pieces == (state.puzzle.goal,))

    def left(self, state: Pool) -> int:
        return len(state.pieces) - 1

    def say_state(self, state: Pool) -> str:
        return ", ".join(map(str, state.pieces))

    def say_goal(self, state: Pool) -> str:
        return str(state.puzzle.goal)

    def say_move(self, move: Move) -> str:
        return f"{move.a} {move.op} {move.b} = {move.result}"

    def hear_state(self, text: str, start: Pool) -> Pool:
        """The pool, in whatever order its pieces stand."""
        if not re.fullmatch(self.patterns.state, text):
            raise ValueError(f"{text[:40]!r} is no state")
        pieces = sorted(self.hear_piece(piece, start.puzzle) for piece in text.split(", "))
        if len(pieces) > len(start.pieces):
            raise ValueError(f"{text[:40]!r} is more than there is at the start")
        return Pool(start.puzzle, tuple(pieces))

    def hear_move(self, text: str, start: Pool) -> Move:
        if not re.fullmatch(self.patterns.move, text):
            raise ValueError(f"{text[:40]!r} is no move")
        a, op, b, _, result = text.split(" ")
        one, other, made = (self.hear_piece(piece, start.puzzle) for piece in (a, b, result))
        return Move(start.puzzle, one, op, other, made)

    def with_false_result(self, move: Move, draws: Draws) -> Move:
        return move._replace(result=self.near(move.puzzle, move.result, draws))

    def pretend(self, state: Pool, move: Move) -> Pool:
        rest = list(state.pieces)
        rest.remove(move.a)
        rest.remove(move.b)
        return Pool(state.puzzle, tuple(sorted((*rest, move.result))))

    def over_others(self, state: Pool, move: Move, earlier: Sequence[Pool], invented: bool, draws: Draws) -> Move | None:
        """One operand becomes a piece that was on no state of the way; or one that was, or the other operand once more."""
        puzzle, here = state
        used = {piece for before in earlier for piece in before.pieces}
        if invented:
            others = [self.near(puzzle, piece, draws) for piece in (move.a, move.b) for _ in range(NEAR)]
        else:
            others = [*sorted(used), *(piece for piece in (move.a, move.b) if here.count(piece) == 1)]
        for other, first in draws.shuffled((other, first) for other in others for first in (True, False)):
            a, b = (other, move.b) if first else (move.a, other)
            there = other in here if a != b else here.count(other) > 1
            result = None if there or (invented and other in used) else self.apply(puzzle, a, move.op, b)
            if result is not None:
                return Move(puzzle, a, move.op, b, result)
        return None

    def over_false(self, move: Move, first: Move, false: Move) -> Move | None:
        if first.result not in (move.a, move.b):
            return None
        made = move._replace(a=false.result) if move.a == first.result else move._replace(b=false.result)
        return None if self.apply(made.puzzle, made.a, made.op, made.b) == made.result else made

    def look_alike(self, state: Pool, draws: Draws) -> Pool:
        pieces = list(state.pieces)
        i = draws.below(len(pieces))
        pieces[i] = self.near(state.puzzle, pieces[i], draws)
        return Pool(state.puzzle, tuple(sorted(pieces)))


def patterns(piece: str, signs: str, most: int, goal: str) -> Patterns:
    """How pools of at most so many pieces are written, by the patterns of a piece and of a goal.

    >>> patterns("[xy]{1,9}", "+~", 5, "[xy]{1,9}").move
    '[xy]{1,9} [+~] [xy]{1,9} = [xy]{1,9}'
    """
    return Patterns(f"{piece} [{signs}] {piece} = {piece}", f"{piece}(?:, {piece}){{0,{most - 1}}}", goal)
