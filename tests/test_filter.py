"""`gamegen filter`, and the same in Python: what is kept, what is dropped and why, samples per prompt, the control."""

import gzip
import hashlib
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from conftest import Row, read

from gamegen import GamegenError, filter_rows, generate, load
from gamegen.cli import main
from gamegen.query import terms
from gamegen.sampling import at_most, control

THIN = "<answer>(8 - 2) * 4</answer>"
WRONG = "<answer>(8 + 2) * 4</answer>"


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def responses(file: Path, count: int = 60) -> Path:
    """Sampled responses to three prompts, in turns right and wrong, shorter and longer."""
    with file.open("w") as lines:
        for i in range(count):
            filler = "Hm, so. " * (i % 7)
            text = (filler + THIN, filler + WRONG)[i % 2]
            row = {"id": i, "prompt": f"Make 24 from 2, 4, 8 ({i % 3}).", "numbers": [2, 4, 8], "target": 24, "response": text}
            lines.write(json.dumps({**row, "note": i} if i % 5 else row) + "\n")
    return file


def written(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("filter") / "corpus"
    settings = ["arms=[procedure,solution_only,answer_only]", "splits={train: 150, test: 30}", "puzzles.capacity=12"]
    generate(load(settings=settings), out)
    return out


# --- files ---------------------------------------------------------------------------------------------------------------


def test_rows_are_kept_as_they_were_with_their_verdict_and_the_rest_says_why(tmp_path: Path) -> None:
    source = responses(tmp_path / "in.jsonl")
    summary = filter_rows(
        source, tmp_path / "out.jsonl", "verdict.answer = 'correct' AND tokens < 25", dropped=tmp_path / "no.jsonl"
    )
    before, kept, dropped = written(source), written(tmp_path / "out.jsonl"), written(tmp_path / "no.jsonl")
    assert (len(kept), len(dropped)) == (summary["kept"], 60 - summary["kept"])
    assert all(row["verdict"]["answer"] == "correct" and row["verdict"]["surface"]["tokens"] < 25 for row in kept)
    assert [{k: v for k, v in row.items() if k != "verdict"} for row in kept] == [before[row["id"]] for row in kept]
    for row in dropped:
        right, short = row["verdict"]["answer"] == "correct", row["verdict"]["surface"]["tokens"] < 25
        assert row["dropped"] == ["verdict.answer = 'correct'"] * (not right) + ["tokens < 25"] * (not short)
    assert sorted(row["id"] for row in kept + dropped) == list(range(60))


def test_a_verified_file_is_not_verified_again_and_what_has_no_verdict_is(tmp_path: Path) -> None:
    rows = written(responses(tmp_path / "in.jsonl", 4))
    rows[0]["verdict"] = {"grade": "verified", "reasons": []}  # which it is not
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    filter_rows(tmp_path / "in.jsonl", tmp_path / "out.jsonl", "verdict.grade in ('verified', 'thin')")
    assert [row["verdict"]["grade"] for row in written(tmp_path / "out.jsonl")] == ["verified", "thin"]


@pytest.mark.parametrize("kinds", [("jsonl.gz", "parquet"), ("parquet", "jsonl"), ("parquet", "parquet")], ids="->".join)
def test_files_of_every_kind_can_be_read_and_written(kinds: tuple[str, str], tmp_path: Path) -> None:
    plain = responses(tmp_path / "plain.jsonl")
    source, out = tmp_path / f"in.{kinds[0]}", tmp_path / f"out.{kinds[1]}"
    if kinds[0] == "parquet":
        assert call("verify", plain, "--out", source).exit_code == 0
    else:
        source.write_bytes(gzip.compress(plain.read_bytes()))
    result = call("filter", source, out, "--where", "grade = 'thin'", "--json")
    assert result.exit_code == 0, result.stderr
    rows = written(out) if kinds[1] == "jsonl" else pq.read_table(out).to_pylist()
    assert [row["id"] for row in rows] == list(range(0, 60, 2))
    assert json.loads(result.stdout)["grades"] == {"thin": {"rows": 30, "kept": 30}, "wrong": {"rows": 30, "kept": 0}}


def test_names_with_signs_of_patterns_are_names(tmp_path: Path) -> None:
    folder = tmp_path / "a [b] *c? 'd'"
    folder.mkdir()
    filter_rows(responses(folder / "in[1].jsonl"), folder / "out[1].jsonl", "grade = 'thin'")
    assert len(written(folder / "out[1].jsonl")) == 30


def test_lines_that_are_no_rows_are_reported_and_the_rest_is_filtered(tmp_path: Path) -> None:
    source = responses(tmp_path / "in.jsonl")
    source.write_text("{\n" + source.read_text() + "[1]\n")
    result = call("filter", source, tmp_path / "out.jsonl", "--where", "grade = 'thin'")
    assert result.exit_code == 1 and len(written(tmp_path / "out.jsonl")) == 30
    assert f"{source}:1: " in result.stderr and f"{source}:62: " in result.stderr and result.stderr.count("\n") == 2


def test_rows_without_a_puzzle_do_not_shift_what_is_known_of_the_others(tmp_path: Path) -> None:
    rows = [{**row, "verdict": {"grade": "thin"}} for row in written(responses(tmp_path / "in.jsonl"))]
    for row in rows[::4]:
        del row["numbers"], row["target"]
        row["prompt"] = "Make it."
    source = tmp_path / "some.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    said: list[str] = []
    filter_rows(source, tmp_path / "out.jsonl", per_prompt=1, pick="first", match=["difficulty"], note=said.append)
    assert len(said) == 15
    assert [row["id"] for row in written(tmp_path / "out.jsonl")] == [1, 2, 3]
    assert len(written(tmp_path / "out.control.jsonl")) == 3


REFUSED: list[tuple[list[str], list[str]]] = [
    (["--where", "tokns < 4"], ["--where", "tokns", "the columns are id, prompt", "tokens"]),
    (["--where", "tokens <"], ["--where", "syntax error"]),
    (["--where", "true) union select (1"], ["one expression"]),
    (["--where", "true); drop table rows; select (1"], ["--where"]),
    (["--where", "true) order by (1"], ["one expression"]),
    (["--where", "id in (select column0 from read_csv('/etc/passwd'))"], ["--where", "Permission"]),
    (["--where", "cast(response as int) = 1"], ["--where", "Conversion"]),
    (["--where", "tokens < 0"], ["none of the 60 rows", "60 miss tokens < 0"]),
    (["--match", "lenght"], ["--match", "lenght"]),
    (["--per-prompt", "0"], ["0", ">=1"]),
    (["--per-prompt", "1", "--pick", "best"], ["--pick", "'best'", "chance, first"]),
    (["--dropped", "x.csv"], ["x.csv", ".jsonl or .parquet"]),
    (["--columns", "text=answer"], ["no column answer", "it has id, prompt"]),
    (["--rules", "use_all=perhaps"], ["--rules.use_all", "'perhaps'"]),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), REFUSED, ids=lambda v: " ".join(v))
