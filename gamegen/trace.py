"""A trace: the ordered events of one run of a policy."""

from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

from gamegen.game import Game


class Event(NamedTuple):
    """One event; ``state`` is where the run stands after it (the state returned to, for a backtrack)."""

    kind: str
    state: Hashable
    move: Any = None  # of a try
    why: str = ""  # of a dead end


class Said(NamedTuple):
    """An event in the game's notation; ``last`` says that no move can follow it."""

    kind: str
    move: str
    state: str
    why: str
    last: bool


def say(game: Game[Any, Any, Any], events: Iterable[Event]) -> list[Said]:
    """The events as the game says them."""
    said = []
    state, spelled, last = None, "", False
    for event in events:
        if event.state is not state:  # a dead end is where the try before it led
            state, spelled, last = event.state, game.say_state(event.state), not game.left(event.state)
        move = game.say_move(event.move) if event.move else ""
        said.append(Said(event.kind, move, spelled, event.why, last))
    return said


def count(events: Iterable[Event], kind: str) -> int:
    return sum(event.kind == kind for event in events)


def winning_path(events: Iterable[Event]) -> list[Event]:
    """The tries that lead from the start to the goal, without what was taken back."""
    path: list[Event] = []
    for event in events:
        if event.kind == "try":
            path.append(event)
        elif event.kind == "backtrack":
            while path and path[-1].state != event.state:
                path.pop()
    return path
