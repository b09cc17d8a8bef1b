"""Knights and knaves against truth tables and puzzles solved by hand."""

import json
from collections import Counter
from itertools import permutations, product
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
from gamegen.games.knights import Knights, KnightsPuzzle

KNIGHT, KNAVE = 1, 2
quick = settings(deadline=None, derandomize=True, max_examples=80)


def is_true(statement: Any, values: tuple[int, ...]) -> bool:
    form, claims = statement
    (one, role), (other, its) = claims[0], claims[-1]
    if form == "is":
        return values[one - 1] == role
    if form == "and":
        return (values[one - 1], values[other - 1]) == (role, its)
    if form == "or":
        return not (values[one - 1] == 3 - role and values[other - 1] == 3 - its)
    return (values[one - 1] + values[other - 1]) % 2 == (0 if form == "same" else 1)


def rule(puzzle: KnightsPuzzle, values: tuple[int, ...]) -> bool:
    for speaker, statement in enumerate(puzzle.says, 1):
        persons = {speaker, *(person for person, _ in statement[1])}
        if all(values[person - 1] for person in persons) and is_true(statement, values) != (values[speaker - 1] == KNIGHT):
            return False
    return True


def solutions(puzzle: KnightsPuzzle) -> set[tuple[int, ...]]:
    """By the whole truth table."""
    every = product((KNIGHT, KNAVE), repeat=len(puzzle.says))
    return {
        roles for roles in every if all(is_true(s, roles) == (r == KNIGHT) for s, r in zip(puzzle.says, roles, strict=True))
    }


def puzzle_of(*says: Any) -> KnightsPuzzle:
    return Knights().hear_puzzle(json.dumps({"says": says}))


@pytest.mark.parametrize(
    ("says", "found"),
    [
        ([["is", [[1, KNAVE]]], ["is", [[1, KNIGHT]]]], set()),  # A: I am a knave
        ([["and", [[1, KNAVE], [2, KNAVE]]], ["is", [[1, KNAVE]]]], {(KNAVE, KNIGHT)}),  # A: both of us are knaves
        (
            [["or", [[1, KNAVE], [2, KNIGHT]]], ["same", [[1, KNIGHT], [2, KNIGHT]]]],
            {(KNIGHT, KNIGHT)},
        ),  # A: I am a knave, or B is a knight
        ([["is", [[2, KNAVE]]], ["is", [[1, KNAVE]]]], {(KNIGHT, KNAVE), (KNAVE, KNIGHT)}),  # each calls the other a knave
        ([["is", [[2, KNIGHT]]], ["is", [[1, KNAVE]]]], set()),  # a liar's circle
        ([["is", [[2, KNAVE]]], ["is", [[3, KNAVE]]], ["is", [[1, KNAVE]]]], set()),  # three in a ring
        ([["same", [[1, KNIGHT], [2, KNIGHT]]], ["different", [[1, KNIGHT], [2, KNIGHT]]]], {(KNAVE, KNIGHT)}),
    ],
)
def test_puzzles_solved_by_hand(says: Any, found: set[tuple[int, ...]]) -> None:
    game, puzzle = Knights(), puzzle_of(*says)
    levels = game_levels(game, puzzle)
    assert (levels[len(says)] if len(levels) > len(says) else set()) == solutions(puzzle) == found
    assert game.live(game.start(puzzle)) == bool(found)


@pytest.mark.parametrize("persons", Knights.sizes)
def test_puzzles_are_those_of_brute_force(persons: int) -> None:
    game = Knights(persons)
    check(game)
    puzzles = drawn(game, 2000 if FULL else 200, "brute")
    solvable = [puzzle for puzzle in puzzles if hold_to_brute_force(game, puzzle, rule)]
    assert solvable == [puzzle for puzzle in puzzles if solutions(puzzle)]
    assert 0.4 <= len(solvable) / len(puzzles) <= 0.9
    for puzzle in solvable[:50]:
        hold_answers(game, puzzle, rule)
    for puzzle in puzzles[:50]:
        hold_defects(game, puzzle, rule)


