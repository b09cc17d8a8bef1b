"""All states that can come of five numbers, level by level, and which of them lead to the goal; on NumPy arrays.

Words: a *level* is the different states of the same size, as an array with a column for each state, its values ascending; an
*edge* leads from a state to one of the next level. All values are integers, and those of five numbers up to 999 fit in 64 bits.
"""

from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from gamegen.games.countdown import Rules

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
WORD = 63  # bits of a state in one integer


class Levels:
    """The levels under *natural* or *integer* rules; from a state with the value ``stop``, which wins, no play goes on."""

    def __init__(self, rules: Rules, numbers: tuple[int, ...], stop: int | None) -> None:
        self.stop = stop
        self.levels = [np.array(numbers, np.int64).reshape(-1, 1)]
        self.edges: list[tuple[Ints, Ints]] = []  # from which state of a level to which of the next
        for _ in numbers[2:]:
            columns, parents = _children(self.levels[-1], self._won(self.levels[-1]), rules)
            level, places = _distinct(columns)
            self.levels.append(level)
            self.edges.append((parents, places))
        (self.ends,), self.last = _children(self.levels[-1], self._won(self.levels[-1]), rules)
        ends = np.sort(self.ends)
        different = len(ends[:1]) + np.count_nonzero(ends[1:] != ends[:-1])
        self.states = sum(level.shape[1] for level in self.levels) + int(different)

    def _won(self, level: Ints) -> Bools:
        return (level == self.stop).any(axis=0) if self.stop is not None else np.zeros(level.shape[1], bool)

    def count(self, goal: int) -> tuple[int, int]:
        """How many states the goal can be reached from, and how many plays from the start reach it at their last move."""
        reaching = self.last[self.ends == goal]
        ways = self._won(self.levels[-1]).astype(np.int64)
        ways[reaching] = 1
        live = bool(len(reaching)) + np.count_nonzero(ways)
        for level, (parents, places) in zip(self.levels[-2::-1], self.edges[::-1], strict=True):
            leading = ways[places] > 0
            edges = np.unique(parents[leading] * len(ways) + places[leading])  # two moves to one state are one canonical move
            above, below = np.divmod(edges, len(ways)) if len(edges) else (edges, edges)
            # the sums are of integers below 2**53, so they are exact
            sums = np.bincount(above, weights=ways[below], minlength=level.shape[1])
            ways = sums.astype(np.int64) + self._won(level)
            live += np.count_nonzero(ways)
        return int(live), int(ways[0])


levels = lru_cache(maxsize=2)(Levels)


def _children(level: Ints, won: Bools, rules: Rules) -> tuple[Ints, Ints]:
    """What each move makes of each state that is not won, and the state that it was made of; equal ones are not joined."""
    kept = np.flatnonzero(~won)
    level = level[:, kept]
    low, high, others = _choices(len(level))
    values, allowed = _results(level[high], level[low], rules)
    places = np.flatnonzero(allowed)
    columns = []
    for other in others:
        rest = level[other]  # the result moves up through what is left, which ascends
        columns.append(np.minimum(values, rest).ravel()[places])
        values = np.maximum(values, rest)
    columns.append(values.ravel()[places])
    return np.array(columns), kept[places % max(len(kept), 1)]


@lru_cache
def _choices(size: int) -> tuple[list[int], list[int], list[list[int]]]:
    """For each two of so many columns: the lower, the higher, and for each place among the others, which stands there."""
    pairs = list(combinations(range(size), 2))
    others = [[k for k in range(size) if k not in pair] for pair in pairs]
    return [low for low, _ in pairs], [high for _, high in pairs], [list(column) for column in zip(*others, strict=True)]


def _results(high: Ints, low: Ints, rules: Rules) -> tuple[Ints, Bools]:
    """What each operation makes of two values, high ≥ low, and whether the result counts."""
    natural, operations = rules.values == "natural", rules.operations
    every = np.ones(high.shape, bool)
    found: list[tuple[Ints, Bools]] = []
    if "+" in operations:
        found.append((high + low, every))
    if "-" in operations:
        found += [(high - low, every)] if natural else [(high - low, every), (low - high, every)]
    if "*" in operations:
        found.append((high * low, every))
    if "/" in operations:
        found.append(_quotients(high, low))
        if not (natural and low.all()):  # of natural values, low / high is an integer where low is 0, or as high
            found.append(_quotients(low, high))
    values, allowed = zip(*found, strict=True)
    return np.stack(values), np.stack(allowed)


def _quotients(a: Ints, b: Ints) -> tuple[Ints, Bools]:
    quotients = a // np.where(b == 0, 1, b)
    return quotients, (b != 0) & (quotients * b == a)


def _distinct(columns: Ints) -> tuple[Ints, Ints]:
    """Each state once, and at which place of these each of the given states stands."""
    codes, places = np.unique(_packed(columns), return_inverse=True)
    level = np.empty((len(columns), len(codes)), np.int64)
    level[:, places] = columns
    return level, places


def _packed(columns: Ints) -> Ints:
    """Each state as one integer, different ones for different states."""
    packed: Ints = columns[0]
    if not packed.size:
        return packed
    shifted, widths = _shifted(columns)
    if sum(widths) > WORD:  # then the values by their ranks, of which there are no more than values
        shifted, widths = _shifted(np.searchsorted(np.unique(columns), columns))
    packed = shifted[0]
    for column, width in zip(shifted[1:], widths[1:], strict=True):
        packed = packed << width | column
    return packed


def _shifted(columns: Ints) -> tuple[Ints, list[int]]:
    """The columns from 0 on, and how many bits each takes."""
    least = columns.min(axis=1, keepdims=True)
    shifted: Ints = columns - least
    return shifted, [int(span).bit_length() for span in shifted.max(axis=1)]
