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


class Piece(NamedTuple):
    """A step of a text, and whether all that it says holds."""

    text: str
    holds: bool


def cut(text: str, verdict: Verdict) -> list[Piece]:
    """The steps of a text, by its verdict; statements that overlap share one."""
    pieces: list[Piece] = []
    end = 0
    for step, label in zip(verdict.reading, verdict.labels, strict=True):
        holds = label == "valid"
        if step.start < end:
            before = pieces.pop()
            pieces.append(Piece(before.text + text[end : max(end, step.end)], before.holds and holds))
        else:
            pieces.append(Piece(text[end : step.end], holds))
        end = max(end, step.end)
    if text[end:].strip():
        pieces.append(Piece(text[end:], _answer_holds(verdict)))
    elif pieces:
        pieces[-1] = pieces[-1]._replace(text=pieces[-1].text + text[end:])
    return pieces


def _answer_holds(verdict: Verdict) -> bool:
    return verdict.answer not in ("wrong", "illegal") and SPOILT.isdisjoint(verdict.reasons)


def processbench(problem: str, text: str, verdict: Verdict) -> dict[str, Any]:
    """A row as in ProcessBench (Zheng et al., 2024): ``label`` is the index of the first wrong step, 0-based, -1 for none."""
    pieces = cut(text, verdict)
    return {
        "problem": problem,
        "steps": [piece.text for piece in pieces],
        "label": next((i for i, piece in enumerate(pieces) if not piece.holds), -1),
        "final_answer_correct": verdict.answer == "correct",
    }


def stepwise(prompt: str, text: str, verdict: Verdict) -> dict[str, Any]:
    """A row with stepwise supervision as TRL's trainer of process reward models reads it: a label for each step."""
    pieces = cut(text, verdict)
    return {"prompt": prompt, "completions": [piece.text for piece in pieces], "labels": [piece.holds for piece in pieces]}
