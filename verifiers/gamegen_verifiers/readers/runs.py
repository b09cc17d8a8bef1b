"""Runs: stretches of a text in which arithmetic goes on, and what they say is equal.

Words: a *run* is numbers, operators, brackets, and the signs and words that say that two things are equal; it is split by these
into *sides*; a *link* joins two sides that the text says are equal, one of which has an operation. Most runs differ in their
numbers alone: the *shape* of a run has 1 in the place of each, and what is found out of a shape, its *outline*, is remembered,
and so are the *plans* of its sides, by which their numbers are worked out.
Every repetition is bounded, possessive or over single signs: the time is linear.
"""

import re
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from gamegen_verifiers.expression import Binary, Negative, Number, Tree, parse, unsigned
from gamegen_verifiers.steps import LONGEST_NUMBER, Claim, Value

LONGEST_RUN = 2000  # characters; what is longer is not understood
LONGEST_DECIMALS = 12
MOST_SIDE_BY_SIDE = 8

_SIGN = r"[-+−–—‐‑‒－＋]"
_DIGITS_ON = r"(?:[0-9]{0,2}(?:(?:,|\{,\})[0-9]{3}){1,13}+(?![0-9])|[0-9]*+)(?:\.[0-9]++)?+(?![A-Za-wyzA-WYZ_])"
_NUMBER = f"[0-9]{_DIGITS_ON}"
_FRACTION = r"\\[dtc]?frac(?![A-Za-z])"
_WORDS = {"multiplied by": "*", "divided by": "/", "times": "*", "minus": "-", "plus": "+"}
GIVES = (
    r"(?:,? ?(?:which|that|this|and|it|to|we|I|you|us) |, )?"
    r"(?:is equal to|is equal with|equal to|equals?|equalling|gives(?: us| me)?|giving(?: us| me)?|yields|yielding|makes|making"
    r"|results? in|resulting in|comes to|becomes|get|obtain|have|is(?!n't| not\b))(?: exactly| just| now)?"
)
_EQUAL = r"={1,2}(?![=>])"
_ARROW = r"→|⇒|⟹|⟶|=>|-{1,2}>|\\(?:to|rightarrow|Rightarrow|implies)(?![A-Za-z])"
_OTHER = r"≈|≃|≅|≠|≤|≥|<|>|!=|~|\\(?:approx|neq?|not|le|ge|sim)(?![A-Za-z])"
SPACE = "[ \\t\u00a0\u2009\u202f\u200b]"
_RELATION = rf"(?:(?P<equal>{_EQUAL})|(?P<arrow>{_ARROW})|(?P<other>{_OTHER})|\b(?P<gives>{GIVES})\b(?!-))"
_BARE = re.sub(r"\(\?P<\w+>", "(?:", _RELATION)
_SIGNS = rf"(?:{_EQUAL}|{_ARROW}|{_OTHER})"
OPERATOR = rf"\*\*|//|{_SIGN}|[*/^×✕✖·∙⋅∗＊÷∕⁄／]|\\(?:times|cdot|ast|div)(?![A-Za-z])|(?:{'|'.join(_WORDS)})\b"
_BRACKET = r"[()\[\]{}（）]"
_PIECE = (
    rf"{SPACE}++|{_NUMBER}|{_ARROW}|{OPERATOR}|{_BRACKET}|{_FRACTION}|[xX](?={SPACE}?[0-9(])|{_BARE}(?:\s{{0,20}}+)"
    rf"|(?:\r?\n[ \t]{{0,40}}+){{1,3}}+(?={_SIGNS})"
)
_BEGINS = (  # one of a few signs, which are found at once; then what must go before and behind it
    rf"{_SIGN[:-1]}0-9(\[{{（*/^×·÷\\=](?:(?<=[0-9])(?<![\w.][0-9]){_DIGITS_ON}|(?<=[(\[{{（*/^×·÷])|(?<={_SIGN})(?![-+>])"
    r"|(?<=\\)(?:times|cdot|div|[dtc]?frac)(?![A-Za-z])|(?<==)=?(?![=>]))"
)
RUN = re.compile(rf"{_BEGINS}(?:{_PIECE})*+", re.IGNORECASE)
HAS_WORK = re.compile(rf"[0-9)\]}}]{SPACE}*+(?:{OPERATOR}|{_BARE})|{_FRACTION}", re.IGNORECASE)

