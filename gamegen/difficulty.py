"""How hard a puzzle is: counts over its whole game, and the shape of a solution.

Words: a state is *reachable* where some play from the start comes by it; a won state ends the game, so nothing is played on
from it. A reachable state is *dead* where the goal cannot be reached from it; a won one is not dead. A *solution* is a play
by canonical moves that wins, so it is won with its last move and not before. A *pair* is a state of two numbers.
"""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import product
from typing import Any, NamedTuple

from gamegen.errors import SpecError
from gamegen.games.countdown import Countdown, Move, Rules, State, Value
from gamegen.games.small import SmallGame
from gamegen.levels import levels
from gamegen.spec import DifficultySpec, Range, Shares, known

LEAF = "."  # a given number, in a shape
LISTED = 4  # up to so many numbers, the values that each part of them can make are listed
LEVELLED = 5  # up to so many, where values are integers, all states are

Values = dict[int, set[Value]]
Splits = list[tuple[set[Value], set[Value]]]


class Difficulty(NamedTuple):
    """What is counted is None where it would take too long: of six numbers, and of five under rational rules.

    moves: canonical first moves · states: reachable ones, with the start · dead_share: the share of these that are dead ·
    solutions · needs_multiplication: of Countdown, whether + and -, of those that the rules allow, do not reach the goal
    without × or ÷.
    """

    moves: int
    states: int | None
    dead_share: float | None
    solutions: int | None
    needs_multiplication: bool | None


def is_counted(numbers: int, rules: Rules) -> bool:
    """Whether states and solutions are counted, of so many numbers under these rules."""
    return numbers <= LISTED or (numbers <= LEVELLED and rules.values != "rational")


def measure(game: Countdown, start: State) -> Difficulty:
    """The difficulty of a state of three numbers or more."""
    needed = needs_multiplication(game, start)
    if game.solved(start):
        return Difficulty(0, 1, 0.0, 1, needed)
    moves = len(game.moves(start))
    if not is_counted(len(start.numbers), game.rules):
        return Difficulty(moves, None, None, None, needed)
    states, live, solutions = (_listed if len(start.numbers) <= LISTED else _levelled)(game, start)
    return Difficulty(moves, states, (states - live) / states, solutions, needed)


MOST_STATES = 20_000  # of a small game that are gone through


def measure_small(game: SmallGame[Any, Any, Any], start: Any) -> Difficulty:
    """The difficulty of a state of a small game; not counted where there are more than MOST_STATES."""
    found, last = {start}, {start}
    while last and len(found) <= MOST_STATES:
        last = {child for state in last if not game.solved(state) for child in game.moves(state)} - found
        found |= last
    moves = len(game.moves(start))
    if len(found) > MOST_STATES:
        return Difficulty(moves, None, None, None, None)
    ways: dict[Any, int] = {}
    for state in sorted(found, key=game.left):  # what is played from a state has fewer moves left
        ways[state] = 1 if game.solved(state) else sum(ways[child] for child in game.moves(state))
    dead = sum(not wins for wins in ways.values())
    return Difficulty(moves, len(found), dead / len(found), ways[start], None)


COUNTED = ("states", "solutions", "dead_share")
DIALS = (*COUNTED, "needs_multiplication")


def dialled(dials: DifficultySpec) -> dict[str, Any]:
    """The dials that are set, by name."""
    return {name: dial for name in DIALS if (dial := getattr(dials, name)) is not None}


def missed(dials: DifficultySpec, found: Difficulty) -> list[str]:
    """The dials that a puzzle of that difficulty does not meet."""
    return [name for name, dial in dialled(dials).items() if not _meets(dial, getattr(found, name))]


def _meets(dial: bool | Range | Shares, value: Any) -> bool:
    return value is dial if isinstance(dial, bool) else dial.low <= value <= dial.high


