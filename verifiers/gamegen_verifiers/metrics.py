"""The two vectors of a trace: what it does (procedure) and how it sounds (surface).

A share is None where there is nothing that it could be a share of.
"""

import re
from collections import Counter
from dataclasses import dataclass

from gamegen_verifiers.replay import Replay
from gamegen_verifiers.steps import Reading

_TOKEN = re.compile(r"[^\W\d_]+|\d|[^\w\s]|_")
_LETTERS = bytes(code for code in range(128) if chr(code).isalpha())
_SPACES = bytes(code for code in range(128) if chr(code).isspace())
_ONLY_LETTERS = bytes(code if code in _LETTERS else ord(" ") for code in range(256))


@dataclass(frozen=True)
class Procedure:
    """Shares in [0, 1] over the steps that were read; tries, dead ends and backtracks are counts.

    step_validity: sums that are true · operand_legality: sums over numbers that are there, by the rules ·
    state_consistency: steps that name the state they stand in rightly · genuine_backtracks: returns that restore an earlier,
    different state · dead_end_soundness: dead ends that are ones · novelty: sums not tried before at the same place ·
    grounding: 1 where the answer was derived · sound_share: tries, dead ends and returns that hold ÷ all of them.
    """

    tries: int
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
    sound_share: float


@dataclass(frozen=True)
class Surface:
    """tokens: the built-in count, where a run of letters, a digit and any other sign are one token each."""

    characters: int
    tokens: int


def tokens(text: str) -> int:
    """The built-in count of tokens: a run of letters is one, and so is each digit and each other sign, spaces apart."""
    if not text.isascii():
        return len(_TOKEN.findall(text))
    signs = text.encode()  # the same count, several times as fast: runs of letters, then what is neither letter nor space
    return len(signs.translate(_ONLY_LETTERS).split()) + len(signs.translate(None, _LETTERS + _SPACES))


def surface(text: str) -> Surface:
    return Surface(characters=len(text), tokens=tokens(text))


def procedure(reading: Reading, played: Replay, grounded: bool) -> Procedure:
    """The procedure vector of a replayed trace."""
    found = Counter((step.kind, label) for step, label in zip(reading.steps, played.labels, strict=True))
    every = Counter(played.labels)
    tries, dead_ends, backtracks = (
        Counter({label: found[kind, label] for label in every}) for kind in ("try", "dead_end", "backtrack")
    )
    claims = tries + dead_ends + backtracks
    return Procedure(
        tries=tries.total(),
        dead_ends=dead_ends.total(),
        backtracks=backtracks.total(),
        states=len(played.visited),
        step_validity=_free_of(tries, "false arithmetic"),
        operand_legality=_free_of(tries, "number not available", "not allowed"),
        state_consistency=_free_of(every, "state mismatch"),
        genuine_backtracks=_free_of(backtracks, "fake backtrack"),
        dead_end_soundness=_free_of(dead_ends, "false dead end", "state mismatch"),
        novelty=_free_of(tries, "repeated"),
        grounding=float(grounded),
        sound_share=claims["valid"] / claims.total() if claims else 0.0,
    )


def _free_of(labels: Counter[str], *bad: str) -> float | None:
    """The share of the steps that have none of these labels."""
    total = labels.total()
    return (total - sum(labels[label] for label in bad)) / total if total else None
