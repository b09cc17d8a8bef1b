"""`bench score`: the figures are what can be counted by hand, what is missing is counted, and the bytes are the same."""

import json
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from run_folders import UNREADABLE, answer, folder, read, reference, scores

from gamegen import games
from gamegen.cli import main
from gamegen.errors import GamegenError
from gamegen_benchmarks import external, measures, runs, scoring, suites, summary
from gamegen_benchmarks.measures import MEASURES, Columns
from gamegen_benchmarks.scoring import Scored
from gamegen_benchmarks.statistics import Estimate, estimates, ratio, resampled
from gamegen_verifiers.verdict import GRADES

OURS = suites.DISTANCES[:3]


def summed(run: Path, workers: int = 1) -> dict[tuple[str, str], dict[str, Any]]:
    """The groups of the summary of a run."""
    found = summary.write(scoring.score(run, workers))
    assert json.loads((run / runs.SUMMARY).read_text()) == json.loads(json.dumps(found, allow_nan=False))
    return {(group["by"], group["name"]): group for group in found["groups"]}


def value(group: dict[str, Any], name: str) -> float:
    found: float = group["figures"][name]["value"]
    return found


def test_references_are_right_and_sound_in_every_group(tmp_path: Path) -> None:
    groups = summed(folder(tmp_path / "run", reference, OURS, 2))
    assert {name for by, name in groups if by == "distance"} == set(OURS)
    assert {name for by, name in groups if by == "game"} == set(games.names())
    assert {name for by, name in groups if by == "split"} == {f"{d}/{s}" for d in OURS for s in suites.splits()[d]}
    for group in groups.values():
        assert [group[name] for name in ("missing", "unreadable")] == [0, 0]
        for name in ("accuracy", "sound_share", "procedure_score", "verified", "grade.verified", "readable"):
            figure = group["figures"][name]
            assert figure == {"value": 1.0, "low": 1.0, "high": 1.0, "items": group["items"]}
        assert group["reasons"] == {} and 0 < value(group, "coverage") <= 1 and value(group, "new_steps") > 0


def test_answers_alone_are_right_and_no_procedure(tmp_path: Path) -> None:
    group = summed(folder(tmp_path / "run", answer))["all", "all"]
    assert [value(group, name) for name in ("accuracy", "sound_share", "procedure_score", "verified")] == [1, 0, 0, 0]
    assert value(group, "grade.thin") == 1 and group["reasons"] == {"answer is not derived": 6}


def test_a_wrong_answer_to_a_sound_trace_has_a_sound_share_and_no_procedure_score(tmp_path: Path) -> None:
    run = folder(tmp_path / "run", lambda item, k: item["reference"].split("\\boxed")[0] + "<answer>1 + 1</answer>")
    group = summed(run)["all", "all"]
    assert [value(group, name) for name in ("accuracy", "sound_share", "procedure_score")] == [0, 1, 0]
    assert value(group, "grade.wrong") == 1


def test_a_trace_said_twice_makes_no_new_steps_and_fewer_to_the_token(tmp_path: Path) -> None:
    def twice(item: dict[str, Any], sample: int) -> str:
        return str(item["reference"]).replace("</think>", item["reference"].split("<think>")[1], 1)

    once, again = (summed(folder(tmp_path / name, of))["all", "all"] for name, of in (("once", reference), ("twice", twice)))
    assert value(again, "sound_share") < value(once, "sound_share")
    assert value(again, "new_steps") < 0.7 * value(once, "new_steps")
    assert value(again, "coverage") == value(once, "coverage")


