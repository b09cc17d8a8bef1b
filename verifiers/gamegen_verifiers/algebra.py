"""Algebra: a tree becomes exact sympy numbers, or a function of symbols; text never reaches sympy.

Words: the *worth* of a tree is its exact value with the result of every operation in it; a *function* is the same tree
with one symbol per given number; an *assignment* says which given number (by its place) each leaf of a tree uses,
so that equal numbers can stand for each other.

>>> from gamegen_verifiers.expression import parse
>>> worth(parse("3 / (5 - 4 * 1)").tree)
Worth(value=3, results=(4, 1, 3))
>>> worth(parse("3 / (5 - 5)").tree).value is None
True
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import sympy  # type: ignore[import-untyped, unused-ignore]

from gamegen_verifiers.expression import Negative, Number, Tree, leaves

Exact = Any  # a sympy.Rational (sympy carries no types that a strict checker could use)
Function = Any  # a sympy.Expr in symbols


@lru_cache(maxsize=1 << 14)
def exact(value: int | Fraction) -> Exact:
    """A number that was read, as sympy has it."""
    return sympy.Integer(value) if type(value) is int else sympy.Rational(value.numerator, value.denominator)


class Worth(NamedTuple):
    """The exact value of a tree, None where it divides by zero, and what each operation gave, innermost left first."""

    value: Exact | None
    results: tuple[Exact, ...]


def worth(tree: Tree) -> Worth:
    """The exact value of a tree and of each operation in it; division by zero stops it, and the value is then None."""
    results: list[Exact] = []
    return Worth(_value(tree, results), tuple(results))


def _value(tree: Tree, results: list[Exact]) -> Exact | None:
    if isinstance(tree, Number):
        return exact(tree.value)
    if isinstance(tree, Negative):
        inner = _value(tree.inner, results)
        return None if inner is None else -inner
    left = _value(tree.left, results)
    right = None if left is None else _value(tree.right, results)
    result = None if right is None else combine(tree.op, left, right)
    if result is not None:
        results.append(result)
    return result


def combine(op: str, left: Any, right: Any) -> Any:
    """left op right, of numbers or of functions; None for a division by zero, where sympy would give zoo."""
    if op == "+":
        return left + right
    if op == "-":
        return left - right
    if op == "*":
        return left * right
    return left / right if right else None


def holds(a: int | Fraction, op: str, b: int | Fraction, result: int | Fraction) -> bool:
    """Whether a op b is the result; whole numbers need no sympy, which takes thirty times as long for the same answer."""
    if type(a) is type(b) is type(result) is int:
        if op == "+":
            return a + b == result
        if op == "-":
            return a - b == result
        if op == "*":
            return a * b == result
        return b != 0 and a == b * result
    made = combine(op, exact(a), exact(b))
    return made is not None and bool(made == exact(result))


def allowed(result: Exact | int | Fraction, values: str) -> bool:
    """Whether a result counts under the rules: as a natural number, an integer, or any rational."""
    if values == "rational":
        return True
    if type(result) is not int:
        above, below = (result.p, result.q) if isinstance(result, sympy.Rational) else (result.numerator, result.denominator)
        if below != 1:
            return False
        result = above
    return values == "integer" or bool(result >= 0)


@lru_cache(maxsize=64)
def symbols(count: int) -> tuple[Any, ...]:
    """One symbol per given number, in the order of the numbers: n0, n1, …"""
    return tuple(sympy.Symbol(f"n{i}") for i in range(count))


def assignments(tree: Tree, numbers: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Each way to give every leaf of the tree a place of its own among the numbers that holds its value, in order.

    Where a leaf is not given, or is used more often than given, there is no way. Numbers that repeat k times make k!
    of them, so a caller that faces many equal numbers should stop early.
    """
    return _assign([leaf.value for leaf in leaves(tree)], numbers, ())


def _assign(values: Sequence[int], numbers: Sequence[int], taken: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if len(taken) == len(values):
        yield taken
        return
    for place, number in enumerate(numbers):
        if number == values[len(taken)] and place not in taken:
            yield from _assign(values, numbers, (*taken, place))


def function(tree: Tree, arguments: Sequence[Any]) -> Function | None:
    """The tree with its leaves, from left to right, replaced by the arguments; None where it divides by zero.

    The arguments are symbols, or functions that earlier steps derived; there is one for each leaf.
    """
    return _function(tree, iter(arguments))


def _function(tree: Tree, arguments: Iterator[Any]) -> Function | None:
    if isinstance(tree, Number):
        return next(arguments)
    if isinstance(tree, Negative):
        inner = _function(tree.inner, arguments)
        return None if inner is None else -inner
    left, right = _function(tree.left, arguments), _function(tree.right, arguments)
    return None if left is None or right is None else combine(tree.op, left, right)


def same_function(one: Function, other: Function) -> bool:
    """Whether two functions are equal as rational functions; exact, and quick where they look alike or differ.

    Functions that differ at one point, computed in a finite field, differ. Only those that look different and agree
    there need sympy to bring their difference to a normal form, which costs milliseconds.
    """
    if one == other:
        return True
    here, there = _at_a_point(one), _at_a_point(other)
    if here is not None and there is not None and here != there:
        return False
    return bool(sympy.cancel(sympy.together(one - other)) == 0)


PRIME = 2**61 - 1


@lru_cache(maxsize=64)
def coordinate(place: int) -> int:
    """What the symbol of a given number stands for at the point; unrelated numbers, so that accidents do not occur."""
    return int.from_bytes(blake2b(b"%d" % place, digest_size=16).digest(), "big") % PRIME


def _at_a_point(expression: Function) -> int | None:
    """The value of a function modulo the prime where each symbol is its coordinate; None where it is not defined."""
    if expression.is_Symbol:
        return coordinate(int(expression.name[1:]))
    if expression.is_Rational:
        return point_quotient(int(expression.p), int(expression.q))
    if expression.is_Pow:
        base, exponent = _at_a_point(expression.args[0]), expression.args[1]
        if base is None or not exponent.is_Integer or (base == 0 and exponent.is_negative):
            return None
        return pow(base, int(exponent), PRIME)
    if not (expression.is_Add or expression.is_Mul):
        return None  # zoo or nan: not a function
    total = 0 if expression.is_Add else 1
    for part in expression.args:
        value = _at_a_point(part)
        if value is None:
            return None
        total = (total + value if expression.is_Add else total * value) % PRIME
    return total


def point_quotient(above: int, below: int) -> int | None:
    """above / below modulo the prime; None for a division by zero."""
    return above * pow(below, -1, PRIME) % PRIME if below % PRIME else None
