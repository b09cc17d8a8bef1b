"""Takes what is layout, and no arithmetic, out of a text: markup, LaTeX commands, list marks, code; no place moves.

Words: a *mark* is a sign that says how something looks (a bold star, a dollar, the dash of a list); a *wall* is a sign that
stands where arithmetic on both sides must not be read as one.

>>> plain_layout(r"- **8 − 2** is $6$, so \\boxed{6 \\times 4}")
'    8 − 2   is  6 , so |||||||6 \\\\times 4}'
"""

import re

WALL = "|"

_SINGLE = {"`": " ", "$": " ", "&": " ", ";": WALL}
_ITEM = re.compile(r"^[ \t]{0,16}(?:[-+*•–—](?=[ \t]|\*\*)|\(?[0-9]{1,3}[.)](?=[ \t*$]))", re.MULTILINE)
_CODE = re.compile(
    r"```[ \t]{0,4}(?:python|py|json|javascript|js|c|cpp|java|bash|sh)\b(?:(?!```).)*+(?:```)?"
    r"|\{\s{0,9}\"(?:(?!\n\n)[^}])*+\}?",
    re.DOTALL,
)
_SPACES = (  # each begins with a sign of its own, which lets them be found at once
    r"\*\*(?<![0-9)]\*\*)(?<![0-9)] \*\*)|\*\*(?![0-9(]| [0-9(])|__|##{1,5}"
    r"|\\[()\[\],;:! ]|\\(?:left|right|[bB]igg?[lr]?|q?quad|displaystyle)(?![A-Za-z])"
)
_WALLS = r"\\(?:boxed|fbox|text|textbf|mathbf|mathrm|underline)\s{0,2}\{|\\\\|<[/a-zA-Z][^<>\n]{0,40}>"
_LAYOUT = re.compile(f"{_SPACES}|{_WALLS}")
_IS_WALL = re.compile(_WALLS)


def plain_layout(text: str) -> str:
    """The text with spaces in the place of marks, and walls in that of code and of commands around words."""
    text = _ITEM.sub(_space, _CODE.sub(_wall, text))
    for sign, plain in _SINGLE.items():
        text = text.replace(sign, plain)
    return _LAYOUT.sub(_blank, text)


def _wall(match: re.Match[str]) -> str:
    return WALL * len(match[0])


def _space(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _blank(match: re.Match[str]) -> str:
    found = match[0]
    return (WALL if found[0] in "<\\" and _IS_WALL.match(found) else " ") * len(found)