def test_what_failed_is_missing_and_bounded(tmp_path: Path) -> None:
    def text(item: dict[str, Any], k: int) -> str | None:
        return None if k == 1 or item["id"].endswith("-00000") else reference(item, k)  # of the first item there is nothing

    run = folder(tmp_path / "run", text, samples=2)
    group = summed(run)["all", "all"]
    assert [group[name] for name in ("items", "completions", "missing", "unreadable")] == [6, 12, 7, 0]
    for name in ("accuracy", "sound_share", "procedure_score", "verified", "coverage"):
        figure = group["figures"][name]
        assert figure["items"] == 5 and (name == "coverage" or figure["value"] == 1)
        assert figure["bounds"][1] - figure["bounds"][0] == pytest.approx(7 / 12)
    rows = read(run)
    assert [row["sample"] for row in rows] == [0, 1] * 6 and [row["id"][-5:] for row in rows[:3]] == ["00000", "00000", "00001"]
    assert rows[0]["missing"] and rows[0]["right"] is None and rows[0]["verdict"] is None and rows[2]["finish"] == "stop"


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:-1],
        lambda lines: [line.replace('"sample": 0', '"sample": 7') for line in lines],
        lambda lines: [*lines, lines[0].replace('"sample": 0', '"sample": 1')],
    ],
)
def test_completions_that_were_changed_are_refused(tmp_path: Path, change: Any) -> None:
    run = folder(tmp_path / "run", reference)
    lines = (run / "completions.jsonl").read_text().splitlines()
    (run / "completions.jsonl").write_text("\n".join(change(lines)) + "\n")
    result = CliRunner().invoke(main, ["bench", "score", str(run)])
    assert result.exit_code == 2 and "was changed since it was made" in result.output and len(result.output.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "ten"),
        ("limit", 0),
        ("samples", "x"),
        ("samples", 10**30),
        ("params", [1]),
        ("splits", "near"),
        ("model", None),
    ],
)
def test_a_header_with_what_no_run_has_there_is_refused(tmp_path: Path, name: str, value: Any) -> None:
    run = folder(tmp_path / "run", reference)
    row = json.loads((run / "run.json").read_text())
    for text in (json.dumps({**row, name: value}), "[]", "{", json.dumps({**row, "more": 1})):
        (run / "run.json").write_text(text)
        result = CliRunner().invoke(main, ["bench", "score", str(run)])
        assert result.exit_code == 2 and "run.json" in result.output and len(result.output.splitlines()) == 1, result.output


@pytest.mark.parametrize("name", ["run.json", "completions.jsonl", "scores.parquet", "summary.json", "requests.jsonl"])
def test_no_file_of_a_run_is_written_over(tmp_path: Path, name: str) -> None:
    one, other = folder(tmp_path / "one", reference), folder(tmp_path / "other", answer)
    before = {path.name: path.read_bytes() for path in one.iterdir()}
    for command in ("compare", "report"):
        result = CliRunner().invoke(main, ["bench", command, str(one), str(other), "--out", str(one / name)])
        assert result.exit_code == 2 and "is a file of a run; choose another name" in result.output
    assert {path.name: path.read_bytes() for path in one.iterdir()} == before


def test_unreadable_texts_are_counted_and_their_steps_are_not(tmp_path: Path) -> None:
    run = folder(tmp_path / "run", lambda item, k: UNREADABLE + answer(item, k) if k else reference(item, k), samples=2)
    group = summed(run)["all", "all"]
    assert (group["missing"], group["unreadable"], group["reasons"]["not readable"]) == (0, 6, 6)
    assert value(group, "accuracy") == 1 and "bounds" not in group["figures"]["accuracy"]
    assert value(group, "readable") == 0.5 == value(group, "grade.unreadable")
    for name in ("sound_share", "procedure_score"):
        assert value(group, name) == 1 and group["figures"][name]["bounds"] == [0.5, 1.0]
    assert value(group, "procedure.step_validity") == 1


def test_a_wrong_answer_that_cannot_be_read_is_no_missing_procedure_score(tmp_path: Path) -> None:
    group = summed(folder(tmp_path / "run", lambda item, k: UNREADABLE + "<answer>1 + 1</answer>"))["all", "all"]
    assert value(group, "procedure_score") == 0 and "bounds" not in group["figures"]["procedure_score"]
    assert group["figures"]["sound_share"]["value"] is None and group["figures"]["sound_share"]["bounds"] == [0, 1]


