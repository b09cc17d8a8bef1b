"""The verdict on a text: what its answer is worth, what its trace is worth, and why.

Words: the *thinking* is what stands before ``</think>``, or before the answer where there is no such tag; a *grade* is the
first of GRADES that holds; a trace is *grounded* where the answer is, with one symbol per given number, the same rational
function as a value that the trace derived. Nothing here looks at how a text was made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from gamegen.games.countdown import Puzzle
from gamegen_verifiers.algebra import Function, assignments, combine, function, same_function, symbols
from gamegen_verifiers.answers import Answer, find_answer, judge_answer
from gamegen_verifiers.metrics import Procedure, Surface, procedure, surface
from gamegen_verifiers.readers import plain
from gamegen_verifiers.replay import UNTRUE, Replay, replay
from gamegen_verifiers.solvable import solvable
from gamegen_verifiers.steps import Claim, Reading, Step, Value

GRADES = ("unreadable", "wrong", "unsolved", "confabulated", "thin", "verified")
READABLE = 0.9  # recall below which a trace is not judged
MOST_DERIVATIONS = 64  # ways to tell equal numbers apart that are looked at


@dataclass(frozen=True)
class Verdict:
    """What the verifier says of a text; ``gamegen`` rows carry the same fields under the same names.

    answer: correct, wrong, illegal, missing or declined, with its expression and the reason where it is not correct.
    grade and reasons: the first of GRADES that holds, and everything that speaks against ``verified``.
    first_error: the index of the first step that does not hold, 0-based, -1 for none. repaired: every false sum was set
    right later. steps: how many the reader found; reading and labels: the steps themselves, and what the replay says of
    each. recall: None where there was nothing to read.
    """

    answer: str
    expression: str | None
    answer_reason: str
    grade: str
    reasons: tuple[str, ...]
    first_error: int
    repaired: bool
    steps: int
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


def verify(puzzle: Puzzle, text: str) -> Verdict:
    """Judge a completion; any text gives a verdict, none an exception."""
    found = find_answer(text)
    answer = judge_answer(puzzle, found)
    reading = plain.read(text, *thinking(text, found.start))
    played = replay(puzzle, reading)
    grounded = is_grounded(puzzle, answer, played)
    errors = [i for i, label in enumerate(played.labels) if label in UNTRUE]
    repaired = bool(errors) and all(_set_right(reading, played, i) for i in errors)
    grade, reasons = _grade(puzzle, answer, reading, played, grounded, bool(errors) and not repaired)
    return Verdict(
        answer=answer.answer,
        expression=answer.expression,
        answer_reason=answer.reason,
        grade=grade,
        reasons=reasons,
        first_error=errors[0] if errors else -1,
        repaired=repaired,
        steps=len(reading.steps),
        recall=reading.recall,
        procedure=procedure(reading, played, grounded),
        surface=surface(text),
        reading=reading.steps,
        labels=played.labels,
    )


def thinking(text: str, answer_start: int) -> tuple[int, int]:
    """Where the thinking stands: [start, end) in characters."""
    close = text.find("</think>")
    start = text.find("<think>", 0, None if close < 0 else close)
    return (start + len("<think>") if start >= 0 else 0), (close if close >= 0 else answer_start)


def is_grounded(puzzle: Puzzle, answer: Answer, played: Replay) -> bool:
    """Whether the answer is what the trace derived, at one of the places where it reached the goal."""
    if answer.tree is None or answer.answer != "correct":
        return False
    leaves = next(assignments(answer.tree, puzzle.numbers), None)
    if leaves is None:
        return False
    names = symbols(len(puzzle.numbers))
    given = list(zip(puzzle.numbers, names, strict=True))
    said = function(answer.tree, [names[place] for place in leaves])
    return any(
        same_function(said, derived)
        for claims in played.wins
        for derived in islice(_derivations(given, claims), MOST_DERIVATIONS)
    )


def _derivations(pool: Sequence[tuple[Value, Function]], claims: Sequence[Claim]) -> Iterator[Function]:
    """The last result as a function of the given numbers: one for each way to tell equal numbers apart."""
    if not claims:
        yield pool[-1][1]
        return
    claim = claims[0]
    for i, (a, left) in enumerate(pool):
        for j, (b, right) in enumerate(pool):
            if i != j and a == claim.a and b == claim.b:
                made = combine(claim.op, left, right)
                if made is not None:
                    rest = [entry for k, entry in enumerate(pool) if k not in (i, j)]
                    yield from _derivations([*rest, (claim.result, made)], claims[1:])


def _set_right(reading: Reading, played: Replay, i: int) -> bool:
    """Whether step i is a false sum whose operands are combined rightly further on."""
    wrong = reading.steps[i].claim
    if played.labels[i] != "false arithmetic" or wrong is None:
        return False
    return any(
        step.claim is not None and step.claim[:3] == wrong[:3] and played.labels[k] != "false arithmetic"
        for k, step in enumerate(reading.steps[i + 1 :], i + 1)
    )


def _grade(
    puzzle: Puzzle, answer: Answer, reading: Reading, played: Replay, grounded: bool, unrepaired: bool
) -> tuple[str, tuple[str, ...]]:
    """The grade, and everything that speaks against ``verified``."""
    reasons = [*sorted(set(played.labels) & UNTRUE), *([answer.reason] if answer.reason else [])]
    if reading.recall is not None and reading.recall < READABLE:
        return "unreadable", ("not readable", *([answer.reason] if answer.reason else []))
    if answer.answer in ("wrong", "illegal"):
        return "wrong", tuple(reasons)
    if answer.answer == "missing":
        return "unsolved", tuple(reasons)
    if answer.answer == "declined":
        has_solution = solvable(puzzle)
        if has_solution:
            return "wrong", (*reasons, "there is a solution")
        if has_solution is None:
            return "unsolved", (*reasons, "declined")
    if unrepaired:
        return "confabulated", tuple(reasons)
    if answer.answer == "declined":
        return "thin", (*reasons, "that there is no solution is not derived")
    if not grounded:
        contradicted = bool(played.wins)
        why = "answer is not what was derived" if contradicted else "answer is not derived"
        return ("confabulated" if contradicted else "thin"), (*reasons, why)
    return "verified", tuple(reasons)
