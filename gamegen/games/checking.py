"""Whether a game keeps to the protocol: some of its puzzles are played through, by chance, and every answer is held to it."""

import re
from typing import Any

from gamegen.errors import GamegenError
from gamegen.games.small import SmallGame
from gamegen.rng import Draws

PUZZLES = 8  # that are played
NUMBERS = 2000  # of the space that are looked up to find them
PLAYS = 4  # of each

AnyGame = SmallGame[Any, Any, Any]


def check(game: AnyGame) -> None:
    """Raise GamegenError for the first thing found in which the game breaks the protocol."""
    draws = Draws("check", game.name, game.size)
    found = (game.puzzle(draws.below(len(game))) for _ in range(NUMBERS))
    puzzles = [puzzle for puzzle, _ in zip((puzzle for puzzle in found if puzzle is not None), range(PUZZLES), strict=False)]
    _hold(game, bool(puzzles), f"of {NUMBERS} numbers of its space none is a puzzle")
    for puzzle in puzzles:
        said = game.say_puzzle(puzzle)
        _hold(game, game.hear_puzzle(said) == puzzle, f"the puzzle {said} is heard as another")
        start = game.start(puzzle)
        for _ in range(PLAYS):
            _play(game, start, draws)
        if game.live(start):
            _win(game, start, draws)


def _hold(game: AnyGame, holds: bool, otherwise: str) -> None:
    if not holds:
        raise GamegenError(f"game {game.name}: {otherwise}; mend the game, or remove its package")


def _play(game: AnyGame, start: Any, draws: Draws) -> None:
    """One play by chance, to its end."""
    state = start
    while True:
        _check_state(game, state, start)
        moves = game.moves(state) if game.left(state) else {}
        if game.solved(state) or not moves:
            return
        for child, move in moves.items():
            _check_move(game, state, move, child, start)
        state = draws.choice(list(moves))


def _check_state(game: AnyGame, state: Any, start: Any) -> None:
    said, goal = game.say_state(state), game.say_goal(state)
    _hold(game, re.fullmatch(game.patterns.state, said) is not None, f"its pattern of states does not match {said!r}")
    _hold(game, re.fullmatch(game.patterns.goal, goal) is not None, f"its pattern of goals does not match {goal!r}")
    _hold(game, "\n" not in said + goal, f"{said!r} or {goal!r} has a line break")
    _hold(game, game.hear_state(said, start) == state, f"the state {said!r} is heard as another")
    _hold(game, isinstance(game.key(state), str), f"the key of {said!r} is no text")
    _hold(game, not game.solved(state) or game.live(state), f"{said!r} is solved, and not live")
    _hold(game, game.bound(state) is None or not _reaches(game, state), f"{said!r} has a bound, and can be won")


def _reaches(game: AnyGame, state: Any) -> bool:
    """Whether the goal can be reached, by the moves alone."""
    return game.solved(state) or (game.left(state) > 0 and any(_reaches(game, child) for child in game.moves(state)))


def _check_move(game: AnyGame, state: Any, move: Any, child: Any, start: Any) -> None:
    said, here = game.say_move(move), game.say_state(state)
    _hold(game, re.fullmatch(game.patterns.move, said) is not None, f"its pattern of moves does not match {said!r}")
    _hold(game, "\n" not in said and ";" not in said, f"the move {said!r} has a line break or a semicolon")
    try:
        played = game.play(state, game.hear_move(said, start))
    except ValueError as error:
        _hold(game, False, f"the move {said!r} from {here!r} is not legal ({error})")
    _hold(game, played == child, f"the move {said!r} from {here!r} does not lead where it is said to")
    _hold(game, 0 <= game.left(child) < game.left(state), f"after {said!r} from {here!r} no fewer moves are left")


def _win(game: AnyGame, start: Any, draws: Draws) -> None:
    moves = game.win(start, draws)
    state = start
    for move in moves:
        state = game.play(state, move)
    _hold(game, game.solved(state), f"its win from {game.say_state(start)!r} does not solve it")
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
