"""The verifier fed piece by piece, while a text is being written: what does not hold is reported as soon as that is certain.

Words: a *finding* is a statement that does not hold; it is *certain* where no way in which the text can go on takes it back:
its sentence is whole, it is clear how the text is read, and it stands in the thinking, or before anything that may be the
answer (`Horizon`). A *stretch* is what has come between two seams (`readers.SEAMS`). A text that opens in no published style is
read when all of it is there, and so is the rest of one from where its style's own reader and the reader of changed surfaces
disagree: their findings are in the verdict alone. The time for a piece is that for its length, whatever came before.

A sampler that stops at the first false step:

>>> monitor = Monitor(Puzzle((2, 4, 8), 24))
>>> for piece in ("<think>\\nI have 2, 4, 8 and", " want 24. Try 8 - ", "2 = 5", ". ", "Then 5 * 4 = 20.", "\\n</think>"):
...     if found := monitor.feed(piece):
...         break
>>> found
[Finding(index=1, start=36, end=50, kind='try', label='false arithmetic')]
>>> piece, monitor.close().first_error
('. ', 1)
"""

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from gamegen.games.countdown import Puzzle
from gamegen_verifiers.horizon import Horizon
from gamegen_verifiers.notation import PLAIN, Copy, Notation, transcribe
from gamegen_verifiers.plainness import plainly
from gamegen_verifiers.readers import OPENING, SEAMS, Follower, loose, opened
from gamegen_verifiers.replay import begin, go_on, judge_step
from gamegen_verifiers.steps import Step
from gamegen_verifiers.verdict import Verdict, verify

_SEAM = re.compile("|".join(map(re.escape, SEAMS)))
_ITEM = re.compile(r"[ \t]{0,8}[0-9]{1,4}\. ")  # a full stop that ends no sentence, but the mark of an item of a list


@dataclass(frozen=True, slots=True)
class Finding:
    """Statement ``index`` of the verdict's reading, at text[start:end], does not hold; the label is that of the verdict."""

    index: int
    start: int
    end: int
    kind: str
    label: str


def findings(verdict: Verdict) -> list[Finding]:
    """All statements of a verdict that do not hold, in their order; a monitor reports the first of them while it is fed."""
    return list(_findings(0, verdict.reading, verdict.labels))


def _findings(first: int, steps: Sequence[Step], labels: Sequence[str]) -> Iterable[Finding]:
    for i, (step, label) in enumerate(zip(steps, labels, strict=True), first):
        if label != "valid":
            yield Finding(i, step.start, step.end, step.kind, label)


class Monitor:
    """Judges a completion, written in that surface, while it is being written.

    ``reported`` counts the findings that ``feed`` has given: ``findings(monitor.close())[monitor.reported:]`` are the others.
    """

    def __init__(self, puzzle: Puzzle, surface: Notation = PLAIN) -> None:
        self.reported = 0
        self._puzzle, self._surface = puzzle, surface
        self._pieces: list[str] = []
        self._stretch: list[str] = []  # what has come since the last seam
        self._in_line = False  # whether that begins in the middle of a line
        self._copy = _Copied(surface)
        self._horizon = Horizon()
        self._style = _Style()
        self._replay = begin(puzzle)
        self._waiting: deque[Finding] = deque()  # what is not certain yet, at its places in plain notation

    def feed(self, piece: str) -> list[Finding]:
        """Take in the next piece of the text, cut anywhere; the findings that are certain now and were not before."""
        self._pieces.append(piece)
        if not piece or not (self._style.agreed or self._waiting):
            return []
        stretch = self._cut(piece)
        return self._read(self._copy.more(stretch)) if stretch else []

    def close(self) -> Verdict:
        """The verdict on all that was fed: exactly that of ``verify``."""
        return verify(self._puzzle, "".join(self._pieces), self._surface)

    def _cut(self, piece: str) -> str:
        """All that has come up to the last seam and was not read yet."""
        seam = _last_seam(self._stretch[-1][-1] if self._stretch else "", piece)
        kept = piece[seam:]
        stretch = "".join((*self._stretch, piece[:seam])) if seam else ""
        line = stretch.rfind("\n") + 1
        if stretch and not (self._in_line and not line) and _ITEM.fullmatch(stretch, line):
            stretch, kept = stretch[:line], stretch[line:] + kept
        if stretch:
            self._stretch, self._in_line = [kept] if kept else [], stretch[-1] != "\n"
        else:
            self._stretch.append(piece)
        return stretch

    def _read(self, stretch: str) -> list[Finding]:
        certain = self._horizon.more(stretch)
        steps = self._style.more(stretch)
        labels, first = self._replay.labels, len(self._replay.labels)
        go_on(self._replay, steps, judge_step)
        self._waiting.extend(_findings(first, steps, labels[first:]))
        told = []
        while self._waiting and self._style.opening <= certain >= self._waiting[0].end:
            found = self._waiting.popleft()
            told.append(replace(found, start=self._copy.place(found.start), end=self._copy.place(found.end)))
        self.reported += len(told)
        return told


