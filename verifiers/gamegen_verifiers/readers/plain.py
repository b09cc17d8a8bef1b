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
    "set_aside": rf"I (?:set (?P<a1>{_LIST}) aside|leave (?P<a2>{_LIST})) with moves untried\."
    rf"|Enough of (?P<a3>{_LIST}), though moves are left\.",
    "exhausted": rf"All moves from (?P<e1>{_LIST}) (?:are shown dead|have failed)\."
    rf"|I have tried all that (?P<e2>{_LIST}) allow, and all of it fails\.",
    "largest": rf"The largest that (?P<l1>{_LIST}) can make is (?P<l2>{_NUMBER}), (?:which is )?below (?P<l3>{_NUMBER})\."
    rf"|(?P<l4>{_LIST}) make (?P<l5>{_NUMBER}) at most, too little for (?P<l6>{_NUMBER})\.",
    "smallest": rf"The smallest that (?P<n1>{_LIST}) can make is (?P<n2>{_NUMBER}), (?:which is )?above (?P<n3>{_NUMBER})\."
    rf"|(?P<n4>{_LIST}) make (?P<n5>{_NUMBER}) at least, too much for (?P<n6>{_NUMBER})\.",
    "multiple": rf"All that (?P<d1>{_LIST}) can make is a multiple of (?P<d2>{_NUMBER}), "
    rf"and (?P<d3>{_NUMBER}) is (?:not|none)\.|From (?P<d4>{_LIST}) come only multiples of (?P<d5>{_NUMBER}), "
    rf"and (?P<d6>{_NUMBER}) is none\.",
    "subgoal": rf"(?:If|Should) the rest makes? (?P<g>{_NUMBER}), (?:then )?"
    rf"(?P<ga>{_NUMBER}) (?P<gop>[-+*/]) (?P<gb>{_NUMBER}) = (?P<gc>{_NUMBER}) (?:is it|will do)\.",
    "check": rf"(?:To check|Check|I make sure): (?P<ca>{_NUMBER}) (?P<cop>[-+*/]) (?P<cb>{_NUMBER}) = "
    rf"(?P<cc>{_NUMBER})(?:, right)?\.",
    "stop": rf"I stop after (?P<stop1>{_DIGITS}) steps\.|After (?P<stop2>{_DIGITS}) steps I give up looking\.",
}
_ANY = re.compile(
    r"(?:(?<![^\n])|(?<=[.!?>] ))(?:" + "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _SENTENCES.items()) + r")(?!\S)"
)
_Hear = Callable[[re.Match[str], int, int], Step]
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


def _first(m: re.Match[str], *names: str) -> str:
    """The group that matched, of those that may stand for the same thing."""
    return next(found for found in m.group(*names) if found)


def _claim(m: re.Match[str], *names: str) -> Claim:
    a, op, b, c = m.group(*names)
    try:
        return _new(Claim, (int(a), op, int(b), int(c)))
    except ValueError:
        return _new(Claim, (value(a), op, value(b), value(c)))


def _given(m: re.Match[str], start: int, end: int) -> Step:
    return Step("given", start, end, None, _numbers(_first(m, "g1", "g3", "g5")), value(_first(m, "g2", "g4", "g6")))


def _try(m: re.Match[str], start: int, end: int) -> Step:
    return _new(Step, ("try", start, end, _claim(m, "a", "op", "b", "c"), _numbers(m["left"]), None, "", None))


def _missed(m: re.Match[str], start: int, end: int) -> Step:
    number, goal = m.group("m1", "m2")
    return _new(Step, ("dead_end", start, end, None, (value(number),), value(goal), "missed", None))


def _stuck(m: re.Match[str], start: int, end: int) -> Step:
    return Step("dead_end", start, end, None, _numbers(_first(m, "s1", "s2")), None, "missed")


def _exhausted(m: re.Match[str], start: int, end: int) -> Step:
    return Step("dead_end", start, end, None, _numbers(_first(m, "e1", "e2")), None, "exhausted")


def _set_aside(m: re.Match[str], start: int, end: int) -> Step:
    return Step("dead_end", start, end, None, _numbers(_first(m, "a1", "a2", "a3")), None, "set_aside")


def _bound(why: str, groups: str) -> _Hear:
    """What hears a bound whose state, value and goal stand in groups 1, 2, 3 or 4, 5, 6 of that letter."""

    def hear(m: re.Match[str], start: int, end: int) -> Step:
        state, bound, goal = (_first(m, f"{groups}{i}", f"{groups}{i + 3}") for i in (1, 2, 3))
        return Step("dead_end", start, end, None, _numbers(state), value(goal), why, value(bound))

    return hear


def _backtrack(m: re.Match[str], start: int, end: int) -> Step:
    return _new(Step, ("backtrack", start, end, None, _numbers(m["back"]), None, "", None))


def _subgoal(m: re.Match[str], start: int, end: int) -> Step:
    return Step("subgoal", start, end, _claim(m, "ga", "gop", "gb", "gc"), value=value(m["g"]))


def _check(m: re.Match[str], start: int, end: int) -> Step:
    return Step("check", start, end, _claim(m, "ca", "cop", "cb", "cc"))


def _found(m: re.Match[str], start: int, end: int) -> Step:
    return Step("found", start, end, goal=value(_first(m, "f1", "f2")))


def _stop(m: re.Match[str], start: int, end: int) -> Step:
    return Step("stop", start, end, value=value(_first(m, "stop1", "stop2")))


_STEP: dict[str, _Hear] = {
    "given": _given,
    "try": _try,
    "missed": _missed,
    "stuck": _stuck,
    "exhausted": _exhausted,
    "largest": _bound("largest", "l"),
    "smallest": _bound("smallest", "n"),
    "multiple": _bound("multiple", "d"),
    "set_aside": _set_aside,
    "backtrack": _backtrack,
    "subgoal": _subgoal,
    "check": _check,
    "found": _found,
    "stop": _stop,
}
