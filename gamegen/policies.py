"""Policies that are run as they come: each step is decided from the page, the board and keyed chance, until the goal or a stop.

Words: a *place* is a state that was reached, under the state that it was first reached from, so that the places are a tree; a
*pair* is a place with a canonical child of it, *open* while that child was not reached in any way; among the children of its
place a pair has a *rank*, the best by the heuristic first; its *discrepancies* are the tries on the way to its child, the last
one included, that were not the best of their place. A policy orders the open pairs, and the run goes on with the first: from
where it stands, or else after a dead end and a return to that place.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, NamedTuple, Protocol

from gamegen.errors import SpecError
from gamegen.rng import Draws
from gamegen.spec import TraceSpec, known
from gamegen.trace import Event

BUDGET = 200  # where none is given
WIDTH = 20


class Board(Protocol):
    """What these policies may ask of a game."""

    @property
    def heuristics(self) -> Mapping[str, Callable[[Any], Any]]: ...

    def moves(self, state: Any) -> Any: ...

    def solved(self, state: Any) -> bool: ...


class Place(NamedTuple):
    state: Any
    depth: int  # tries from the start
    discrepancies: int
    since: int  # the tries before it was reached, that one included


class Pair(NamedTuple):
    place: Place
    child: Any
    move: Any
    value: Any  # of the child, by the heuristic
    rank: int

    @property
    def discrepancies(self) -> int:
        return self.place.discrepancies + (self.rank > 0)


class Order(NamedTuple):
    """How a policy orders the open pairs, chance deciding between equals; ``widened``: it takes only so many of each depth."""

    says: str  # for the data card
    key: Callable[[Pair], tuple[Any, ...]]
    widened: bool = False


ASSEMBLED = "depth_first"  # the runs of gamegen.assembly, which have what was asked for
ORDERS = {
    "greedy_depth_first": Order(
        "a depth-first policy that takes the best move first, and goes on until nothing new is left below",
        lambda pair: (-pair.place.depth, pair.rank),
    ),
    "limited_discrepancy": Order(
        "limited discrepancy search: first the best move everywhere, then all ways with another once, then twice, and so on",
        lambda pair: (pair.discrepancies, -pair.place.depth, -pair.place.since, pair.rank),
    ),
    "beam": Order(
        "a beam: of all that one move more leads to, only the best are kept, level by level",
        lambda pair: (pair.place.depth, pair.value),
        widened=True,
    ),
    "best_first": Order(
        "best-first search: the most promising of all the states that were not tried yet, wherever it lies",
        lambda pair: (pair.value, -pair.place.depth),
    ),
}
CHANCE = "chance"  # the heuristic that knows nothing
EXACT = ("backtracks", "steps", "density", "depth", "dead_ends", "subgoals", "checks", "tokens_by")  # of assembled runs
RUN = {
    "heuristic": tuple(ORDERS),
    "budget": tuple(ORDERS),
    "width": tuple(name for name, order in ORDERS.items() if order.widened),
}  # settings of policies that are run, and of which
NEEDED = ("set_aside", "stop")  # what a style must be able to say of such a run


@dataclass(frozen=True)
class Policy:
    """A policy with its settings; without a width a beam has no end."""

    name: str
    heuristic: str
    budget: int = BUDGET
    width: int | None = None


def policy(trace: TraceSpec, heuristics: Mapping[str, Any]) -> Policy | None:
    """The policy that is to be run; None for the one whose runs are assembled. Raises SpecError for what cannot be combined."""
    known("trace.policy", trace.policy, (ASSEMBLED, *ORDERS))
    _check_dials(trace)
    if trace.policy == ASSEMBLED:
        return None
    names = (*heuristics, CHANCE)
    heuristic = names[0] if trace.heuristic is None else trace.heuristic
    known("trace.heuristic", heuristic, names)
    width = trace.width or WIDTH if ORDERS[trace.policy].widened else None
    return Policy(trace.policy, heuristic, trace.budget or BUDGET, width)


def _check_dials(trace: TraceSpec) -> None:
    """Raise SpecError for a dial that does not go with the policy."""
    name = trace.policy
    for dial in EXACT if name != ASSEMBLED else ():
        value = getattr(trace, dial)
        if value != getattr(TraceSpec(), dial):
            raise SpecError(
                f"trace.{dial}",
                f"{'shares' if dial == 'dead_ends' else value} given beside trace.policy={name}, whose runs are as they come; "
                f"leave it out, or choose trace.policy={ASSEMBLED}, which has it exactly",
            )
    for dial, fitting in RUN.items():
        if getattr(trace, dial) is not None and name not in fitting:
            raise SpecError(
                f"trace.{dial}",
                f"{getattr(trace, dial)} given beside trace.policy={name}, which has none; "
                f"leave it out, or choose trace.policy from: {', '.join(fitting)}",
            )


def run(policy: Policy, board: Board, start: Any, draws: Draws) -> list[Event]:
    """The run of the policy: it ends where the goal is found, or stops and says after how many steps."""
    page = Page(policy, board, start, draws)
    events: list[Event] = []
    while not board.solved(page.here.state):
        pair = page.first() if page.steps < policy.budget else None
        if pair is None:
            return [*events, *page.stop()]
        events += page.go(pair)
    return [*events, Event("found", page.here.state)]


class Page:
    """What stands on the page: the states that were reached, those shown to be dead ends, and the pairs that are open."""

    def __init__(self, policy: Policy, board: Board, start: Any, draws: Draws) -> None:
        self.board, self.draws = board, draws
        self.order, self.width = ORDERS[policy.name], policy.width
        chance = policy.heuristic == CHANCE
        self.value: Callable[[Any], Any] = (lambda state: draws.unit()) if chance else board.heuristics[policy.heuristic]
        self.reached: set[Any] = set()
        self.dead: set[Any] = set()
        self.taken: Counter[int] = Counter()  # tries from each depth
        self.open: list[tuple[tuple[Any, ...], float, int, int, Pair]] = []  # a heap; some are open no more
        self.steps = 0
        self._reach(Place(start, 0, 0, 0))

    def first(self) -> Pair | None:
        """The open pair that comes first; None where none is left."""
        while self.open:
            *_, pair = heappop(self.open)
            full = self.width is not None and self.taken[pair.place.depth] >= self.width
            if pair.child not in self.reached and not full:
                return pair
        return None

    def go(self, pair: Pair) -> list[Event]:
        """Try the pair, after a return to its place where the run stands elsewhere."""
        events = []
        if pair.place is not self.here:
            events = [self._dead_end(), Event("backtrack", pair.place.state)]
        self.steps += 1
        self.taken[pair.place.depth] += 1
        self._reach(Place(pair.child, pair.place.depth + 1, pair.discrepancies, self.steps))
        return [*events, Event("try", pair.child, pair.move)]

    def stop(self) -> list[Event]:
        """The end of a run without the goal; what is shown dead is said before, what has moves left is just left."""
        last, stop = self._dead_end(), Event("stop", self.here.state, None, "", self.steps)
        return [stop] if last.why == "set_aside" else [last, stop]

    def _reach(self, place: Place) -> None:
        """Stand at a place, and open its pairs."""
        self.here = place
        self.reached.add(place.state)
        if self.board.solved(place.state):
            return
        children = list(self.board.moves(place.state).items())
        valued = [(self.value(child), self.draws.unit(), k) for k, (child, _) in enumerate(children)]
        for rank, (value, tie, k) in enumerate(sorted(valued)):
            child, move = children[k]
            if child not in self.reached:
                pair = Pair(place, child, move, value, rank)
                heappush(self.open, (self.order.key(pair), tie, self.steps, rank, pair))

    def _dead_end(self) -> Event:
        """What can be said of the state where the run stands, from which nothing was tried yet."""
        state = self.here.state
        children = self.board.moves(state).keys()
        why = "missed" if not children else "exhausted" if children <= self.dead else "set_aside"
        if why != "set_aside":
            self.dead.add(state)
        return Event("dead_end", state, None, why)
