"""Reads free prose: what a text that nobody wrote for a reader says about numbers, wherever it stands.

An *equation* is one step of the reading: a link of a run, or a claim in words. What is asked, denied, rounded, cut off at the
end of the text, or has a letter in it is understood, and no step. That its value is too high or not the goal, said right behind
an equation, is a step of its own.
"""

import re
from collections.abc import Iterator

from gamegen_verifiers.readers.layout import plain_layout
from gamegen_verifiers.readers.phrases import phrases
from gamegen_verifiers.readers.runs import GOES_ON, HAS_WORK, NO_VALUE, RUN, SHORT_OF, TRAILING, read_run, work_out
from gamegen_verifiers.steps import Reading, Step

NEAR = 80  # characters from an equation to words that go on with its value
_new = tuple.__new__  # Step(…) at half the cost
_WORD_BEFORE = re.compile(r"[^\W\d_]{2,30},?[ \t]{1,3}\Z")
# "(26 × 13) - 92? We already tried this, it's 246."
_TOLD = re.compile(
    r"[\s?→.,]{0,8}+(?=[a-z'])(?:(?:but |again )?(?:we |i )?(?:'ve |have )?(?:already )?(?:tried|did|saw|checked|computed)"
    r"(?: (?:this|that|it))?,? ){0,1}"
    r"(?:and )?(?:it's|it is|it was|it gave|it gives|that's|(?:this|that) (?:equals|is|gives)|gives|gave|got)"
    r" (?:also |still |again )?"
    r"(-?[0-9]{1,20}(?:\.[0-9]{1,9})?)(?![0-9]|\s?[-+*/×÷−=]|[a-z ]{1,3}(?:more|less|short|away|off)\b)",
    re.IGNORECASE,
)
_MISSES = re.compile(
    r"[\s(\[,;.:!*→✗❌|-]{1,12}+(?=[a-z≠])(?:(?:which|that|this|is|still|also|but|close|it|it's|that's)[ ,]{1,2}){0,4}"
    r"(?:(?:is )?(?:not|isn't|≠) (?:equal to )?([0-9]{1,20})\b|too (?:(high|big|large|much)|(low|small|little))\b)",
    re.IGNORECASE,
)


def _equations(masked: str, cut: bool, counts: list[int], thought: int) -> Iterator[Step]:
    """The equations of all runs, and behind each what it is said to miss; the numbers that are understood are counted."""
    size = len(masked)
    for match in RUN.finditer(masked):
        run = match[0].rstrip(" \t\r\n([{（")
        if run.isdecimal() or not HAS_WORK.search(run):
            continue
        start = match.start()
        if run[-1].isalpha() and (trailing := TRAILING.search(run)):
            run = run[: trailing.start()]
        end = start + len(run)
        open_left = _goes_on_before(masked, start)
        open_right = (end == size and cut and run[-1].isdigit()) or NO_VALUE.match(masked, end) is not None
        open_right = open_right or (SHORT_OF.match(masked, end) is not None and run[-12:].upper() != run[-12:].lower())
        if run[-1] in "-–—" and run[-2:-1] == " " and masked[end : end + 1] == " " and masked[end + 1 : end + 3].isalpha():
            run = run[:-1].rstrip()  # a dash, and no minus
        said = read_run(run, open_left, open_right, run[-1].isdigit() and GOES_ON.match(masked, end) is not None)
        if start < thought:
            counts[0] += said.numbers
            counts[1] += said.understood
        if not said.links and (told := _TOLD.match(masked, end)) and not NO_VALUE.match(masked, told.end()):
            said = read_run(f"{run.rstrip(' →⇒')}={told[1]}", open_left, told.end() == size and cut)
            said = said._replace(links=tuple(link._replace(end=told.end() - start) for link in said.links[-1:]))
        for link in said.links:
            begin, stop, ways, worth, value, why = link
            yield _new(Step, ("equation", start + begin, start + stop, None, None, value, why, worth, ways))
        if said.links and (miss := _MISSES.match(masked, start + said.links[-1].end)):
            last = said.links[-1]
            value = last.said
            why = "high" if miss[2] else "low" if miss[3] else "missed"
            yield Step(
                "dead_end",
                miss.end() - len(miss[0].lstrip()),
                miss.end(),
                goal=int(miss[1]) if miss[1] else None,
                why=why,
                value=value,
            )


def _goes_on_before(text: str, start: int) -> bool:
    """Whether the run that begins at start is the end of something that is no arithmetic, as in ``x + 5`` or ``4! + 5``."""
    before = text[start - 1 : start]
    if before and (before in "%^!√_.\\" or before.isalnum()):
        return True
    if text[start] in "([{0123456789\\（" and not text.startswith(("\\times", "\\cdot", "\\div"), start):
        return False
    back = text[max(0, start - 40) : start]
    if text[start] in "-−–+" and text[start + 1 : start + 2].isalnum() and (not back or _WORD_BEFORE.search(back)):
        return False
    back = back.rstrip(" \t")
    return bool(back) and (back[-1].isalnum() or back[-1] in ")]}?\"'_%!")


class FreeProse:
    def read(self, text: str, thought: int, end: int, closed: bool = False) -> Reading:
        """The steps in text[:end], and which share of the numbers in the arithmetic of text[:thought] they are.

        A text that is not closed may have been cut: what its last digits claim is not known.
        """
        masked = plain_layout(text[:end])
        counts = [0, 0]
        steps = [*phrases(masked), *_equations(masked, end == len(text) and not closed, counts, thought)]
        steps.sort(key=lambda step: step.start)
        return Reading(tuple(_continued(steps)), counts[1] / counts[0] if counts[0] else None, True)


def _continued(steps: list[Step]) -> Iterator[Step]:
    """The steps, where "then add 3 to get 9" goes on with what the equation before it came to; without one it says nothing."""
    before: Step | None = None
    for step in steps:
        if step.kind == "running":
            if before is None or before.goal is None or step.value is None or step.start - before.end > NEAR:
                continue
            worth, way = work_out(((step.why, 0, 1),), [before.goal, step.value])
            step = Step("equation", step.start, step.end, goal=step.goal, value=worth, ways=(way,))
        if step.kind == "equation":
            if before and step.start < before.end and step.why != "goes on" and step.ways == before.ways:
                continue  # said by words and signs at once
            before = step
        yield step


READER = FreeProse()