def test_youdens_j_by_hand(tmp_path: Path) -> None:
    def declines(item: dict[str, Any], sample: int) -> str:
        number = int(item["id"][-2:])
        return "<answer>no solution</answer>" if (number < 3 if item["solvable"] else number > 4) else "<answer>1</answer>"

    groups = summed(folder(tmp_path / "run", declines, ("unsolvable", "new_numbers"), 10))
    rows = read(tmp_path / "run")
    split = [row for row in rows if row["split"] == "unsolvable"]
    declined, missed = ([row["declined"] for row in split if row["solvable"] is of] for of in (False, True))
    assert 0 < sum(declined) < len(declined) and 0 < sum(missed) < len(missed)
    j = sum(declined) / len(declined) - sum(missed) / len(missed)
    for place in (("split", "near/unsolvable"), ("all", "all")):  # where all have a solution, the prompt does not speak of it
        assert value(groups[place], "youden_j") == pytest.approx(j)
        assert value(groups[place], "declined_solvable") == sum(missed) / len(missed)
        figure = groups[place]["figures"]["youden_j"]
        assert -1 <= figure["low"] <= j <= figure["high"] <= 1 and figure["items"] == 10
    assert groups["split", "near/new_numbers"]["figures"]["youden_j"]["value"] is None


@settings(deadline=None)
@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=6), min_size=1, max_size=4), st.sampled_from([1, 2, 4]))
def test_pass_at_k_is_the_share_of_the_choices_of_k_samples_with_a_right_one(rights: list[list[bool]], k: int) -> None:
    of = Columns(scores([[1.0] * len(item) for item in rights], right=rights))
    expected = [np.mean([any(some) for some in combinations(item, k)]) for item in rights if len(item) >= k]
    found = measures.pass_at(of, k)
    assert found.of.sum() == len(expected)
    assert found.top[found.of > 0] == pytest.approx(np.array(expected, float))
    assert found.top[found.of == 0].sum() == 0


def test_pass_at_k_is_there_for_powers_of_two_up_to_the_samples(tmp_path: Path) -> None:
    run = folder(tmp_path / "run", lambda item, k: answer(item, k) if k == 4 else "<answer>1</answer>", limit=2, samples=5)
    figures = summed(run)["all", "all"]["figures"]
    assert {name: figures[name]["value"] for name in figures if name.startswith("pass_at")} == pytest.approx(
        {"pass_at_1": 0.2, "pass_at_2": 0.4, "pass_at_4": 0.8}
    )
    assert figures["pass_at_1"] == figures["accuracy"]


SHARES = st.lists(st.lists(st.none() | st.sampled_from([0.0, 0.25, 1.0]), min_size=1, max_size=3), min_size=1, max_size=3)


@settings(deadline=None, max_examples=50)
@given(SHARES)
def test_the_bounds_are_the_extremes_over_all_that_the_missing_could_be(values: list[list[float | None]]) -> None:
    group = summary.summarise(Scored(Path("run"), _header(), scores(values)))["groups"][0]
    holes = sum(value is None for item in values for value in item)
    possible = []
    for filled in product((0.0, 1.0), repeat=holes):
        left = iter(filled)
        possible.append(np.mean([np.mean([next(left) if value is None else value for value in item]) for item in values]))
    figure = group["figures"]["sound_share"]
    assert group["unreadable"] == holes and ("bounds" in figure) == (holes > 0)
    if holes:
        assert figure["bounds"] == pytest.approx([min(possible), max(possible)])


def _header() -> Any:
    from gamegen_benchmarks.runs import Header

    return Header("by hand", "none", "")


