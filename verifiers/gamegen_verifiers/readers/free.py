"""Reads free prose: what a text that nobody wrote for a reader says about numbers, wherever it stands.

Words: a *run* is a stretch of the text in which arithmetic goes on: numbers, operators, brackets, and the signs and words that
say that two things are equal; it is split by these into *sides*; a *link* joins two sides that the text says are equal, and a
link between sides of which one has an operation is an *equation*, one step of the reading. What is asked, denied, rounded,
cut off at the end of the text, or has a letter in it is understood, and no step. Runs come again and again where a text goes
round in circles, so what a run says is remembered. Every repetition is bounded, possessive or over single signs: the time is linear.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from gamegen_verifiers.expression import OPERATORS, Binary, Negative, Number, Tree, parse, unsigned
from gamegen_verifiers.readers.layout import plain_layout
from gamegen_verifiers.steps import LONGEST_NUMBER, Claim, Reading, Step, Value

LONGEST_RUN = 2000  # characters; what is longer is not understood
LONGEST_DECIMALS = 12
MOST_SIDE_BY_SIDE = 8

# --- runs ---------------------------------------------------------------------------------------------------------------

_SIGN = r"[-+−–—‐‑‒－＋]"
_NUMBER = r"(?:[0-9]{1,3}(?:(?:,|\{,\})[0-9]{3}){1,13}+(?![0-9])|[0-9]++)(?:\.[0-9]++)?+(?![A-Za-wyzA-WYZ_])"
_FRACTION = r"\\[dtc]?frac(?![A-Za-z])"
_WORDS = {"multiplied by": "*", "divided by": "/", "times": "*", "minus": "-", "plus": "+"}
_GIVES = (
    r"(?:,? ?(?:which|that|this|and|it|to|we|I|you|us) |, )?"
    r"(?:is equal to|is equal with|equal to|equals?|equalling|gives(?: us| me)?|giving(?: us| me)?|yields|yielding|makes|making"
    r"|results? in|resulting in|comes to|becomes|get|obtain|have|is(?!n't| not\b))(?: exactly| just| now)?"
)
_EQUAL = r"={1,2}(?![=>])"
_ARROW = r"→|⇒|⟹|⟶|=>|-{1,2}>|\\(?:to|rightarrow|Rightarrow|implies)(?![A-Za-z])"
_OTHER = r"≈|≃|≅|≠|≤|≥|<|>|!=|~|\\(?:approx|neq?|not|le|ge|sim)(?![A-Za-z])"
_SPACE = "[ \\t\u00a0\u2009\u202f\u200b]"
_RELATION = rf"(?:(?P<equal>{_EQUAL})|(?P<arrow>{_ARROW})|(?P<other>{_OTHER})|\b(?P<gives>{_GIVES})\b(?!-))"
_BARE = re.sub(r"\(\?P<\w+>", "(?:", _RELATION)
_SIGNS = rf"(?:{_EQUAL}|{_ARROW}|{_OTHER})"
_OPERATOR = rf"\*\*|//|{_SIGN}|[*/^×✕✖·∙⋅∗＊÷∕⁄／]|\\(?:times|cdot|ast|div)(?![A-Za-z])|(?:{'|'.join(_WORDS)})\b"
_BRACKET = r"[()\[\]{}（）]"
_PIECE = (
    rf"{_SPACE}++|{_NUMBER}|{_ARROW}|{_OPERATOR}|{_BRACKET}|{_FRACTION}|[xX](?={_SPACE}?[0-9(])|{_BARE}(?:\s{{0,20}}+)"
    rf"|(?:\r?\n[ \t]{{0,40}}+){{1,3}}+(?={_SIGNS})"
)
_RUN = re.compile(rf"(?:(?<![\w.]){_NUMBER}|[(\[{{（]|{_SIGN}(?![-+>])|[*/^×·÷]|\\(?:times|cdot|div|[dtc]?frac)(?![A-Za-z])|{_EQUAL})(?:{_PIECE})*+", re.IGNORECASE)
_HAS_WORK = re.compile(rf"[0-9)\]}}]{_SPACE}*+(?:{_OPERATOR}|{_BARE})|{_FRACTION}", re.IGNORECASE)
_NUMERAL = re.compile(r"[0-9]+(?:[.,][0-9]+)*")

# What makes the last side of a run no value that is claimed.
_NO_VALUE = re.compile(
    r"\s{0,3}(?:[?%]|\.{2,}|…|[xyzabcnkABCDXYZN]\b(?!\.))"
    r"|[ ,(]{1,3}(?:is |that's |that is |which is )?(?:not (?:true|correct|right)|incorrect|wrong|false)\b"
)
_SHORT_OF = re.compile(r"[ ](?:more|less|short|away|off|higher|lower|greater|bigger|smaller|larger|below|above|over|under)\b")
_WORD_BEFORE = re.compile(r"[^\W\d_]{2,30},?[ \t]{1,3}\Z")


class Side(NamedTuple):
    """One side of an equation, at run[start:end]: what it is worth, how it can be worked out, and the number it begins with.

    worth is None where it divides by zero; ways are empty where it is one number.
    """

    start: int
    end: int
    worth: Value | None
    ways: tuple[tuple[Claim, ...], ...]
    first: tuple[Value, int] | None


class Link(NamedTuple):
    """Two sides that a run says are equal, at run[start:end]; see ``Step`` for why."""

    start: int
    end: int
    ways: tuple[tuple[Claim, ...], ...]
    worth: Value | None
    said: Value | None
    why: str


class Run(NamedTuple):
    """What a run says, and of how many numbers in it how many are understood."""

    links: tuple[Link, ...]
    numbers: int
    understood: int


_NOTHING = Run((), 0, 0)


@lru_cache(maxsize=1 << 12)
def _read_run(run: str, open_left: bool, open_right: bool) -> Run:
    """The links of a run; a side at an open end belongs to something that is no arithmetic, and is worth nothing."""
    if len(run) > LONGEST_RUN:
        return Run((), len(_NUMERAL.findall(run)), 0)
    cuts = [(0, 0, ""), *((m.start(), m.end(), m.lastgroup or "") for m in _SPLIT.finditer(run)), (len(run), len(run), "")]
    sides = [_sides(run, a[1], b[0]) for a, b in zip(cuts, cuts[1:], strict=False)]
    numbers = len(_NUMERAL.findall(run))
    missed = sum(len(_NUMERAL.findall(run, a[1], b[0])) for a, b, found in zip(cuts, cuts[1:], sides, strict=False) if found is None)
    if len(sides) == 1 and _WORD.search(run):
        missed = numbers  # 79 plus 4, of which it is said in other words what it gives
    if open_left:
        missed -= 0 if sides[0] is not None else len(_NUMERAL.findall(run[: cuts[1][0]]))
        sides[0] = None
    if open_right:
        missed -= 0 if sides[-1] is not None else len(_NUMERAL.findall(run[cuts[-2][1] :]))
        sides[-1] = None
    links = []
    linked: Side | None = None  # the side with which the last link ended
    for i, (left, right) in enumerate(zip(sides, sides[1:], strict=False)):
        link = _link(left[-1], right[0], cuts[i + 1][2], linked) if left and right else None
        linked = None
        if link:
            links.append(link)
            linked = right[0] if right and link.end == right[0].end else None
    return Run(tuple(links), numbers, numbers - max(missed, 0))


_SPLIT = re.compile(_RELATION, re.IGNORECASE)


def _link(left: Side, right: Side, relation: str, before: Side | None) -> Link | None:
    """What a text says that writes left = right; None where that is nothing."""
    if relation == "other" or not (left.ways or right.ways):
        return None
    end, said = right.end, right.worth
    if left.ways and right.ways and (left.worth is None or left.worth != right.worth):
        if right.first is not None and right.first[0] == left.worth:  # a running total: 10 + 5 = 15 - 3 = 12
            said, end = right.first
        elif relation != "equal":
            return None
    if relation != "equal" and not left.ways:  # "24 → 6 * 4", "which of 3 and 8 is 8 - 3": it goes on to something else
        return None
    why = "" if left.ways else "fact"
    if left is before:
        why = "goes on"
    worked, other = (left, said) if left.ways else (right, left.worth)
    return Link(left.start, end, worked.ways, worked.worth, other, why)


def _sides(run: str, start: int, end: int) -> tuple[Side, ...] | None:
    """The expressions that stand side by side in run[start:end], none where one is left open; None where one is unreadable."""
    found: list[Side] = []
    for begin, stop in _between_unmatched(run, start, end):
        while begin < stop:
            text = run[begin:stop]
            begin, text = begin + len(text) - len(text.lstrip()), text.strip()
            if not text:
                break
            side, length = _side(text)
            if side is None:
                shut = _LEFT_OPEN.sub("", text)
                return () if shut != text and (not shut or _side(shut)[0]) else None
            first = side.first and (side.first[0], begin + side.first[1])
            found.append(side._replace(start=begin, end=begin + side.end, first=first))
            begin += length
            if len(found) > MOST_SIDE_BY_SIDE:
                return None
    return tuple(found)


_ANY_BRACKET = re.compile(_BRACKET)
_LEFT_OPEN = re.compile(rf"\A(?:{_OPERATOR})\s{{0,9}}|\s{{0,9}}(?:{_OPERATOR})\Z", re.IGNORECASE)


def _between_unmatched(run: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches of run[start:end] between the brackets that are opened and not closed, or closed and not opened."""
    if not _ANY_BRACKET.search(run, start, end):
        return [(start, end)]
    opened: list[int] = []
    cuts = []
    for at in range(start, end):
        if run[at] in "([{（":
            opened.append(at)
        elif run[at] in ")]}）":
            if opened:
                opened.pop()
            else:
                cuts.append(at)
    cuts = sorted([*cuts, *opened])
    return list(zip([start, *(at + 1 for at in cuts)], [*cuts, end], strict=True))


