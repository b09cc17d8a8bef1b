"""The 24 game, which is Countdown with four numbers from 1 to 13: how many there are, and what its preset makes of them.

GAMEGEN_FULL=1 goes through all 1,820 multisets by brute force; otherwise through every seventh.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations, combinations_with_replacement
from pathlib import Path

import pytest
from brute import Rules as Plain
from brute import answer_problems
from conftest import FULL, read

from gamegen import generate, load
from gamegen.games.countdown import Countdown, Rules, State
from gamegen.puzzles import OWNED, PuzzleSpace, held_out
from gamegen.rng import Draws
from gamegen.spec import PuzzleSpec, Range

MULTISETS = list(combinations_with_replacement(range(1, 14), 4))
GAME = Countdown(Rules(values="rational"))

Numbers = tuple[int, ...]


@cache
def results(numbers: Numbers) -> frozenset[Fraction]:
    """Every value of an expression that uses all the numbers, from the values of its two operands."""
    if len(numbers) == 1:
        return frozenset((Fraction(numbers[0]),))
    return frozenset(value for a, b in operands(numbers) for value in combined(a, b))


def operands(numbers: Numbers) -> Iterator[tuple[Fraction, Fraction]]:
    places = range(len(numbers))
    for size in range(1, len(numbers)):
        for part in set(combinations(places, size)):
            rest = tuple(numbers[i] for i in places if i not in part)
            yield from ((a, b) for a in results(tuple(numbers[i] for i in part)) for b in results(rest))


def combined(a: Fraction, b: Fraction) -> list[Fraction]:
    return [a + b, a - b, a * b, *([a / b] if b else [])]


def test_as_many_make_24_as_published() -> None:
    # 4nums.com lists the 1,362 of the 1,820 multisets of four numbers from 1 to 13 that make 24.
    assert len(MULTISETS) == 1820
    assert sum(GAME.oracle(numbers).reaches(24) for numbers in MULTISETS) == 1362


def test_brute_force_makes_24_of_the_same() -> None:
    found = MULTISETS if FULL else MULTISETS[::7]
    made = [any(24 in combined(a, b) for a, b in operands(numbers)) for numbers in found]
    assert made == [GAME.oracle(numbers).reaches(24) for numbers in found]
    assert sum(made) == 1362 or not FULL


@pytest.mark.parametrize(
    ("numbers", "answer"),
    [
        ((3, 3, 8, 8), "8 / (3 - 8 / 3)"),
        ((1, 5, 5, 5), "(5 - 1 / 5) * 5"),
        ((3, 3, 7, 7), "(3 / 7 + 3) * 7"),
        ((1, 3, 4, 6), "6 / (1 - 3 / 4)"),
    ],
)
def test_the_hard_ones_need_a_fraction(numbers: Numbers, answer: str) -> None:
    start = State(numbers, 24)
    found = GAME.say_answer(start, GAME.win(start, Draws(1)))
    for said in (answer, found):
        assert answer_problems(said, numbers, 24, Plain(values="rational")) == []
    assert not Countdown(Rules(values="integer")).oracle(numbers).reaches(24)


def test_what_makes_no_24() -> None:
    for numbers in ((1, 1, 1, 1), (1, 1, 1, 2), (13, 13, 13, 13)):
        assert not GAME.oracle(numbers).reaches(24)


@pytest.mark.parametrize("held", [False, True])
def test_of_a_narrow_range_the_targets_are_those_that_listing_finds(held: bool) -> None:
    space = PuzzleSpace(PuzzleSpec(numbers=Range(1, 13), target=Range(20, 27)), Rules(values="rational"), seed=0)
    for seed, numbers in enumerate(MULTISETS[::40]):
        oracle = GAME.oracle(numbers)
        listed = sorted(target for target in oracle.targets() if 20 <= target <= 27 and target.denominator == 1)
        listed = [target for target in listed if held_out(int(target)) == held]
        assert list(space._targets(oracle, held, Draws(seed))) == list(Draws(seed).shuffled(listed))


def test_its_rows_are_all_that_the_splits_own() -> None:
    # 24 is held out of no training row, so the split of new targets has none.
    spec = load(preset="game24")
    space = PuzzleSpace(spec.puzzles, spec.rules, spec.seed)
    possible = {split: space.capacity(split) for split in OWNED}
    assert not held_out(24) and possible == {"train": 1274, "validation": 22, "test": 19, "test_new_targets": 0}
    puzzles = {space.puzzle(split, i) for split, rows in possible.items() for i in range(rows)}
    assert len(puzzles) == sum(possible.values())
    assert all(puzzle.target == 24 and GAME.oracle(puzzle.numbers).reaches(24) for puzzle in puzzles)
    assert all(spec.splits.get(split, 0) <= rows for split, rows in possible.items())


def test_the_preset_makes_rows(tmp_path: Path) -> None:
    generate(load(preset="game24", size=20), tmp_path / "corpus")
    rows = read(tmp_path / "corpus", "procedure", "train")
    assert len(rows) == 20
    for row in rows:
        assert answer_problems(row["answer"], row["numbers"], 24, Plain(values="rational")) == []
        assert row["target"] == 24 and max(row["numbers"]) <= 13 and row["verdict"]["grade"] == "verified"
