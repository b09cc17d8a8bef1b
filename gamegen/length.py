"""What is as long as it is asked to be by its events: the number of backtracks is sought that gives the length."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TOLERANCE = 0.05  # of a length that was asked for
ATTEMPTS = 60  # before it is said that none is as long
TOKENS = 25  # of a backtrack and its steps, about, to begin with


class NotAsLong(Exception):
    """Nothing was as long; ``args[0]`` is the measure that came nearest."""


def as_long_as(wanted: int, make: Callable[[int, int], T], measure: Callable[[T], int], most: int) -> T:
    """What measures as wanted within 5 %. Raises NotAsLong.

    ``make(backtracks, attempt)`` makes one with at most ``most`` backtracks, another one for each attempt. Where one backtrack
    more is too long and one less too short, chance finds one whose steps and phrases fit.
    """
    nearest, backtracks = -1, min(wanted // TOKENS, most)
    for attempt in range(ATTEMPTS):
        made = make(backtracks, attempt)
        found = measure(made)
        if nearest < 0 or abs(found - wanted) < abs(nearest - wanted):
            nearest = found
        if abs(found - wanted) <= TOLERANCE * wanted:
            return made
        each = max(found // (backtracks + 3), 1)  # the way to win and the wrapper are as long as some backtracks
        backtracks = min(max(backtracks + round((wanted - found) / each), 0), most)
    raise NotAsLong(nearest)
