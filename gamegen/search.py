"""Policies of search, and the honest runs that have what was asked for.

The *depth-first* policy tries the moves of a state in an order left to chance and goes down until nothing can be played.
If that is not the goal it goes back to an earlier state of its path, chance says to which, and tries a move there that it
has not tried. It never asks the oracle. Of all its runs this module assembles one with a given number of backtracks: a
winning path, and before each move of it some *branches*, runs that fail, from the same state.
"""

from typing import Any

from gamegen.game import Game
from gamegen.rng import Draws
from gamegen.trace import Event

AnyGame = Game[Any, Any, Any]


def room(game: AnyGame, state: Any, enough: int) -> int:
    """At least how many backtracks a run from a live state can have; it stops counting at ``enough``.

    It counts the ways to miss the goal below all first moves but one, since that one may be needed to win.
    """
    total = most = 0
    for child in game.moves(state):
        ways = _misses(game, child, enough)
        total += ways
        most = max(most, ways)
        if total - most >= enough:
            return enough
    return total - most


def _misses(game: AnyGame, state: Any, enough: int) -> int:
    """The ways to play from a state to an end that is not the goal, counted up to ``enough``."""
    if game.solved(state):
        return 0
    children = game.moves(state) if game.left(state) else {}
    if not children:
        return 1
    if game.left(state) == 1:
        return len([child for child in children if not game.solved(child)])
    ways = 0
    for child in children:
        ways += _misses(game, child, enough - ways)
        if ways >= enough:
            break
    return ways


def depth_first(game: AnyGame, start: Any, backtracks: int, draws: Draws) -> list[Event] | None:
    """A run of the depth-first policy from a live state that wins with exactly so many backtracks; None if there is none."""
    path: list[Event] = []
    state = start
    for move in game.win(start, draws):
        state = game.play(state, move)
        path.append(Event("try", state, game.moves(path[-1].state if path else start)[state]))
    for full in (False, True):
        events = _assemble(game, start, path, backtracks, draws, full)
        if events is not None:
            return events
    return None


def _assemble(game: AnyGame, start: Any, path: list[Event], backtracks: int, draws: Draws, full: bool) -> list[Event] | None:
    """The run along the path; where ``full``, branches take all the backtracks that they can hold."""
    nodes = [start, *(event.state for event in path[:-1])]
    detours: list[list[Event]] = []
    left = backtracks
    for node, step in zip(reversed(nodes), reversed(path), strict=True):
        detour: list[Event] = []
        asked = left if full or node is start else draws.between(0, left)
        if held := _branches(game, node, asked, draws, full, detour, step.state):
            detour.append(Event("backtrack", node))
            left -= held
        detours.append(detour)
    if left:
        return None
    events: list[Event] = []
    for detour, step in zip(reversed(detours), path, strict=True):
        events += detour
        events.append(step)
    events.append(Event("found", path[-1].state))
    return events


def _branches(
    game: AnyGame, state: Any, backtracks: int, draws: Draws, full: bool, events: list[Event], skip: Any = None
) -> int:
    """Append runs from a state that fail, each with another first move, and return how many backtracks they take.

    At most so many as are given, and that includes the one out of the last branch, which is not appended yet.
    """
    total = 0
    for child, move in draws.shuffled(game.moves(state).items()):
        if total == backtracks:
            break
        if child == skip or game.solved(child):
            continue
        before = len(events)
        if total:
            events.append(Event("backtrack", state))
        events.append(Event("try", child, move))
        left = backtracks - total
        held = _fail(game, child, left if full else draws.between(1, left), draws, full, events)
        if not held:  # all plays from there win
            del events[before:]
        total += held
    return total


def _fail(game: AnyGame, state: Any, backtracks: int, draws: Draws, full: bool, events: list[Event]) -> int:
    """Append a run from a state to a dead end, and return how many backtracks it takes, the one out of it included."""
    if not game.left(state) or not game.moves(state):
        events.append(Event("dead_end", state, None, "missed"))
        return 1
    return _branches(game, state, backtracks, draws, full, events)
