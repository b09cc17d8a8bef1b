"""Runs: stretches of a text in which arithmetic goes on, and what they say is equal.

Words: a *run* is numbers, operators, brackets, and the signs and words that say that two things are equal; it is split by these
into *sides*; a *link* joins two sides that the text says are equal, one of which has an operation. Most runs differ in their
numbers alone: the *shape* of a run has 1 in the place of each, and what is found out of a shape, its *outline*, is remembered,
and so are the *plans* of its sides, by which their numbers are worked out.
Every repetition is bounded, possessive or over single signs: the time is linear.
"""

import re
from collections.abc import Iterator
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
HAS_WORK = re.compile(rf"[0-9)\]}}](?![0-9]){SPACE}*+(?:{OPERATOR}|{_BARE})|{_FRACTION}", re.IGNORECASE)

# What makes the last side of a run no value that is claimed.
NO_VALUE = re.compile(
    r"\s{0,3}(?:[?%⁰¹²³⁴⁵⁶⁷⁸⁹]|[xyzabcnkABCDXYZN]\b(?!\.))"
    r"| is (?:not (?:true|correct|right)|incorrect|wrong|false)\b",
)
GOES_ON = re.compile(r"\.{2,}|…")  # 1 / 3 = 0.33... has the digits that are written, and more
SHORT_OF = re.compile(r"[ ](?:more|less|short|away|off|higher|lower|greater|bigger|smaller|larger|below|above|over|under)\b")


Program = tuple[tuple[str, int, int], ...]


class Plan(NamedTuple):
    """An expression at start…end of a side, whatever its numbers are, of which so many stand before and in it.

    The operations of a program name their operands by place: the numbers of the expression, and behind them what each operation
    before gave; "~" is a minus before an operand. Two programs where a minus before an operand can be read as a subtraction.
    """

    start: int
    end: int
    before: int
    numbers: int
    works: bool  # it has an operation
    programs: tuple[Program, ...]
    first: tuple[bool, int] | None  # whether a minus stands before its first number, and where that ends


class Term(NamedTuple):
    """The expression with numbers[first:last] of a run, and where it would begin and end if no number had a digit."""

    start: int
    end: int
    first: int
    last: int
    programs: tuple[Program, ...]
    opening: tuple[bool, int] | None  # whether a minus stands before its first number, and where that ends


class Joint(NamedTuple):
    """Two terms that the relation at a place among the relations joins; one term can stand in two joints."""

    at: int
    left: Term
    right: Term
    relation: str
    new_line: bool


class Outline(NamedTuple):
    """The joints of a run that may be links, the count of its relations, and that of the numbers in unreadable sides."""

    joints: tuple[Joint, ...]
    relations: int
    missed: int


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
    digits = list(accumulate(map(len, found), initial=0))
    links = _links(outline, numbers, digits, open_left, open_right)
    if more_digits and links and links[-1].end == len(run):
        links = links if _ONE_NUMBER.search(shape) else links[:-1]  # of a number they are left out, as it is written
    return Run(tuple(links), len(numbers), len(numbers) - missed)


def _links(outline: Outline, numbers: list[Value], digits: list[int], open_left: bool, open_right: bool) -> list[Link]:
    """The links of an outline whose numbers are these, with so many digits before each."""
    links: list[Link] = []
    done: Term | None = None  # the right term of the joint before
    linked = False  # whether a link ended with it
    right: Worked = (None, ())
    for at, one, other, relation, new_line in outline.joints:
        if (open_left and at == 0) or (open_right and at == outline.relations - 1):
            done = None
            continue
        known = done is one
        goes_on = known and linked
        worth, ways = right if known else _worked(one, numbers)
        right, done, linked = _worked(other, numbers), other, False
        said, end, within = right[0], other.end, other.last
        if right[1] and (worth is None or said != worth):
            if ways and other.opening and worth == _opening(other, numbers):
                said, end, within = worth, other.opening[1], other.first + 1  # a running total: 10 + 5 = 15 - 3 = 12
            elif relation != "equal" or (new_line and not ways):
                continue
        linked = end == other.end
        why = "goes on" if goes_on else "" if ways else "fact"
        if not ways:  # 24 = 8 * 3
            worth, said, ways = said, worth, right[1]
        links.append(_new(Link, (one.start + digits[one.first], end + digits[within], ways, worth, said, why)))
    return links


def _opening(term: Term, numbers: list[Value]) -> Value:
    value = numbers[term.first]
    return -value if term.opening and term.opening[0] else value


@lru_cache(maxsize=1 << 12)
def number(text: str) -> Value | None:
    """The number as it is written, exactly; None where it is too long."""
    whole, _, digits = text.replace("{,}", "").replace(",", "").partition(".")
    if len(whole) > LONGEST_NUMBER or len(digits) > LONGEST_DECIMALS:
        return None
    return _plain(Fraction(int(whole + digits), 10 ** len(digits))) if digits else int(whole)


def _plain(value: Value) -> Value:
    return value if isinstance(value, int) or value.denominator > 1 else value.numerator


Worked = tuple[Value | None, tuple[tuple[Claim, ...], ...]]


