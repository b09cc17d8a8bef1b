"""`bench compare`: contrasts, their tests and bounds are what can be counted by hand; where lengths do not meet it says so."""

import json
import shutil
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from run_folders import UNREADABLE, answer, folder, reference, scores

from gamegen.cli import main
from gamegen_benchmarks import comparing, lengths, suites
from gamegen_benchmarks.comparing import Arms, compare
from gamegen_benchmarks.lengths import Texts
from gamegen_benchmarks.measures import MEASURES
from gamegen_benchmarks.runs import Header
from gamegen_benchmarks.scoring import Scored
from gamegen_benchmarks.statistics import PERMUTATIONS, holm, sign_flips
from gamegen_benchmarks.summary import groups

run = CliRunner().invoke
Contrast = dict[str, Any]


def of(found: dict[str, Any], measure: str, distance: str = "all", table: str = "contrasts") -> Contrast:
    (one,) = [one for one in found[table] if (one["measure"], one["distance"]) == (measure, distance)]
    return one


def column(values: list[float]) -> tuple[Any, Any]:
    return np.array(values)[:, None], np.ones((len(values), 1))


# Statistics


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.4, 0.6]) == [0.8, 0.8] and holm([0.2]) == [0.2] and holm([]) == []
    assert holm([float("nan"), 0.03])[1] == 0.03  # what was no test is not corrected for


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_keeps_the_order_and_is_no_less_than_p_and_no_more_than_bonferroni(p_values: list[float]) -> None:
    found = holm(p_values)
    assert all(p <= q <= min(1, len(p_values) * p) for p, q in zip(p_values, found, strict=True))
    assert [found[i] for i in np.argsort(p_values)] == sorted(found)


CELLS = st.lists(st.tuples(*[st.sampled_from([0.0, 0.25, 1.0])] * 2), min_size=1, max_size=7)


@settings(deadline=None)
@given(CELLS)
def test_the_p_value_of_few_items_is_the_share_of_all_changes_of_sides_that_are_as_extreme(
    pairs: list[tuple[float, float]],
) -> None:
    differences = [a - b for a, b in pairs]
    means = [
        abs(np.mean([s * d for s, d in zip(signs, differences, strict=True)])) for signs in product((1, -1), repeat=len(pairs))
    ]
    expected = np.mean([mean >= abs(np.mean(differences)) - 1e-9 for mean in means])
    (found,) = sign_flips(*(column([pair[i] for pair in pairs]) for i in (0, 1)))
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_the_p_value_of_a_ratio_changes_what_it_is_a_ratio_of_too(seed: int) -> None:
    draws = np.random.default_rng(seed)
    first, second = ((draws.random((7, 1)), draws.random((7, 1)) * 9 + 1) for _ in "ab")
    found = []
    for swaps in product((False, True), repeat=7):
        sides = [second if swap else first for swap in swaps], [first if swap else second for swap in swaps]
        one, other = (sum(of[0][i, 0] for i, of in enumerate(s)) / sum(of[1][i, 0] for i, of in enumerate(s)) for s in sides)
        found.append(abs(one - other))
    assert sign_flips(first, second)[0] == np.mean([one >= found[0] - 1e-9 for one in found])


def test_the_p_value_of_many_items_is_near_that_of_all_changes() -> None:
    draws = np.random.default_rng(3)
    a, b = draws.random(16) + 0.15, draws.random(16)
    signs = 1 - 2 * (np.arange(1 << 16)[:, None] >> np.arange(16) & 1)
    exact = np.mean(np.abs(signs @ (a - b)) >= abs((a - b).sum()) - 1e-9)
    (found,) = sign_flips(column(list(a)), column(list(b)))
    assert 0.02 < exact < 0.5 and abs(found - exact) < 4 * np.sqrt(exact / PERMUTATIONS)
    assert sign_flips(column([1.0] * 60), column([0.0] * 60))[0] == 1 / (PERMUTATIONS + 1)


# Runs


def test_a_run_beside_itself_differs_in_nothing(tmp_path: Path) -> None:
    one = folder(tmp_path / "one", reference, ("new_numbers", "strings"), 8)
    shutil.copytree(one, tmp_path / "copy")
    found = compare([one, tmp_path / "copy"])
    assert found["items"] == 16 and found["distances"] == ["all", "near", "mid"]
    assert len(found["contrasts"]) == 3 * len(MEASURES)
    for contrast in found["contrasts"]:
        assert [contrast[name] for name in ("value", "low", "high", "p", "p_holm", "bounds")] == [0, 0, 0, 1, 1, None]
    for contrast in found["given_length"]:
        assert contrast["value"] == 0 or not contrast["comparable"]
    assert of(found, "sound_share", table="given_length")["comparable"]


