"""Queens against brute force, published counts and counts made by hand."""

from itertools import pairwise
from typing import Any

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
from gamegen.games.queens import Queens, QueensPuzzle

# OEIS A000170, and A002562 for those that are different but for turning and mirroring
SOLUTIONS = {3: 0, 4: 2, 5: 10, 6: 4, 7: 40, 8: 92}
DIFFERENT = {4: 1, 5: 2, 6: 1, 7: 6, 8: 12}
quick = settings(deadline=None, derandomize=True, max_examples=60)


def rule(puzzle: QueensPuzzle, values: tuple[int, ...]) -> bool:
    queens = [(row, column) for row, column in enumerate(values, 1) if column]
    lines = [(kind, line) for r, c in queens for kind, line in (("column", c), ("rising", r + c), ("falling", r - c))]
    return len(set(lines)) == len(lines) and not set(queens) & set(puzzle.blocked)


def board(rows: int, *given: tuple[int, int]) -> QueensPuzzle:
    stand = dict(given)
    return QueensPuzzle(tuple(stand.get(row, 0) for row in range(1, rows + 1)), ())


@pytest.mark.parametrize("rows", SOLUTIONS)
def test_an_empty_board_has_as_many_solutions_as_published(rows: int) -> None:
    game = Queens()
    levels = game_levels(game, board(rows))
    solutions = levels[rows] if len(levels) > rows else set()
    assert len(solutions) == SOLUTIONS[rows]
    assert len({game.key(Filling(board(rows), values)) for values in solutions}) == DIFFERENT.get(rows, 0)


def test_the_tree_of_eight_queens_has_the_levels_of_knuth() -> None:
    """Knuth, "Estimating the efficiency of backtrack programs", 1975."""
    assert list(map(len, game_levels(Queens(), board(8)))) == [1, 8, 42, 140, 344, 568, 550, 312, 92]


def test_four_queens_by_hand() -> None:
    levels = game_levels(Queens(), board(4))
    assert list(map(len, levels)) == [1, 4, 6, 4, 2] and levels[4] == {(2, 4, 1, 3), (3, 1, 4, 2)}
    assert levels[2] == {(1, 3, 0, 0), (1, 4, 0, 0), (2, 4, 0, 0), (3, 1, 0, 0), (4, 1, 0, 0), (4, 2, 0, 0)}


@pytest.mark.parametrize("rows", [3, 4, 5, 6, *([7] if FULL else [])])
def test_states_are_those_of_brute_force_level_by_level(rows: int) -> None:
    assert hold_to_brute_force(Queens(), board(rows), rule) == (SOLUTIONS[rows] > 0)


@pytest.mark.parametrize("rows", [5, 6, 7])
def test_completions_of_one_queen_add_up_to_all_solutions(rows: int) -> None:
    for row in range(1, rows + 1):
        found = [game_levels(Queens(), board(rows, (row, column))) for column in range(1, rows + 1)]
        assert sum(len(levels[rows - 1]) for levels in found if len(levels) == rows) == SOLUTIONS[rows]


@pytest.mark.parametrize("rows", Queens.sizes)
def test_puzzles_are_those_of_brute_force(rows: int) -> None:
    game = Queens(rows)
    check(game)
    puzzles = drawn(game, 200, "brute")
    assert 0.4 <= sum(game.live(game.start(puzzle)) for puzzle in puzzles) / 200 <= 0.9
    small = [puzzle for puzzle in puzzles if FULL or puzzle.given.count(0) <= 5]  # 5 open rows of 7 are 19,608 fillings
    few = small[: {5: 60, 6: 30, 7: 10, 8: 3}[rows] if FULL else {5: 20, 6: 10, 7: 3, 8: 0}[rows]]
    solvable = [puzzle for puzzle in few if hold_to_brute_force(game, puzzle, rule)]
    for puzzle in solvable:
        hold_answers(game, puzzle, rule)
    for puzzle in puzzles:
        hold_defects(game, puzzle, rule)


def test_no_two_numbers_are_the_same_puzzle() -> None:
    game = Queens(5)
    ends = [0, *(q * b for q, b in game._parts())]
    for first, last in pairwise([sum(ends[: i + 1]) for i in range(4)]):
        found = [game.puzzle(k) for k in range(first, last, max(1, (last - first) // 1000))]
        puzzles = [puzzle for puzzle in found if puzzle]
        assert len(set(puzzles)) == len(puzzles) > 100


def turned(squares: list[tuple[int, int]], rows: int, turns: int, mirrored: bool) -> list[tuple[int, int]]:
    for _ in range(turns):
        squares = [(column, rows + 1 - row) for row, column in squares]
    return sorted((row, rows + 1 - column) if mirrored else (row, column) for row, column in squares)


def image(state: Filling[QueensPuzzle], turns: int, mirrored: bool) -> Filling[QueensPuzzle]:
    rows = len(state.values)
    queens = dict(turned([(r, c) for r, c in enumerate(state.values, 1) if c], rows, turns, mirrored))
    values = tuple(queens.get(row, 0) for row in range(1, rows + 1))
    return Filling(QueensPuzzle(values, tuple(turned(list(state.puzzle.blocked), rows, turns, mirrored))), values)


def some_state(game: Queens, k: int, depth: int) -> Filling[QueensPuzzle] | None:
    puzzle: Any = game.puzzle(k % len(game))
    if puzzle is None:
        return None
    state = game.start(puzzle)
    for _ in range(depth):
        moves = list(game.moves(state))
        state = moves[k % len(moves)] if moves else state
    return state


@quick
@given(st.sampled_from(Queens.sizes), st.integers(0, 10**12), st.integers(0, 4), st.integers(0, 3), st.booleans())
def test_the_key_is_that_of_the_board_turned_and_mirrored(rows: int, k: int, depth: int, turns: int, mirrored: bool) -> None:
    game = Queens(rows)
    state = some_state(game, k, depth)
    if state is not None:
        assert game.key(state) == game.key(image(state, turns, mirrored))


def test_keys_are_different_for_different_boards() -> None:
    game = Queens(5)
    keys: dict[str, set[Any]] = {}
    for k in range(0, len(game), len(game) // 1500):
        state = some_state(game, k, k % 3)
        if state is not None:
            images = [image(state, turns, mirrored) for turns in range(4) for mirrored in (False, True)]
            keys.setdefault(game.key(state), set()).add(min((i.values, i.puzzle.blocked) for i in images))
    assert all(len(classes) == 1 for classes in keys.values())
    assert len(set().union(*keys.values())) == len(keys) > 500


def test_a_queen_on_a_blocked_square_and_a_changed_one_are_states_that_a_text_may_claim_and_win_nothing() -> None:
    game = Queens()
    start = game.start(QueensPuzzle((2, 0, 0, 0, 0, 0), ((2, 4),)))
    for text in ("2 4 6 1 3 5", "3 6 2 5 1 4"):
        heard = game.hear_state(text, start)
        assert not game.solved(heard) and not game.live(heard) and not game.moves(heard)
        with pytest.raises(ValueError):
            game.hear_answer(text, start)
    assert not game.moves(game.hear_state("_ _ _ _ _ _", start))


def test_junk_is_refused() -> None:
    for puzzle in (*drawn(Queens(5), 2, "junk"), QueensPuzzle((0, 1, 0), ((3, 2),))):
        hold_junk(Queens(), puzzle)
        hold_odd_puzzles(Queens(), puzzle)


def test_traces_are_true_event_by_event() -> None:
    hold_traces(Queens(), rule)
