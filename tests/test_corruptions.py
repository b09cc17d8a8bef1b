"""Every kind of corruption breaks a rule, is found by its label, and leaves all else as it was.

What is wrong is checked twice: by the verifier, from the text, and by the brute force, from the events, which shares nothing
with either. GAMEGEN_FULL=1 makes 10,000 rows in all for each kind; otherwise some for each kind and style.
"""

import re
from functools import cache
from typing import Any

import pytest
from brute import check_procedure
from conftest import FULL

from gamegen import SpecError, load
from gamegen.arms import ARMS
from gamegen.corpus import Maker
from gamegen.corruptions import KINDS
from gamegen.styles import names, style

ROWS = 10_000 // len(names()) if FULL else 12

# The first thing that the verifier finds, for the kinds that change one statement; of others, the grade says it.
FOUND = {
    "wrong_arithmetic": {"false arithmetic"},
    "cancelling_errors": {"false arithmetic"},
    "confabulated_branch": {"false arithmetic"},
    "invented_number": {"number not available"},
    "reused_number": {"number not available"},
    "skipped_step": {"number not available"},
    "shuffled_steps": {"number not available"},
    "unjustified_leap": {"unsupported answer"},
    "false_check": {"false check"},
    "false_dead_end": {"false dead end"},
    "fake_backtrack": {"fake backtrack"},
    "idle_backtrack": {"fake backtrack"},
    "loop": {"repeated"},
    "going_on": {"after the answer"},
}
GRADES = {
    "answer_first": {"thin"},
    "wrong_answer": {"wrong"},
    "truncation": {"unsolved", "wrong"},  # what was cut can look like an answer
    "giving_up": {"wrong"},
    "other_puzzle": {"confabulated"},
}
# In these the style leaves out what would be false: a log whose numbers of nodes no longer fit is not read at all, and sums
# alone do not say that the goal is found.
ELSEWHERE = {("stream_of_search", "fake_backtrack"), ("equations", "unjustified_leap")}


@cache
def maker(*settings: str) -> Maker:
    return Maker(load(settings=settings))


def corrupting(kind: str, name: str, severity: int | str = 1, *more: str) -> Maker:
    rate = f"corruptions.{kind}={{rate: 1, severity: {severity}}}"
    return maker("arms=[procedure,corrupted]", rate, f"style.name={name}", "trace.checks=0.1", *more)


def can_say(kind: str, name: str) -> bool:
    return KINDS[kind].can_be_said(style(name).phrases)


CASES = [(kind, name) for kind in KINDS for name in names() if can_say(kind, name)]


def text_of(row: dict[str, Any]) -> str:
    text = row["completion"][0]["content"]
    assert isinstance(text, str)
    return text


def outside(text: str, row: dict[str, Any]) -> list[str]:
    """What of the text stands in no label's span, in pieces."""
    ends = sorted(tuple(label["span"]) for label in row["corruptions"])
    starts = [0, *(end for _, end in ends)]
    return [text[start:stop] for start, stop in zip(starts, [*(start for start, _ in ends), len(text)], strict=True)]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_corrupted_row_is_never_verified_and_its_pair_is(kind: str, name: str) -> None:
    made = corrupting(kind, name)
    for i in range(ROWS):
        rows = made.rows("train", i)
        verdict = rows["corrupted"]["verdict"]
        assert rows["procedure"]["verdict"]["grade"] == "verified" and rows["procedure"]["corruptions"] == []
        assert verdict["grade"] != "verified", text_of(rows["corrupted"])
        if kind in GRADES:
            assert verdict["grade"] in GRADES[kind] | ({"unreadable"} if name == "stream_of_search" else set())
        elif verdict["grade"] != "unreadable" and (name, kind) not in ELSEWHERE:
            assert FOUND[kind] <= set(verdict["reasons"])
        assert verdict["grade"] != "unreadable" or name == "stream_of_search"


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_what_stands_outside_the_labels_is_as_it_was(kind: str, name: str) -> None:
    made = corrupting(kind, name)
    for i in range(ROWS):
        rows = made.rows("train", i)
        text, intact = text_of(rows["corrupted"]), text_of(rows["procedure"])
        labels = rows["corrupted"]["corruptions"]
        assert {label["kind"] for label in labels} == {kind}
        for label in labels:
            assert 0 <= label["span"][0] <= label["span"][1] <= len(text)
            assert 0 <= label["event"] <= len(rows["corrupted"]["events"])
        kept = outside(text, rows["corrupted"])
        assert re.fullmatch(".*".join(map(re.escape, kept)), intact, re.DOTALL), (kept, intact)
        assert text != intact


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"answer_first", "wrong_answer"}))  # whose thinking is sound
def test_the_brute_force_finds_something_wrong_with_the_events(kind: str) -> None:
    for i in range(ROWS):
        rows = corrupting(kind, "plain").rows("train", i)
        assert check_procedure(rows["procedure"], text_of(rows["procedure"])) == []
        assert check_procedure(rows["corrupted"], text_of(rows["corrupted"])) != []


