"""Phrasebooks: the wording of the styles.

Words: a *phrasebook* is the wording of a style as data, one YAML file beside this one; a phrase is *bare* (no word too
many) or *natural*; a *filler* is a sentence that tells nothing. A style leaves out the events that it has no phrase for. What
has one of the words ``of_arithmetic`` is said of Countdown alone.
**Verbosity** v adds words and never events: a phrase is natural with probability min(v, 1), and v / 4 fillers stand before a
try, on average.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product
from typing import Any, NamedTuple

import yaml


class Phrases(NamedTuple):
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
    published: bool  # whether it is a format to the letter, so that no other surface can write it


def names() -> list[str]:
    """The styles that there are."""
    return sorted(p.name.removesuffix(".yaml") for p in resources.files("gamegen.styles").iterdir() if p.name.endswith(".yaml"))


@cache
def style(name: str, of_arithmetic: bool = True) -> Style:
    """The style of that name, of which ``names()`` lists all; without what is said of arithmetic alone for another game."""
    book = yaml.safe_load((resources.files("gamegen.styles") / f"{name}.yaml").read_text(encoding="utf-8"))
    published = book.pop("published", False)
    words = () if of_arithmetic else tuple(book.pop("of_arithmetic", ()))
    book.pop("of_arithmetic", None)
    lines, filler = frozenset(book.pop("lines")), _fitting(book.pop("filler"), words)
    phrases = {kind: Phrases(both["bare"], _fitting(_spread(both["natural"]), words)) for kind, both in book.items()}
    numbered = any("{node}" in both.bare for both in phrases.values())
    return Style(name, lines, phrases, filler, numbered, published)


def _fitting(said: Iterable[str], words: tuple[str, ...]) -> tuple[str, ...]:
    """What has none of the words."""
    return tuple(text for text in said if not any(word in text for word in words))


def _spread(natural: list[Any]) -> Iterator[str]:
    """The phrases; one that is written as parts, each a list of choices, stands for all that they can be joined to."""
    for phrase in natural:
        yield from ("".join(parts) for parts in product(*phrase)) if isinstance(phrase, list) else (phrase,)