def test_items_that_ask_one_puzzle_in_other_signs_are_drawn_together(tmp_path: Path) -> None:
    splits = ("near/new_numbers", "near/symbols", "near/words", "near/base_7")
    run = folder(tmp_path / "run", reference, splits, 6)
    found = Columns(scoring.score(run, 1).table)
    assert len(found.items) == 24 and len(set(found.puzzle)) == 6
    draws = np.random.default_rng(0)
    of_puzzle = draws.integers(0, 2, 6).astype(float)
    values, ones = of_puzzle[found.puzzle][:, None], np.ones((24, 1))
    once = resampled(of_puzzle[:, None], np.ones((6, 1)))[1]
    together = resampled(*(measures.of_puzzles(of, found.puzzle) for of in (values, ones)))[1]
    assert np.nanstd(together) == pytest.approx(np.nanstd(once))
    assert np.nanstd(resampled(values, ones)[1]) < 0.7 * np.nanstd(together)


@settings(deadline=None)
@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=8, max_size=20), st.integers(2, 5))
def test_equal_samples_of_an_item_are_no_more_to_know(values: list[float], samples: int) -> None:
    once, often = (
        measures.sums(Columns(scores([[value] * n for value in values])), MEASURES["sound_share"]) for n in (1, samples)
    )
    clustered, single = (ratio(list(of.top), list(of.of)) for of in (often, once))
    assert clustered == pytest.approx(single)
    apart = ratio([value for value in values for _ in range(samples)], [1] * (len(values) * samples))
    if 0.2 < np.mean(values) < 0.8:
        assert clustered.high - clustered.low > apart.high - apart.low


@settings(deadline=None)
@given(st.floats(0, 1), st.integers(1, 9))
def test_what_is_constant_has_an_interval_of_no_width(of_all: float, clusters: int) -> None:
    found = ratio([of_all] * clusters, [1] * clusters)
    assert found.low == pytest.approx(found.value) == pytest.approx(found.high)


def test_columns_are_resampled_together() -> None:
    hits = np.arange(12.0).reshape(6, 2)
    values, drawn = resampled(np.hstack([hits, hits]), np.ones((6, 4)))
    assert values[:2] == pytest.approx(hits.mean(0)) and np.array_equal(drawn[:, :2], drawn[:, 2:])
    gaps = np.array([[0.0, 1.0], [0.0, 1.0], [1.0, 1.0]])  # of the first column there is nothing in some resamples
    values, drawn = resampled(gaps, gaps)
    assert np.isnan(drawn[:, 0]).any() and not np.isnan(drawn[:, 1]).any()
    assert estimates(values, drawn) == [Estimate.of(values[i], drawn[:, i]) for i in (0, 1)]


@pytest.mark.parametrize("of", ["reference", "mixed"])
def test_the_files_are_the_same_however_many_processes(tmp_path: Path, of: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "_MANY", 2)

    def mixed(item: dict[str, Any], sample: int) -> str | None:
        return [reference(item, 0), None, UNREADABLE, "\ud800 <answer>\ud800\x00é</answer>"][int(item["id"][-1]) % 4]

    runs = [
        folder(tmp_path / name / "run", reference if of == "reference" else mixed, ("near", "strings"), 5, 2) for name in "ab"
    ]
    for run, workers in zip(runs, (1, 2), strict=True):
        summary.write(scoring.score(run, workers))
    for name in ("scores.parquet", "summary.json"):
        assert (runs[0] / name).read_bytes() == (runs[1] / name).read_bytes()
    assert not list(runs[0].glob(".*"))


def test_scores_are_made_again_for_other_completions_only(tmp_path: Path) -> None:
    run = folder(tmp_path / "run", reference)
    first = scoring.score(run, 1)
    (run / "scores.parquet").touch()
    stamp = (run / "scores.parquet").stat().st_mtime_ns
    assert scoring.scored(run, 1).table.equals(first.table) and (run / "scores.parquet").stat().st_mtime_ns == stamp
    file = run / "completions.jsonl"
    file.write_text(file.read_text().replace("boxed{", "boxed{1 + "))
    assert not any(scoring.scored(run, 1).table.column("right").to_pylist())
    (run / "scores.parquet").write_bytes(b"no table")
    assert scoring.scored(run, 1).table.num_rows == 6


