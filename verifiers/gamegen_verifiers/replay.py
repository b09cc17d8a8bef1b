"""Replays the steps of a reading against the rules, and says of each whether it holds.

Words: the *path* are the states from the start to where the text stands; a state is a multiset, kept as an ascending tuple;
a *win* is a state on a path of steps that all hold, where the goal is reached. A step that does not hold is labelled, and
the replay goes on from what the text says, so that one slip is one finding.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from gamegen.games.countdown import Puzzle, Rules
from gamegen_verifiers.algebra import allowed, combine, exact, holds
from gamegen_verifiers.steps import Claim, Reading, Step, Value

# What a step can be found to be; where several hold, the first.
LABELS = (
    "number not available",
    "false arithmetic",
    "not allowed",
    "state mismatch",
    "false dead end",
    "fake backtrack",
    "repeated",
    "unsupported answer",
    "valid",
)
LONGEST_PATH = 32  # states that are remembered; no play is longer, so only a text that goes astray forgets the oldest
MOST_WINS = 64  # different ways to the goal that are kept

State = tuple[Value, ...]


@dataclass(slots=True)
class Node:
    """A state on the path, the claim that led there, the states its moves have led to, and whether all holds up to here."""

    state: State
    claim: Claim | None
    tried: set[State]
    sound: bool


@dataclass
class Replay:
    """A label for each step; of the sums how many there are, are true, are over numbers that are there and by the rules."""

    puzzle: Puzzle
    path: list[Node]
    labels: list[str] = field(default_factory=list)
    sums: int = 0
    true: int = 0
    legal: int = 0
    wins: dict[tuple[Claim, ...], None] = field(default_factory=dict)  # the claims that lead to each win
    visited: set[State] = field(default_factory=set)


def replay(puzzle: Puzzle, reading: Reading) -> Replay:
    """What each step of the reading is worth under the puzzle's rules."""
    start = tuple(sorted(puzzle.numbers))
    played = Replay(puzzle, [Node(start, None, set(), True)], visited={start})
    labels, path = played.labels, played.path
    for step in reading.steps:
        labels.append(_STEPS[step.kind](played, step))
        if len(path) > LONGEST_PATH:
            del path[1:-LONGEST_PATH]
    return played


def solved(puzzle: Puzzle, state: State) -> bool:
    """Whether the goal is reached: by the last number, or by any where a subset is enough."""
    return state == (puzzle.target,) or (not puzzle.rules.use_all and puzzle.target in state)


def _given(played: Replay, step: Step) -> str:
    same = step.goal == played.puzzle.target and step.numbers == played.path[0].state
    return "valid" if same and len(played.path) == 1 else "state mismatch"


def _try(played: Replay, step: Step) -> str:
    claim, stated = step.claim, step.numbers
    assert claim is not None  # a reader gives every try its claim
    here = played.path[-1]
    rest = list(here.state)
    there = _take(rest, claim)
    true, legal = holds(*claim), _legal(played.puzzle.rules, claim)
    played.sums += 1
    played.true += true
    played.legal += there and legal
    rest.append(claim.result)
    rest.sort()
    after = tuple(rest)
    if stated is None:
        stated = after
    label = "valid"
    if not (there and true and legal and stated == after) or after in here.tried:
        faults = (not there, not true, not legal, stated != after, False, False, True)
        label = LABELS[faults.index(True)]
    here.tried.add(after)
    node = Node(stated, claim, set(), here.sound and label == "valid")
    played.path.append(node)
    if node.sound:
        _arrive(played, node)
    return label


def _take(rest: list[Value], claim: Claim) -> bool:
    """Take the two numbers of a sum out of a state; whether they were there. Two numbers go, whichever they were."""
    a, _, b, _ = claim
    there = 0
    for value in (a, b):
        if value in rest:
            rest.remove(value)
            there += 1
    if there == 2:
        return True
    del rest[max(len(rest) - 2 + there, 0) :]
    return False


def _legal(rules: Rules, claim: Claim) -> bool:
    """Whether the rules have the operation and let the result count."""
    return claim.op in rules.operations and allowed(claim.result, rules.values)


def _arrive(played: Replay, node: Node) -> None:
    """Note the state, and the way to it where it is a win."""
    played.visited.add(node.state)
    if solved(played.puzzle, node.state) and len(played.wins) < MOST_WINS:
        played.wins[tuple([step.claim for step in played.path if step.claim])] = None


def _dead_end(played: Replay, step: Step) -> str:
    puzzle, state = played.puzzle, played.path[-1].state
    if step.numbers != state:
        return "state mismatch"
    if solved(puzzle, state) or (step.goal is not None and step.goal != puzzle.target):
        return "false dead end"
    return "false dead end" if len(state) > 1 and _playable(puzzle.rules, state) else "valid"


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


def _backtrack(played: Replay, step: Step) -> str:
    """A return names a strictly earlier state of the path, other than the one it leaves; the path is then cut to it."""
    path, back = played.path, step.numbers or ()
    for i in range(len(path) - 2, -1, -1):
        if path[i].state == back != path[-1].state:
            del path[i + 1 :]
            return "valid"
    if path[-1].state != back:
        path.append(Node(back, None, set(), False))  # no such state: the text is taken at its word from here on
    return "fake backtrack"


def _found(played: Replay, step: Step) -> str:
    reached = step.goal == played.puzzle.target and solved(played.puzzle, played.path[-1].state)
    return "valid" if reached else "unsupported answer"


_STEPS: dict[str, Callable[[Replay, Step], str]] = {
    "given": _given,
    "try": _try,
    "dead_end": _dead_end,
    "backtrack": _backtrack,
    "found": _found,
}
