"""A text that is judged while it is being written: however it is cut, the verdict of the whole; no finding is taken back."""

from collections.abc import Iterator
from functools import cache
from itertools import cycle
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

import pytest
from conftest import FULL
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gamegen import load
from gamegen.corpus import Maker
from gamegen.corruptions import KINDS
from gamegen.styles import names, style
from gamegen_benchmarks.paraphrase import PARAPHRASES
from gamegen_verifiers import Notation, Puzzle, Rules, Verdict, monitor, rows, sources, verify
from gamegen_verifiers.monitor import Finding, Monitor, findings

ROWS = 200 if FULL else 8
PLAIN = Notation()
WORDS = Notation("words", "words")
SURFACES = (WORDS, Notation("latex", "base 16"), Notation("unicode", "digits"), Notation("ascii", "base 2"))
LONGEST_PIECES = (1, 3, 12, 80, 10**6)
REAL = sorted((Path(__file__).parents[2] / "shared/data/real_traces").glob("*countdown*.jsonl.gz"))

Case = tuple[Puzzle, str, Notation]
Told = tuple[Finding, int]  # a finding, and how many characters had come when it was reported


@cache
def cases(name: str, written: Notation = PLAIN) -> list[Case]:
    """Rows of a style, each sound and with one defect of any kind that the style can say."""
    said = [kind for kind in KINDS if KINDS[kind].needs in ("", "backtrack", *style(name).phrases)]
    rates = ", ".join(f"{kind}: {1 / len(said)}" for kind in said)
    asked = [f"style.name={name}", f"surface.operators={written.operators}", f"surface.numbers={written.numbers}"]
    made = Maker(load(settings=[*asked, "arms=[procedure,corrupted]", "trace.checks=0.1", f"corruptions={{{rates}}}"]))
    found = [row for i in range(ROWS) for row in made.rows("train", i).values()]
    return [(puzzle_of(row), str(row["completion"][0]["content"]), written) for row in found]


def puzzle_of(row: dict[str, Any]) -> Puzzle:
    return Puzzle(tuple(row["numbers"]), row["target"], Rules(**row["rules"]))


def pieces(text: str, longest: int, random: Random) -> Iterator[str]:
    """The text in pieces of random length, some of them empty."""
    at = 0
    while at < len(text):
        size = random.randint(0 if longest > 1 else 1, longest)
        yield text[at : at + size]
        at += size


def followed(case: Case, longest: int, random: Random) -> tuple[list[Told], Verdict]:
    """What is reported of a text in pieces, and the verdict at the end."""
    puzzle, text, written = case
    following, come = Monitor(puzzle, written), 0
    told: list[Told] = []
    for piece in pieces(text, longest, random):
        come += len(piece)
        told += [(finding, come) for finding in following.feed(piece)]
    assert following.reported == len(told)
    return told, following.close()


def assert_followed(case: Case, random: Random) -> None:
    """However the text is cut: the verdict of the whole, and the first of its findings, in their order."""
    wanted = verify(*case)
    for longest in LONGEST_PIECES:
        told, verdict = followed(case, longest, random)
        assert verdict == wanted
        assert [finding for finding, _ in told] == findings(wanted)[: len(told)]


def invalid(verdict: Verdict) -> list[int]:
    return [i for i, label in enumerate(verdict.labels) if label != "valid"]


@pytest.mark.parametrize("name", names())
def test_any_pieces_give_the_verdict_of_the_whole_and_its_invalid_statements(name: str) -> None:
    random = Random(name)
    for case in cases(name):
        assert_followed(case, random)
        verdict = verify(*case)
        assert [finding.index for finding in findings(verdict)] == invalid(verdict)


@pytest.mark.parametrize("name", names())
def test_a_false_step_is_reported_before_the_end_and_about_one_sentence_later_at_most(name: str) -> None:
    random = Random(name)
    lags: list[int] = []
    early: list[bool] = []
    for case in cases(name):
        told, verdict = followed(case, 5, random)
        if verdict.first_error >= 0:
            early.append(bool(told))
        for finding, come in told:
            lags.append(sum(step.end <= come for step in verdict.reading) - finding.index - 1)
    assert len(early) > ROWS / 3
    assert mean(early) >= 0.95
    assert mean(lags) <= 1


