"""The two vectors of a trace: what it does (procedure) and how it sounds (surface).

A share is None where there is nothing that it could be a share of.
"""

import re
from dataclasses import dataclass

from gamegen_verifiers.replay import LABELS, Replay
from gamegen_verifiers.steps import Reading

CLAIMS = ("try", "equation", "dead_end", "backtrack")  # the steps of which the sound share is a share
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_LETTERS = bytes(code for code in range(128) if chr(code).isalpha())
_SPACES = bytes(code for code in range(128) if chr(code).isspace())
_ONLY_LETTERS = bytes(code if code in _LETTERS else ord(" ") for code in range(256))


@dataclass(frozen=True)
class Procedure:
    """Shares in [0, 1] over the steps that were read; dead ends, backtracks and different states reached are counts.

    step_validity: sums that are true · operand_legality: sums over numbers that are there, by the rules ·
    state_consistency: steps that name the state they stand in rightly · genuine_backtracks: returns that restore an earlier,
    different state · dead_end_soundness: dead ends that are ones · novelty: sums not tried before at the same place ·
    grounding: 1 where the answer was derived · subgoals_met: subgoals whose value was then
    made · checks_true: checks that hold · sound_share: tries, dead ends and returns that hold ÷ all of them ·
    implicit_returns: returns of free prose without a word, a count that is not among the backtracks.
    """

    dead_ends: int
    backtracks: int
    states: int
    step_validity: float | None
    operand_legality: float | None
    state_consistency: float | None
    genuine_backtracks: float | None
    dead_end_soundness: float | None
    novelty: float | None
    grounding: float
    subgoals_met: float | None
    checks_true: float | None
    sound_share: float
    implicit_returns: int = 0


@dataclass(frozen=True)
class Surface:
    """tokens: the built-in count, where a run of letters, a digit and any other sign are one token each."""

    characters: int
    tokens: int


def tokens(text: str) -> int:
    """The built-in count of tokens: a run of letters is one, and so is each digit and each other sign, spaces apart."""
    if not text.isascii():
        text = _FOREIGN.sub(lambda match: "".join(map(_like, match[0])), text)
    signs = text.encode()  # runs of letters, then what is neither letter nor space
    return len(signs.translate(_ONLY_LETTERS).split()) + len(signs.translate(None, _LETTERS + _SPACES))


def _like(sign: str) -> str:
    """An ASCII sign that counts as this one does."""
    return " " if sign.isspace() else "a" if sign.isalnum() and not sign.isdecimal() else "."


def surface(text: str) -> Surface:
    return Surface(characters=len(text), tokens=tokens(text))


def procedure(reading: Reading, played: Replay, grounded: bool) -> Procedure:
    """The procedure vector of a replayed trace."""
    kinds = [step.kind for step in reading.steps]
    bad = [(kind, label) for kind, label in zip(kinds, played.labels, strict=True) if label != "valid"]  # mostly none

    def free_of(kind: str, *labels: str) -> float | None:
        """The share of the steps of a kind that have none of these labels."""
        steps = kinds.count(kind)
        return 1 - len([one for one in bad if one[0] == kind and one[1] in labels]) / steps if steps else None

    mismatches = len([label for _, label in bad if label == "state mismatch"])
    met = sum(state in played.visited for state in played.subgoals)
    claims = sum(map(kinds.count, CLAIMS))
    unsound = len([kind for kind, _ in bad if kind in CLAIMS])
    return Procedure(
        dead_ends=kinds.count("dead_end"),
        backtracks=kinds.count("backtrack") + played.returns,
        states=len(played.visited),
        step_validity=played.true / played.sums if played.sums else None,
        operand_legality=played.legal / played.sums if played.sums else None,
        state_consistency=1 - mismatches / len(played.labels) if played.labels else None,
        genuine_backtracks=free_of("backtrack", "fake backtrack"),
        dead_end_soundness=free_of("dead_end", "false dead end", "state mismatch"),
        novelty=free_of("equation" if reading.free else "try", "repeated"),
        grounding=float(grounded),
        subgoals_met=met / len(played.subgoals) if played.subgoals else None,
        checks_true=free_of("check", *LABELS[:-1]),
        sound_share=1 - unsound / claims if claims else 0.0,
        implicit_returns=played.implicit_returns,
    )
