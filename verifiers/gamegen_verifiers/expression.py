"""Expressions: bounded text of arithmetic becomes an immutable tree, or a named problem; nothing is ever evaluated.

Words: a *token* is a number, a sign or a bracket with its *span* (start, end) in the text; a *tree* is a `Number`, a
`Binary` node (operator, left, right) or a `Negative` (a minus before one operand); a *problem* says by name why text
is not such an expression. Grouping is exactly as written, and operators of equal rank group to the left. A plus before
one operand is noise and leaves no node.

>>> spell(parse(r"(8 − 2) \\times 4").tree)
'(8 - 2) * 4'
>>> parse("2**5").problem, parse("1_2 + 12").problem, parse("2(3 + 4)").problem
('operation not allowed', 'number format', 'implicit multiplication')
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_LENGTH = 2000  # characters of one expression
MAX_TOKENS = 400
MAX_NUMBERS = 100  # also bounds how deep a chain such as 1+1+1+… can lean to the left
MAX_DEPTH = 64  # brackets and signs inside each other
MAX_DIGITS = 40

PROBLEMS = (
    "",
    "empty",
    "too long",
    "operation not allowed",  # a power, //, !, %, a root, a function: an operation that this game does not have
    "number format",  # a decimal, 1e3, 0x18, 1_2, digits that are not ASCII, more digits than MAX_DIGITS
    "numbers side by side",  # "1 2": gluing digits together
    "implicit multiplication",  # "2(3 + 4)"
    "brackets",  # one that is not closed, or closed by another kind
    "not an expression",
)


class Number(NamedTuple):
    value: int
    start: int
    end: int


class Negative(NamedTuple):
    inner: "Tree"
    start: int
    end: int


class Binary(NamedTuple):
    op: str
    left: "Tree"
    right: "Tree"
    start: int
    end: int


Tree = Number | Negative | Binary


class Reading(NamedTuple):
    """What a text turned out to be: a tree, or the name of the first problem and where it stands."""

    tree: Tree | None
    problem: str
    at: int


_new = tuple.__new__  # Token(…) at half the cost


class Token(NamedTuple):
    """One symbol of the text; ``kind`` is number, op, open, close, times letter, frac, or the name of a problem."""

    kind: str
    symbol: str
    start: int
    end: int


# How people and models write the four operations and the brackets; the surface on the left, what it means on the right.
OPERATORS = {
    "+": "+", "＋": "+",
    "-": "-", "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-", "－": "-",
    "*": "*", "×": "*", "✕": "*", "✖": "*", "·": "*", "∙": "*", "⋅": "*", "∗": "*", "＊": "*",
    "/": "/", "÷": "/", "∕": "/", "⁄": "/", "／": "/",
    r"\times": "*", r"\cdot": "*", r"\ast": "*", r"\div": "/",
}  # fmt: skip
BRACKETS = {"(": ")", "[": "]", "{": "}", "（": "）"}
OTHER_OPERATIONS = ("**", "//", "^", "!", "%", "√", "&", "|", "~", "<<", ">>")
FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac", r"\cfrac")
SILENT = (r"\left", r"\right", r"\big", r"\bigl", r"\bigr", r"\displaystyle", r"\quad", *(f"\\{c}" for c in ",;:! "))

SPACE = "\\s\u200b\u2060\ufeff"


def _any_of(surfaces: tuple[str, ...] | dict[str, str]) -> str:
    """A pattern for one of the surfaces, the longest first; a LaTeX word must end where its letters end."""
    longest_first = sorted(surfaces, key=len, reverse=True)
    return "|".join(re.escape(s) + ("(?![A-Za-z])" if s[-1].isalpha() else "") for s in longest_first)


_PATTERN = re.compile(  # a symbol with the spaces before it, or the end
    f"[{SPACE}]*+(?:%s)"
    % "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in {
            "end": r"\Z",
            "silent": _any_of(SILENT),
            "odd_number": r"0[xXbBoO][0-9A-Fa-f]+|[0-9]*\.[0-9]+|[0-9]+(?:_|[eEjJ][0-9+-]|[eEjJ]\b)[0-9A-Za-z_+]*",
            "number": r"[0-9]{1,3}(?:(?:,|\{,\})[0-9]{3}){1,13}(?![0-9])|[0-9]+",
            "other": _any_of(OTHER_OPERATIONS),
            "frac": _any_of(FRACTIONS),
            "op": _any_of(OPERATORS),
            "open": _any_of(tuple(BRACKETS)),
            "close": _any_of(tuple(BRACKETS.values())),
            "times_letter": r"[xX](?![A-Za-z_])",
            "function": rf"\\?[A-Za-z_]\w*(?=[{SPACE}]*[({{])|\\sqrt",
            "foreign_digit": r"\d",
            "unknown": r"\w+|.",
        }.items()
    ),
    re.DOTALL,
)
_PROBLEM_OF = {
    "odd_number": "number format",
    "foreign_digit": "number format",
    "other": "operation not allowed",
    "function": "operation not allowed",
    "unknown": "not an expression",
}
_FOREIGN = frozenset(PROBLEMS)


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The symbols of text[start:end] from left to right, without spaces; lazily, so that a reader can stop early."""
    for match in _PATTERN.finditer(text, start, len(text) if end is None else end):
        kind, group = match.lastgroup or "unknown", match.lastindex or 0
        if kind == "end" or kind == "silent":
            continue
        symbol = match[group]
        if kind == "op":
            symbol = OPERATORS[symbol]
        elif kind == "number":
            symbol = symbol.replace("{,}", "").replace(",", "") if len(symbol) > 3 else symbol
            if len(symbol) > MAX_DIGITS:
                kind = "odd_number"
        elif kind == "unknown" and symbol[0].isnumeric():
            kind = "foreign_digit"
        yield _new(Token, (_PROBLEM_OF.get(kind, kind), symbol, *match.span(group)))


