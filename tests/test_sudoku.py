"""Mini sudoku against all full grids, made from permutations of rows, and published counts."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations, permutations, product

import pytest
from conftest import FULL
from filling import (
    game_levels,
    hold_answers,
    hold_defects,
    hold_junk,
    hold_odd_puzzles,
    hold_to_brute_force,
    hold_traces,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from replays import drawn

from gamegen.games.assignment import Filling
from gamegen.games.checking import check
from gamegen.games.sudoku import MiniSudoku, SudokuPuzzle
from gamegen.rng import Draws

FULL_GRIDS = 288  # OEIS A107739
DIFFERENT = 2  # but for the symmetries, OEIS A109741
Grid = tuple[int, ...]
quick = settings(deadline=None, derandomize=True, max_examples=80)


def units() -> Iterator[list[int]]:
    for i in range(4):
        yield [4 * i + k for k in range(4)]
        yield [4 * k + i for k in range(4)]
        yield [8 * (i // 2) + 2 * (i % 2) + k for k in (0, 1, 4, 5)]


def rule(puzzle: SudokuPuzzle, values: Grid) -> bool:
    filled = [[values[cell] for cell in unit if values[cell]] for unit in units()]
    return all(len(set(unit)) == len(unit) for unit in filled)


@cache
def full_grids() -> list[Grid]:
    rows = list(permutations((1, 2, 3, 4)))
    upper = [one + other for one in rows for other in rows if rule(SudokuPuzzle(()), one + other + (0,) * 8)]
    return [one + other for one in upper for other in upper if rule(SudokuPuzzle(()), one + other)]


def completions(values: Grid) -> list[Grid]:
    return [grid for grid in full_grids() if all(v in (0, there) for v, there in zip(values, grid, strict=True))]


def test_an_empty_grid_has_as_many_completions_as_published() -> None:
    levels = game_levels(MiniSudoku(), SudokuPuzzle((0,) * 16))
    assert levels[16] == set(full_grids()) and len(levels[16]) == FULL_GRIDS
    assert [len(level) for level in levels[:5]] == [1, 4, 12, 24, 24]  # by hand: the rows that 1 to 4 can make
    assert [len(level) for level in levels[5:9]] == [48, 48, 96, 96]  # a box leaves two numbers, in either order
    assert len({MiniSudoku().key(Filling(SudokuPuzzle((0,) * 16), grid)) for grid in full_grids()}) == DIFFERENT


@pytest.mark.parametrize("size", MiniSudoku.sizes)
def test_puzzles_are_those_of_brute_force(size: int) -> None:
    game = MiniSudoku(size)
    check(game)
    puzzles = drawn(game, 300 if FULL else 20, "brute")
    solvable = []
    for puzzle in puzzles:
        assert puzzle.given.count(0) == size and rule(puzzle, puzzle.given)
        found, levels = set(completions(puzzle.given)), game_levels(game, puzzle)
        assert game.live(game.start(puzzle)) == bool(found)
        assert found == (levels[size] if len(levels) > size else set())
        for level in levels:
            assert all(game.live(Filling(puzzle, values)) == bool(completions(values)) for values in level)
        solvable += [puzzle] if found else []
        hold_defects(game, puzzle, rule)
    for puzzle in solvable[:20]:
        hold_answers(game, puzzle, rule)


def test_some_puzzles_can_be_solved_and_some_not() -> None:
    game = MiniSudoku()
    assert 0.4 <= sum(game.live(game.start(puzzle)) for puzzle in drawn(game, 300, "solvable")) / 300 <= 0.9


def test_states_are_those_of_brute_force_level_by_level() -> None:
    """With two cells more filled in, as far as they can be, so that there are not too many fillings."""
    game = MiniSudoku(8)
    for puzzle in drawn(game, 60 if FULL else 8, "levels"):
        state = game.start(puzzle)
        for _ in range(2):
            state = next(iter(game.moves(state)), state)
        if state.values.count(0) == 6:
            hold_to_brute_force(game, SudokuPuzzle(state.values), rule)


def test_a_grid_without_a_conflict_and_without_a_completion_by_hand() -> None:
    """The last cell of the first row sees 1, 2, 3 in it and 4 below."""
    game = MiniSudoku()
    puzzle = game.hear_puzzle('{"given":[1,2,3,0,0,0,0,4,0,0,0,0,0,0,0,0]}')
    assert not game.live(game.start(puzzle)) and not game.moves(game.start(puzzle))


@pytest.mark.parametrize("size", [9, 12])
def test_no_two_numbers_are_the_same_puzzle_and_all_that_can_be_solved_are_there(size: int) -> None:
    """By all numbers of some choices of cells."""
    game, numbers, unsolvable = MiniSudoku(size), FULL_GRIDS * 3 // 2, 0
    choices = sorted(combinations(range(16), 16 - size), key=lambda cells: cells[::-1])
    for chosen in (0, 5, 700, 1500, len(choices) - 1):
        puzzles = [puzzle for puzzle in map(game.puzzle, range(chosen * numbers, (chosen + 1) * numbers)) if puzzle]
        assert len(set(puzzles)) == len(puzzles)
        every = {SudokuPuzzle(tuple(v if i in choices[chosen] else 0 for i, v in enumerate(grid))) for grid in full_grids()}
        assert {p for p in puzzles if completions(p.given)} == {p for p in every if game.is_worth_playing(p)}
        unsolvable += sum(not completions(puzzle.given) for puzzle in puzzles)
    assert unsolvable > 20


def symmetry(draws: Draws) -> tuple[list[int], list[int]]:
    """Where each cell goes, and what each number is called."""

    def lines() -> list[int]:
        bands = [[0, 1], [2, 3]]
        draws.shuffle(bands)
        for band in bands:
            draws.shuffle(band)
        return [*bands[0], *bands[1]]

    rows, columns, turn = lines(), lines(), draws.below(2)
    cells = [(4 * rows[r] + columns[c]) if turn else (4 * columns[c] + rows[r]) for r, c in product(range(4), range(4))]
    names = [1, 2, 3, 4]
    draws.shuffle(names)
    return cells, [0, *names]


def moved(values: Grid, cells: list[int], names: list[int]) -> Grid:
    found = [0] * 16
    for cell, value in zip(cells, values, strict=True):
        found[cell] = names[value]
    return tuple(found)


@quick
@given(st.lists(st.integers(0, 4), min_size=16, max_size=16), st.integers(0, 10**6))
def test_the_key_is_that_of_the_grid_moved_and_renamed(values: list[int], seed: int) -> None:
    other = moved(tuple(values), *symmetry(Draws("symmetry", seed)))
    assert MiniSudoku().key(Filling(SudokuPuzzle(other), other)) == MiniSudoku().key(
        Filling(SudokuPuzzle(tuple(values)), tuple(values))
    )


def orbit(values: Grid) -> set[Grid]:
    """All that the generators of the group make of it."""
    swaps = [lambda r, c: (r ^ (r < 2), c), lambda r, c: ((r + 2) % 4, c), lambda r, c: (c, r)]
    steps = [
        ([4 * row + column for row, column in (swap(r, c) for r in range(4) for c in range(4))], list(range(5)))
        for swap in swaps
    ]
    steps += [(list(range(16)), [0, 2, 1, 3, 4]), (list(range(16)), [0, 2, 3, 4, 1])]
    found, new = {values}, [values]
    while new:
        new = list({moved(one, *step) for one in new for step in steps} - found)
        found.update(new)
    return found


def test_keys_are_equal_just_where_a_symmetry_makes_the_grids_equal() -> None:
    game = MiniSudoku(12)
    grids = [puzzle.given for puzzle in drawn(game, 400 if FULL else 60, "keys")]
    sizes = [len(orbit(grid)) for grid in grids[:1]]
    assert max(sizes) <= 128 * 24
    left = set(grids)
    keys = {grid: game.key(Filling(SudokuPuzzle(grid), grid)) for grid in grids}
    while left:
        grid = min(left)
        same = left & orbit(grid)
        assert {keys[other] for other in same} == {keys[grid]} and keys[grid] not in {keys[other] for other in left - same}
        left -= same


def test_junk_is_refused() -> None:
    for puzzle in drawn(MiniSudoku(), 3, "junk"):
        hold_junk(MiniSudoku(), puzzle)
        hold_odd_puzzles(MiniSudoku(), puzzle)


def test_traces_are_true_event_by_event() -> None:
    hold_traces(MiniSudoku(), rule)
