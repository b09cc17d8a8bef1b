"""Whether a game keeps to the protocol: some of its puzzles are played through, by chance, and every answer is held to it."""

import re
from fractions import Fraction
from typing import Any

from gamegen.errors import GamegenError
from gamegen.games.small import SmallGame
from gamegen.rng import Draws

PUZZLES = 8  # that are played
NUMBERS = 2000  # of the space that are looked up to find them
PLAYS = 4  # of each
SEEN = 20_000  # states that lose, after which none more is looked for
NAME = r"[a-z][a-z0-9_-]{0,39}"
SIGNS = "\n;|[]\"'."  # that the styles write around moves, states and goals

AnyGame = SmallGame[Any, Any, Any]


def check(game: AnyGame) -> None:
    """Raise GamegenError for the first thing found in which the game breaks the protocol."""
    try:
        _check(game)
    except GamegenError:
        raise
    except Exception as error:  # it may be anybody's code
        _hold(game, False, f"it raises {type(error).__name__} ({' '.join(str(error).split())})")


def _check(game: AnyGame) -> None:
    _hold(game, re.fullmatch(NAME, game.name) is not None, "its name is not made of small letters, digits, - and _")
    for pattern in game.patterns:
        _check_pattern(game, pattern)
    draws = Draws("check", game.name, game.size)
    numbers = (draws.below(len(game)) for _ in range(NUMBERS))
    found = ((k, puzzle) for k in numbers if (puzzle := game.puzzle(k)) is not None)
    puzzles = [pair for pair, _ in zip(found, range(PUZZLES), strict=False)]
    _hold(game, bool(puzzles), f"of {NUMBERS} numbers of its space none is a puzzle")
    for k, puzzle in puzzles:
        said = game.say_puzzle(puzzle)
        _hold(game, game.hear_puzzle(said) == puzzle, f"the puzzle {said} is heard as another")
        _hold(game, game.puzzle(k) == puzzle, f"its puzzle {k} is another when it is asked for again")
        start = game.start(puzzle)
        _hold(game, not game.solved(start), f"the puzzle {said} is solved at the start")
        _hold(game, bool(game.question(start).strip()), f"it has no question for the puzzle {said}")
        lost = set[Any]()
        for i in range(PLAYS):
            _play(game, start, lost, draws, to_goal=i == 0)
        _win(game, start, draws)


def _hold(game: AnyGame, holds: bool, otherwise: str) -> None:
    if not holds:
        raise GamegenError(f"game {game.name}: {otherwise}; mend the game, or remove its package")


def _check_pattern(game: AnyGame, pattern: str) -> None:
    plain = re.sub(r"\\.|\[[^\]]*\]", "", pattern)  # without what stands for itself
    unbounded = re.search(r"[*+]|\{[0-9]*,\}", plain)
    _hold(game, re.compile(pattern).groups == 0, f"its pattern {pattern!r} has a group; write (?:…)")
    _hold(game, not unbounded, f"its pattern {pattern!r} is not bounded; write how often at most, such as {{1,9}}")
    _hold(game, re.fullmatch(pattern, "") is None, f"its pattern {pattern!r} matches the empty string")


def _check_said(game: AnyGame, what: str, pattern: str, said: str) -> None:
    _hold(game, re.fullmatch(pattern, said) is not None, f"its pattern of {what}s does not match {said!r}")
    _hold(game, not set(SIGNS) & set(said), f"the {what} {said!r} has one of the signs {SIGNS!r}")


def _play(game: AnyGame, start: Any, lost: set[Any], draws: Draws, to_goal: bool) -> None:
    """One play by chance to its end, or to the goal where that can be seen."""
    state, earlier = start, list[Any]()
    while True:
        _check_state(game, state, start, lost)
        moves = game.moves(state)
        _check_other_state(game, state, draws)
        if game.solved(state) or not moves:
            return
        for child, move in moves.items():
            _check_move(game, state, move, child, start)
        _check_other_moves(game, state, draws.choice(list(moves.values())), earlier, draws)
        earlier.append(state)
        won = [child for child in moves if _is_won(game, child, lost)] if to_goal else []
        state = draws.choice(won or list(moves))


