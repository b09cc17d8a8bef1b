"""Policies of search: rules that a reader of the page could follow, and runs of them.

Words: the *page* is what a run has written down so far: the path of states from the start to where it stands, the moves that
were tried from each, and the states that were shown to be dead ends. A policy says from the page alone what may come next;
chance chooses among that. No policy asks the oracle: all that it sees of the game is a *board*.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from gamegen.rng import Draws
from gamegen.trace import Event


class Board(Protocol):
    """What a policy may ask of a game."""

    def moves(self, state: Any) -> Any: ...

    def solved(self, state: Any) -> bool: ...

    def bound(self, state: Any) -> tuple[str, Any] | None: ...

    def subgoals(self, state: Any) -> Any: ...

    def left(self, state: Any) -> int: ...


class Page:
    """What stands on the page. Each entry of the path is a state with the children that were tried from it."""

    def __init__(self, start: Any) -> None:
        self.path: list[tuple[Any, set[Any]]] = [(start, set())]
        self.moves: list[Any] = []  # that led along the path
        self.dead: set[Any] = set()
        self.last = ""  # the kind of the last event
        self.aimed: set[tuple[Any, Any]] = set()  # subgoals that were said, each with its state
        self.steps = 0

    @property
    def state(self) -> Any:
        return self.path[-1][0]

    def add(self, event: Event) -> None:
        """Write the event down."""
        if event.kind == "try":
            self.path[-1][1].add(event.state)
            self.path.append((event.state, set()))
            self.moves.append(event.move)
            self.steps += 1
        elif event.kind == "backtrack":
            place = max(i for i, (state, _) in enumerate(self.path[:-1]) if state == event.state)
            del self.path[place + 1 :], self.moves[place:]
        elif event.kind == "dead_end" and event.why != "set_aside":
            self.dead.add(event.state)
        elif event.kind == "subgoal":
            self.aimed.add((event.state, event.move))
        self.last = event.kind


Policy = Callable[[Board, Page], Iterator[Event]]


def depth_first(board: Board, page: Page) -> Iterator[Event]:
    """What may come next: it goes down by any move that it has not tried, until the goal, or until it calls a dead end.

    A dead end is called where nothing is left to play, where every move was shown to be one, where a bound shows it, or where
    the policy sets a state with untried moves aside; behind a dead end it returns to an earlier state of the path, where moves
    are untried or all were shown dead.
    """
    state, tried = page.path[-1]
    if page.last == "found":
        return
    if board.solved(state):
        yield Event("found", state)
    elif page.last == "dead_end":
        for earlier, taken in page.path[:-1]:
            children = set(board.moves(earlier))
            if children - taken or children <= page.dead:  # there is something to do or to say
                yield Event("backtrack", earlier)
        return
    else:
        yield from _tries(board, page, state, tried)
        yield from _dead_ends(board, page, state, tried)
    if page.last == "try":
        yield Event("check", state, page.moves[-1])


def _tries(board: Board, page: Page, state: Any, tried: set[Any]) -> Iterator[Event]:
    if not board.left(state):
        return
    for child, move in board.moves(state).items():
        if child not in tried:
            yield Event("try", child, move)
    if page.last != "subgoal":
        for move, value in board.subgoals(state):
            if (state, move) not in page.aimed:
                yield Event("subgoal", state, move, "", value)


def _dead_ends(board: Board, page: Page, state: Any, tried: set[Any]) -> Iterator[Event]:
    children = set(board.moves(state)) if board.left(state) else set()
    if not children:
        yield Event("dead_end", state, None, "missed")
        return
    if page.last == "subgoal":
        return
    if children <= page.dead:
        yield Event("dead_end", state, None, "exhausted")  # of the start, that there is no solution
    if len(page.path) == 1:
        return
    if children - tried:
        yield Event("dead_end", state, None, "set_aside")
    if not tried and (bound := board.bound(state)):
        yield Event("dead_end", state, None, *bound)


def run(policy: Policy, board: Board, start: Any, draws: Draws, budget: int) -> list[Event]:
    """A run of the policy as chance has it, not assembled; without the goal it stops after so many steps, and says so."""
    page, events = Page(start), list[Event]()
    while page.last not in ("found", "stop"):
        options = list(policy(board, page))
        event = draws.choice(options) if options else None
        if event is None or (event.kind == "try" and page.steps == budget):
            event = Event("stop", page.state, None, "", page.steps)
        page.add(event)
        events.append(event)
    return events
