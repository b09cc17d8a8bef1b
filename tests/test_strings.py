"""Strings, against the same game by brute force on lists of letters, and against published counts of arrangements."""

from itertools import permutations, product
from math import factorial
from typing import Any

import pytest
from conftest import FULL
from replays import Brute, assembled, drawn, problems, solvable_starts, states, told

from gamegen.games.checking import check
from gamegen.games.combining import Pool
from gamegen.games.strings import OPERATIONS, Strings, StringsPuzzle
from gamegen.rng import Draws

TRACES = 2000 if FULL else 30
JUNK = ("", " ", "x +", "x + y", "x + y =", "x + y = ab", "x + y = xy = xy", "X + Y = XY", "х + у = ху", "x + y = xy\n")
JUNK += ("x+y=xy", "x ^ y = xy", "x + = x", "x" * 10000, "x, " * 5000, "x, x, x, x, y", "x,y", "x, ", "()", "7", "[x]")


def made(a: str, op: str, b: str) -> str:
    """What a op b makes, letter by letter."""
    one, other, word = list(a), list(b), []
    if op == "%":
        while one and other:
            word += [one.pop(0), other.pop(0)]
    if op == "~":
        other = [b[len(b) - 1 - i] for i in range(len(b))]
    return "".join([*word, *one, *other])


def brute(puzzle: StringsPuzzle) -> Brute:
    pieces, goal, operations = puzzle
    known: dict[tuple[str, ...], dict[tuple[str, ...], set[str]]] = {}

    def children(state: tuple[str, ...]) -> dict[tuple[str, ...], set[str]]:
        if state not in known:
            found: dict[tuple[str, ...], set[str]] = {}
            for i, j in permutations(range(len(state)), 2):
                rest = [state[k] for k in range(len(state)) if k not in (i, j)]
                for op in operations:
                    word = made(state[i], op, state[j])
                    found.setdefault(tuple(sorted([*rest, word])), set()).add(f"{state[i]} {op} {state[j]} = {word}")
            known[state] = found
        return known[state]

    return Brute(pieces, children, lambda state: state == (goal,))


def plain(state: Pool) -> tuple[str, ...]:
    return tuple(Strings().say_state(state).split(", "))


def test_by_hand() -> None:
    game = Strings(3)
    start = game.start(StringsPuzzle(("x", "x", "xy"), "xyxx", "~"))
    assert [game.say_state(child) for child in game.moves(start)] == ["xx, xy", "x, xyx"]
    ends = {plain(end) for child in game.moves(start) for end in game.moves(child)}
    assert ends == {("xxyx",), ("xyxx",)}  # xx ~ xy = x ~ xyx, and xy ~ xx = xyx ~ x
    assert game.live(start)
    assert [made("xy", op, "xxy") for op in "+~%"] == ["xyxxy", "xyyxx", "xxyxy"]


@pytest.mark.parametrize(("size", "lah"), [(3, 13), (4, 73), (5, 501)])
def test_joining_pieces_that_cannot_be_confused(size: int, lah: int) -> None:
    """As no two sequences of y, xy, xxy, … read alike, states are sets of sequences (OEIS A000262)."""
    game = Strings(size)
    pieces = tuple(sorted("x" * i + "y" for i in range(size)))
    start = game.start(StringsPuzzle(pieces, "".join(pieces), "+"))
    never = start.puzzle._replace(goal="x" * 9)  # so that no play ends before all is joined
    assert len(states(game, Pool(never, pieces))) == lah
    rules = brute(start.puzzle)
    assert rules.wins(pieces) == factorial(size - 1)  # the seams of the goal can be closed in any order
    assert game.live(start)


@pytest.mark.parametrize("size", Strings.sizes)
def test_keeps_to_the_protocol(size: int) -> None:
    check(Strings(size))


@pytest.mark.parametrize("size", Strings.sizes)
def test_states_and_liveness(size: int) -> None:
    game = Strings(size)
    for puzzle in drawn(game, (300 if FULL else 20) if size < 5 else 3, size):
        start, rules = game.start(puzzle), brute(puzzle)
        for here in (found := states(game, start)):
            assert set(map(plain, game.moves(here))) == set(rules.children(plain(here)))
            assert game.live(here) == rules.live(plain(here))
        assert set(map(plain, found)) == rules.reachable()
        assert game.live(start) == bool(rules.wins(rules.start))


def test_both_kinds_are_common_and_many_are_small() -> None:
    game = Strings()
    starts = [game.start(puzzle) for puzzle in drawn(game, 300, "share")]
    dead = [start for start in starts if not game.live(start)]
    assert 0.4 < 1 - len(dead) / len(starts) < 0.9
    assert sum(len(brute(start.puzzle).reachable()) <= 61 for start in dead) > len(dead) / 3
    assert all(sorted("".join(start.pieces)) == sorted(start.puzzle.goal) for start in starts)


def renamed(puzzle: StringsPuzzle) -> StringsPuzzle:
    """The puzzle with its letters exchanged."""
    other = {"x": "y", "y": "x"}
    pieces, goal = (["".join(other[letter] for letter in word) for word in words] for words in (puzzle.pieces, (puzzle.goal,)))
    return StringsPuzzle(tuple(sorted(pieces)), goal[0], puzzle.operations)


