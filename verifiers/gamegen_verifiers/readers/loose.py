"""Reads texts in a published style whose surface was changed: other operators, other punctuation, lists, bold type.

Words: a *loosened* sentence is a published one that may end in another mark, at a dash, or with its line, and may stand
anywhere that a sentence can. Such a text still opens as its style does; what does not is none of this file's business.
"""

import re
from functools import cache

from gamegen_verifiers.plainness import plainly
from gamegen_verifiers.readers import dialogue, equations, ledger, plain, prose, stream_of_search
from gamegen_verifiers.readers.sentences import Sentences
from gamegen_verifiers.readers.stream_of_search import StreamOfSearch
from gamegen_verifiers.steps import Reading

LOG_OPENS = "Current State"
# What stands between the numbers and the goal of an opening, or behind it; looked for before any mark is taken out with care.
_OPENING_WORDS = re.compile(r"and want|the goal is|\| goal|what we are after|and I need to|the target is|->")
_MARK_SIGNS = ("*", "$", r"\(", r"\)", r"\[", r"\]")
OPENING = 600  # characters, marks included, in which such a text has its opening sentence
_FULL_STOP = re.compile(r"(?:\\\.|\[\.\?\])\Z")
_ENDS = r"(?:[.;!?](?!\S)|(?= ?\r?\n| [—–] ))"  # never where the text breaks off
_MARKS = ".!?>;—–"


@cache
def _loosened() -> tuple[Sentences, ...]:
    tables = [style.READER.table for style in (plain, ledger, dialogue, equations, prose)]
    return tuple(Sentences([(kind, _FULL_STOP.sub("", said) + _ENDS) for kind, said in table], _MARKS) for table in tables)


def read(text: str, thought: int, end: int) -> Reading | None:
    """What is understood of text[:end] and text[:thought], as `readers.read` has it; None where it opens in no style."""
    if not (found := opened(text, end)):
        return None
    reader, log = found
    copy = plainly(text, log)
    reading = reader.read(copy.text, copy.at(thought), copy.at(end))
    return reading._replace(steps=copy.placed(reading.steps))


def opened(text: str, end: int) -> tuple[Sentences | StreamOfSearch, bool] | None:
    """The reader whose opening comes first in text[:end], and whether it reads a log; a text that goes on has the same."""
    found = []
    begin = text[: min(end, OPENING)]
    for readers, log in ((_loosened(), False), ((stream_of_search.READER,), True)):
        if not (LOG_OPENS in begin if log else _may_open(begin)):  # as nearly no text that is in no style
            continue
        head = plainly(begin, log)
        opens = [(reader.opens(head.text, len(head.text)), reader) for reader in readers]
        found += [(head.place(span[0]), reader, log) for span, reader in opens if span]
    return min(found, key=lambda one: one[0])[1:] if found else None


def _may_open(begin: str) -> bool:
    """Whether the words of an opening are there."""
    for sign in _MARK_SIGNS:
        begin = begin.replace(sign, "")
    return _OPENING_WORDS.search(begin) is not None
