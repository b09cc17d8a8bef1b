"""Styles: how the events of a trace become text.

Words: a *phrasebook* is the wording of a style as data, one YAML file beside this one; a phrase is *bare* (no word too
many) or *natural*; a *filler* is a sentence that tells nothing. **Verbosity** v adds words and never events: a phrase is
natural with probability min(v, 1), and v / 4 fillers stand before a try, on average.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from gamegen.rng import Draws
from gamegen.trace import Said

FILLERS = 0.25  # fillers before a try at verbosity 1, on average


@dataclass(frozen=True)
class Phrases:
    bare: str
    natural: tuple[str, ...]


@dataclass(frozen=True)
class Style:
    """A phrasebook: the events that it can express, the phrases for each, and the fillers."""

    name: str
    events: tuple[str, ...]
    phrases: Mapping[str, Phrases]
    filler: tuple[str, ...]


def names() -> list[str]:
    """The styles that there are."""
    return sorted(p.name.removesuffix(".yaml") for p in resources.files(__name__).iterdir() if p.name.endswith(".yaml"))


@cache
def style(name: str) -> Style:
    """The style of that name; ``names()`` lists them."""
    book = yaml.safe_load((resources.files(__name__) / f"{name}.yaml").read_text(encoding="utf-8"))
    events, filler = tuple(book.pop("events")), tuple(book.pop("filler"))
    phrases = {kind: Phrases(both["bare"], tuple(both["natural"])) for kind, both in book.items()}
    return Style(name, events, phrases, filler)


def write(
    style: Style, start: str, goal: str, events: Iterable[Said], verbosity: float, draws: Draws
) -> tuple[str, list[tuple[int, int]]]:
    """The text of the events of a trace from a start to a goal, and for each event the span [start, end) of its sentence."""
    text = [_phrase(style, "open", verbosity, draws).format(state=start, goal=goal)]
    length = len(text[0])
    spans = []
    fillers = verbosity * FILLERS
    for event in events:
        lead = " "
        if event.kind == "try":  # it begins a line; what follows from it stands behind it
            some = int(fillers + draws.unit())
            lead = "\n" + "".join([draws.choice(style.filler) + " " for _ in range(some)]) if some else "\n"
        sentence = _phrase(style, _kind(event), verbosity, draws).format(state=event.state, goal=goal, move=event.move)
        text += (lead, sentence)
        begin = length + len(lead)
        length = begin + len(sentence)
        spans.append((begin, length))
    return "".join(text), spans


def _kind(event: Said) -> str:
    """Which phrases say the event."""
    if event.kind == "dead_end" and event.why == "missed":
        return "missed" if event.last else "stuck"
    return "last_try" if event.kind == "try" and event.last else event.kind


def _phrase(style: Style, kind: str, verbosity: float, draws: Draws) -> str:
    phrases = style.phrases[kind]
    if verbosity >= 1 or draws.unit() < verbosity:
        return phrases.natural[draws.below(len(phrases.natural))]
    return phrases.bare
