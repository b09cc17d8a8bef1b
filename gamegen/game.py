"""The protocol that a game answers, so that search, traces, styles and verification are written once for all games.

Words: a *state* is all that matters for what comes next, its goal included; a *move* leads from one state to another;
moves that lead to the same state are one *canonical* move; a state is *live* while its goal can still be reached.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from gamegen.rng import Draws

P = TypeVar("P", contravariant=True)
S = TypeVar("S", bound=Hashable)
M = TypeVar("M", bound=Hashable)


class Patterns(NamedTuple):
    """How a game writes moves, states and goals: regular expressions without groups, bounded, none of which crosses a line."""

    move: str
    state: str
    goal: str


class Game(Protocol[P, S, M]):
    """The few questions that a game answers; states and moves are immutable and hashable."""

    name: str
    states_results: bool  # whether a move in its notation names what it makes, which can then be false

    @property
    def heuristics(self) -> Mapping[str, Callable[[Any], Any]]:
        """Estimates of how far a state is from its goal, by name: numbers that a reader can work out, the best the least."""

    def start(self, puzzle: P) -> S:
        """The state that a puzzle begins in."""

    def moves(self, state: S) -> Mapping[S, M]:
        """The canonical moves, each under the state that it leads to, in an order that it alone decides; none at the end."""

    def play(self, state: S, move: M) -> S:
        """The state after a move. Raises ValueError for a move that the rules do not allow here."""

    def solved(self, state: S) -> bool:
        """Whether the goal is reached here."""

    def live(self, state: S) -> bool:
        """The oracle: whether the goal can be reached from here. It labels; no policy may ask it."""

    def win(self, state: S, draws: Draws) -> list[M]:
        """The moves of some winning play from a live state, left to chance. Raises ValueError where the state is dead."""

    def bound(self, state: S) -> tuple[str, Any] | None:
        """A reason that a reader can check why the goal is out of reach from here: its name and its value; None for none."""

    def subgoals(self, state: S) -> Sequence[tuple[M, Any]]:
        """Moves that would win if the rest made a value, each with that value."""

    def pretend(self, state: S, move: M) -> S:
        """The state that a move over what is there claims to lead to, whether it is true or not."""

    def with_false_result(self, move: M, draws: Draws) -> M | None:
        """The move with a result that is not true; None where moves state no result."""

    def over_others(self, state: S, move: M, earlier: Sequence[S], invented: bool, draws: Draws) -> M | None:
        """The move over something that is not there: invented, or used up since the earlier states; None for none."""

    def over_false(self, move: M, first: M, false: M) -> M | None:
        """The move over the false result of the first, with its own result; None where that is true, or goes not over it."""

    def look_alike(self, state: S, draws: Draws) -> S:
        """Another state that looks like this one."""

    def left(self, state: S) -> int:
        """At least as many moves as a game from here can last, fewer after each move; 0 where nothing is left to play."""

    def key(self, state: S) -> str:
        """The same for this state, with its goal, and for all that are the same puzzle but for names or order."""

    def say_state(self, state: S) -> str:
        """The state in the game's notation, without its goal."""

    def say_goal(self, state: S) -> str:
        """The goal in the game's notation."""

    def say_move(self, move: M) -> str:
        """The move in the game's notation."""

    def say_check(self, move: M) -> str:
        """The move looked at again, the other way round where the game has such a way."""

    def say_answer(self, start: S, moves: Sequence[M]) -> str:
        """The answer that the moves of a won game amount to."""

    def false_answer(self, start: S, moves: Sequence[M], draws: Draws) -> str | None:
        """An answer that is wrong, beside that of the moves of a won game, where every last move wins; None for none."""


class Notated(Game[P, S, M], Protocol[P, S, M]):
    """A game whose texts are read in its own notation."""

    @property
    def patterns(self) -> Patterns:
        """What ``say_move``, ``say_state`` and ``say_goal`` write, so that a reader can find it in a text."""

    def hear_state(self, text: str, start: S) -> S:
        """The state of the game from that start that ``say_state`` wrote so. Raises ValueError for anything else."""

    def hear_move(self, text: str, start: S) -> M:
        """The move of the game from that start that ``say_move`` wrote so. Raises ValueError for anything else."""

    def hear_way(self, text: str, start: S) -> Mapping[S, M | None]:
        """The moves of an answer, in order, each under the state that it leads to; None where an answer names only that state.

        Raises ValueError for one that is none or breaks the rules.
        """
