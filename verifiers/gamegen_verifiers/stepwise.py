"""A judged text cut into steps, each with its truth: rows for process benchmarks and for process reward models.

Words: a *step* is a piece of the text that ends where a statement of the reading ends, so it says one thing, with whatever
words stand before it; the last step is what stands behind all statements, where there is more than space, and holds if the
answer does. The steps joined are the text.

>>> from gamegen_verifiers import Puzzle, verify
>>> text = "<think>\\nI have 2, 4, 8 and want 24. Try 8 - 2 = 5.\\n</think>\\n<answer>(8 - 2) * 4</answer>"
>>> [(step.text, step.holds) for step in cut(text, verify(Puzzle((2, 4, 8), 24), text))][1:]
[(' Try 8 - 2 = 5.', False), ('\\n</think>\\n<answer>(8 - 2) * 4</answer>', True)]
"""

from typing import Any, NamedTuple

from gamegen_verifiers.verdict import Verdict

SPOILT = {"answer is not what was derived", "there is a solution"}  # reasons that speak against the answer itself


class Labelled(NamedTuple):
    """A step of a text, and whether all that it says holds."""

    text: str
    holds: bool


def cut(text: str, verdict: Verdict) -> list[Labelled]:
    """The steps of a text, by its verdict; statements that overlap share one."""
    steps: list[Labelled] = []
    end = 0
    for statement, label in zip(verdict.reading, verdict.labels, strict=True):
        more, holds = text[end : max(end, statement.end)], label == "valid"
        if statement.start < end:
            before = steps.pop()
            steps.append(Labelled(before.text + more, before.holds and holds))
        else:
            steps.append(Labelled(more, holds))
        end = max(end, statement.end)
    if text[end:].strip():
        steps.append(Labelled(text[end:], _answer_holds(verdict)))
    elif steps:
        steps[-1] = steps[-1]._replace(text=steps[-1].text + text[end:])
    return steps


def _answer_holds(verdict: Verdict) -> bool:
    return verdict.answer not in ("wrong", "illegal") and SPOILT.isdisjoint(verdict.reasons)


def processbench(problem: str, text: str, verdict: Verdict) -> dict[str, Any]:
    """A row as in ProcessBench (Zheng et al., 2024): ``label`` is the index of the first wrong step, 0-based, -1 for none."""
    steps = cut(text, verdict)
    return {
        "problem": problem,
        "steps": [step.text for step in steps],
        "label": next((i for i, step in enumerate(steps) if not step.holds), -1),
        "final_answer_correct": verdict.answer == "correct",
    }


def stepwise(prompt: str, text: str, verdict: Verdict) -> dict[str, Any]:
    """A row with stepwise supervision as TRL's trainer of process reward models reads it: a label for each step."""
    steps = cut(text, verdict)
    return {"prompt": prompt, "completions": [step.text for step in steps], "labels": [step.holds for step in steps]}
