"""Styles: how the events of a trace become text.

Words: a *phrasebook* is the wording of a style as data, one YAML file beside this one; a phrase is *bare* (no word too
many) or *natural*; a *filler* is a sentence that tells nothing. A style leaves out the events that it has no phrase for.
**Verbosity** v adds words and never events: a phrase is natural with probability min(v, 1), and v / 4 fillers stand before a
try, on average.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product
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
    """A phrasebook: the phrases for each kind of event, which of them begin a line, and the fillers."""

    name: str
    lines: frozenset[str]
    phrases: Mapping[str, Phrases]
    filler: tuple[str, ...]
    numbered: bool  # whether it gives each state on the path a number


def names() -> list[str]:
    """The styles that there are."""
    return sorted(p.name.removesuffix(".yaml") for p in resources.files(__name__).iterdir() if p.name.endswith(".yaml"))


@cache
def style(name: str) -> Style:
    """The style of that name; ``names()`` lists them."""
    book = yaml.safe_load((resources.files(__name__) / f"{name}.yaml").read_text(encoding="utf-8"))
    lines, filler = frozenset(book.pop("lines")), tuple(book.pop("filler"))
    phrases = {kind: Phrases(both["bare"], tuple(_spread(both["natural"]))) for kind, both in book.items()}
    numbered = any("{node}" in both.bare for both in phrases.values())
    return Style(name, lines, phrases, filler, numbered)


def _spread(natural: list[Any]) -> Iterator[str]:
    """The phrases; one that is written as parts, each a list of choices, stands for all that they can be joined to."""
    for phrase in natural:
        yield from ("".join(parts) for parts in product(*phrase)) if isinstance(phrase, list) else (phrase,)


def write(
    style: Style,
    game: Game[Any, Any, Any],
    start: Hashable,
    goal: str,
    events: Iterable[Event],
    verbosity: float,
    draws: Draws,
    at: int = 0,
) -> tuple[str, list[dict[str, Any]]]:
    """The text of a trace from a start to a goal, and its events as they were said.

    Each event has its kind, its move and its state in the game's notation, why it is a dead end, the value that it names,
    and the span [start, end) of its sentence, where the text begins at ``at``. Those that the style cannot say are left out.
    """
    slots = {"state": game.say_state(start), "goal": goal, "move": "", "value": ""}
    below, unit, fillers = draws.below, draws.unit, verbosity * FILLERS if style.filler else 0.0

    def phrase(kind: str) -> str:
        """One way to say it, with the slots filled."""
        phrases = style.phrases[kind]
        natural = phrases.natural if verbosity >= 1 or unit() < verbosity else None
        return (natural[below(len(natural))] if natural else phrases.bare).format_map(slots)

    trail = _Trail(start, slots) if style.numbered else None
    text = [phrase("open")]
    end = at + len(text[0])
    said = []
    state, last = start, False
    after = "\n" if "filler" in style.lines else " "
    for kind, stands, move, why, value in events:
        if stands is not state:  # a dead end is where the try before it led
            state, slots["state"], last = stands, game.say_state(stands), not game.left(stands)
        if value is not None:
            slots["value"] = str(value)
        how = kind if kind != "dead_end" else why if why != "missed" or last else "stuck"
        if how not in style.phrases:
            continue
        lead = "\n" if how in style.lines else " "
        spoken = ""
        if move is not None:
            slots["move"] = spoken = game.say_check(move) if kind == "check" else game.say_move(move)
        if trail:
            trail.follow(kind, stands, spoken)
        if kind == "try":
            some = int(fillers + unit())
            if some:
                lead += "".join([draws.choice(style.filler) + after for _ in range(some)])
            how = "last_try" if last else "try"
        sentence = phrase(how)
        begin = end + len(lead)
        end = begin + len(sentence)
        text += (lead, sentence)
        told = "" if value is None else slots["value"]
        said.append(
            {"kind": kind, "move": spoken, "state": slots["state"], "why": why, "value": told, "start": begin, "end": end}
        )
    return "".join(text), said


class _Trail:
    """Numbers the states of the path: the start is 0, and its children 0,0 and 0,1 …, in the order in which they are tried."""

    def __init__(self, start: Hashable, slots: dict[str, str]) -> None:
        self.slots = slots
        self.path: list[tuple[Hashable, str, tuple[str, ...]]] = [(start, "0", ())]  # state, number, the moves that lead there
        self.children: dict[str, int] = {}

    def follow(self, kind: str, state: Hashable, move: str) -> None:
        """Go where the event goes, and fill the slots with it."""
        if kind == "try":
            _, above, moves = self.path[-1]
            k = self.children.get(above, 0)
            self.children[above] = k + 1
            self.slots["tight"] = move.replace(" ", "")
            self.path.append((state, f"{above},{k}", (*moves, self.slots["tight"])))
        elif kind == "backtrack":
            self.path.pop()
            while self.path[-1][0] != state:
                self.path.pop()
        self.slots["node"] = self.path[-1][1]
        self.slots["operations"] = ", ".join(f"'{tight}'" for tight in self.path[-1][2])