def test_truncated_texts_are_counted(tmp_path: Path) -> None:
    run = folder(tmp_path / "run", lambda item, k: str(item["reference"])[:150], finish="length")
    group = summed(run)["all", "all"]
    assert value(group, "truncated") == 1 and value(group, "accuracy") == 0
    assert sum(value(group, f"grade.{grade}") for grade in GRADES) == pytest.approx(1)


def test_files_made_elsewhere_may_say_anything_of_the_end(tmp_path: Path) -> None:
    run = folder(tmp_path / "run", reference, limit=2)
    _replace(run / "completions.jsonl", '"finish": "stop"', '"finish": {"reason": 3}')
    assert value(summed(run)["all", "all"], "truncated") == 0


def test_questions_of_others_have_an_answer_and_a_surface_and_no_more(tmp_path: Path) -> None:
    pytest.importorskip("reasoning_gym")

    def half(item: dict[str, Any], sample: int) -> str | None:
        return None if item["id"].endswith("3") else answer(item, sample)

    group = summed(folder(tmp_path / "run", half, ("external_jugs", "external_mini_sudoku"), 4))["all", "all"]
    assert value(group, "accuracy") == 1 and group["figures"]["accuracy"]["bounds"] == [0.75, 1]
    assert (group["missing"], group["unreadable"]) == (2, 0) and value(group, "tokens") > 0
    for name in ("sound_share", "procedure_score", "verified", "coverage"):
        assert group["figures"][name] == {"value": None, "low": None, "high": None, "items": 0}


def test_without_reasoning_gym_questions_of_others_cannot_be_scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise GamegenError("the external tasks need reasoning-gym; install it with: pip install 'gamegen[external]'")

    monkeypatch.setattr(external, "_check_package", absent)
    run = folder(tmp_path / "run", answer, ("external_jugs",), 4)
    result = CliRunner().invoke(main, ["bench", "score", str(run), "--workers", "1"])
    assert result.exit_code == 2 and result.output.count("\n") == 1 and "gamegen[external]" in result.output


def test_the_command_says_what_it_found(tmp_path: Path) -> None:
    run = folder(tmp_path / "run", lambda item, k: None if item["id"].endswith("2") else reference(item, k), ("near",), 3, 2)
    shown = CliRunner().invoke(main, ["bench", "score", str(run), "--workers", "1"])
    assert shown.exit_code == 0
    for said in ("one_more_number", "pass at 1", "declined unsolvable", "state consistency", "Whatever the missing ones are"):
        assert said in shown.output
    as_json = CliRunner().invoke(main, ["bench", "score", str(run), "--workers", "1", "--json"])
    assert json.loads(as_json.stdout) == json.loads((run / "summary.json").read_text())


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda run: (run / "run.json").unlink(), "is no run"),
        (lambda run: (run / "completions.jsonl").unlink(), "is not finished"),
        (lambda run: (run / "run.json").write_text("{"), "no header"),
        (lambda run: _replace(run / "run.json", '"suite": "transfer"', '"suite": "chess"'), "'chess' given"),
        (lambda run: _replace(run / "run.json", '"digest": "', '"digest": "0'), "another version of the suite"),
        (lambda run: _replace(run / "completions.jsonl", "new_numbers-00001", "new_numbers-99999"), "none of the 6 items"),
        (lambda run: _replace(run / "completions.jsonl", "new_numbers-00001", "new_numbers-00002"), "there twice"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(tmp_path: Path, spoil: Any, says: str) -> None:
    run = folder(tmp_path / "run", reference)
    spoil(run)
    result = CliRunner().invoke(main, ["bench", "score", str(run)])
    assert result.exit_code == 2 and result.output.count("\n") == 1 and says in result.output
    assert not (run / "scores.parquet").exists()


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
