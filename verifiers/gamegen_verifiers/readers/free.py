"""Reads free prose: what a text that nobody wrote for a reader says about numbers, wherever it stands.

Words: a *run* is a stretch of the text in which arithmetic goes on: numbers, operators, brackets, and the signs and words that
say that two things are equal; it is split by these into *sides*; a *link* joins two sides that the text says are equal, and a
link between sides of which one has an operation is an *equation*, one step of the reading. What is asked, denied, rounded,
cut off at the end of the text, or has a letter in it is understood, and no step. Most runs differ in their numbers alone: the
*shape* of a run has 1 in the place of each, and what is found out of a shape, its *outline*, is remembered. Every repetition is
bounded, possessive or over single signs: the time is linear.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from gamegen_verifiers.expression import Binary, Negative, Number, Tree, parse, unsigned
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
_RUN = re.compile(
    rf"(?:(?<![\w.]){_NUMBER}|[(\[{{（]|{_SIGN}(?![-+>])|[*/^×·÷]|\\(?:times|cdot|div|[dtc]?frac)(?![A-Za-z])|{_EQUAL})(?:{_PIECE})*+",
    re.IGNORECASE,
)
_HAS_WORK = re.compile(rf"[0-9)\]}}]{_SPACE}*+(?:{_OPERATOR}|{_BARE})|{_FRACTION}", re.IGNORECASE)

# What makes the last side of a run no value that is claimed.
_NO_VALUE = re.compile(
    r"\s{0,3}(?:[?%]|\.{2,}|…|[xyzabcnkABCDXYZN]\b(?!\.))"
    r"|[ ,(]{1,3}(?:is |that's |that is |which is )?(?:not (?:true|correct|right)|incorrect|wrong|false)\b"
)
_SHORT_OF = re.compile(r"[ ](?:more|less|short|away|off|higher|lower|greater|bigger|smaller|larger|below|above|over|under)\b")
_WORD_BEFORE = re.compile(r"[^\W\d_]{2,30},?[ \t]{1,3}\Z")


class Plan(NamedTuple):
    """An expression at shape[start:end], whatever its numbers are: programs that work it out, its first number.

    A program is postfix: the place of a number in the run, an operator, or "~" for a minus before an operand.
    """

    start: int
    end: int
    programs: tuple[tuple[int | str, ...], ...]
    first: tuple[tuple[int | str, ...], int] | None  # a program for that number, and where it ends


class Outline(NamedTuple):
    """The sides of a run, None for what is unreadable, the relations between them, and how many numbers are in each."""

    sides: tuple[tuple[Plan, ...] | None, ...]
    relations: tuple[tuple[str, bool], ...]  # the name of each, and whether it begins a line
    numbers: tuple[int, ...]


class Side(NamedTuple):
    """What an expression of a plan is worth, None where it divides by zero; its ways are empty where it is one number."""

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


_TRAILING = re.compile(rf"\s?\b(?:{_GIVES})\Z", re.IGNORECASE)
_IN_RUN = re.compile(r"[0-9]{1,3}(?:(?:,|\{,\})[0-9]{3}){1,13}+(?![0-9])(?:\.[0-9]++)?|[0-9]++(?:\.[0-9]++)?|\.[0-9]++")
_SPLIT = re.compile(_RELATION, re.IGNORECASE)
_WORD = re.compile(rf"(?<!\\)(?:{'|'.join(_WORDS)})", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"(?<![0-9])0[xX]")


@lru_cache(maxsize=1 << 12)
def _read_run(run: str, open_left: bool, open_right: bool) -> Run:
    """The links of a run; a side at an open end belongs to something that is no arithmetic, and is worth nothing."""
    found = list(_IN_RUN.finditer(run))
    numbers = [_number(match[0]) for match in found]
    if len(run) > LONGEST_RUN or None in numbers or _HEXADECIMAL.search(run):
        return Run((), len(found), 0)
    shifts = [0]  # from a place in the shape to that in the run, by how many numbers stand before it
    for match in found:
        shifts.append(shifts[-1] + match.end() - match.start() - 1)
    shape = _IN_RUN.sub("1", run)
    outline = _outline(shape)
    missed = sum(count for side, count in zip(outline.sides, outline.numbers, strict=True) if side is None)
    if not outline.relations and _WORD.search(run):
        missed = len(numbers)  # 79 plus 4, of which it is said in other words what it gives

    def place(at: int) -> int:
        return at + shifts[shape.count("1", 0, at)]

    links = []
    ended: Plan | None = None  # the one with which the last link ended
    last = len(outline.sides) - 1
    worked: dict[Plan, Side] = {}
    for i, (relation, new_line) in enumerate(outline.relations):
        one, other = outline.sides[i], outline.sides[i + 1]
        begun, ended = ended, None
        if not one or not other or (open_left and i == 0) or (open_right and i + 1 == last):
            continue
        left, right = (worked.get(plan) or worked.setdefault(plan, _side(plan, numbers)) for plan in (one[-1], other[0]))  # type: ignore[arg-type]
        link = _link(left, right, relation, new_line, begun is left.plan, numbers)  # type: ignore[arg-type]
        if link:
            links.append(link._replace(start=place(link.start), end=place(link.end)))
            ended = right.plan if link.end == right.plan.end else None
    return Run(tuple(links), len(numbers), len(numbers) - missed)


def _number(text: str) -> Value | None:
    """The number as it is written, exactly; None where it is too long."""
    if len(text) < 4 and text.isdecimal():
        return int(text)
    whole, _, digits = text.replace("{,}", "").replace(",", "").partition(".")
    if len(whole) > LONGEST_NUMBER or len(digits) > LONGEST_DECIMALS:
        return None
    return _plain(Fraction(int(whole + digits), 10 ** len(digits))) if digits else int(whole)


def _plain(value: Value) -> Value:
    return value if isinstance(value, int) or value.denominator > 1 else value.numerator


def _link(left: Side, right: Side, relation: str, new_line: bool, goes_on: bool, numbers: list[Value]) -> Link | None:
    """What a text says that writes left = right; None where that is nothing. Its places are in the shape."""
    if relation == "other" or not (left.ways or right.ways):
        return None
    if not left.ways and relation != "equal":  # "24 → 6 * 4", "which of 3 and 8 is 8 - 3": it goes on to something else
        return None
    end, said, equal = right.plan.end, right.worth, left.worth is not None and left.worth == right.worth
    if right.ways and not equal:
        if left.ways and right.plan.first and _run_program(right.plan.first[0], numbers)[0] == left.worth:
            said, end = left.worth, right.plan.first[1]  # a running total: 10 + 5 = 15 - 3 = 12
        elif relation != "equal" or (new_line and not left.ways):
            return None
    worked, other = (left, said) if left.ways else (right, left.worth)
    why = "goes on" if goes_on else "" if left.ways else "fact"
    return Link(left.plan.start, end, worked.ways, worked.worth, other, why)


def _side(plan: Plan, numbers: list[Value]) -> Side:
    results = [_run_program(program, numbers) for program in plan.programs]
    return Side(plan, results[0][0], tuple(dict.fromkeys(moves for _, moves in results if moves)))


def _run_program(program: tuple[int | str, ...], numbers: list[Value]) -> tuple[Value | None, tuple[Claim, ...]]:
    """What a program gives, None where it divides by zero, and the operations on the way."""
    stack: list[Value] = []
    moves: list[Claim] = []
    for entry in program:
        if isinstance(entry, int):
            stack.append(numbers[entry])
        elif entry == "~":
            stack[-1] = -stack[-1]
        else:
            b, a = stack.pop(), stack.pop()
            if entry == "/":
                if not b:
                    return None, (*moves, Claim(a, "/", b, 0))
                result = a // b if isinstance(a, int) and isinstance(b, int) and not a % b else _plain(Fraction(a) / b)
            else:
                result = _plain(a + b if entry == "+" else a - b if entry == "-" else a * b)
            stack.append(result)
            moves.append(Claim(a, entry, b, result))
    return stack[0], tuple(moves)


@lru_cache(maxsize=1 << 13)
def _outline(shape: str) -> Outline:
    """The outline of a run in which each number is written as 1."""
    cuts = [(0, 0), *(m.span() for m in _SPLIT.finditer(shape)), (len(shape), len(shape))]
    between = [(a[1], b[0]) for a, b in pairwise(cuts)]
    return Outline(
        tuple(_plans(shape, start, end) for start, end in between),
        tuple((m.lastgroup or "", "\n" in shape[max(0, m.start() - 45) : m.start()]) for m in _SPLIT.finditer(shape)),
        tuple(shape.count("1", start, end) for start, end in between),
    )


def _plans(shape: str, start: int, end: int) -> tuple[Plan, ...] | None:
    """The expressions side by side in shape[start:end], none where one is left open; None where one is unreadable."""
    found: list[Plan] = []
    for begin, stop in _between_unmatched(shape, start, end):
        while begin < stop:
            text = shape[begin:stop]
            begin, text = begin + len(text) - len(text.lstrip()), text.strip()
            if not text:
                break
            tree, length = _parsed(text)
            if tree is None:
                shut = _LEFT_OPEN.sub("", text)
                return () if shut != text and (not shut or _parsed(shut)[0]) else None
            found.append(_plan(tree, shape, begin))
            begin += length
            if len(found) > MOST_SIDE_BY_SIDE:
                return None
    return tuple(found)


_BRACKETS = re.compile(_BRACKET)
_LEFT_OPEN = re.compile(rf"\A(?:{_OPERATOR})\s{{0,9}}|\s{{0,9}}(?:{_OPERATOR})\Z", re.IGNORECASE)


def _between_unmatched(shape: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches of shape[start:end] between the brackets that are opened and not closed, or closed and not opened."""
    opened: list[int] = []
    cuts = []
    for match in _BRACKETS.finditer(shape, start, end):
        if match[0] in "([{（":
            opened.append(match.start())
        elif opened:
            opened.pop()
        else:
            cuts.append(match.start())
    cuts = sorted([*cuts, *opened])
    return list(zip([start, *(at + 1 for at in cuts)], [*cuts, end], strict=True))