def test_what_cannot_be_asked_is_one_line_and_nothing_is_written(arguments: list[str], said: list[str], tmp_path: Path) -> None:
    source = responses(tmp_path / "in.jsonl")
    result = call("filter", source, tmp_path / "out.jsonl", *arguments)
    assert (result.exit_code, result.stderr.count("\n"), result.stdout) == (2, 1, "")
    for part in said:
        assert part in result.stderr
    assert list(tmp_path.iterdir()) == [source]


def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    source, out = responses(tmp_path / "in.jsonl"), tmp_path / "out.jsonl"
    assert call("filter", source, source, "--overwrite").exit_code == 2
    assert call("filter", source, out).exit_code == 0
    assert call("filter", source, out).exit_code == 2
    assert call("filter", source, out, "--overwrite").exit_code == 0
    assert call("filter", source, out, "--dropped", out, "--overwrite").exit_code == 2
    assert call("filter", tmp_path / "nowhere.jsonl", out, "--overwrite").exit_code == 2


def test_without_the_engine_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    result = call("filter", responses(tmp_path / "in.jsonl"), tmp_path / "out.jsonl")
    assert result.exit_code == 2 and "pip install 'gamegen[filter]'" in result.stderr and result.stderr.count("\n") == 1


def test_terms_are_what_stands_between_the_outermost_ands() -> None:
    assert terms("a = 'x and y' and b between 1 and 2 and (c or d and e)") == [
        "a = 'x and y'",
        "b BETWEEN 1 AND 2",
        "c OR (d AND e)",
    ]
    assert len(terms("tokens < 4 -- and more")) == 1


# --- at most so many of one prompt ---------------------------------------------------------------------------------------


def test_at_most_k_rows_of_a_prompt_are_kept_by_chance_or_the_first(tmp_path: Path) -> None:
    source = responses(tmp_path / "in.jsonl")
    kept: dict[str, list[int]] = {}
    for name, options in {
        "a": {},
        "again": {},
        "seed": {"seed": 1},
        "first": {"pick": "first"},
        "puzzle": {"by": "puzzle"},
    }.items():
        out = tmp_path / f"{name}.jsonl"
        asked: dict[str, Any] = {"per_prompt": 4, **options}
        filter_rows(source, out, "grade = 'thin'", dropped=tmp_path / "no.jsonl", overwrite=True, **asked)
        kept[name] = [row["id"] for row in written(out)]
        over = [row for row in written(tmp_path / "no.jsonl") if row["dropped"][0].startswith("more than 4 of one p")]
        assert len(over) == 30 - len(kept[name])
    assert kept["a"] == kept["again"] != kept["seed"] and len(kept["puzzle"]) == 4
    for name in ("a", "seed", "first"):
        assert Counter(row % 3 for row in kept[name]) == {0: 4, 1: 4, 2: 4}
    assert kept["first"] == sorted(i for prompt in range(3) for i in [i for i in range(0, 60, 2) if i % 3 == prompt][:4])


