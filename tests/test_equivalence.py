"""Answers are the same solution where they are the same function of the given numbers, and only there."""

from fractions import Fraction
from itertools import permutations
from random import Random

import pytest

from gamegen_verifiers import Puzzle, Rules, distinct


@pytest.mark.parametrize(
    ("numbers", "target", "answers", "count"),
    [
        ((2, 3, 4), 14, ["(3 + 4) * 2", "2 * (4 + 3)", "3 * 2 + 4 * 2"], 1),  # the last reuses a number, so it is none
        ((1, 2, 3, 4), 4, ["1 + 2 - 3 + 4", "4 - (3 - (1 + 2))", "(4 - 3) + (2 + 1)"], 1),  # regrouped
        (
            (2, 2, 4, 8),
            12,
            ["8 + 4 + 2 - 2", "8 + (4 + 2 - 2)", "(8 + 4) * (2 / 2)", "8 * (2 / 2) + 4"],
            3,
        ),  # a value by chance
        ((2, 2, 5), 9, ["2 + 2 + 5", "5 + (2 + 2)"], 1),  # equal numbers in each other's place
        ((2, 2, 5), 9, ["2 * 2 + 5", "2 + 2 + 5"], 2),  # 2 * 2 is 2 + 2, but no function of two numbers is both
        ((4, 6), 24, ["6 * 4", "5 * 4 + 4", "25", "nonsense (", "6 + 4"], 1),
        ((4, 6), 24, [], 0),
    ],
)
def test_equivalent_answers_count_once(numbers: tuple[int, ...], target: int, answers: list[str], count: int) -> None:
    assert len(distinct(Puzzle(numbers, target, Rules(values="rational")), answers)) == count


@pytest.mark.parametrize("numbers", [(1, 2, 3), (2, 2, 3), (1, 2, 4), (2, 2, 4, 8), (3, 3, 4, 6), (1, 5, 6, 9)])
def test_the_classes_are_those_that_random_arguments_tell_apart(numbers: tuple[int, ...]) -> None:
    """By brute force: every expression, at random arguments in place of the numbers, for each order of equal ones."""
    found: dict[Fraction, list[tuple[str, frozenset[Fraction]]]] = {}
    for text, value, points in _expressions(numbers):
        found.setdefault(value, []).append((text, points))
    value, solutions = max(((v, s) for v, s in found.items() if v.denominator == 1), key=lambda pair: len(pair[1]))
    classes = {points for _, points in solutions}
    kept = distinct(Puzzle(numbers, int(value), Rules(values="rational")), [text for text, _ in solutions])
    assert len(kept) == len(classes) > 1
    by_text = dict(solutions)
    assert len({by_text[text] for text in kept}) == len(kept)


def _expressions(numbers: tuple[int, ...]) -> list[tuple[str, Fraction, frozenset[Fraction]]]:
    """Every expression over the numbers: its text, its value, and its values at arguments in each order of equal numbers."""
    draw = Random(7)
    arguments = [Fraction(draw.randrange(10**6, 10**7), draw.randrange(10**6, 10**7)) for _ in numbers]
    orders = [order for order in permutations(range(len(numbers))) if tuple(numbers[i] for i in order) == numbers]
    start = tuple((str(n), Fraction(n), tuple(arguments[order[i]] for order in orders)) for i, n in enumerate(numbers))
    seen: dict[str, tuple[str, Fraction, frozenset[Fraction]]] = {}

    def play(pool: tuple[tuple[str, Fraction, tuple[Fraction, ...]], ...]) -> None:
        if len(pool) == 1:
            text, value, points = pool[0]
            seen[text] = text[1:-1], value, frozenset(points)
            return
        for i, j in permutations(range(len(pool)), 2):
            (a, x, xs), (b, y, ys) = pool[i], pool[j]
            rest = tuple(part for k, part in enumerate(pool) if k not in (i, j))
            play((*rest, (f"({a} + {b})", x + y, tuple(p + q for p, q in zip(xs, ys, strict=True)))))
            play((*rest, (f"({a} - {b})", x - y, tuple(p - q for p, q in zip(xs, ys, strict=True)))))
            play((*rest, (f"({a} * {b})", x * y, tuple(p * q for p, q in zip(xs, ys, strict=True)))))
            if y and all(ys):
                play((*rest, (f"({a} / {b})", x / y, tuple(p / q for p, q in zip(xs, ys, strict=True)))))

    play(start)
    return list(seen.values())