@pytest.mark.parametrize("kind", sorted(set(FOUND) - {"unjustified_leap", "skipped_step", "shuffled_steps", "loop"}))
def test_the_label_points_to_the_event_that_the_verifier_finds_first(kind: str) -> None:
    for i in range(ROWS):
        row = corrupting(kind, "plain").rows("train", i)["corrupted"]
        first = row["corruptions"][0]["event"] + (kind == "going_on")  # whose return is no error yet
        assert row["verdict"]["first_error"] == first + 1  # the opening is a statement too


@pytest.mark.parametrize(
    "kind", sorted(set(KINDS) - {"answer_first", "wrong_answer", "other_puzzle", "truncation", "giving_up", "unjustified_leap"})
)
def test_severity_is_the_number_of_labels(kind: str) -> None:
    per_place = 2 if kind in ("cancelling_errors", "shuffled_steps") else 1
    for i in range(ROWS):
        row = corrupting(kind, "plain", 2, "trace.backtracks=12").rows("train", i)["corrupted"]
        assert 2 <= len(row["corruptions"]) <= 2 * per_place  # neighbours share a span
        assert row["verdict"]["grade"] != "verified"


@pytest.mark.parametrize("kind", ["truncation", "giving_up"])
def test_severity_is_the_number_of_events_that_are_lost(kind: str) -> None:
    for i in range(ROWS):
        rows = corrupting(kind, "plain", 5).rows("train", i)
        lost = len(rows["procedure"]["events"]) - len(rows["corrupted"]["events"])
        assert lost == 5 - (kind == "giving_up")  # which says that it stops


def test_a_truncated_text_ends_in_the_middle_and_one_that_gives_up_says_so() -> None:
    cut, gave_up = (text_of(corrupting(kind, "plain").rows("train", 3)["corrupted"]) for kind in ("truncation", "giving_up"))
    assert "</think>" not in cut and text_of(corrupting("truncation", "plain").rows("train", 3)["procedure"]).startswith(cut)
    assert "I stop after" in gave_up or "I give up" in gave_up
    assert gave_up.endswith("<answer>no solution</answer>")


def test_rates_are_shares_of_the_rows_and_the_rest_is_intact() -> None:
    made = maker("arms=[procedure,corrupted]", "corruptions={loop: 0.3, wrong_arithmetic: {rate: 0.2, severity: [1, 3]}}")
    found: dict[str, int] = {}
    for i in range(600):
        rows = made.rows("train", i)
        kinds = {label["kind"] for label in rows["corrupted"]["corruptions"]}
        assert len(kinds) <= 1
        found[kind] = found.get(kind := next(iter(kinds), ""), 0) + 1
        assert (text_of(rows["corrupted"]) == text_of(rows["procedure"])) == (not kinds)
        if kind == "wrong_arithmetic":
            assert 1 <= len(rows["corrupted"]["corruptions"]) <= 3
    assert abs(found["loop"] - 180) < 50 and abs(found["wrong_arithmetic"] - 120) < 45  # four standard deviations


def test_a_range_of_severity_goes_as_far_as_the_trace_has_places() -> None:
    made = corrupting("skipped_step", "plain", "[1, 40]")
    found = {len(made.rows("train", i)["corrupted"]["corruptions"]) for i in range(ROWS)}
    assert min(found) >= 1 and len(found) > 2


def test_the_dials_of_the_corruptions_change_no_other_arm() -> None:
    one, other = (maker("arms=[procedure,corrupted]", f"corruptions.{kind}=1") for kind in ("loop", "false_check"))
    for i in range(10):
        assert one.rows("train", i)["procedure"] == other.rows("train", i)["procedure"]


@pytest.mark.parametrize("values", ["integer", "rational"])
@pytest.mark.parametrize("count", [3, 5, 6])
def test_every_kind_fits_other_games_of_countdown(count: int, values: str) -> None:
    if (count, values) == (6, "rational"):
        pytest.skip("takes seconds a row")
    settings = [f"puzzles.count={count}", f"rules.values={values}", "trace.backtracks=[3,8]"]
    for kind in KINDS:
        made = corrupting(kind, "plain", 1, *settings)
        for i in range(3):
            assert made.rows("train", i)["corrupted"]["verdict"]["grade"] != "verified"