def refuse_impossible(dials: DifficultySpec, numbers: int, rules: Rules) -> None:
    """Raise SpecError for a dial on what so many numbers do not have, or what is not counted of them."""
    for wanted in dials.shape or ():
        known("puzzles.difficulty.shape", wanted, shapes(numbers))
    if dials.shape and not rules.use_all:
        raise SpecError(
            "puzzles.difficulty.shape", f"{', '.join(dials.shape)} given; it is possible where rules.use_all is true"
        )
    name = next((name for name in COUNTED if name in dialled(dials)), None)
    if name and not is_counted(numbers, rules):
        most = LISTED if rules.values == "rational" else LEVELLED
        raise SpecError(
            f"puzzles.difficulty.{name}",
            f"{getattr(dials, name)} given, but under {rules.values} rules it is counted of up to {most} numbers; "
            f"puzzles.count is {numbers}",
        )


def shape(start: State, moves: Sequence[Move]) -> str:
    """The shape of the tree that the moves of a won game make, a move above its two operands; ``.`` is a given number.

    A move is written in brackets, the last one without; the operand of more numbers comes first, so order does not matter.

    >>> shape(State((1, 2, 4, 9), 16), [Move(2, "+", 1, 3), Move(4, "+", 3, 7), Move(9, "+", 7, 16)])
    '((..).).'
    >>> shape(State((1, 2, 4, 9), 39), [Move(2, "+", 1, 3), Move(9, "+", 4, 13), Move(13, "*", 3, 39)])
    '(..)(..)'
    """
    pool = [(value, LEAF) for value in start.numbers]
    for move in moves:  # of equal numbers the first, as in the answer
        operands = [pool.pop(next(i for i, (value, _) in enumerate(pool) if value == wanted))[1] for wanted in (move.a, move.b)]
        pool.append((move.result, f"({_joined(operands)})"))
    return pool[-1][1][1:-1] if moves else LEAF


def _joined(operands: Iterable[str]) -> str:
    """The shape of a move over operands of these shapes."""
    return "".join(sorted(operands, key=lambda operand: (-operand.count(LEAF), operand)))


