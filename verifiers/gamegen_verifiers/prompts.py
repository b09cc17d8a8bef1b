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
    prompt = prompt[-LONGEST_PROMPT:]
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
_NAMED = re.compile(r"\b(?:numbers?|nums|integers?|digits|cards|tiles|inputs?|values)\b[^.!?\n]{0,40}$|\binput\W{0,6}$", re.I)
_HINTED = re.compile(r"\b(?:using|use|from|with|given|combine|over|of|list|set)\b[^.!?\n]{0,24}$", re.I)
_EXAMPLE = re.compile(r"\b(?:for example|e\.g\.|example:|for instance|such as)[^\n]{0,60}$", re.I)

_FILL = (
    r"(?:[\s:=*_`$\"'(\[\\]{1,4}(?:exactly|precisely|the|an?|is|of|to|be|should|must|as|number|value|integer|target|goal|total|"
    r"result|equals?|equal|at|up|in|expression|equation)\b){0,6}"
)
_TARGET = re.compile(
    r"\b(?:equal(?:s|ing|ling)?|evaluat(?:es?|ing)(?: to)?|makes?|making|form(?:s|ing)?|reach(?:es|ing)?|gets?|getting|obtain(?:s|ing)?|"
    r"achiev(?:es?|ing)|produc(?:es?|ing)|yield(?:s|ing)?|giv(?:es?|ing)|calculate|compute|hits?|target|goal|results?|total(?:s|ling)?|"
    r"arriv(?:es?|ing)|sums?(?: up)?(?: to)?|adds? up|comes?|value|game of|worth)"
    rf"{_FILL}[\s:=*_`$\"'(\[{{\\]{{1,6}}(?P<number>[-−]?[1-9][0-9]{{0,2}}(?:,[0-9]{{3}}){{1,5}}(?![0-9])|{_PLAIN}(?!,[0-9]))"
    r"(?![\w^]|[ \t]{0,2}[-+*/×÷=^]|[ \t](?:numbers?|integers|steps?|times|operations?|digits|moves|ways?|of)\b)",
    re.I,
)
_GAME = re.compile(r"\b(?P<number>[1-9][0-9]{0,3})[- ](?:game|puzzle)\b", re.I)


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

_NOT = r"(?:not|n't|n’t|never)"
_SUBSET = re.compile(
    rf"{_NOT} (?:have|need|required|necessary)[^.\n]{{0,20}}\b(?:use|using)\b|\bneed not\b[^.\n]{{0,20}}\buse\b|\bsome or all\b|\bsubset\b"
    rf"|\bnot (?:all|every)\b|\ball or some\b|\bneed {_NOT} be used\b|\bany of the (?:given )?numbers\b|\bwithout using all\b",
    re.I,
)
_EVERY = re.compile(
    r"\b(?:every|each|all)\b[^.\n]{0,30}\bexactly (?:once|one time)\b|\bexactly once\b[^.\n]{0,20}\beach\b"
    r"|\b(?:using|use|uses|with) (?:exactly )?(?:all|every|each)\b(?! number(?:s)? (?:only|at most)\b)|\ball (?:of )?(?:the|these|those|given)?\s?numbers\b"
    r"|\bnumbers? must (?:all )?be used\b",
    re.I,
)
_MOST = re.compile(r"\bat most once\b|\bno more than once\b", re.I)

_WORDS = {
    "+": ("plus", "addition", "adding", "add"),
    "-": ("minus", "subtraction", "subtracting", "subtract"),
    "*": ("times", "multiplication", "multiplying", "multiply", "multiplied by", r"\times", r"\cdot"),
    "/": ("divided by", "division", "dividing", "divide", r"\div"),
}
_SIGNS = {"+": "+", "-": "-", "−": "-", "–": "-", "*": "*", "×": "*", "·": "*", "∗": "*", "/": "/", "÷": "/"}
_SIGNS |= {word: sign for sign, words in _WORDS.items() for word in words}
_SIGN = (
    "(?:"
    + "|".join([*(rf"{re.escape(w)}(?![a-z])" for w in sorted(_SIGNS, key=len, reverse=True) if len(w) > 1), r"[-+*/−–×·∗÷]"])
    + ")"
)
_ROW = re.compile(rf"(?<![\w)\]<]){_SIGN}(?:(?:[\s,;'\"`()|]|\band\b|\bor\b){{0,6}}{_SIGN}){{1,15}}(?![\w<\[])", re.I)
_SOLE_SIGN = re.compile(rf"\b(?:at a time with|operations?|operators?|only)[ :]{{1,2}}(?P<sign>{_SIGN})(?=[\s.,]|$)", re.I)
_EACH_SIGN = re.compile(_SIGN, re.I)

_FRACTIONS = re.compile(
    r"\b(?:may|can) be (?:any )?fractions?|\b(?:fractions?|rationals?) (?:are|is) (?:allowed|fine|permitted)", re.I
)
_INTEGERS = re.compile(
    r"\b(?:intermediate|every|all|each)\b[^.\n]{0,40}\b(?:integers?|whole numbers?|natural numbers?)\b|\bonly whole\b"
    r"|\bno (?:fractions|decimals|remainders?)\b|\bleave no remainder\b|\bwithout (?:a )?remainder\b|\bdivision must be exact\b",
    re.I,
)
_NATURALS = re.compile(
    r"\bzero or more\b|\b(?:positive|non-?negative|natural) (?:integers?|whole numbers?|numbers?)\b|\b(?:whole )?positive (?:whole )?numbers?\b"
    r"|\bno negatives?\b|\bnever (?:be )?negative\b",
    re.I,
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
        signs = {_SIGNS[sign[0].lower()] for sign in _EACH_SIGN.finditer(match[0])}
        if len(signs) > 1:
            return "".join(sorted(signs, key="+-*/".index))
    sole = _SOLE_SIGN.search(text)
    return _SIGNS[sole["sign"].lower()] if sole else None


def _values(text: str) -> str | None:
    if _FRACTIONS.search(text):
        return "rational"
    if not _INTEGERS.search(text):
        return None
    return "natural" if _NATURALS.search(text) else "integer"


# --- surface -------------------------------------------------------------------------------------------------------------

_IN_BASE = re.compile(r"\bNumbers are written in (?P<base>base [0-9]{1,2})\b", re.I)
_IN_WORDS = re.compile(r"\bNumbers are written as (?:English )?words\b", re.I)
_SIGNS_AS = re.compile(r"\bSigns are written as (?P<how>words|in LaTeX)\b|\bSigns are written as (?P<signs>[^.\n]{1,40})", re.I)


def _surface(text: str) -> Notation | None:
    """How a prompt says that numbers and signs are written; None where it says nothing of it."""
    base, signs = _IN_BASE.search(text), _SIGNS_AS.search(text)
    if not (base or signs or _IN_WORDS.search(text)):
        return None
    how = (signs["how"] or "").lower() if signs else None
    operators = {None: "ascii", "words": "words", "in latex": "latex"}.get(how, "unicode")
    try:
        return Notation(operators, base["base"].lower() if base else "words" if _IN_WORDS.search(text) else "digits")
    except SpecError:
        return None
