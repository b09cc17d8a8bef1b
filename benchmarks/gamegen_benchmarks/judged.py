"""One completion of one item, judged: is the answer right, what does the text do, and how does it sound.

Words: a text is *readable* where enough of it could be read to judge its steps; of one that is not, and of a question that
others score, only the answer and the surface are known. A *new step* is a sum or move that is true, allowed, in its state and
not tried there before. *Coverage* is the share of the puzzle's states that the text soundly came by.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gamegen.corpus import Row
from gamegen_benchmarks import external
from gamegen_benchmarks.wordiness import Wordiness, wordiness
from gamegen_verifiers import rows
from gamegen_verifiers.verdict import Verdict

STEPS = ("try", "equation")  # kinds of statements that are steps


@dataclass(frozen=True)
class Judged:
    """What is known of a completion; ``verdict`` is None for a question that others score.

    right: the answer is correct, or rightly that there is none · declined: it says that there is none · credit: of others'
    scorers, what they give, in [0, 1]; else 1 or 0 · readable, sound_share, new_steps, coverage: None where not known.
    """

    right: bool
    declined: bool
    credit: float
    readable: bool | None
    sound_share: float | None
    new_steps: int | None
    coverage: float | None
    wordiness: Wordiness
    verdict: Verdict | None

    @property
    def procedure(self) -> float | None:
        """The sound share where the answer is right, else 0; None where that is not known."""
        return None if self.readable is None else self.sound_share if self.right else 0.0

    @property
    def grade(self) -> str | None:
        return self.verdict.grade if self.verdict else None


def judge(item: Row, text: str) -> Judged:
    """Judge a completion of an item of a suite. Raises GamegenError where the item is another's and the extra is missing."""
    if external.scores(item):
        credit = external.score(item, text)
        return Judged(credit == 1.0, False, credit, None, None, None, None, wordiness(text), None)
    verdict = rows.judge({**item, "completion": text})
    readable = verdict.grade != "unreadable"
    states = (item.get("difficulty") or {}).get("states")
    return Judged(
        right=verdict.right,
        declined=verdict.answer == "declined",
        credit=float(verdict.right),
        readable=readable,
        sound_share=verdict.procedure.sound_share if readable else None,
        new_steps=new_steps(verdict) if readable else None,
        coverage=min(verdict.procedure.states / states, 1.0) if readable and states else None,
        wordiness=wordiness(text),
        verdict=verdict,
    )


def new_steps(verdict: Verdict) -> int:
    """How many new steps there are in a text that was judged."""
    return sum(step.kind in STEPS and label == "valid" for step, label in zip(verdict.reading, verdict.labels, strict=True))


def columns(judged: Judged) -> Mapping[str, Any]:
    """What was judged, as plain values; the verdict without what it says of single steps."""
    return {
        **{name: value for name, value in vars(judged).items() if name not in ("wordiness", "verdict")},
        "procedure": judged.procedure,
        "wordiness": asdict(judged.wordiness),
        "verdict": judged.verdict.to_dict() if judged.verdict else None,
    }
