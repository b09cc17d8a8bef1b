"""Whether a puzzle has room for the runs that are promised of it.

A puzzle of a corpus can give any number of backtracks up to ``puzzles.capacity``, and any number of steps that ``region``
promises with them. That depends on the puzzle alone, so turning the dials of the trace changes no puzzle. Where it is not
known, runs are assembled at the *corners*, where room is scarcest; what fits there fits everywhere.
"""

from itertools import pairwise

from gamegen.assembly import Asked, assemble
from gamegen.games.countdown import Countdown, State
from gamegen.region import are_promised, steps
from gamegen.rng import Draws

KNOWN = {
    3: 12,
    4: 45,
    5: 45,
    6: 45,
}  # up to so many backtracks it is known of most puzzles; benchmarks/dials/region.py measures it
SCARCE = {3: (5, 8), 4: (5, 10, 20), 5: (10,), 6: (10,)}  # backtracks at which the fewest steps leave the least room
MODEST = 12
PROBED = range(4, 12)  # of the attempts to assemble a run, those that are made to see whether there is room


def has_room(game: Countdown, numbers: tuple[int, ...], target: int, capacity: int) -> bool:
    """Whether the puzzle, which has a solution, can give what a corpus of that capacity promises."""
    promised = are_promised(game.rules)
    if not capacity or (promised and capacity <= KNOWN.get(len(numbers), 0) and _is_plentiful(game, numbers, target)):
        return True
    corners = _corners(numbers, capacity) if promised else []
    start, draws = State(numbers, target), Draws("room", *numbers, target)
    if any(len(game.moves(start)) < _first_moves(len(numbers), corner) for corner in corners):
        return False
    return all(
        assemble(game, start, corner, draws, PROBED if corner.steps else range(1)) for corner in corners or [Asked(capacity)]
    )  # without steps the first attempt takes all the room that there is


def _is_plentiful(game: Countdown, numbers: tuple[int, ...], target: int) -> bool:
    """Whether the numbers are 2 and more and different, but for one pair, and whether no 0 on the way leads to the target.

    States with 0 or with several equal numbers have few moves, and a puzzle that is won through these alone has little room.
    """
    equal = [a for a, b in pairwise(numbers) if a == b]
    if numbers[0] < 2 or len(equal) > 1 or game.oracle(numbers).makes_beside_zero(target):
        return False
    others = tuple(number for number in numbers if number not in equal)
    return not equal or not game.oracle((0, *others)).reaches(target)


def _first_moves(count: int, asked: Asked) -> int:
    """At least how many different first moves it takes: below each level no more nodes are passed than there are dead ends."""
    passed = (asked.steps or 0) - (count - 1) - asked.backtracks
    return passed - (count - 3) * asked.backtracks + 1


def _corners(numbers: tuple[int, ...], capacity: int) -> list[Asked]:
    """The fewest promised steps where they are scarce, and the most where there are few different first moves."""
    count = len(numbers)
    scarce = [*(b for b in SCARCE[count] if b < capacity), capacity]
    if len(set(numbers)) == count and numbers[0] == 1 and capacity <= MODEST:
        scarce = scarce[:1]  # the 1 alone takes little room, if any
    known = [(b, found) for b in scarce if (found := steps(count, b))]
    corners = [Asked(b, found[0]) for b, found in known]
    if len(set(numbers)) < max(count - 1, 3) or numbers[0] < 1:
        corners += [Asked(b, found[-1]) for b, found in known]
    return corners if steps(count, capacity) else [*corners, Asked(capacity)]