_SIGNED = re.compile(rf"(?:\A|[(\[{{*/+×÷·−–-])\s{{0,9}}{_SIGN}")
_DECIMAL = re.compile(r"([0-9][0-9,{}]*+)?\.([0-9]+)")
_WORD = re.compile(rf"(?<!\\)(?:{'|'.join(_WORDS)})", re.IGNORECASE)


@lru_cache(maxsize=1 << 12)
def _side(text: str) -> tuple[Side | None, int]:
    """The expression that a text begins with, and where it stops: all of it, or up to one that stands beside it."""
    if short := _SHORT.fullmatch(text):
        return _short_side(*short.groups(), len(text)), len(text)
    plain = _WORD.sub(lambda m: _WORDS[m[0].lower()].ljust(len(m[0])), text)
    decimals: dict[int, Fraction] = {}
    for m in _DECIMAL.finditer(plain):
        whole = (m[1] or "0").translate(_NO_COMMAS)
        if len(whole) > LONGEST_NUMBER or len(m[2]) > LONGEST_DECIMALS or not whole.isdecimal():
            return None, 0
        decimals[m.start()] = Fraction(int(whole + m[2]), 10 ** len(m[2]))
    if decimals:  # as whole numbers of the same length: what they are is known by their place
        plain = _DECIMAL.sub(lambda m: "0" * len(m[0]), plain)
    tree, problem, at = parse(plain)
    if tree is None and problem in ("numbers side by side", "implicit multiplication") and plain[:at].endswith((" ", "\u00a0")):
        plain = plain[:at].rstrip()
        tree = parse(plain).tree
    else:
        at = len(text)
    if tree is None:
        return None, 0
    ways = []
    worth = _work(tree, decimals, moves := [])
    if moves:
        ways.append(tuple(moves))
        bare = unsigned(tree) if _SIGNED.search(text) else None
        if bare is not None and bare != tree:
            _work(bare, decimals, moves := [])
            if moves and tuple(moves) != ways[0]:
                ways.append(tuple(moves))
    return Side(0, len(plain), worth, tuple(ways), _first(tree, decimals)), at