def _parsed(text: str) -> tuple[Tree | None, int]:
    """The expression that a text begins with, and where it stops: all of it, or up to one that stands beside it."""
    plain = _WORD.sub(lambda m: _WORDS[m[0].lower()].ljust(len(m[0])), text)
    tree, problem, at = parse(plain)
    if tree is None and problem in ("numbers side by side", "implicit multiplication") and plain[:at].endswith((" ", "\u00a0")):
        return parse(plain[:at].rstrip()).tree, at
    return tree, len(text)


def _plan(tree: Tree, shape: str, start: int) -> Plan:
    def program(node: Tree) -> tuple[int | str, ...]:
        if isinstance(node, Number):
            return (shape.count("1", 0, start + node.start),)
        if isinstance(node, Negative):
            return (*program(node.inner), "~")
        return (*program(node.left), *program(node.right), node.op)

    bare = unsigned(tree)
    first: Tree = tree
    while isinstance(first, Binary):
        first = first.left
    number = first.inner if isinstance(first, Negative) else first
    return Plan(
        start + tree.start,
        start + tree.end,
        (program(tree),) if bare is None or bare == tree else (program(tree), program(bare)),
        (program(first), start + first.end) if isinstance(number, Number) and first.start == tree.start else None,
    )


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
        worth, moves = _run_program((0, 1, _OPS[kind]), [a, b])
        if not _NO_VALUE.match(text, m.end()) and m.end() < len(text):
            yield Step("equation", m.start(), m.end(), goal=result, value=worth, ways=(moves,))


