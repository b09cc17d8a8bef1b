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


Way = tuple[int, "Way"] | None  # where the last try on it stands, and the way to there

BOUNDS = ("largest", "smallest", "multiple")
WHY = ("missed", "exhausted", *BOUNDS, "set_aside")


def count(events: Sequence[Event], kind: str) -> int:
    return [event[0] for event in events].count(kind)


def winning_places(events: Sequence[Event]) -> list[int]:
    """Where the tries stand that lead from the start to the goal, without what was taken back."""
    here: Way = None
    ways: dict[Hashable, Way] = {}  # the latest to each state
    for i, (kind, state, _, _, _) in enumerate(events):
        if kind == "try":
            here = ways[state] = i, here
        elif kind == "backtrack":
            above = here
            while above and events[above[0]].state != state:
                above = above[1]
            here = above or ways.get(state)  # what is not on the way was left before; the start has no way
    path: list[int] = []
    while here:
        path.append(here[0])
        here = here[1]
    return path[::-1]


def winning_path(events: Sequence[Event]) -> list[Event]:
    """The tries that lead from the start to the goal, without what was taken back."""
    return [events[i] for i in winning_places(events)]
