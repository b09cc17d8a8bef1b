"""Countdown: from a multiset of numbers combine two, play on with what remains, win when the last one is the target.

Words: a *value* is an exact number (int, or Fraction where the rules allow rationals); a *state* is a multiset of values
(an ascending tuple) with its goal; a *move* ``a op b = result`` takes two values out and puts one back. Moves that lead
to the same state are one canonical move.

>>> game = Countdown(Rules())
>>> start = game.start(Puzzle((2, 3, 4), 14))
>>> [game.say_move(m) for m in game.moves(start).values()][:4]
['3 + 2 = 5', '3 - 2 = 1', '3 * 2 = 6', '4 + 2 = 6']
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from itertools import accumulate
from math import gcd, isqrt
from typing import NamedTuple

from gamegen.errors import SpecError
from gamegen.rng import Draws

Value = int | Fraction
OPERATIONS = "+-*/"
VALUES = ("natural", "integer", "rational")
NEAR = 6  # numbers that are invented to find one that the rules allow in the place of an operand
BOUNDED = 3  # of so many numbers it can be said what they can make at most, at least, and only


@dataclass(frozen=True)
class Rules:
    """What may be played: the operations, whether every number must be used, and which results count.

    *natural* results are integers ≥ 0 and *integer* ones any integers, both with exact division; *rational* ones are
    any fractions. Division by zero is never allowed. Raises SpecError for anything else.
    """

    operations: str = OPERATIONS
    use_all: bool = True
    values: str = "natural"

    def __post_init__(self) -> None:
        given = self.operations
        if not isinstance(self.use_all, bool):
            raise SpecError("rules.use_all", f"{self.use_all!r} given; true or false is needed")
        if not given or not isinstance(given, str) or any(op not in OPERATIONS for op in given) or len(set(given)) < len(given):
            raise SpecError("rules.operations", f"{given!r} given; choose some of {OPERATIONS!r}, each at most once")
        if self.values not in VALUES:
            raise SpecError("rules.values", f"{self.values!r} given; choose one of {', '.join(VALUES)}")
        ordered = "".join(op for op in OPERATIONS if op in given)  # one spelling for one set of operations
        object.__setattr__(self, "operations", ordered)


@dataclass(frozen=True)
class Puzzle:
    """A start and a goal under one set of rules; the numbers are a multiset, kept ascending."""

    numbers: tuple[int, ...]
    target: int
    rules: Rules = Rules()

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", tuple(sorted(self.numbers)))


class State(NamedTuple):
    numbers: tuple[Value, ...]
    goal: Value


class Move(NamedTuple):
    a: Value
    op: str
    b: Value
    result: Value


@lru_cache(maxsize=1 << 8)
def _factors(goal: Value) -> tuple[Value, ...]:
    """The divisors of the goal from 2 on, ascending; the goal alone where it has none."""
    if type(goal) is not int or abs(goal) < 2:
        return (goal,)
    size = abs(goal)
    low = [d for d in range(1, isqrt(size) + 1) if size % d == 0]
    return tuple(sorted({goal, *low, *(size // d for d in low)} - {1}))


def _distance(a: Value, b: Value) -> Value:
    return a - b if a > b else b - a


def _nearest(state: State) -> Value:
    """The distance from the goal to the nearest number."""
    return min(_distance(state.goal, number) for number in state.numbers)


def _sum(state: State) -> Value:
    """The distance from the goal to the sum of the numbers."""
    return _distance(state.goal, sum(state.numbers))


def _to_factors(state: State) -> Value:
    """The distances from each number to the nearest factor of the goal, summed up; from the last number to the goal itself.

    As the multiply heuristic of Stream of Search (Gandhi et al., 2024), but that there the last number is as the others.

    >>> _to_factors(State((5, 11), 24)), _to_factors(State((8,), 24))
    (2, 16)
    """
    if len(state.numbers) == 1:
        return _distance(state.goal, state.numbers[0])
    factors = _factors(state.goal)
    around = ((number, bisect_left(factors, number)) for number in state.numbers)
    return sum(min(_distance(number, factor) for factor in factors[max(at - 1, 0) : at + 1]) for number, at in around)


HEURISTICS: dict[str, Callable[[State], Value]] = {"nearest": _nearest, "sum": _sum, "factors": _to_factors}

_new = tuple.__new__  # State(…) and Move(…) at half the cost, where most of them are made


class Countdown:
    """The game under one set of rules; it answers the questions of ``gamegen.game.Game``."""

    name = "countdown"
    states_results = True
    heuristics = HEURISTICS

    def __init__(self, rules: Rules, shapes: tuple[str, ...] = ()) -> None:
        self.rules = rules
        self.shapes = shapes  # that the wins may have, as ``gamegen.difficulty.shape`` writes them; any where none is given
        self._may = tuple(op in rules.operations for op in OPERATIONS)
        self.combine = lru_cache(maxsize=1 << 14)(self._combine)
        self.moves = lru_cache(maxsize=1 << 7)(self._moves)  # a run comes back to the same states
        self.oracle = lru_cache(maxsize=4)(partial(Oracle, self))

    def start(self, puzzle: Puzzle) -> State:
        return State(puzzle.numbers, puzzle.target)

    def _moves(self, state: State) -> dict[State, Move]:
        numbers, goal = state
        if len(numbers) == 2:  # most states of a search are of two numbers
            return {_new(State, ((move.result,), goal)): move for move in self.combine(numbers[1], numbers[0])}
        found: dict[State, Move] = {}
        put, combine = found.setdefault, self.combine
        if len(numbers) == 3:  # and next to them, of three
            a, b, c = numbers
            for high, low, rest in ((b, a, c), (c, a, b), (c, b, a)):
                for move in combine(high, low):
                    result = move[3]
                    put(_new(State, ((result, rest) if result < rest else (rest, result), goal)), move)
            return found
        for i in range(1, len(numbers)):
            for j in range(i):
                others = numbers[:j] + numbers[j + 1 : i] + numbers[i + 1 :]
                for move in combine(numbers[i], numbers[j]):
                    result = move[3]
                    at = bisect_left(others, result)
                    put(_new(State, ((*others[:at], result, *others[at:]), goal)), move)
        return found

    def play(self, state: State, move: Move) -> State:
        rest = list(state.numbers)
        try:
            rest.remove(move.a)
            rest.remove(move.b)
        except ValueError:
            raise ValueError(f"{self.say_move(move)} uses a number that is not in {self.say_state(state)}") from None
        if move.op not in self.rules.operations or self._apply(move.a, move.op, move.b) != move.result:
            raise ValueError(f"{self.say_move(move)} is not allowed or not true")
        return State(tuple(sorted((*rest, move.result))), state.goal)

    def solved(self, state: State) -> bool:
        if self.rules.use_all:
            return state.numbers == (state.goal,)
        return state.goal in state.numbers

    def live(self, state: State) -> bool:
        return self.solved(state) or self.oracle(state.numbers).reaches(state.goal)

    def win(self, state: State, draws: Draws) -> list[Move]:
        if self.solved(state):
            return []
        moves = self.oracle(state.numbers).win(state.goal, draws, self.shapes)
        if not self.rules.use_all:  # the goal may be there before the play that was found is over
            moves = moves[: next(i for i, move in enumerate(moves) if move.result == state.goal) + 1]
        return moves

    def bound(self, state: State) -> tuple[str, Value] | None:
        """The largest value that can be made is below the goal, the smallest above it, or all are multiples and it is none.

        Only of two or three numbers, where a reader can go through all values by hand, and where all must be used.
        """
        if not self.rules.use_all or not 1 < len(state.numbers) <= BOUNDED:
            return None
        ends, goal = self._ends(state), state.goal
        if not ends:
            return None
        if max(ends) < goal:
            return "largest", max(ends)
        if min(ends) > goal:
            return "smallest", min(ends)
        divisor = gcd(*map(int, ends)) if all(type(end) is int for end in ends) else 1
        return ("multiple", divisor) if divisor > 1 and goal % divisor else None

    def _ends(self, state: State) -> set[Value]:
        """The last numbers that can be made."""
        if len(state.numbers) == 1:
            return {state.numbers[0]}
        return {end for child in self.moves(state) for end in self._ends(child)}

    def subgoals(self, state: State) -> list[tuple[Move, Value]]:
        """For each number and operation, the value that the others would have to make for the goal to be one move away."""
        found = []
        if len(state.numbers) > 2 and self.rules.use_all:
            for a in sorted(set(state.numbers)):
                for value in sorted({v for v in self.partners({a}, state.goal) if self.counts(v)}):
                    moves = self.combine(max(a, value), min(a, value))
                    found += [(move, value) for move in moves if move.result == state.goal]
        return found

    def pretend(self, state: State, move: Move) -> State:
        rest = list(state.numbers)
        rest.remove(move.a)
        rest.remove(move.b)
        return State(tuple(sorted((*rest, move.result))), state.goal)

    def with_false_result(self, move: Move, draws: Draws) -> Move:
        return move._replace(result=self._near(move.result, draws))

    def over_others(
        self, state: State, move: Move, earlier: Sequence[State], invented: bool, draws: Draws
    ) -> Move | None:  # fmt: skip
        """One operand becomes a number that was on no state of the way; or one that was, or the other operand once more."""
        used: set[Value] = {number for before in earlier for number in before.numbers}
        here = state.numbers
        others = [self._near(number, draws) for number in (move.a, move.b) for _ in range(NEAR)] if invented else sorted(used)
        others += [] if invented else [number for number in (move.a, move.b) if here.count(number) == 1]
        places = [(other, first) for other in others for first in (True, False)]
        for other, first in draws.shuffled(places):
            a, b = (other, move.b) if first else (move.a, other)
            there = other in here if a != b else here.count(other) > 1
            if there or (invented and other in used):
                continue
            result = self._apply(a, move.op, b)
            if result is not None:
                return Move(a, move.op, b, result)
        return None

    def over_false(self, move: Move, first: Move, false: Move) -> Move | None:
        a, op, b, result = move
        if first.result not in (a, b):
            return None
        made = Move(false.result, op, b, result) if a == first.result else Move(a, op, false.result, result)
        return None if self._apply(made.a, op, made.b) == result else made

    def look_alike(self, state: State, draws: Draws) -> State:
        numbers = list(state.numbers)
        i = draws.below(len(numbers))
        numbers[i] = self._near(numbers[i], draws)
        return State(tuple(sorted(numbers)), state.goal)

    def _near(self, value: Value, draws: Draws) -> Value:
        """Another value that counts, as a slip would have it: a little more or less, or ten."""
        nearby = [value + by for by in (-10, -2, -1, 1, 2, 10)]
        return draws.choice([other for other in nearby if self.counts(other)])

    def left(self, state: State) -> int:
        return len(state.numbers) - 1

    def key(self, state: State) -> str:
        rules = self.rules
        uses = "all" if rules.use_all else "any"
        return f"{self.name}/{rules.operations}/{uses}/{rules.values}/{','.join(map(str, state.numbers))}={state.goal}"

    def say_state(self, state: State) -> str:
        said = str([*state.numbers])[1:-1]  # three times as fast as joining them, where all are integers
        return said if "F" not in said else ", ".join(map(str, state.numbers))

    def say_goal(self, state: State) -> str:
        return str(state.goal)

    def say_move(self, move: Move) -> str:
        a, op, b, result = move
        if type(a) is type(b) is int and a >= 0 <= b:
            return f"{a} {op} {b} = {result}"
        return f"{_operand(a)} {op} {_operand(b)} = {result}"

    def say_check(self, move: Move) -> str:
        """The move undone: ``6 + 2 = 8`` for ``8 - 2 = 6``; the move itself where that would divide by zero."""
        a, op, b, result = move
        if op == "*" and not b:
            return self.say_move(move)
        undone = Move(result, {"+": "-", "-": "+", "*": "/", "/": "*"}[op], b, a)
        return self.say_move(undone)

    def say_answer(self, start: State, moves: Sequence[Move]) -> str:
        """The moves as one expression over the given numbers, with the parentheses that it needs.

        >>> game = Countdown(Rules())
        >>> game.say_answer(State((2, 3, 4), 14), [Move(4, "+", 3, 7), Move(7, "*", 2, 14)])
        '(4 + 3) * 2'
        """
        pool = [(value, str(value), "") for value in start.numbers]
        for move in moves:
            _, a, op_a = pool.pop(next(i for i, entry in enumerate(pool) if entry[0] == move.a))
            _, b, op_b = pool.pop(next(i for i, entry in enumerate(pool) if entry[0] == move.b))
            if op_a in "+-" and op_a and move.op in "*/":
                a = f"({a})"
            if op_b and not (move.op == "+" or (op_b in "*/" and move.op == "-") or move.op == op_b == "*"):
                b = f"({b})"
            pool.append((move.result, f"{a} {move.op} {b}", move.op))
        return pool[-1][1]

    def false_answer(self, start: State, moves: Sequence[Move], draws: Draws) -> str | None:
        return None

    def _combine(self, high: Value, low: Value) -> tuple[Move, ...]:
        """The moves on two values, high ≥ low, one for each result; where results are equal the first operation stands."""
        plus, minus, times, over = self._may
        natural = self.rules.values == "natural"
        found: dict[Value, Move] = {}
        put = found.setdefault
        if plus:
            put(result := _plain(high + low), _new(Move, (high, "+", low, result)))
        if minus:
            put(result := _plain(high - low), _new(Move, (high, "-", low, result)))
            if not natural:
                put(result := _plain(low - high), _new(Move, (low, "-", high, result)))
        if times:
            put(result := _plain(high * low), _new(Move, (high, "*", low, result)))
        if over and low and (quotient := self.quotient(high, low)) is not None:
            put(quotient, _new(Move, (high, "/", low, quotient)))
        if over and high and (not natural or not low) and (quotient := self.quotient(low, high)) is not None:
            put(quotient, _new(Move, (low, "/", high, quotient)))
        return tuple(found.values())

    def _apply(self, a: Value, op: str, b: Value) -> Value | None:
        """a op b, or None where the rules do not let the result count."""
        if op == "+":
            return _plain(a + b)
        if op == "*":
            return _plain(a * b)
        if op == "-":
            return None if a < b and self.rules.values == "natural" else _plain(a - b)
        return self.quotient(a, b)

    def add_results(self, left: set[Value], right: set[Value], found: set[Value]) -> None:
        """Add to those found everything that one value of each set can be combined to."""
        plus, minus, times, over = self._may
        natural = self.rules.values == "natural"
        add = found.add
        for b in right:
            for a in left:
                high, low = (a, b) if a >= b else (b, a)
                if plus:
                    add(high + low)
                if times:
                    add(high * low)
                if minus:
                    add(high - low)
                    if not natural:
                        add(low - high)
                if over:
                    if not natural:
                        found.update(q for q in (self.quotient(high, low), self.quotient(low, high)) if q is not None)
                    elif low:
                        if not high % low:
                            add(high // low)
                    elif high:
                        add(0)

    def partners(self, values: set[Value], goal: Value) -> list[Value]:
        """Everything that combines with one of the values to the goal, but for 0 with 0, where everything may."""
        plus, minus, times, over = self._may
        quotient = self.quotient
        found: list[Value] = []
        for b in values:
            if plus:
                found.append(goal - b)
            if minus:
                found += (goal + b, b - goal)
            if times and (v := quotient(goal, b)) is not None:
                found.append(v)
            if over and b:
                found.append(goal * b)
                if (v := quotient(b, goal)) is not None:
                    found.append(v)
        return found

    def counts(self, value: Value) -> bool:
        """Whether the rules let the value count."""
        return self.rules.values == "rational" or (value.denominator == 1 and (value >= 0 or self.rules.values == "integer"))

    def quotient(self, a: Value, b: Value) -> Value | None:
        """a / b, or None where it is no value that counts."""
        if b == 0:
            return None
        if self.rules.values == "rational":
            return _plain(Fraction(a) / b)
        return None if a % b else a // b


class Oracle:
    """Which goals a multiset can reach: it splits the multiset in two, and a goal meets the parts in the middle.

    A *mask* names some of the numbers (bit i stands for ``numbers[i]``); its values are all results that use exactly those.
    """

    LISTED = 3  # up to so many numbers the values are listed; above, the goal is undone by what the smaller part can be

    def __init__(self, game: Countdown, numbers: tuple[Value, ...]) -> None:
        self.game, self.numbers = game, numbers
        self.full = (1 << len(numbers)) - 1
        self._values: dict[int, set[Value]] = {1 << i: {v} for i, v in enumerate(numbers)}
        self._asked: dict[tuple[int, Value], bool] = {}
        self._shapeless: set[tuple[int, Value, str]] = set()  # goals that a mask does not make in a shape

    def reaches(self, goal: Value) -> bool:
        """Whether a play of one move or more makes the goal."""
        if not self.game.counts(goal):
            return False
        if self.game.rules.use_all:
            return self._reaches(self.full, goal)
        return any(self._reaches(mask, goal) for mask in self._played())

    def targets(self) -> set[Value]:
        """Every goal that ``reaches`` says yes to."""
        return set().union(*map(self._list, self._played()))

    def made(self, mask: int) -> set[Value]:
        """Every value that the numbers in the mask can be made, each of them used."""
        return self._list(mask)

    def makes_beside_zero(self, goal: Value) -> bool:
        """Whether some of the numbers make the goal while the others, three or more, make 0."""
        parts = range(1, self.full)
        small = (part for part in parts if part.bit_count() <= len(self.numbers) - 3)
        return any(goal in self._list(part) and self._reaches(self.full ^ part, 0) for part in small)

    def win(self, goal: Value, draws: Draws, shapes: Sequence[str] = ()) -> list[Move]:
        """The moves of a play that wins, its order and, among those given, its shape left to chance. Raises ValueError."""
        for mask in draws.shuffled(self._played() if self.game.counts(goal) else []):
            for shape in draws.shuffled(shapes) if shapes else ("",):
                if moves := self._play(mask, goal, draws, shape):
                    return moves
        raise ValueError(f"{goal} cannot be reached")

    def _play(self, mask: int, goal: Value, draws: Draws, shape: str) -> list[Move] | None:
        """Moves in that shape, "" for any, that make the goal of exactly the numbers in the mask; None where they cannot."""
        if mask.bit_count() == 1:
            return []
        if shape and (mask, goal, shape) in self._shapeless:
            return None
        for part in draws.shuffled(_parts(mask)):
            if not self._meets(part, mask ^ part, goal):
                continue
            for rest_shape, part_shape in _operands(shape, part.bit_count()):
                for b in draws.shuffled(sorted(self._list(part))):
                    for a in self._reached(mask ^ part, self._partners({b}, goal, mask ^ part)):
                        one = self._play(part, b, draws, part_shape)
                        other = None if one is None else self._play(mask ^ part, a, draws, rest_shape)
                        if one is None or other is None:
                            continue
                        move = next(m for m in self.game.combine(max(a, b), min(a, b)) if m.result == goal)
                        return [*_interleaved(one, other, draws), move]
        if shape:
            self._shapeless.add((mask, goal, shape))
        return None

    def _reached(self, mask: int, goals: list[Value]) -> Iterable[Value]:
        """Those of the goals that the numbers in the mask can make, ascending, whatever has been listed so far."""
        if mask.bit_count() <= self.LISTED or mask in self._values:
            return sorted(self._list(mask).intersection(goals))
        return (goal for goal in sorted(set(goals)) if self._reaches(mask, goal))

    def _played(self) -> list[int]:
        """What a won game may have used: all the numbers, or any two and more of them."""
        if self.game.rules.use_all:
            return [self.full]
        return [mask for mask in range(self.full, 0, -1) if mask.bit_count() > 1]

    def _list(self, mask: int) -> set[Value]:
        known = self._values.get(mask)
        if known is None:
            known = self._values[mask] = set()
            values, add_results = self._values, self.game.add_results
            for part in _parts(mask):
                rest = mask ^ part
                add_results(values.get(rest) or self._list(rest), values.get(part) or self._list(part), known)
        return known

    def _reaches(self, mask: int, goal: Value) -> bool:
        if goal < 0 and self.game.rules.values == "natural":
            return False
        if mask.bit_count() <= self.LISTED or mask in self._values:
            return goal in self._list(mask)
        known = self._asked.get((mask, goal))
        if known is None:
            known = self._asked[mask, goal] = any(self._meets(part, mask ^ part, goal) for part in _parts(mask))
        return known

    def _meets(self, part: int, rest: int, goal: Value) -> bool:
        """Whether a value of the part and one of the rest combine to the goal."""
        partners = self._partners(self._list(part), goal, rest)
        if rest.bit_count() <= self.LISTED or rest in self._values:
            return not self._list(rest).isdisjoint(partners)
        return any(self._reaches(rest, partner) for partner in partners)

    def _partners(self, values: set[Value], goal: Value, rest: int) -> list[Value]:
        """The values of the rest, and some that may be none of it, that combine with one of the given values to the goal."""
        partners = self.game.partners(values, goal)
        if goal == 0 and 0 in values:  # 0 * v and 0 / v are 0 for every v
            operations = self.game.rules.operations
            partners += [v for v in self._list(rest) if "*" in operations or ("/" in operations and v)]
        return partners


def _interleaved(one: list[Move], other: list[Move], draws: Draws) -> list[Move]:
    """The moves of two plays that do not touch each other, in a random order that keeps the order of each."""
    merged = []
    i = j = 0
    while i < len(one) or j < len(other):
        if draws.below(len(one) - i + len(other) - j) < len(one) - i:
            merged.append(one[i])
            i += 1
        else:
            merged.append(other[j])
            j += 1
    return merged


@lru_cache(maxsize=1 << 10)
def _operands(shape: str, smaller: int) -> tuple[tuple[str, str], ...]:
    """The shapes of the larger and of the smaller operand, of so many numbers, in each order; "" is any shape."""
    if not shape:
        return (("", ""),)
    depths = accumulate((sign == "(") - (sign == ")") for sign in shape)
    end = list(depths).index(0) + 1  # of the first operand
    one, other = (operand[1:-1] or operand for operand in (shape[:end], shape[end:]))
    if other.count(".") != smaller:
        return ()
    return ((one, other), (other, one)) if one != other and one.count(".") == smaller else ((one, other),)


@lru_cache(maxsize=1 << 10)
def _parts(mask: int) -> tuple[int, ...]:
    """The smaller part of each way to split a mask in two, the most even splits first."""
    size, low = mask.bit_count(), mask & -mask
    parts = []
    part = (mask - 1) & mask
    while part:
        if 2 * part.bit_count() < size or (2 * part.bit_count() == size and part & low):
            parts.append(part)
        part = (part - 1) & mask
    return tuple(sorted(parts, key=lambda p: (-p.bit_count(), p)))


def _plain(value: Value) -> Value:
    """The value as an int where it is one."""
    return value if type(value) is int or value.denominator > 1 else value.numerator


def _operand(value: Value) -> str:
    return f"({value})" if value < 0 or value.denominator > 1 else str(value)
