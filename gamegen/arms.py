"""Arms: treatments of the same puzzles. An arm says what is shown of a trace, and how.

The prompt is the same in every arm, and so is the wrapper of the answer; only the thinking differs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gamegen.trace import Event, winning_path


@dataclass(frozen=True)
class Arm:
    """``shown`` picks the events to write down, None for no thinking at all.

    A ``matched`` arm is filled with words to as many tokens as the paired row of ``procedure`` has; one that is not ``wrapped``
    leaves out the thinking tags too.
    """

    says: str  # for the data card
    shown: Callable[[Sequence[Event]], list[Event]] | None
    matched: bool = False
    wrapped: bool = True


def _search(trace: Sequence[Event]) -> list[Event]:
    return list(trace)


def _solution(trace: Sequence[Event]) -> list[Event]:
    return [*winning_path(trace), trace[-1]]


ARMS = {
    "procedure": Arm("The whole search, wrong branches and returns included.", _search),
    "solution_only": Arm("The winning path of the same trace, without the search.", _solution),
    "verbose": Arm("The winning path, filled with words to the length of the whole search.", _solution, matched=True),
    "answer_only": Arm("No thinking, just the answer.", None),
    "no_cot": Arm("The closing summary and the answer, without thinking tags.", None, wrapped=False),
}
