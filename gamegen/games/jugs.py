"""Water jugs: fill, empty and pour until one jug holds what is asked for, in no more than so many moves.

Words: a *level* is how many litres are in a jug; the jugs are A, B, … in the order of their capacities. The moves that are left
are part of the state, so that no game goes round in circles for ever.

>>> game = WaterJugs()
>>> start = game.start(JugsPuzzle((3, 5), (0, 0), 4, 6))
>>> game.say_answer(start, game.win(start, Draws("doctest")))
'fill B; pour B into A; empty A; pour B into A; fill B; pour B into A'
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import permutations
from math import comb, prod
from typing import NamedTuple

from gamegen.game import Patterns
from gamegen.games.small import SmallGame, combination, digits
from gamegen.rng import Draws

NAMES = "ABCD"
CAPACITIES = range(3, 13)  # litres of a jug
MOVES = range(2, 6)  # that a puzzle allows
LARGEST, LONGEST = 20, 12  # litres of a jug and moves of a puzzle from elsewhere


class JugsPuzzle(NamedTuple):
    capacities: tuple[int, ...]  # ascending
    levels: tuple[int, ...]  # at the start
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
    sizes, usual, counts = range(2, 5), 3, "jugs"
    capacity = 6
    Puzzle = JugsPuzzle
    patterns = Patterns(
        rf"(?:fill|empty|pour) [{NAMES}](?: into [{NAMES}])?",
        r"[0-9]{1,2}(?:, [0-9]{1,2}){1,3} \([0-9]{1,2} left\)",
        r"[0-9]{1,2} litres",
    )

    def __len__(self) -> int:
        return prod(self._radices)

    @property
    def _radices(self) -> tuple[int, ...]:
        """Of the numbers of the space: the choice of capacities, the moves, the goal and the levels."""
        most = CAPACITIES[-1]
        return (comb(len(CAPACITIES), self.size), len(MOVES), most, *([most + 1] * self.size))

    def puzzle(self, k: int) -> JugsPuzzle | None:
        chosen, moves, goal, *levels = digits(k, self._radices)
        capacities = tuple(CAPACITIES[place] for place in combination(chosen, self.size))
        puzzle = JugsPuzzle(capacities, tuple(levels), goal + 1, MOVES[moves])
        told = goal + 1 not in puzzle.capacities and goal + 1 not in levels  # nothing is to be found, but by filling one
        return puzzle if told and _fits(puzzle) else None

    def check(self, puzzle: JugsPuzzle) -> None:
        capacities, levels, goal, moves = puzzle
        numbers = [*capacities, *levels, goal, moves] if isinstance(capacities, tuple) and isinstance(levels, tuple) else [None]
        if any(type(number) is not int for number in numbers) or len(capacities) not in self.sizes:
            raise ValueError(f"{capacities!r} are no capacities of {self.sizes[0]} to {self.sizes[-1]} jugs with levels")
        if list(capacities) != sorted(set(capacities)) or not 1 <= capacities[0] <= capacities[-1] <= LARGEST:
            raise ValueError(f"{capacities!r} are no capacities from 1 to {LARGEST}, each larger than that before")
        if not _fits(puzzle) or goal < 1 or not 1 <= moves <= LONGEST:
            raise ValueError(f"{goal} litres from {levels!r} in {moves} moves is nothing to ask for")

    def question(self, start: Jugs) -> str:
        capacities, levels, goal, moves = start.puzzle
        jugs = zip(NAMES, capacities, levels, strict=False)
        said = ", ".join(f"{name} holds {capacity} litres and has {level or 'none'} in it" for name, capacity, level in jugs)
        return (
            f"There are {len(capacities)} jugs: {said}. Have exactly {goal} litres in one of them after at most {moves} moves. "
            f"A move fills a jug to the brim, empties it, or pours it into another until that is full or it is empty; it must "
            f"change something. Write the moves as `fill A`, `empty A` and `pour A into B`, and a state as the litres in the "
            f"jugs in their order with the moves that are left, such as `{self.say_state(start)}`."
        )

    def start(self, puzzle: JugsPuzzle) -> Jugs:
        return Jugs(puzzle, puzzle.levels, puzzle.moves)

    def children(self, state: Jugs) -> dict[Jugs, Pour]:
        puzzle, levels, left = state
        return {Jugs(puzzle, after, left - 1): pour for after, pour in _after(puzzle.capacities, levels).items()}

    def play(self, state: Jugs, move: Pour) -> Jugs:
        """Any move that changes something, also one that another does as well."""
        levels = _poured(state.puzzle.capacities, state.levels, move)
        if levels == state.levels or not state.left:
            raise ValueError(f"{self.say_move(move)} is not allowed from {self.say_state(state)}")
        return Jugs(state.puzzle, levels, state.left - 1)

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
        if not _fits(start.puzzle._replace(levels=tuple(levels))) or left > start.left:
            raise ValueError(f"{text[:40]!r} is no state of these jugs")
        return Jugs(start.puzzle, tuple(levels), left)

    def hear_move(self, text: str, start: Jugs) -> Pour:
        for pour in _pours(len(start.levels)):
            if self.say_move(pour) == text:
                return pour
        raise ValueError(f"{text[:40]!r} is no move")

    def over_others(self, state: Jugs, move: Pour, earlier: Sequence[Jugs], invented: bool, draws: Draws) -> Pour | None:
        """A move that would change nothing."""
        capacities, levels = state.puzzle.capacities, state.levels
        idle = [pour for pour in _pours(len(levels)) if _poured(capacities, levels, pour) == levels] if invented else []
        return draws.choice(idle) if idle else None

    def look_alike(self, state: Jugs, draws: Draws) -> Jugs:
        levels = list(state.levels)
        jug = draws.below(len(levels))
        levels[jug] = (levels[jug] + 1 + draws.below(state.puzzle.capacities[jug])) % (state.puzzle.capacities[jug] + 1)
        return state._replace(levels=tuple(levels))


def _fits(puzzle: JugsPuzzle) -> bool:
    """Whether there is a level for each jug, none of them above what it holds, and a jug that can hold the goal."""
    capacities, levels, goal, _ = puzzle
    if len(levels) != len(capacities) or goal > capacities[-1]:
        return False
    return all(0 <= level <= capacity for level, capacity in zip(levels, capacities, strict=True))


@lru_cache(maxsize=1 << 12)
def _after(capacities: tuple[int, ...], levels: tuple[int, ...]) -> dict[tuple[int, ...], Pour]:
    """The levels that one move leads to, other than these; they come again with other moves left."""
    found: dict[tuple[int, ...], Pour] = {}
    for pour in _pours(len(levels)):
        found.setdefault(_poured(capacities, levels, pour), pour)
    found.pop(levels, None)
    return found


def _poured(capacities: tuple[int, ...], levels: tuple[int, ...], pour: Pour) -> tuple[int, ...]:
    """The levels after a pour."""
    source, into = pour
    after = list(levels)
    if source is None and into is not None:
        after[into] = capacities[into]
    elif into is None and source is not None:
        after[source] = 0
    elif source is not None and into is not None:
        amount = min(levels[source], capacities[into] - levels[into])
        after[source] -= amount
        after[into] += amount
    return tuple(after)


@cache
def _pours(jugs: int) -> tuple[Pour, ...]:
    """Every move that there is with so many jugs."""
    single = [pour for jug in range(jugs) for pour in (Pour(None, jug), Pour(jug, None))]
    return (*single, *(Pour(*pair) for pair in permutations(range(jugs), 2)))