def test_the_space_names_each_puzzle_once() -> None:
    """All puzzles that begin with x and x, and with all of them in full, stand in the space once, but for names."""
    game = Strings(3)
    space = set()
    for k in range(len(game)):
        puzzle = game.puzzle(k)
        if puzzle:
            if puzzle.pieces[:2] != ("x", "x") and not FULL:
                break
            assert puzzle not in space and (renamed(puzzle) == puzzle or renamed(puzzle) not in space)
            space.add(puzzle)
    words = ["".join(word) for length in (1, 2, 3) for word in product("xy", repeat=length)]
    starts = {tuple(sorted(start)) for start in product(words, repeat=3) if FULL or start[:2] == ("x", "x")}
    for pieces in (start for start in starts if len("".join(start)) < 7 and len(set("".join(start))) > 1):
        for goal in {"".join(order) for order in permutations("".join(pieces))}:
            puzzle = StringsPuzzle(pieces, goal, "+")
            rules = brute(puzzle)
            lost = any(not rules.children(state) and not rules.solved(state) for state in rules.reachable())
            assert lost == ((puzzle in space) or (renamed(puzzle) in space))
    assert len(Strings()) > 10**5


def test_keys_are_the_same_under_renaming_and_only_then() -> None:
    game, some = Strings(3), drawn(Strings(3), 2000 if FULL else 200, "keys")
    words = ["".join(word) for length in (1, 2) for word in product("xy", repeat=length)]
    starts = {tuple(sorted(start)) for start in product(words, repeat=3)}
    for pieces in starts:
        goals = {"".join(order) for order in permutations("".join(pieces))}
        some += [StringsPuzzle(pieces, goal, operations) for goal in goals for operations in ("+", "+%")]
    classes = {frozenset((puzzle, renamed(puzzle))) for puzzle in some}
    keys = {game.key(game.start(puzzle)) for puzzle in some}
    assert len(keys) == len(classes)
    assert all(game.key(game.start(puzzle)) == game.key(game.start(renamed(puzzle))) for puzzle in some)


def test_junk_is_refused() -> None:
    game = Strings()
    start = game.start(StringsPuzzle(("x", "x", "xy", "y"), "xxxyy", "+~"))
    for text in JUNK:
        with pytest.raises(ValueError):
            game.hear_move(text, start)
        with pytest.raises(ValueError):
            game.hear_state(text, start)
    for text in set(JUNK) - {"x + y = xy\n"}:  # around the moves of an answer there may be space
        with pytest.raises(ValueError):
            game.hear_answer(f"{text}; x + xy = xxy", start)
    good: dict[str, Any] = {"pieces": ("x", "xy", "y"), "goal": "xyxy", "operations": "+~"}
    bad: list[tuple[str, Any]] = [("pieces", ("x", "xyy")), ("pieces", ("xy", "x", "y")), ("pieces", ("x", "xz", "y"))]
    bad += [("pieces", "xyxy"), ("pieces", ("", "xy", "xy")), ("pieces", (1, 2, 3))]
    bad += [("goal", "xyyy"), ("goal", ""), ("goal", 3)]
    bad += [("operations", operations) for operations in ("", "~+", "++", "*", 3)]
    game.check(StringsPuzzle(**good))
    for name, value in bad:
        with pytest.raises(ValueError):
            game.check(StringsPuzzle(**{**good, name: value}))
    with pytest.raises(ValueError):
        game.check(StringsPuzzle(("x" * 8, "x" * 8, "y"), "x" * 16 + "y", "+"))


def test_defects_are_defects() -> None:
    game, draws = Strings(), Draws("defects")
    for start in solvable_starts(game, 30, "defects"):
        first, second, *_ = game.win(start, draws)
        middle = game.play(start, first)
        false = game.with_false_result(first, draws)
        assert false.result != first.result == made(first.a, first.op, first.b) and len(false.result) == len(first.result)
        assert game.hear_move(game.say_move(false), start) == false
        assert plain(game.pretend(start, first)) == plain(middle) != plain(game.pretend(start, false))
        for invented in (True, False):
            move = game.over_others(middle, second, [start], invented, draws)
            if move:
                assert game.hear_move(game.say_move(move), start) == move
                assert made(move.a, move.op, move.b) == move.result
                with pytest.raises(ValueError):
                    game.play(middle, move)
        back = game.over_false(second, first, false)
        assert back is None or made(back.a, back.op, back.b) != back.result == second.result
        assert (back is None) == (first.result not in (second.a, second.b))
        assert sorted("".join(game.look_alike(middle, draws).pieces)) != sorted("".join(start.pieces))


def test_traces_by_other_rules() -> None:
    game, draws = Strings(), Draws("traces")
    done = 0
    for start in solvable_starts(game, TRACES, "traces"):
        if run := assembled(game, start, draws):
            asked, events = run
            assert problems(brute(start.puzzle), told(game, plain, events), asked.backtracks) == []
            done += 1
    assert done >= 0.9 * TRACES


def test_the_question_tells_each_operation_with_another_word() -> None:
    game = Strings(3)
    for operations in OPERATIONS:
        said = game.question(game.start(StringsPuzzle(("x", "xy", "y"), "xyxy", operations)))
        assert [f" {sign} b " in said for sign in "+~%"] == [sign in operations for sign in "+~%"]
        assert all(f"`xy {sign} xxy = {made('xy', sign, 'xxy')}`" in said for sign in operations)
