"""Arms: treatments of the same puzzles. An arm says what is shown of a trace, how, and what is wrong with it.

The prompt is the same in every arm, and so is the wrapper of the answer; only the thinking differs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gamegen.corruptions import EVERYWHERE
from gamegen.trace import Event, count, winning_path

Trace = Sequence[Event]


@dataclass(frozen=True)
class Arm:
    """``shown`` picks the events to write down, None for no thinking at all.

    matched: filled with words to as many tokens as the paired row of ``procedure`` has · wrapped: with thinking tags ·
    corrupts: the kind of corruption and its severity · drawn: these are drawn as the spec's ``corruptions`` say · defects: the
    kinds of events that are corruptions wherever the arm shows them, and of which kind.
    """

    says: str  # for the data card
    shown: Callable[[Trace], list[Event]] | None
    matched: bool = False
    wrapped: bool = True
    corrupts: Callable[[Trace], tuple[str, int]] | None = None
    drawn: bool = False
    defects: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_of_any_puzzle(self) -> bool:
        """Whether it can treat a puzzle without a solution, of which there is no winning path to fill, break or shorten."""
        return not (self.matched or self.corrupts or self.drawn or self.defects)

    @property
    def is_search(self) -> bool:
        """Whether the whole search is shown."""
        return self.shown is _search


def _search(trace: Trace) -> list[Event]:
    return list(trace)


def _solution(trace: Trace) -> list[Event]:
    """The winning path; nothing of a search that shows that there is none."""
    return [*winning_path(trace), trace[-1]] if trace[-1].kind != "dead_end" else []


def _idle(trace: Trace) -> list[Event]:
    """The winning path with returns to where it stands, spread evenly: one for each of the search, and one at least."""
    steps = winning_path(trace)
    returns = max(count(trace, "backtrack"), 1)
    shown = [steps[0]]
    for k, step in enumerate(steps[1:]):
        here = returns // (len(steps) - 1) + (k < returns % (len(steps) - 1))
        shown += [*[Event("backtrack", steps[k].state)] * here, step]
    return [*shown, trace[-1]]


ARMS = {
    "procedure": Arm("The whole search, wrong branches and returns included.", _search),
    "solution_only": Arm("The winning path of the same trace, without the search.", _solution),
    "verbose": Arm("The winning path, filled with words to the length of the whole search.", _solution, matched=True),
    "answer_only": Arm("No thinking, just the answer.", None),
    "no_cot": Arm("The closing summary and the answer, without thinking tags.", None, wrapped=False),
    "fake_backtracking": Arm(
        "The winning path with as many returns as the search has, none of which goes anywhere, and as long as the search.",
        _idle,
        matched=True,
        defects={"backtrack": "idle_backtrack"},
    ),
    "shuffled": Arm(
        "The sentences of the whole search in any order.", _search, corrupts=lambda trace: ("shuffled_steps", EVERYWHERE)
    ),
    "shortcut": Arm(
        "The first step of the winning path, then a leap to the goal.",
        _solution,
        corrupts=lambda trace: ("unjustified_leap", max(len(winning_path(trace)) - 1, 1)),
    ),
    "confabulated": Arm(
        "The whole search, the last sum of every wrong branch made up.",
        _search,
        corrupts=lambda trace: ("confabulated_branch", EVERYWHERE),
    ),
    "wrong_answer": Arm(
        "The whole search, and then another answer, which is wrong.", _search, corrupts=lambda trace: ("wrong_answer", 1)
    ),
    "corrupted": Arm(
        "The whole search, in some rows with a defect of the kinds that `corruptions` names.", _search, drawn=True
    ),
}
