"""Water jugs: fill, empty and pour until one jug holds what is asked for, in no more than so many moves.

Words: a *level* is how many litres are in a jug; the jugs are A, B, … in the order of their capacities. The moves that are left
are part of the state, so that no game goes round in circles for ever.

>>> game = WaterJugs()
>>> start = game.start(JugsPuzzle((3, 5), 4, 6))
>>> game.say_answer(start, game.win(start, Draws("doctest")))
'fill B; pour B into A; empty A; pour B into A; fill B; pour B into A'
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import permutations
from math import comb
from typing import NamedTuple

from gamegen.game import Patterns
from gamegen.games.small import SmallGame, digits
from gamegen.rng import Draws

NAMES = "ABCD"
CAPACITIES = range(3, 13)  # litres of a jug
MOVES = range(4, 9)  # that a puzzle allows


class JugsPuzzle(NamedTuple):
    capacities: tuple[int, ...]  # ascending
    goal: int
    moves: int


class Jugs(NamedTuple):
    """The levels under a puzzle, and the moves that are left."""

    puzzle: JugsPuzzle
    levels: tuple[int, ...]
    left: int


class Pour(NamedTuple):
    """From one jug into another; without the one it fills, without the other it empties."""

    source: int | None
    into: int | None


class WaterJugs(SmallGame[JugsPuzzle, Jugs, Pour]):
    name = "jugs"
    says = "water jugs: fill, empty and pour until one of them holds what is asked for"
    sizes, usual, counts = range(2, 5), 2, "jugs"
    capacity = 6
    Puzzle = JugsPuzzle
    patterns = Patterns(
        rf"(?:fill|empty|pour) [{NAMES}](?: into [{NAMES}])?",
        r"[0-9]{1,2}(?:, [0-9]{1,2}){1,3} \([0-9]{1,2} left\)",
        r"[0-9]{1,2} litres",
    )

    def __len__(self) -> int:
        return comb(len(CAPACITIES), self.size) * CAPACITIES[-1] * len(MOVES)

    def puzzle(self, k: int) -> JugsPuzzle | None:
        chosen, goal, moves = digits(k, (comb(len(CAPACITIES), self.size), CAPACITIES[-1], len(MOVES)))
        capacities = _combination(self.size, chosen)
        return (
            JugsPuzzle(capacities, goal + 1, MOVES[moves]) if goal + 1 < capacities[-1] and goal + 1 not in capacities else None
        )

    def check(self, puzzle: JugsPuzzle) -> None:
        capacities, goal, moves = puzzle
        jugs = isinstance(capacities, tuple) and len(capacities) in self.sizes and all(type(c) is int for c in capacities)
        if not jugs or list(capacities) != sorted(set(capacities)) or not 1 <= capacities[0] <= capacities[-1] <= 99:
            raise ValueError(f"{capacities!r} are no capacities of 2 to 4 jugs")
        if type(goal) is not int or type(moves) is not int or not 1 <= goal <= capacities[-1] or not 1 <= moves <= 20:
            raise ValueError(f"{goal!r} litres in {moves!r} moves is nothing to ask for")

    def question(self, start: Jugs) -> str:
        capacities, goal, moves = start.puzzle
        jugs = ", ".join(f"{name} holds {capacity}" for name, capacity in zip(NAMES, capacities, strict=False))
        return (
            f"There are {len(capacities)} jugs, all empty: {jugs} litres. Have exactly {goal} litres in one of them after "
            f"at most {moves} moves. A move fills a jug to the brim, empties it, or pours it into another until that is full "
            f"or it is empty; it must change something. Write the moves as `fill A`, `empty A` and `pour A into B`, and a "
            f"state as the litres in the jugs in their order with the moves that are left, such as `{self.say_state(start)}`."
        )

    def start(self, puzzle: JugsPuzzle) -> Jugs:
        return Jugs(puzzle, (0,) * len(puzzle.capacities), puzzle.moves)

    def children(self, state: Jugs) -> dict[Jugs, Pour]:
        found: dict[Jugs, Pour] = {}
        for pour in _pours(len(state.levels)):
            levels = self._poured(state, pour)
            if levels != state.levels:
                found.setdefault(Jugs(state.puzzle, levels, state.left - 1), pour)
        return found

    def play(self, state: Jugs, move: Pour) -> Jugs:
        """Any move that changes something, also one that another does as well."""
        levels = self._poured(state, move)
        if levels == state.levels or not state.left:
            raise ValueError(f"{self.say_move(move)} is not allowed from {self.say_state(state)}")
        return Jugs(state.puzzle, levels, state.left - 1)

    def _poured(self, state: Jugs, pour: Pour) -> tuple[int, ...]:
        levels, capacities = list(state.levels), state.puzzle.capacities
        source, into = pour
        have = capacities[into] if source is None and into is not None else levels[source] if source is not None else 0
        room = have if into is None else capacities[into] - levels[into]
        amount = min(have, room)
        if source is not None:
            levels[source] -= amount
        if into is not None:
            levels[into] += amount
        return tuple(levels)

    def solved(self, state: Jugs) -> bool:
        return state.puzzle.goal in state.levels

    def left(self, state: Jugs) -> int:
        return state.left

    def key(self, state: Jugs) -> str:
        return f"{self.name}/{state.puzzle.capacities}/{state.levels}/{state.puzzle.goal}/{state.left}".replace(" ", "")

    def say_state(self, state: Jugs) -> str:
        return f"{', '.join(map(str, state.levels))} ({state.left} left)"

    def say_goal(self, state: Jugs) -> str:
        return f"{state.puzzle.goal} litres"

    def say_move(self, move: Pour) -> str:
        source, into = (None if jug is None else NAMES[jug] for jug in move)
        return f"fill {into}" if source is None else f"empty {source}" if into is None else f"pour {source} into {into}"

    def hear_state(self, text: str, start: Jugs) -> Jugs:
        if not re.fullmatch(self.patterns.state, text):
            raise ValueError(f"{text[:40]!r} is no state")
        *levels, left = map(int, re.findall("[0-9]+", text))
        if len(levels) != len(start.levels) or any(n > most for n, most in zip(levels, start.puzzle.capacities, strict=True)):
            raise ValueError(f"{text[:40]!r} is no state of these jugs")
        return Jugs(start.puzzle, tuple(levels), left)

    def hear_move(self, text: str, start: Jugs) -> Pour:
        words = text.split(" ")
        jugs = [NAMES.find(word) for word in words[1::2]]
        forms = {("fill",): Pour(None, jugs[0]), ("empty",): Pour(jugs[0], None), ("pour", "into"): Pour(jugs[0], jugs[-1])}
        move = forms.get(tuple(words[::2])) if jugs else None
        if move is None or not all(0 <= jug < len(start.levels) for jug in jugs) or self.say_move(move) != text:
            raise ValueError(f"{text[:40]!r} is no move")
        return move

    def over_others(self, state: Jugs, move: Pour, earlier: Sequence[Jugs], invented: bool, draws: Draws) -> Pour | None:
        """A move that would change nothing."""
        idle = [pour for pour in _pours(len(state.levels)) if self._poured(state, pour) == state.levels] if invented else []
        return draws.choice(idle) if idle else None

    def look_alike(self, state: Jugs, draws: Draws) -> Jugs:
        levels = list(state.levels)
        jug = draws.below(len(levels))
        levels[jug] = (levels[jug] + 1 + draws.below(state.puzzle.capacities[jug])) % (state.puzzle.capacities[jug] + 1)
        return state._replace(levels=tuple(levels))


@cache
def _pours(jugs: int) -> tuple[Pour, ...]:
    """Every move that there is with so many jugs."""
    single = [pour for jug in range(jugs) for pour in (Pour(None, jug), Pour(jug, None))]
    return (*single, *(Pour(*pair) for pair in permutations(range(jugs), 2)))


def _combination(size: int, k: int) -> tuple[int, ...]:
    """The k-th choice of so many capacities, ascending, by the combinatorial number system.

    >>> [_combination(2, k) for k in range(4)]
    [(3, 4), (3, 5), (4, 5), (3, 6)]
    """
    found = []
    for chosen in range(size, 0, -1):
        place = next(place for place in range(len(CAPACITIES) - 1, -1, -1) if comb(place, chosen) <= k)
        k -= comb(place, chosen)
        found.append(CAPACITIES[place])
    return tuple(reversed(found))
