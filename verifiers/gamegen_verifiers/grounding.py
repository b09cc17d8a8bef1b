"""Whether an answer is what a trace derived: the same rational function of the given numbers, not the same value by chance.

Words: each given number has a *symbol*, named by its place; a *point* is the value of a function modulo a prime where every
symbol stands for a fixed large number. Equal functions have equal points, so most comparisons end there; where points are
equal, sympy has the last word. Equal numbers can stand for each other: the trace takes the first that it has not used,
and the answer is tried with every assignment.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from gamegen.games.countdown import Puzzle
from gamegen_verifiers.algebra import (
    PRIME,
    Function,
    assignments,
    combine,
    coordinate,
    function,
    point_quotient,
    same_function,
    symbols,
)
from gamegen_verifiers.expression import Binary, Negative, Tree, leaves
from gamegen_verifiers.steps import Claim, Value

MOST_ASSIGNMENTS = 5040  # of equal numbers to an answer: all of up to seven equal ones
MOST_WORK = 20_000  # sums that are tried to tell equal numbers apart in a trace


class Undecided(Exception):
    """There are too many ways to tell equal numbers apart."""


class Entry(NamedTuple):
    """A number in play: its value, its point, how it was made (a place, or op, left, right), and whether it was given."""

    value: Value
    point: int
    made: Any
    given: bool


def grounded(puzzle: Puzzle, answer: Tree, wins: Sequence[Sequence[Claim]]) -> bool | None:
    """Whether one of the wins, each the sums that led to it, derives the answer; None where that cannot be decided."""
    if not wins:
        return False
    numbers = puzzle.numbers
    if len(set(numbers)) == len(numbers):
        plain = _written(answer, (numbers.index(leaf.value) for leaf in leaves(answer)))
        if any(_spelled_win(numbers, claims) == plain for claims in wins):
            return True
    said: dict[int | None, tuple[int, ...]] = {}
    tried = 0
    for places in islice(assignments(answer, numbers), MOST_ASSIGNMENTS):
        said.setdefault(point(answer, iter(places)), places)
        tried += 1
    pool = [Entry(value, coordinate(place), place, True) for place, value in enumerate(numbers)]
    names = symbols(len(numbers))
    try:
        for claims in wins:
            for entry in _derived(pool, claims):
                if entry.point in said:
                    function_said = function(answer, [names[place] for place in said[entry.point]])
                    if same_function(function_said, _function(entry.made, names)):
                        return True
    except Undecided:
        return None
    return None if tried == MOST_ASSIGNMENTS else False


def _derived(pool: list[Entry], claims: Sequence[Claim]) -> Iterator[Entry]:
    """The last result of the claims as an entry, in each way to tell equal numbers apart that gives another function."""
    pools = [pool]
    work = 0
    for claim in claims:
        following: dict[tuple[tuple[Value, int], ...], list[Entry]] = {}
        for entries in pools:
            for one, other in _operands(entries, claim):
                work += 1
                if work > MOST_WORK:
                    raise Undecided
                point = _combined(claim.op, one.point, other.point)
                if point is not None:
                    rest = [entry for entry in entries if entry is not one and entry is not other]
                    rest.append(Entry(claim.result, point, (claim.op, one.made, other.made), False))
                    following.setdefault(tuple(sorted((entry.value, entry.point) for entry in rest)), rest)
        pools = list(following.values())
    for entries in pools:
        yield entries[-1]


def _operands(entries: list[Entry], claim: Claim) -> Iterator[tuple[Entry, Entry]]:
    """The pairs that a claim can mean; of given numbers that are equal the first ones stand for all."""
    for one in _choices(entries, claim.a):
        for other in _choices([entry for entry in entries if entry is not one], claim.b):
            yield one, other


def _choices(entries: list[Entry], value: Value) -> list[Entry]:
    chosen: dict[int | None, Entry] = {}
    for entry in entries:
        if entry.value == value:
            chosen.setdefault(None if entry.given else entry.point, entry)
    return list(chosen.values())


def _combined(op: str, a: int, b: int) -> int | None:
    if op == "+":
        return (a + b) % PRIME
    if op == "-":
        return (a - b) % PRIME
    if op == "*":
        return a * b % PRIME
    return point_quotient(a, b)


def point(tree: Tree, places: Iterator[int]) -> int | None:
    """The value of an expression at the point, its leaves the symbols of these places; None for a division by zero."""
    if isinstance(tree, Binary):
        left, right = point(tree.left, places), point(tree.right, places)
        return None if left is None or right is None else _combined(tree.op, left, right)
    if isinstance(tree, Negative):
        inner = point(tree.inner, places)
        return None if inner is None else -inner % PRIME
    return coordinate(next(places))


def _spelled_win(numbers: Sequence[Value], claims: Sequence[Claim]) -> str | None:
    """How the last result of the claims was made, as ``_written`` has it; None where two numbers in play are ever equal."""
    pool = {value: f"n{place}" for place, value in enumerate(numbers)}
    made = None
    for a, op, b, result in claims:
        one, other = pool.pop(a, None), pool.pop(b, None)
        if one is None or other is None or result in pool:
            return None
        pool[result] = made = _ordered(op, one, other)
    return made


def _written(tree: Tree, places: Iterator[int]) -> str:
    """The expression with a name for each number and the operands of + and * in one order: equal texts are equal functions."""
    if isinstance(tree, Binary):
        return _ordered(tree.op, _written(tree.left, places), _written(tree.right, places))
    if isinstance(tree, Negative):
        return f"-{_written(tree.inner, places)}"
    return f"n{next(places)}"


def _ordered(op: str, left: str, right: str) -> str:
    if op in "+*" and left > right:
        left, right = right, left
    return f"({left}{op}{right})"


def _function(made: Any, names: Sequence[Function]) -> Function:
    if isinstance(made, int):
        return names[made]
    op, left, right = made
    return combine(op, _function(left, names), _function(right, names))
