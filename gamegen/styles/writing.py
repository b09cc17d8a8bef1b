"""From events to text: one sentence for each event, with words that add none by verbosity or up to a length.

Words: the *scene* is what all the sentences of a text have in common: style, game, start and goal; a *sentence* stands behind
its *lead*, the space or line break before it.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from gamegen.game import Game
from gamegen.rng import Draws
from gamegen.styles.phrasebook import Style
from gamegen.trace import Event

FILLERS = 0.25  # fillers before a try at verbosity 1, on average

Told = dict[str, Any]  # an event as a row has it


class Scene(NamedTuple):
    style: Style
    game: Game[Any, Any, Any]
    start: Hashable
    goal: str


class Telling(NamedTuple):
    """The opening, and for each event its lead, its sentence and the event as a row has it, whose place is still open."""

    opening: str
    leads: list[str]
    sentences: list[str]
    events: list[Told]


def write(
    scene: Scene, events: Iterable[Event], verbosity: float, draws: Draws, at: int = 0
) -> tuple[str, list[Told]]:  # fmt: skip
    """The text of a trace, and its events as they were said, where the text begins at ``at``.

    Each event has its kind, its move and its state in the game's notation, why it is a dead end, the value that it names,
    and the span [start, end) of its sentence. Those that the style cannot say are left out.
    """
    filler, unit = scene.style.filler, draws.unit
    telling = tell(scene, events, verbosity, draws)
    share = verbosity * FILLERS
    fillers: dict[int, list[str]] = {}
    for i, event in enumerate(telling.events if share and filler else ()):
        if event["kind"] == "try" and (some := int(share + unit())):
            fillers[i] = [draws.choice(filler) for _ in range(some)]
    return _joined(scene.style, telling, fillers, at)


def fit(
    scene: Scene, events: Sequence[Event], wanted: int, count: Callable[[str], int], draws: Draws, at: int = 0
) -> tuple[str, list[Told]]:  # fmt: skip
    """The text of a trace with as nearly so many tokens, by ``count``, as its words can make it.

    From the barest phrases it takes natural ones as long as there is room, and fills the rest with fillers.
    """
    style = scene.style
    telling, natural = tell(scene, events, 0.0, draws), tell(scene, events, 1.0, draws).sentences
    sentences = telling.sentences
    tries = [i for i, event in enumerate(telling.events) if event["kind"] == "try"]
    costs = {filler: cost for filler in style.filler if (cost := count(filler))}
    slack = wanted - count(_joined(style, telling, {}, at)[0])
    for i in draws.shuffled(range(len(sentences))):
        more = count(natural[i]) - count(sentences[i])
        if 0 < more <= slack:
            sentences[i] = natural[i]
            slack -= more
    fillers: dict[int, list[str]] = {}
    while tries and (fitting := [filler for filler, cost in costs.items() if cost <= slack]):
        filler = draws.choice(fitting)
        fillers.setdefault(draws.choice(tries), []).append(filler)
        slack -= costs[filler]
    return _joined(style, telling, fillers, at)


def tell(scene: Scene, events: Iterable[Event], verbosity: float, draws: Draws) -> Telling:
    """What is said of the events that the style can say, without fillers."""
    style, game, start, goal = scene
    slots = {"state": game.say_state(start), "goal": goal, "move": "", "value": ""}
    phrases, wordy = style.phrases, verbosity >= 1
    trail = _Trail(start, slots) if style.numbered else None
    bare, natural = phrases["open"]
    opening = (draws.choice(natural) if wordy or draws.unit() < verbosity else bare).format_map(slots)
    leads: list[str] = []
    sentences: list[str] = []
    said: list[Told] = []
    state, last = start, False
    for kind, stands, move, why, value in events:
        if stands is not state:  # a dead end is where the try before it led
            state, slots["state"], last = stands, game.say_state(stands), not game.left(stands)
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
        sentences.append(way.format_map(slots))
        said.append({"kind": kind, "move": spoken, "state": slots["state"], "why": why, "value": named, "start": 0, "end": 0})
    return Telling(opening, leads, sentences, said)


def _joined(style: Style, telling: Telling, fillers: Mapping[int, list[str]], at: int) -> tuple[str, list[Told]]:
    """The sentences behind the opening, each with its fillers between its lead and itself, and the events with their places."""
    opening, leads, sentences, said = telling
    after = "\n" if "filler" in style.lines else " "
    pieces, end = [opening], at + len(opening)
    for i, event in enumerate(said):
        lead, sentence = leads[i], sentences[i]
        if i in fillers:
            lead += "".join([filler + after for filler in fillers[i]])
        pieces += (lead, sentence)
        event["start"] = begin = end + len(lead)
        event["end"] = end = begin + len(sentence)
    return "".join(pieces), said


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
