"""Whether a puzzle has a solution at all, by trying everything: what a text that declines is held against."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from gamegen.games.countdown import Puzzle, Rules

State = tuple[Fraction, ...]

MOST_STATES = 100_000  # about a second; puzzles of five numbers and whole-number rules have fewer


def solvable(puzzle: Puzzle) -> bool | None:
    """Whether some play reaches the target; None where that would take too long to say."""
    goal = Fraction(puzzle.target)
    open_states = [tuple(sorted(Fraction(n) for n in puzzle.numbers))]
    seen = set(open_states)
    while open_states:
        if len(seen) > MOST_STATES:
            return None
        for state in _next(open_states.pop(), puzzle.rules):
            if state == (goal,) or (not puzzle.rules.use_all and goal in state):
                return True
            if state not in seen:
                seen.add(state)
                open_states.append(state)
    return False


def _next(state: State, rules: Rules) -> Iterator[State]:
    for i, j in combinations(range(len(state)), 2):
        rest = state[:i] + state[i + 1 : j] + state[j + 1 :]
        for a, b in ((state[i], state[j]), (state[j], state[i])):
            results = {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else None}
            for op in rules.operations:
                result = results[op]
                if result is not None and _counts(result, rules.values):
                    yield tuple(sorted((*rest, result)))


def _counts(value: Fraction, values: str) -> bool:
    return values == "rational" or (value.denominator == 1 and (values == "integer" or value >= 0))
