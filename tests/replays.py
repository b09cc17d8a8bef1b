"""Runs of small games followed by other rules: those that a test has written down itself, on plain values.

Words: a *told* event is one as its text says it, its state a plain value; ``children`` says which states one move leads to, and
by which moves, as they are written; a state is *shown* once it was called a dead end that it is.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from gamegen.assembly import Asked, assemble
from gamegen.games.small import SmallGame
from gamegen.rng import Draws
from gamegen.trace import Event

State = Hashable


class Told(NamedTuple):
    kind: str
    state: Any
    move: str
    why: str
    value: Any


class Brute(NamedTuple):
    """The rules of a puzzle by brute force; ``ends`` are the numbers that a state can make, where the game has bounds."""

    start: Any
    children: Callable[[Any], Mapping[Any, set[str]]]
    solved: Callable[[Any], bool]
    ends: Callable[[Any], set[int]] = lambda state: set()

    def reachable(self) -> set[Any]:
        """All states that a play comes by which ends where the goal is reached."""
        found, open_ = {self.start}, [self.start]
        while open_:
            here = open_.pop()
            fresh = set() if self.solved(here) else set(self.children(here)) - found
            found |= fresh
            open_ += fresh
        return found

    def live(self, state: Any) -> bool:
        return self.solved(state) or any(map(self.live, self.children(state)))

    def wins(self, state: Any) -> int:
        """How many plays end at the goal."""
        return 1 if self.solved(state) else sum(map(self.wins, self.children(state)))


def drawn(game: SmallGame[Any, Any, Any], number: int, *key: int | str) -> list[Any]:
    """So many puzzles, at random from the space."""
    draws, found = Draws("puzzles", *key), list[Any]()
    while len(found) < number:
        puzzle = game.puzzle(draws.below(len(game)))
        found += [puzzle] if puzzle is not None else []
    return found


def states(game: SmallGame[Any, Any, Any], start: Any) -> set[Any]:
    """All states that can be reached, where nothing is played on from a solved one."""
    found, last = {start}, {start}
    while last:
        last = {child for state in last if not game.solved(state) for child in game.moves(state)} - found
        found |= last
    return found


def told(game: SmallGame[Any, Any, Any], plain: Callable[[Any], Any], events: Sequence[Event]) -> list[Told]:
    """The events as they are told, their states made plain."""
    return [Told(e.kind, plain(e.state), game.say_move(e.move) if e.move else "", e.why, e.value) for e in events]


def solvable_starts(game: SmallGame[Any, Any, Any], number: int, *key: int | str) -> list[Any]:
    """So many live starts, at random from the space."""
    draws, starts = Draws("starts", *key), []
    while len(starts) < number:
        puzzle = game.puzzle(draws.below(len(game)))
        if puzzle is not None and game.live(game.start(puzzle)):
            starts.append(game.start(puzzle))
    return starts


def assembled(game: SmallGame[Any, Any, Any], start: Any, draws: Draws) -> tuple[Asked, list[Event]] | None:
    """A run with some backtracks that the game has room for, some of them behind other dead ends than missed ones."""
    backtracks = draws.between(1, game.capacity)
    others = [draws.below(2) if backtracks > 6 else 0 for _ in range(3)]
    for exhausted, bounded, aside in (others, (0, 0, others[2]), (0, 0, 0)):
        asked = Asked(backtracks, exhausted=(exhausted, 0), bounded=bounded, set_aside=aside)
        if events := assemble(game, start, asked, draws, range(2)):
            return asked, events
    return None


def problems(brute: Brute, events: Sequence[Told], backtracks: int) -> list[str]:
    """What is wrong with a run that should find the goal after so many backtracks."""
    path: list[tuple[Any, set[Any]]] = [(brute.start, set())]
    shown: set[Any] = set()
    found = []
    last = ""
    for i, event in enumerate(events):
        here, tried = path[-1]
        bad = ""
        if (event.kind == "backtrack") != (last == "dead_end"):
            bad = "a dead end and a backtrack belong together"
        elif event.kind == "try":
            bad = _try(brute, event, here, tried)
            path.append((event.state, set()))
        elif event.kind == "dead_end":
            bad = _dead_end(brute, event, here, tried, shown)
            if event.why != "set_aside":
                shown.add(here)
        elif event.kind == "backtrack":
            states = [state for state, _ in path[:-1]]
            if event.state in states:
                del path[len(states) - states[::-1].index(event.state) :]
            else:
                bad = "the state is not earlier on the path"
        elif event.kind != "found" or i != len(events) - 1 or not brute.solved(here):
            bad = "that is no end of a won run"
        if bad:
            found.append(f"event {i}, {event}: {bad}")
        last = event.kind
    if last != "found":
        found.append("it does not end with the goal")
    if (made := sum(event.kind == "backtrack" for event in events)) != backtracks:
        found.append(f"{made} backtracks, {backtracks} asked for")
    return found


def _try(brute: Brute, event: Told, here: Any, tried: set[Any]) -> str:
    if brute.solved(here):
        return "the goal was reached"
    if event.move not in brute.children(here).get(event.state, ()):
        return f"that move does not lead there from {here}"
    if event.state in tried:
        return "it was tried before"
    tried.add(event.state)
    return ""


def _dead_end(brute: Brute, event: Told, here: Any, tried: set[Any], shown: set[Any]) -> str:
    children = set(brute.children(here))
    if event.state != here or brute.solved(here):
        return f"it is of another state than {here}, or solved"
    if event.why == "set_aside":
        return "" if children - tried else "no move is untried"
    if brute.live(here):
        return "it is live"
    if event.why == "missed":
        return "there are moves" if children else ""
    if event.why == "exhausted":
        return "" if children and children <= shown else "not all moves are shown dead"
    bound = {"largest": max, "smallest": min}[event.why](brute.ends(here))
    return "" if event.value == bound else f"the bound is {bound}"
