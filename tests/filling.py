"""What the games that fill in place after place are held to, by the rules as a test writes them down itself.

A *rule* says of a puzzle and the values of all its places (0 for an open one) whether nothing is broken by what is filled in.
"""

import json
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from conftest import FULL

from gamegen.assembly import Asked, assemble
from gamegen.games.assignment import Assignment, Filling
from gamegen.rng import Draws

Values = tuple[int, ...]
Rule = Callable[[Any, Values], bool]
AnyAssignment = Assignment[Any]
TRACES = 2000 if FULL else 30
JUNK = [
    "",
    " ",
    "_",
    "\n",
    "x" * 10**5,
    "1 " * 10**5,
    "٣ ٣ ٣ ٣ ٣ ٣",
    "row ٣ column ٣",
    "row 3 column 55",
    "row 0 column 1",
    "row 3 column _",
]
JUNK += [
    "A is a",
    "A is a _",
    "Z is green",
    "a is a knight",
    "A is a knight ",
    "A is red is red",
    "９ 1 1 1",
    "_ _\n_ _ _ _",
    "1_34  34_1 2143 4_12",
]
ODD = [None, True, 1.5, -1, 0, 9, 10**5, 10**30, "x", [], [[]], [1, [2]], {}, [[[[1]]]]]


def levels(start: Values, options: int, rule: Callable[[Values], bool]) -> list[set[Values]]:
    """The fillings after 0, 1, 2, … places, by going through all values for them."""
    opened = [i for i, value in enumerate(start) if not value]
    found = []
    for filled in range(len(opened) + 1):
        every = (_with(start, opened, values) for values in product(range(1, options + 1), repeat=filled))
        found.append({values for values in every if rule(values)})
    return found


def _with(start: Values, places: list[int], values: tuple[int, ...]) -> Values:
    changed = dict(zip(places, values, strict=False))
    return tuple(changed.get(i, value) for i, value in enumerate(start))


def game_levels(game: AnyAssignment, puzzle: Any) -> list[set[Values]]:
    here, found = {game.start(puzzle)}, []
    while here:
        found.append({state.values for state in here})
        here = {child for state in here for child in game.moves(state)}
    return found


def hold_to_brute_force(game: AnyAssignment, puzzle: Any, rule: Rule) -> bool:
    """Whether it can be solved; its states, what is live, stuck and solved are as the brute force has them."""
    start, options = game.start(puzzle), game.options(puzzle)
    brute = levels(start.values, options, lambda values: rule(puzzle, values))
    mine = game_levels(game, puzzle)
    assert mine == [level for level in brute if level]
    live = brute[-1]
    for i in range(len(brute) - 1, -1, -1):
        for values in brute[i]:
            state = Filling(puzzle, values)
            assert (game.live(state), game.solved(state), game.left(state)) == (
                values in live,
                i == len(brute) - 1,
                len(brute) - 1 - i,
            )
        if i:
            place = [k for k, value in enumerate(start.values) if not value][i - 1]
            live = {(*values[:place], 0, *values[place + 1 :]) for values in live}
    stuck = [
        values
        for i, level in enumerate(mine)
        for values in level
        if i < len(brute) - 1 and not game.moves(Filling(puzzle, values))
    ]
    assert (len(stuck) > 1) == game.is_worth_playing(puzzle)
    return bool(brute[-1])


def hold_traces(game: AnyAssignment, rule: Rule) -> None:
    """Runs with 1 to ``capacity`` backtracks, each event of which is looked at."""
    made = 0
    for n, puzzle in enumerate(p for p in _endless(game) if game.live(game.start(p))):
        asked = n % game.capacity + 1
        events = assemble(game, game.start(puzzle), Asked(asked), Draws("traces", n))
        if events is not None:
            replay(game, puzzle, rule, events, asked)
            made += 1
        if n + 1 == TRACES:
            break
    assert made >= 0.9 * TRACES


def _endless(game: AnyAssignment) -> Iterator[Any]:
    draws = Draws("endless", game.name)
    while True:
        puzzle = game.puzzle(draws.below(len(game)))
        if puzzle is not None:
            yield puzzle


