"""The puzzles of the eval suites, which no state of a training trace may be.

Which numbers a suite has is settled by the class that no split of a corpus owns (see ``puzzles``). But a state inside a trace,
with its goal, is a puzzle too, of fewer numbers, or further on: so every state of a row is looked up here. The keys are
data, ``reserved.txt``, one a line; ``gamegen suite build`` writes it. A key of Countdown says nothing of the rules, so that a
puzzle is reserved under all of them.
"""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from gamegen.games import COUNTDOWN
from gamegen.trace import Event

FILE = "reserved.txt"


def key(game: Any, state: Any) -> str:
    """The key under which a state is reserved."""
    if game.name != COUNTDOWN:
        return f"{game.name}:{game.key(state)}"
    return f"{COUNTDOWN}:{','.join(map(str, state.numbers))}={state.goal}"


@cache
def keys(name: str) -> frozenset[str]:
    """The keys of the puzzles of a game that are reserved."""
    text = (resources.files("gamegen") / FILE).read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line.startswith(f"{name}:"))


@cache
def _by_goal() -> dict[Any, frozenset[tuple[int, ...]]]:
    """The numbers of the reserved puzzles of Countdown, by goal."""
    found: dict[Any, set[tuple[int, ...]]] = {}
    for line in keys(COUNTDOWN):
        numbers, goal = line.removeprefix(f"{COUNTDOWN}:").split("=")
        found.setdefault(int(goal), set()).add(tuple(map(int, numbers.split(","))))
    return {goal: frozenset(some) for goal, some in found.items()}


def leads_to_reserved(game: Any, state: Any) -> bool:
    """Whether a move of Countdown leads to a reserved puzzle, of which a run could hardly keep clear."""
    reserved = [numbers for numbers in _by_goal().get(state.goal, ()) if len(numbers) == len(state.numbers) - 1]
    return bool(reserved) and any(child.numbers in reserved for child in game.moves(state))


def passes_by(game: Any, trace: Sequence[Event]) -> str | None:
    """The first state of a trace that is a reserved puzzle, in the game's notation; None for none."""
    tried: list[Any] = [event.state for event in trace if event.kind == "try"]
    if game.name == COUNTDOWN:
        reserved = _by_goal().get(tried[0].goal if tried else None, frozenset())
        found = [state for state in tried if state.numbers in reserved] if reserved else []
    else:
        reserved_keys = keys(game.name)
        found = [state for state in dict.fromkeys(tried) if key(game, state) in reserved_keys] if reserved_keys else []
    return game.say_state(found[0]) if found else None