# What makes the last side of a run no value that is claimed.
NO_VALUE = re.compile(
    r"\s{0,3}(?:[?%⁰¹²³⁴⁵⁶⁷⁸⁹]|[xyzabcnkABCDXYZN]\b(?!\.))"
    r"| is (?:not (?:true|correct|right)|incorrect|wrong|false)\b",
)
GOES_ON = re.compile(r"\.{2,}|…")  # 1 / 3 = 0.33... has the digits that are written, and more
SHORT_OF = re.compile(r"[ ](?:more|less|short|away|off|higher|lower|greater|bigger|smaller|larger|below|above|over|under)\b")


class Plan(NamedTuple):
    """An expression at start…end of a side, whatever its numbers are, of which so many stand before and in it.

    A program is postfix: the place of a number in the side, an operator, or "~" for a minus before an operand.
    """

    start: int
    end: int
    before: int
    numbers: int
    programs: tuple[tuple[int | str, ...], ...]
    first: tuple[tuple[int | str, ...], int] | None  # a program for its first number, and where that ends


class Side(NamedTuple):
    """A side at shape[start:…] with so many numbers before and in it; its plans are None where it is unreadable."""

    start: int
    before: int
    numbers: int
    plans: tuple[Plan, ...] | None


class Outline(NamedTuple):
    """The sides of a run, and the relations between them."""

    sides: tuple[Side, ...]
    relations: tuple[tuple[str, bool], ...]  # the name of each, and whether it begins a line
    missed: int  # numbers in unreadable sides


class Worked(NamedTuple):
    """What an expression of a side is worth, None where it divides by zero; its ways are empty where it is one number."""

    side: Side
    plan: Plan
    worth: Value | None
    ways: tuple[tuple[Claim, ...], ...]


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


TRAILING = re.compile(rf"\s?\b(?:{GIVES})\Z", re.IGNORECASE)
_IN_RUN = re.compile(r"([0-9]{1,3}(?:(?:,|\{,\})[0-9]{3}){1,13}+(?![0-9])(?:\.[0-9]++)?|[0-9]++(?:\.[0-9]++)?|\.[0-9]++)")
_SPLIT = re.compile(rf"(?=[^0-9+*/()×÷]){_RELATION}", re.IGNORECASE)  # what begins with one of these is none
_WORD = re.compile(rf"(?<!\\)(?:{'|'.join(_WORDS)})", re.IGNORECASE)
_ONE_NUMBER = re.compile(rf"(?:{_BARE})\s*{_SIGN}?1\Z", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"0[xX](?<![0-9]0.)")
_new = tuple.__new__  # Link(…) and Claim(…) at half the cost


@lru_cache(maxsize=1 << 12)
def read_run(run: str, open_left: bool, open_right: bool, more_digits: bool = False) -> Run:
    """The links of a run; a side at an open end belongs to something that is no arithmetic, and is worth nothing.

    Of a last number that has more digits than are written only these count; an expression that it stands in is none.
    """
    parts = _IN_RUN.split(run)
    found = parts[1::2]
    if len(run) > LONGEST_RUN:
        return Run((), len(found), 0)
    numbers = [value for text in found if (value := number(text)) is not None]
    if len(numbers) < len(found) or _HEXADECIMAL.search(run):
        return Run((), len(found), 0)
    shape = "1".join(parts[::2])
    outline = _outline(shape)
    missed = outline.missed
    if not outline.relations and _WORD.search(run):
        missed = len(numbers)  # 79 plus 4, of which it is said in other words what it gives
    # From a place in the shape to that in the run, by how many numbers stand before it.
    shifts = list(accumulate((len(text) - 1 for text in found), initial=0))
    links = _links(outline, numbers, shifts, open_left, open_right)
    if more_digits and links and links[-1].end == len(run):
        links = links if _ONE_NUMBER.search(shape) else links[:-1]  # of a number they are left out, as it is written
    return Run(tuple(links), len(numbers), len(numbers) - missed)