def parse(text: str) -> Reading:
    """The tree of a text that is one expression from end to end, else the first problem; never raises on any text."""
    if len(text) > MAX_LENGTH:
        return Reading(None, "too long", MAX_LENGTH)
    symbols = list(tokens(text))
    if not symbols:
        return Reading(None, "empty", 0)
    kinds = [token.kind for token in symbols]
    if len(symbols) > MAX_TOKENS or kinds.count("number") > MAX_NUMBERS:
        return Reading(None, "too long", symbols[-1].start)
    if not _FOREIGN.isdisjoint(kinds):
        foreign = next(token for token in symbols if token.kind in _FOREIGN)
        return Reading(None, foreign.kind, foreign.start)
    symbols.append(Token("end", "", len(text), len(text)))
    try:
        tree, at = _sum(symbols, 0, 0)
        if symbols[at].kind != "end":
            raise _refusal(symbols, at)
    except _Refused as refused:
        return Reading(None, refused.problem, refused.at)
    return Reading(tree, "", len(text))


class _Refused(Exception):
    """Leaves the recursion of the parser; never leaves this file."""

    def __init__(self, problem: str, at: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.at = at


def _refusal(symbols: list[Token], at: int) -> _Refused:
    """Names what is wrong with a symbol that stands where an operator, a closing bracket or the end belongs."""
    token, before = symbols[at], symbols[at - 1]
    if token.kind == "number" and before.kind == "number":
        return _Refused("numbers side by side", token.start)
    if token.kind in ("number", "open", "frac"):
        return _Refused("implicit multiplication", token.start)
    return _Refused("brackets" if token.kind in ("close", "end") else "not an expression", token.start)


# The grammar; each function reads from symbols[at] and returns the tree with the index of the symbol behind it.
#   sum = product (("+" | "-") product)*      product = operand (("*" | "/" | "x") operand)*
#   operand = number | bracket | frac bracket bracket | ("+" | "-") operand


def _sum(symbols: list[Token], at: int, depth: int) -> tuple[Tree, int]:
    tree, at = _product(symbols, at, depth)
    while symbols[at].kind == "op" and symbols[at].symbol in "+-":
        op = symbols[at].symbol
        right, at = _product(symbols, at + 1, depth)
        tree = _new(Binary, (op, tree, right, tree.start, right.end))
    return tree, at


def _product(symbols: list[Token], at: int, depth: int) -> tuple[Tree, int]:
    tree, at = _operand(symbols, at, depth)
    while (token := symbols[at]).kind == "times_letter" or (token.kind == "op" and token.symbol in "*/"):
        right, at = _operand(symbols, at + 1, depth)
        op = "*" if token.kind == "times_letter" else token.symbol
        tree = _new(Binary, (op, tree, right, tree.start, right.end))
    return tree, at


def _operand(symbols: list[Token], at: int, depth: int) -> tuple[Tree, int]:
    token = symbols[at]
    if token.kind == "number":
        return _new(Number, (int(token.symbol), token.start, token.end)), at + 1
    if depth > MAX_DEPTH:
        raise _Refused("too long", token.start)
    if token.kind == "open":
        return _bracket(symbols, at, depth)
    if token.kind == "op" and token.symbol in "+-":
        inner, after = _operand(symbols, at + 1, depth + 1)
        return (inner if token.symbol == "+" else Negative(inner, token.start, inner.end)), after
    if token.kind == "frac":
        above, at = _bracket(symbols, at + 1, depth)
        below, at = _bracket(symbols, at, depth)
        return Binary("/", above, below, token.start, symbols[at - 1].end), at
    raise _Refused("not an expression", token.start)


def _bracket(symbols: list[Token], at: int, depth: int) -> tuple[Tree, int]:
    opening = symbols[at]
    if opening.kind != "open":
        raise _Refused("not an expression", opening.start)
    tree, at = _sum(symbols, at + 1, depth + 1)
    closing = symbols[at]
    if closing.kind != "close" or closing.symbol != BRACKETS[opening.symbol]:
        raise _refusal(symbols, at)
    return tree._replace(start=opening.start, end=closing.end), at + 1


def leaves(tree: Tree) -> tuple[Number, ...]:
    """The numbers of a tree as written, from left to right."""
    if isinstance(tree, Number):
        return (tree,)
    if isinstance(tree, Negative):
        return leaves(tree.inner)
    return leaves(tree.left) + leaves(tree.right)


def operations(tree: Tree) -> frozenset[str]:
    """The binary operations that a tree uses; a sign before one operand is none of them."""
    if isinstance(tree, Number):
        return frozenset()
    if isinstance(tree, Negative):
        return operations(tree.inner)
    return operations(tree.left) | operations(tree.right) | {tree.op}


_RANK = {"+": 1, "-": 1, "*": 2, "/": 2}
_SIGN_RANK = 3  # a sign binds tighter than any operation here


def spell(tree: Tree) -> str:
    """The canonical spelling: ASCII, one space around operators, no bracket that the grouping does not need."""
    if isinstance(tree, Number):
        return str(tree.value)
    if isinstance(tree, Negative):
        return "-" + _spell_inside(tree.inner, _SIGN_RANK)
    rank = _RANK[tree.op]
    return f"{_spell_inside(tree.left, rank)} {tree.op} {_spell_inside(tree.right, rank + 1)}"


def _spell_inside(tree: Tree, rank: int) -> str:
    """The spelling of an operand, bracketed where its own operator binds looser than the rank around it."""
    bare = isinstance(tree, Number) or (isinstance(tree, Binary) and _RANK[tree.op] >= rank)
    return spell(tree) if bare else f"({spell(tree)})"


def unsigned(tree: Tree) -> Tree | None:
    """The same value from the same numbers without a sign before an operand, or None where only a sign gives it.

    A sign is no move of the game, but many signs are just a way to write one: ``-4 + 68`` is ``68 - 4``, and
    ``2 * -(3 - 8)`` is ``2 * (8 - 3)``. What stays negative without any subtraction to turn round, such as
    ``-(2 * 3)``, cannot be played.
    """
    negative, plain = _take_sign(tree)
    return _turned(plain) if negative else plain


def _take_sign(tree: Tree) -> tuple[bool, Tree]:
    """The tree as ± a tree without signs; True is minus."""
    if isinstance(tree, Number):
        return False, tree
    if isinstance(tree, Negative):
        negative, plain = _take_sign(tree.inner)
        return not negative, plain
    minus_left, left = _take_sign(tree.left)
    minus_right, right = _take_sign(tree.right)
    if tree.op in "*/":
        return minus_left != minus_right, tree._replace(left=left, right=right)
    minus_right ^= tree.op == "-"
    if minus_left == minus_right:  # a + b, or minus that
        return minus_left, tree._replace(op="+", left=left, right=right)
    larger, smaller = (right, left) if minus_left else (left, right)
    return False, tree._replace(op="-", left=larger, right=smaller)


def _turned(tree: Tree) -> Tree | None:
    """Minus the tree, by turning one subtraction in it round; None where there is none that would do."""
    if not isinstance(tree, Binary):
        return None
    if tree.op == "-":
        return tree._replace(left=tree.right, right=tree.left)
    left, right = _turned(tree.left), None
    if left is None:
        right = _turned(tree.right)
    if tree.op in "*/":
        if left is not None:
            return tree._replace(left=left)
        return None if right is None else tree._replace(right=right)
    if left is not None:  # -(a + b) = (-a) - b
        return tree._replace(op="-", left=left)
    return None if right is None else tree._replace(op="-", left=right, right=tree.left)
