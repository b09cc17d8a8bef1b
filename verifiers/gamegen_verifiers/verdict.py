"""The verdict on a text: what its answer is worth, what its trace is worth, and why.

Words: the *thinking* is what stands before the last ``</think>``, or before the answer where there is no such tag; a
*statement* is one thing that the reader found the text to say, before the answer, in the thinking or behind it; a *grade* is
the first of GRADES that holds. A try that was closed already counts as a statement that does not hold. Nothing here looks
at how a text was made.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from gamegen.games.countdown import Countdown, Puzzle
from gamegen_verifiers import readers
from gamegen_verifiers.answers import THOUGHT_ENDS, Answer, Found, find_answer, judge_answer
from gamegen_verifiers.grounding import grounded
from gamegen_verifiers.metrics import Procedure, Surface, procedure
from gamegen_verifiers.metrics import surface as surface_of
from gamegen_verifiers.notation import PLAIN, Notation, transcribe
from gamegen_verifiers.placing import NO_FALSEHOOD, place, taken_back
from gamegen_verifiers.replay import Replay, replay
from gamegen_verifiers.steps import Reading, Step

GRADES = ("unreadable", "wrong", "unsolved", "confabulated", "thin", "verified")
READABLE = 0.9  # recall below which a trace is not judged
MOST_NUMBERS = {"natural": 6, "integer": 6, "rational": 5}  # of which it can be said whether there is a solution


@dataclass(frozen=True)
class Verdict:
    """What the verifier says of a text; ``gamegen`` rows carry the same fields under the same names.

    answer: correct, wrong, illegal, missing or declined, with its expression and the reason where it is not correct; right:
    whether it is correct, or declined where there is no solution.
    grade and reasons: the first of GRADES that holds, and everything that speaks against ``verified``. statements: how
    many things the reader found the text to say; first_error: the index of the first that does not hold, 0-based, -1 for
    none. repaired: each was a false sum, left again and set right. steps: how many tries. recall: None where there was
    nothing to read. reading and labels: the statements themselves, and what the replay says of each.
    """

    answer: str
    right: bool
    expression: str | None
    answer_reason: str
    grade: str
    reasons: tuple[str, ...]
    first_error: int
    repaired: bool
    steps: int
    statements: int
    recall: float | None
    procedure: Procedure
    surface: Surface
    reading: tuple[Step, ...] = ()
    labels: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The verdict as plain values, without what it says of the single steps."""
        found = {**vars(self), "reasons": list(self.reasons)}
        del found["reading"], found["labels"]
        return {**found, "procedure": dict(vars(self.procedure)), "surface": dict(vars(self.surface))}


def verify(puzzle: Puzzle, text: str, surface: Notation = PLAIN) -> Verdict:
    """Judge a completion, written in that surface; any text gives a verdict, none an exception."""
    copy = transcribe(text, surface)
    found = find_answer(copy.text)
    answer = judge_answer(puzzle, found)
    thought = max((match.end() for match in THOUGHT_ENDS.finditer(copy.text)), default=found.start)
    reading = readers.read(copy.text, thought, max(thought, found.start), published=surface != PLAIN)
    played = place(puzzle, reading) if reading.free else replay(puzzle, reading)
    derived = answer.answer == "correct" and answer.tree is not None and grounded(puzzle, answer.tree, list(played.wins))
    solvable = _solvable(puzzle) if answer.answer == "declined" else None
    verdict = concluded(text, found, answer, reading, played, derived, solvable, puzzle.numbers in played.dead)
    return replace(verdict, reading=copy.placed(reading.steps)) if copy.starts else verdict


def concluded(
    text: str,
    found: Found,
    answer: Answer,
    reading: Reading,
    played: Replay,
    derived: bool | None,
    solvable: bool | None,
    exhausted: bool,
) -> Verdict:
    """The verdict on a text that was read and replayed.

    derived: whether the answer is what the text derived, None where that cannot be decided · solvable: whether the puzzle has a
    solution, None where that is not known or no matter · exhausted: whether the text has shown that it has none.
    """
    first = bool(reading.steps) and found.start < reading.steps[0].start
    errors = [i for i, label in enumerate(played.labels) if label != "valid"]
    false = [i for i in errors if not reading.free or played.labels[i] not in NO_FALSEHOOD]
    repaired = bool(false) and all(_set_right(reading, played, i) for i in false)
    grade, reasons = _grade(answer, reading, played, derived, bool(false) and not repaired, solvable, exhausted)
    if grade == "verified" and first:
        grade, reasons = "thin", ("answer comes before its derivation",)
    return Verdict(
        answer=answer.answer,
        right=answer.answer == "correct" or (answer.answer == "declined" and solvable is False),
        expression=answer.expression,
        answer_reason=answer.reason,
        grade=grade,
        reasons=reasons,
        first_error=errors[0] if errors else -1,
        repaired=repaired,
        steps=played.sums,
        statements=len(reading.steps),
        recall=reading.recall,
        procedure=procedure(reading, played, bool(derived)),
        surface=surface_of(text),
        reading=reading.steps,
        labels=tuple(played.labels),
    )


def _set_right(reading: Reading, played: Replay, i: int) -> bool:
    """Whether statement i is a false sum that is left by a return and then done again, rightly."""
    if reading.free:
        return played.labels[i] == "false arithmetic" and taken_back(reading.steps, i)
    wrong = reading.steps[i].claim
    if played.labels[i] != "false arithmetic" or wrong is None:
        return False
    left = False
    for step, label in zip(reading.steps[i + 1 :], played.labels[i + 1 :], strict=True):
        left = left or (step.kind == "backtrack" and label == "valid")
        if left and label == "valid" and step.claim is not None and step.claim[:3] == wrong[:3]:
            return True
    return False


def _grade(
    answer: Answer,
    reading: Reading,
    played: Replay,
    derived: bool | None,
    unrepaired: bool,
    solvable: bool | None,
    exhausted: bool,
) -> tuple[str, tuple[str, ...]]:
    """The grade, and everything that speaks against ``verified``."""
    reasons = [*sorted(set(played.labels) - {"valid"}), *([answer.reason] if answer.reason else [])]
    if reading.recall is not None and reading.recall < READABLE:
        return "unreadable", ("not readable", *([answer.reason] if answer.reason else []))
    if answer.answer in ("wrong", "illegal"):
        return "wrong", tuple(reasons)
    if answer.answer == "missing":
        return "unsolved", tuple(reasons)
    if answer.answer == "declined" and solvable is not False:
        return ("wrong", (*reasons, "there is a solution")) if solvable else ("unsolved", (*reasons, "declined"))
    if unrepaired:
        return "confabulated", tuple(reasons)
    if solvable is False:
        return ("verified", tuple(reasons)) if exhausted else ("thin", (*reasons, "that there is no solution is not derived"))
    if derived is False and played.wins:
        return "confabulated", (*reasons, "answer is not what was derived")
    if not derived:
        return "thin", (*reasons, "answer is not derived" if derived is False else "too many equal numbers to say")
    return "verified", tuple(reasons)


@lru_cache(maxsize=1024)
def _solvable(puzzle: Puzzle) -> bool | None:
    """Whether there is a solution, as the rules of the game have it; None where it would take too long to say."""
    game = Countdown(puzzle.rules)
    return game.live(game.start(puzzle)) if len(puzzle.numbers) <= MOST_NUMBERS[puzzle.rules.values] else None
