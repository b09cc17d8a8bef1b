"""Subset sum, against going through all subsets, and against published counts of subsets."""

from itertools import combinations, combinations_with_replacement
from typing import Any

import pytest
from conftest import FULL
from replays import Brute, assembled, drawn, problems, solvable_starts, states, told

from gamegen.games.checking import check
from gamegen.games.subset import LARGEST, Subset, SubsetPuzzle, SubsetSum, Take
from gamegen.rng import Draws

TRACES = 2000 if FULL else 30
MOVES = ("", " ", "0 + 5", "0 + 5 =", "0 + 5 = 5 = 5", "٠ + ٥ = ٥", "0 + ⁵ = 5", "0 + 5 = 5\n", "0+5=5")
MOVES += ("0 - 5 = 5", "00 + 5 = 5", "0 + 05 = 5")
STATES = ("", "0", "0 ()", "0 (5, 5", "0 (5,5)", "0 (none", "0 (5; 5)", "٠ (5)", "0 (5)\n", "0 (555)")
STATES += ("00 (5)", "0 (05)", "9" * 10000, "0 (" + "5, " * 999)
ANSWERS = ("", "+", "08", "5 +", "+ 5", "5 + 5 + 5", "٥", "5 - 3", "4", "12 + 12", "5 3", "12 + 8", "9" * 10000)
ANSWERS += ("5 + " * 3000 + "5", "12 + 5 = 17", "5,5")

Plain = tuple[int, tuple[int, ...]]  # what was made, and what may be taken, ascending


def brute(puzzle: SubsetPuzzle) -> Brute:
    numbers, goal = puzzle

    def children(state: Plain) -> dict[Plain, set[str]]:
        """By the positions at which a number stands: the last of equal ones stands for all."""
        made, may = state
        found: dict[Plain, set[str]] = {}
        for i, number in enumerate(may):
            if made + number <= goal and number not in may[i + 1 :]:
                found[made + number, may[:i]] = {f"{made} + {number} = {made + number}"}
        return found

    return Brute((0, numbers), children, lambda state: state[0] == goal, lambda state: sums(state) - {state[0]})


def sums(state: Plain) -> set[int]:
    made, may = state
    return {made + sum(some) for size in range(len(may) + 1) for some in combinations(may, size)}


def subsets(numbers: tuple[int, ...], goal: int) -> set[tuple[int, ...]]:
    """The multisets of some of the numbers that sum to the goal."""
    return {some for size in range(len(numbers) + 1) for some in combinations(numbers, size) if sum(some) == goal}


def plain(state: Subset) -> Plain:
    made, may = SubsetSum().say_state(state).rstrip(")").split(" (")
    return int(made), () if may == "none" else tuple(sorted(map(int, may.split(", "))))


def test_by_hand() -> None:
    game = SubsetSum(5)
    start = game.start(SubsetPuzzle((3, 5, 5, 8, 12), 11))
    assert [game.say_state(child) for child in game.moves(start)] == ["8 (5, 5, 3)", "5 (5, 3)", "3 (none)"]
    assert len(states(game, start)) == 7  # the start, those, 8 + 3, 5 + 5, and 5 + 3
    assert game.live(start) and not game.live(game.start(SubsetPuzzle((3, 5, 5, 8, 12), 14)))
    assert game.bound(game.hear_state("3 (none)", start)) is None
    assert game.bound(game.hear_state("5 (3)", start)) == ("largest", 8)
    assert game.bound(game.hear_state("8 (5, 5)", start)) == ("smallest", 13)
    assert game.bound(start) is None


