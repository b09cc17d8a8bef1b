"""Countdown by brute force, and a check of procedure rows, on Fractions and with nothing of gamegen.

Words: a *state* is an ascending tuple of Fractions; its *children* are the states that one move leads to, each once, so a
child is a canonical move; a *play* is a sequence of canonical moves; a state is *stuck* where it has no children.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from itertools import pairwise, permutations
from typing import Any, NamedTuple

State = tuple[Fraction, ...]
Step = tuple[Fraction, str, Fraction, Fraction]  # a, op, b, result


class Rules(NamedTuple):
    operations: str = "+-*/"
    use_all: bool = True
    values: str = "natural"


def state_of(numbers: Iterable[int | Fraction]) -> State:
    return tuple(sorted(map(Fraction, numbers)))


def apply(a: Fraction, op: str, b: Fraction, rules: Rules) -> Fraction | None:
    """a op b, or None where the rules forbid it.

    >>> apply(Fraction(3), "/", Fraction(2), Rules()), apply(Fraction(3), "/", Fraction(2), Rules(values="rational"))
    (None, Fraction(3, 2))
    """
    if op not in rules.operations or (op == "/" and b == 0):
        return None
    result = {"+": a + b, "-": a - b, "*": a * b}[op] if op != "/" else a / b
    if rules.values != "rational" and result.denominator != 1:
        return None
    return None if rules.values == "natural" and result < 0 else result


@cache
def children(state: State, rules: Rules) -> Mapping[State, frozenset[Step]]:
    """The children of a state, each with all the steps that lead to it."""
    found: dict[State, set[Step]] = {}
    for i, j in permutations(range(len(state)), 2):
        rest = [state[k] for k in range(len(state)) if k not in (i, j)]
        for op in "+-*/":
            result = apply(state[i], op, state[j], rules)
            if result is not None:
                child = state_of([*rest, result])
                found.setdefault(child, set()).add((state[i], op, state[j], result))
    return {child: frozenset(steps) for child, steps in found.items()}


def levels(state: State, rules: Rules, depth: int) -> list[set[State]]:
    """The distinct states after 0, 1, … depth moves."""
    found = [{state}]
    for _ in range(depth):
        found.append({child for parent in found[-1] for child in children(parent, rules)})
    return found


def everything(state: State, rules: Rules) -> set[State]:
    """The state itself and all that can come of it."""
    return set().union(*levels(state, rules, len(state) - 1))


@cache
def plays(state: State, rules: Rules, length: int) -> int:
    """How many plays of that length there are (perft)."""
    return sum(plays(child, rules, length - 1) for child in children(state, rules)) if length else 1


def solved(state: State, goal: Fraction | int, rules: Rules) -> bool:
    return state == (goal,) if rules.use_all else goal in state


def targets(state: State, rules: Rules) -> set[Fraction]:
    """What can be won by one move or more: the last number, or without ``use_all`` whatever some move makes.

    Without ``use_all`` a given number that no move makes is left out: that game is won before it begins.
    """
    below = everything(state, rules) - {state}
    if rules.use_all:
        return {child[0] for child in below if len(child) == 1}
    return {step[3] for parent in below | {state} for steps in children(parent, rules).values() for step in steps}


@cache
def winning_plays(state: State, goal: Fraction | int, rules: Rules) -> int:
    """How many plays end at the goal and were not there before."""
    if solved(state, goal, rules):
        return 1
    return sum(winning_plays(child, goal, rules) for child in children(state, rules))


@cache
def losing_plays(state: State, goal: Fraction | int, rules: Rules) -> int:
    """How many plays never meet the goal and go on until nothing can be played.

    That is the most dead ends that a search can have which never leaves by a move that it took from there before.
    """
    if solved(state, goal, rules):
        return 0
    return sum(losing_plays(child, goal, rules) for child in children(state, rules)) or int(not children(state, rules))


def reachable(state: State, goal: Fraction | int, rules: Rules) -> set[State]:
    """All states that a play comes by which ends where the goal is reached."""
    found, open_ = {state}, [state]
    while open_:
        here = open_.pop()
        fresh = set() if solved(here, goal, rules) else set(children(here, rules)) - found
        found |= fresh
        open_ += fresh
    return found


def live(state: State, goal: Fraction | int, rules: Rules) -> bool:
    return winning_plays(state, goal, rules) > 0


class Written(NamedTuple):
    """What an expression says: its value, the numbers in it, and the steps as they are written."""

    value: Fraction
    leaves: list[int]
    steps: list[Step]


def evaluate(text: str) -> Written:
    """The expression of natural numbers, + - * / and parentheses. Raises ValueError for anything else.

    >>> evaluate("(4 + 3) * 2").value
    Fraction(14, 1)
    """
    leaves: list[int] = []
    steps: list[Step] = []
    names: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}

    def walk(node: ast.expr) -> Fraction:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            leaves.append(node.value)
            return Fraction(node.value)
        if isinstance(node, ast.BinOp) and type(node.op) in names:
            a, op, b = walk(node.left), names[type(node.op)], walk(node.right)
            result = apply(a, op, b, Rules(values="rational"))
            if result is None:
                raise ValueError(f"{text!r} divides by zero")
            steps.append((a, op, b, result))
            return result
        raise ValueError(f"{text!r} is no plain expression")

    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError:
        raise ValueError(f"{text!r} is no expression") from None
    return Written(walk(tree.body), leaves, steps)


def answer_problems(text: str, numbers: Iterable[int], goal: Fraction | int, rules: Rules) -> list[str]:
    """What is wrong with an expression as the answer."""
    try:
        written = evaluate(text)
    except ValueError as error:
        return [f"answer: {error}"]
    found = []
    if written.value != goal:
        found.append(f"answer: {text} is {written.value}, the goal is {goal}")
    given, used = Counter(numbers), Counter(written.leaves)
    if used - given or (rules.use_all and used != given):
        found.append(f"answer: {text} uses the numbers {sorted(used.elements())}, given are {sorted(given.elements())}")
    for a, op, b, result in written.steps:
        if apply(a, op, b, rules) is None:
            found.append(f"answer: {a} {op} {b} = {result}, as written, is against the rules")
    return found


def check_procedure(row: Mapping[str, Any], text: str, terse: bool = False) -> list[str]:
    """What is wrong with a row of the arm ``procedure`` and its completion; nothing for a run that is honest and exact.

    Only the runs of a policy other than depth_first may stop: they say after how many tries, and no answer stands behind that.
    They alone may return to a state that is not on the path, but was reached before, and they reach none twice.
    A ``terse`` text leaves out some dead ends, and that the goal is found; that it says its moves is for others to check.
    """
    rules = Rules(**row["rules"])
    anywhere = row.get("requested", {}).get("policy", "depth_first") != "depth_first"
    run = _Run(state_of(row["numbers"]), Fraction(row["target"]), rules, terse, anywhere)
    found = [f"event {i} ({event['kind']}): {p}" for i, event in enumerate(row["events"]) for p in run.follow(event, text)]
    if not run.found and not run.stopped and not terse:
        found.append("the run does not end in found")
    ends = [0, *(event["end"] for event in row["events"])]
    if any(event["start"] < end for end, event in zip(ends, row["events"], strict=False)):
        found.append("the spans of the events overlap or are out of order")
    if run.stopped and not anywhere:
        found.append("the run stops, which its policy never does")
    if run.stopped:
        return found + _answers_in(text[ends[-1] :])
    made = run.steps[-1][3] if run.steps else None
    if made != run.goal:
        found.append(f"the winning path makes {made}, not {run.goal}")
    if row["answer"] not in text[ends[-1] :]:
        found.append("the answer is not in the text behind the events")
    return found + answer_problems(row["answer"], row["numbers"], run.goal, rules)


def _answers_in(text: str) -> list[str]:
    """What a text that gives no answer must not have: numbers, a box, an answer between its tags."""
    bad = [piece for piece in (r"\d", r"boxed", r"<answer>") if re.search(piece, text)]
    return [f"the run stopped, and yet {piece!r} stands behind it" for piece in bad]


class _Run:
    """A run as it is followed: the states of the current path, with the children that were tried from each, and its steps."""

    def __init__(self, start: State, goal: Fraction, rules: Rules, terse: bool, anywhere: bool = False) -> None:
        self.goal, self.rules, self.terse = goal, rules, terse
        self.path: list[tuple[State, set[State]]] = [(start, set())]
        self.steps: list[Step] = []
        self.left = {start: (self.path[:], self.steps[:])} if anywhere else {}  # the ways to states that can be returned to
        self.anywhere, self.stopped, self.tries = anywhere, False, 0
        self.shown: set[State] = set()  # states that were shown to be dead
        self.aims: set[tuple[State, Step]] = set()
        self.dead = self.found = self.aimed = self.tried = False

    def follow(self, event: Mapping[str, Any], text: str) -> Iterator[str]:
        """Take the event, and say what is wrong with it."""
        kind = event["kind"]
        if self.found:
            yield "comes after found"
        if self.stopped:
            yield "comes after stop"
        if self.dead != (kind == "backtrack") and not (self.terse or (self.dead and kind == "stop")):
            yield "a dead end needs one backtrack right behind it, and only a dead end has one"
        if self.aimed and kind != "try":
            yield "a subgoal needs a try right behind it"
        self.aimed = False
        if kind not in ("try", "dead_end", "backtrack", "subgoal", "check", "found", "stop"):
            yield "is of no known kind"
            return
        told = read_state(event["state"])
        said = numbers_in(text[event["start"] : event["end"]])
        if kind == "stop":
            yield from self._stop(told, said, event)
        elif kind == "try":
            yield from self._try(read_move(event["move"]), told, said)
        elif kind in ("subgoal", "check"):
            yield from {"subgoal": self._subgoal, "check": self._check}[kind](read_move(event["move"]), told, said, event)
        else:
            if event["move"]:
                yield "has a move"
            yield from {"dead_end": self._dead_end, "backtrack": self._backtrack, "found": self._found}[kind](told, event)
            if event["value"] and Fraction(event["value"]) not in said:
                yield "the text does not say the bound"
            if not _contains(said, [self.goal] if kind == "found" else list(told)):
                yield f"the text does not say {event['state']}"
        self.tried = kind == "try"

    def _try(self, step: Step, told: State, said: list[Fraction]) -> Iterator[str]:
        here, tried = self.path[-1]
        if solved(here, self.goal, self.rules):
            yield "the goal was reached before"
        a, op, b, result = step
        rest = list(here)
        if a in rest:
            rest.remove(a)
        if b not in rest or len(rest) == len(here):
            yield f"{a} and {b} are not both in the state"
        elif apply(a, op, b, self.rules) != result:
            yield f"{a} {op} {b} = {result} is not true or not allowed"
        else:
            rest.remove(b)
            if state_of([*rest, result]) != told:
                yield "the state is not what the move leaves"
        if told in tried:
            yield "this child was tried before"
        tried.add(told)
        self.path.append((told, set()))
        self.steps.append(step)
        self.tries += 1
        if self.anywhere:
            if told in self.left:
                yield "this state was reached before"
            self.left[told] = self.path[:], self.steps[:]
        if not self.terse and not (_contains(said, [a, b, result]) and (len(told) == 1 or _contains(said, list(told)))):
            yield "the text does not say the move or the state"

    def _dead_end(self, told: State, event: Mapping[str, Any]) -> Iterator[str]:
        here, tried = self.path[-1]
        after = set(children(here, self.rules))
        bound, why = Fraction(event["value"]) if event["value"] else None, event["why"]
        bounded = why in ("largest", "smallest", "multiple")
        ends = {state[0] for state in everything(here, self.rules) if len(state) == 1} if bounded else set()
        if told != here:
            yield "is of another state"
        if solved(here, self.goal, self.rules):
            yield "the goal is reached here"
        if why == "missed" and after:
            yield "there are moves left"
        elif why == "exhausted" and not (after and after <= self.shown):
            yield "not every move was shown to be a dead end"
        elif why == "set_aside" and not after - tried:
            yield "there is no move untried"
        elif why == "largest" and not (bound == max(ends) < self.goal):
            yield "that is not the largest value, or not below the goal"
        elif why == "smallest" and not (bound == min(ends) > self.goal):
            yield "that is not the smallest value, or not above the goal"
        elif why == "multiple" and not (bound and self.goal % bound and not any(end % bound for end in ends)):
            yield "not all values are multiples, or the goal is one"
        elif why not in ("missed", "exhausted", "set_aside", "largest", "smallest", "multiple"):
            yield f"{why!r} is no known reason"
        if why != "set_aside":
            self.shown.add(here)
        if len(self.path) == 1:
            yield "is of the start"
        self.dead = True

    def _subgoal(self, step: Step, told: State, said: list[Fraction], event: Mapping[str, Any]) -> Iterator[str]:
        a, op, b, result = step
        value = Fraction(event["value"])
        rest = list(told)
        if value not in (a, b) or (a if b == value else b) not in rest:
            yield "names no number that is there, or no value to make"
        if apply(a, op, b, self.rules) != result or result != self.goal:
            yield "would not win"
        if told != self.path[-1][0] or len(rest) < 3:
            yield "is of another state, or of one that is too small"
        if (told, step) in self.aims:
            yield "was said of this state before"
        self.aims.add((told, step))
        self.aimed = True
        if not _contains(said, [a, b, result]) or value not in said:
            yield "the text does not say it"

    def _check(self, step: Step, told: State, said: list[Fraction], event: Mapping[str, Any]) -> Iterator[str]:
        a, op, b, result = step
        exact = {"+": a + b, "-": a - b, "*": a * b}.get(op, a / b if b else None)
        if exact != result:
            yield "is not true"
        if not self.tried:
            yield "comes behind no try"
        elif sorted((a, b, result)) != sorted((self.steps[-1][0], self.steps[-1][2], self.steps[-1][3])):
            yield "is of other numbers than the try before it"
        if told != self.path[-1][0]:
            yield "is of another state"
        if not _contains(said, [a, b, result]):
            yield "the text does not say it"

    def _backtrack(self, told: State, event: Mapping[str, Any]) -> Iterator[str]:
        depth = next((d for d, (state, _) in enumerate(self.path[:-1]) if state == told), None)
        if depth is None and told in self.left and told != self.path[-1][0]:
            path, steps = self.left[told]
            self.path, self.steps = path[:], steps[:]
        elif depth is None:
            yield "returns to no earlier state of the path"
        else:
            del self.path[depth + 1 :]
            del self.steps[depth:]
        self.dead = False

    def _stop(self, told: State, said: list[Fraction], event: Mapping[str, Any]) -> Iterator[str]:
        if event["move"] or told != self.path[-1][0]:
            yield "has a move, or is of another state"
        if solved(told, self.goal, self.rules):
            yield "the goal is reached here"
        if event["value"] != str(self.tries) or said != [self.tries]:
            yield "does not say how many tries there were"
        self.stopped = True

    def _found(self, told: State, event: Mapping[str, Any]) -> Iterator[str]:
        if told != self.path[-1][0]:
            yield "is of another state"
        if not solved(self.path[-1][0], self.goal, self.rules):
            yield "the goal is not reached"
        self.found = True


def read_state(text: str) -> State:
    """The state that was written ``2, 5/2, 7``, which must rise."""
    values = tuple(Fraction(part) for part in text.split(", "))
    if any(a > b for a, b in pairwise(values)):
        raise ValueError(f"{text!r} does not rise")
    return values


def read_move(text: str) -> Step:
    """The step that was written ``12 * (-3) = -36``."""
    a, op, b, equals, result = text.split(" ")
    if equals != "=" or op not in "+-*/":
        raise ValueError(f"{text!r} is no move")
    return _operand(a), op, _operand(b), Fraction(result)


def _operand(text: str) -> Fraction:
    value = Fraction(text.removeprefix("(").removesuffix(")"))
    if text.startswith("(") != text.endswith(")") or text.startswith("(") != (value < 0 or value.denominator > 1):
        raise ValueError(f"{text!r}: parentheses stand around negative numbers and fractions, and only there")
    return value


def numbers_in(text: str) -> list[Fraction]:
    """The numbers of a sentence, in order.

    >>> [str(n) for n in numbers_in("Try 3 - (-1/2) = 7/2, leaving 7/2, 9.")]
    ['3', '-1/2', '7/2', '7/2', '9']
    """
    return [Fraction(number) for number in re.findall(r"-?\d+(?:/\d+)?", text)]


def _contains(said: list[Fraction], numbers: list[Fraction]) -> bool:
    return any(said[i : i + len(numbers)] == numbers for i in range(len(said) - len(numbers) + 1))
