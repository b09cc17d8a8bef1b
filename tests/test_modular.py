"""Countdown modulo a prime, against the same game by brute force on ordered tuples."""

from collections import Counter
from itertools import combinations_with_replacement, permutations, product
from typing import Any

import pytest
from conftest import FULL
from replays import Brute, assembled, drawn, problems, solvable_starts, states, told

from gamegen.games.checking import check
from gamegen.games.combining import Move, Pool
from gamegen.games.modular import MODULI, OPERATIONS, Modular, ModularPuzzle
from gamegen.rng import Draws

TRACES = 2000 if FULL else 30
JUNK = ("", " ", "3", "3 + 4", "3 + 4 =", "3 + 4 = 7 = 7", "٣ + ٤ = ٧", "³ + 4 = 7", "3 + 4 = 7\n", "03 + 4 = 7")
JUNK += ("3 + 4 = 11", "3 + 4 = 1e1", "3+4=7", "3 ** 4 = 7", "-3 + 4 = 1", "9" * 10000, "3, " * 5000, "1, 2, 3, 4, 5", "3,4")
JUNK += ("3, 11", "()", "x")


def made(a: int, op: str, b: int, modulus: int) -> int | None:
    """a op b by going through all numbers: the quotient is the one that times b is a."""
    if op in "+-*":
        whole = {"+": a + b, "-": a - b, "*": a * b}[op]
        return next(c for c in range(modulus) if (c - whole) % modulus == 0)
    return next((c for c in range(modulus) if (c * b - a) % modulus == 0), None) if b else None


def brute(puzzle: ModularPuzzle) -> Brute:
    numbers, goal, modulus, operations = puzzle
    known: dict[tuple[int, ...], dict[tuple[int, ...], set[str]]] = {}

    def children(state: tuple[int, ...]) -> dict[tuple[int, ...], set[str]]:
        if state not in known:
            found: dict[tuple[int, ...], set[str]] = {}
            for i, j in permutations(range(len(state)), 2):
                for op in operations:
                    c = made(state[i], op, state[j], modulus)
                    if c is not None:
                        rest = [state[k] for k in range(len(state)) if k not in (i, j)]
                        found.setdefault(tuple(sorted([*rest, c])), set()).add(f"{state[i]} {op} {state[j]} = {c}")
            known[state] = found
        return known[state]

    return Brute(numbers, children, lambda state: state == (goal,))


def plain(state: Pool) -> tuple[int, ...]:
    return tuple(map(int, Modular().say_state(state).split(", ")))


def test_by_hand() -> None:
    game = Modular(3)
    start = game.start(ModularPuzzle((1, 1, 2), 5, 7, "+*"))
    assert [game.say_state(child) for child in game.moves(start)] == ["2, 2", "1, 2", "1, 3"]
    ends = {plain(end) for child in game.moves(start) for end in game.moves(child)}
    assert ends == {(4,), (3,), (2,)}  # 2 + 2 = 2 * 2 = 4; 1 + 2 = 3, 1 * 2 = 2; 1 + 3 = 4, 1 * 3 = 3
    assert not game.live(start)
    assert game.live(game.start(ModularPuzzle((1, 1, 2), 3, 7, "+*")))


@pytest.mark.parametrize(("size", "bell", "plays"), [(3, 5, 3), (4, 15, 18), (5, 52, 180)])
def test_sums_that_cannot_be_confused(size: int, bell: int, plays: int) -> None:
    """Sums of different powers of two are different, so states are partitions (OEIS A000110), and plays are A006472."""
    numbers = tuple(2**i for i in range(size))
    goal = sum(numbers)
    assert len(states(Modular(size), Pool(ModularPuzzle(numbers, 0, 97, "+"), numbers))) == bell
    assert brute(ModularPuzzle(numbers, goal, 97, "+")).wins(numbers) == plays