# Most sides are a number or one operation, which no grammar is needed for.
_SHORT = re.compile(r"([-−])?([0-9]{1,15})(?:[ ]?([-+*/×−÷])[ ]?([0-9]{1,15}))?")


def _short_side(sign: str | None, first: str, op: str | None, second: str | None, end: int) -> Side:
    a = -int(first) if sign else int(first)
    if op is None or second is None:
        return Side(0, end, a, (), (a, end))
    ways = []
    b, op = int(second), OPERATORS[op]
    result = _result(a, op, b)
    ways.append((Claim(a, op, b, 0 if result is None else result),))
    if sign and op == "+":  # -4 + 68 is 68 - 4 as well
        ways.append((Claim(b, "-", -a, b + a),))
    return Side(0, end, result, tuple(ways), (a, len(sign or "") + len(first)))


_NO_COMMAS = str.maketrans("", "", ",{}")


def _first(tree: Tree, decimals: dict[int, Fraction]) -> tuple[Value, int] | None:
    """The number that an expression begins with, and where that ends."""
    end = tree.end
    while isinstance(tree, Binary):
        tree = tree.left
        end = tree.end
    worth = _work(tree, decimals, [])
    return None if worth is None else (worth, end)


def _work(tree: Tree, decimals: dict[int, Fraction], moves: list[Claim]) -> Value | None:
    """What a tree is worth, and the operations that lead there, in their order; None where one divides by zero."""
    if isinstance(tree, Number):
        return _plain(decimals[tree.start]) if tree.start in decimals else tree.value
    if isinstance(tree, Negative):
        inner = _work(tree.inner, decimals, moves)
        return None if inner is None else -inner
    left, right = _work(tree.left, decimals, moves), _work(tree.right, decimals, moves)
    result = None if left is None or right is None else _result(left, tree.op, right)
    moves.append(Claim(left or 0, tree.op, right or 0, 0 if result is None else result))
    return result


