"""Phrases of free prose: claims in words, lists of what is left, and words that leave or correct what was done.

Words: a *cue* is the beginning of a phrase, in small letters; the text is looked through for cues once, and where one stands
its pattern says whether the phrase goes on as it must. Patterns are bounded, so the time is linear.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from gamegen_verifiers.readers.runs import GIVES, NO_VALUE, OPERATOR, SPACE, number, read_run, work_out
from gamegen_verifiers.steps import Step, Value

_N = r"(-?(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,20})(?:\.[0-9]{1,9})?)(?![.,]?[0-9])"
_TO = rf"(?:,? ?(?:which |that |this |and |it |we |i |to |you )?(?:would )?(?:{GIVES})|{SPACE}*(?:=|→)){SPACE}*"
_LIST = r"-?[0-9]{1,20}(?:(?:, ?(?:and )?| and )-?[0-9]{1,20}){1,15}"
_LISTED = rf"[\[({{]?({_LIST})(?![0-9]|{SPACE}?(?:{OPERATOR}|=))"
_new = tuple.__new__  # Step(…) at half the cost
_Taken = Callable[[re.Match[str], str], Step | None]


def _verb(op: str, swapped: bool = False) -> _Taken:
    """Takes "subtract 2 from 8 to get 6", where the second number comes first."""

    def take(match: re.Match[str], text: str) -> Step | None:
        a, b, result = map(_signed, match.groups())
        worth, moves = work_out(((op, 0, 1),), [b, a] if swapped else [a, b])
        if match.end() == len(text) or NO_VALUE.match(text, match.end()):
            return None
        return Step("equation", *match.span(), goal=result, value=worth, ways=(moves,))

    return take


def _running(op: str) -> _Taken:
    """Takes "then add 3 to get 9", which goes on with the value before."""

    def take(match: re.Match[str], text: str) -> Step | None:
        if match.end() == len(text) or NO_VALUE.match(text, match.end()):
            return None
        return Step("running", *match.span(), goal=_signed(match[2]), why=op, value=_signed(match[1]))

    return take


def _signed(text: str) -> Value:
    found = number(text.lstrip("-")) or 0  # never too long: the pattern is bounded
    return -found if text[0] == "-" else found


def _two(op: str) -> _Taken:
    """Takes "multiplying 6 by 4, then adding 3, which gives 27"."""

    def take(match: re.Match[str], text: str) -> Step | None:
        if match.end() == len(text) or NO_VALUE.match(text, match.end()):
            return None
        a, b, c, result = map(_signed, match.group(1, 2, 4, 5))
        second = next(
            sign for word, sign in (("add", "+"), ("sub", "-"), ("mul", "*"), ("div", "/")) if match[3].startswith(word)
        )
        worth, way = work_out(((op, 0, 1), (second, 3, 2)), [b, a, c] if op == "-" else [a, b, c])
        return Step("equation", *match.span(), goal=result, value=worth, ways=(way,))

    return take


def _equals(match: re.Match[str], text: str) -> Step | None:
    """Takes "equals 24 using 2, 4, and 8 is (8 - 2) * 4"."""
    links = read_run(f"{match[1]}={match[2]}", False, False).links
    if match.end() == len(text) or len(links) != 1:
        return None
    return Step("equation", *match.span(), goal=links[0].said, value=links[0].worth, ways=links[0].ways)


def _numbers(kind: str) -> _Taken:
    def take(match: re.Match[str], text: str) -> Step:
        return Step(kind, *match.span(), numbers=_listed(match[1]))

    return take


def _bare(kind: str) -> _Taken:
    def take(match: re.Match[str], text: str) -> Step:
        return _new(Step, (kind, *match.span(), None, None, None, "", None, ()))

    return take


def _listed(text: str) -> tuple[Value, ...]:
    return tuple(sorted(int(number) for number in re.findall(r"-?[0-9]+", text)))


def _sum(between: str) -> str:
    return rf" {_N} (?:{between}) {_N}{_TO}{_N}(?![0-9.]?[0-9a-z])"


def _twice(between: str) -> str:
    second = "add(?:ing)?|subtract(?:ing)?|multiply(?:ing)?(?: it| this)? by|divid(?:e|ing)(?: it| this)? by"
    return rf" {_N} (?:{between}) {_N},? (?:and )?then ({second}) {_N}{_TO}{_N}(?![0-9.]?[0-9a-z])"


def _further(between: str) -> str:
    return rf"{between} {_N}(?: to (?:it|this|that|the result))?{_TO}{_N}(?![0-9.]?[0-9a-z])"


_AS_EXPRESSION = (
    rf" {_N} (?:using|with|from)(?: the numbers)? {_LIST}(?: exactly once| once)?,? is:?{SPACE}{{1,4}}"
    r"([0-9(][0-9+*/×÷−() -]{2,200}[0-9)])"
)
_LEFT = rf":?{SPACE}{{0,4}}(?:the )?(?:numbers? )?{_LISTED}"
_Phrase = tuple[re.Pattern[str], _Taken]
_TABLE: tuple[tuple[str, str, _Taken], ...] = (  # the cues, how a phrase goes on behind them, what it says
    ("add|adding|the sum of|sum of", _sum("and|to|with|plus"), _verb("+")),
    ("subtract|subtracting", _sum("from"), _verb("-", swapped=True)),
    ("multiply|multiplying|the product of|product of", _sum("by|and|with|times"), _verb("*")),
    ("divide|dividing|the quotient of", _sum("by|and"), _verb("/")),
    ("the difference between|the difference of|difference between", _sum("and"), _verb("-")),
    ("add|adding", _twice("and|to|with|plus"), _two("+")),
    ("subtract|subtracting", _twice("from"), _two("-")),
    ("multiply|multiplying", _twice("by|and|with|times"), _two("*")),
    ("divide|dividing", _twice("by|and"), _two("/")),
    ("add|adding", _further("(?: the other| another)?"), _running("+")),
    ("subtract|subtracting", _further(""), _running("-")),
    ("multiply|multiplying", _further("(?: it| this| that| the result)? by"), _running("*")),
    ("divide|dividing", _further("(?: it| this| that| the result)? by"), _running("/")),
    ("equals|evaluates to|to get|to reach|to make", _AS_EXPRESSION, _equals),
    ("remaining", rf"(?: numbers?)?(?: are)?{_LEFT}", _numbers("remaining")),
    ("left with|numbers left|leaves|leaving|still have", rf"(?: are| me with| us with)?{_LEFT}", _numbers("remaining")),
    ("back to|return to|returning to", rf":? ?(?:the )?(?:numbers )?{_LISTED}", _numbers("backtrack")),
    ("wait|oops|mistake|miscalculat|recalculat|recheck|correction", "", _bare("correction")),
    ("that's|that is|this is", r" (?:wrong|incorrect|not (?:right|correct))\b", _bare("correction")),
    ("instead|alternatively|nope|go back|going back|start over|starting over|backtrack", "", _bare("retraction")),
    ("let's|let me|let us", r" (?:try|go back|start|think|consider|step back)\b", _bare("retraction")),
    ("try|trying|what if|what about|how about", r"\b", _bare("retraction")),
    ("another", r" (?:approach|attempt|way|idea|option|combination|try)\b", _bare("retraction")),
    ("doesn't work|does not work|not work", "", _bare("retraction")),
    ("no", r"(?=[,.!\n])", _bare("retraction")),
)
_PHRASES: dict[str, list[_Phrase]] = {}
for _cues, _behind, _take in _TABLE:
    for _cue in _cues.split("|"):
        _PHRASES.setdefault(_cue, []).append((re.compile(re.escape(_cue) + _behind), _take))


def _any_of(cues: Iterable[str]) -> str:
    """A pattern for the cues, the longest first; those with one first letter stand together, which halves the time."""
    by_letter: dict[str, list[str]] = {}
    for cue in sorted(cues, key=len, reverse=True):
        by_letter.setdefault(cue[0], []).append(re.escape(cue[1:]))
    return "|".join(f"{letter}(?:{'|'.join(rests)})" for letter, rests in by_letter.items())


_CUE = re.compile(_any_of(_PHRASES))


def phrases(text: str) -> Iterator[Step]:
    """The steps that the text says in words; none inside another."""
    end = 0
    small = text.lower()
    if len(small) != len(text):
        small = text  # a rare letter that is longer when it is small would move all places behind it
    for cue in _CUE.finditer(small):
        start = cue.start()
        if start < end or small[start - 1 : start].isalnum():
            continue
        for pattern, take in _PHRASES[cue[0]]:
            if (match := pattern.match(small, start)) and (step := take(match, small)):
                end = step.end
                yield step
                break