def test_contrasts_figures_and_plane_are_of_the_same_numbers(tmp_path: Path) -> None:
    runs = [folder(tmp_path / name, text, ("new_numbers",), 12) for name, text in (("bare", answer), ("traces", reference))]
    found = compare(runs)
    sound, right, tokens = (of(found, name) for name in ("sound_share", "accuracy", "tokens"))
    assert (sound["run"], sound["against"], sound["value"], sound["pairs"]) == ("traces", "bare", 1.0, 12)
    assert sound["p"] == 2 / 2**12 and sound["p_holm"] == pytest.approx(sound["p"] * _tests_as_small(found, sound["p"]))
    assert (right["value"], right["p"], right["p_holm"]) == (0.0, 1.0, 1.0)
    figures = {(one["run"], one["measure"]): one["value"] for one in found["figures"] if one["distance"] == "all"}
    assert tokens["value"] == pytest.approx(figures["traces", "tokens"] - figures["bare", "tokens"]) and tokens["low"] > 0
    assert {(one["run"], one["tokens"]["value"]) for one in found["plane"]} == {
        (name, figures[name, "tokens"]) for name in ("bare", "traces")
    }
    assert of(found, "sound_share", table="given_length")["says"] == "not comparable"


def _tests_as_small(found: dict[str, Any], p: float) -> int:
    """By how much Holm's method multiplies the smallest of the p-values: all tests of the table."""
    assert p == min(one["p"] for one in found["contrasts"])
    return len(found["contrasts"])


def test_items_that_one_has_not_are_left_out_and_counted(tmp_path: Path) -> None:
    few, many = (
        folder(tmp_path / "few", reference, ("near",), 2),
        folder(tmp_path / "many", reference, ("words", "strings"), 5, 2),
    )
    found = compare([many, few])
    assert found["items"] == 2 and [one["left_out"] for one in found["runs"]] == [8, 18]
    assert [one["completions"] for one in found["runs"]] == [20, 20]
    assert of(found, "accuracy")["pairs"] == 2 and of(found, "accuracy")["value"] == 0


MIXED = st.lists(st.tuples(*[st.none() | st.sampled_from([0.0, 0.5, 1.0])] * 2), min_size=1, max_size=4)


@settings(deadline=None, max_examples=40)
@given(MIXED)
def test_the_bounds_of_a_contrast_are_its_extremes_over_all_that_the_missing_could_be(pairs: list[tuple[Any, Any]]) -> None:
    tables = [scores([[pair[i]] for pair in pairs]) for i in (0, 1)]
    common = set(tables[0].column("id").to_pylist())
    one, other = (
        comparing._side(name, Scored(Path(name), Header("m", "s", ""), of), common)
        for name, of in zip("ab", tables, strict=True)
    )
    (contrast,) = [
        one for one in comparing.contrasts([(one, other)], list(groups(one.scores, ()))) if one["measure"] == "sound_share"
    ]
    holes = [i for i, value in enumerate(value for pair in pairs for value in pair) if value is None]
    possible = []
    for filled in product((0.0, 1.0), repeat=len(holes)):
        flat = np.array([value for pair in pairs for value in pair], float)
        flat[holes] = filled
        possible.append(np.mean(flat[::2] - flat[1::2]))
    assert contrast["bounds"] == (pytest.approx([min(possible), max(possible)]) if holes else None)
    known = [a - b for a, b in pairs if a is not None and b is not None]
    assert contrast["pairs"] == len(known)
    assert contrast["value"] == (pytest.approx(np.mean(known)) if known else None)
    assert (contrast["p"] is None) == (not known)


def test_what_cannot_be_read_bounds_the_contrast(tmp_path: Path) -> None:
    def unread(item: dict[str, Any], sample: int) -> str:
        return UNREADABLE if item["id"].endswith("0") else str(reference(item, sample))

    found = compare([folder(tmp_path / "a", reference), folder(tmp_path / "b", unread)])
    sound = of(found, "sound_share")
    assert (sound["value"], sound["pairs"], sound["bounds"]) == (0.0, 5, pytest.approx([-1 / 6, 0]))
    assert of(found, "accuracy")["value"] == pytest.approx(-1 / 6) and of(found, "accuracy")["bounds"] is None
    assert [one["unreadable"] for one in found["runs"]] == [0, 1]