@pytest.mark.parametrize(("size", "number"), [(5, 3), (6, 5), (7, 8), (8, 14), (9, 23), (10, 40)])
def test_subsets_of_the_first_numbers(size: int, number: int) -> None:
    """How many subsets of 1 … n have the sum that most have, about a half of all (OEIS A025591)."""
    numbers = tuple(range(1, size + 1))
    game, puzzle = SubsetSum(size), SubsetPuzzle(numbers, sum(numbers) // 2)
    wins = [state for state in states(game, game.start(puzzle)) if game.solved(state)]
    assert len(subsets(numbers, puzzle.goal)) == brute(puzzle).wins((0, numbers)) == number
    assert 0 < len(wins) <= number  # subsets with the same smallest number end in the same state


@pytest.mark.parametrize("size", SubsetSum.sizes)
def test_keeps_to_the_protocol(size: int) -> None:
    check(SubsetSum(size))


@pytest.mark.parametrize("size", SubsetSum.sizes)
def test_states_liveness_and_bounds(size: int) -> None:
    game = SubsetSum(size)
    for puzzle in drawn(game, 300 if FULL else 20, size):
        start, rules = game.start(puzzle), brute(puzzle)
        for here in (found := states(game, start)):
            assert set(map(plain, game.moves(here))) == set(rules.children(plain(here)))
            assert game.live(here) == (puzzle.goal in sums(plain(here))) == rules.live(plain(here))
            if bound := game.bound(here):
                made = sums(plain(here)) - {here.made}
                assert bound == (("largest", max(made)) if max(made) < puzzle.goal else ("smallest", min(made)))
                assert puzzle.goal not in made
        assert set(map(plain, found)) == rules.reachable()
        assert rules.wins(rules.start) == len(subsets(puzzle.numbers, puzzle.goal))


def test_both_kinds_are_common_and_small() -> None:
    game = SubsetSum()
    starts = [game.start(puzzle) for puzzle in drawn(game, 300, "share")]
    dead = [start for start in starts if not game.live(start)]
    assert 0.4 < 1 - len(dead) / len(starts) < 0.9
    assert sum(len(brute(start.puzzle).reachable()) <= 61 for start in dead) > 0.9 * len(dead)


def test_the_space_names_each_puzzle_once() -> None:
    """All puzzles whose largest number is 3, and up to 6 in full, stand in the space once."""
    game, most = SubsetSum(5), 6 if FULL else 3
    starts = list(combinations_with_replacement(range(1, most + 1), 5))
    space = [game.puzzle(chosen + goal * (len(game) // 26)) for chosen in range(len(starts)) for goal in range(26)]
    some = [puzzle for puzzle in space if puzzle]
    assert len(set(some)) == len(some) == len({game.key(game.start(puzzle)) for puzzle in some})
    wanted = set()
    for numbers in starts:
        for goal in range(sum(numbers) // 4, sum(numbers) // 2 + 1):
            rules = brute(SubsetPuzzle(numbers, goal))
            lost = any(not rules.children(state) and not rules.solved(state) for state in rules.reachable())
            if lost and rules.children(rules.start):
                wanted.add(SubsetPuzzle(numbers, goal))
    assert set(some) == wanted
    assert len(SubsetSum()) > 10**5 and max(LARGEST) == SubsetSum.sizes[-1]


def test_keys_tell_what_is_left_to_make_of_what() -> None:
    game = SubsetSum(5)
    start = game.start(SubsetPuzzle((3, 5, 5, 8, 12), 18))
    other = game.start(SubsetPuzzle((3, 5, 5, 9, 12), 14))
    assert game.key(game.hear_state("8 (5, 5, 3)", start)) == game.key(game.hear_state("4 (3, 5, 5)", other))
    assert game.key(game.hear_state("8 (5, 5, 3)", start)) != game.key(game.hear_state("5 (5, 5, 3)", other))
    all_of = [SubsetPuzzle(n, goal) for n in combinations_with_replacement((1, 2, 11), 5) for goal in range(1, sum(n) + 1)]
    assert len({game.key(game.start(puzzle)) for puzzle in all_of}) == len(all_of)


def test_junk_is_refused() -> None:
    game = SubsetSum(5)
    start = game.start(SubsetPuzzle((3, 5, 5, 8, 12), 18))
    for hear, texts in ((game.hear_move, MOVES), (game.hear_state, STATES), (game.hear_answer, ANSWERS)):
        for text in texts:
            with pytest.raises(ValueError):
                hear(text, start)
    with pytest.raises(ValueError):
        game.hear_state("0 (8, 5, 5, 3, 3, 1)", start)
    for text in ("{}", '{"numbers":[1,2,3,4,5],"goal":' + "9" * 500 + "}", '{"numbers":[[1]],"goal":1}'):
        with pytest.raises(ValueError):
            game.hear_puzzle(text)
    good: dict[str, Any] = {"numbers": (3, 5, 5, 8, 12), "goal": 18}
    bad: list[tuple[str, Any]] = [("numbers", (3, 5, 5, 8)), ("numbers", (5, 3, 5, 8, 12)), ("numbers", (0, 5, 5, 8, 12))]
    bad += [("numbers", (3, 5, 5, 8, 100)), ("numbers", (3, 5, 5, 8, "9")), ("numbers", "12345"), ("goal", 0), ("goal", 34)]
    bad += [("goal", "18"), ("goal", True)]
    game.check(SubsetPuzzle(**good))
    for name, value in bad:
        with pytest.raises(ValueError):
            game.check(SubsetPuzzle(**{**good, name: value}))


def test_answers_are_read_in_any_order() -> None:
    game = SubsetSum(5)
    start = game.start(SubsetPuzzle((3, 5, 5, 8, 12), 18))
    for text in ("8 + 5 + 5", "5 + 8 + 5", " 5+5+8. "):
        assert game.solved(game.hear_answer(text, start))
    assert not game.solved(game.hear_answer("8 + 5", start))


def test_defects_are_defects() -> None:
    game, draws = SubsetSum(), Draws("defects")
    for start in solvable_starts(game, 60, "defects"):
        moves = game.win(start, draws)
        first, middle = moves[0], game.play(start, moves[0])
        false = game.with_false_result(first, draws)
        assert false.result != first.result == first.number > 0
        assert game.hear_move(game.say_move(false), start) == false
        assert game.pretend(start, first) == middle != game.pretend(start, false)
        assert game.hear_state(game.say_state(game.pretend(start, false)), start) == game.pretend(start, false)
        if len(moves) > 1:
            for invented in (True, False):
                move = game.over_others(middle, moves[1], [start], invented, draws)
                assert move is None or move.result == move.made + move.number <= start.puzzle.goal
                assert move is None or (move.number not in start.may if invented else move.number == first.number)
                if move:
                    with pytest.raises(ValueError):
                        game.play(middle, move)
            assert game.over_false(moves[1], first, false) == Take(false.result, moves[1].number, moves[1].result)
        assert game.look_alike(middle, draws) != middle
        assert set(game.look_alike(start, draws).may) - set(start.may)


def test_traces_by_other_rules() -> None:
    game, draws = SubsetSum(), Draws("traces")
    done, whys = 0, set()
    for start in solvable_starts(game, TRACES, "traces"):
        if run := assembled(game, start, draws):
            asked, events = run
            assert problems(brute(start.puzzle), told(game, plain, events), asked.backtracks) == []
            whys |= {event.why for event in events}
            done += 1
    assert done >= 0.9 * TRACES and {"missed", "largest", "set_aside"} <= whys
