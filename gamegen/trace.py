"""A trace: the ordered events of one run of a policy."""

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple


class Event(NamedTuple):
    """One event; ``state`` is where the run stands after it (the state returned to, for a backtrack)."""

    kind: str
    state: Hashable
    move: Any = None  # of a try
    why: str = ""  # of a dead end


def count(events: Sequence[Event], kind: str) -> int:
    return [event[0] for event in events].count(kind)


def winning_path(events: Sequence[Event]) -> list[Event]:
    """The tries that lead from the start to the goal, without what was taken back."""
    path: list[Event] = []
    for event in events:
        kind, state, _, _ = event
        if kind == "try":
            path.append(event)
        elif kind == "backtrack":
            while path and path[-1].state != state:
                path.pop()
    return path
