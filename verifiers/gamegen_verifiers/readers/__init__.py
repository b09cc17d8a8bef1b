"""Readers, one for each published style.

A text is read by the reader whose opening sentence comes first in it, or else by the one that understands the most of it. A
reader has ``read(text, thought, end)``: the steps in text[:end], and which share of the numbers in text[:thought] they are. A
*follower* reads a text that is still being written, in *stretches* (`SEAMS`), the same as the whole is read.
"""

from collections.abc import Sequence
from typing import Protocol

from gamegen_verifiers.readers import dialogue, equations, ledger, loose, plain, prose, stream_of_search
from gamegen_verifiers.steps import Reading, Step


class Follower(Protocol):
    def more(self, stretch: str) -> Sequence[Step]:
        """The steps behind those given before that no further stretch can change, now that there is this one."""


class Reader(Protocol):
    def opens(self, text: str, end: int) -> tuple[int, int] | None:
        """Where text[:end] has the sentence with which a trace in this style opens."""

    def read(self, text: str, thought: int, end: int) -> Reading: ...

    def follow(self) -> Follower: ...


SEAMS = ("\n", ". ")  # behind which a stretch ends: no sentence, number or operator goes across

OPENING = 400  # characters in which a trace that is in a style has its opening sentence
READERS: dict[str, Reader] = {
    "plain": plain.READER,
    "ledger": ledger.READER,
    "dialogue": dialogue.READER,
    "equations": equations.READER,
    "prose": prose.READER,
    "stream_of_search": stream_of_search.READER,
}


def read(text: str, thought: int, end: int) -> Reading:
    """What the fitting reader makes of the text; a style in another surface is read where that makes more of it."""
    reader = opened(text, end)
    reading = reader.read(text, thought, end) if reader else None
    if reading and reading.recall == 1:
        return reading
    other = loose.read(text, thought, end)
    if reading or other:
        return max(filter(None, (reading, other)), key=lambda reading: reading.recall or 0)
    readings = [reader.read(text, thought, end) for reader in READERS.values()]
    return max(readings, key=lambda reading: (reading.recall or 0, len(reading.steps)))


def opened(text: str, end: int) -> Reader | None:
    """The reader whose opening sentence comes first in text[:end]; a text that goes on has the same."""
    found = [(span, reader) for reader in READERS.values() if (span := reader.opens(text, min(end, OPENING)))]
    return min(found, key=lambda one: one[0])[1] if found else None
