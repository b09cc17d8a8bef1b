"""Styles: how the events of a trace become text.

Words: a *phrasebook* is the wording of a style as data, one YAML file beside this one; a phrase is *bare* (no word too
many) or *natural*; a *filler* is a sentence that tells nothing. **Verbosity** v adds words and never events: a phrase is
natural with probability min(v, 1), and v / 4 fillers stand before a try, on average.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from gamegen.game import Game
from gamegen.rng import Draws
from gamegen.trace import Event

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
    style: Style, game: Game[Any, Any, Any], start: Any, goal: str, events: Iterable[Event], verbosity: float, draws: Draws
) -> tuple[str, list[tuple[int, int]]]:
    """The text of the events, and for each event the span [start, end) of its sentence, in characters."""
    lines = [_phrase(style, "open", verbosity, draws).format(state=game.say_state(start), goal=goal, move="")]
    length = len(lines[0])
    spans = []
    for event in events:
        opening = ""
        if event.kind == "try":
            for _ in range(int(verbosity * FILLERS + draws.unit())):
                opening += draws.choice(style.filler) + " "
        kind = _kind(game, event)
        sentence = _phrase(style, kind, verbosity, draws).format(
            state=game.say_state(event.state), goal=goal, move=game.say_move(event.move) if event.kind == "try" else ""
        )
        # A try begins a line; what follows from it stands behind it.
        gap = "\n" if event.kind == "try" else " "
        begin = length + len(gap) + len(opening)
        lines.append(gap + opening + sentence)
        length = begin + len(sentence)
        spans.append((begin, length))
    return "".join(lines), spans


def _kind(game: Game[Any, Any, Any], event: Event) -> str:
    """Which phrases say the event."""
    if event.kind == "dead_end" and event.why == "missed":
        return "stuck" if game.left(event.state) else "missed"
    return "last_try" if event.kind == "try" and not game.left(event.state) else event.kind


def _phrase(style: Style, kind: str, verbosity: float, draws: Draws) -> str:
    phrases = style.phrases[kind]
    return draws.choice(phrases.natural) if draws.unit() < verbosity else phrases.bare