@pytest.mark.parametrize("modulus", [*MODULI, 97])
def test_the_field(modulus: int) -> None:
    """Every result is what brute force says, and what it says is a field: quotients undo products."""
    game, puzzle = Modular(), ModularPuzzle((0, 0, 0, 0), 0, modulus, "+-*/")
    numbers = range(modulus) if modulus < 50 else range(0, modulus, 9)
    for a, b, op in product(numbers, numbers, "+-*/"):
        assert game.apply(puzzle, a, op, b) == made(a, op, b, modulus)


@pytest.mark.parametrize("size", Modular.sizes)
def test_keeps_to_the_protocol(size: int) -> None:
    check(Modular(size))


@pytest.mark.parametrize("size", Modular.sizes)
def test_states_and_liveness(size: int) -> None:
    game = Modular(size)
    for puzzle in drawn(game, (300 if FULL else 20) if size < 5 else 3, size):
        start, rules = game.start(puzzle), brute(puzzle)
        for here in (found := states(game, start)):
            assert set(map(plain, game.moves(here))) == set(rules.children(plain(here)))
            assert game.live(here) == rules.live(plain(here))
        assert set(map(plain, found)) == rules.reachable()
        assert game.live(start) == bool(rules.wins(rules.start))


def test_every_expression_modulo_a_prime() -> None:
    """The solvable goals of three numbers are the values of all expressions over them: (a op b) op c and c op (a op b)."""
    game = Modular(3)
    for numbers in list(combinations_with_replacement(range(7), 3))[:: 1 if FULL else 7]:
        values = set()
        for (a, b, c), one, two in product(permutations(numbers), "+-*/", "+-*/"):
            inner = made(a, one, b, 7)
            values |= {made(inner, two, c, 7), made(c, two, inner, 7)} if inner is not None else set()
        live = {goal for goal in range(7) if game.live(game.start(ModularPuzzle(numbers, goal, 7, "+-*/")))}
        assert live == values - {None}


def test_both_kinds_are_common_and_many_are_small() -> None:
    game = Modular()
    starts = [game.start(puzzle) for puzzle in drawn(game, 300, "share")]
    dead = [start for start in starts if not game.live(start)]
    assert 0.4 < 1 - len(dead) / len(starts) < 0.9
    assert sum(len(brute(start.puzzle).reachable()) <= 61 for start in dead) > len(dead) / 3


def test_the_space_names_each_puzzle_once() -> None:
    game = Modular(3)
    game_puzzles = [game.puzzle(k) for k in range(len(OPERATIONS) * 84 * 7)]  # all those modulo 7
    some = [puzzle for puzzle in game_puzzles if puzzle]
    assert len(set(some)) == len(some) == len({game.key(game.start(puzzle)) for puzzle in some})
    assert {puzzle.modulus for puzzle in some} == {7}
    assert {puzzle.numbers for puzzle in some} == set(combinations_with_replacement(range(7), 3))
    lost = {puzzle for puzzle in some if _can_be_lost(brute(puzzle), puzzle.numbers)}
    assert lost == set(some)
    last = Modular().puzzle(len(Modular()) - 1)
    assert last and last.numbers == (22, 22, 22, 22) and last.modulus == 23 and len(Modular()) > 10**5


def _can_be_lost(rules: Brute, state: Any) -> bool:
    if rules.solved(state):
        return False
    return not rules.children(state) or any(_can_be_lost(rules, child) for child in rules.children(state))


def test_keys_tell_puzzles_apart_but_for_order() -> None:
    game = Modular(3)
    assert game.key(game.hear_state("9, 3, 5", game.start(ModularPuzzle((3, 5, 9), 6, 11, "+*")))) == game.key(
        game.start(ModularPuzzle((3, 5, 9), 6, 11, "+*"))
    )
    fields = product(combinations_with_replacement(range(4), 3), range(4), (7, 11), ("+", "+*", "*/"))
    keys = Counter(game.key(game.start(ModularPuzzle(*field))) for field in fields)
    assert len(keys) == 20 * 4 * 2 * 3 and set(keys.values()) == {1}


