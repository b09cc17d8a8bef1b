"""What the grammar reads and refuses, and that values and functions are exact; own texts, no evaluation anywhere."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from gamegen_verifiers.algebra import assignments, function, same_function, symbols, worth
from gamegen_verifiers.expression import (
    MAX_DIGITS,
    MAX_LENGTH,
    PROBLEMS,
    Binary,
    Negative,
    Number,
    Tree,
    leaves,
    operations,
    parse,
    spell,
    unsigned,
)


def read(text: str) -> Tree:
    tree, problem, _ = parse(text)
    assert tree is not None, f"{text!r}: {problem}"
    return tree


def bare(tree: Tree) -> object:
    """The shape of a tree without its spans."""
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Negative):
        return ("-", bare(tree.inner))
    return (tree.op, bare(tree.left), bare(tree.right))


def by_fractions(tree: Tree) -> Fraction | None:
    """The value by another arithmetic than the one under test."""
    if isinstance(tree, Number):
        return Fraction(tree.value)
    if isinstance(tree, Negative):
        inner = by_fractions(tree.inner)
        return None if inner is None else -inner
    left, right = by_fractions(tree.left), by_fractions(tree.right)
    if left is None or right is None or (tree.op == "/" and right == 0):
        return None
    return {"+": left + right, "-": left - right, "*": left * right}[tree.op] if tree.op != "/" else left / right


numbers = st.integers(0, 12).map(lambda n: Number(n, 0, 0))
trees = st.recursive(
    numbers,
    lambda inner: st.one_of(
        st.builds(lambda op, a, b: Binary(op, a, b, 0, 0), st.sampled_from("+-*/"), inner, inner),
        st.builds(lambda a: Negative(a, 0, 0), inner),
    ),
    max_leaves=7,
)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("90 − 7 × 5", "90 - 7 * 5"),
        ("12 ÷ 4 · 5", "12 / 4 * 5"),
        ("6 – 2 ∕ 1", "6 - 2 / 1"),
        (r"\frac{15}{7 + 8} \times 62", "15 / (7 + 8) * 62"),
        (r"\dfrac{9}{3} \cdot 2 \div 6", "9 / 3 * 2 / 6"),
        (r"\left(3 + 4\right) \times \left[5 - 1\right]", "(3 + 4) * (5 - 1)"),
        ("[3 + {4 − 1}] ✕ 2", "(3 + (4 - 1)) * 2"),
        ("1,234 + 5", "1234 + 5"),
        ("1{,}234 + 5", "1234 + 5"),
        ("3 x 4 + 5X6", "3 * 4 + 5 * 6"),
        ("10x18", "10 * 18"),
        ("2\u00a0+\u20093\u200b*\t4\n", "2 + 3 * 4"),
        ("+14 - 9", "14 - 9"),
        ("-4 + 68", "(-4) + 68"),
        ("9 - (4 - 2)", "9 - (4 - 2)"),
        ("(9 - 4) - 2", "9 - 4 - 2"),
        ("((7))", "7"),
    ],
)
def test_surfaces(text: str, spelled: str) -> None:
    assert spell(read(text)) == spelled


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2**5", "operation not allowed"),
        ("2^5", "operation not allowed"),
        ("9**9**9", "operation not allowed"),
        ("4! + 1", "operation not allowed"),
        ("sqrt(16)*6", "operation not allowed"),
        (r"\sqrt{16}", "operation not allowed"),
        ("7//2*8", "operation not allowed"),
        ("30%6+24", "operation not allowed"),
        ("__import__('os').system('x')", "operation not allowed"),
        ("24 if 1 else 0", "not an expression"),
        ("a - b + c", "not an expression"),
        ("x4", "not an expression"),
        ("8 +", "not an expression"),
        ("8 + 4 = 12", "not an expression"),
        ("8\x00+4", "not an expression"),
        ("\ud800", "not an expression"),
        ("1_2+12", "number format"),
        ("0x18", "number format"),
        ("1e3", "number format"),
        ("3.5 * 2", "number format"),
        ("٣+٤", "number format"),
        ("5²", "number format"),
        ("9" * (MAX_DIGITS + 1), "number format"),
        ("3 4", "numbers side by side"),
        ("2(3+4)", "implicit multiplication"),
        ("(3)(4)", "implicit multiplication"),
        ("(8 + 4", "brackets"),
        ("8 + 4)", "brackets"),
        ("(8 + 4]", "brackets"),
        ("", "empty"),
        (" \u2003 ", "empty"),
        ("(" * 80 + "5" + ")" * 80, "too long"),
        ("1" + "+1" * 100, "too long"),
    ],
)
def test_what_it_is_not_is_named(text: str, problem: str) -> None:
    assert parse(text)[:2] == (None, problem)
    assert problem in PROBLEMS


def test_grouping_is_as_written_and_to_the_left() -> None:
    assert bare(read("9 - 4 - 2")) == ("-", ("-", 9, 4), 2)
    assert bare(read("8 / 4 / 2")) == ("/", ("/", 8, 4), 2)
    assert bare(read("2 * (3 * 4)")) == ("*", 2, ("*", 3, 4))
    assert bare(read("-3 * 4")) == ("*", ("-", 3), 4)


def test_nodes_know_where_they_stand() -> None:
    text = "7 + (12 − 3) × 2"
    tree = read(text)
    assert isinstance(tree, Binary) and isinstance(tree.right, Binary)
    assert text[tree.right.start : tree.right.end] == "(12 − 3) × 2"
    assert [text[leaf.start : leaf.end] for leaf in leaves(tree)] == ["7", "12", "3", "2"]
    assert operations(tree) == {"+", "-", "*"}


@given(trees)
def test_a_spelled_tree_reads_back_as_itself(tree: Tree) -> None:
    assert bare(read(spell(tree))) == bare(tree)


@given(trees)
def test_worth_is_the_value_that_fractions_give(tree: Tree) -> None:
    expected, found = by_fractions(tree), worth(tree)
    assert (expected is None) == (found.value is None)
    if expected is not None and found.value is not None:
        assert (found.value.p, found.value.q) == (expected.numerator, expected.denominator)


@given(trees)
def test_unsigned_keeps_value_and_numbers_and_has_no_sign(tree: Tree) -> None:
    plain = unsigned(tree)
    if plain is None:
        return
    assert by_fractions(plain) == by_fractions(tree)
    assert sorted(leaf.value for leaf in leaves(plain)) == sorted(leaf.value for leaf in leaves(tree))
    assert "Negative" not in repr(plain)


@pytest.mark.parametrize(
    ("text", "played"),
    [
        ("-4 + 68", "68 - 4"),
        ("2 * -(3 - 8)", "2 * (8 - 3)"),
        ("5 - (-3)", "5 + 3"),
        ("-(3 + (4 - 9))", "9 - 4 - 3"),
        ("-(2 * 3)", None),
        ("-7 - 2", None),
    ],
)
def test_signs_that_stand_for_a_subtraction(text: str, played: str | None) -> None:
    plain = unsigned(read(text))
    assert (None if plain is None else spell(plain)) == played


@given(st.text() | st.text("0123456789+-*/()[]{}., x\\frac_^!%٣"))
def test_any_text_has_a_reading(text: str) -> None:
    tree, problem, at = parse(text)
    assert (tree is None) == bool(problem)
    assert problem in PROBLEMS and 0 <= at <= max(len(text), MAX_LENGTH)


@pytest.mark.parametrize("text", ["(" * 10**6, "9" * 10**6, "-" * 10**6, "1,111" * 10**5, r"\frac{" * 10**5])
def test_long_text_is_refused(text: str) -> None:
    assert parse(text).problem == "too long"


def test_division_by_zero_is_found_before_sympy_makes_an_infinity_of_it() -> None:
    assert worth(read("8 / (5 - 5)")).value is None
    assert worth(read("0 / 5")).value == 0
    assert worth(read("3 - 2 * 4 / 6")).results == (8, sympy.Rational(4, 3), sympy.Rational(5, 3))


def test_same_function_is_equality_of_rational_functions() -> None:
    a, b, c, _ = n = symbols(4)
    assert same_function(function(read("1 * (2 + 3)"), n[:3]), a * b + a * c)
    assert same_function(function(read("1 / 2 / 3"), n[:3]), a / (b * c))
    assert same_function(a / (b - c), -a / (c - b))
    assert not same_function(a - b, b - a)
    assert not same_function(a + b, a * b)  # equal at 2 and 2, as values, and not as functions
    assert function(read("1 / (2 - 2)"), (a, b, b)) is None


@given(trees)
def test_a_function_at_its_own_numbers_is_the_worth(tree: Tree) -> None:
    used = [leaf.value for leaf in leaves(tree)]
    value = worth(tree).value
    whole = function(tree, symbols(len(used)))
    if value is not None and whole is not None:
        assert whole.subs(dict(zip(symbols(len(used)), used, strict=True)), simultaneous=True) == value


def test_assignments_try_every_way_to_use_equal_numbers() -> None:
    tree = read("6 * 2 + 2")
    assert list(assignments(tree, (2, 2, 6))) == [(2, 0, 1), (2, 1, 0)]
    assert list(assignments(tree, (2, 6))) == []
