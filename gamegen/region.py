"""Which numbers of steps a puzzle is promised to give with so many backtracks.

Words: with n numbers and B backtracks S steps are *conceivable* where B + n - 1 <= S <= (n - 1)(B + 1): each dead end costs one
step at least and n - 1 at most, and so does the way to win. They are *promised* where nearly all puzzles can give them; the
few that cannot are no puzzles of a corpus whose ``puzzles.capacity`` is B or more.
"""

from functools import lru_cache

from gamegen.games.countdown import OPERATIONS, Rules

# n: {B: (least S, most S)}, measured under the default rules over numbers 1 to 100 and targets 10 to 1000 as what 99 % of
# the puzzles can give where every dead end is a missed one; between two B the ends lie one inside a line.
PROMISED: dict[int, dict[int, tuple[int, int]]] = {
    3: {0: (2, 2), 1: (3, 4), 2: (4, 6), 3: (6, 8), 4: (7, 9), 5: (8, 12), 6: (10, 12), 7: (11, 13), 8: (12, 15), 9: (14, 16)}
    | {10: (15, 17), 11: (17, 18), 12: (18, 19)},
    4: {0: (3, 3), 1: (4, 6), 5: (9, 18), 10: (16, 31), 20: (30, 51), 45: (65, 101), 100: (140, 162)},
    5: {0: (4, 4), 1: (5, 8), 10: (17, 44), 45: (65, 155), 1000: (1384, 1907)},
    6: {0: (5, 5), 1: (6, 10), 10: (18, 50), 45: (66, 195)},
}


def are_promised(rules: Rules) -> bool:
    """Whether steps are promised under the rules: with all operations, and where all the numbers are used."""
    return rules.operations == OPERATIONS and rules.use_all


def conceivable(numbers: int, backtracks: int) -> range:
    """The numbers of steps that no puzzle of so many numbers can leave."""
    return range(backtracks + numbers - 1, (numbers - 1) * (backtracks + 1) + 1)


@lru_cache(maxsize=1 << 12)
def steps(numbers: int, backtracks: int) -> range:
    """The promised numbers of steps; none where so many backtracks are not promised.

    >>> steps(4, 10), steps(4, 15), steps(4, 1000)
    (range(16, 32), range(24, 41), range(0, 0))
    """
    table = PROMISED[numbers]
    if backtracks in table:
        low, high = table[backtracks]
        return range(low, high + 1)
    above = min((b for b in table if b > backtracks), default=None)
    if above is None:
        return range(0)
    below = max(b for b in table if b < backtracks)
    (low, high), (low_above, high_above) = table[below], table[above]
    part, width = backtracks - below, above - below
    least = low + -(-(low_above - low) * part // width) + 1
    most = high + (high_above - high) * part // width - 1
    return range(least, most + 1)


def nearest(numbers: int, capacity: int, backtracks: int, wanted: int) -> tuple[int, int]:
    """The promised pair of backtracks, up to the capacity, and steps that lies nearest to what is wanted."""
    pairs = (
        (b, min(max(wanted, found[0]), found[-1])) for b in range(capacity + 1) if (found := steps(numbers, b))
    )  # the nearest number of steps for each number of backtracks
    return min(pairs, key=lambda pair: (abs(pair[0] - backtracks) + abs(pair[1] - wanted), pair))
