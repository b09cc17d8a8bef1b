"""A trace: the ordered events of one run of a policy."""

from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

from gamegen.game import Game

KINDS = ("try", "dead_end", "backtrack", "found")
REASONS = ("missed",)  # why a dead end is one


class Event(NamedTuple):
    """One event; ``state`` is where the run stands after it (the state returned to, for a backtrack)."""

    kind: str
    state: Hashable
    move: Any = None  # of a try
    why: str = ""  # of a dead end


class Said(NamedTuple):
    """An event in the game's notation; ``left`` is how many moves may follow it at most."""

    kind: str
    move: str
    state: str
    why: str
    left: int


def say(game: Game[Any, Any, Any], events: Iterable[Event]) -> list[Said]:
    """The events as the game says them."""
    return [
        Said(
            event.kind,
            game.say_move(event.move) if event.move else "",
            game.say_state(event.state),
            event.why,
            game.left(event.state),
        )
        for event in events
    ]


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
