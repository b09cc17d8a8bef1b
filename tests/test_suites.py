"""The eval suite: what ships is what is built, every reference is verified, and no corpus meets it.

GAMEGEN_FULL=1 builds it all again and looks for meetings in more rows; otherwise some splits, and few rows.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from brute import Rules as Plain
from brute import live, state_of
from click.testing import CliRunner
from conftest import FULL

from gamegen import games, load, reserved
from gamegen.cli import main
from gamegen.corpus import Maker, makers
from gamegen.errors import GamegenError
from gamegen.prompts import NO_SOLUTION
from gamegen.spec import presets, to_yaml
from gamegen_benchmarks import external, overlap, suites
from gamegen_verifiers.rows import judge

OURS = [(distance, split) for distance in suites.DISTANCES[:3] for split in suites.splits()[distance]]
REBUILT = OURS if FULL else [("near", "new_numbers"), ("near", "words"), ("near", "unsolvable"), ("far", "maze")]
ROWS = 2000 if FULL else 60


def rows_of(distance: str, split: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(suites.snapshot() / distance / f"{split}.parquet").to_pylist()
    return rows


@pytest.mark.parametrize(("distance", "split"), REBUILT)
def test_what_ships_is_what_is_built(distance: str, split: str) -> None:
    assert list(suites.rows(distance, split)) == rows_of(distance, split)


def test_the_files_are_those_of_the_manifest_and_every_split_is_there() -> None:
    manifest = suites.frozen()
    assert suites.changed(manifest) == []
    for file in manifest["files"]:
        assert suites.digest(suites.snapshot() / file["path"]) == file["sha256"]
    assert [(file["distance"], file["split"]) for file in manifest["files"]] == [
        (distance, split) for distance in suites.DISTANCES for split in suites.splits()[distance]
    ]


@pytest.mark.parametrize(("distance", "split"), OURS)
def test_every_reference_is_verified_and_answers_are_balanced(distance: str, split: str) -> None:
    rows = rows_of(distance, split)
    assert len({row["prompt"][-1]["content"] for row in rows}) == len(rows) == {"game24": 22, "mini_sudoku": 30}.get(split, 100)
    for row in rows:
        verdict = judge({**row, "response": row["reference"]})
        assert verdict.grade == "verified"
        assert verdict.answer == ("correct" if row["solvable"] else "declined")
        assert row["solvable"] == (row["answer"] != NO_SOLUTION)
        if row["game"] == games.COUNTDOWN:
            rules = Plain(row["rules"]["operations"], row["rules"]["use_all"], row["rules"]["values"])
            assert len(row["numbers"]) > 4 or live(state_of(row["numbers"]), row["target"], rules) == row["solvable"]
    without = sum(not row["solvable"] for row in rows)
    assert without in (0, len(rows) // 2)
    allows = {"no solution" in row["prompt"][-1]["content"] for row in rows}
    assert allows == {without > 0}  # the prompts of both kinds are worded alike


def test_the_keys_of_the_snapshot_are_those_that_are_reserved() -> None:
    rows = [row for distance, split in OURS for row in rows_of(distance, split)]
    keys = {suites.key(row) for row in rows}
    assert keys == set().union(*(reserved.keys(name) for name in games.names()))
    assert len(keys) == len({overlap.puzzle(row) for row in rows})


@pytest.mark.parametrize("preset", [*presets(), "three", "five"])
def test_no_row_of_a_corpus_meets_the_suite(preset: str) -> None:
    settings = {"three": ["puzzles.count=3", "puzzles.unsolvable=0.3"], "five": ["puzzles.count=5"]}.get(preset, [])
    spec = load(preset=None if settings else preset, settings=["arms=[procedure]", *settings], seed=1)
    made, suite = makers(to_yaml(spec)), overlap.puzzles(suites.snapshot())
    rows = [made.rows(split, i)["procedure"] for split, most in spec.splits.items() for i in range(min(most, ROWS))]
    assert len(rows) >= min(ROWS, 50)
    assert list(overlap.meetings(rows, suite)) == []


def test_a_planted_puzzle_is_found_by_the_overlap_and_kept_out_by_the_maker(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = load(settings=["arms=[procedure]", "trace.backtracks=6"])
    row = Maker(spec).rows("train", 0)["procedure"]
    tries = [event["state"] for event in row["events"] if event["kind"] == "try" and event["state"].count(",") == 2]
    planted = tries[0]  # which is left again
    assert planted != tries[-1]
    suite = {("countdown", (tuple(sorted(planted.split(", "))), str(row["target"])))}
    assert [id_ for id_, _ in overlap.meetings([row], suite)] == [row["id"]]
    numbers = tuple(map(int, planted.split(", ")))
    monkeypatch.setattr(reserved, "_by_goal", lambda: {row["target"]: frozenset({numbers})})
    other = Maker(spec).rows("train", 0)["procedure"]
    assert other["id"] == row["id"] and other["achieved"]["backtracks"] == 6
    assert list(overlap.meetings([other], suite)) == []


def test_an_equal_puzzle_in_another_order_or_with_other_names_has_the_same_key() -> None:
    row = rows_of("near", "base_7")[0]
    numbers = row["numbers"][::-1]
    assert overlap.puzzle({**row, "numbers": numbers}) == overlap.puzzle(row)
    assert suites.key({**row, "numbers": numbers, "rules": {**row["rules"], "values": "rational"}}) == suites.key(row)


def test_it_loads_with_datasets(tmp_path: Path) -> None:
    from datasets import load_dataset

    for distance in suites.DISTANCES:
        found = load_dataset(str(suites.snapshot()), distance, cache_dir=str(tmp_path))
        assert list(found) == list(suites.splits()[distance])
        assert all(found[split].num_rows >= 20 for split in found)


def test_far_splits_stay_far_of_what_was_not_trained_on() -> None:
    assert suites.far_of(load()) == [*suites.splits()["far"], *suites.splits()["far_external"]]
    multi = suites.far_of(load(preset="multi-game"))
    assert "jugs" not in multi and "external_jugs" not in multi and "queens" not in multi
    assert {"maze", "knights", "mini_sudoku", "external_sokoban"} <= set(multi)


def test_the_command_line_lists_shows_and_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = CliRunner().invoke
    assert "one_more_number" in run(main, ["suite", "list"]).output
    assert json.loads(run(main, ["suite", "list", "--preset", "multi-game", "--json"]).output)["far"]
    assert "no solution" in run(main, ["suite", "show", "near", "unsolvable", "--row", "3"]).output
    shown = json.loads(run(main, ["suite", "show", "far", "maze", "--row", "3", "--json"]).output)
    assert shown == rows_of("far", "maze")[3]
    for wrong in (["far", "chess"], ["far", "maze", "--row", "1000"]):
        result = run(main, ["suite", "show", *wrong])
        assert result.exit_code == 2 and result.output.count("\n") == 1
    monkeypatch.setitem(suites.suite()["distances"], "mid", {"tiny": {"says": "a few", "rows": 2}})
    built = run(main, ["suite", "build", str(tmp_path / "out"), "--distance", "mid", "--check", "--json"])
    assert built.exit_code == 1 and json.loads(built.stdout)["changed"] == ["mid/tiny.parquet"]
    again = run(main, ["suite", "build", str(tmp_path / "out"), "--distance", "mid"])
    assert again.exit_code == 2 and "choose another folder" in again.output


def test_without_the_extra_it_says_which_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise GamegenError("the external tasks need reasoning-gym; install it with: pip install 'gamegen[external]'")

    monkeypatch.setattr(external, "_check_package", absent)
    result = CliRunner().invoke(main, ["suite", "build", str(tmp_path / "out")])
    assert result.exit_code == 2 and "gamegen[external]" in result.output
    assert not (tmp_path / "out").exists()