def _links(outline: Outline, numbers: list[Value], shifts: list[int], open_left: bool, open_right: bool) -> list[Link]:
    """The links between the sides of an outline whose numbers are these."""
    links: list[Link] = []
    last = len(outline.relations) - 1
    right: Worked | None = None
    linked = False  # whether the last link ended with it
    for i, (relation, new_line) in enumerate(outline.relations):
        one, other = outline.sides[i : i + 2]
        if relation == "other" or not one.plans or not other.plans or (open_left and i == 0) or (open_right and i == last):
            right = None
            continue
        known = right is not None and right.plan is one.plans[-1]
        left = right if right and known else _worked(one, one.plans[-1], numbers)
        right = _worked(other, other.plans[0], numbers)
        link = _link(left, right, relation, new_line, known and linked, numbers, shifts)
        linked = link is not None and link.end == _place(right, right.plan.end, right.plan.numbers, shifts)
        if link:
            links.append(link)
    return links


def _place(worked: Worked, at: int, numbers: int, shifts: list[int]) -> int:
    """The place in the run for one in a side that has so many numbers before it."""
    return worked.side.start + at + shifts[worked.side.before + numbers]


@lru_cache(maxsize=1 << 12)
def number(text: str) -> Value | None:
    """The number as it is written, exactly; None where it is too long."""
    whole, _, digits = text.replace("{,}", "").replace(",", "").partition(".")
    if len(whole) > LONGEST_NUMBER or len(digits) > LONGEST_DECIMALS:
        return None
    return _plain(Fraction(int(whole + digits), 10 ** len(digits))) if digits else int(whole)


def _plain(value: Value) -> Value:
    return value if isinstance(value, int) or value.denominator > 1 else value.numerator


def _link(
    left: Worked, right: Worked, relation: str, new_line: bool, goes_on: bool, numbers: list[Value], shifts: list[int]
) -> Link | None:
    """What a text says that writes left = right; None where that is nothing."""
    if not (left.ways or right.ways):
        return None
    if not left.ways and relation != "equal":  # "24 → 6 * 4", "which of 3 and 8 is 8 - 3": it goes on to something else
        return None
    plan, said, equal = right.plan, right.worth, left.worth is not None and left.worth == right.worth
    end, within = plan.end, plan.before + plan.numbers
    if right.ways and not equal:
        if left.ways and plan.first and work_out(plan.first[0], numbers, right.side.before)[0] == left.worth:
            said, end, within = left.worth, plan.first[1], plan.before + 1  # a running total: 10 + 5 = 15 - 3 = 12
        elif relation != "equal" or (new_line and not left.ways):
            return None
    worked, other = (left, said) if left.ways else (right, left.worth)
    why = "goes on" if goes_on else "" if left.ways else "fact"
    start = _place(left, left.plan.start, left.plan.before, shifts)
    return _new(Link, (start, _place(right, end, within, shifts), worked.ways, worked.worth, other, why))


def _worked(side: Side, plan: Plan, numbers: list[Value]) -> Worked:
    worth, moves = work_out(plan.programs[0], numbers, side.before)
    ways = (moves,) if moves else ()
    for program in plan.programs[1:]:
        moves = work_out(program, numbers, side.before)[1]
        if moves and moves not in ways:
            ways = (*ways, moves)
    return _new(Worked, (side, plan, worth, ways))


def work_out(program: tuple[int | str, ...], numbers: list[Value], first: int = 0) -> tuple[Value | None, tuple[Claim, ...]]:
    """What a program gives of the numbers from the first on, None where it divides by zero, and the operations on the way."""
    stack: list[Value] = []
    moves: list[Claim] = []
    for entry in program:
        if isinstance(entry, int):
            stack.append(numbers[first + entry])
        elif entry == "~":
            stack[-1] = -stack[-1]
        else:
            b, a = stack.pop(), stack.pop()
            if entry == "/":
                if not b:
                    return None, (*moves, Claim(a, "/", b, 0))
                result = a // b if type(a) is type(b) is int and not a % b else _plain(Fraction(a) / b)
            else:
                result = a + b if entry == "+" else a - b if entry == "-" else a * b
                if type(result) is not int:
                    result = _plain(result)
            stack.append(result)
            moves.append(_new(Claim, (a, entry, b, result)))
    return stack[0], tuple(moves)