def test_a_run_without_any_completion_has_no_contrast_but_bounds(tmp_path: Path) -> None:
    runs = [folder(tmp_path / "a", reference), folder(tmp_path / "b", lambda item, k: None)]
    found = of(compare(runs), "accuracy")
    assert [found[name] for name in ("value", "p", "p_holm", "pairs", "bounds")] == [None, None, None, 0, [-1, 0]]
    shown = run(main, ["bench", "compare", *map(str, runs)])
    assert shown.exit_code == 0 and "-1.000 to 0.000" in shown.output


# Given length


def texts(tokens: list[float], values: list[float]) -> Texts:
    return Texts(np.arange(len(tokens)), np.array(tokens), np.array(values))


def test_lengths_that_do_not_meet_are_not_comparable() -> None:
    short, long = texts(list(range(100, 160)), [1.0] * 60), texts(list(range(200, 260)), [0.0] * 60)
    found = lengths.contrast(short, long, 60)
    assert (found["comparable"], found["says"], found["value"], found["covered"]) == (False, "not comparable", None, [0.0, 0.0])
    assert not lengths.contrast(texts(list(range(100, 155)), [1.0] * 55), texts(list(range(200, 245)), [0.0] * 45), 60)[
        "comparable"
    ]
    meets = texts([*range(100, 158), 210, 230], [1.0] * 60)
    assert not lengths.contrast(meets, long, 60)["comparable"]  # two texts are no stratum
    assert not lengths.contrast(texts([], []), long, 60)["comparable"]