def test_every_row_of_a_prompt_has_the_same_chance() -> None:
    kept = np.ones(6, bool)
    keys, groups = np.zeros(6, np.uint64), np.zeros(6, np.int64)
    drawn = sum(at_most(2, kept, groups, keys, "chance", seed).astype(int) for seed in range(3000))
    assert all(abs(count - 1000) < 110 for count in drawn)  # four standard deviations


# --- the control ---------------------------------------------------------------------------------------------------------


def test_a_control_has_the_make_up_of_what_was_kept_and_is_drawn_from_all() -> None:
    rng = np.random.default_rng(5)
    tokens = rng.integers(100, 1000, 4000).astype(float)
    kept = rng.random(4000) < np.where(tokens < 400, 0.5, 0.1)  # shorter rows are kept more often
    hard = rng.random(4000)
    groups = np.zeros(4000, np.int64)
    found = control(kept, groups, ["all"], {"tokens": tokens, "hard": hard}, seed=3)
    assert found.chosen.sum() == kept.sum()
    assert found.distance == 0 and found.finer["tokens"] < 0.1
    assert abs(found.means["tokens"]["control"] - found.means["tokens"]["kept"]) < 10 < found.means["tokens"]["all"] - 600 + 100
    assert 0.1 < found.also_kept < 0.6 and not (found.chosen == kept).all()
    assert (control(kept, groups, ["all"], {"tokens": tokens, "hard": hard}, seed=3).chosen == found.chosen).all()
    assert (control(kept, groups, ["all"], {"tokens": tokens, "hard": hard}, seed=4).chosen != found.chosen).any()


def test_strata_without_another_row_to_draw_are_named() -> None:
    tokens = np.asarray([1.0] * 5 + [2.0] * 20)
    kept = np.asarray([True] * 10 + [False] * 15)
    found = control(kept, np.zeros(25, np.int64), ["a/b"], {"tokens": tokens}, seed=0)
    assert found.no_choice == 0.5
    assert found.scarce == [{"group": "a/b", "rows": 5, "ranges": {"tokens": [1.0, 1.0]}}]


def test_what_is_missing_or_text_has_strata_of_its_own() -> None:
    values = np.asarray([np.nan] * 10 + [1.0] * 10)
    models = np.asarray(["a", "b"] * 10, object)
    kept = np.asarray([i % 4 == 0 for i in range(20)])
    found = control(kept, np.zeros(20, np.int64), [""], {"x": values, "model": models}, seed=0)
    assert np.isnan(values[found.chosen]).sum() == np.isnan(values[kept]).sum()
    assert Counter(models[found.chosen]) == Counter(models[kept])


def test_a_control_of_responses_is_written_beside_what_was_kept(tmp_path: Path) -> None:
    source = responses(tmp_path / "in.jsonl", 300)
    result = call(
        "filter", source, tmp_path / "out.jsonl", "--where", "grade = 'thin'", "--match", "tokens,difficulty", "--json"
    )
    assert result.exit_code == 0, result.stderr
    rows, kept = written(tmp_path / "out.control.jsonl"), written(tmp_path / "out.jsonl")
    tokens = [sorted(row["verdict"]["surface"]["tokens"] for row in of) for of in (rows, kept)]
    assert len(rows) == len(kept) == 150
    assert {row["verdict"]["grade"] for row in rows} == {"thin", "wrong"}
    assert abs(sum(tokens[0]) - sum(tokens[1])) < 0.05 * sum(tokens[1])
    assert json.loads(result.stdout)["control"]["distance"] == 0
    shown = call("filter", source, tmp_path / "out.jsonl", "--where", "grade = 'thin'", "--match", "tokens", "--overwrite")
    assert "total variation distance of 0.0000" in shown.stdout and "no other rows" not in shown.stdout
    all_kept = call("filter", source, tmp_path / "out.jsonl", "--match", "tokens,prompt", "--overwrite")
    assert "100.0% of them are in strata with no other rows to draw" in all_kept.stdout and "prompt Make 24" in all_kept.stdout


# --- corpora -------------------------------------------------------------------------------------------------------------


