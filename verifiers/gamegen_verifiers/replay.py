"""Replays the steps of a reading against the rules, and says of each whether it holds.

Words: the *path* are the states from the start to where the text stands; a state is a multiset, kept as an ascending tuple;
a *win* is a state on a path of steps that all hold, where the goal is reached. A step that does not hold is labelled, and
the replay goes on from what the text says, so that one slip is one finding.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import permutations

from gamegen.games.countdown import Puzzle, Rules
from gamegen_verifiers.algebra import allowed, combine, holds
from gamegen_verifiers.steps import Claim, Reading, Step, Value

# What a step can be found to be; where several hold, the first.
LABELS = (
    "number not available",
    "false arithmetic",
    "not allowed",
    "state mismatch",
    "false dead end",
    "unproven dead end",  # a bound on more numbers than are gone through
    "false check",
    "fake backtrack",
    "repeated",
    "unsupported answer",
    "after the answer",  # it goes on where the goal was reached
    "rounded",  # in free prose: a decimal that is off by less than its last digit counts
    "valid",
)
LONGEST_PATH = 64  # states that are remembered; no play is longer, so only a text that goes astray forgets the oldest
MOST_BOUNDED = 3  # numbers of which all values that can be made are gone through
MOST_KEPT = 6  # numbers of states whose moves are kept, as a search comes back to them
MOST_WINS = 64  # different ways to the goal that are kept

State = tuple[Value, ...]


@dataclass(slots=True)
class Node:
    """A state, the claim that led there, the states its moves have led to, whether all holds up to here, the node before."""

    state: State
    claim: Claim | None
    tried: set[State]
    sound: bool
    above: "Node | None" = None
    held: frozenset[Value] | None = None  # the numbers of the state, once they were looked through


@dataclass
class Replay:
    """A label for each step; of the sums how many there are, are true, are over numbers that are there and by the rules."""

    puzzle: Puzzle
    path: list[Node]
    labels: list[str] = field(default_factory=list)
    sums: int = 0
    true: int = 0
    legal: int = 0
    dead: set[State] = field(default_factory=set)  # states that the text has shown to be dead ends
    subgoals: list[State] = field(default_factory=list)  # states that it says would do
    wins: dict[tuple[Claim, ...], None] = field(default_factory=dict)  # the claims that lead to each win
    visited: dict[State, Node] = field(default_factory=dict)  # the latest sound node of each state
    returns: int = 0  # in free prose: to an earlier state, after words that leave the one before
    implicit_returns: int = 0  # and without a word


def replay(puzzle: Puzzle, reading: Reading) -> Replay:
    """What each step of the reading is worth under the puzzle's rules."""
    played = begin(puzzle)
    go_on(played, reading.steps, judge_step)
    return played


def begin(puzzle: Puzzle) -> Replay:
    """A replay of no steps yet."""
    start = Node(tuple(sorted(puzzle.numbers)), None, set(), True)
    return Replay(puzzle, [start], visited={start.state: start})


def judge_step(played: Replay, step: Step) -> str:
    """What the next step is worth; the replay goes on with it."""
    return _STEPS[step.kind](played, step)


def go_on(played: Replay, steps: Iterable[Step], labelled: Callable[[Replay, Step], str]) -> None:
    """Label the steps that come next; no label depends on what follows."""
    labels, path = played.labels, played.path
    for step in steps:
        labels.append(labelled(played, step))
        if len(path) > LONGEST_PATH:
            del path[1:-LONGEST_PATH]


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
        faults = (not there, not true, not legal, stated != after, False, False, False, False, True)
        label = LABELS[faults.index(True)]
    elif played.wins:
        label = "after the answer"
    if true and legal:  # what was a slip may be done rightly yet
        here.tried.add(after)
    node = Node(stated, claim, set(), here.sound and label == "valid", here)
    played.path.append(node)
    if node.sound:
        arrive(played, node, solved(played.puzzle, node.state))
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


def arrive(played: Replay, node: Node, won: bool) -> None:
    """Note the state, and the way to it where it is a win."""
    played.visited[node.state] = node
    if won and len(played.wins) < MOST_WINS:
        played.wins[tuple([step.claim for step in played.path if step.claim])] = None


def _dead_end(played: Replay, step: Step) -> str:
    here, puzzle = played.path[-1], played.puzzle
    if step.numbers != here.state:
        return "state mismatch"
    if solved(puzzle, here.state) or (step.goal is not None and step.goal != puzzle.target):
        return "false dead end"
    if _WHY[step.why] is _bounded and len(here.state) > MOST_BOUNDED:
        return "unproven dead end"
    if not _WHY[step.why](played, here, step):
        return "false dead end"
    if step.why != "set_aside":
        played.dead.add(here.state)
    return "valid"


def _missed(played: Replay, here: Node, step: Step) -> bool:
    """Nothing can be played here."""
    return len(here.state) == 1 or not children(played.puzzle.rules, here.state)


def _set_aside(played: Replay, here: Node, step: Step) -> bool:
    """There is a move here that was not tried."""
    return not children(played.puzzle.rules, here.state) <= here.tried


