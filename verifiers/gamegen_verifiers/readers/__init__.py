"""Readers, one for each published style, and one for free prose.

A text is read by the reader whose opening sentence comes first in it, or else by the one that understands the most of it; where
that is little, or nothing but sums, which anybody may write so, it is read as free prose. A reader has
``read(text, thought, end)``: the steps in text[:end], and which share of the numbers in text[:thought] they are. A *follower*
reads a text that is still being written, in *stretches* (`SEAMS`), the same as the whole is read.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from gamegen_verifiers.readers import dialogue, equations, free, ledger, loose, plain, prose, stream_of_search
from gamegen_verifiers.readers.sentences import Sentences
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

_BEGINS = re.compile(r"\s{0,9}(?:<\w{1,20}>\s{0,9})?")  # before the first sentence
OPENING = 400  # characters in which a trace that is in a style has its opening sentence
HEAD = 1000  # characters in which a text in a style has a sentence of it
LITTLE = 1 / 3  # of the numbers in a text: a text in a style has more that the reader of the style understands
SAMPLE = 50_000  # characters on which one of several readers is chosen
READERS: dict[str, Reader] = {
    "plain": plain.READER,
    "ledger": ledger.READER,
    "dialogue": dialogue.READER,
    "equations": equations.READER,
    "prose": prose.READER,
    "stream_of_search": stream_of_search.READER,
}


def read(text: str, thought: int, end: int, published: bool = False) -> Reading:
    """What the fitting reader makes of the text: of a style in another surface too, where that makes more of it.

    Free prose is none of them where the text is known to be in a published style.
    """
    reader = opened(text, end)
    reading = reader.read(text, thought, end) if reader else None
    if reading and reading.recall == 1:
        return reading
    other = loose.read(text, thought, end)
    if reading or other:
        return max(filter(None, (reading, other)), key=lambda reading: reading.recall or 0)
    head = min(end, HEAD)
    likely = list(READERS) if published else _likely(text, head)
    if likely:
        readings = {name: READERS[name].read(text, min(thought, SAMPLE), min(end, SAMPLE)) for name in likely}
        best = max(readings, key=lambda name: (readings[name].recall or 0, len(readings[name].steps)))
        if published or (readings[best].recall or 0) > LITTLE:
            return readings[best] if end <= SAMPLE else READERS[best].read(text, thought, end)
    return free.READER.read(text, thought, end)


def _likely(text: str, head: int) -> list[str]:
    """The styles in which text[:head] has more than sums, which anybody may write so."""
    if not _all_sentences().steps(text, 0, head) and not stream_of_search.READER.read(text, 0, head).steps:
        return []  # as nearly all texts that are in no style
    found = {name: reader.read(text, 0, head).steps for name, reader in READERS.items()}
    return [name for name, steps in found.items() if any(step.numbers or step.goal is not None for step in steps)]


@cache
def _all_sentences() -> Sentences:
    """Reads whatever is a sentence of some style."""
    return Sentences([line for style in (plain, ledger, dialogue, equations, prose) for line in style.READER.table])


def opened(text: str, end: int) -> Reader | None:
    """The reader whose opening sentence comes first in text[:end]; a text that goes on has the same."""
    begin = _BEGINS.match(text)
    found = []
    for reader in READERS.values():
        if span := reader.opens(text, min(end, OPENING)):
            if begin and span[0] <= begin.end():  # no sentence comes before
                return reader
            found.append((span, reader))
    return min(found, key=lambda one: one[0])[1] if found else None
