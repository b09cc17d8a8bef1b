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

from gamegen_verifiers.notation import Copy, replaced

_SIGNS = {
    **{sign: sign for sign in "+-*/="},
    **dict(zip("−×·⋅÷", "-***/", strict=True)),
    **dict(zip((r"\times", r"\cdot", r"\div"), "**/", strict=True)),
    **dict(zip(("plus", "minus", "times", "multiplied by", "divided by", "equals", "is"), "+-**/==", strict=True)),
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
    re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in parts.items()))
    for parts in (_PARTS, _PARTS | _ENTRY_ENDS)
)


def plainly(text: str, log: bool = False) -> Copy:
    """The text without marks, its operators as ``+ - * / =``; that of a log with an entry a line."""
    space = "" if log else " "

    def plain(match: re.Match[str]) -> str:
        kind, found = match.lastgroup, match[0]
        if kind == "operator":
            return space + _SIGNS[found.strip()] + space
        if kind == "fraction":
            return found[found.index("{") + 1 : -1].replace("}{", f"{space}/{space}")
        return "\n" if kind == "end" else ""

    changed = ((m.start(), m.end(), plain(m)) for m in (_LOG if log else _PROSE).finditer(text))
    return replaced(text, (part for part in changed if text[part[0] : part[1]] != part[2]))
