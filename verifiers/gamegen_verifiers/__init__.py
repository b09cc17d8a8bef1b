"""gamegen_verifiers: an independent second opinion on reasoning traces, made from their text alone.

>>> from gamegen_verifiers import Puzzle, verify
>>> verify(Puzzle((2, 4, 8), 24), "<think>So be it.</think> <answer>(8 - 2) * 4</answer>").grade
'thin'
"""

from gamegen.games.countdown import Puzzle as Puzzle
from gamegen.games.countdown import Rules as Rules
from gamegen_verifiers.arithmetic import StepsVerdict as StepsVerdict
from gamegen_verifiers.arithmetic import verify_steps as verify_steps
from gamegen_verifiers.equivalence import distinct as distinct
from gamegen_verifiers.monitor import Finding as Finding
from gamegen_verifiers.monitor import Monitor as Monitor
from gamegen_verifiers.monitor import findings as findings
from gamegen_verifiers.notation import Notation as Notation
from gamegen_verifiers.playing import verify_game as verify_game
from gamegen_verifiers.verdict import Verdict as Verdict
from gamegen_verifiers.verdict import verify as verify

__all__ = [
    "Finding",
    "Monitor",
    "Notation",
    "Puzzle",
    "Rules",
    "StepsVerdict",
    "Verdict",
    "distinct",
    "findings",
    "verify",
    "verify_game",
    "verify_steps",
]