def as_windows(text: str) -> str:
    return text.replace("\n", "\r\n")


def with_signs_from_afar(text: str) -> str:
    return text.replace("<think>", "<think>🤔 é\n").replace(". ", ". \u2028", 1)


def that_thinks_on(text: str) -> str:
    """After the thought is closed it is gone on with, and closed again, and the answer is given twice."""
    thought, _, rest = text.partition("</think>")
    return f"{thought}</think>\nWait.{thought.replace('<think>', '')}</think>{rest}\n<think>{thought}{rest}"


def without_tags(text: str) -> str:
    return text.replace("<think>\n", "").replace("</think>", "")


CHANGES = (as_windows, with_signs_from_afar, that_thinks_on, without_tags)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", names())
def test_a_changed_text_in_pieces_is_judged_as_the_whole(name: str, change: Any) -> None:
    random = Random(name)
    for puzzle, text, written in cases(name)[: None if FULL else 6]:
        assert_followed((puzzle, change(text), written), random)


@pytest.mark.parametrize("name", names())
def test_a_text_whose_signs_change_on_the_way_is_followed_as_far_as_its_readers_agree(name: str) -> None:
    random = Random(name)
    for paraphrase, (puzzle, text, written) in zip(PARAPHRASES.values(), cycle(cases(name)), strict=False):
        changed = paraphrase(text)
        place = random.randint(0, len(text))
        assert_followed((puzzle, changed, written), random)
        assert_followed((puzzle, text[:place] + changed[place:], written), random)


@pytest.mark.parametrize("written", SURFACES, ids=str)
@pytest.mark.parametrize("name", [name for name in names() if name != "stream_of_search"])
def test_another_surface_in_pieces_is_judged_as_the_whole_and_as_early(name: str, written: Notation) -> None:
    random = Random(name)
    some = cases(name, written)[: None if FULL else 6]
    for case in some:
        assert_followed(case, random)
    judged = [(followed(case, 5, random)[0], verify(*case)) for case in some]
    assert all(told for told, verdict in judged if verdict.first_error >= 0)


