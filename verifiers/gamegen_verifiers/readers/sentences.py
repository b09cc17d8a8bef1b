"""Reads texts that say each step in a sentence of published words, from a table of these sentences.

Words: a *pattern* is a regular expression with *slots*, each at most once: ``{numbers}`` a list, ``{goal}`` and ``{value}`` a
number, ``{sum}`` a sum ``a op b = c``. A *table* lists the patterns, each with its kind of sentence (KINDS), the frequent ones
first. Only whole sentences are read: a number anywhere else is not understood, and lowers the recall. Every repetition in the
patterns is bounded, so the time is linear in the text.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from gamegen_verifiers.steps import LONGEST_NUMBER, THOUGHT, Claim, Reading, Step, Value, value

# Each kind of sentence, with the kind of step that it says, and why where that is a dead end.
KINDS = {
    "given": ("given", ""),
    "try": ("try", ""),
    "missed": ("dead_end", "missed"),
    "stuck": ("dead_end", "missed"),
    "exhausted": ("dead_end", "exhausted"),
    "largest": ("dead_end", "largest"),
    "smallest": ("dead_end", "smallest"),
    "multiple": ("dead_end", "multiple"),
    "set_aside": ("dead_end", "set_aside"),
    "backtrack": ("backtrack", ""),
    "subgoal": ("subgoal", ""),
    "check": ("check", ""),
    "found": ("found", ""),
    "stop": ("stop", ""),
}
DIGITS = rf"[0-9]{{1,{LONGEST_NUMBER}}}"
NUMBER = rf"\(?-?{DIGITS}(?:/0{{0,9}}[1-9][0-9]{{0,{LONGEST_NUMBER}}})?\)?"
LIST = rf"{NUMBER}(?:, {NUMBER}){{0,15}}"
_SLOTS = {
    "{sum}": rf"({NUMBER}) ([-+*/]) ({NUMBER}) = ({NUMBER})",
    "{numbers}": f"({LIST})",
    "{goal}": f"({NUMBER})",
    "{value}": f"({NUMBER})",
}
_TO_NUMBER = r"[A-Za-z :,;!?'(\[-]{0,80}[0-9]"  # how a sentence of any table begins
_ARITHMETIC = re.compile(r"[0-9)][ \t]{0,9}[-+*/=×÷−·]|\b(?:plus|minus|times|divided|equals)\b", re.IGNORECASE)
_THOUGHT_BEGINS = re.compile(f"<{THOUGHT}>", re.IGNORECASE)
_NUMERAL = re.compile(r"[0-9]+")
_new = tuple.__new__  # Step(…) and Claim(…) at half the cost


class Slots(NamedTuple):
    """Where a pattern has what it says: the kind of step, why, and the numbers of the groups; 0 for none."""

    kind: str
    why: str
    sum: int
    numbers: int
    goal: int
    value: int


BEHIND = r"(?:(?!\S)|(?=</))"  # what stands behind a sentence


class Sentences:
    """The reader of one style. A sentence begins a line, stands a space behind one of the ``marks``, or right behind a tag; it
    ends with its line, before a space, or before a tag."""

    def __init__(self, table: Sequence[tuple[str, str]], marks: str = ".!?>") -> None:
        self.table = table
        self._slots: dict[int, Slots] = {}
        patterns = [self._compiled(kind, pattern) for kind, pattern in table]
        # Patterns begin with the sign before a sentence, which is found at once; a text has a line's end put before it.
        self.before = rf"[\n >](?:(?<=\n)|(?<=\w>)|(?<=[{marks or '>'}] ))"
        # What begins with no number or words before one, as a blank line, is passed over at once.
        self._any = re.compile(rf"{self.before}(?=\S)(?={_TO_NUMBER})(?:{'|'.join(patterns)}){BEHIND}")
        given = "|".join(self._filled(pattern) for kind, pattern in table if kind == "given")
        self._opens = re.compile(rf"[\n>]({given}){BEHIND}")

    def opens(self, text: str, end: int) -> tuple[int, int] | None:
        """Where text[:end] has the sentence with which a trace in this style opens."""
        match = self._opens.search("\n" + text[:end])
        return match and (match.start(), match.end() - 1)

    def _filled(self, pattern: str) -> str:
        for slot, found in _SLOTS.items():
            pattern = pattern.replace(slot, found)
        return pattern

    def _compiled(self, kind: str, pattern: str) -> str:
        """The pattern with its slots as groups, and behind them an empty one that says which it is.

        In one group it would not begin with a literal sign, by which the engine passes over what cannot be it.
        """
        following = 1 + max(self._slots, default=0)
        places = dict.fromkeys(_SLOTS, 0)
        for slot in sorted((s for s in _SLOTS if s in pattern), key=pattern.index):
            places[slot] = following
            following += 4 if slot == "{sum}" else 1
        self._slots[following] = Slots(*KINDS[kind], *places.values())
        return f"{self._filled(pattern)}()"

    def read(self, text: str, thought: int, end: int) -> Reading:
        """The steps in text[:end], and how much of text[:thought] they are; behind the thinking, numbers stand as they like."""
        steps = tuple(self.steps(text, 0, end))
        return Reading(steps, recall(text, [step[1:3] for step in steps], thought, bool(steps)))

    def steps(self, text: str, start: int, end: int) -> list[Step]:
        """The steps in text[start:end]."""
        slots = self._slots
        found = self._any.finditer("\n" + text[:end], start)
        return [_step(match, slots[match.lastindex]) for match in found]  # type: ignore[index]

    def follow(self) -> "Following":
        """Reads a text that is still being written."""
        return Following(self)


class Following:
    """Reads what comes in stretches, each of which ends where no sentence of a table goes on."""

    def __init__(self, reader: Sentences) -> None:
        self._reader = reader
        self._at = 0  # where the next stretch begins
        self._before = ""  # as much of what stands before it as says where sentences can begin

    def more(self, stretch: str) -> list[Step]:
        """The steps of the next stretch, at their places in all of the text."""
        text, start = self._before + stretch, len(self._before)
        shift = self._at - start
        steps = self._reader.steps(text, start, len(text))
        self._at += len(stretch)
        self._before = text[-2:]
        return [step._replace(start=shift + step.start, end=shift + step.end) for step in steps]


def recall(text: str, understood: Iterable[tuple[int, int]], thought: int, some: bool) -> float | None:
    """The share of the numbers in text[:thought] that stand in a span that was understood, what precedes its tag apart.

    None where there is neither a step nor any arithmetic: a summary that names the numbers of the puzzle is no work to read.
    """
    begin = found.end() if (found := _THOUGHT_BEGINS.search(text, 0, thought)) else 0
    if not some and not _ARITHMETIC.search(text, begin, thought):
        return None
    inside = [span for span in understood if begin <= span[0] < thought]
    if not inside:
        return 0.0 if _NUMERAL.search(text, begin, thought) else 1.0 if some else None
    starts, ends = [start for start, _ in inside], [end for _, end in inside]
    between = [text[end:start] for end, start in zip([begin, *ends], [*starts, thought], strict=True)]
    missed = len(_NUMERAL.findall(" ".join(between)))
    if not missed:
        return 1.0 if some else None  # signs without numbers
    return 1 - missed / len(_NUMERAL.findall(text, begin, thought))


def _step(m: re.Match[str], slots: Slots) -> Step:
    kind, why, sums, listed, goal, bound = slots
    before, end = m.span()
    return _new(
        Step,
        (
            kind,
            before,  # one sign before the sentence, and one sign was put before the text
            end - 1,
            _claim(*m.group(sums, sums + 1, sums + 2, sums + 3)) if sums else None,
            numbers(m[listed]) if listed else None,
            _value(m[goal]) if goal else None,
            why,
            _value(m[bound]) if bound else None,
            (),
        ),
    )


def _claim(a: str, op: str, b: str, c: str) -> Claim:
    try:
        return _new(Claim, (int(a), op, int(b), int(c)))
    except ValueError:  # not all of them are bare integers
        return _new(Claim, (value(a), op, value(b), value(c)))


_value = lru_cache(maxsize=1 << 10)(value)  # a text names its goal again and again


@lru_cache(maxsize=1 << 12)  # and the states that it comes back to
def numbers(text: str | None) -> tuple[Value, ...] | None:
    """The list of numbers, ascending."""
    if not text:
        return None
    try:
        return tuple(sorted(map(int, text.split(", "))))
    except ValueError:
        return tuple(sorted(map(value, text.split(", "))))