def _result(a: Value, op: str, b: Value) -> Value | None:
    """a op b; None for a division by zero."""
    if op == "/":
        return _plain(Fraction(a) / b) if b else None
    return _plain(a + b if op == "+" else a - b if op == "-" else a * b)


def _plain(value: Value) -> Value:
    return value if isinstance(value, int) or value.denominator > 1 else value.numerator


# --- what is said in words --------------------------------------------------------------------------------------------------

_N = r"(-?(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,20}))(?!,?[0-9])"
_TO = rf"(?:,? ?(?:which |that |this |and |it |we |I |to |you )?(?:would )?(?:{_GIVES})|{_SPACE}*(?:=|→)){_SPACE}*"
_VERBS: tuple[tuple[str, str, bool], ...] = (  # words before, words between, whether the second number comes first
    (r"(?:add|adding|the sum of|sum of)", r"(?:and|to|with|plus)", False),
    (r"(?:subtract|subtracting)", r"from", True),
    (r"(?:multiply|multiplying|the product of|product of)", r"(?:by|and|with|times)", False),
    (r"(?:divide|dividing|the quotient of)", r"(?:by|and)", False),
    (r"(?:the difference (?:between|of)|difference between)", r"and", False),
)
_OPS = "+-*/-"
_VERB = re.compile(
    r"\b(?:" + "|".join(rf"({verb}) {_N} {between} {_N}{_TO}{_N}" for verb, between, _ in _VERBS) + ")(?![0-9.]?[0-9A-Za-z])",
    re.IGNORECASE,
)


def _said_in_words(text: str) -> Iterator[Step]:
    for m in _VERB.finditer(text):
        kind = next(k for k in range(len(_VERBS)) if m[4 * k + 1])
        a, b, result = (int(part.replace(",", "")) for part in m.group(4 * kind + 2, 4 * kind + 3, 4 * kind + 4))
        if _VERBS[kind][2]:
            a, b = b, a
        worth = _work(Binary(_OPS[kind], Number(a, 0, 0), Number(b, 1, 1), 0, 1), {}, moves := [])
        if not _NO_VALUE.match(text, m.end()) and m.end() < len(text):
            yield Step("equation", m.start(), m.end(), goal=result, value=worth, ways=(tuple(moves),))


_LIST = r"-?[0-9]{1,20}(?:(?:, (?:and )?|,| and )-?[0-9]{1,20}){1,15}"
_REMAINING = re.compile(
    r"\b(?:remaining(?: numbers?)?(?: are)?|left with|numbers left(?: are)?|which leaves|leaving(?: me with| us with)?|still have)"
    rf":?{_SPACE}{{0,4}}(?:the )?(?:numbers? )?[\[({{]?({_LIST})(?![0-9]|{_SPACE}?(?:{_OPERATOR}|=))",
    re.IGNORECASE,
)
_BACK_TO = re.compile(rf"\b(?:back|return|returning) to:? ?(?:the )?(?:numbers )?[\[({{]?({_LIST})(?![0-9]|{_SPACE}?(?:{_OPERATOR}|=))", re.IGNORECASE)
_RETRACTS = re.compile(
    r"\b(?:wait|instead|alternatively|start(?:ing)? over|let(?:'s| me| us) (?:try|go back|start|think|consider|step back)|go(?:ing)? back"
    r"|try(?:ing)?(?: again| another| this)?|another (?:approach|attempt|way|idea|option|combination|try)|does(?:n't| not) work|not work"
    r"|backtrack(?:ing)?|what (?:if|about)|how about|nope|no\b(?=[,.!\n]))",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    r"\b(?:wait|oops|mistake|miscalculat\w{0,4}|recalculat\w{0,3}|re-?check|correction|(?:that's|that is|this is) (?:wrong|incorrect|not (?:right|correct)))\b",
    re.IGNORECASE,
)
_MISSES = re.compile(
    r"[\s(\[,;.:!*→✗❌|-]{1,12}(?:(?:which|that|this|is|still|also|but|close|it|it's|that's)[ ,]{1,2}){0,4}"
    r"(?:(?:is )?(?:not|isn't|≠) (?:equal to )?([0-9]{1,20})\b|too (?:(high|big|large|much)|(low|small|little))\b)",
    re.IGNORECASE,
)