@pytest.mark.parametrize("longest", [1, 10, 10**6])
def test_no_character_is_read_twice(longest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counted(stretch: str, written: Notation, transcribe: Any = monitor.transcribe) -> Any:
        read.append(len(stretch))
        return transcribe(stretch, written)

    monkeypatch.setattr(monitor, "transcribe", counted)
    puzzle, text, written = cases("plain")[0]
    follow = Monitor(puzzle, written)
    for piece in pieces(text * 20, longest, Random(0)):
        follow.feed(piece)
    assert len(text) * 19 < sum(read) <= len(text) * 20


# What can stand in a text that is made to mislead: sentences, and all that could make one of them part of an answer after all,
# another style's, or one in a changed surface.
PUZZLE = Puzzle((2, 4, 8), 24)
OPENINGS = ("I have 2, 4, 8 and want 24.", "[2, 4, 8] -> 24", "start 2, 4, 8 | goal 24", "A: We have 2, 4, 8 and want 24.",
            "Okay, I have 2, 4, 8, and I need to make 24.", "Current State: 24:[2, 4, 8], Operations: []",
            "- **I have 2, 4, 8 and want 24!**", "I have 2, 4, 8 and want 24;", "")  # fmt: skip
SAID = ("8 - 2 = 5", "8 - 2 = 5.", "Try 8 - 2 = 6, leaving 4, 6.", "Try 8 - 2 = 6? That leaves 4, 6.", "6 * 4 = 25",
        "A: 8 - 2 = 5.", "back to 2, 4, 8", "Back to 2, 4, 8!", "[2, 4, 9]", "9 + 9 = 18 | 4", "8 - 2 = 5 — 6 × 4 = 24.",
        "Exploring Operation: 8-2=5, Resulting Numbers: [4, 5]", "Exploring Operation: 8 - 2 = 5, Resulting Numbers: [4, 5].",
        "Moving to Node #0,0", "Generated Node #0,0: 24:[4, 5] Operation: 8-2=5", "44 is not 24.", "5,24 unequal: No Solution",
        "Current State: 24:[4, 5], Operations: ['8-2=5']", "8 + 4 = 13", "8 times 2 = 17", "one over two", "12.",
        "Then 9 * 9 = 80. 80 is not 24.", "back to 2, 4, 8\n8 - 2 = 5")  # fmt: skip
MARKS = ("<think>", "</think>", "<THINK>", "</Reasoning>", "<answer>", "</answer>", "\\boxed{", "boxed", "}", "the answer is",
         "answer", "solution:", "Solution", "expression that", "= 24", "$$", "```", "---", "**", "- ", "So ", "Try:", "not",
         "wait", "<|end|>", "</s>", "No solution.", "(8 - 2) * 4", "8", "(", ";", "| 4, 5", "x" * 600)  # fmt: skip
SPACES = ("", " ", " ", "\n", "\n", "\n\n", "\r\n", " \t", ". ", ".\n", "\x85", "\u2028", ", ", ": ", "? ")
parts = st.lists(st.tuples(st.sampled_from((*SAID, *MARKS, *OPENINGS)), st.sampled_from(SPACES)), max_size=12).map(
    lambda parts: "".join(word + space for word, space in parts)
)


@settings(max_examples=20_000 if FULL else 150, deadline=None)
@given(
    st.sampled_from(("", "<think>\n")), st.sampled_from(OPENINGS), st.sampled_from(SPACES), parts, parts, parts,
    st.sampled_from((PLAIN, PLAIN, WORDS)), st.randoms(use_true_random=False),
)  # fmt: skip
@example("", OPENINGS[1], "\n", "6 * 4 = 25\n", "</answer>", "", PLAIN, Random(0))
@example("<think>\n", OPENINGS[2], "\n", "8 - 2 = 5 | 4, 5", "<|end|>", "", PLAIN, Random(0))
@example("", OPENINGS[0], "\n", "12. 8 - 2 = 5. \n44 is not 24.\n", "Back to 2, 4, 8!\n" * 9, "", PLAIN, Random(0))
def test_no_way_to_go_on_takes_a_finding_back(
    begin: str, opening: str, space: str, so_far: str, one: str, other: str, written: Notation, random: Random
) -> None:
    for rest in ("", one, other, one + other):
        case = (PUZZLE, begin + opening + space + so_far + rest, written)
        told, verdict = followed(case, random.choice(LONGEST_PIECES), random)
        assert [finding for finding, _ in told] == findings(verdict)[: len(told)]
        assert verdict == verify(*case)


def test_what_was_not_reported_is_in_the_verdict() -> None:
    puzzle = Puzzle((2, 4, 8), 24)
    follow = Monitor(puzzle)
    told = follow.feed("I have 2, 4, 8 and want 24.\nTry 8 - 2 = 5.\nThen 5 * 4 = 21.")
    assert [finding.label for finding in told] == []  # each may still turn out to be behind an answer, or be it
    told = follow.feed("\nSo be it.\n")
    rest = findings(follow.close())[follow.reported :]
    assert [finding.index for finding in told + rest] == [1, 2]


@pytest.mark.skipif(not REAL, reason="no real traces beside the project")
def test_real_traces_in_pieces_are_judged_as_the_whole() -> None:
    random = Random(0)
    for file in REAL:
        for i, (_, row) in enumerate(sources.read_rows(file)):
            if isinstance(row, dict) and (FULL or i % 97 == 0):
                told, verdict = followed(
                    (rows.puzzle(row), rows.text(row), rows.surface(row)), random.choice((3, 12, 80)), random
                )
                assert verdict == rows.judge(row)
                assert [finding for finding, _ in told] == findings(verdict)[: len(told)]