def _exhausted(played: Replay, here: Node, step: Step) -> bool:
    """There are moves, and the text has shown each of them to be a dead end."""
    after = children(played.puzzle.rules, here.state)
    return bool(after) and after <= played.dead


def _bounded(played: Replay, here: Node, step: Step) -> bool:
    """What is said of all the values that can be made is true, and the goal is none of them for that reason."""
    goal, bound, rules = played.puzzle.target, step.value, played.puzzle.rules
    if bound is None or len(here.state) < 2:
        return False
    ends = _ends(rules, here.state)
    if step.why == "largest":
        return bool(ends) and max(ends) == bound < goal
    if step.why == "smallest":
        return bool(ends) and min(ends) == bound > goal
    return bound > 0 and goal % bound != 0 and all(end % bound == 0 for end in ends)


_WHY: dict[str, Callable[[Replay, Node, Step], bool]] = {
    "missed": _missed,
    "set_aside": _set_aside,
    "exhausted": _exhausted,
    "largest": _bounded,
    "smallest": _bounded,
    "multiple": _bounded,
}


def children(rules: Rules, state: State) -> frozenset[State]:
    """The states that one move leads to; exact, on fractions."""
    return _kept_children(rules, state) if len(state) <= MOST_KEPT else _children(rules, state)


def _children(rules: Rules, state: State) -> frozenset[State]:
    found: set[State] = set()
    for i, j in permutations(range(len(state)), 2):
        rest = [state[k] for k in range(len(state)) if k not in (i, j)]
        for op in rules.operations:
            result = combine(op, Fraction(state[i]), Fraction(state[j]))
            if result is not None and allowed(result, rules.values):
                found.add(tuple(sorted([*rest, result])))
    return frozenset(found)


_kept_children = lru_cache(maxsize=1 << 10)(_children)


@lru_cache(maxsize=1 << 10)
def _ends(rules: Rules, state: State) -> frozenset[Value]:
    """The numbers that a game from a state can end with: the last one, or any one where a subset is enough."""
    if len(state) == 1:
        return frozenset(state)
    return frozenset(() if rules.use_all else state).union(*(_ends(rules, child) for child in children(rules, state)))


def _subgoal(played: Replay, step: Step) -> str:
    """It names a sum that would win, over a number that is there and a value that the others would have to make."""
    claim, state, value = step.claim, played.path[-1].state, step.value
    assert claim is not None and value is not None
    other = claim.b if claim.a == value else claim.a
    if value not in (claim.a, claim.b) or other not in state or len(state) < 2:
        return "number not available"
    if not holds(*claim):
        return "false arithmetic"
    rules = played.puzzle.rules
    if not _legal(rules, claim) or not allowed(value, rules.values):
        return "not allowed"
    if claim.result != played.puzzle.target:
        return "state mismatch"
    played.subgoals.append(tuple(sorted((other, value))))
    return "valid"


def _check(played: Replay, step: Step) -> str:
    """It is true, and about the numbers of a sum on the path."""
    claim = step.claim
    assert claim is not None
    if not holds(*claim):
        return "false check"
    numbers = sorted((claim.a, claim.b, claim.result))
    done = (sorted((node.claim.a, node.claim.b, node.claim.result)) for node in played.path if node.claim)
    return "valid" if numbers in done else "state mismatch"


def stop(played: Replay, step: Step) -> str:
    """It says how many tries there were."""
    return "valid" if step.value == played.sums else "state mismatch"


def backtrack(played: Replay, step: Step) -> str:
    """A return names an earlier state, other than the one it leaves: one of the path, which is then cut to it, or one that was
    soundly reached and left before, with the path that led there."""
    path, back = played.path, step.numbers or ()
    if path[-1].state == back:
        return "fake backtrack"
    for i in range(len(path) - 2, -1, -1):
        if path[i].state == back:
            del path[i + 1 :]
            return "valid"
    if node := played.visited.get(back):
        path[1:] = _way(node)
        return "valid"
    path.append(Node(back, None, set(), False))  # no such state: the text is taken at its word from here on
    return "fake backtrack"


def _implicit_return(played: Replay, step: Step) -> str:
    """A return that the form of the text says, and no word."""
    played.implicit_returns += 1
    return backtrack(played, step)


def _way(node: Node) -> list[Node]:
    """The nodes from behind the start to a sound node, as far as a path is remembered."""
    way: list[Node] = []
    while node.above and len(way) < LONGEST_PATH:
        way.append(node)
        node = node.above
    return way[::-1]


def _found(played: Replay, step: Step) -> str:
    reached = step.goal == played.puzzle.target and solved(played.puzzle, played.path[-1].state)
    return "valid" if reached else "unsupported answer"


_STEPS: dict[str, Callable[[Replay, Step], str]] = {
    "given": _given,
    "try": _try,
    "dead_end": _dead_end,
    "backtrack": backtrack,
    "implicit_return": _implicit_return,
    "subgoal": _subgoal,
    "check": _check,
    "found": _found,
    "stop": stop,
}
