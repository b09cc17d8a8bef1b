"""Readers, one for each published style.

A text is read by the reader whose opening sentence it has, or else by the one that understands the most of it. A reader has
``read(text, thought, end)``: the steps in text[:end], and which share of the numbers in text[:thought] they are.
"""

from gamegen_verifiers.readers import dialogue, equations, ledger, plain, prose
from gamegen_verifiers.readers.sentences import Sentences
from gamegen_verifiers.steps import Reading

OPENING = 400  # characters in which a trace that is in a style has its opening sentence
READERS: dict[str, Sentences] = {
    "plain": plain.READER,
    "ledger": ledger.READER,
    "dialogue": dialogue.READER,
    "equations": equations.READER,
    "prose": prose.READER,
}


def read(text: str, thought: int, end: int) -> Reading:
    """What the fitting reader makes of the text."""
    for reader in READERS.values():
        if reader.opens(text, min(end, OPENING)):
            return reader.read(text, thought, end)
    readings = [reader.read(text, thought, end) for reader in READERS.values()]
    return max(readings, key=lambda reading: (reading.recall or 0, len(reading.steps)))
