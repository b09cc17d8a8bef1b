"""The telling of a corrupted draft: what is intact keeps its sentence to the letter, what is new is said in the style's words.

A piece that stands in the place of an intact event keeps that event's lead and, where it says the same kind of thing, its
phrase, so that nothing but the defect differs.
"""

from collections.abc import Sequence
from typing import NamedTuple

from gamegen.corruptions import Draft, Piece
from gamegen.rng import Draws
from gamegen.styles.writing import Scene, Telling, Told, Trail, joined, written
from gamegen.trace import Event


class Mark(NamedTuple):
    """The edit that made a sentence, 0 for none, and whether it was put in with a lead of its own."""

    edit: int = 0
    put_in: bool = False


class Defect(NamedTuple):
    """What one edit made: the index of its first event among those that are told, and its span [start, end)."""

    event: int
    start: int
    end: int


def said(scene: Scene, events: Sequence[Event]) -> list[Event]:
    """The events that the style can say."""
    return [event for event in events if _how(scene, event) in scene.style.phrases]


def retell(telling: Telling, scene: Scene, draft: Draft, draws: Draws) -> tuple[Telling, list[Mark]]:
    """The telling of a draft of events that the style can say, from that of the intact ones, with a mark for each sentence.

    A sentence that was left out, or breaks off, has an event without a kind.
    """
    retold, marks = Telling(telling.opening, [], [], [], []), list[Mark]()
    numbering = _Numbering(scene, draft) if scene.style.numbered else None
    for piece in draft.pieces:
        how = _how(scene, piece.event) if piece.event else ""
        if how and how not in scene.style.phrases:
            continue
        lead = "" if piece.event is None else "\n" if how in scene.style.lines else " "
        retold.leads.append(telling.leads[piece.place] if lead and piece.place is not None else lead)
        phrase, sentence, event = _sentence(telling, scene, draft, piece, numbering, draws)
        retold.phrases.append(phrase)
        retold.sentences.append(sentence)
        retold.events.append(event)
        marks.append(Mark(piece.mark, piece.place is None))
    if draft.cut:
        retold.sentences[-1] = retold.sentences[-1][: 1 + draws.below(len(retold.sentences[-1]) - 1)]
        retold.events[-1] = _told(scene, None)
    return retold, marks


def _sentence(
    telling: Telling, scene: Scene, draft: Draft, piece: Piece, numbering: "_Numbering | None", draws: Draws
) -> tuple[str, str, Told]:  # fmt: skip
    """The phrase, the sentence and the event of a piece."""
    event, source = piece.event, piece.source
    if event is None:
        return "", "", _told(scene, None)
    if source is not None and event is draft.events[source]:
        found = telling.phrases[source], telling.sentences[source], dict(telling.events[source])
        if numbering:
            numbering.known[event.state] = numbering.of[source]
    else:
        how = _how(scene, event)
        same = source is not None and _how(scene, draft.events[source]) == how
        phrase = telling.phrases[source] if same and source is not None else draws.choice(_phrases(scene, event, how))
        more = numbering.slots(event, source) if numbering else {}
        told = _told(scene, event)
        slots = {"state": told["state"], "move": told["move"], "value": told["value"], "goal": scene.goal, **more}
        found = phrase, phrase.format_map(written(slots, scene.writer)), told
    if numbering:
        numbering.stands = event.state
    return found


def rejoined(telling: Telling, marks: list[Mark], at: int = 0) -> tuple[str, list[Told], list[Defect]]:
    """The text, which begins at ``at``, its events, and its defects, each with the lead of what was put in."""
    text, said = joined(telling, at)
    defects: list[Defect] = []
    last = told = 0
    for event, lead, (edit, put_in) in zip(said, telling.leads, marks, strict=True):
        if edit and edit == last:
            defects[-1] = defects[-1]._replace(end=event["end"])
        elif edit:
            defects.append(Defect(told, event["start"] - (len(lead) if put_in else 0), event["end"]))
        last = edit
        told += bool(event["kind"])
    return text, [event for event in said if event["kind"]], defects


def _how(scene: Scene, event: Event) -> str:
    """Under which name the phrasebook has the event."""
    if event.kind != "dead_end":
        return event.kind
    return event.why if event.why != "missed" or not scene.game.left(event.state) else "stuck"


def _phrases(scene: Scene, event: Event, how: str) -> tuple[str, ...]:
    last = how == "try" and not scene.game.left(event.state)
    return scene.style.phrases["last_try" if last else how].natural


def _told(scene: Scene, event: Event | None) -> Told:
    """The event as a row has it; without a kind for none."""
    if event is None:
        return {"kind": "", "move": "", "state": "", "why": "", "value": "", "start": 0, "end": 0}
    game, move = scene.game, event.move
    spoken = "" if move is None else game.say_check(move) if event.kind == "check" else game.say_move(move)
    value = "" if event.value is None else str(event.value)
    told = {"kind": event.kind, "move": spoken, "state": game.say_state(event.state), "why": event.why, "value": value}
    return {**told, "start": 0, "end": 0}


class _Numbering:
    """The numbers of states in a style that gives them some; what is put in gets numbers that no intact state has."""

    def __init__(self, scene: Scene, draft: Draft) -> None:
        self.scene = scene
        slots: dict[str, str] = {}
        trail = Trail(draft.start, slots)
        self.known = {draft.start: ("0", "")}  # of a state that was told, its latest number and the moves that lead there
        self.of: list[tuple[str, str]] = []
        for event in draft.events:
            trail.follow(event.kind, event.state, scene.game.say_move(event.move) if event.kind == "try" else "")
            self.of.append((slots["node"], slots["operations"]))
        self.children = trail.children
        self.stands = draft.start

    def slots(self, event: Event, source: int | None) -> dict[str, str]:
        """What a new sentence says of numbers."""
        if event.kind != "try":
            node, operations = self.known.get(event.state) or self.of[source or 0]
            return {"node": node, "operations": operations}
        above, before = self.known.get(self.stands, ("0", ""))
        if source is None:
            k = self.children.get(above, 0)
            self.children[above] = k + 1
            node = f"{above},{k}"
        else:
            node, before = self.of[source][0], self.of[source][1].rpartition(", '")[0]
        tight = self.scene.game.say_move(event.move).replace(" ", "")
        return {"node": node, "tight": tight, "operations": f"{before}, '{tight}'".lstrip(", ")}
