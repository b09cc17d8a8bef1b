"""Every style says every event that it can say, its reader restores it to the letter, and words change no event.

GAMEGEN_FULL=1 makes 10,000 rows of each style; otherwise 150.
"""

from typing import Any

import pytest
from brute import check_procedure
from conftest import FULL

from gamegen.corpus import Maker
from gamegen.spec import from_dict
from gamegen.styles import Phrases, names, style
from gamegen.trace import WHY
from gamegen_verifiers import Puzzle, Rules, readers, verify
from gamegen_verifiers.steps import Step

ROWS = 10_000 if FULL else 150
EVERYTHING = {
    "backtracks": [0, 12],
    "dead_ends": {"exhausted_two": 0.05, "bounded": 0.2, "set_aside": 0.2},
    "subgoals": 0.1,
    "checks": 0.3,
}


def maker(name: str, verbosity: float, **more: Any) -> Maker:
    spec = {"arms": ["procedure"], "trace": EVERYTHING, "style": {"name": name, "verbosity": verbosity}, **more}
    return Maker(from_dict(spec))


def text_of(row: dict[str, Any]) -> str:
    text = row["completion"][0]["content"]
    assert isinstance(text, str)
    return text


def told(step: Step) -> dict[str, Any]:
    """A step that was read, as the events of a row have it; None where it does not say."""
    numbers = None if step.numbers is None else ", ".join(map(str, step.numbers))
    claim = ""
    if step.claim:
        a, op, b, result = step.claim
        first, second = (f"({v})" if v < 0 or "/" in str(v) else str(v) for v in (a, b))
        claim = f"{first} {op} {second} = {result}"
    return {"kind": step.kind, "move": claim, "state": numbers, "why": step.why, "start": step.start, "end": step.end}


def test_every_style_has_a_reader() -> None:
    assert set(names()) == set(readers.READERS)


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("values", ["natural", "rational"])
def test_the_reader_restores_every_event_of_an_honest_row(name: str, values: str) -> None:
    made = maker(name, 1.0, rules={"values": values})
    if values == "rational":  # where nearly everything can be made greater and less, so that hardly a bound holds
        made = maker(name, 1.0, rules={"values": values}, trace={**EVERYTHING, "dead_ends": {"set_aside": 0.2}})
    terse = "set_aside" not in style(name).phrases
    for i in range(ROWS if values == "natural" else ROWS // 6):
        row = made.rows("train", i)["procedure"]
        text = text_of(row)
        assert row["verdict"]["grade"] == "verified" and row["verdict"]["recall"] == 1.0
        assert check_procedure(row, text, terse) == [], text
        puzzle = Puzzle(tuple(row["numbers"]), row["target"], Rules(**row["rules"]))
        steps = [told(step) for step in verify(puzzle, text).reading if step.kind != "given"]
        assert len(steps) == len(row["events"])
        for step, event in zip(steps, row["events"], strict=True):
            expected = {key: event[key] for key in step}
            if step["state"] is None:
                del step["state"], expected["state"]
            assert step == expected


@pytest.mark.parametrize("name", names())
def test_words_change_no_event(name: str) -> None:
    kept = ("kind", "move", "state", "why", "value")
    rows = {v: [maker(name, v).rows("train", i)["procedure"] for i in range(20)] for v in (0.0, 0.5, 1.0, 4.0)}
    events = {v: [[[event[key] for key in kept] for event in row["events"]] for row in rows[v]] for v in rows}
    assert events[0.0] == events[0.5] == events[1.0] == events[4.0]
    assert all(row["verdict"]["grade"] == "verified" for some in rows.values() for row in some)
    lengths = [sum(len(text_of(row)) for row in rows[v]) for v in (0.0, 1.0, 4.0)]
    assert lengths[0] < lengths[1] < lengths[2] or (not style(name).filler and lengths[0] == lengths[2])


SLOTS = {
    "node": "0,1",
    "operations": "'7+8=15'",
    "tight": "6*5=30",
    "state": "3, 14, 15",
    "goal": "92",
    "move": "6 * 5 = 30",
    "value": "35",
}


@pytest.mark.parametrize("name", sorted(set(names()) - {"stream_of_search"}))  # which is read in context
def test_the_reader_knows_every_phrase_of_the_book(name: str) -> None:
    """Each by itself, so that what is rare in a corpus is tried too."""
    reader = readers.READERS[name]
    for kind, phrases in style(name).phrases.items():
        for phrase in {phrases.bare, *phrases.natural}:
            sentence = phrase.format_map(SLOTS)
            steps = reader.read(sentence, len(sentence), len(sentence)).steps
            assert [(step.start, step.end) for step in steps] == [(0, len(sentence))], sentence
            said = kind if kind in WHY else {"stuck": "missed", "last_try": "try", "open": "given"}.get(kind, kind)
            assert (steps[0].why or steps[0].kind) == said, sentence


@pytest.mark.parametrize("name", names())
def test_a_filler_says_nothing(name: str) -> None:
    for filler in style(name).filler:
        assert not readers.READERS[name].read(filler, len(filler), len(filler)).steps


def test_no_sentence_dominates_prose() -> None:
    """The most frequent sentence, its numbers left out, has a small share."""
    made = maker("prose", 1.0)
    counts: dict[str, int] = {}
    for i in range(150):
        row = made.rows("train", i)["procedure"]
        for event in row["events"]:
            words = "".join("#" if c.isdigit() else c for c in text_of(row)[event["start"] : event["end"]])
            counts[words] = counts.get(words, 0) + 1
    assert max(counts.values()) < 0.01 * sum(counts.values())


def test_a_part_wise_phrase_stands_for_every_choice() -> None:
    book = style("prose").phrases["largest"]
    assert isinstance(book, Phrases) and len(book.natural) == 2 * 4
