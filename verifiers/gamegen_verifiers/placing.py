"""Finds for each claim of free prose the state that it stands in, and says of each whether it holds.

Words: the *path* is as in ``replay``; a claim is *placed* in a state where its numbers are; it *restates* where all of its
operations were done on the path already; an *announced* return goes to an earlier state of the path after words that leave what
was done, an *implicit* one without a word. Free prose does not name its states: a claim is looked for where the text stands,
then in the states that it went through, the latest first. One that is nowhere is taken at its word, and leads to no win.
"""

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from gamegen.games.countdown import Puzzle
from gamegen_verifiers.algebra import allowed
from gamegen_verifiers.replay import Node, Replay, State, arrive, backtrack, begin, go_on, solved
from gamegen_verifiers.steps import Claim, Reading, Step, Value

LONGEST_WAY = 40  # operations of one claim
LONGEST_STATE = 64  # numbers; no game has so many, so only a text that goes on inventing some forgets the smallest
LONGEST_DECIMALS = 12
NEAR = 60  # characters from a false sum to the words that take it back
# What free prose does and says nothing false: it thinks of numbers that are not there, goes round in circles, and rounds.
NO_FALSEHOOD = ("number not available", "not allowed", "repeated", "fake backtrack", "rounded")


@dataclass
class Placing:
    """The replay that is made, and what of the text before a claim says where it stands."""

    played: Replay
    left: bool = False  # words left what was done, and no claim came since
    follows: bool = True  # the claim before held and had its place
    ends: set[tuple[State, Claim]] = field(default_factory=set)  # last moves, with the states that they were made in


def place(puzzle: Puzzle, reading: Reading) -> Replay:
    """What each step of a free reading is worth under the puzzle's rules."""
    placing = Placing(begin(puzzle))
    go_on(placing.played, reading.steps, lambda _, step: _STEPS[step.kind](placing, step))
    return placing.played


def taken_back(steps: Sequence[Step], i: int) -> bool:
    """Whether the text says right behind equation i that it is wrong, or does its last operation again, rightly."""
    if i + 1 < len(steps) and steps[i + 1].kind == "correction" and steps[i + 1].start - steps[i].end <= NEAR:
        return True
    last = steps[i].ways[0][-1]
    return any(last in way[-1:] and step.value == step.goal for step in steps[i + 1 :] for way in step.ways)


def _equation(placing: Placing, step: Step) -> str:
    played = placing.played
    true = step.value is not None and step.value == step.goal
    played.sums += 1
    played.true += true
    if step.why == "goes on":
        label = "valid"  # its numbers are those of the side before
        played.legal += placing.follows
    else:
        label = _placed(placing, step, true)
    placing.left = False
    return label if true else "rounded" if _rounded(step) else "false arithmetic"


def _rounded(step: Step) -> bool:
    """Whether the value that is said is a decimal, off by less than its last digit counts."""
    if step.value is None or not isinstance(step.goal, Fraction):
        return False
    digits = next((k for k in range(1, LONGEST_DECIMALS + 1) if not (step.goal * 10**k).denominator > 1), 0)
    return digits > 0 and abs(Fraction(step.value) - step.goal) < Fraction(1, 10**digits)


def _placed(placing: Placing, step: Step, true: bool) -> str:
    """Play the claim where it can be played; what is to be said of it if it is true."""
    played = placing.played
    path = played.path
    if len(step.ways[0]) > LONGEST_WAY:
        return "number not available"
    found = _find(path, step.ways, placing.left)
    placing.follows = true and found is not None
    if found is None and step.why == "fact":
        return "valid"  # 24 = 8 * 3: what would be needed
    if found is None:
        _play(played, path[-1], step.ways[0], _taken(path[-1].state, step.ways[0]), step.goal, False)
        return "number not available"
    at, way, after = found
    played.legal += all(allowed(claim.result, played.puzzle.rules.values) for claim in way)
    if not after:
        return "valid"  # it restates
    if at < len(path) - 1:
        if placing.left:
            played.returns += 1
        else:
            played.implicit_returns += 1
        del path[at + 1 :]
    here = path[-1]
    legal = all(claim.op in played.puzzle.rules.operations for claim in way)
    _play(played, here, way, after, step.goal, true and legal)
    move = (here.state, way[-1])
    if len(after[-1]) == 1 and move in placing.ends:
        return "repeated"
    placing.ends.add(move)
    return "valid" if legal else "not allowed"