def _check_state(game: AnyGame, state: Any, start: Any, lost: set[Any]) -> None:
    said = game.say_state(state)
    _check_said(game, "state", game.patterns.state, said)
    _check_said(game, "goal", game.patterns.goal, game.say_goal(state))
    _hold(game, game.hear_state(said, start) == state, f"the state {said!r} is heard as another")
    _hold(game, isinstance(game.key(state), str), f"the key of {said!r} is no text")
    for name, estimate in game.heuristics.items():
        _hold(game, isinstance(estimate(state), int | Fraction), f"its heuristic {name} of {said!r} is no exact number")
    _hold(game, game.bound(state) is None or not _is_won(game, state, lost), f"{said!r} has a bound, and can be won")
    live = game.solved(state) or (game.left(state) > 0 and any(map(game.live, game.moves(state))))
    _hold(game, game.live(state) == live, f"{said!r} is {'live' if live else 'dead'} by its moves, and not called so")


def _is_won(game: AnyGame, state: Any, lost: set[Any]) -> bool:
    """Whether the goal is seen to be reached from here, by the moves alone; the states that were seen to lose are kept."""
    if game.solved(state) or state in lost or len(lost) >= SEEN:
        return game.solved(state)
    if any(_is_won(game, child, lost) for child in game.moves(state)):
        return True
    lost.add(state)
    return False


def _check_move(game: AnyGame, state: Any, move: Any, child: Any, start: Any) -> None:
    said, here = game.say_move(move), game.say_state(state)
    _check_said(game, "move", game.patterns.move, said)
    try:
        played = game.play(state, game.hear_move(said, start))
    except ValueError as error:
        _hold(game, False, f"the move {said!r} from {here!r} is not legal ({error})")
    _hold(game, played == child, f"the move {said!r} from {here!r} does not lead where it is said to")
    _hold(game, 0 <= game.left(child) < game.left(state), f"after {said!r} from {here!r} no fewer moves are left")


def _check_other_state(game: AnyGame, state: Any, draws: Draws) -> None:
    """The state that is to look like this one."""
    other, here = game.look_alike(state, draws), game.say_state(state)
    _check_said(game, "state", game.patterns.state, game.say_state(other))
    _hold(game, game.say_state(other) != here, f"what is to look like {here!r} is the same")


def _check_other_moves(game: AnyGame, state: Any, move: Any, earlier: list[Any], draws: Draws) -> None:
    """The moves that are to be false, or over what is not there."""
    here = game.say_state(state)
    others = [game.over_others(state, move, earlier, invented, draws) for invented in (True, False)]
    for other in (game.with_false_result(move, draws), *others):
        if other is not None:
            said = game.say_move(other)
            _check_said(game, "move", game.patterns.move, said)
            _hold(game, not _is_legal(game, state, other), f"the move {said!r} from {here!r} is to be false, and is legal")


def _is_legal(game: AnyGame, state: Any, move: Any) -> bool:
    try:
        game.play(state, move)
    except ValueError:
        return False
    return True


def _win(game: AnyGame, start: Any, draws: Draws) -> None:
    here = game.say_state(start)
    try:
        moves = game.win(start, draws)
    except ValueError:
        _hold(game, not game.live(start), f"it knows no win from {here!r}, which is live")
        return
    _hold(game, game.live(start), f"it has a win from {here!r}, which is not live")
    state = start
    for move in moves:
        state = game.play(state, move)
    _hold(game, game.solved(state), f"its win from {here!r} does not solve it")
    answer = game.say_answer(start, moves)
    try:
        reached = game.hear_answer(answer, start)
    except ValueError as error:
        _hold(game, False, f"the answer {answer!r} is not heard ({error})")
    _hold(game, game.solved(reached), f"the answer {answer!r} does not solve it")
    false = game.false_answer(start, moves, draws)
    try:
        wrong = false is None or not game.solved(game.hear_answer(false, start))
    except ValueError:
        wrong = True
    _hold(game, wrong, f"the false answer {false!r} is right")
