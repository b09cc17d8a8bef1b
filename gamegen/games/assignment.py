"""Games that fill in one place after the other: what they have in common.

Words: a *place* gets a *value*, one of 1, 2, …; a place without one is *open*, written as ``_``, and has the value 0 in the
code. The next place is the first open one. A value *fits* a place where it breaks no rule together with what is filled in.
The *given* values are those at the start. A *filling* is a state; it is *sound* where it keeps the given values and all its
values fit. A text may speak of any filling, sound or not; no play leads to one that is not.
"""

from collections.abc import Container, Iterator, Sequence
from itertools import chain, combinations, islice
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from gamegen.games.small import SmallGame
from gamegen.rng import Draws

P = TypeVar("P", bound=tuple[Any, ...])
Values = tuple[int, ...]


class Filling(NamedTuple, Generic[P]):
    """The values of all places under a puzzle."""

    puzzle: P
    values: Values


class Fill(NamedTuple):
    """A value for the next place."""

    place: int
    value: int


class Assignment(SmallGame[P, Filling[P], Fill]):
    """A game of this kind; a subclass gives its words, ``given``, ``options`` and ``fits``, its space and its question."""

    places: ClassVar[tuple[str, ...]]  # as moves name them
    joint: ClassVar[str]  # what stands in a move between the place and its value
    words: ClassVar[tuple[str, ...]]  # for the values; that of 0 is for an open place
    goal: ClassVar[str]
    answer_form = "all values in their order, written as a state with nothing open"

    def given(self, puzzle: P) -> Values:
        """The values at the start, one for each place."""
        raise NotImplementedError

    def options(self, puzzle: P) -> int:
        """How many values there are."""
        raise NotImplementedError

    def fits(self, puzzle: P, values: Values, place: int, value: int) -> bool:
        """Whether the value fits the place; what that place has now does not count."""
        raise NotImplementedError

    # The rules

    def start(self, puzzle: P) -> Filling[P]:
        return Filling(puzzle, self.given(puzzle))

    def left(self, state: Filling[P]) -> int:
        return state.values.count(0)

    def children(self, state: Filling[P]) -> dict[Filling[P], Fill]:
        puzzle, values = state
        if 0 not in values or not self._keeps(state):
            return {}
        place = values.index(0)
        before, after = values[:place], values[place + 1 :]
        return {
            Filling(puzzle, (*before, value, *after)): Fill(place, value)
            for value in range(1, self.options(puzzle) + 1)
            if self.fits(puzzle, values, place, value)
        }

    def solved(self, state: Filling[P]) -> bool:
        return 0 not in state.values and self.is_sound(state)

    def is_sound(self, state: Filling[P]) -> bool:
        puzzle, values = state
        return self._keeps(state) and all(self.fits(puzzle, values, i, value) for i, value in enumerate(values) if value)

    def _keeps(self, state: Filling[P]) -> bool:
        return all(value == there for value, there in zip(self.given(state.puzzle), state.values, strict=True) if value)

    def check_given(self, puzzle: P) -> None:
        """Raise ValueError where the given values break a rule, or leave nothing open."""
        start = self.start(puzzle)
        if 0 not in start.values or not self.is_sound(start):
            raise ValueError(f"{self.say_state(start)} leaves nothing open, or breaks a rule from the start")

    def is_worth_playing(self, puzzle: P) -> bool:
        """Whether there is more than one way to get stuck."""
        return len(list(islice(self._stuck(self.start(puzzle)), 2))) == 2

    def _stuck(self, state: Filling[P]) -> Iterator[Filling[P]]:
        """The states behind this one where something is open and no value fits."""
        moves = self.moves(state)
        if self.left(state) and not moves:
            yield state
        for child in moves:
            yield from self._stuck(child)

    # How it is written

    def say_state(self, state: Filling[P]) -> str:
        return " ".join(self.words[value] for value in state.values)

    def split(self, text: str) -> list[str]:
        """The words of a state."""
        return text.split(" ")

    def say_goal(self, state: Filling[P]) -> str:
        return self.goal

    def say_move(self, move: Fill) -> str:
        return f"{self.places[move.place]}{self.joint}{self.words[move.value]}"

    def hear_state(self, text: str, start: Filling[P]) -> Filling[P]:
        words, known = self.split(text), self.words[: self.options(start.puzzle) + 1]
        if len(words) == len(start.values) and all(word in known for word in words):
            state = Filling(start.puzzle, tuple(map(known.index, words)))
            if self.say_state(state) == text:
                return state
        raise ValueError(f"{text[:40]!r} is no state of this puzzle")

    def hear_move(self, text: str, start: Filling[P]) -> Fill:
        place, _, word = text.partition(self.joint)
        places, words = self.places[: len(start.values)], self.words[1 : self.options(start.puzzle) + 1]
        if place not in places or word not in words:
            raise ValueError(f"{text[:40]!r} is no move of this puzzle")
        return Fill(places.index(place), words.index(word) + 1)

    def say_answer(self, start: Filling[P], moves: Sequence[Fill]) -> str:
        for move in moves:
            start = self.play(start, move)
        return self.say_state(start)

    def hear_way(self, text: str, start: Filling[P]) -> dict[Filling[P], Fill | None]:
        """The filling alone, as places are filled in one order only."""
        state = self.hear_state(text.strip().rstrip("."), start)
        if not self.is_sound(state):
            raise ValueError(f"{self.say_state(state)} breaks a rule, or changes what is given")
        return {state: None}

    # Defects

    def over_others(
        self, state: Filling[P], move: Fill, earlier: Sequence[Filling[P]], invented: bool, draws: Draws
    ) -> Fill | None:
        """A value that does not fit the next place; or, not invented, another one for a place that was filled before."""
        options = range(1, self.options(state.puzzle) + 1)
        if invented:
            legal = set(self.moves(state).values())
            false = [fill for fill in (Fill(move.place, value) for value in options) if fill not in legal]
        else:
            false = [Fill(i, value) for i in self._filled(state) for value in options if value != state.values[i]]
        return draws.choice(false) if false else None

    def _filled(self, state: Filling[P]) -> list[int]:
        """The places that were filled since the start."""
        return [i for i, value in enumerate(self.given(state.puzzle)) if not value and state.values[i]]

    def look_alike(self, state: Filling[P], draws: Draws) -> Filling[P]:
        """With a value changed so that it does not fit; where none can be, with a place filled out of turn, or one changed."""
        changed = list(draws.shuffled(self._changed(state)))
        unsound = (other for other in changed if not self.is_sound(other))
        return next(chain(unsound, draws.shuffled(self._ahead(state)), changed))

    def _changed(self, state: Filling[P]) -> Iterator[Filling[P]]:
        """With another value in one of the places that were filled since the start."""
        for place in self._filled(state):
            others = (value for value in range(1, self.options(state.puzzle) + 1) if value != state.values[place])
            yield from (_with(state, {place: value}) for value in others)

    def _ahead(self, state: Filling[P]) -> Iterator[Filling[P]]:
        """With a value in an open place that is not the next, unless that is the only one."""
        opened = [place for place, value in enumerate(state.values) if not value]
        for place in opened[1:] or opened:
            yield from (_with(state, {place: value}) for value in range(1, self.options(state.puzzle) + 1))

    def false_answer(self, start: Filling[P], moves: Sequence[Fill], draws: Draws) -> str | None:
        """The answer with two values exchanged that were found; where that makes none false, with one changed."""
        won = self.hear_answer(self.say_answer(start, moves), start)
        for other in (*draws.shuffled(self._exchanged(won)), *draws.shuffled(self._changed(won))):
            if not self.solved(other):
                return self.say_state(other)
        return None

    def _exchanged(self, state: Filling[P]) -> Iterator[Filling[P]]:
        for i, k in combinations(self._filled(state), 2):
            if state.values[i] != state.values[k]:
                yield _with(state, {i: state.values[k], k: state.values[i]})


def _with(state: Filling[P], changes: dict[int, int]) -> Filling[P]:
    return Filling(state.puzzle, tuple(changes.get(i, value) for i, value in enumerate(state.values)))


def are_numbers(items: Any, among: Container[int]) -> bool:
    """Whether it is a tuple of integers, each one of these."""
    return isinstance(items, tuple) and all(type(item) is int and item in among for item in items)