def test_a_difference_that_is_all_of_length_is_gone_at_equal_length() -> None:
    one, other = [float(n) for n in range(100, 300)], [float(n) for n in range(200, 400)]
    found = lengths.contrast(texts(one, [n // 10 for n in one]), texts(other, [n // 10 for n in other]), 200)
    assert found["value"] == pytest.approx(0, abs=0.5) and found["covered"] == [0.5, 0.5]
    assert found["strata"][0]["from"] == 200 and found["strata"][-1]["to"] == 299
    assert len(found["strata"]) == lengths.STRATA[1]  # of the common range alone


def test_a_difference_at_equal_length_is_found_by_hand() -> None:
    tokens = [float(n) for n in range(100) for _ in range(2)]
    one, other = texts(tokens, [0.75] * 200), texts(tokens, [0.25 if n < 50 else 0.5 for n in tokens])
    found = lengths.contrast(one, other, 200)
    assert found["value"] == pytest.approx((0.5 + 0.25) / 2, abs=0.01) and found["low"] <= found["value"] <= found["high"]
    assert found["covered"] == [1.0, 1.0] and len(found["strata"]) == lengths.STRATA[1]
    assert sum(sum(stratum["texts"]) for stratum in found["strata"]) == 400
    reverse = lengths.contrast(other, one, 200)
    assert reverse["value"] == pytest.approx(-found["value"])


def test_a_stratum_weighs_as_much_as_it_has_texts() -> None:
    tokens = [10.0] * 60 + [20.0] * 20
    found = lengths.contrast(texts(tokens, [1.0] * 80), texts(tokens, [0.0] * 60 + [1.0] * 20), 80)
    assert [stratum["texts"] for stratum in found["strata"]] == [[60, 60], [20, 20]] and found["value"] == 0.75


def test_texts_of_one_length_are_one_stratum() -> None:
    found = lengths.contrast(texts([7.0] * 9, [1.0] * 9), texts([7.0] * 9, [0.0] * 9), 9)
    assert (found["value"], found["low"], found["high"], len(found["strata"])) == (1, 1, 1, 1)


def test_many_samples_of_few_items_are_no_stratum() -> None:
    few = Texts(
        np.repeat(np.arange(lengths.LEAST - 1), 20), np.full((lengths.LEAST - 1) * 20, 50.0), np.ones((lengths.LEAST - 1) * 20)
    )
    assert not lengths.contrast(few, few, 9)["comparable"]


def test_the_interval_at_equal_length_is_that_of_resampled_items() -> None:
    draws = np.random.default_rng(5)
    tokens = [float(n) for n in draws.integers(0, 100, 300)]
    one, other = (texts(tokens, list(draws.random(300) + shift)) for shift in (0.2, 0.0))
    found = lengths.contrast(one, other, 300)
    error = np.sqrt(2 / 12 / 300)  # of the difference of two means of 300 uniform numbers
    assert found["value"] == pytest.approx(0.2, abs=3 * error)
    assert found["high"] - found["low"] == pytest.approx(2 * 1.96 * error, rel=0.15)


# Arms, labels, and the command


def test_the_arm_contrast_is_with_less_without_and_stands_beside_without_less_base(tmp_path: Path) -> None:
    runs = {
        "with": folder(tmp_path / "with", reference, ("new_numbers",), 8),
        "without": folder(tmp_path / "without", answer, ("new_numbers",), 8),
        "base": folder(tmp_path / "base", lambda item, k: "<answer>1</answer>", ("new_numbers",), 8),
    }
    arms = compare([], Arms(runs["with"], runs["without"], runs["base"]))["arms"]
    assert (arms["with"], arms["without"], arms["base"]) == ("with", "without", "base")
    values = {table: {name: of(arms, name, table=table)["value"] for name in MEASURES} for table in ("effect", "without_base")}
    assert (values["effect"]["accuracy"], values["without_base"]["accuracy"]) == (0, 1)
    assert (values["effect"]["procedure_score"], values["without_base"]["procedure_score"]) == (1, 0)
    assert of(arms, "sound_share", "near", "effect")["p"] == 2 / 2**8
    assert compare([], Arms(runs["with"], runs["without"], None))["arms"]["without_base"] == []


def test_labels_are_names_of_folders_or_the_shortest_ends_that_tell_them_apart() -> None:
    given = [Path(path) for path in ("/r/a/solver", "/r/b/solver", "/r/b/faker", "/q/b/solver")]
    assert comparing.labels(given) == ["a/solver", "r/b/solver", "faker", "q/b/solver"]


def test_runs_are_scored_on_the_way_and_the_command_says_what_it_found(tmp_path: Path) -> None:
    runs = [str(folder(tmp_path / name / "run", text, ("new_numbers",), 8)) for name, text in (("a", answer), ("b", reference))]
    shown = run(main, ["bench", "compare", *runs, "--out", str(tmp_path / "c.json")])
    assert shown.exit_code == 0 and (tmp_path / "a" / "run" / "scores.parquet").is_file()
    for said in ("b/run", "not comparable", "procedure score, near", "p by Holm", "Procedure and verbosity"):
        assert said in shown.output
    as_json = run(main, ["bench", "compare", *runs, "--json"])
    assert as_json.stdout == (tmp_path / "c.json").read_text()
    assert json.loads(as_json.stdout)["first"] == "a/run"
    arms = run(main, ["bench", "compare", "--with", runs[1], "--without", runs[0]])
    assert arms.exit_code == 0 and "Effect of the traces: b/run − a/run" in arms.output


def test_runs_of_other_suites_or_without_an_item_in_common_are_one_line_and_exit_2(tmp_path: Path) -> None:
    suite = tmp_path / "suite"
    shutil.copytree(suites.snapshot() / "mid", suite / "mid")
    files = [file for file in suites.frozen()["files"] if file["distance"] == "mid"]
    (suite / suites.MANIFEST).write_text(json.dumps({"suite": "mine", "files": files}))
    one = folder(tmp_path / "one", reference, ("strings",))
    mine = folder(tmp_path / "mine", reference, ("strings",), suite=str(suite))
    other = folder(tmp_path / "other", reference, ("modular",))
    for more, says in (
        ([mine], "of one suite"),
        ([other], "no item in common"),
        ([], "give two different ones"),
        ([one], "give two different ones"),
        ([tmp_path / "none"], "is no run"),
        ([other, "--with", one], "needs both"),
        ([other, "--out", tmp_path / "no" / "c.json"], "cannot be written"),
    ):
        result = run(main, ["bench", "compare", str(one), *map(str, more)])
        assert result.exit_code == 2 and result.output.count("\n") == 1 and says in result.output


def test_the_scores_file_says_which_completions_it_is_of(tmp_path: Path) -> None:
    one, other = folder(tmp_path / "one", reference), folder(tmp_path / "other", answer)
    compare([one, other])
    shutil.copy(one / "scores.parquet", other / "scores.parquet")
    assert of(compare([one, other]), "sound_share")["value"] == -1
    mark = json.loads(pq.read_schema(other / "scores.parquet").metadata[b"gamegen"])
    assert mark["completions.jsonl"] == sha256((other / "completions.jsonl").read_bytes()).hexdigest()
