"""Arms: treatments of the same puzzles. An arm is one function from a trace to what is shown of it.

Prompt and wrapper are the same in every arm; only what stands between the thinking tags differs.
"""

from collections.abc import Callable, Sequence

from gamegen.trace import Event, winning_path

Shown = list[Event] | None  # the events to write down; None for no thinking at all


def procedure(trace: Sequence[Event]) -> Shown:
    """The whole search, wrong branches and returns included."""
    return list(trace)


def solution_only(trace: Sequence[Event]) -> Shown:
    """The winning path of the same trace, without the search."""
    return [*winning_path(trace), trace[-1]]


def answer_only(trace: Sequence[Event]) -> Shown:
    """No thinking, just the answer."""
    return None


ARMS: dict[str, Callable[[Sequence[Event]], Shown]] = {arm.__name__: arm for arm in (procedure, solution_only, answer_only)}
