"""From events to text: one sentence for each event, with words that add none by verbosity or up to a length.

Words: the *scene* is what all the sentences of a text have in common: style, game, start, goal and surface; a *sentence* stands
behind its *lead*, the space or line break before it and any fillers; a *telling* is the sentences before they are joined.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from gamegen.game import Game
from gamegen.rng import Draws
from gamegen.styles.phrasebook import Style
from gamegen.surface import Writer
from gamegen.trace import Event

FILLERS = 0.25  # fillers before a try at verbosity 1, on average

Told = dict[str, Any]  # an event as a row has it


class Scene(NamedTuple):
    style: Style
    game: Game[Any, Any, Any]
    start: Hashable
    goal: str
    writer: Writer | None = None  # what writes the slots in another surface than the plain one


class Telling(NamedTuple):
    """The opening, and for each event its lead, its sentence, the phrase of that, and the event as a row has it."""

    opening: str
    leads: list[str]
    sentences: list[str]
    phrases: list[str]
    events: list[Told]


def tell(scene: Scene, events: Iterable[Event], verbosity: float, draws: Draws) -> Telling:
    """What is said of the events that the style can say, without fillers."""
    style, game, start, goal, writer = scene
    slots = {"state": game.say_state(start), "goal": goal, "move": "", "value": ""}
    phrases, wordy = style.phrases, verbosity >= 1
    trail = Trail(start, slots) if style.numbered else None
    bare, natural = phrases["open"]
    opening = (draws.choice(natural) if wordy or draws.unit() < verbosity else bare).format_map(written(slots, writer))
    telling = Telling(opening, [], [], [], [])
    _, leads, sentences, chosen, said = telling
    state, last = start, False
    names = {start: slots["state"]}  # a run comes back to its states
    for kind, stands, move, why, value in events:
        if stands is not state:  # a dead end is where the try before it led
            state, last = stands, not game.left(stands)
            if (name := names.get(stands)) is None:
                name = names[stands] = game.say_state(stands)
            slots["state"] = name
        how = kind if kind != "dead_end" else why if why != "missed" or last else "stuck"
        if how not in phrases:
            continue
        spoken = named = ""
        if value is not None:
            slots["value"] = named = str(value)
        if move is not None:
            slots["move"] = spoken = game.say_check(move) if kind == "check" else game.say_move(move)
        if trail:
            trail.follow(kind, stands, spoken)
        leads.append("\n" if how in style.lines else " ")
        bare, natural = phrases["last_try" if last and kind == "try" else how]
        way = natural[draws.below(len(natural))] if wordy or draws.unit() < verbosity else bare
        sentences.append(_template(way) % (written(slots, writer) if writer else slots))
        chosen.append(way)
        said.append({"kind": kind, "move": spoken, "state": slots["state"], "why": why, "value": named, "start": 0, "end": 0})
    return telling


def written(slots: Mapping[str, str], writer: Writer | None) -> Mapping[str, str]:
    """What fills the slots, as the surface writes it."""
    return {slot: writer(said) for slot, said in slots.items()} if writer else slots


@cache
def _template(phrase: str) -> str:
    """The phrase as a template of ``%``, which is filled in half the time."""
    return phrase.replace("%", "%%").replace("{", "%(").replace("}", ")s")


def fill(telling: Telling, style: Style, verbosity: float, draws: Draws) -> None:
    """Put fillers before tries, by verbosity."""
    share = verbosity * FILLERS
    fillers: dict[int, list[str]] = {}
    for i, event in enumerate(telling.events if share and style.filler else ()):
        if event["kind"] == "try" and (some := int(share + draws.unit())):
            fillers[i] = [draws.choice(style.filler) for _ in range(some)]
    _lead(telling, style, fillers)


def fit(
    bare: Telling, natural: Telling, style: Style, wanted: int, count: Callable[[str], int], draws: Draws
) -> None:  # fmt: skip
    """Bring the bare telling as near to so many tokens, by ``count``, as words can, with those of the same in natural phrases.

    It takes natural phrases as long as there is room, and fills the rest with fillers.
    """
    sentences = bare.sentences
    tries = [i for i, event in enumerate(bare.events) if event["kind"] == "try"]
    costs = {filler: cost for filler in style.filler if (cost := count(filler))}
    slack = wanted - count(joined(bare)[0])
    for i in draws.shuffled(range(len(sentences))):
        more = count(natural.sentences[i]) - count(sentences[i])
        if 0 < more <= slack:
            sentences[i] = natural.sentences[i]
            slack -= more
    fillers: dict[int, list[str]] = {}
    while tries and (fitting := [filler for filler, cost in costs.items() if cost <= slack]):
        filler = draws.choice(fitting)
        fillers.setdefault(draws.choice(tries), []).append(filler)
        slack -= costs[filler]
    _lead(bare, style, fillers)


def _lead(telling: Telling, style: Style, fillers: Mapping[int, list[str]]) -> None:
    """Put the fillers between the leads and their sentences."""
    after = "\n" if "filler" in style.lines else " "
    for i, some in fillers.items():
        telling.leads[i] += "".join([filler + after for filler in some])


def joined(telling: Telling, at: int = 0) -> tuple[str, list[Told]]:
    """The text, which begins at ``at``, and its events as they were said.

    Each event has its kind, its move and its state in the game's notation, why it is a dead end, the value that it names,
    and the span [start, end) of its sentence.
    """
    opening, leads, sentences, _, said = telling
    pieces, end = [opening], at + len(opening)
    for lead, sentence, event in zip(leads, sentences, said, strict=True):
        pieces += (lead, sentence)
        event["start"] = begin = end + len(lead)
        event["end"] = end = begin + len(sentence)
    return "".join(pieces), said


class Trail:
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
            while self.path[-1][0] != state:
                self.path.pop()
        self.slots["node"] = self.path[-1][1]
        self.slots["operations"] = ", ".join(f"'{tight}'" for tight in self.path[-1][2])