Found = tuple[int, tuple[Claim, ...], list[State]]


def _find(path: list[Node], ways: Sequence[tuple[Claim, ...]], left: bool) -> Found | None:
    """The index on the path of the state in which one of the ways can be played, and the states that follow; none of these
    where it restates what was done on the path."""
    last = len(path) - 1
    for way in ways:
        if after := _after(path[last].state, way):
            return last, way, after
    if not left:
        done = [node.claim for node in path if node.claim]
        for way in ways:
            if all(claim in done or _turned(claim) in done for claim in way):
                return last, way, []
    for at in range(last - 1, -1, -1):
        node = path[at]
        held = node.held
        if held is None:  # to look in a state itself takes ten times as long where it has fractions
            held = node.held = frozenset(node.state)
        for way in ways:
            if way[0].a in held and (after := _after(node.state, way)):
                return at, way, after
    return None


def _turned(claim: Claim) -> Claim:
    a, op, b, result = claim
    return Claim(b, op, a, result) if op in "+*" else claim


def _after(state: State, way: Sequence[Claim]) -> list[State]:
    """The states that the operations lead through; none where one of them is over a number that is not there."""
    if way[0].a not in state:  # nearly always, where a state is not the one
        return []
    rest = list(state)
    states = []
    for a, _, b, result in way:
        if a not in rest:
            return []
        rest.remove(a)
        if b not in rest:
            return []
        rest.remove(b)
        insort(rest, result)
        states.append(tuple(rest))
    return states


def _taken(state: State, way: Sequence[Claim]) -> list[State]:
    """The same, with whatever of the numbers is there."""
    rest = list(state)
    states = []
    for claim in way:
        for value in (claim.a, claim.b):
            if value in rest:
                rest.remove(value)
        insort(rest, claim.result)
        if len(rest) > LONGEST_STATE:
            del rest[rest[0] == claim.result]  # the one that was just made is what the text goes on with
        states.append(tuple(rest))
    return states


def _play(played: Replay, here: Node, way: Sequence[Claim], after: Sequence[State], said: Value | None, sound: bool) -> None:
    """Go the way; its last result is the one that the text says."""
    for i, (claim, state) in enumerate(zip(way, after, strict=True)):
        if i == len(way) - 1 and said is not None and said != claim.result:
            rest = list(state)
            rest.remove(claim.result)
            insort(rest, said)
            state, claim = tuple(rest), claim._replace(result=said)
        fits = allowed(claim.result, played.puzzle.rules.values)
        node = Node(state, claim, set(), here.sound and sound and fits, here)
        played.path.append(node)
        if node.sound:
            arrive(played, node, solved(played.puzzle, node.state))
        here = node


def _remaining(placing: Placing, step: Step) -> str:
    """The numbers are those of a state on the path, with or without the one that was made last there."""
    path = placing.played.path
    for at in range(len(path) - 1, -1, -1):
        node = path[at]
        without = list(node.state)
        if node.claim is not None and node.claim.result in without:
            without.remove(node.claim.result)
        if step.numbers in (node.state, tuple(without)):
            return "valid"
    return "state mismatch"


def _retraction(placing: Placing, step: Step) -> str:
    placing.left = True
    return "valid"


def _backtrack(placing: Placing, step: Step) -> str:
    placing.left = False
    return backtrack(placing.played, step)


def _dead_end(placing: Placing, step: Step) -> str:
    """What is said to miss the goal does so, and in the way that is said."""
    placing.left = True
    value, goal = step.value, step.goal if step.goal is not None else placing.played.puzzle.target
    if value is None:
        return "valid"
    missed = {"high": value > goal, "low": value < goal}.get(step.why, value != goal)
    return "valid" if missed else "false dead end"


_STEPS: dict[str, Callable[[Placing, Step], str]] = {
    "equation": _equation,
    "remaining": _remaining,
    "retraction": _retraction,
    "correction": _retraction,
    "backtrack": _backtrack,
    "dead_end": _dead_end,
}