def test_junk_is_refused() -> None:
    game = Modular()
    start = game.start(ModularPuzzle((3, 4, 9, 10), 6, 11, "+*"))
    for text in JUNK:
        with pytest.raises(ValueError):
            game.hear_move(text, start)
    for text in set(JUNK) - {"3 + 4 = 7\n"}:  # around the moves of an answer there may be space
        with pytest.raises(ValueError):
            game.hear_answer(f"{text}; 10 * 9 = 2", start)
    for text in set(JUNK) - {"3"}:
        with pytest.raises(ValueError):
            game.hear_state(text, start)
    for text in ("{}", "[", "[[[[", '{"numbers":[3,4,9],"goal":6,"modulus":11,"operations":"++"}', "9" * 5000):
        with pytest.raises(ValueError):
            game.hear_puzzle(text)
    good: dict[str, Any] = {"numbers": (3, 4, 9), "goal": 6, "modulus": 11, "operations": "+*"}
    bad: list[tuple[str, Any]] = [("numbers", (3, 4)), ("numbers", (4, 3, 9)), ("numbers", (3, 4, 11)), ("numbers", "349")]
    bad += [("goal", 11), ("goal", -1), ("goal", "6"), ("goal", True), ("modulus", 9), ("modulus", 5), ("modulus", 101)]
    bad += [("modulus", "11"), ("operations", ""), ("operations", "*+"), ("operations", "^"), ("operations", 3)]
    game.check(ModularPuzzle(**good))
    for name, value in bad:
        with pytest.raises(ValueError):
            game.check(ModularPuzzle(**{**good, name: value}))


def test_defects_are_defects() -> None:
    game, draws = Modular(), Draws("defects")
    for start in solvable_starts(game, 30, "defects"):
        first, second, *_ = game.win(start, draws)
        middle = game.play(start, first)
        false = game.with_false_result(first, draws)
        assert false.result != first.result and 0 <= false.result < start.puzzle.modulus
        assert game.hear_move(game.say_move(false), start) == false
        assert plain(game.pretend(start, first)) == plain(middle) != plain(game.pretend(start, false))
        for invented in (True, False):
            move = game.over_others(middle, second, [start], invented, draws)
            if move:
                assert made(move.a, move.op, move.b, start.puzzle.modulus) == move.result
                assert Counter((move.a, move.b)) - Counter(middle.pieces)
                assert not invented or {move.a, move.b} - {*start.pieces, *middle.pieces}
                with pytest.raises(ValueError):
                    game.play(middle, move)
        back = game.over_false(second, first, false)
        assert back is None or made(back.a, back.op, back.b, start.puzzle.modulus) != back.result == second.result
        assert back is not None or first.result not in (second.a, second.b) or 0 in second[1:]
        assert game.look_alike(middle, draws) != middle


def test_traces_by_other_rules() -> None:
    game, draws = Modular(), Draws("traces")
    done = 0
    for start in solvable_starts(game, TRACES, "traces"):
        if run := assembled(game, start, draws):
            asked, events = run
            rules = brute(start.puzzle)
            said = told(game, plain, events)
            assert problems(rules, said, asked.backtracks) == []
            assert problems(rules, said[: len(said) // 2] + said[len(said) // 2 + 1 :], asked.backtracks)
            done += 1
    assert done >= 0.9 * TRACES


def test_moves_are_played_however_they_are_written() -> None:
    game = Modular(3)
    start = game.start(ModularPuzzle((3, 5, 9), 6, 11, "+*"))
    assert game.play(start, Move(start.puzzle, 3, "*", 5, 4)) == game.play(start, Move(start.puzzle, 5, "*", 3, 4))
    for text in ("3 / 5 = 5", "3 * 5 = 5", "3 * 3 = 9", "3 * 4 = 1"):
        with pytest.raises(ValueError):
            game.play(start, game.hear_move(text, start))
