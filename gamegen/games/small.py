"""Small games: all their states can be gone through, so what is live and how it is won follows from the moves alone.

Words: the *size* is the one dial of a small game, of which each game says what it counts; its *space* are the puzzles of that
size, numbered from 0 on, where some numbers may stand for none and no two for the same one. A new game is a subclass:
``jugs.py`` is one to begin from, and ``docs/new_game.md`` goes through one line by line.
"""

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from math import comb
from typing import Any, ClassVar, Generic, TypeVar

from gamegen.errors import SpecError
from gamegen.game import Patterns
from gamegen.rng import Draws

P = TypeVar("P", bound=tuple[Any, ...])
S = TypeVar("S", bound=Hashable)
M = TypeVar("M", bound=Hashable)

LONGEST_PUZZLE = 4000  # characters of one in a row
LARGEST = 10**6  # of the numbers in a puzzle


class SmallGame(Generic[P, S, M]):
    """A game of one size; a subclass gives what has no body here, and whatever of the rest it has something to say on."""

    name: str
    says: ClassVar[str]  # what is played, for a list of games
    sizes: ClassVar[range]
    usual: ClassVar[int]  # the size where none is asked for
    counts: ClassVar[str]  # what the size counts
    capacity: ClassVar[int]  # backtracks that most solvable puzzles of the usual size have room for
    Puzzle: ClassVar[type[tuple[Any, ...]]]  # a NamedTuple of integers, strings and tuples of these
    patterns: Patterns
    states_results: bool = False
    answer_form: ClassVar[str] = "the moves in order, with semicolons between them"
    heuristics: Mapping[str, Callable[[Any], Any]] = {}

    def __init__(self, size: int | None = None) -> None:
        self.size = self.usual if size is None else size
        if self.size not in self.sizes:
            raise SpecError(
                "puzzles.size",
                f"{size} given; {self.name} has {self.sizes[0]} to {self.sizes[-1]} {self.counts}",
            )
        self.moves = lru_cache(maxsize=1 << 12)(self._moves)
        self.live = lru_cache(maxsize=1 << 16)(self._live)
        self.can_be_lost = lru_cache(maxsize=1 << 16)(self._can_be_lost)

    # What a game is

    def __len__(self) -> int:
        """How many numbers its space has."""
        raise NotImplementedError

    def puzzle(self, k: int) -> P | None:
        """Puzzle k of the space; None where k stands for none."""
        raise NotImplementedError

    def check(self, puzzle: P) -> None:
        """Raise ValueError for what is no puzzle of this game, of whatever size; it may come from anywhere."""
        raise NotImplementedError

    def question(self, start: S) -> str:
        """The puzzle and its rules in words, and how states and moves are written."""
        raise NotImplementedError

    def start(self, puzzle: P) -> S:
        raise NotImplementedError

    def children(self, state: S) -> dict[S, M]:
        """The canonical moves where some are left: each under its state, in an order that the state alone decides."""
        raise NotImplementedError

    def solved(self, state: S) -> bool:
        raise NotImplementedError

    def left(self, state: S) -> int:
        raise NotImplementedError

    def key(self, state: S) -> str:
        raise NotImplementedError

    # How it is written

    def say_state(self, state: S) -> str:
        raise NotImplementedError

    def say_goal(self, state: S) -> str:
        raise NotImplementedError

    def say_move(self, move: M) -> str:
        raise NotImplementedError

    def hear_state(self, text: str, start: S) -> S:
        raise NotImplementedError

    def hear_move(self, text: str, start: S) -> M:
        raise NotImplementedError

    def say_check(self, move: M) -> str:
        return self.say_move(move)

    def say_answer(self, start: S, moves: Sequence[M]) -> str:
        return "; ".join(map(self.say_move, moves))

    def hear_way(self, text: str, start: S) -> Mapping[S, M | None]:
        way, state = dict[S, M | None](), start
        for said in text.strip().rstrip(".;").split(";"):
            move = self.hear_move(said.strip(), start)
            state = self.play(state, move)
            way[state] = move
        return way

    def hear_answer(self, text: str, start: S) -> S:
        """The state that an answer amounts to. Raises ValueError for one that is none or breaks the rules."""
        return [start, *self.hear_way(text, start)][-1]

    def say_puzzle(self, puzzle: P) -> str:
        """The puzzle as JSON, as a row has it."""
        return json.dumps(puzzle._asdict(), separators=(",", ":"))  # type: ignore[attr-defined]

    def hear_puzzle(self, text: str) -> P:
        """The puzzle that was said so. Raises ValueError."""
        try:
            fields = json.loads(text) if len(text) <= LONGEST_PUZZLE else None
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict) or set(fields) != set(self.Puzzle._fields):  # type: ignore[attr-defined]
            raise ValueError(f"{text[:60]!r} is no puzzle of {self.name}")
        puzzle: Any = self.Puzzle(**{name: _frozen(value) for name, value in fields.items()})
        self.check(puzzle)
        return puzzle  # type: ignore[no-any-return]

    # What follows from its moves

    def _moves(self, state: S) -> dict[S, M]:
        return self.children(state) if self.left(state) else {}

    def play(self, state: S, move: M) -> S:
        for child, how in self.moves(state).items():
            if how == move:
                return child
        raise ValueError(f"{self.say_move(move)} is not allowed from {self.say_state(state)}")

    def _live(self, state: S) -> bool:
        if self.solved(state):
            return True
        return self.bound(state) is None and any(map(self.live, self.moves(state)))

    def _can_be_lost(self, state: S) -> bool:
        """Whether some play from here ends without the goal; where none does, there is nothing to search for."""
        if self.solved(state):
            return False
        children = self.moves(state)
        return not children or any(map(self.can_be_lost, children))

    def win(self, state: S, draws: Draws) -> list[M]:
        moves = []
        while not self.solved(state):
            live = [(child, move) for child, move in self.moves(state).items() if self.live(child)]
            if not live:
                raise ValueError(f"{self.say_goal(state)} cannot be reached from {self.say_state(state)}")
            state, move = draws.choice(live)
            moves.append(move)
        return moves

    def bound(self, state: S) -> tuple[str, Any] | None:
        return None

    def subgoals(self, state: S) -> Sequence[tuple[M, Any]]:
        return ()

    # Defects; a game that has none of a kind leaves it as it is here

    def with_false_result(self, move: M, draws: Draws) -> M | None:
        return None

    def pretend(self, state: S, move: M) -> S:
        raise NotImplementedError

    def over_others(self, state: S, move: M, earlier: Sequence[S], invented: bool, draws: Draws) -> M | None:
        return None

    def over_false(self, move: M, first: M, false: M) -> M | None:
        return None

    def look_alike(self, state: S, draws: Draws) -> S:
        raise NotImplementedError

    def false_answer(self, start: S, moves: Sequence[M], draws: Draws) -> str | None:
        """The answer without the last move."""
        return self.say_answer(start, moves[:-1]) if len(moves) > 1 else None


