"""Prompts: the puzzle that a prompt asks, in whatever words, and the rules as far as it states them.

Words: a *list* is two numbers or more with commas, blanks or "and" between; a *cue* is what tells that a list holds the
numbers, or that a number is the target. Of several lists the last of the best cues counts, since examples come first, and
of several targets the nearest to it. Nothing is evaluated; a prompt is read up to LONGEST_PROMPT characters from its end.

>>> read("Using the numbers [19, 36, 55], create an equation that equals 72. Use each number exactly once.")
Asked(numbers=(19, 36, 55), target=72, rules={'use_all': True}, surface=None)
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from gamegen.errors import SpecError
from gamegen_verifiers.notation import Notation, transcribe

LONGEST_PROMPT = 50_000  # characters; of a longer one the end is read
NEAR = 64  # characters before a list in which its cue stands


class Asked(NamedTuple):
    """What a prompt asks: None where it is not said; ``rules`` has the parts that are stated, ``surface`` how it is written."""

    numbers: tuple[int, ...] | None
    target: int | None
    rules: dict[str, Any]
    surface: Notation | None


def read(prompt: str, surface: Notation | None = None) -> Asked:
    """What a prompt asks, in the surface that it is said to be written in, or that it states itself."""
    prompt = prompt[-LONGEST_PROMPT:].lower()
    surface = surface or _surface(prompt)
    plain = transcribe(prompt, surface).text if surface else prompt
    numbers, span = _numbers(plain)
    return Asked(numbers, _target(plain, span), _rules(prompt), surface)


# --- numbers and target --------------------------------------------------------------------------------------------------

_MARK = r"[*_`$\"']{0,3}"
_PLAIN = r"[-−]?(?:0|[1-9][0-9]{0,17})(?![0-9]|\.[0-9])"
_BETWEEN = rf"{_MARK}[ \t]{{0,3}}(?:(?:,|;|\|)[ \t]{{0,3}}(?:(?:and|or)[ \t]{{1,3}})?|(?:and|&)[ \t]{{1,3}}|(?<=[ \t])){_MARK}"
_LIST = re.compile(
    rf"(?<![\w.+*/=^×÷-])(?P<open>\[[ \t]{{0,3}}|\(|\{{)?{_MARK}{_PLAIN}(?:{_BETWEEN}{_PLAIN}){{1,31}}"
    rf"(?![\w^]|[ \t]{{0,2}}[-+*/×÷=^](?!\s*[*_]?\s*\n))"
)
_ONE = re.compile(rf"\[[ \t]{{0,3}}{_PLAIN}[ \t]{{0,3}}\]")
_SOLE = re.compile(_PLAIN)
_NAMED = re.compile(r"\b(?:numbers?|nums|integers?|digits|cards|tiles|inputs?|values)\b[^.!?\n]{0,40}$|\binput\W{0,6}$")
_HINTED = re.compile(r"\b(?:using|use|from|with|given|combine|over|of|list|set)\b[^.!?\n]{0,24}$")
_EXAMPLE = re.compile(r"\b(?:for example|e\.g\.|example:|for instance|such as)[^\n]{0,60}$")

_FILLERS = (
    "exactly", "precisely", "the", "an?", "is", "of", "to", "be", "should", "must", "as", "at", "up", "in", "equals?",
    "number", "value", "integer", "target", "goal", "total", "result", "expression", "equation",
)  # fmt: skip
_CUES = (
    "equal(?:s|ing|ling)?", "evaluat(?:es?|ing)", "makes?", "making", "form(?:s|ing)?", "reach(?:es|ing)?", "gets?", "getting",
    "obtain(?:s|ing)?", "achiev(?:es?|ing)", "produc(?:es?|ing)", "yield(?:s|ing)?", "giv(?:es?|ing)", "calculate", "compute",
    "hits?", "target", "goal", "results?", "total(?:s|ling)?", "arriv(?:es?|ing)", "sums?", "adds?", "comes?", "value",
    "game of", "worth",
)  # fmt: skip
_COUNTED = ("numbers?", "integers", "digits", "steps?", "times", "operations?", "moves", "ways?", "of")  # 4 numbers, 3 steps
_TARGET = re.compile(
    rf"\b(?:{'|'.join(_CUES)})(?:[\s:=*_`$\"'(\[\\]{{1,4}}(?:{'|'.join(_FILLERS)})\b){{0,6}}[\s:=*_`$\"'(\[{{\\]{{1,6}}"
    rf"(?P<number>[-−]?[1-9][0-9]{{0,2}}(?:,[0-9]{{3}}){{1,5}}(?![0-9])|{_PLAIN}(?!,[0-9]))"
    rf"(?![\w^]|[ \t]{{0,2}}[-+*/×÷=^]|[ \t](?:{'|'.join(_COUNTED)})\b)",
)
_GAME = re.compile(r"\b(?P<number>[1-9][0-9]{0,3})[- ](?:game|puzzle)\b")


def _numbers(text: str) -> tuple[tuple[int, ...] | None, tuple[int, int]]:
    """The numbers and where they stand."""
    best, found, span = 0, None, (len(text), len(text))
    for match in (*_LIST.finditer(text), *_ONE.finditer(text)):
        before = text[max(0, match.start() - NEAR) : match.start()]
        rank = 3 if _NAMED.search(before) else 2 if _HINTED.search(before) else 1 if match[0][0] == "[" else 0
        if _EXAMPLE.search(before):
            rank -= 2
        if rank > 0 and (rank, match.start()) >= (best, span[0] if found else -1):
            best, span = rank, match.span()
            found = tuple(_integer(sole[0]) for sole in _SOLE.finditer(match[0]))
    return found, span


def _target(text: str, span: tuple[int, int]) -> int | None:
    """The number with a cue that stands nearest to the numbers, outside of them."""
    begin, end = span
    nearest, target = len(text) + 1, None
    for match in _targets(text):
        at, to = match.span("number")
        distance = at - end if at >= end else begin - to
        if (at >= end or to <= begin) and distance < nearest:
            nearest, target = distance, _integer(match["number"])
    return target


def _targets(text: str) -> Iterator[re.Match[str]]:
    found = [
        match for match in _TARGET.finditer(text) if not _EXAMPLE.search(text[max(0, match.start() - NEAR) : match.start()])
    ]
    yield from found or _GAME.finditer(text)


def _integer(text: str) -> int:
    return int(text.replace("−", "-").replace(",", ""))


# --- rules ---------------------------------------------------------------------------------------------------------------


def _any(*phrases: str) -> re.Pattern[str]:
    """Any of some phrases, between words; `~` stands for a few words of the same sentence."""
    return re.compile("|".join(rf"\b(?:{phrase})\b" for phrase in phrases).replace("~", r"[^.\n]{0,30}"))


_NOT = "(?:not|[a-z]{2,5}n['’]t) "
_SUBSET = _any(
    f"{_NOT}(?:have|need|required)~(?:use|using|used)", "need not~(?:use|used)", f"{_NOT}(?:all|every)", "some or all",
    "all or some", "any of the (?:given )?numbers", "without using all", "subset",
)  # fmt: skip
_EVERY = _any(
    "(?:every|each|all)~exactly (?:once|one time)", "exactly once~each",
    "(?:using|use|uses|with) (?:exactly )?(?:all|every|each)(?! numbers? (?:only|at most))",
    r"all (?:of )?(?:the|these|those|given)?\s?numbers", "numbers? must (?:all )?be used",
)  # fmt: skip
_MOST = _any("at most once", "no more than once")

_WORDS = {
    "+": ("plus", "addition", "adding", "add"),
    "-": ("minus", "subtraction", "subtracting", "subtract"),
    "*": ("times", "multiplication", "multiplying", "multiply", "multiplied by", r"\times", r"\cdot"),
    "/": ("divided by", "division", "dividing", "divide", r"\div"),
}
_SIGNS = {"+": "+", "-": "-", "−": "-", "–": "-", "*": "*", "×": "*", "·": "*", "∗": "*", "/": "/", "÷": "/"}
_SIGNS |= {word: sign for sign, words in _WORDS.items() for word in words}
_LONG = sorted((sign for sign in _SIGNS if len(sign) > 1), key=len, reverse=True)
_SIGN = rf"(?:{'|'.join(re.escape(word) + '(?![a-z])' for word in _LONG)}|[-+*/−–×·∗÷])"
_ROW = re.compile(rf"(?<![\w)\]<]){_SIGN}(?:(?:[\s,;'\"`()|]|\band\b|\bor\b){{0,6}}{_SIGN}){{1,15}}(?![\w<\[])")
_SOLE_SIGN = re.compile(rf"\b(?:at a time with|operations?|operators?|only)[ :]{{1,2}}(?P<sign>{_SIGN})(?=[\s.,]|$)")
_EACH_SIGN = re.compile(_SIGN)

_FRACTIONS = _any("(?:may|can) be (?:any )?fractions?", "(?:fractions?|rationals?) (?:are|is) (?:allowed|fine|permitted)")
_BETWEEN_STEPS = "(?:intermediate|partial|results?|steps?)"
_INTEGERS = _any(
    f"{_BETWEEN_STEPS}~(?:integers?|whole numbers?|natural numbers?)", "only whole", "no (?:fractions|decimals|remainders?)",
    "leave no remainder", "without (?:a )?remainder", "division must be exact",
)  # fmt: skip
_NATURALS = _any(
    "zero or more", f"{_BETWEEN_STEPS}~(?:positive|non-?negative|natural)", "no negatives?", "never (?:be )?negative"
)


def _rules(text: str) -> dict[str, Any]:
    """The parts of the rules that a prompt states."""
    stated = {"operations": _operations(text), "use_all": _use_all(text), "values": _values(text)}
    return {name: value for name, value in stated.items() if value is not None}


def _use_all(text: str) -> bool | None:
    if _SUBSET.search(text):
        return False
    if _EVERY.search(text):
        return True
    return False if _MOST.search(text) else None  # "only once" says nothing of those that are left over


def _operations(text: str) -> str | None:
    for match in _ROW.finditer(text):
        signs = {_SIGNS[sign[0]] for sign in _EACH_SIGN.finditer(match[0])}
        if len(signs) > 1:
            return "".join(sorted(signs, key="+-*/".index))
    sole = _SOLE_SIGN.search(text)
    return _SIGNS[sole["sign"]] if sole else None


def _values(text: str) -> str | None:
    if _FRACTIONS.search(text):
        return "rational"
    if not _INTEGERS.search(text):
        return None
    return "natural" if _NATURALS.search(text) else "integer"


# --- surface -------------------------------------------------------------------------------------------------------------

_IN_BASE = re.compile(r"\bnumbers are written in (?P<base>base [0-9]{1,2})\b")
_IN_WORDS = re.compile(r"\bnumbers are written as (?:english )?words\b")
_SIGNS_AS = re.compile(r"\bsigns are written as (?P<how>words|in latex)\b|\bsigns are written as (?P<signs>[^.\n]{1,40})")


def _surface(text: str) -> Notation | None:
    """How a prompt says that numbers and signs are written; None where it says nothing of it."""
    base, signs = _IN_BASE.search(text), _SIGNS_AS.search(text)
    if not (base or signs or _IN_WORDS.search(text)):
        return None
    how = (signs["how"] or "") if signs else None
    operators = {None: "ascii", "words": "words", "in latex": "latex"}.get(how, "unicode")
    try:
        return Notation(operators, base["base"] if base else "words" if _IN_WORDS.search(text) else "digits")
    except SpecError:
        return None
