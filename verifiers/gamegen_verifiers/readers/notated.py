"""Reads texts on games that are written in their own notation, in the sentences of the published styles.

Words: a *mention* is a move or a state of the game in its notation, wherever it stands; the recall of such a reading is the
share of the mentions that stand in a sentence which was understood. A step has the move that the game hears as its claim, and
the state as its numbers; what is in the notation and means nothing in this game is UNHEARD.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from gamegen.game import Notated, Patterns
from gamegen_verifiers.readers import dialogue, equations, ledger, plain, prose
from gamegen_verifiers.readers.sentences import BEHIND, KINDS, Sentences
from gamegen_verifiers.steps import Reading, Step

STYLES: dict[str, Sentences] = {
    "plain": plain.READER,
    "ledger": ledger.READER,
    "dialogue": dialogue.READER,
    "equations": equations.READER,
    "prose": prose.READER,
}
VALUE = "[0-9]{1,9}"
UNHEARD = "unheard"  # in the place of a move or a state
SAMPLE = 20_000  # characters on which the style is chosen
SLOTS = {"sum": "move", "numbers": "state", "goal": "goal", "value": "value"}  # of the tables, as they are called here

AnyGame = Notated[Any, Any, Any]
_new = tuple.__new__


class Table(NamedTuple):
    """The sentences of a style as one pattern, whose groups are named by the place of a sentence and its slot."""

    pattern: re.Pattern[str]
    kinds: Sequence[str]


def read(game: AnyGame, start: Any, text: str, thought: int, end: int) -> Reading:
    """The steps in text[:end], in the style that has the most of it, and which share of mentions in text[:thought] they are."""
    head = min(end, SAMPLE)
    tables = [_table(name, game.patterns) for name in STYLES]
    best = max(tables, key=lambda table: sum(m.end() - m.start() - 1 for m in _sentences(table, text, head)))
    steps = tuple(_steps(game, start, best, text, end))
    return Reading(steps, _recall(game, text, thought, steps))


@lru_cache(maxsize=64)
def _table(style: str, patterns: Patterns) -> Table:
    reader = STYLES[style]
    written = {"sum": patterns.move, "numbers": patterns.state, "goal": patterns.goal, "value": VALUE}
    sentences = []
    for place, (_, sentence) in enumerate(reader.table):
        for slot, pattern in written.items():
            sentence = sentence.replace(f"{{{slot}}}", f"(?P<{SLOTS[slot]}{place}>{pattern})")
        sentences.append(f"(?P<s{place}>{sentence})")
    any_of = "|".join(sentences)
    return Table(re.compile(rf"{reader.before}(?=\S)(?:{any_of}){BEHIND}"), [kind for kind, _ in reader.table])


def _sentences(table: Table, text: str, end: int) -> Iterator[re.Match[str]]:
    """The sentences in text[:end], each with one sign before it, where one sign was put before the text."""
    return table.pattern.finditer("\n" + text[:end])


def _steps(game: AnyGame, start: Any, table: Table, text: str, end: int) -> list[Step]:
    found = []
    for match in _sentences(table, text, end):
        place = int(str(match.lastgroup)[1:])
        kind, why = KINDS[table.kinds[place]]
        groups = match.groupdict()
        said = {slot: groups.get(f"{slot}{place}") for slot in SLOTS.values()}
        move = _heard(game.hear_move, said["move"], start)
        state = _heard(game.hear_state, said["state"], start)
        value = int(said["value"]) if said["value"] else None
        found.append(_new(Step, (kind, match.start(), match.end() - 1, move, state, said["goal"], why, value, ())))
    return found


def _heard(hear: Callable[[str, Any], Any], said: str | None, start: Any) -> Any:
    """What the game hears of it; None where nothing was said."""
    if said is None:
        return None
    try:
        return hear(said, start)
    except ValueError:
        return UNHEARD


@lru_cache(maxsize=64)
def _mentions(patterns: Patterns) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{patterns.move}|{patterns.state})(?!\w)")


def _recall(game: AnyGame, text: str, thought: int, steps: Sequence[Step]) -> float | None:
    spans = iter(steps)
    span = next(spans, None)
    mentioned = understood = 0
    for match in _mentions(game.patterns).finditer(text, 0, thought):
        while span is not None and span.end <= match.start():
            span = next(spans, None)
        mentioned += 1
        understood += span is not None and span.start <= match.start()
    return understood / mentioned if mentioned else None
