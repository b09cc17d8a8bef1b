"""Takes what is layout, and no arithmetic, out of a text: markup, LaTeX commands, list marks, code; no place moves.

Words: a *mark* is a sign that says how something looks (a bold star, a dollar, the dash of a list); a *wall* is a sign that
stands where arithmetic on both sides must not be read as one.

>>> plain_layout(r"- **8 − 2** is $6$, so \\boxed{6 \\times 4}")
'    8 − 2   is  6 , so |||||||6 \\\\times 4}'
"""

import re

WALL = "|"

_LAYOUT = re.compile(
    "|".join(
        f"(?P<{kind}>{pattern})"
        for kind, pattern in {
            "code": r"```[ \t]{0,4}(?:python|py|json|javascript|js|c|cpp|java|bash|sh)\b(?:(?!```).)*+(?:```)?"
            r"|\{\s{0,9}\"(?:(?!\n\n)[^}])*+\}?",
            "item": r"(?<![^\n])[ \t]{0,16}(?:[-+*•–—](?=[ \t]|\*\*)|\(?[0-9]{1,3}[.)](?=[ \t*$]))",
            "bold": r"(?<![0-9)])(?<![0-9)] )\*\*|\*\*(?![0-9(]| [0-9(])|(?<! )\*\*(?= )|__|`+|\$+|#{2,6}|&",
            "bracket": r"\\[()\[\]]|\\(?:left|right|[bB]igg?[lr]?)(?![A-Za-z])",
            "space": r"\\(?:q?quad|displaystyle)(?![A-Za-z])|\\[,;:! ]",
            "wall": r"\\(?:boxed|fbox|text|textbf|mathbf|mathrm|underline)\s{0,2}\{|\\\\|<[/a-zA-Z][^<>\n]{0,40}>|[;|]",
        }.items()
    ),
    re.DOTALL,
)
_IN_ITS_PLACE = {"code": WALL, "wall": WALL}


def plain_layout(text: str) -> str:
    """The text with spaces in the place of marks, and walls in that of code and of commands around words."""
    return _LAYOUT.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    return _IN_ITS_PLACE.get(match.lastgroup or "", " ") * (match.end() - match.start())
