"""The completion of a row: the thinking in its wrapper, with what was said and what is wrong with it, each in its place."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gamegen.corruptions import Draft
from gamegen.prompts import Wrapper
from gamegen.retelling import Defect, Mark, rejoined
from gamegen.styles.writing import Telling, Told, joined


class Completion(NamedTuple):
    """``defects`` are the labels of a corruption: the index of the event, and the span [start, end) in the text."""

    text: str
    events: list[Told]
    defects: list[Defect]


def complete(draft: Draft, wrapper: Wrapper, telling: Telling | None, marks: list[Mark] | None = None) -> Completion:
    """The thinking, None for none, in its wrapper, as the draft has it."""
    ahead = f"{wrapper.closing}\n" if draft.answer_first else ""
    at = len(ahead) + len(wrapper.before)
    thinking, events, defects = "", list[Told](), list[Defect]()
    if telling is not None:
        if marks is None:
            thinking, events = joined(telling, at)
        else:
            thinking, events, defects = rejoined(telling, marks, at)
    end = at + len(thinking)
    behind = wrapper.tag + wrapper.closing
    if draft.closing == "none":
        behind = ""
    elif draft.answer_first:
        behind = wrapper.tag.rstrip()
        defects += [Defect(0, 0, len(ahead)), Defect(len(events), end + len(behind), end + len(behind))]
    elif draft.closing == "wrong":
        start = end + len(wrapper.tag) + len(wrapper.lead)
        defects.append(Defect(len(events), start, start + len(wrapper.answer)))
    elif draft.closing == "declined":
        defects.append(Defect(len(events), end + len(wrapper.tag), end + len(behind)))
    if draft.foreign:
        defects.insert(0, Defect(0, at, end))
    return Completion(ahead + wrapper.before + thinking + behind, events, defects)


def labelled(events: list[Told], kinds: Mapping[str, str]) -> list[dict[str, Any]]:
    """A label for each event of these kinds, which are defects where they stand."""
    found = [(i, event) for i, event in enumerate(events) if event["kind"] in kinds]
    return [{"kind": kinds[event["kind"]], "event": i, "span": [event["start"], event["end"]]} for i, event in found]


def labels(kind: str, defects: list[Defect]) -> list[dict[str, Any]]:
    """The defects as a row has them."""
    return [{"kind": kind, "event": event, "span": [start, end]} for event, start, end in defects]
