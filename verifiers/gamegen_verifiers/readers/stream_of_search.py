"""The log format of Stream of Search (Gandhi et al., 2024): several lines for a step, and a number for each node.

What a log says twice must agree: the lines that generate and enter a node with the line that explored it, and each later line
that names the node with these. A breadth-first log tries several sums from the state where it stands, and says so by no line:
the reading has an implicit return between them. Lines that do not agree, and lines of any other form, are not understood and
lower the recall.
"""

import re
from dataclasses import dataclass, field

from gamegen_verifiers.readers.sentences import DIGITS, LIST, NUMBER, numbers, recall
from gamegen_verifiers.steps import Claim, Reading, Step, value

_NODE = r"#(0(?:,[0-9]{1,6}){0,40})"
_SUM = rf"({NUMBER})([-+*/])({NUMBER})=({NUMBER})"
_OPERATIONS = r"\[((?:'[^'\n]{1,200}'(?:, )?){0,40})\]"
_EXPLORING = re.compile(rf"Exploring Operation: ({_SUM}), Resulting Numbers: \[({LIST})\]")
_GENERATED = re.compile(rf"Generated Node {_NODE}: ({NUMBER}):\[({LIST})\] Operation: (\S{{1,200}})")
_MOVING = re.compile(rf"Moving to Node {_NODE}")
_CURRENT = re.compile(rf"Current State: ({NUMBER}):\[({LIST})\], Operations: {_OPERATIONS}")
_END = re.compile(rf"({NUMBER}),({NUMBER}) (un)?equal: (?:No Solution|Goal Reached)")
_OPENS = re.compile(rf"(?<![^\n])Current State: -?{DIGITS}:\[{LIST}\], Operations: \[\](?!\S)")
_ANY = re.compile("State: |Operation: |equal: ")
_LINE = re.compile(r"[^\n]+")


@dataclass
class _Log:
    """What has been read of a log: the steps, the lines that were understood, and each node's state and operations."""

    steps: list[Step] = field(default_factory=list)
    understood: list[tuple[int, int]] = field(default_factory=list)
    nodes: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    here: str = "0"  # the node that the log stands at
    explored: tuple[str, str] | None = None  # the sum and the state of the line before
    entering: str | None = None  # the node that was just generated
    moving: tuple[str, int] | None = None  # where a line moves to, and where it starts
    away: bool = False  # a sum was tried since it came to stand there
    at: int = 0  # where the text that lines are taken from begins in the whole

    def line(self, text: str, start: int, end: int) -> bool:
        """Take in one line; whether it was understood."""
        for pattern, take in (
            (_EXPLORING, self._explore),
            (_GENERATED, self._generate),
            (_MOVING, self._move),
            (_CURRENT, self._stand),
        ):
            if match := pattern.fullmatch(text, start, end):
                if pattern not in (_MOVING, _CURRENT):
                    self.moving = None  # where a line moves to, the very next one says
                return take(match)
        self.moving = None
        match = _END.fullmatch(text, start, end)
        return match is not None and self._end(match)

    def _explore(self, m: re.Match[str]) -> bool:
        if self.away and self.here in self.nodes:
            self.steps.append(
                Step("implicit_return", self.at + m.start(), self.at + m.start(), numbers=numbers(self.nodes[self.here][0]))
            )
        self.away = True
        claim = Claim(value(m[2]), m[3], value(m[4]), value(m[5]))
        self.steps.append(Step("try", *self._span(m), claim, numbers(m[6])))
        self.explored, self.entering = (m[1], m[6]), None
        return True

    def _generate(self, m: re.Match[str]) -> bool:
        node, _, state, move = m.groups()
        if self.explored != (move, state) or node.rpartition(",")[0] != self.here or node in self.nodes:
            return False
        if self.here not in self.nodes:  # no line has said yet where the log starts
            return False
        self.nodes[node] = state, [*self.nodes[self.here][1], move]
        self.entering = node
        return self._extend(m)

    def _move(self, m: re.Match[str]) -> bool:
        self.moving = m[1], self.at + m.start()
        return m[1] in self.nodes

    def _stand(self, m: re.Match[str]) -> bool:
        goal, state, listed = m.groups()
        if not self.steps and not self.nodes:
            self.nodes["0"], self.moving = (state, []), None
            self.steps.append(Step("given", *self._span(m), None, numbers(state), value(goal)))
            return not listed
        if self.moving is None:
            return False
        (node, start), self.moving = self.moving, None
        self.explored = None  # a sum has its node before the log stands anywhere else
        if self.nodes.get(node) != (state, re.findall(r"'([^'\n]*)'", listed)):  # then what it says is a return all the same
            self.steps.append(Step("backtrack", start, self.at + m.end(), None, numbers(state)))
            return False
        self.here, self.away = node, False
        if node == self.entering:
            self.entering = None
            return self._extend(m)
        self.steps.append(Step("backtrack", start, self.at + m.end(), None, numbers(state)))
        return True

    def _end(self, m: re.Match[str]) -> bool:
        number, goal, unequal = m.groups()
        if unequal != ("un" if m[0].endswith("No Solution") else None):
            return False
        self.explored = None  # what ended has no node
        if unequal:
            self.steps.append(Step("dead_end", *self._span(m), None, numbers(number), value(goal), "missed"))
        else:
            self.steps.append(Step("found", *self._span(m), goal=value(goal)))
        return bool(unequal) or number == goal

    def _extend(self, m: re.Match[str]) -> bool:
        """The last step goes on to here."""
        self.steps[-1] = self.steps[-1]._replace(end=self.at + m.end())
        return True

    def _span(self, m: re.Match[str]) -> tuple[int, int]:
        return self.at + m.start(), self.at + m.end()


class Following:
    """Reads line by line what comes in stretches; a step that may yet go on to a further line is kept back."""

    def __init__(self) -> None:
        self._log = _Log()
        self._line: list[str] = []  # what has come of a line
        self._given = 0

    def more(self, stretch: str) -> list[Step]:
        """The steps that have come to their end, at their places in all of the text."""
        self._line.append(stretch)
        if "\n" not in stretch:
            return []
        text, log = "".join(self._line), self._log
        lines = text.rfind("\n") + 1
        for match in _LINE.finditer(text, 0, lines):
            log.line(text, *match.span())
        log.at += lines
        self._line = [text[lines:]]
        steps = log.steps[self._given : -1 if log.explored or log.entering else None]
        self._given += len(steps)
        return steps


class StreamOfSearch:
    def opens(self, text: str, end: int) -> tuple[int, int] | None:
        """Where text[:end] has the line with which a log opens."""
        match = _OPENS.search(text, 0, end)
        return match and match.span()

    def follow(self) -> Following:
        """Reads a log that is still being written."""
        return Following()

    def read(self, text: str, thought: int, end: int) -> Reading:
        """The steps in text[:end], and how much of text[:thought] they are."""
        log = _Log()
        if not _ANY.search(text, 0, end):
            return Reading((), recall(text, (), thought, False))
        for match in _LINE.finditer(text, 0, end):
            if log.line(text, *match.span()):
                log.understood.append(match.span())
        return Reading(tuple(log.steps), recall(text, log.understood, thought, bool(log.steps)))


READER = StreamOfSearch()