def test_every_set_of_statements_of_two_persons_is_that_of_the_truth_table() -> None:
    one = [["is", [[i, r]]] for i in (1, 2) for r in (1, 2)]
    two = [[form, [[1, r], [2, s]]] for form in ("and", "or") for r in (1, 2) for s in (1, 2)]
    alike = [[form, [[1, 1], [2, 1]]] for form in ("same", "different")]
    counts = Counter[int]()
    for says in product([*one, *two, *alike], repeat=2):
        puzzle = puzzle_of(*says)
        hold_to_brute_force(Knights(), puzzle, rule)
        counts[len(solutions(puzzle))] += 1
    # The 14 statements are all functions of the two roles but the constant ones, so each of the 4 pairs of roles is right for
    # half of what A can say, and for half of what B can.
    assert sum(counts.values()) == 14 * 14 and sum(n * count for n, count in counts.items()) == 4 * 7 * 7


def test_no_two_numbers_are_the_same_puzzle() -> None:
    game = Knights(3)
    puzzles = [puzzle for puzzle in map(game.puzzle, range(0, len(game), 1 if FULL else 17)) if puzzle]
    assert len(set(puzzles)) == len(puzzles) > 1000


def renamed(state: Filling[KnightsPuzzle], order: tuple[int, ...]) -> Filling[KnightsPuzzle]:
    """Person i + 1 becomes person order[i] + 1."""
    says: list[Any] = [None] * len(order)
    values = [0] * len(order)
    for i, place in enumerate(order):
        form, claims = state.puzzle.says[i]
        says[place] = form, tuple(sorted((order[person - 1] + 1, role) for person, role in claims))
        values[place] = state.values[i]
    return Filling(KnightsPuzzle(tuple(says)), tuple(values))


@st.composite
def states(draw: st.DrawFn, low: int = 2, high: int = 6) -> Filling[KnightsPuzzle]:
    n = draw(st.integers(low, high))
    says: list[Any] = []
    for _ in range(n):
        form = draw(st.sampled_from(["is", "and", "or", "same", "different"]))
        persons = draw(st.sets(st.integers(1, n), min_size=1 if form == "is" else 2, max_size=1 if form == "is" else 2))
        roles = st.just(KNIGHT) if form in ("same", "different") else st.sampled_from([KNIGHT, KNAVE])
        says.append((form, tuple((person, draw(roles)) for person in sorted(persons))))
    return Filling(KnightsPuzzle(tuple(says)), tuple(draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))))


@quick
@given(states(), st.permutations(range(6)))
def test_the_key_is_that_of_the_persons_with_other_names(state: Filling[KnightsPuzzle], order: list[int]) -> None:
    other = renamed(state, tuple(i for i in order if i < len(state.values)))
    Knights().check(other.puzzle)
    assert Knights().key(state) == Knights().key(other)


def least(state: Filling[KnightsPuzzle]) -> tuple[object, ...]:
    every = (renamed(state, order) for order in permutations(range(len(state.values))))
    return min((other.values, other.puzzle.says) for other in every)


@settings(deadline=None, derandomize=True, max_examples=600 if FULL else 100)
@given(states(2, 3), states(2, 3))
def test_keys_are_equal_just_where_a_renaming_makes_the_states_equal(one: Any, other: Any) -> None:
    assert (Knights().key(one) == Knights().key(other)) == (least(one) == least(other))


def test_puzzles_of_three_have_as_many_keys_as_classes() -> None:
    game = Knights(3)
    classes: dict[str, set[object]] = {}
    for k in range(0, len(game), 1 if FULL else 13):
        puzzle = game.puzzle(k)
        if puzzle:
            classes.setdefault(game.key(game.start(puzzle)), set()).add(least(game.start(puzzle)))
    assert all(len(found) == 1 for found in classes.values())
    assert len(set().union(*classes.values())) == len(classes) > 500


def test_junk_is_refused() -> None:
    for puzzle in drawn(Knights(3), 2, "junk"):
        hold_junk(Knights(), puzzle)
        hold_odd_puzzles(Knights(), puzzle)


def test_traces_are_true_event_by_event() -> None:
    hold_traces(Knights(), rule)