def _worked(term: Term, numbers: list[Value]) -> Worked:
    """What a term is worth, None where it divides by zero, and its ways, none where it is one number."""
    own = numbers[term.first : term.last]
    if not term.programs[0]:
        return own[0], ()
    worth, moves = work_out(term.programs[0], own)
    ways = (moves,) if moves else ()
    for program in term.programs[1:]:
        moves = work_out(program, own)[1]
        if moves and moves not in ways:
            ways = (*ways, moves)
    return worth, ways


def work_out(program: Program, numbers: list[Value]) -> tuple[Value | None, tuple[Claim, ...]]:
    """What a program gives of the numbers, None where it divides by zero, and the operations on the way."""
    values = [*numbers]
    moves: list[Claim] = []
    for op, i, j in program:
        if op == "~":
            values.append(-values[i])
            continue
        b = values[j]
        if op == "/" and not b:
            return None, (*moves, Claim(values[i], "/", b, 0))
        claim = _claim(values[i], op, b)
        values.append(claim[3])
        moves.append(claim)
    return values[-1], tuple(moves)


@lru_cache(maxsize=1 << 12)  # as the same is worked out again and again
def _claim(a: Value, op: str, b: Value) -> Claim:
    """The operation, with what it gives."""
    if op == "/":
        return Claim(a, op, b, a // b if type(a) is type(b) is int and not a % b else _plain(Fraction(a) / b))
    result = a + b if op == "+" else a - b if op == "-" else a * b
    return Claim(a, op, b, _plain(result))


@lru_cache(maxsize=1 << 13)
def _outline(shape: str) -> Outline:
    """The outline of a run in which each number is written as 1."""
    sides: list[tuple[int, int, tuple[Plan, ...]]] = []
    relations: list[tuple[str, bool]] = []
    begin = before = missed = 0
    for match in [*_SPLIT.finditer(shape), None]:
        text = shape[begin : match.start() if match else None]
        bare, numbers = text.lstrip(), text.count("1")
        plans = _plans(bare.rstrip())
        if plans is None:
            missed += numbers
        sides.append((begin + len(text) - len(bare), before, plans or ()))
        before += numbers
        if match:
            begin = match.end()
            relations.append((match.lastgroup or "", "\n" in shape[max(0, match.start() - 45) : match.start()]))
    return Outline(tuple(_joints(sides, relations)), len(relations), missed)


def _joints(sides: list[tuple[int, int, tuple[Plan, ...]]], relations: list[tuple[str, bool]]) -> Iterator[Joint]:
    """The joints of sides, each with its start, the numbers before it and its plans, that say what something is worth.

    "24 → 6 * 4" and "which of 3 and 8 is 8 - 3" go on to something else.
    """
    other: Term | None = None  # the term before, where it is the only one of its side
    for at, (relation, new_line) in enumerate(relations):
        (start, before, plans), (start_right, before_right, plans_right) = sides[at : at + 2]
        one, other = other, None
        if relation == "other" or not plans or not plans_right:
            continue
        left, right = plans[-1], plans_right[0]
        if left.works or (right.works and relation == "equal"):
            one = one or _term(left, start, before)
            other = _term(right, start_right, before_right)
            yield _new(Joint, (at, one, other, relation, new_line))
            if len(plans_right) > 1:
                other = None


def _term(plan: Plan, start: int, numbers: int) -> Term:
    """The term of a plan in the side that begins at start, with so many numbers before it."""
    first = numbers + plan.before
    last = first + plan.numbers
    opening = plan.first and (plan.first[0], start + plan.first[1] - first - 1)
    return _new(Term, (start + plan.start - first, start + plan.end - last, first, last, plan.programs, opening))


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
    begin, end = start + tree.start, start + tree.end
    numbers = side.count("1", begin, end)

    def program(node: Tree) -> Program:
        operations: list[tuple[str, int, int]] = []

        def place(node: Tree) -> int:
            """The place of its value, which it has once its operations are there."""
            if isinstance(node, Number):
                return side.count("1", begin, start + node.start)
            if isinstance(node, Negative):
                operations.append(("~", place(node.inner), 0))
            else:
                operations.append((node.op, place(node.left), place(node.right)))
            return numbers + len(operations) - 1

        place(node)
        return tuple(operations)

    written = program(tree)
    bare = unsigned(tree) if any(op == "~" for op, _, _ in written) else None
    first: Tree = tree
    while isinstance(first, Binary):
        first = first.left
    number = first.inner if isinstance(first, Negative) else first
    bare_first = isinstance(number, Number) and first.start == tree.start and side[start + first.start] not in "([{（"
    return Plan(
        begin,
        end,
        side.count("1", 0, begin),
        numbers,
        any(op != "~" for op, _, _ in written),
        (written,) if bare is None or bare == tree else (written, program(bare)),
        (number is not first, start + first.end) if bare_first else None,
    )


def forget() -> None:
    """Forget what runs and shapes said, as a process does that begins; for measurements."""
    read_run.cache_clear()
    _outline.cache_clear()
    _plans.cache_clear()
    _claim.cache_clear()
