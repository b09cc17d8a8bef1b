"""Surfaces: the same numbers and operators, written another way.

Words: the *plain* notation is the game's own, decimal digits with ``+ - * / =``; a *writer* turns a sum, a list or an
expression from it into a surface. A surface changes how a text is written and nothing that it says: what a row has beside
its texts stays plain.

>>> write = writer(SurfaceSpec(operators="words", numbers="words"))
>>> write("(36 + 1) * 6 - 45"), write("(-3) / 2 = -3/2")
('(thirty-six plus one) times six minus forty-five', '(minus three) divided by two equals minus three over two')
>>> writer(SurfaceSpec(operators="latex", numbers="base 16"))("10, 31, 190")
'0a, 1f, 0be'
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache, partial

from gamegen.spec import BASES, SurfaceSpec

Writer = Callable[[str], str]

SIGNS = {
    "ascii": {"+": "+", "-": "-", "*": "*", "/": "/", "=": "="},
    "unicode": {"+": "+", "-": "−", "*": "×", "/": "÷", "=": "="},
    "latex": {"+": "+", "-": "-", "*": r"\times", "/": r"\div", "=": "="},
    "words": {"+": "plus", "-": "minus", "*": "times", "/": "divided by", "=": "equals"},
}
DIGITS = "0123456789abcdef"
_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_POWERS = (  # of a thousand; no value of this game needs more
    *("", " thousand", " million", " billion", " trillion", " quadrillion", " quintillion", " sextillion", " septillion"),
    *(" octillion", " nonillion", " decillion", " undecillion", " duodecillion"),
)
_PART = re.compile(r"(-?)([0-9]+)(?:/([0-9]+))?|(?<= )[-+*/=](?= )")


@cache
def writer(surface: SurfaceSpec) -> Writer | None:
    """What writes plain notation in the surface; None for the plain surface, where nothing is to be done."""
    if surface == SurfaceSpec():
        return None
    minus, over = ("minus ", " over ") if surface.numbers == "words" else ("-", "/")
    say, signs = lru_cache(1 << 14)(_SAYS[surface.numbers]), SIGNS[surface.operators]

    def part(match: re.Match[str]) -> str:
        sign, above, below = match.groups()
        if above is None:
            return signs[match[0]]
        return f"{sign and minus}{say(int(above))}{over + say(int(below)) if below else ''}"

    return partial(_PART.sub, part)


def in_words(n: int) -> str:
    """A natural number below 10^42 in English words.

    >>> in_words(177), in_words(20_005)
    ('one hundred seventy-seven', 'twenty thousand five')
    """
    if n < 1000:
        return _in_words_below_1000(n)
    groups = [(n // 1000**k % 1000, power) for k, power in enumerate(_POWERS)]
    return " ".join(_in_words_below_1000(group) + power for group, power in reversed(groups) if group)


def _in_words_below_1000(n: int) -> str:
    if n < 20:
        return _ONES[n]
    if n < 100:
        return _TENS[n // 10] + (f"-{_ONES[n % 10]}" if n % 10 else "")
    return f"{_ONES[n // 100]} hundred" + (f" {_in_words_below_1000(n % 100)}" if n % 100 else "")


def in_base(base: int, n: int) -> str:
    """A natural number in a base; with a 0 in front where it would begin with a letter, so that none looks like a word.

    >>> in_base(2, 36), in_base(16, 2748)
    ('100100', '0abc')
    """
    digits = ""
    while n or not digits:
        n, digit = divmod(n, base)
        digits = DIGITS[digit] + digits
    return digits if digits[0].isdecimal() else "0" + digits


_SAYS: dict[str, Callable[[int], str]] = {
    "digits": str,
    "words": in_words,
    **{f"base {base}": partial(in_base, base) for base in BASES},
}
