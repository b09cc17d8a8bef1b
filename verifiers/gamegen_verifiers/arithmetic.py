"""Arithmetic without a puzzle: each step of a text is judged on the truth of what it claims, and on nothing else.

>>> verify_steps(["A = 2 * 3 = 6.", "B = 6 + 5 = 12, so A + B = 6 + 12 = 18."]).first_error
1
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gamegen_verifiers.metrics import surface
from gamegen_verifiers.readers.free import READER
from gamegen_verifiers.steps import Step

NO_PUZZLE = "no puzzle"  # the reason why nothing more can be said


@dataclass(frozen=True)
class StepsVerdict:
    """first_error: the index of the first step that claims something false, 0-based, -1 for none, as in ProcessBench.

    labels: for each step "valid", "false arithmetic", or "no claim"; false: the false claims of each step, with their places;
    claims: how many there are in all.
    """

    steps: tuple[str, ...]
    first_error: int
    labels: tuple[str, ...]
    false: tuple[tuple[Step, ...], ...]
    claims: int

    def to_dict(self) -> dict[str, Any]:
        """As plain values under the names of a ``Verdict``: confabulated where something is false, else thin; statements are
        the steps, and what only a puzzle gives a meaning is None."""
        false = sum(map(len, self.false))
        holding = (self.claims - false) / self.claims if self.claims else None
        shares = ("operand_legality", "state_consistency", "genuine_backtracks", "dead_end_soundness", "novelty", "grounding")
        return {
            "answer": None,
            "right": None,
            "expression": None,
            "answer_reason": NO_PUZZLE,
            "grade": "confabulated" if false else "thin",
            "reasons": [*["false arithmetic"] * bool(false), NO_PUZZLE],
            "first_error": self.first_error,
            "repaired": False,
            "steps": self.claims,
            "statements": len(self.labels),
            "recall": None,
            "procedure": {
                **dict.fromkeys(("dead_ends", "backtracks", "implicit_returns", "states")),
                "step_validity": holding,
                **dict.fromkeys((*shares, "subgoals_met", "checks_true")),
                "sound_share": holding or 0.0,
            },
            "surface": dict(vars(surface("\n".join(self.steps)))),
        }


def verify_steps(steps: Sequence[str]) -> StepsVerdict:
    """Judge each step on the truth of its claims alone; any texts give a verdict, none an exception."""
    read = [[step for step in READER.read(text, len(text), len(text), True).steps if step.kind == "equation"] for text in steps]
    false = [tuple(step for step in claims if step.value is None or step.value != step.goal) for claims in read]
    labels = [
        "false arithmetic" if wrong else "valid" if claims else "no claim" for claims, wrong in zip(read, false, strict=True)
    ]
    first = labels.index("false arithmetic") if "false arithmetic" in labels else -1
    return StepsVerdict(tuple(steps), first, tuple(labels), tuple(false), sum(map(len, read)))