_LIST = r"-?[0-9]{1,20}(?:(?:, (?:and )?|,| and )-?[0-9]{1,20}){1,15}"
_REMAINING = re.compile(
    r"\b(?:remaining(?: numbers?)?(?: are)?|left with|numbers left(?: are)?|leaves|leaving(?: (?:me|us) with)?|still have)"
    rf":?{_SPACE}{{0,4}}(?:the )?(?:numbers? )?[\[({{]?({_LIST})(?![0-9]|{_SPACE}?(?:{_OPERATOR}|=))",
    re.IGNORECASE,
)
_BACK_TO = re.compile(
    rf"\b(?:back|return|returning) to:? ?(?:the )?(?:numbers )?[\[({{]?({_LIST})(?![0-9]|{_SPACE}?(?:{_OPERATOR}|=))",
    re.IGNORECASE,
)
_LEAVES = re.compile(
    r"\b(?:(?P<correction>wait|oops|mistake|miscalculat\w{0,4}|recalculat\w{0,3}|recheck|correction"
    r"|(?:that's|that is|this is) (?:wrong|incorrect|not (?:right|correct)))"
    r"|(?P<retraction>instead|alternatively|start(?:ing)? over|let(?:'s| me| us) (?:try|go back|start|think|consider|step back)"
    r"|go(?:ing)? back|try(?:ing)?(?: again| another| this)?|another (?:approach|attempt|way|idea|option|combination|try)"
    r"|(?:doesn't|does not|not) work|backtrack(?:ing)?|what (?:if|about)|how about|nope|no(?=[,.!\n])))\b",
    re.IGNORECASE,
)
_MISSES = re.compile(
    r"[\s(\[,;.:!*→✗❌|-]{1,12}(?:(?:which|that|this|is|still|also|but|close|it|it's|that's)[ ,]{1,2}){0,4}"
    r"(?:(?:is )?(?:not|isn't|≠) (?:equal to )?([0-9]{1,20})\b|too (?:(high|big|large|much)|(low|small|little))\b)",
    re.IGNORECASE,
)


