"""Known groups: rows that are sound by construction, and the same rows with one defect of a known kind.

Words: a *cell* is one kind of corruption in one style after one paraphrase; PLAIN is the text as it was written. The score of
a row says how surely the verifier takes it for corrupted: 1 where its grade is not ``verified``, or what its sound share
lacks of 1. Nothing was tuned on the held-out kinds (`held_out`), and nothing may be.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from gamegen.corpus import Maker
from gamegen.corruptions import KINDS
from gamegen.spec import load
from gamegen.styles import style
from gamegen_benchmarks.paraphrase import PARAPHRASES
from gamegen_benchmarks.statistics import Estimate, auc
from gamegen_verifiers import Puzzle, Verdict, verify

PLAIN = "as written"
SETTINGS = ("trace.checks=0.1",)  # so that a false check can stand where a true one stood

# What no verifier could catch, since the text stays sound; `gamegen.corruptions` draws none of it.
UNCATCHABLE = {
    "a slip that is set right": "a false sum that the run leaves and does again, rightly, proves nothing false",
    "steps in the other order": "two steps that do not stand on each other are sound either way",
    "a step that nothing stands on": "without it the text is that of a run that never took it",
    "a return that the style does not say": "without its sentence the text is the same to the letter",
    "the thinking of an equal puzzle": "the same numbers and target make the same puzzle",
    "a value that comes to the same": "in another order of + or × a sum is the same sum",
}


class Judged(NamedTuple):
    """What the verifier said of a row: whether it was verified, its sound share, None where it could not be read."""

    verified: bool
    sound_share: float | None

    @classmethod
    def of(cls, verdict: Verdict) -> "Judged":
        unreadable = verdict.grade == "unreadable"
        return cls(verdict.grade == "verified", None if unreadable else verdict.procedure.sound_share)


class Cell(NamedTuple):
    """How well the verifier tells one kind from sound rows, in one style, after one paraphrase.

    by_share is the AUC of the sound share over the pairs of which both rows could be read; readable is their share.
    """

    kind: str
    style: str
    paraphrase: str
    rows: int
    caught: float
    false_alarms: float
    by_grade: Estimate
    by_share: Estimate
    readable: float


def can_say(kind: str, name: str) -> bool:
    """Whether a style has the words for a kind."""
    return KINDS[kind].can_be_said(style(name).phrases)


@cache
def maker(kind: str, name: str, *more: str) -> Maker:
    """Makes the pairs of a kind in a style, with more settings."""
    rate = f"corruptions.{kind}={{rate: 1, severity: 1}}"
    return Maker(load(settings=["arms=[procedure,corrupted]", rate, f"style.name={name}", *SETTINGS, *more]))


def paraphrased(text: str, paraphrase: str) -> str:
    """The text after a paraphrase, or as it was written."""
    return text if paraphrase == PLAIN else PARAPHRASES[paraphrase](text)


def judged(row: dict[str, Any], paraphrase: str) -> Judged:
    """The verifier's opinion of a row after a paraphrase."""
    text = row["completion"][0]["content"]
    return Judged.of(verify(Puzzle(tuple(row["numbers"]), row["target"]), paraphrased(text, paraphrase)))


def cells(kind: str, name: str, paraphrases: Iterable[str], rows: int) -> Iterator[Cell]:
    """The cells of a kind in a style, from the first rows of the split ``test``."""
    pairs = [maker(kind, name).rows("test", i) for i in range(rows)]
    for paraphrase in paraphrases:
        sound = [_sound(name, paraphrase, pair["procedure"]) for pair in pairs]
        bad = [judged(pair["corrupted"], paraphrase) for pair in pairs]
        yield _cell(kind, name, paraphrase, sound, bad)


_SOUND: dict[tuple[str, str, str], Judged] = {}


def _sound(name: str, paraphrase: str, row: dict[str, Any]) -> Judged:
    """The verdict on a sound row, which is the same row beside every kind."""
    key = name, paraphrase, row["id"]
    if key not in _SOUND:
        _SOUND[key] = judged(row, paraphrase)
    return _SOUND[key]


def _cell(kind: str, name: str, paraphrase: str, sound: list[Judged], bad: list[Judged]) -> Cell:
    shares = [
        (1 - one.sound_share, 1 - other.sound_share)
        for one, other in zip(bad, sound, strict=True)
        if one.sound_share is not None and other.sound_share is not None
    ]
    return Cell(
        kind,
        name,
        paraphrase,
        len(sound),
        sum(not row.verified for row in bad) / len(bad),
        sum(not row.verified for row in sound) / len(sound),
        auc([not row.verified for row in bad], [not row.verified for row in sound]),
        auc([one for one, _ in shares], [other for _, other in shares]),
        len(shares) / len(sound),
    )
