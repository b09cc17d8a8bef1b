"""Judges texts on games that are written in their own notation, by the rules of the game and nothing else.

Every step is played: what the game does not let a move do, a state that is not where the text stands, a dead end with moves
that the text has not shown to fail, a return to where it never was, are each labelled as in ``replay``.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from gamegen.game import Notated
from gamegen.games.small import SmallGame
from gamegen_verifiers.answers import Answer, find_marked
from gamegen_verifiers.readers import notated
from gamegen_verifiers.replay import Node, Replay, arrive, backtrack, go_on, stop
from gamegen_verifiers.steps import Reading, Step
from gamegen_verifiers.verdict import Verdict, concluded

LONGEST_ANSWER = 2000  # characters

AnyGame = Notated[Any, Any, Any]


def verify_game(game: SmallGame[Any, Any, Any], puzzle: Any, text: str) -> Verdict:
    """Judge a completion on a puzzle of a small game; any text gives a verdict, none an exception."""
    start = game.start(puzzle)
    found, thought = find_marked(text)
    answer, way = judge_answer(game, start, found.text, found.state, found.closed)
    reading = notated.read(game, start, text, thought, max(thought, found.start))
    played = replay(game, start, reading)
    derived = way is not None and is_derived(played, way)
    solvable = game.live(start) if answer.answer == "declined" else None
    return concluded(text, found, answer, reading, played, derived, solvable, start in played.dead)


def judge_answer(game: AnyGame, start: Any, said: str, state: str, closed: bool) -> tuple[Answer, Mapping[Any, Any] | None]:
    """What an answer is worth, and its moves, each under the state that it leads to, where it is correct."""
    if state != "given":
        return Answer(state, None, "" if state == "declined" else "no answer"), None
    try:
        way = game.hear_way(said, start) if len(said) <= LONGEST_ANSWER else None
    except ValueError:
        way = None
    if way is None:
        return (Answer("illegal", said, "not by the rules") if closed else Answer("missing", None, "truncated")), None
    if way and game.solved([*way][-1]):
        return Answer("correct", said, ""), way
    return Answer("wrong", said, "value"), None


def is_derived(played: Replay, way: Mapping[Any, Any]) -> bool:
    """Whether the text soundly came by every state of an answer, or won by the same moves in another order."""
    if all(state in played.visited for state in way):
        return True
    moves = Counter(way.values())
    return any(Counter[Any](win) == moves for win in played.wins)


def replay(game: AnyGame, start: Any, reading: Reading) -> Replay:
    """What each step of the reading is worth by the rules of the game."""
    node = Node(start, None, set(), True)
    played = Replay(start, [node], visited={start: node})
    go_on(played, reading.steps, partial(_judged, game, start))
    return played


def _judged(game: AnyGame, start: Any, played: Replay, step: Step) -> str:
    if step.kind == "given":
        same = step.numbers == start and step.goal == game.say_goal(start)
        return "valid" if same and len(played.path) == 1 else "state mismatch"
    if step.kind in _SHARED:
        return _SHARED[step.kind](played, step)
    return _STEPS[step.kind](game, played, step)


def _moves(game: AnyGame, state: Any) -> Any:
    """The moves from a state; what the text made up may be no state of the game."""
    return game.moves(state) if state != notated.UNHEARD else {}


def _try(game: AnyGame, played: Replay, step: Step) -> str:
    here: Any = played.path[-1]
    move, stated = cast(Any, step.claim), cast(Any, step.numbers)
    played.sums += 1
    try:
        child = None if notated.UNHEARD in (move, here.state) else game.play(here.state, move)
    except ValueError:
        child = None
    allowed = child is not None
    played.true += allowed
    played.legal += allowed
    if stated is None:
        stated = child if allowed else here.state
    label = "valid"
    if not allowed:
        label = "not allowed"
    elif stated != child:
        label = "state mismatch"
    elif child in here.tried:
        label = "repeated"
    elif played.wins:
        label = "after the answer"
    if allowed:
        here.tried.add(child)
    node = Node(stated, None, set(), here.sound and label == "valid", here)
    node.claim = move
    played.path.append(node)
    if node.sound:
        arrive(played, node, game.solved(stated))
    return label


def _dead_end(game: AnyGame, played: Replay, step: Step) -> str:
    here: Any = played.path[-1]
    if step.numbers != here.state or here.state == notated.UNHEARD:
        return "state mismatch"
    if game.solved(here.state) or (step.goal is not None and step.goal != game.say_goal(here.state)):
        return "false dead end"
    moves, bound = set(_moves(game, here.state)), game.bound(here.state)
    holds = {
        "missed": not moves,
        "set_aside": bool(moves - here.tried),
        "exhausted": bool(moves) and moves <= played.dead,
    }.get(step.why, bound is not None and tuple(map(str, bound)) == (step.why, str(step.value)))
    if not holds:
        return "false dead end"
    if step.why != "set_aside":
        played.dead.add(here.state)
    return "valid"


def _check(game: AnyGame, played: Replay, step: Step) -> str:
    return "valid" if any(node.claim == step.claim for node in played.path if node.claim) else "state mismatch"


def _found(game: AnyGame, played: Replay, step: Step) -> str:
    here: Any = played.path[-1].state
    reached = here != notated.UNHEARD and game.solved(here) and step.goal == game.say_goal(here)
    return "valid" if reached else "unsupported answer"


def _subgoal(game: AnyGame, played: Replay, step: Step) -> str:
    return "not allowed"  # no small game has any


_SHARED: dict[str, Callable[[Replay, Step], str]] = {"backtrack": backtrack, "stop": stop}  # that ask nothing of a game
_STEPS: dict[str, Callable[[AnyGame, Replay, Step], str]] = {
    "try": _try,
    "dead_end": _dead_end,
    "subgoal": _subgoal,
    "check": _check,
    "found": _found,
}
