"""Notations: a text that writes its numbers and operators in another way, and the same text as the readers know it.

Words: the *plain* notation is decimal digits with ``+ - * / =``; to *transcribe* a text is to put each number and each operator
between numbers into plain notation and to leave all else as it stands; an *idiom* is a word for a number that counts nothing
("which one"). What is no number of its notation, such as 12 in base 2, becomes what no reader takes for a number, and still
lowers the recall. Nothing is judged here; every repetition is bounded or runs over single signs, so the time is linear.

>>> transcribe("Try (minus three) times one hundred seven equals", Notation("words", "words")).text
'Try (-3) * 107 equals'
>>> transcribe("1f × 2 = 3e, not 0be or dead", Notation("unicode", "base 16")).text
'31 * 2 = 62, not 190 or dead'
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from math import log10
from operator import itemgetter
from typing import NamedTuple

from gamegen.errors import SpecError
from gamegen_verifiers.steps import LONGEST_NUMBER, Step

# How each notation writes what stands between two numbers; the plain signs are known to all of them.
OPERATORS: dict[str, dict[str, str]] = {
    "ascii": {},
    "unicode": {"−": "-", "×": "*", "÷": "/"},
    "latex": {r"\times": "*", r"\cdot": "*", r"\div": "/"},
    "words": {"plus": "+", "minus": "-", "times": "*", "multiplied by": "*", "divided by": "/", "equals": "="},
}
_PLAIN_SIGNS = "+-*/="
BASES = {f"base {base}": base for base in range(2, 17)}
NUMBERS = ("digits", "words", *BASES)


@dataclass(frozen=True)
class Notation:
    """How a text writes its operators (a key of OPERATORS) and its numbers (one of NUMBERS). Raises SpecError."""

    operators: str = "ascii"
    numbers: str = "digits"

    def __post_init__(self) -> None:
        for name, given, possible in (("operators", self.operators, OPERATORS), ("numbers", self.numbers, NUMBERS)):
            if given not in possible:
                raise SpecError(f"surface.{name}", f"{str(given)[:40]!r} given; choose one of {', '.join(possible)}")


PLAIN = Notation()


class Copy(NamedTuple):
    """A text in plain notation, and where each part that was put in stands in it and in the text that it was made from."""

    text: str
    starts: list[int]
    ends: list[int]
    origins: list[tuple[int, int]]

    def place(self, at: int) -> int:
        """The place in the text that it was made from."""
        i = bisect_right(self.starts, at) - 1
        if i < 0:
            return at
        begin, end = self.origins[i]
        return end + at - self.ends[i] if at >= self.ends[i] else begin

    def at(self, place: int) -> int:
        """The place in the copy for one in the text that it was made from."""
        i = bisect_right(self.origins, place, key=itemgetter(0)) - 1
        if i < 0:
            return place
        end = self.origins[i][1]
        return self.ends[i] + place - end if place >= end else self.starts[i]

    def placed(self, steps: Iterable[Step]) -> tuple[Step, ...]:
        """The steps with their places in the text that it was made from."""
        return tuple(step._replace(start=self.place(step.start), end=self.place(step.end)) for step in steps)


def transcribe(text: str, notation: Notation) -> Copy:
    """The text in plain notation."""
    if notation is PLAIN or notation == PLAIN:
        return Copy(text, [], [], [])
    return replaced(text, _parts(text, _scanner(notation)))


def replaced(text: str, parts: Iterable[tuple[int, int, str]]) -> Copy:
    """The text with other parts, each with its start and end, in the order of the text."""
    copy = Copy(text, [], [], [])
    pieces: list[str] = []
    last = length = 0  # where the last part ends, here and in the copy
    for start, end, plain in parts:
        pieces += (text[last:start], plain)
        length += start - last
        copy.starts.append(length)
        length += len(plain)
        copy.ends.append(length)
        copy.origins.append((start, end))
        last = end
    pieces.append(text[last:])
    return copy._replace(text="".join(pieces))


def _parts(text: str, scanner: "_Scanner") -> Iterator[tuple[int, int, str]]:
    """The numbers and operators that are not plain already: where each stands, and how it is in plain notation."""
    pattern, read, signs = scanner
    behind = -1  # where an operand of the last operator begins
    for match in pattern.finditer(text):
        number, word, sign = match.groups()
        if number is not None and (word is None or sign is not None or match.start() == behind):
            plain = read(number)
            if plain != number:
                yield *match.span(1), plain
        if sign is not None:
            behind = match.end()
            if sign not in _PLAIN_SIGNS:
                yield *match.span(3), signs[sign.lower()]


class _Scanner(NamedTuple):
    """What finds the parts of a notation, and puts each into plain notation.

    The pattern has three groups: ``number``; in it ``word``, where it may be a word as well, so that it counts only beside
    an operator; ``sign``, an operator behind a number or a closing bracket.
    """

    pattern: re.Pattern[str]
    number: Callable[[str], str]
    signs: dict[str, str]


@lru_cache(maxsize=64)
def _scanner(notation: Notation) -> _Scanner:
    signs = OPERATORS[notation.operators]
    operator = "|".join(map(re.escape, (*sorted(signs, key=len, reverse=True), *_PLAIN_SIGNS)))
    base = BASES.get(notation.numbers, 10)
    word = rf"(?<![\w\\])[{_DIGITS[10:base]}]{{1,{_longest(base)}}}(?!\w)" if base > 10 else "(?!)"
    numeral = rf"(?:{_IN_WORDS}|[0-9]+)" if notation.numbers == "words" else "[0-9]+" if base == 10 else _NUMERAL
    read = _from_words if notation.numbers == "words" else str if base == 10 else partial(_from_base, base)
    idiom = rf"{_IDIOM}(?! (?:{operator}) )|" if notation.numbers == "words" else ""
    pattern = rf"{idiom}(?:(?P<number>{numeral}|(?P<word>{word}))|\))(?: (?P<sign>{operator}) )?"
    return _Scanner(re.compile(pattern, re.IGNORECASE | re.ASCII), read, signs)


# --- other bases ---------------------------------------------------------------------------------------------------------

_DIGITS = "0123456789abcdef"
_NUMERAL = r"(?<!\w)[A-Za-z_]*[0-9]\w*"  # all that has a digit in it


def _longest(base: int) -> int:
    """Digits in the base of the longest number that may be read."""
    return int(LONGEST_NUMBER / log10(base)) + 1


def _from_base(base: int, text: str) -> str:
    text = text.lower()
    readable = len(text) <= _longest(base) and not text.strip(_DIGITS[:base])
    plain = str(int(text, base)) if readable else ""
    # with the "_" no reader takes it for a number, and the recall counts it
    return plain if 0 < len(plain) <= LONGEST_NUMBER else text + "_"


# --- words ---------------------------------------------------------------------------------------------------------------


def _numbered(words: str, first: int, step: int = 1) -> dict[str, int]:
    return {word: first + step * n for n, word in enumerate(words.split())}


def _any_of(words: Iterable[str]) -> str:
    return rf"(?:{'|'.join(words)})\b"


_UNITS = _numbered("one two three four five six seven eight nine", 1)
_TEENS = _numbered("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10)
_TENS = _numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10)
_SCALES = _numbered(
    "thousand million billion trillion quadrillion quintillion sextillion septillion octillion nonillion decillion "
    "undecillion duodecillion",
    1,
)
_SMALL = {"zero": 0, **_UNITS, **_TEENS, **_TENS}
_BELOW_100 = rf"(?:{_any_of(_TENS)}(?:[- ]{_any_of(_UNITS)})?|{_any_of({**_TEENS, **_UNITS})})"
_BELOW_1000 = rf"(?:{_any_of(_UNITS)} hundred\b(?: (?:and )?{_BELOW_100})?|{_BELOW_100})"
_SCALE = _any_of(_SCALES)
_NATURAL = rf"(?:zero\b|{_BELOW_1000}(?: {_SCALE}(?: {_BELOW_1000} {_SCALE}){{0,{len(_SCALES)}}}(?: (?:and )?{_BELOW_1000})?)?)"
_IN_WORDS = rf"(?<!\w)(?<![A-Za-z]-)(?:(?:minus|negative) )?{_NATURAL}(?: over {_NATURAL})?(?!-?\w)"
_IDIOM = (
    rf"\b(?:(?:which|this|another|last|no|any|each) {_any_of(_UNITS)}"
    r"|one (?:more|another|by one|at a time|of|way|idea|thing)\b)"
)


@lru_cache(maxsize=1 << 12)
def _from_words(text: str) -> str:
    text = text.lower()
    if text.isdecimal():
        return text
    sign, _, unsigned = text.rpartition("minus " if text.startswith("minus ") else "negative ")
    parts = [_natural(part) for part in unsigned.split(" over ")]
    return ("-" if sign or unsigned != text else "") + "/".join(map(str, parts)) if None not in parts else "0_"


def _natural(text: str) -> int | None:
    """The number that words of the pattern are; None where thousands, millions, … do not come in falling order."""
    total = group = 0
    lowest = len(_SCALES) + 1
    for word in re.split("[- ]", text):
        if word in _SCALES:
            if _SCALES[word] >= lowest:
                return None
            lowest = _SCALES[word]
            total, group = total + group * 1000**lowest, 0
        elif word != "and":
            group = group * 100 if word == "hundred" else group + _SMALL[word]
    return total + group