@cache
def shapes(numbers: int) -> tuple[str, ...]:
    """Every shape that a solution of so many numbers can have.

    >>> shapes(4)
    ('((..).).', '(..)(..)')
    """
    if numbers == 1:
        return (LEAF,)
    inner = {k: [shape if k == 1 else f"({shape})" for shape in shapes(k)] for k in range(1, numbers)}
    pairs = (pair for k in range(1, numbers // 2 + 1) for pair in product(inner[numbers - k], inner[k]))
    return tuple(sorted({_joined(pair) for pair in pairs}))


def needs_multiplication(game: Countdown, start: State) -> bool:
    """Whether the goal cannot be reached by + and - alone, of those that the rules allow."""
    rules = game.rules
    operations = "".join(op for op in "+-" if op in rules.operations)
    if game.solved(start) or not operations:
        return not game.solved(start)
    if operations == "+-":  # any sum with signs, as long as one number is added; what is added can be summed up first
        return not game.counts(start.goal) or start.goal not in _signed_sums(start.numbers, rules.use_all)
    return not _without_multiplication(operations, rules).oracle(start.numbers).reaches(start.goal)


@lru_cache(maxsize=8)
def _without_multiplication(operations: str, rules: Rules) -> Countdown:
    return Countdown(Rules(operations, rules.use_all, rules.values))


def _signed_sums(numbers: Iterable[Value], use_all: bool) -> set[Value]:
    """The sums of the numbers, or of any of them, each added or taken away, at least one added."""
    added: set[Value] = set()
    taken: set[Value] = {0}
    for number in numbers:
        sums = {s + number for s in added | taken} | {s - number for s in added}
        less = {s - number for s in taken}
        added, taken = (sums, less) if use_all else (sums | added, less | taken)
    return added


def _levelled(game: Countdown, start: State) -> tuple[int, int, int]:
    """The states, how many of them are live, and the solutions, from all states level by level."""
    goal = int(start.goal)
    found = levels(game.rules, tuple(map(int, start.numbers)), None if game.rules.use_all else goal)
    return (found.states, *found.count(goal))


def _listed(game: Countdown, start: State) -> tuple[int, int, int]:
    """The states, how many of them are live, and the solutions of three or four numbers, from the values that parts can make.

    A pair is reachable where two parts that are all the numbers together make its values.
    """
    numbers, goal = start
    won = None if game.rules.use_all else goal  # what a value may not be, for play to go on from its state
    values = _values(game, numbers, won)
    winning = _winning_pairs(game, _splits(values), goal, won)
    partners: dict[Value, set[Value]] = {}
    for a, b in winning:
        partners.setdefault(a, set()).add(b)
        partners.setdefault(b, set()).add(a)
    triples = [numbers] if len(numbers) == 3 else [child.numbers for child in game.moves(start)]
    ways = [1 if won in triple else _ways(game, triple, partners) for triple in triples]
    above = len(numbers) - 3  # the start, where it is no triple itself
    ends = values[max(values)]
    states = above + len(triples) + _pairs(game, numbers, won) + len(ends)
    live = above * any(ways) + len(ways) - ways.count(0) + len(winning) + (goal in ends)
    return states, live, sum(ways)


def _values(game: Countdown, numbers: tuple[Value, ...], won: Value | None) -> Values:
    """The values that each part of the numbers can make, by its mask; from a state with the value ``won`` no play goes on."""
    masks = range(1, 1 << len(numbers))
    if won is None:
        oracle = game.oracle(numbers)
        return {mask: oracle.made(mask) for mask in masks}
    values: Values = {1 << i: {number} for i, number in enumerate(numbers)}
    for mask in masks:
        if mask not in values:
            values[mask] = set()
            for part in range(1, mask):
                if part & mask == part < mask ^ part:
                    game.add_results(values[part] - {won}, values[mask ^ part] - {won}, values[mask])
    return values


def _splits(values: Values) -> Splits:
    """The values of the two parts of each way to split all the numbers in two, the fewer values first."""
    full = max(values)
    parts = ((values[mask], values[full ^ mask]) for mask in range(1, full // 2 + 1))
    return [(one, other) if len(one) <= len(other) else (other, one) for one, other in parts]


@lru_cache(maxsize=2)
def _pairs(game: Countdown, numbers: tuple[Value, ...], won: Value | None) -> int:
    """How many pairs are reachable."""
    others: dict[Value, set[Value]] = {}
    for few, many in _splits(_values(game, numbers, won)):
        for a in few:
            others[a] = others[a] | many if a in others else many
    twice = sum(a < b and a in others[b] for a, many in others.items() for b in others.keys() & many)
    both = won is not None and won in others.get(won, ())  # the first of two goals ends the game
    return sum(map(len, others.values())) - twice - both


def _winning_pairs(game: Countdown, splits: Splits, goal: Value, won: Value | None) -> set[tuple[Value, Value]]:
    """The reachable pairs from which one move makes the goal, and those that are won."""
    found: set[tuple[Value, Value]] = set()
    for few, many in splits:
        aims = game.partners(few, goal) if goal else many  # most splits make no pair that wins
        for a in () if many.isdisjoint(aims) else few - {won}:
            near = many.intersection(game.partners({a}, goal)) if goal else many  # anything may go with 0 to 0
            for b in near - {won}:
                low, high = (a, b) if a < b else (b, a)
                if goal in [move.result for move in game.combine(high, low)]:
                    found.add((low, high))
        for ones, others in ((few, many), (many, few)):
            if won in ones:  # never where all numbers must be used
                found.update((goal, b) if goal < b else (b, goal) for b in others - {won})
    return found


def _ways(game: Countdown, triple: tuple[Value, ...], partners: dict[Value, set[Value]]) -> int:
    """How many canonical moves lead from three numbers to a winning pair, whose values are partners of each other."""
    a, b, c = triple
    found: set[tuple[Value, Value]] = set()
    for high, low, rest in ((b, a, c), (c, a, b), (c, b, a)):
        if fitting := partners.get(rest):
            for move in game.combine(high, low):
                result = move[3]
                if result in fitting:
                    found.add((result, rest) if result < rest else (rest, result))
    return len(found)
