"""Reads the plain style: one sentence for each step, a list of numbers for each state.

Only whole sentences of the published words are read. A number anywhere else is not understood, and lowers the recall.
Every repetition in the patterns is bounded, so the time is linear in the text.
"""

import re
from collections.abc import Callable

from gamegen_verifiers.steps import LONGEST_NUMBER, Claim, Reading, Step, Value, value

_DIGITS = rf"[0-9]{{1,{LONGEST_NUMBER}}}"
_NUMBER = rf"\(?-?{_DIGITS}(?:/0{{0,9}}[1-9][0-9]{{0,{LONGEST_NUMBER}}})?\)?"
_LIST = rf"{_NUMBER}(?:, {_NUMBER}){{0,15}}"
_LEADS = "Try |Let me try |I take |What about |Next is |Then |Now |I compute |With the last two, "

# In this order they are tried, the frequent and the quickly refused ones first.
_SENTENCES = {
    "backtrack": rf"(?:Back|I go back|Let me return|So I return) to (?P<back>{_LIST})\.",
    "missed": rf"(?:But |I get |This ends in )?(?P<m1>{_NUMBER})(?:,? and that|, which)? is not (?P<m2>{_NUMBER})\.",
    "try": rf"(?:{_LEADS})?(?P<a>{_NUMBER}) (?P<op>[-+*/]) (?P<b>{_NUMBER}) = (?P<c>{_NUMBER})"
    rf"(?:(?:, leaving|, which leaves|\? That leaves|, so|, and) (?P<left>{_LIST})(?: are left| remain)?)?\.",
    "given": rf"I have (?P<g1>{_LIST}) and want (?P<g2>{_NUMBER})\."
    rf"|The numbers are (?P<g3>{_LIST}) and the goal is (?P<g4>{_NUMBER})\."
    rf"|Let me start with (?P<g5>{_LIST}); the goal is (?P<g6>{_NUMBER})\.",
    "found": rf"(?:With that, )?(?P<f1>{_NUMBER}) is reached\.|That is (?P<f2>{_NUMBER}), the goal is reached\.",
    "stuck": rf"Nothing can be played with (?P<s1>{_LIST})\.|With (?P<s2>{_LIST}) no move is allowed\.",
}
_ANY = re.compile(
    r"(?:(?<![^\n])|(?<=[.!?>] ))(?:" + "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _SENTENCES.items()) + r")(?!\S)"
)
_new = tuple.__new__  # Step(…) and Claim(…) at half the cost
_NUMERAL = re.compile(r"[0-9]+")


def read(text: str, thought: int, end: int) -> Reading:
    """The steps in text[:end], and how much of text[:thought] they are: behind the thinking, numbers may stand as they like."""
    steps: list[Step] = []
    between: list[str] = []
    last = 0
    for match in _ANY.finditer(text, 0, end):
        start, stop = match.span()
        steps.append(_STEP[match.lastgroup or ""](match, start, stop))
        if start < thought:
            between.append(text[last:start])
            last = stop
    between.append(text[last:thought])
    missed = len(_NUMERAL.findall(" ".join(between)))
    if not missed:
        return Reading(tuple(steps), 1.0 if steps else None)
    return Reading(tuple(steps), 1 - missed / len(_NUMERAL.findall(text, 0, thought)))


def _numbers(text: str | None) -> tuple[Value, ...] | None:
    """The list of numbers, ascending."""
    if not text:
        return None
    try:
        return tuple(sorted(map(int, text.split(", "))))
    except ValueError:  # not all of them are bare integers
        return tuple(sorted(map(value, text.split(", "))))


def _given(m: re.Match[str], start: int, end: int) -> Step:
    numbers, goal = next((m[n], m[g]) for n, g in (("g1", "g2"), ("g3", "g4"), ("g5", "g6")) if m[n])
    return _new(Step, ("given", start, end, None, _numbers(numbers), value(goal)))


def _try(m: re.Match[str], start: int, end: int) -> Step:
    a, op, b, c, left = m.group("a", "op", "b", "c", "left")
    try:
        claim = _new(Claim, (int(a), op, int(b), int(c)))
    except ValueError:
        claim = _new(Claim, (value(a), op, value(b), value(c)))
    return _new(Step, ("try", start, end, claim, _numbers(left), None))


def _missed(m: re.Match[str], start: int, end: int) -> Step:
    number, goal = m.group("m1", "m2")
    return _new(Step, ("dead_end", start, end, None, (value(number),), value(goal)))


def _stuck(m: re.Match[str], start: int, end: int) -> Step:
    return _new(Step, ("dead_end", start, end, None, _numbers(m["s1"] or m["s2"]), None))


def _backtrack(m: re.Match[str], start: int, end: int) -> Step:
    return _new(Step, ("backtrack", start, end, None, _numbers(m["back"]), None))


def _found(m: re.Match[str], start: int, end: int) -> Step:
    return _new(Step, ("found", start, end, None, None, value(m["f1"] or m["f2"])))


_STEP: dict[str, Callable[[re.Match[str], int, int], Step]] = {
    "given": _given,
    "try": _try,
    "missed": _missed,
    "stuck": _stuck,
    "backtrack": _backtrack,
    "found": _found,
}