def test_a_filtered_corpus_is_read_by_load_dataset(corpus: Path, tmp_path: Path) -> None:
    import datasets

    out = tmp_path / "kept"
    where = "verdict.grade = 'verified' and tokens < 400"
    result = call("filter", corpus, out, "--where", where, "--match", "tokens", "--dropped", tmp_path / "no.parquet", "--json")
    assert result.exit_code == 0, result.stderr
    summary = json.loads(result.stdout)
    for arm in ("procedure", "solution_only"):
        found = datasets.load_dataset(str(out), arm, cache_dir=str(tmp_path / "cache"))
        for split in ("train", "test"):
            expected = [row for row in read(corpus, arm, split) if row["verdict"]["surface"]["tokens"] < 400]
            assert list(found[split]) == expected
            assert summary["groups"][f"{arm}/{split}"]["kept"] == len(expected)
            beside = datasets.load_dataset(str(tmp_path / "kept-control"), arm, cache_dir=str(tmp_path / "cache"))
            assert len(beside[split]) == len(expected)
    assert sorted(path.name for path in out.iterdir()) == [
        "README.md", "manifest.json", "procedure", "solution_only", "source-spec.yaml",
    ]  # fmt: skip
    assert where in (out / "README.md").read_text() and "license: apache-2.0" in (out / "README.md").read_text()
    manifest = json.loads((out / "manifest.json").read_text())
    for shard in manifest["shards"]:
        assert hashlib.sha256((out / shard["path"]).read_bytes()).hexdigest() == shard["sha256"]
    dropped = pq.read_table(tmp_path / "no.parquet").to_pylist()
    assert len(dropped) + summary["kept"] == summary["rows"] == 540
    assert {tuple(row["dropped"]) for row in dropped if row["arm"] == "answer_only"} >= {("verdict.grade = 'verified'",)}
    assert call("show", out).exit_code == call("verify", out).exit_code == 0


def test_a_filtered_corpus_is_replaced_only_when_asked_and_nothing_else_is(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "kept"
    assert call("filter", corpus, out, "--where", "grade = 'verified'").exit_code == 0
    first = (out / "manifest.json").read_bytes()
    assert call("filter", corpus, out).exit_code == 2
    assert call("filter", corpus, out, "--where", "false", "--overwrite").exit_code == 2
    assert (out / "manifest.json").read_bytes() == first
    assert call("filter", corpus, out, "--where", "grade = 'verified'", "--overwrite").exit_code == 0
    assert (out / "manifest.json").read_bytes() == first
    for wrong in (corpus, corpus / "procedure" / "x", tmp_path / "kept.jsonl", tmp_path):
        assert call("filter", corpus, wrong, "--overwrite").exit_code == 2
    assert call("generate", out, "--size", 10, "--overwrite").exit_code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept"]


def test_a_corpus_without_verdicts_gets_them_on_the_way(corpus: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    for file in corpus.glob("*/*.parquet"):
        (bare / file.parent.name).mkdir(parents=True, exist_ok=True)
        pq.write_table(pq.read_table(file).drop_columns(["verdict"]), bare / file.parent.name / file.name)
    filter_rows(bare, tmp_path / "kept", "verdict.answer = 'correct'", match=["difficulty"])
    for file in sorted(corpus.glob("*/*.parquet")):
        before, after = pq.read_table(file), pq.read_table(tmp_path / "kept" / file.parent.name / file.name)
        assert after.column("verdict").type == before.column("verdict").type
        assert after.to_pylist() == [{**row, "verdict": row["verdict"]} for row in before.to_pylist()]


def test_pairs_of_a_corpus_count_in_each_arm(corpus: Path, tmp_path: Path) -> None:
    summary = filter_rows(corpus, tmp_path / "one", "verdict.answer = 'correct'", per_prompt=1)
    assert summary["kept"] == 540  # each prompt is there once in each arm


def test_a_condition_may_ask_about_all_rows(corpus: Path, tmp_path: Path) -> None:
    summary = filter_rows(
        corpus, tmp_path / "short", "arm = 'procedure' and tokens < (select avg(tokens) from rows where arm = 'procedure')"
    )
    tokens = [row["verdict"]["surface"]["tokens"] for split in ("train", "test") for row in read(corpus, "procedure", split)]
    assert summary["kept"] == sum(count < sum(tokens) / len(tokens) for count in tokens)


def test_a_folder_that_is_no_corpus_is_refused(tmp_path: Path) -> None:
    (tmp_path / "flat").mkdir()
    call("verify", responses(tmp_path / "in.jsonl"), "--out", tmp_path / "flat" / "a.parquet")
    with pytest.raises(GamegenError, match="is no shard of a corpus"):
        filter_rows(tmp_path / "flat", tmp_path / "out")
    assert not (tmp_path / "out").exists()
