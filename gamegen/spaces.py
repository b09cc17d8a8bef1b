"""The puzzles of a small game, by splits: what a split can give, and its row i.

Words: a split *owns* a puzzle by a constant hash of its key, so it owns all that are the same but for names or order, whatever
else a spec says. A row has *candidates* of its own: number i, i + stride, i + 2·stride … of the space, in an order that the
seed decides; it takes the first that its split owns, that is as solvable as the row is to be, and that has room.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from math import ceil, log, sqrt
from typing import Any

from gamegen.assembly import Asked, assemble, exhausted
from gamegen.errors import GamegenError, SpecError
from gamegen.games.small import SmallGame
from gamegen.puzzles import CLASSES, DEAD_ROW, OWNED, OWNERS, SUITE, is_unsolvable
from gamegen.reserved import passes_by
from gamegen.rng import Draws, Permutation, hash64
from gamegen.spec import PuzzleSpec, known
from gamegen.trace import winning_path

LISTABLE = 1 << 12  # so many numbers are listed whole, so that every one of them can be a row
PROBES = 200  # puzzles that are looked at to see how many have room, found among at most so many numbers
MOST_PROBED = 4000
MAY_BE_DEAD = 0.5  # how likely it may be that a row of a suite has no puzzle
MOST_STEPS = 200  # of a run that shows that there is no solution

AnyGame = SmallGame[Any, Any, Any]


def owner(game: AnyGame, puzzle: Any) -> str:
    """The split of a corpus that owns a puzzle, or SUITE."""
    of = hash64("small game", game.key(game.start(puzzle))) % CLASSES
    return next((split for split, classes in OWNED.items() if of in classes), SUITE)


class Space:
    """The puzzles of a small game of one size; it depends on ``puzzles`` and the seed alone.

    for_suites: nothing is reserved for others, and a row may well have no puzzle, which makes more rows possible.
    """

    def __init__(self, spec: PuzzleSpec, game: AnyGame, seed: int, for_suites: bool = False) -> None:
        self.spec, self.game, self.seed, self.for_suites = spec, game, seed, for_suites
        self.room = min(spec.capacity, game.capacity)
        self.capacity = cache(self._capacity)
        self._order = cache(self._order_of)
        self._listed = cache(self._list)

    def _capacity(self, split: str) -> int:
        """How many rows the split can have. Raises SpecError for an unknown split."""
        known("splits", split, OWNERS)
        share = self.spec.unsolvable
        parts = {solvable: part for solvable, part in ((True, 1 - share), (False, share)) if part}
        if len(self.game) <= LISTABLE:
            return min(int(len(self._listed(split, solvable)) / part) for solvable, part in parts.items())
        tries = [_tries(self, solvable) for solvable in parts]
        return len(self.game) // (max(tries) * CLASSES // len(OWNERS[split])) if all(tries) else 0

    def puzzle(self, split: str, i: int) -> Any:
        """Row i of the split. Raises GamegenError where the split has no such row."""
        stride = self.capacity(split)
        if not 0 <= i < stride:
            raise GamegenError(f"splits.{split}: row {i} asked for, rows 0 to {stride - 1} are possible")
        solvable = not is_unsolvable(i, self.spec.unsolvable)
        for k in self._candidates(split, i, stride, solvable):
            puzzle = self.game.puzzle(k)
            if puzzle is not None and owner(self.game, puzzle) == split and self.offers(puzzle, solvable):
                return puzzle
        raise GamegenError(f"splits.{split}: row {i} has no puzzle; ask for another seed")

    def _candidates(self, split: str, i: int, stride: int, solvable: bool) -> Iterator[int]:
        if len(self.game) <= LISTABLE:
            listed = self._listed(split, solvable)
            before = int(i * self.spec.unsolvable)  # rows without a solution
            yield listed[self._order(split, solvable, len(listed))[i - before if solvable else before]]
        else:
            order = self._order(split, True, len(self.game))
            yield from (order[k] for k in range(i, len(self.game), stride))

    def _order_of(self, split: str, solvable: bool, size: int) -> Permutation:
        return Permutation(size, self.seed, split, self.game.name, "order" if solvable else "order of unsolvable")

    def _list(self, split: str, solvable: bool) -> tuple[int, ...]:
        """The numbers of a small space that the split owns and that offer what is asked for."""
        return tuple(k for k, puzzle in _owned(self.game, split) if self.offers(puzzle, solvable))

    def offers(self, puzzle: Any, solvable: bool) -> bool:
        """Whether it has a solution and room for the search, or else has none, which can be shown in few steps."""
        start = self.game.start(puzzle)
        if self.game.live(start) != solvable:
            return False
        if solvable:
            trace = assemble(self.game, start, Asked(self.room), Draws("room", self.game.key(start)), range(1))
        else:
            trace = exhausted(self.game, start, Draws("room"), MOST_STEPS)
        if trace is None or self.for_suites:
            return trace is not None
        return not passes_by(self.game, winning_path(trace) if solvable else trace)  # of the rest another run keeps clear

    def refusal(self, split: str, rows: int) -> SpecError:
        """Why the split cannot have so many rows."""
        return SpecError(
            f"splits.{split}",
            f"{rows} rows given, {self.capacity(split)} are possible of {self.game.name} with {self.game.size} "
            f"{self.game.counts}; ask for at most that many, or for another puzzles.size",
        )


@lru_cache(maxsize=8)
def _probes(game: AnyGame) -> tuple[tuple[Any, ...], int]:
    """Some puzzles of the space, and how many numbers were looked up to find them."""
    order, found = Permutation(len(game), "probe", game.name), list[Any]()
    for i in range(len(game)):
        if len(found) == PROBES or i == MOST_PROBED:
            return tuple(found), i
        if (puzzle := game.puzzle(order[i])) is not None:
            found.append(puzzle)
    return tuple(found), len(game)


def _tries(space: Space, solvable: bool) -> int:
    """How many candidates that its split owns a row needs, so that one of them will do; 0 where hardly any does."""
    found, numbers = _probes(space.game)
    fitting = sum(space.offers(puzzle, solvable) for puzzle in found)
    likely = _at_least(len(found), numbers) * _at_least(fitting, len(found))
    return max(2, ceil(log(MAY_BE_DEAD if space.for_suites else DEAD_ROW) / log(1 - likely))) if likely > 0 else 0


def _at_least(hits: int, of: int) -> float:
    """A share that was seen, less three standard errors, so that a lucky probe promises no rows that are not there."""
    share = hits / of if of else 0.0
    return min(share - 3 * sqrt(share * (1 - share) / of), 1 - 1 / of) if hits else 0.0


@cache
def _owned(game: AnyGame, split: str) -> tuple[tuple[int, Any], ...]:
    numbered = ((k, game.puzzle(k)) for k in range(len(game)))
    return tuple((k, puzzle) for k, puzzle in numbered if puzzle is not None and owner(game, puzzle) == split)
