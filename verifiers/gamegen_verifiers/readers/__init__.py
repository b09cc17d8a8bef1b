"""Readers, one for each published style.

A text is read by the reader whose opening sentence it has, or else by the one that understands the most of how it begins.
A reader has ``read(text, thought, end)``: the steps in text[:end], and which share of the numbers in text[:thought] they are.
"""

from typing import Protocol

from gamegen_verifiers.readers import dialogue, equations, ledger, loose, plain, prose, stream_of_search
from gamegen_verifiers.steps import Reading


class Reader(Protocol):
    def opens(self, text: str, end: int) -> bool:
        """Whether text[:end] has the sentence with which a trace in this style opens."""

    def read(self, text: str, thought: int, end: int) -> Reading: ...


OPENING = 400  # characters in which a trace that is in a style has its opening sentence
SAMPLE = 50_000  # characters on which the reader of a text that opens in no style is chosen
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
    opened = next((reader for reader in READERS.values() if reader.opens(text, min(end, OPENING))), None)
    reading = opened.read(text, thought, end) if opened else None
    if reading and reading.recall == 1:
        return reading
    other = loose.read(text, thought, end)
    if reading or other:
        return max(filter(None, (reading, other)), key=lambda reading: reading.recall or 0)
    readings = {name: reader.read(text, min(thought, SAMPLE), min(end, SAMPLE)) for name, reader in READERS.items()}
    best = max(readings, key=lambda name: (readings[name].recall or 0, len(readings[name].steps)))
    return readings[best] if end <= SAMPLE else READERS[best].read(text, thought, end)
