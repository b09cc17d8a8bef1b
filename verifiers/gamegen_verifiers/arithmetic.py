"""Arithmetic without a puzzle: each step of a text is judged on the truth of what it claims, and on nothing else.

>>> verify_steps(["A = 2 * 3 = 6.", "B = 6 + 5 = 12, so A + B = 6 + 12 = 18."]).first_error
1
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gamegen_verifiers.readers.free import READER
from gamegen_verifiers.steps import Step


@dataclass(frozen=True)
class StepsVerdict:
    """first_error: the index of the first step that claims something false, 0-based, -1 for none, as in ProcessBench.

    labels: for each step "valid", "false arithmetic", or "no claim"; false: the false claims of each step, with their places.
    """

    first_error: int
    labels: tuple[str, ...]
    false: tuple[tuple[Step, ...], ...]


def verify_steps(steps: Sequence[str]) -> StepsVerdict:
    """Judge each step on the truth of its claims alone; any texts give a verdict, none an exception."""
    read = [[step for step in READER.read(text, len(text), len(text), True).steps if step.kind == "equation"] for text in steps]
    false = [tuple(step for step in claims if step.value is None or step.value != step.goal) for claims in read]
    labels = [
        "false arithmetic" if wrong else "valid" if claims else "no claim" for claims, wrong in zip(read, false, strict=True)
    ]
    first = labels.index("false arithmetic") if "false arithmetic" in labels else -1
    return StepsVerdict(first, tuple(labels), tuple(false))