def replay(game: AnyAssignment, puzzle: Any, rule: Rule, events: list[Any], backtracks: int) -> None:
    path, options = [game.given(puzzle)], game.options(puzzle)
    for event in events:
        values, last = event.state.values, path[-1]
        if event.kind == "try":
            place, value = event.move
            assert place == last.index(0) and rule(puzzle, values)
            assert values == (*last[:place], value, *last[place + 1 :])
            path.append(values)
        elif event.kind == "backtrack":
            assert values in path[:-1]
            del path[path.index(values) + 1 :]
            backtracks -= 1
        elif event.kind == "dead_end":
            assert event.why == "missed" and values == last
            place = last.index(0)
            assert not any(rule(puzzle, (*last[:place], value, *last[place + 1 :])) for value in range(1, options + 1))
        else:
            assert event.kind == "found" and values == last and 0 not in last and rule(puzzle, last)
    assert events[-1].kind == "found" and not backtracks


def hold_answers(game: AnyAssignment, puzzle: Any, rule: Rule) -> None:
    """The answers of a puzzle that can be solved, right ones and false ones."""
    start, draws = game.start(puzzle), Draws("answers")
    moves = game.win(start, draws)
    answer = game.say_answer(start, moves)
    heard = game.hear_answer(f" {answer}.", start)
    assert heard == game.hear_state(answer, start) and game.solved(heard) and rule(puzzle, heard.values)
    for _ in range(5):
        false = game.false_answer(start, moves, draws)
        if false is None:
            continue
        wrong = game.hear_state(false, start)  # it is of the same form
        assert 0 not in wrong.values and not (rule(puzzle, wrong.values) and _keeps(start, wrong))
        with pytest.raises(ValueError):
            game.hear_answer(false, start)
    assert not game.solved(game.hear_answer(game.say_state(start), start))


def _keeps(start: Any, state: Any) -> bool:
    return all(one in (0, other) for one, other in zip(start.values, state.values, strict=True))


def hold_defects(game: AnyAssignment, puzzle: Any, rule: Rule) -> None:
    """Moves that are not allowed, and states that look alike, all along one play."""
    start, draws = game.start(puzzle), Draws("defects")
    state, earlier = start, list[Any]()
    while moves := game.moves(state):
        child, move = draws.choice(list(moves.items()))
        for invented in (True, False):
            other = game.over_others(state, move, earlier, invented, draws)
            if other is not None:
                assert game.hear_move(game.say_move(other), start) == other
                assert (state.values[other.place] == 0) == invented
                with pytest.raises(ValueError):
                    game.play(state, other)
        assert (game.over_others(state, move, earlier, False, draws) is None) == (not earlier)
        alike = game.look_alike(state, draws)
        assert alike != state and game.hear_state(game.say_state(alike), start) == alike and _keeps(start, alike)
        earlier.append(state)
        state = child


def hold_junk(game: AnyAssignment, puzzle: Any) -> None:
    """What is no state, move or answer is refused; what is one but breaks a rule is no winner."""
    start = game.start(puzzle)
    said = [game.say_state(start), *map(game.say_move, game.moves(start).values())]
    edited = [
        text[:i] + sign + text[i + 1 :] for text in said for i in range(len(text)) for sign in ("", " ", "9", "٣", "_", "\n")
    ]
    for text in (*JUNK, *edited):
        for hear, say in ((game.hear_state, game.say_state), (game.hear_move, game.say_move)):
            try:
                heard: Any = hear(text, start)
            except ValueError:
                continue
            assert say(heard) == text  # type: ignore[operator]
        try:
            answer = game.hear_answer(text, start)
        except ValueError:
            continue
        assert not game.solved(answer) or game.live(start)
    for text in JUNK:
        with pytest.raises(ValueError):
            game.hear_answer(text, start)


def hold_odd_puzzles(game: AnyAssignment, puzzle: Any) -> None:
    """Whatever stands in the place of a part of a puzzle, it is refused, or is a puzzle that can be played."""
    for odd in (*_edited(json.loads(game.say_puzzle(puzzle))), *ODD):
        try:
            heard = game.hear_puzzle(json.dumps(odd))
        except ValueError:
            continue
        start = game.start(heard)
        assert game.hear_puzzle(game.say_puzzle(heard)) == heard and game.question(start) and game.key(start)
        assert all(game.play(start, move) == child for child, move in game.moves(start).items())


def _edited(value: Any) -> Iterator[Any]:
    """The value with one part of it replaced by something odd, left out or put in twice."""
    yield from ODD
    if isinstance(value, dict):
        for name in value:
            yield from ({**value, name: other} for other in _edited(value[name]))
    elif isinstance(value, list):
        for i in range(len(value)):
            yield value[:i] + value[i + 1 :]
            yield [*value[:i], value[i], *value[i:]]
            yield from ([*value[:i], other, *value[i + 1 :]] for other in _edited(value[i]))