def _last_seam(before: str, piece: str) -> int:
    """Where in the piece the last seam is, one character of what stands before it being known; 0 for none."""
    text = before + piece
    return max((at + len(seam) - len(before) for seam in SEAMS if (at := text.rfind(seam)) >= 0), default=0)


class _Copied:
    """The text so far in plain notation, stretch by stretch, and where each place of it is in the text itself."""

    def __init__(self, surface: Notation) -> None:
        self._surface = surface
        self._at = self._length = 0  # how much there is, as it is written and in plain notation
        self._copy = Copy("", [], [], [])

    def more(self, stretch: str) -> str:
        """The next stretch in plain notation."""
        copy = transcribe(stretch, self._surface)
        self._copy.starts.extend([self._length + start for start in copy.starts])
        self._copy.ends.extend([self._length + end for end in copy.ends])
        self._copy.origins.extend([(self._at + start, self._at + end) for start, end in copy.origins])
        self._at += len(stretch)
        self._length += len(copy.text)
        return copy.text

    def place(self, at: int) -> int:
        return self._copy.place(at)


class _Style:
    """Reads stretches in the style that the text opens in, as far as all the readers that may yet be chosen agree."""

    def __init__(self) -> None:
        self.agreed = True  # so far
        self.opening = 0  # where it is clear who reads the text
        self._head = ""  # what has come before that
        self._own: Follower | None = None
        self._loose: Follower | None = None  # the reader of changed surfaces, where it is not the same
        self._log: bool | None = None  # whether that one takes the text for a log; None where it does not read it
        self._before = ""  # what stands before the next stretch in its line

    def more(self, stretch: str) -> Sequence[Step]:
        """The steps that all these readers find next."""
        if not self.agreed:
            return ()
        if self._own is None:
            tried, self._head = len(self._head), self._head + stretch
            self._own = self._open(self._head, tried)
            if self._own is None:
                return ()
            stretch, self._head = self._head, ""
        plain = self._plain(stretch)
        steps = self._own.more(plain)
        others = steps if self._loose is None else self._loose.more(plain)
        same = [step for step, _ in takewhile(lambda pair: pair[0] == pair[1], zip(steps, others, strict=False))]
        self.agreed = plain == stretch and len(same) == len(steps) == len(others)
        return same

    def _plain(self, stretch: str) -> str:
        """The stretch up to the line in which the reader of changed surfaces has something to change."""
        text, begins = self._before + stretch, len(self._before)
        self._before = "" if stretch.endswith("\n") else stretch[-2:]
        changes = plainly(text, self._log).origins if self._log is not None else []
        return text[begins : text.rfind("\n", 0, changes[0][0]) + 1] if changes else stretch

    def _open(self, head: str, tried: int) -> Follower | None:
        """Choose the readers behind the first seam where no way to go on can change them, if the head goes so far."""
        for seam in _SEAM.finditer(head, tried):
            end = seam.end()
            if reader := opened(head, end):
                other = loose.opened(head, end)
                if other or end >= loose.OPENING:
                    self.opening = end
                    self._log = other[1] if other else None
                    self._loose = other[0].follow() if other and other[0] is not reader else None
                    return reader.follow()
            elif end >= OPENING:
                self.agreed, self._head = False, ""
                break
        return None