def digits(k: int, radices: Sequence[int]) -> list[int]:
    """The number k in mixed radix, the first digit the one that changes fastest: how a space numbers its puzzles.

    >>> digits(7, (2, 3, 4))
    [1, 0, 1]
    """
    found = []
    for radix in radices:
        k, digit = divmod(k, radix)
        found.append(digit)
    return found


def combination(k: int, size: int) -> tuple[int, ...]:
    """The k-th set of so many natural numbers, ascending, by the combinatorial number system.

    Those of numbers below n are the first ``comb(n, size)``.

    >>> [combination(k, 2) for k in range(4)]
    [(0, 1), (0, 2), (1, 2), (0, 3)]
    """
    found = []
    for chosen in range(size, 0, -1):
        member = chosen - 1
        while comb(member + 1, chosen) <= k:
            member += 1
        k -= comb(member, chosen)
        found.append(member)
    return tuple(reversed(found))


def multiset(k: int, size: int) -> tuple[int, ...]:
    """The k-th multiset of so many natural numbers, ascending: a set of which each member is lowered by its place.

    Those of numbers below n are the first ``comb(n + size - 1, size)``.

    >>> [multiset(k, 2) for k in range(4)]
    [(0, 0), (0, 1), (1, 1), (0, 2)]
    """
    return tuple(member - place for place, member in enumerate(combination(k, size)))


def _frozen(value: Any, depth: int = 0) -> Any:
    """A value of JSON as a field of a puzzle has it. Raises ValueError for anything else."""
    if isinstance(value, list) and depth < 4:
        return tuple(_frozen(item, depth + 1) for item in value)
    if type(value) is str or (type(value) is int and abs(value) <= LARGEST):
        return value
    raise ValueError(f"{str(value)[:40]!r} is nothing that a puzzle has")
