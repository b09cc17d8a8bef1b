r"""Plainness: a text without the marks that change nothing of what it says.

Words: a *mark* is a sign of bold type, of mathematics, or of an item of a list; an *operator* stands between two numbers, in
LaTeX, unicode or words; a *log* has one entry a line, and no spaces around its operators. Each repetition is bounded, so the
time is linear in the text.

>>> plainly(r"- So **8 × 2 = 16**, and $16 \div 4$ is 4.").text
'So 8 * 2 = 16, and 16 / 4 = 4.'
>>> plainly("2**5 and 8 ** 2 are no bold type").text
'2**5 and 8 ** 2 are no bold type'
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from gamegen_verifiers.notation import OPERATORS, Copy, replaced

MOST = 50_000  # marks and operators that are changed; the longest traces of this package have a fifth of it
_SIGNS = {
    **{sign: sign for sign in "+-*/="},
    **{sign: plain for signs in OPERATORS.values() for sign, plain in signs.items()},
    "·": "*",
    "⋅": "*",
    "is": "=",
}


def _any_of(words: bool) -> str:
    return "|".join(re.escape(sign) for sign in _SIGNS if sign[0].isalpha() == words)


_OPERATOR = rf"(?: {{0,2}}(?:{_any_of(False)}) {{0,2}}| {{1,2}}(?:{_any_of(True)}) {{1,2}})"
_PARTS = {
    "item": r"(?<![^\n])[ \t]{0,8}(?:[-*•+]|[0-9]{1,4}[.)])[ \t]{1,4}(?=\S)",
    "mark": r"(?<![^\s(\['\"=])\*\*(?=[^\s*])|(?<=[^\s*])\*\*(?![^\s.,;:!?)\]'\"])|\$|\\[()\[\]]",
    "fraction": r"\\[dt]?frac\{[0-9]{1,40}\}\{[0-9]{1,40}\}",
    "operator": rf"(?:(?<=[0-9)$}}])|(?<=[^\s*]\*\*)){_OPERATOR}(?=[0-9(]|\*\*[0-9(]|[$\\])",
}
_ENTRY_ENDS = {"end": r"[.;!] ?(?=[A-Z0-9\n])"}
_PROSE, _LOG = (
    re.compile(f"(?=[^A-Za-z,:])(?:{'|'.join(f'(?P<{name}>{pattern})' for name, pattern in parts.items())})")
    for parts in (_PARTS, _PARTS | _ENTRY_ENDS)
)


def plainly(text: str, log: bool = False) -> Copy:
    """The text without marks, its operators as ``+ - * / =``; that of a log with an entry a line. What follows MOST stays."""
    return replaced(text, islice(_parts(text, log), MOST))


def _parts(text: str, log: bool) -> Iterator[tuple[int, int, str]]:
    """What is not plain already: where it stands, and what it is plainly."""
    for match in (_LOG if log else _PROSE).finditer(text):
        found = match[0]
        plain = _plain(match.lastgroup or "", found, "" if log else " ")
        if plain != found:
            yield *match.span(), plain


@lru_cache(maxsize=1 << 10)
def _plain(kind: str, found: str, space: str) -> str:
    if kind == "operator":
        return space + _SIGNS[found.strip()] + space
    if kind == "fraction":
        return found[found.index("{") + 1 : -1].replace("}{", f"{space}/{space}")
    return "\n" if kind == "end" else ""