def _listed(text: str) -> tuple[Value, ...]:
    return tuple(sorted(int(number) for number in re.findall(r"-?[0-9]+", text)))


def _equations(masked: str, cut: bool, counts: list[int], thought: int) -> Iterator[Step]:
    """The equations of all runs, and behind each what it is said to miss; the numbers that are understood are counted."""
    size = len(masked)
    for match in _RUN.finditer(masked):
        run = match[0]
        if not _HAS_WORK.search(run):
            continue
        start, end = match.span()
        run = run.rstrip(" \t\r\n([{（")
        if run[-1].isalpha() and (trailing := _TRAILING.search(run)):
            run = run[: trailing.start()]
        end = start + len(run)
        open_left = _goes_on_before(masked, start)
        open_right = (end == size and cut and run[-1].isdigit()) or _NO_VALUE.match(masked, end) is not None
        open_right = open_right or (run[-12:].upper() != run[-12:].lower() and _SHORT_OF.match(masked, end) is not None)
        if run[-1] in "-–—" and run[-2:-1] == " " and masked[end : end + 1] == " " and masked[end + 1 : end + 3].isalpha():
            run = run[:-1].rstrip()  # a dash, and no minus
        said = _read_run(run, open_left, open_right)
        if start < thought:
            counts[0] += said.numbers
            counts[1] += said.understood
        for link in said.links:
            yield Step(
                "equation", start + link.start, start + link.end, goal=link.said, why=link.why, value=link.worth, ways=link.ways
            )
        if said.links and (miss := _MISSES.match(masked, start + said.links[-1].end)):
            last = said.links[-1]
            value = last.said
            why = "high" if miss[2] else "low" if miss[3] else "missed"
            yield Step(
                "dead_end",
                miss.end() - len(miss[0].lstrip()),
                miss.end(),
                goal=int(miss[1]) if miss[1] else None,
                why=why,
                value=value,
            )


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
    def read(self, text: str, thought: int, end: int, closed: bool = False) -> Reading:
        """The steps in text[:end], and which share of the numbers in the arithmetic of text[:thought] they are.

        A text that is not closed may have been cut: what its last digits claim is not known.
        """
        masked = plain_layout(text[:end])
        counts = [0, 0]
        steps = [*_said_in_words(masked), *_equations(masked, end == len(text) and not closed, counts, thought)]
        steps += [Step("remaining", *m.span(), numbers=_listed(m[1])) for m in _REMAINING.finditer(masked)]
        steps += [Step("backtrack", *m.span(), numbers=_listed(m[1])) for m in _BACK_TO.finditer(masked)]
        steps += [Step(m.lastgroup or "", *m.span()) for m in _LEAVES.finditer(masked)]
        steps.sort(key=lambda step: step.start)
        return Reading(tuple(steps), counts[1] / counts[0] if counts[0] else None, True)


def forget() -> None:
    """Forget what runs and shapes said, as a process does that begins; for measurements."""
    _read_run.cache_clear()
    _outline.cache_clear()


READER = FreeProse()
