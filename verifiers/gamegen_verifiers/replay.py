"""Replays the steps of a reading against the rules, and says of each whether it holds.

Words: the *path* are the states from the start to where the text stands; a state is a multiset, kept as an ascending tuple.
A step that does not hold is labelled, and the replay goes on from what the text says, so that one slip is one finding.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gamegen.games.countdown import Puzzle, Rules
from gamegen_verifiers.algebra import allowed, combine, exact
from gamegen_verifiers.steps import Claim, Reading, Step, Value

LABELS = (
    "valid",
    "false arithmetic",
    "number not available",
    "not allowed",
    "state mismatch",
    "false dead end",
    "fake backtrack",
    "repeated",
    "unsupported answer",
)
UNTRUE = frozenset(LABELS) - {"valid"}

State = tuple[Value, ...]


@dataclass(slots=True)
class Node:
    """A state on the path, the claim that led there, and the states that its moves have led to so far."""

    state: State
    claim: Claim | None
    tried: set[State]


@dataclass(frozen=True)
class Replay:
    """A label for each step, and the claims that lead to each place where the goal was reached."""

    labels: tuple[str, ...]
    wins: tuple[tuple[Claim, ...], ...]
    visited: frozenset[State]


def replay(puzzle: Puzzle, reading: Reading) -> Replay:
    """What each step of the reading is worth under the puzzle's rules."""
    path = [Node(tuple(sorted(puzzle.numbers)), None, set())]
    wins: list[tuple[Claim, ...]] = []
    visited = {path[0].state}
    labels = []
    for step in reading.steps:
        labels.append(_STEPS[step.kind](puzzle, path, step))
        if step.kind == "try":
            visited.add(path[-1].state)
            if solved(puzzle, path[-1].state):
                wins.append(tuple(node.claim for node in path[1:] if node.claim))
    return Replay(tuple(labels), tuple(wins), frozenset(visited))


def solved(puzzle: Puzzle, state: State) -> bool:
    """Whether the goal is reached: by the last number, or by any where a subset is enough."""
    return state == (puzzle.target,) or (not puzzle.rules.use_all and puzzle.target in state)


def _given(puzzle: Puzzle, path: list[Node], step: Step) -> str:
    same = step.goal == puzzle.target and tuple(sorted(step.numbers or ())) == path[0].state
    return "valid" if same and len(path) == 1 else "state mismatch"


def _try(puzzle: Puzzle, path: list[Node], step: Step) -> str:
    claim = step.claim
    assert claim is not None  # a reader gives every try its claim
    here = path[-1]
    rest = list(here.state)
    label = "number not available" if _take(rest, claim.a) + _take(rest, claim.b) < 2 else _arithmetic(puzzle.rules, claim)
    rest.append(claim.result)
    rest.sort()
    after = tuple(rest)
    stated = after if step.numbers is None or step.numbers == after else tuple(sorted(step.numbers))
    if label == "valid":
        label = "state mismatch" if stated != after else "repeated" if after in here.tried else "valid"
    here.tried.add(after)
    path.append(Node(stated, claim, set()))
    return label


def _take(rest: list[Value], value: Value) -> bool:
    """Take a value out of a multiset; whether it was there."""
    if value in rest:
        rest.remove(value)
        return True
    return False


def _arithmetic(rules: Rules, claim: Claim) -> str:
    """Whether the claim is true, and then whether the rules let its result count."""
    if not _true(claim):
        return "false arithmetic"
    return "valid" if claim.op in rules.operations and allowed(exact(claim.result), rules.values) else "not allowed"


@lru_cache(maxsize=1 << 14)  # a search comes back to the same sums
def _true(claim: Claim) -> bool:
    result = combine(claim.op, exact(claim.a), exact(claim.b))
    return result is not None and bool(result == exact(claim.result))


def _dead_end(puzzle: Puzzle, path: list[Node], step: Step) -> str:
    state = path[-1].state
    if tuple(sorted(step.numbers or ())) != state:
        return "state mismatch"
    if solved(puzzle, state) or (step.goal is not None and step.goal != puzzle.target):
        return "false dead end"
    return "false dead end" if _playable(puzzle.rules, state) else "valid"


def _playable(rules: Rules, state: State) -> bool:
    """Whether any two of the numbers can be combined at all."""
    values = [exact(v) for v in state]
    return any(
        (result := combine(op, a, b)) is not None and allowed(result, rules.values)
        for i, a in enumerate(values)
        for j, b in enumerate(values)
        if i != j
        for op in rules.operations
    )


def _backtrack(puzzle: Puzzle, path: list[Node], step: Step) -> str:
    """A return names a strictly earlier state of the path, other than the one it leaves; the path is then cut to it."""
    back = tuple(sorted(step.numbers or ()))
    for i in range(len(path) - 2, -1, -1):
        if path[i].state == back != path[-1].state:
            del path[i + 1 :]
            return "valid"
    if path[-1].state != back:
        path.append(Node(back, None, set()))  # no such state: the text is taken at its word from here on
    return "fake backtrack"


def _found(puzzle: Puzzle, path: list[Node], step: Step) -> str:
    return "valid" if step.goal == puzzle.target and solved(puzzle, path[-1].state) else "unsupported answer"


_STEPS: dict[str, Any] = {
    "given": _given,
    "try": _try,
    "dead_end": _dead_end,
    "backtrack": _backtrack,
    "found": _found,
}
