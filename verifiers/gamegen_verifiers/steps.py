"""What a reader makes of a text: steps with their places, as data; nothing is judged here.

Words: a *step* is one thing that the text says about the game; a *value* is a number as it stands in the text, exact and
bounded in length; the *recall* of a reading is the share of the numbers in the text that stand in a step.
"""

from fractions import Fraction
from typing import NamedTuple

Value = int | Fraction

LONGEST_NUMBER = 40  # digits; a longer run is not read as a number
THOUGHT = "(?:think|thinking|thought|thoughts|reasoning|scratchpad)"  # the names of the tags around the thinking


class Claim(NamedTuple):
    """a op b = result, as the text has it."""

    a: Value
    op: str
    b: Value
    result: Value


class Step(NamedTuple):
    """One step at text[start:end]; which of the other fields it has depends on its kind.

    given: numbers and goal · try: claim, and the numbers it says are left (None where it does not say) · dead_end: the
    numbers it is about, why they are said to be a dead end, the value of a bound, and the goal that they are said to miss
    (None where it says that nothing can be played) · backtrack: the numbers returned to · implicit_return: the same, where no
    word says so · subgoal: the claim that would win · check: the claim that is made sure of · found: the goal · stop: the value
    is how many steps it says there were.
    Numbers are a multiset, kept ascending. Free prose has these besides, or with other fields: equation: the ways to work it
    out, the value of that, the goal that the text says it equals (None each where it divides by zero), and why: "goes on" where
    it begins with what the equation before ended with, "fact" where the value stands first · remaining: the numbers said to be
    left · dead_end: the value, and the goal that it is said to miss, or that it is too "high" or "low" · retraction: it leaves
    what it did · correction: it says that something was wrong.
    """

    kind: str
    start: int
    end: int
    claim: Claim | None = None
    numbers: tuple[Value, ...] | None = None
    goal: Value | None = None
    why: str = ""
    value: Value | None = None
    ways: tuple[tuple[Claim, ...], ...] = ()


class Reading(NamedTuple):
    """The steps in their order; recall is None where the text holds no number; free: they do not name their states."""

    steps: tuple[Step, ...]
    recall: float | None
    free: bool = False


def value(text: str) -> Value:
    """The number that was matched as ``12``, ``-3``, ``1/2`` or one of them in parentheses."""
    if text.isdecimal():
        return int(text)
    text = text.strip("()")
    above, slash, below = text.partition("/")
    return Fraction(int(above), int(below)) if slash else int(above)
