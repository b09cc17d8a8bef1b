"""Countdown's states, plays, goals and notation, against counts made by hand and against brute force."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import chain, combinations

import pytest
from brute import Rules as Plain
from brute import (
    answer_problems,
    apply,
    children,
    everything,
    levels,
    live,
    plays,
    solved,
    state_of,
    targets,
    winning_plays,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from gamegen.errors import SpecError
from gamegen.games.countdown import Countdown, Move, Puzzle, Rules, State, Value
from gamegen.rng import Draws

OPERATIONS = ["".join(ops) for ops in chain.from_iterable(combinations("+-*/", n) for n in range(1, 5))]
VALUES = ("natural", "integer", "rational")
EVERY_RULE = [Plain(ops, use_all, values) for ops in OPERATIONS for use_all in (True, False) for values in VALUES]
NEAR = range(-30, 61)  # goals that are asked for besides those that can be reached

quick = settings(deadline=None, derandomize=True, max_examples=60)
rules = st.sampled_from(EVERY_RULE)
three_or_four = st.lists(st.integers(0, 12), min_size=3, max_size=4).map(lambda numbers: tuple(sorted(numbers)))


def said(plain: Plain) -> str:
    return f"{plain.operations}-{'all' if plain.use_all else 'any'}-{plain.values}"


every_rule = pytest.mark.parametrize("plain", EVERY_RULE, ids=said)


def game_of(plain: Plain) -> Countdown:
    return Countdown(Rules(*plain))


def game_levels(game: Countdown, start: State, depth: int) -> list[set[State]]:
    found = [{start}]
    for _ in range(depth):
        found.append({child for parent in found[-1] for child in game.moves(parent)})
    return found


def game_plays(game: Countdown, state: State, length: int) -> int:
    return sum(game_plays(game, child, length - 1) for child in game.moves(state)) if length else 1


def game_wins(game: Countdown, state: State) -> int:
    return 1 if game.solved(state) else sum(game_wins(game, child) for child in game.moves(state))


def goals_of(numbers: Iterable[Value], plain: Plain) -> set[Fraction]:
    """Goals to ask for: all that can be reached, many that cannot, and a few fractions where there are any."""
    fractions = {Fraction(1, 2), Fraction(-7, 3)} if plain.values == "rational" else set()
    return targets(state_of(numbers), plain) | set(map(Fraction, NEAR)) | fractions


def check_tree(numbers: tuple[int, ...], plain: Plain, depth: int) -> None:
    """States and plays of every length up to the depth are those of brute force, and every move is a true one."""
    game, start, plain_start = game_of(plain), State(numbers, 0), state_of(numbers)
    ours, theirs = game_levels(game, start, depth), levels(plain_start, plain, depth)
    assert [{state.numbers for state in level} for level in ours] == theirs
    assert [game_plays(game, start, k) for k in range(depth + 1)] == [plays(plain_start, plain, k) for k in range(depth + 1)]
    for state in chain.from_iterable(ours[:-1]):
        for child, move in game.moves(state).items():
            assert tuple(move) in children(state_of(state.numbers), plain)[state_of(child.numbers)]
            assert game.play(state, move) == child
            assert all(type(v) is int or v.denominator > 1 for v in (*child.numbers, *move[::2], move.result))


def check_oracle(numbers: tuple[int, ...], plain: Plain) -> None:
    """The goals of a multiset are those of brute force, and whatever else is asked for is refused."""
    oracle, reachable = game_of(plain).oracle(numbers), targets(state_of(numbers), plain)
    assert oracle.targets() == reachable
    asked = goals_of(numbers, plain)
    assert {goal for goal in asked if oracle.reaches(goal)} == reachable
    fresh = game_of(plain).oracle(numbers)  # which has not listed everything before it is asked
    assert {goal for goal in asked if fresh.reaches(goal)} == reachable


# The smallest games, counted by hand: numbers, values, all results.
TWO_NUMBERS = [
    ((1, 1), "natural", {2, 0, 1}),  # 1+1, 1-1, 1*1 = 1/1
    ((1, 1), "rational", {2, 0, 1}),
    ((1, 2), "natural", {3, 1, 2}),  # 1+2, 2-1, 1*2 = 2/1; 1-2 is negative, 1/2 no whole number
    ((1, 2), "integer", {3, 1, 2, -1}),  # and 1-2
    ((1, 2), "rational", {3, 1, 2, -1, Fraction(1, 2)}),  # and 1/2
    ((2, 2), "natural", {4, 0, 1}),  # 2+2 = 2*2, 2-2, 2/2
    ((2, 2), "integer", {4, 0, 1}),
    ((0, 0), "rational", {0}),  # 0+0 = 0-0 = 0*0; 0/0 is not allowed
    ((0, 5), "natural", {5, 0}),  # 0+5 = 5-0, 0*5 = 0/5; 5/0 is not allowed
    ((0, 5), "rational", {5, 0, -5}),  # and 0-5
]


@pytest.mark.parametrize(("numbers", "values", "results"), TWO_NUMBERS)
def test_two_numbers_as_counted_by_hand(numbers: tuple[int, int], values: str, results: set[Value]) -> None:
    game = Countdown(Rules(values=values))
    assert {child.numbers for child in game.moves(State(numbers, 1))} == {(result,) for result in results}
    assert len(game.moves(State(numbers, 1))) == len(results)
    assert game.oracle(numbers).targets() == results
    assert targets(state_of(numbers), Plain(values=values)) == results


def test_one_two_three_as_counted_by_hand() -> None:
    # 1 with 2 makes 3, 1, 2 and leaves {3,3} {1,3} {2,3}; 1 with 3 makes 4, 2, 3 and leaves {2,4} {2,2} {2,3} again;
    # 2 with 3 makes 5, 1, 6 and leaves {1,5} {1,1} {1,6}. So 8 states of two numbers.
    # {3,3} makes 6, 0, 9, 1; each of the other seven makes three: {1,3} 4 2 3, {2,3} 5 1 6, {2,4} 6 2 8, {2,2} 4 0 1,
    # {1,5} 6 4 5, {1,1} 2 0 1, {1,6} 7 5 6. So 4 + 7 * 3 = 25 plays and the 10 results 0 to 9.
    # 6 is made from {3,3}, {2,3}, {2,4}, {1,5} and {1,6}: 5 plays win it, and 20 lose it.
    game, start = Countdown(Rules()), State((1, 2, 3), 6)
    assert [len(level) for level in game_levels(game, start, 2)] == [1, 8, 10]
    assert [game_plays(game, start, k) for k in (1, 2)] == [8, 25]
    assert game.oracle((1, 2, 3)).targets() == set(range(10))
    assert game_wins(game, start) == 5
    # Where any subset will do, 6 is also there after 2*3: {1,6} itself wins, still as one play. 3 is there at once.
    assert game_wins(Countdown(Rules(use_all=False)), start) == 5
    assert Countdown(Rules(use_all=False)).solved(State((1, 2, 3), 3))


@pytest.mark.parametrize(
    ("numbers", "operations", "values", "states", "ends"),
    [
        # 4-4 leaves {0,4}, then 4-0; the order of 0-4 would be negative.
        ((4, 4, 4), "-", "natural", [1, 1, 1], {4}),
        # 5-3 leaves {2,7}: 5; 7-3 leaves {4,5}: 1; 7-5 leaves {2,3}: 1.
        ((3, 5, 7), "-", "natural", [1, 3, 2], {5, 1}),
        # 6/2 leaves {3,3}: 1; 6/3 leaves {2,2}: 1; 2 with 3 cannot be divided.
        ((2, 3, 6), "/", "natural", [1, 2, 1], {1}),
        # Nothing divides anything: stuck with three numbers.
        ((3, 5, 7), "/", "integer", [1, 0, 0], set()),
        # 0/0 is not allowed: stuck; but 0/4 = 0 leaves {0,0} of (0,0,4), which is stuck then.
        ((0, 0, 0), "/", "rational", [1, 0, 0], set()),
        ((0, 0, 4), "/", "rational", [1, 1, 0], set()),
        # 1/2 and 2/1 of (1,1,2), and 1/1: {1/2,1} {1,2}; those make 1/2, 2 each.
        ((1, 1, 2), "/", "rational", [1, 2, 2], {Fraction(1, 2), 2}),
        # 1-2 = -1 and 2-1 = 1 leave {-1,2} {1,2}, 2-2 = 0 leaves {0,1}; then ±3, ±1, ±1.
        ((1, 2, 2), "-", "integer", [1, 3, 4], {3, -3, 1, -1}),
        ((1, 1, 1), "+", "natural", [1, 1, 1], {3}),
        ((1, 1, 1, 1), "+", "natural", [1, 1, 2, 1], {4}),  # {1,1,2}; {1,3} {2,2}; {4}
    ],
)
def test_few_operations_as_counted_by_hand(
    numbers: tuple[int, ...], operations: str, values: str, states: list[int], ends: set[Value]
) -> None:
    game = Countdown(Rules(operations, values=values))
    assert [len(level) for level in game_levels(game, State(numbers, 0), len(numbers) - 1)] == states
    assert game.oracle(numbers).targets() == ends
    assert targets(state_of(numbers), Plain(operations, True, values)) == ends


@every_rule
@pytest.mark.parametrize("numbers", [(1, 2, 3), (0, 0, 4), (0, 3, 3), (1, 1, 2), (5, 5, 5), (2, 6, 9)])
def test_three_numbers_play_as_brute_force_does(numbers: tuple[int, ...], plain: Plain) -> None:
    check_tree(numbers, plain, 2)
    check_oracle(numbers, plain)


@every_rule
@pytest.mark.parametrize("numbers", [(0, 1, 2, 2), (2, 3, 4, 6)])
def test_four_numbers_reach_what_brute_force_reaches(numbers: tuple[int, ...], plain: Plain) -> None:
    check_oracle(numbers, plain)


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("numbers", [(0, 0, 3, 3), (1, 2, 3, 4), (7, 7, 7, 7), (2, 10, 50, 99)])
def test_four_numbers_play_as_brute_force_does(numbers: tuple[int, ...], values: str) -> None:
    check_tree(numbers, Plain(values=values), 3)


@pytest.mark.parametrize(
    ("numbers", "plain"),
    [
        ((1, 1, 2, 2, 3), Plain("+-", True, "natural")),
        ((1, 2, 3, 4, 5), Plain("+-", True, "integer")),
        ((0, 1, 2, 4, 8), Plain("*/", True, "rational")),
        ((0, 0, 2, 3, 3), Plain("-*", True, "integer")),
        ((0, 1, 1, 2, 2), Plain("+-*/", False, "natural")),
        ((2, 2, 2, 2, 2), Plain("+-*/", True, "rational")),
        ((1, 2, 2, 4, 8), Plain("/", True, "rational")),
        ((1, 1, 1, 2, 2, 2), Plain("+-", True, "natural")),
        ((2, 2, 2, 3, 3, 3), Plain("+*", True, "natural")),
        ((0, 0, 1, 1, 2, 2), Plain("*/", False, "integer")),
        ((0, 1, 1, 1, 2, 2), Plain("-/", True, "rational")),
        ((1, 1, 1, 1, 1, 1), Plain("+-*/", True, "natural")),
    ],
)
def test_five_and_six_numbers_play_as_brute_force_does(numbers: tuple[int, ...], plain: Plain) -> None:
    check_tree(numbers, plain, 3)  # to the depth where all are in reach of a second; the oracle goes to the end
    check_oracle(numbers, plain)


@pytest.mark.parametrize("numbers", [(1, 2, 3, 4, 5), (3, 7, 25, 50, 75, 100)])
def test_the_first_two_moves_of_large_games_are_those_of_brute_force(numbers: tuple[int, ...]) -> None:
    for values in VALUES:
        check_tree(numbers, Plain(values=values), 2)


@every_rule
def test_winning_plays_are_as_many_as_brute_force_counts(plain: Plain) -> None:
    game = game_of(plain)
    for numbers in [(1, 2, 3), (0, 2, 2), (3, 3, 8), (1, 1, 2, 4)]:
        start = state_of(numbers)
        for goal in [*sorted(targets(start, plain), key=abs)[:12], Fraction(1000)]:
            assert game_wins(game, State(numbers, goal)) == winning_plays(start, goal, plain), (numbers, goal)


@every_rule
@pytest.mark.parametrize("numbers", [(1, 2, 3), (0, 0, 5), (4, 4, 6)])
def test_live_says_for_every_state_whether_a_play_wins(numbers: tuple[int, ...], plain: Plain) -> None:
    game, states = game_of(plain), everything(state_of(numbers), plain)
    for goal in goals_of(numbers, plain):
        for state in states:
            assert game.live(State(state, goal)) == live(state, goal, plain), (state, goal)


@pytest.mark.parametrize("numbers", [(2, 4), (1, 2, 4), (2, 3, 4, 6), (1, 1, 2, 2, 3)])
@pytest.mark.parametrize("values", ["natural", "integer"])
def test_no_fraction_is_reached_with_whole_numbers(numbers: tuple[int, ...], values: str) -> None:
    assert not Countdown(Rules(values=values)).live(State(numbers, Fraction(1, 2)))


def winning_play(game: Countdown, plain: Plain, start: State, draws: Draws) -> list[State]:
    """The states of a play that the game names as winning, each move checked by the game and by brute force."""
    states = [start]
    for move in game.win(start, draws):
        assert apply(Fraction(move.a), move.op, Fraction(move.b), plain) == move.result
        states.append(game.play(states[-1], move))
    return states


@every_rule
@pytest.mark.parametrize("numbers", [(1, 2, 3), (0, 5, 5), (1, 2, 4, 4)])
def test_win_is_a_legal_play_to_the_goal_or_refused(numbers: tuple[int, ...], plain: Plain) -> None:
    game = game_of(plain)
    for goal in sorted(goals_of(numbers, plain))[::3]:
        for state in sorted(everything(state_of(numbers), plain))[::5]:
            here = State(state, goal)
            if live(state, goal, plain):
                assert solved(state_of(winning_play(game, plain, here, Draws(1, *numbers))[-1].numbers), goal, plain)
            else:
                with pytest.raises(ValueError):
                    game.win(here, Draws(1))


def test_win_works_for_five_and_six_numbers() -> None:
    for numbers in [(2, 3, 5, 7, 9), (0, 0, 1, 4, 6), (1, 2, 3, 4, 5, 6), (3, 7, 25, 50, 75, 100)]:
        for values in VALUES:
            plain = Plain(values=values)
            game, reached = game_of(plain), 0
            for goal in range(0, 1000, 97):
                start = State(numbers, goal)
                if game.live(start):
                    assert winning_play(game, plain, start, Draws(goal))[-1].numbers == (goal,)
                    reached += 1
            assert reached


def test_no_single_order_wins_always() -> None:
    game, start = Countdown(Rules()), State((1, 2, 3, 4), 24)
    assert len({tuple(game.win(start, Draws(seed))) for seed in range(200)}) > 5


@quick
@given(three_or_four, rules, st.integers(-5, 40), st.integers(0, 10**6))
def test_any_small_game_agrees_with_brute_force(numbers: tuple[int, ...], plain: Plain, goal: int, seed: int) -> None:
    game, start = game_of(plain), State(numbers, goal)
    assert {child.numbers for child in game.moves(start)} == set(children(state_of(numbers), plain))
    assert game.live(start) == live(state_of(numbers), goal, plain)
    if game.live(start):
        assert game.solved(winning_play(game, plain, start, Draws(seed))[-1])


@quick
@given(three_or_four, rules, st.integers(0, 10**6))
def test_an_answer_is_worth_the_goal_and_uses_the_numbers_as_given(numbers: tuple[int, ...], plain: Plain, seed: int) -> None:
    plain = plain._replace(use_all=True)
    game, draws = game_of(plain), Draws(seed)
    states, moves = [State(numbers, 0)], []
    while game.moves(states[-1]):  # a random play, which makes any goal but its last number wrong
        child, move = draws.choice(list(game.moves(states[-1]).items()))
        states.append(child)
        moves.append(move)
    if len(states[-1].numbers) == 1:
        goal = states[-1].numbers[0]
        assert answer_problems(game.say_answer(states[0], moves), numbers, goal, plain) == []


@pytest.mark.parametrize(
    ("moves", "text"),
    [
        ([Move(8, "-", 3, 5), Move(9, "-", 5, 4)], "9 - (8 - 3)"),
        ([Move(9, "-", 8, 1), Move(1, "+", 3, 4)], "9 - 8 + 3"),
        ([Move(9, "-", 3, 6), Move(8, "-", 6, 2)], "8 - (9 - 3)"),
        ([Move(9, "/", 3, 3), Move(8, "*", 3, 24)], "8 * (9 / 3)"),
        ([Move(8, "*", 9, 72), Move(72, "/", 3, 24)], "8 * 9 / 3"),
        ([Move(3, "+", 8, 11), Move(11, "*", 9, 99)], "(3 + 8) * 9"),
        ([Move(8, "*", 3, 24), Move(24, "-", 9, 15)], "8 * 3 - 9"),
    ],
)
def test_an_answer_has_the_parentheses_that_it_needs(moves: list[Move], text: str) -> None:
    assert Countdown(Rules()).say_answer(State((3, 8, 9), 0), moves) == text


@pytest.mark.parametrize(
    ("numbers", "move", "rules"),
    [
        ((2, 3, 4), Move(5, "+", 2, 7), Rules()),  # 5 is not there
        ((2, 3, 4), Move(2, "+", 2, 4), Rules()),  # there is one 2 only
        ((2, 3, 4), Move(2, "+", 3, 6), Rules()),  # not true
        ((2, 3, 4), Move(2, "-", 3, 1), Rules()),  # not true, the other way round it is
        ((2, 3, 4), Move(2, "-", 3, -1), Rules()),  # negative
        ((2, 3, 4), Move(3, "/", 2, Fraction(3, 2)), Rules()),  # a fraction
        ((2, 3, 4), Move(3, "/", 2, 1), Rules()),  # rounded down
        ((2, 3, 4), Move(3, "/", 2, Fraction(3, 2)), Rules(values="integer")),
        ((2, 3, 4), Move(2, "+", 3, 5), Rules("-*/")),  # an operation that is not played
        ((2, 3, 4), Move(2, "*", 3, 6), Rules("+-/")),
        ((0, 3, 4), Move(3, "/", 0, 0), Rules(values="rational")),
        ((0, 0, 4), Move(0, "/", 0, 0), Rules(values="rational")),
        ((2, 3, 4), Move(2, "%", 3, 2), Rules()),
        ((2, 3, 4), Move(2, "^", 3, 8), Rules()),
    ],
)
def test_play_refuses_what_the_rules_do_not_allow(numbers: tuple[int, ...], move: Move, rules: Rules) -> None:
    with pytest.raises(ValueError):
        Countdown(rules).play(State(numbers, 9), move)


def test_play_takes_each_number_once() -> None:
    game = Countdown(Rules(values="rational"))
    assert game.play(State((2, 2, 3), 9), Move(2, "+", 2, 4)) == State((3, 4), 9)
    assert game.play(State((2, 2, 3), 9), Move(2, "/", 3, Fraction(2, 3))) == State((Fraction(2, 3), 2), 9)
    assert game.play(State((2, 2, 3), 9), Move(2, "-", 3, -1)) == State((-1, 2), 9)


@pytest.mark.parametrize("given", ["", "++", "+x", "^", "+-*/+"])
def test_rules_refuse_operations_that_there_are_not(given: str) -> None:
    with pytest.raises(SpecError):
        Rules(given)


def test_order_does_not_matter_where_it_says_nothing() -> None:
    assert Rules("/*-+") == Rules("+-*/") and hash(Rules("/+")) == hash(Rules("+/"))
    assert Puzzle((5, 1, 5, 3), 9) == Puzzle((1, 3, 5, 5), 9) != Puzzle((1, 3, 3, 5), 9)


@quick
@given(three_or_four, rules)
def test_moves_come_in_an_order_that_the_state_alone_decides(numbers: tuple[int, ...], plain: Plain) -> None:
    warm, cold = game_of(plain), game_of(plain)
    for state in chain.from_iterable(game_levels(warm, State(numbers, 0), len(numbers) - 1)):
        assert list(cold.moves(State(state.numbers, 0)).items()) == list(warm.moves(state).items())
    goals = [list(cold.moves(State(numbers, goal)).values()) for goal in (0, 7)]
    assert goals[0] == goals[1]


def test_notation_is_as_it_was_written_down() -> None:
    game = Countdown(Rules())
    assert game.say_move(Move(12, "*", -3, -36)) == "12 * (-3) = -36"
    assert game.say_move(Move(3, "/", 2, Fraction(3, 2))) == "3 / 2 = 3/2"
    assert game.say_move(Move(Fraction(-3, 2), "-", 1, Fraction(-5, 2))) == "(-3/2) - 1 = -5/2"
    assert game.say_state(State((Fraction(-1, 2), 2, 7), 0)) == "-1/2, 2, 7"
