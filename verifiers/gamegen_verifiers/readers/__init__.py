"""Readers, one for each published style, and one for free prose.

A text is read by the reader whose opening sentence it has, or else by the one that understands the most of it; where that is
little, or nothing but sums, which anybody may write so, it is read as free prose. A reader has
``read(text, thought, end)``: the steps in text[:end], and which share of the numbers in text[:thought] they are.
"""

from typing import Protocol

from gamegen_verifiers.readers import dialogue, equations, free, ledger, plain, prose, stream_of_search
from gamegen_verifiers.steps import Reading


class Reader(Protocol):
    def opens(self, text: str, end: int) -> bool:
        """Whether text[:end] has the sentence with which a trace in this style opens."""

    def read(self, text: str, thought: int, end: int) -> Reading: ...


OPENING = 400  # characters in which a trace that is in a style has its opening sentence
LITTLE = 1 / 3  # of the numbers in a text: a text in a style has more that the reader of the style understands
READERS: dict[str, Reader] = {
    "plain": plain.READER,
    "ledger": ledger.READER,
    "dialogue": dialogue.READER,
    "equations": equations.READER,
    "prose": prose.READER,
    "stream_of_search": stream_of_search.READER,
}


def read(text: str, thought: int, end: int) -> Reading:
    """What the fitting reader makes of the text."""
    for reader in READERS.values():
        if reader.opens(text, min(end, OPENING)):
            return reader.read(text, thought, end)
    readings = [reader.read(text, thought, end) for reader in READERS.values()]
    best = max(readings, key=lambda reading: (reading.recall or 0, len(reading.steps)))
    styled = (best.recall or 0) > LITTLE and any(step.numbers or step.goal is not None for step in best.steps)
    return best if styled else free.READER.read(text, thought, end)
