"""A trace: the ordered events of one run of a policy."""

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple


class Event(NamedTuple):
    """One event; ``state`` is where the run stands after it (the state returned to, for a backtrack).

    try: the move · dead_end: why, and the value of a bound · subgoal: the move that would win, and the value that the rest
    would have to make for it · check: the move that is looked at again · stop: the value is how many steps were taken.
    """

    kind: str
    state: Hashable
    move: Any = None
    why: str = ""  # one of WHY, of a dead end
    value: Any = None


BOUNDS = ("largest", "smallest", "multiple")
WHY = ("missed", "exhausted", *BOUNDS, "set_aside")


def count(events: Sequence[Event], kind: str) -> int:
    return [event[0] for event in events].count(kind)


def winning_path(events: Sequence[Event]) -> list[Event]:
    """The tries that lead from the start to the goal, without what was taken back."""
    path: list[Event] = []
    for event in events:
        kind, state, *_ = event
        if kind == "try":
            path.append(event)
        elif kind == "backtrack":
            while path and path[-1].state != state:
                path.pop()
    return path