def _listed(text: str) -> tuple[Value, ...]:
    return tuple(sorted(int(number) for number in re.findall(r"-?[0-9]+", text)))


def _equations(masked: str, whole: bool, counts: list[int], thought: int) -> Iterator[Step]:
    """The equations of all runs, and behind each what it is said to miss; the numbers that are understood are counted."""
    size = len(masked)
    for match in _RUN.finditer(masked):
        run = match[0]
        if not _HAS_WORK.search(run):
            continue
        start, end = match.span()
        run = run.rstrip(" \t\r\n([{（")
        end = start + len(run)
        open_left = _goes_on_before(masked, start)
        open_right = (end == size and whole and run[-1].isdigit()) or _NO_VALUE.match(masked, end) is not None
        open_right = open_right or (run[-12:].upper() != run[-12:].lower() and _SHORT_OF.match(masked, end) is not None)
        if run[-1] in "-–—" and run[-2:-1] == " " and masked[end : end + 1] == " " and masked[end + 1 : end + 3].isalpha():
            run = run[:-1].rstrip()  # a dash, and no minus
        said = _read_run(run, open_left, open_right)
        if start < thought:
            counts[0] += said.numbers
            counts[1] += said.understood
        for link in said.links:
            yield Step("equation", start + link.start, start + link.end, goal=link.said, why=link.why, value=link.worth, ways=link.ways)
        if said.links and (miss := _MISSES.match(masked, start + said.links[-1].end)):
            last = said.links[-1]
            value = last.said
            why = "high" if miss[2] else "low" if miss[3] else "missed"
            yield Step("dead_end", miss.end() - len(miss[0].lstrip()), miss.end(), goal=int(miss[1]) if miss[1] else None, why=why, value=value)


def _goes_on_before(text: str, start: int) -> bool:
    """Whether the run that begins at start is the end of something that is no arithmetic, as in ``x + 5`` or ``4! + 5``."""
    before = text[start - 1 : start]
    if before and (before in "%^!√_.\\" or before.isalnum()):
        return True
    if text[start] in "([{0123456789\\（" and not text.startswith(("\\times", "\\cdot", "\\div"), start):
        return False
    back = text[max(0, start - 40) : start]
    if text[start] in "-−–+" and text[start + 1 : start + 2].isalnum() and (not back or _WORD_BEFORE.search(back)):
        return False
    back = back.rstrip(" \t")
    return bool(back) and (back[-1].isalnum() or back[-1] in ")]}?\"'_%!")


class FreeProse:
    def read(self, text: str, thought: int, end: int) -> Reading:
        """The steps in text[:end], and which share of the numbers in the arithmetic of text[:thought] they are."""
        masked = plain_layout(text[:end])
        counts = [0, 0]
        steps = [*_said_in_words(masked), *_equations(masked, end == len(text), counts, thought)]
        steps += [Step("remaining", *m.span(), numbers=_listed(m[1])) for m in _REMAINING.finditer(masked)]
        backs = [Step("backtrack", *m.span(), numbers=_listed(m[1])) for m in _BACK_TO.finditer(masked)]
        steps += backs
        steps += [Step("retraction", *m.span()) for m in _RETRACTS.finditer(masked)]
        steps += [Step("correction", *m.span()) for m in _CORRECTS.finditer(masked)]
        steps.sort(key=lambda step: step.start)
        return Reading(tuple(steps), counts[1] / counts[0] if counts[0] else None, True)


READER = FreeProse()
