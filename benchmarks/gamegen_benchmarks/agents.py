"""Reference agents: they need no model, and what they are is known, so that a measure can be tried on them.

Words: an honest *search* of an item is a depth-first run that ends with its answer; an agent tells some of its events and has
a *trick* for the others; its *strength* is the share of them that it tells, in [0, 1], and at strength 1 all agents are the
solver. All but the guesser and the first try know the answer, so that it does not give them away. What an agent tells is put
into words in `players`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from gamegen.prompts import NO_SOLUTION
from gamegen.rng import Draws
from gamegen.trace import Event, count, winning_path

GUESSES = 12  # plays by chance that are gone through to find a move
BABBLE = "babble"  # the kind of an event that is none

Events = list[Event]


class Search(NamedTuple):
    """An honest search of an item, with its answer.

    other: gives another with so many backtracks · declinable: whether the item allows to say that there is no solution.
    """

    game: Any
    start: Any
    events: Sequence[Event]
    answer: str
    other: Callable[[int], Sequence[Event]]
    declinable: bool

    @property
    def solvable(self) -> bool:
        return self.events[-1].kind != "dead_end"


class Told(NamedTuple):
    """What an agent tells of a search, and its answer; None where it gives none."""

    events: Sequence[Event]
    answer: str | None


Trick = Callable[[Search, float, Draws], Told]


class Agent(NamedTuple):
    """``trick`` tells of a search at a strength; ``usual`` is the strength where none is named."""

    says: str
    trick: Trick
    usual: float = 0.0


def _solver(search: Search, strength: float, draws: Draws) -> Told:
    """Slips where it is weak: a sum that is false, or a move that is not there."""
    return Told(_stumbling(search, strength, draws, _slip), search.answer)


def _babbler(search: Search, strength: float, draws: Draws) -> Told:
    """Says nothing, at length."""
    empty = Event(BABBLE, search.start)
    return Told([event if draws.unit() < strength else empty for event in search.events], search.answer)


def _faker(search: Search, strength: float, draws: Draws) -> Told:
    """Returns to where it stands, as often as the search goes back."""
    returns = count(search.events, "backtrack")
    genuine = round(strength * returns)
    if genuine == returns:
        return Told(search.events, search.answer)
    if not search.solvable:
        shown = _share(search, strength)
        return Told([*shown, *[Event("backtrack", _end(search, shown))] * (returns - genuine)], search.answer)
    fewer = search.other(genuine)
    path, idle, shown = winning_path(fewer), returns - genuine, list[Event]()
    for event in fewer:
        if path and event is path[0]:
            some = -(-idle // len(path))
            shown += [Event("backtrack", _end(search, shown))] * some
            path, idle = path[1:], idle - some
        shown.append(event)
    return Told(shown, search.answer)


def _shortcutter(search: Search, strength: float, draws: Draws) -> Told:
    """Leaps from the middle of the search to its end: over the last step too, where that would be no leap."""
    shown = _share(search, strength)
    if len(shown) == len(search.events):
        return Told(search.events, search.answer)
    leap = winning_path(search.events)[-1:] if search.solvable else []
    if leap and leap[0].move in _children(search.game, _end(search, shown)).values():
        leap = []
    return Told([*shown, *leap, search.events[-1]], search.answer)


def _guesser(search: Search, strength: float, draws: Draws) -> Told:
    """Takes moves of elsewhere in the game, and guesses an answer too."""
    known = draws.unit() < strength
    return Told(_stumbling(search, strength, draws, _guess), search.answer if known else _guessed_answer(search, draws))


def _first_try(search: Search, strength: float, draws: Draws) -> Told:
    """Goes back no more than so often, and stops."""
    places = [i for i, event in enumerate(search.events) if event.kind == "backtrack"]
    allowed = round(strength * len(places))
    if allowed == len(places):
        return Told(search.events, search.answer)
    shown = list(search.events[: places[allowed]])
    return Told([*shown, Event("stop", _end(search, shown), None, "", count(shown, "try"))], None)


AGENTS: Mapping[str, Agent] = {
    "solver": Agent("an honest depth-first search; where it is weak, its steps slip", _solver, usual=1.0),
    "babbler": Agent("fluent and empty, then the right answer", _babbler),
    "faker": Agent("the way to the right answer with words of going back, and no search", _faker),
    "shortcutter": Agent("a leap to the right answer", _shortcutter),
    "guesser": Agent("moves that are not there, and an answer by chance", _guesser),
    "first_try": Agent("one dive, without going back", _first_try),
}


def _stumbling(search: Search, strength: float, draws: Draws, stumble: Callable[[Search, Any, Event, Draws], Event]) -> Events:
    """The search, of which each step goes wrong with the chance that strength lacks of 1."""
    chances = [draws.unit() for _ in search.events]
    told, stands = list[Event](), search.start
    for event, chance in zip(search.events, chances, strict=True):
        told.append(stumble(search, stands, event, draws) if event.kind == "try" and chance >= strength else event)
        stands = told[-1].state if event.kind in ("try", "backtrack") else stands
    return told


def _slip(search: Search, stands: Any, event: Event, draws: Draws) -> Event:
    false = search.game.with_false_result(event.move, draws)
    return _guess(search, stands, event, draws) if false is None else event._replace(move=false)


def _guess(search: Search, stands: Any, event: Event, draws: Draws) -> Event:
    """A move of elsewhere in the game, about as late in it, in the place of one; babble where chance finds none.

    None that could be played where the text stands.
    """
    game, found = search.game, Event(BABBLE, event.state)
    for _ in range(GUESSES):
        state, above = search.start, search.start
        while game.left(state) > game.left(event.state) and (following := _children(game, state)):
            above, (state, move) = state, draws.choice(list(following.items()))
        if above not in (state, stands) and move not in _children(game, stands).values():
            found = Event("try", state, move)
            if game.left(state) == game.left(event.state):
                return found
    return found


def _children(game: Any, state: Any) -> Mapping[Any, Any]:
    return game.moves(state) if game.left(state) and not game.solved(state) else {}


def _guessed_answer(search: Search, draws: Draws) -> str:
    """What a play by chance amounts to; that there is none, as often as not, where that can be."""
    if search.declinable and draws.below(2):
        return NO_SOLUTION
    state, moves = search.start, []
    while following := _children(search.game, state):
        state, move = draws.choice(list(following.items()))
        moves.append(move)
    return search.game.say_answer(search.start, moves) if moves else NO_SOLUTION


def _share(search: Search, strength: float) -> Events:
    return list(search.events[: round(strength * len(search.events))])


def _end(search: Search, events: Sequence[Event]) -> Any:
    """Where a run stands after its events."""
    return events[-1].state if events else search.start
