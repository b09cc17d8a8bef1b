r"""Paraphrases: a completion said in other signs, each of which changes the surface alone.

Words: the *thinking* is what stands between the thinking tags; a *sentence* of it ends in a full stop, or with its line; a
*sum* is ``a op b = c``, with spaces or, as in a log, without. A paraphrase leaves every number and what is said of it in
their order, and the tags, the summary and the answer as they are, but for operators that any reader of answers knows.
HELD_OUT are those that nobody looks at while a reader is made or tuned.

>>> PARAPHRASES["operators as words"]("<think>\nNow 8 / 2 = 4.\n</think>\n<answer>8 / 2</answer>")
'<think>\nNow 8 divided by 2 equals 4.\n</think>\n<answer>8 / 2</answer>'
>>> PARAPHRASES["bold sums"]("<think>\nNow 8 / 2 = 4.\n</think>\n<answer>8 / 2</answer>")
'<think>\nNow **8 / 2 = 4**.\n</think>\n<answer>8 / 2</answer>'
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count

from gamegen_benchmarks.held_out import is_held_out

Paraphrase = Callable[[str], str]

_THINKING = re.compile(r"(?<=<think>\n).*?(?=</think>|\Z)", re.DOTALL)
_EXPRESSION = re.compile(r"<answer>[^<]*")
_SUM = re.compile(r"([0-9]+)( ?)([-+*/])( ?)([0-9]+)( ?)=( ?)([0-9]+)")
_OPERATOR = re.compile(r"(?<=[0-9)]) [-*/] (?=[0-9(])")
_FULL_STOP = re.compile(r"\.(?=\s|\Z)")

LATEX = {"+": "+", "-": "-", "*": r"\times", "/": r"\div"}
UNICODE = {"+": "+", "-": "−", "*": "×", "/": "÷"}
DOTS = {"+": "+", "-": "−", "*": "·", "/": "÷"}
WORDS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}


def of_thinking(change: Paraphrase) -> Paraphrase:
    """The change made in the thinking alone; a text that breaks off in its thinking is changed to its end."""
    return partial(_THINKING.sub, lambda match: change(match[0]))


def operators(signs: Mapping[str, str], equals: str = "=", template: str = "{}") -> Paraphrase:
    """Every sum in these signs, in the template."""

    def said(match: re.Match[str]) -> str:
        a, _, op, _, b, _, _, c = match.groups()
        return template.format(f"{a} {signs[op]} {b} {equals} {c}")

    return of_thinking(partial(_SUM.sub, said))


def answered(signs: Mapping[str, str], change: Paraphrase) -> Paraphrase:
    """The change, and the operators of the answer in these signs too."""

    def expression(match: re.Match[str]) -> str:
        return _OPERATOR.sub(lambda sign: f" {signs[sign[0].strip()]} ", match[0])

    return lambda text: _EXPRESSION.sub(expression, change(text))


def fractions(text: str) -> str:
    r"""Sums in dollars, a division as ``\frac{a}{b}``."""

    def said(match: re.Match[str]) -> str:
        a, _, op, _, b, _, _, c = match.groups()
        left = rf"\frac{{{a}}}{{{b}}}" if op == "/" else f"{a} {LATEX[op]} {b}"
        return f"${left} = {c}$"

    return _SUM.sub(said, text)


def sentences(text: str) -> list[str]:
    """The sentences of a thinking: pieces of lines that end in a full stop, or with the line."""
    return [sentence for line in text.split("\n") for sentence in re.split(r"(?<=\.) ", line) if sentence]


def ending(mark: str) -> Paraphrase:
    """Another mark in the place of each full stop, and at the end of each line that has none."""

    def line(text: str) -> str:
        ended = _FULL_STOP.sub(mark, text)
        return ended if not text or text[-1] in ".?" else ended + mark

    return of_thinking(lambda text: "\n".join(map(line, text.split("\n"))))


def dashes(text: str) -> str:
    """Dashes between the sentences of a line, and no full stops."""
    return "\n".join(re.sub(r"\. ", " — ", line).removesuffix(".") for line in text.split("\n"))


def listed(marker: Callable[[int], str]) -> Paraphrase:
    """Each sentence as an item of a list."""

    def items(text: str) -> str:
        number = count(1)
        return "".join(f"{marker(next(number))} {sentence}\n" for sentence in sentences(text))

    return of_thinking(items)


def one_a_line(text: str) -> str:
    """Each sentence on a line of its own."""
    return "".join(f"{sentence}\n" for sentence in sentences(text))


def without_full_stops(text: str) -> str:
    """Each sentence on a line of its own, without its full stop."""
    return "".join(f"{sentence.removesuffix('.')}\n" for sentence in sentences(text))


def one_paragraph(text: str) -> str:
    """No line breaks; what ends in no mark gets a semicolon."""
    said = [sentence if sentence[-1] in ".?" else f"{sentence};" for sentence in sentences(text)]
    return " ".join(said) + "\n"


def bold_lines(text: str) -> str:
    """Each line in bold."""
    return "\n".join(f"**{line}**" if line else line for line in text.split("\n"))


def bold_results(text: str) -> str:
    """The result of each sum in bold."""
    return _SUM.sub(lambda match: f"{match[0][: -len(match[8])]}**{match[8]}**", text)


def together(*changes: Paraphrase) -> Paraphrase:
    """One change after the other."""

    def change(text: str) -> str:
        for each in changes:
            text = each(text)
        return text

    return change


PARAPHRASES: dict[str, Paraphrase] = {
    "operators as LaTeX": answered(LATEX, operators(LATEX)),
    "LaTeX in dollars": answered(LATEX, operators(LATEX, template="${}$")),
    "LaTeX in brackets": answered(LATEX, operators(LATEX, template=r"\({}\)")),
    "LaTeX fractions": of_thinking(fractions),
    "operators as unicode": answered(UNICODE, operators(UNICODE)),
    "dots": answered(DOTS, operators(DOTS)),
    "operators as words": operators(WORDS, "equals"),
    "operators as words, is": operators(WORDS, "is"),
    "semicolons": ending(";"),
    "exclamation marks": ending("!"),
    "dashes": of_thinking(dashes),
    "no full stops": of_thinking(without_full_stops),
    "bullets -": listed(lambda n: "-"),
    "bullets *": listed(lambda n: "*"),
    "bullets •": listed(lambda n: "•"),
    "numbered 1.": listed(lambda n: f"{n}."),
    "numbered 1)": listed(lambda n: f"{n})"),
    "bold results": of_thinking(bold_results),
    "bold sums": operators({op: op for op in "+-*/"}, template="**{}**"),
    "bold lines": of_thinking(bold_lines),
    "a sentence a line": of_thinking(one_a_line),
    "one paragraph": of_thinking(one_paragraph),
    "bullets, bold, LaTeX": together(operators(LATEX, template="**${}$**"), listed(lambda n: "-")),
}
HELD_OUT = tuple(name for name in PARAPHRASES if is_held_out(name))
