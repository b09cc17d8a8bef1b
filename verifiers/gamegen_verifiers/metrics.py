"""The two vectors of a trace: what it does (procedure) and how it sounds (surface).

A share is None where there is nothing that it could be a share of.
"""

import re
from dataclasses import dataclass

from gamegen_verifiers.replay import Replay
from gamegen_verifiers.steps import Reading

_TOKEN = re.compile(r"[^\W\d_]+|\d|[^\w\s]|_")


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
    return len(_TOKEN.findall(text))


def surface(text: str) -> Surface:
    return Surface(characters=len(text), tokens=tokens(text))


def procedure(reading: Reading, played: Replay, grounded: bool) -> Procedure:
    """The procedure vector of a replayed trace."""
    by_kind: dict[str, list[str]] = {"given": [], "try": [], "dead_end": [], "backtrack": [], "found": []}
    for step, label in zip(reading.steps, played.labels, strict=True):
        by_kind[step.kind].append(label)
    tries, dead_ends, backtracks = by_kind["try"], by_kind["dead_end"], by_kind["backtrack"]
    claims = tries + dead_ends + backtracks
    return Procedure(
        tries=len(tries),
        dead_ends=len(dead_ends),
        backtracks=len(backtracks),
        states=len(played.visited),
        step_validity=_without(tries, "false arithmetic"),
        operand_legality=_without(tries, "number not available", "not allowed"),
        state_consistency=_without(list(played.labels), "state mismatch"),
        genuine_backtracks=_without(backtracks, "fake backtrack"),
        dead_end_soundness=_without(dead_ends, "false dead end", "state mismatch"),
        novelty=_without(tries, "repeated"),
        grounding=float(grounded),
        sound_share=claims.count("valid") / len(claims) if claims else 0.0,
    )


def _without(labels: list[str], *bad: str) -> float | None:
    return sum(label not in bad for label in labels) / len(labels) if labels else None