@lru_cache(maxsize=1 << 13)
def _outline(shape: str) -> Outline:
    """The outline of a run in which each number is written as 1."""
    sides: list[Side] = []
    relations: list[tuple[str, bool]] = []
    begin = before = 0
    for match in [*_SPLIT.finditer(shape), None]:
        text = shape[begin : match.start() if match else None]
        bare, numbers = text.lstrip(), text.count("1")
        sides.append(Side(begin + len(text) - len(bare), before, numbers, _plans(bare.rstrip())))
        before += numbers
        if match:
            begin = match.end()
            relations.append((match.lastgroup or "", "\n" in shape[max(0, match.start() - 45) : match.start()]))
    return Outline(tuple(sides), tuple(relations), sum(side.numbers for side in sides if side.plans is None))


@lru_cache(maxsize=1 << 12)
def _plans(side: str) -> tuple[Plan, ...] | None:
    """The expressions side by side in a side, none where one is left open; None where one is unreadable."""
    found: list[Plan] = []
    for begin, stop in _between_unmatched(side):
        while begin < stop:
            text = side[begin:stop]
            begin, text = begin + len(text) - len(text.lstrip()), text.strip()
            if not text:
                break
            tree, length = _parsed(text)
            if tree is None:
                shut = _LEFT_OPEN.sub("", text)
                return () if shut != text and (not shut or _parsed(shut)[0]) else None
            found.append(_plan(tree, side, begin))
            begin += length
            if len(found) > MOST_SIDE_BY_SIDE:
                return None
    return tuple(found)


_BRACKETS = re.compile(_BRACKET)
_LEFT_OPEN = re.compile(rf"\A(?:{OPERATOR})\s{{0,9}}|\s{{0,9}}(?:{OPERATOR})\Z", re.IGNORECASE)


def _between_unmatched(side: str) -> list[tuple[int, int]]:
    """The stretches of a side between the brackets that are opened and not closed, or closed and not opened."""
    opened: list[int] = []
    cuts = []
    for match in _BRACKETS.finditer(side):
        if match[0] in "([{（":
            opened.append(match.start())
        elif opened:
            opened.pop()
        else:
            cuts.append(match.start())
    cuts = sorted([*cuts, *opened])
    return list(zip([0, *(at + 1 for at in cuts)], [*cuts, len(side)], strict=True))


def _parsed(text: str) -> tuple[Tree | None, int]:
    """The expression that a text begins with, and where it stops: all of it, or up to one that stands beside it."""
    plain = _WORD.sub(lambda m: _WORDS[m[0].lower()].ljust(len(m[0])), text)
    tree, problem, at = parse(plain)
    if tree is None and problem in ("numbers side by side", "implicit multiplication") and plain[:at].endswith((" ", "\u00a0")):
        return parse(plain[:at].rstrip()).tree, at
    return tree, len(text)


def _plan(tree: Tree, side: str, start: int) -> Plan:
    """The plan of a tree whose places are counted from the start in its side."""
    before = side.count("1", 0, start + tree.start)

    def program(node: Tree) -> tuple[int | str, ...]:
        if isinstance(node, Number):
            return (before + side.count("1", start + tree.start, start + node.start),)
        if isinstance(node, Negative):
            return (*program(node.inner), "~")
        return (*program(node.left), *program(node.right), node.op)

    written = program(tree)
    bare = unsigned(tree) if "~" in written else None
    first: Tree = tree
    while isinstance(first, Binary):
        first = first.left
    number = first.inner if isinstance(first, Negative) else first
    bare_first = isinstance(number, Number) and first.start == tree.start and side[start + first.start] not in "([{（"
    return Plan(
        start + tree.start,
        start + tree.end,
        before,
        side.count("1", start + tree.start, start + tree.end),
        (written,) if bare is None or bare == tree else (written, program(bare)),
        (program(first), start + first.end) if bare_first else None,
    )


def forget() -> None:
    """Forget what runs and shapes said, as a process does that begins; for measurements."""
    read_run.cache_clear()
    _outline.cache_clear()
    _plans.cache_clear()