GRADES_OF_ARMS = {
    "fake_backtracking": {"confabulated"},
    "shuffled": {"confabulated"},
    "shortcut": {"confabulated"},
    "confabulated": {"confabulated"},
    "wrong_answer": {"wrong"},
}


@pytest.mark.parametrize("name", ["plain", "prose", "dialogue", "ledger"])
def test_the_arms_with_defects_are_paired_labelled_and_not_verified(name: str) -> None:
    made = maker(f"arms=[procedure,{','.join(GRADES_OF_ARMS)}]", f"style.name={name}")
    for i in range(ROWS):
        rows = made.rows("train", i)
        search = rows["procedure"]
        for arm, grades in GRADES_OF_ARMS.items():
            row = rows[arm]
            assert row["id"] == search["id"] and row["prompt"] == search["prompt"] and row["answer"] == search["answer"]
            assert row["verdict"]["grade"] in grades
            assert row["corruptions"]
        fake, length = rows["fake_backtracking"], search["achieved"]["tokens"]
        assert abs(fake["achieved"]["tokens"] - length) <= 0.02 * length
        assert fake["achieved"]["backtracks"] == len(fake["corruptions"]) == search["achieved"]["backtracks"]
        assert fake["verdict"]["procedure"]["genuine_backtracks"] == 0
        assert sorted(text_of(rows["shuffled"]).split()) == sorted(text_of(search).split())
        wrong = [event for event in rows["confabulated"]["events"] if event["why"] == "missed"]
        assert len(rows["confabulated"]["corruptions"]) >= 1 and len(wrong) == search["achieved"]["backtracks"]
        assert [event["kind"] for event in rows["shortcut"]["events"]] == ["try", "found"]


def test_every_arm_with_a_defect_is_tested() -> None:
    assert {arm for arm, treatment in ARMS.items() if treatment.corrupts or treatment.defects} == set(GRADES_OF_ARMS)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["corruptions.loop=1"], "corruptions: loop given, but no arm shows them; add corrupted to arms"),
        (["arms=corrupted"], "at least one kind needed by the arm corrupted"),
        (["arms=corrupted", "corruptions.lop=1"], "did you mean 'loop'"),
        (["arms=corrupted", "corruptions={loop: 0.7, going_on: 0.7}"], "rates given that sum to 1.4"),
        (["arms=corrupted", "corruptions.loop=1.5"], "0 to 1 is possible"),
        (["arms=corrupted", "corruptions.loop.severity=0"], "corruptions.severity"),
        (["arms=corrupted", "corruptions.loop=1", "trace.backtracks=0"], "where every row has a backtrack"),
        (["arms=[procedure,confabulated]", "trace.backtracks=[0,5]"], "where every row has a backtrack"),
        (["arms=corrupted", "corruptions.false_check=1", "style.name=equations"], "'equations' cannot say"),
        (["arms=corrupted", "corruptions.loop.severity=40", "corruptions.loop.rate=1"], "has places for"),
        (["arms=corrupted", "corruptions.unjustified_leap.severity=4"], "has places for 3"),
    ],
)
def test_what_cannot_be_is_refused(settings: list[str], said: str) -> None:
    with pytest.raises(SpecError, match=re.escape(said)):
        Maker(load(settings=settings)).rows("train", 0)


def test_a_return_to_where_the_run_stands_names_the_node_that_it_stands_at() -> None:
    """The state of row 177 is reached by two ways, so it has two numbers, the second one later."""
    row = corrupting("idle_backtrack", "stream_of_search").rows("train", 177)["corrupted"]
    assert row["verdict"]["recall"] == 1 and row["verdict"]["reasons"] == ["fake backtrack"]


def test_a_run_without_a_place_for_a_defect_is_made_again_for_every_arm() -> None:
    rows = corrupting("confabulated_branch", "plain").rows("train", 107)
    alone = maker("arms=[procedure]", "trace.checks=0.1").rows("train", 107)["procedure"]
    assert rows["corrupted"]["corruptions"] and rows["corrupted"]["verdict"]["grade"] == "confabulated"
    assert rows["procedure"]["requested"] == alone["requested"] and rows["procedure"]["events"] != alone["events"]
    again = corrupting("false_check", "plain").rows("train", 107)["procedure"]
    assert again == alone  # where there is a place, the run is the one that any corpus has
