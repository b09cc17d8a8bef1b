"""The command line as a person meets it: what it prints, where, and with which status."""

import datetime
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from gamegen.cli import main
from gamegen.spec import presets

RIGHT = {"id": 1, "numbers": [2, 4, 8], "target": 24, "response": "<answer>(8 - 2) * 4</answer>", "model": "m"}


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


IMPOSSIBLE: list[tuple[list[str], list[str]]] = [
    (["--set", "trace.backtraks=3"], ["trace.backtraks", "did you mean 'backtracks'"]),
    (["--set", "tracing.backtracks=3"], ["tracing", "unknown key", "trace"]),
    (["--set", "trace.backtracks=many"], ["trace.backtracks", "'many'", "integer"]),
    (["--set", "trace.backtracks=true"], ["trace.backtracks", "True", "integer"]),
    (["--set", "trace.backtracks=[1,2,3]"], ["trace.backtracks", "[1, 2, 3]", "pair"]),
    (["--set", "trace.backtracks=[9,2]"], ["trace.backtracks", "[9, 2]", "low <= high"]),
    (["--set", "trace.backtracks=-1"], ["trace.backtracks", "-1", "0 <= low"]),
    (["--set", "trace.backtracks=13"], ["trace.backtracks", "13", "at most 12"]),
    (["--set", "trace.backtracks"], ["--set trace.backtracks", "key=value"]),
    (["--set", "trace.backtracks=10", "--set", "trace.steps=40"], ["trace.steps", "40", "16 to 31", "trace.backtracks="]),
    (["--set", "trace.steps=2"], ["trace.steps: 2 given", "the nearest that is possible: trace.backtracks=0, trace.steps=3"]),
    (["--set", "trace.steps=10", "--set", "rules.use_all=false"], ["trace.steps", "rules.use_all"]),
    (["--set", "trace.density=1.5"], ["trace.density", "1.5", "0 to 1"]),
    (["--set", "trace.depth=0"], ["trace.depth", "1 <= low"]),
    (["--set", "trace.depth=1", "--set", "trace.backtracks=12"], ["trace.depth: row 0 of train cannot have 12 backtracks"]),
    (["--set", "trace.dead_ends.bounded=0.6", "--set", "trace.dead_ends.set_aside=0.6"], ["1.2", "at most 1"]),
    (["--set", "trace.dead_ends.exhausted_two=0.5"], ["trace.dead_ends.exhausted_two", "0.5", "at most 0.25"]),
    (["--set", "trace.dead_ends.bound=0.5"], ["trace.dead_ends.bound", "bounded"]),
    (["--set", "trace.dead_ends.exhausted_three=0.2"], ["exhausted_three: 0.2 given", "exhausted_two", "at most 0"]),
    (["--set", "trace.depth=4"], ["trace.depth: 4 given; with 4 numbers 1 to 3 is possible"]),
    (["--set", "trace.density=0.5", "--set", "trace.steps=9"], ["trace.density: 0.5 given beside trace.steps"]),
    (["--set", "trace.subgoals=0.1", "--set", "rules.use_all=false"], ["trace.subgoals: 0.1 given", "rules.use_all"]),
    (["--set", "trace.subgoals=1"], ["trace.subgoals"]),
    (["--set", "trace.tokens=100"], ["trace.tokens: 100 given", "at least"]),
    (["--set", "style.name=prosa"], ["style.name", "did you mean 'prose'"]),
    (["--set", "style.tokenizer=README.md"], ["style.tokenizer: 'README.md' given", "tokenizers JSON file"]),
    (["--set", "arms=[verbos]"], ["arms", "did you mean 'verbose'"]),
    (["--set", "arms=[verbose]", "--set", "style.name=equations"], ["equations", "another style"]),
    (["--set", "trace=5"], ["trace", "5 (int)", "group of settings"]),
    (["--set", "puzzles.count=7"], ["puzzles.count", "7", "3 to 6"]),
    (["--set", "puzzles.count=4.0"], ["puzzles.count", "4.0", "an integer"]),
    (["--set", "puzzles.numbers=[1,5000]"], ["puzzles.numbers", "[1, 5000]", "999"]),
    (["--set", "puzzles.numbers=[1,3]", "--set", "puzzles.target=[500,600]"], ["[500, 600]", "reach 0 to 81"]),
    (["--set", "puzzles.target=[-50,-1]"], ["puzzles.target", "[-50, -1]", "the numbers reach 0 to"]),
    (["--set", "puzzles.capacity=10000", "--set", "trace.backtracks=2"], ["splits.train", "puzzles.capacity 10000"]),
    (["--set", "puzzles.numbers=[1,5]", "--size", "5000"], ["splits.train", "5000", "are possible"]),
    (["--size", "99999999"], ["splits.train", "99999999", "are possible"]),
    (["--size", "-1"], ["splits.train", "-1", "0 to"]),
    (["--size", "0"], ["splits", "no rows"]),
    (["--seed", "-1"], ["seed", "-1", "0 to"]),
    (["--set", "splits.dev=5"], ["splits", "'dev'", "train, validation, test, test_new_targets"]),
    (["--set", "rules.operations=+^"], ["rules.operations", "'+^'", "'+-*/'"]),
    (["--set", "rules.operations=++"], ["rules.operations", "'++'", "at most once"]),
    (["--set", "rules.values=real"], ["rules.values", "'real'", "natural, integer, rational"]),
    (["--set", "rules.use_all=1"], ["rules.use_all", "1 (int)", "true or false"]),
    (["--set", "game=chess"], ["game", "'chess'", "countdown"]),
    (["--set", "style.name=plane"], ["style.name", "'plane'", "did you mean 'plain'"]),
    (["--set", "style.verbosity=-0.5"], ["style.verbosity", "-0.5", "0 to 10"]),
    (["--set", "arms=[procedur]"], ["arms", "did you mean 'procedure'"]),
    (["--set", "arms=[]"], ["arms", "at least one"]),
    (["--set", "arms=[procedure,procedure]"], ["arms", "each once"]),
    (["--set", "prompt.template=thunk"], ["prompt.template", "did you mean 'think'"]),
    (["--set", "prompt.template={user: hi}"], ["prompt.template.user", "{numbers}"]),
    (["--set", "prompt.template={usr: hi}"], ["prompt.template.usr", "did you mean 'user'"]),
    (["--set", "prompt.template={user: '{numbers} {target} {rules} {foo}', completion: x}"], ["template.user", "{foo}"]),
    (["--set", "prompt.template={user: '{numbers} {target} {rules}', completion: '{thinking} {answer}'}"], ["reads as"]),
    (["--set", "backtracks=8"], ["backtracks", "did you mean 'trace.backtracks'"]),
    (["--set", "rules.operations=-^"], ["rules.operations", "'-^'"]),
    (["--set", "rules.operations="], ["rules.operations", "''"]),
    (["--set", "puzzles.count=3", "--set", "puzzles.target=7919"], ["splits.train", "hardly"]),
    (["--set", "puzzles.target=35"], ["puzzles.target", "35", "no training row"]),
    (["--size", "abc"], ["abc", "integer"]),
    (["--workers", "0"], ["0", ">=1"]),
    (["--nope"], ["--nope"]),
    (["--set", "x: [=1"], ["x: [", "unknown key"]),
    (["--preset", "countdown-smal"], ["--preset", "did you mean 'countdown-small'"]),
    (["--spec", "nowhere.yaml"], ["nowhere.yaml", "cannot be read"]),
    (["--preset", "countdown-small", "--spec", "x.yaml"], ["--preset and --spec"]),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), IMPOSSIBLE, ids=lambda v: " ".join(v))
def test_an_impossible_spec_is_refused_in_one_line_before_anything_is_written(
    arguments: list[str], said: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = call("generate", out, *arguments)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1 and result.stdout == ""
    for part in said:
        assert part in result.stderr
    assert not out.exists()


@pytest.mark.parametrize("text", ["[1, 2]", "a: [", "", "\x00", "seed: {a: 1}", "puzzles: [4]"])
def test_a_file_that_is_no_spec_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    result = call("generate", tmp_path / "out", "--spec", file)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_generate_shows_what_it_made(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("arms: procedure\nsplits: {test: 3}\ntrace: {backtracks: 4}\n")
    result = call("generate", tmp_path / "out", "--spec", file, "--size", 12, "--set", "style.verbosity=0")
    assert result.exit_code == 0, result.stderr
    assert "load_dataset(" in result.stdout and "verdict: verified" in result.stdout and "4 backtracks" in result.stdout
    assert pq.read_table(tmp_path / "out" / "procedure").num_rows == 15
    again = call("generate", tmp_path / "out", "--spec", file)
    assert again.exit_code == 2 and "--overwrite" in again.stderr
    assert json.loads(call("generate", tmp_path / "other", "--size", 2, "--json").stdout)["rows"] == 6


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    result = call("generate", tmp_path / "out", "--size", 12, "--dry-run", "--json")
    assert json.loads(result.stdout)["capacity"]["train"] > 500_000
    assert call("generate", tmp_path / "out", "--size", 12, "--dry-run").exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_show_reads_a_corpus_and_makes_a_row(preset: Any) -> None:
    made = call("show", "--preset", "countdown-small", "--row", 5, "--arm", "solution_only", "--json")
    read = call("show", preset[0], "--row", 5, "--arm", "solution_only", "--json")
    assert made.exit_code == read.exit_code == 0
    assert json.loads(made.stdout) == json.loads(read.stdout)
    shown = call("show", preset[0], "--split", "test_new_targets")
    assert "<think>" in shown.stdout and "verdict: verified" in shown.stdout
    for wrong in (["--row", "99999"], ["--split", "nope"], ["--arm", "nope"]):
        assert call("show", preset[0], *wrong).exit_code == 2
    assert call("show", "--arm", "nope").exit_code == 2


def test_show_marks_what_does_not_hold(tmp_path: Path) -> None:
    row = {**RIGHT, "completion": "<think>\nTry 8 - 2 = 7, leaving 4, 7.\n</think>\n<answer>(8 - 2) * 4</answer>", "arm": "a"}
    file = tmp_path / "row.jsonl"
    file.write_text(json.dumps(row))
    (tmp_path / "none.jsonl").write_text("{}")
    assert call("show", tmp_path / "none.jsonl").exit_code == 2
    assert call("show", file, "--split", "nope").exit_code == 2
    assert call("show", file, "--preset", "countdown-small").exit_code == 2
    result = call("show", file)
    assert "[false arithmetic]" in result.stdout and "verdict: confabulated" in result.stdout


def lines(*rows: object) -> str:
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)


def test_verify_passes_other_columns_through_and_adds_the_verdict(tmp_path: Path) -> None:
    wrong = {**RIGHT, "id": 2, "response": None, "completion": [{"role": "assistant", "content": "\\boxed{8 + 4 × 2}"}]}
    source, out = tmp_path / "in.jsonl.gz", tmp_path / "out.jsonl"
    with gzip.open(source, "wt") as file:
        file.write(lines(RIGHT, wrong))
    result = call("verify", source, "--out", out, "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["answer"] == {"correct": 1, "wrong": 1}
    judged = [json.loads(line) for line in out.read_text().splitlines()]
    assert [{k: v for k, v in row.items() if k != "verdict"} for row in judged] == [RIGHT, wrong]
    assert judged[0]["verdict"]["answer"] == "correct" and judged[0]["verdict"]["grade"] == "thin"
    assert judged[1]["verdict"]["answer_reason"] == "value" and judged[1]["verdict"]["first_error"] == -1
    again = call("verify", source, "--out", out)
    assert again.exit_code == 2 and "--overwrite" in again.stderr
    for wrong in ("out.jsonl.gz", "out.csv"):
        assert call("verify", source, "--out", tmp_path / wrong).exit_code == 2
    same = call("verify", out, "--out", out, "--overwrite")
    assert same.exit_code == 2 and len(out.read_text().splitlines()) == 2
    assert call("verify", source, "--out", out, "--overwrite").exit_code == 0


def test_a_malformed_line_is_reported_with_its_number_and_does_not_stop_the_rest(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    bad = [
        "{",
        "[1]",
        {"numbers": [1], "target": 2},
        {**RIGHT, "numbers": "2, 4, 8"},
        {**RIGHT, "numbers": [2, "4"]},
        {**RIGHT, "target": None},
        {**RIGHT, "target": 2.5},
        {**RIGHT, "response": 7},
        {**RIGHT, "rules": {"operations": "^"}},
        {**RIGHT, "rules": "any"},
        {**RIGHT, "rules": {"use_all": None}},
        '{"numbers": [' + "9" * 5000 + "]}",
        "[" * 100_000,
        '"\\ud800"',
    ]
    source.write_text(lines(RIGHT, *bad, "", RIGHT))
    out = tmp_path / "out.jsonl"
    result = call("verify", source, "--out", out)
    assert result.exit_code == 1
    for number in range(2, 2 + len(bad)):
        assert f"{source}:{number}: " in result.stderr
    assert result.stderr.count("\n") == len(bad)
    assert len(out.read_text().splitlines()) == 2
    source.write_bytes(b'{"numbers": [1], "target": "\xff"}\n' + lines(RIGHT).encode())
    result = call("verify", source)
    assert result.exit_code == 1 and ":1: " in result.stderr and "1 rows judged" in result.stdout


def test_rows_may_state_their_rules(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    subset = {**RIGHT, "numbers": [2, 4, 8, 9]}
    natural = {**RIGHT, "numbers": [2, 5, 8], "target": 11, "response": "<answer>2 - 5 + 14</answer>"}
    source.write_text(
        lines(
            subset,
            {**subset, "rules": {"use_all": False}},
            {**natural, "numbers": [2, 5, 14], "rules": {"values": "natural"}},
            {**natural, "numbers": [2, 5, 14]},
        )
    )
    call("verify", source, "--out", tmp_path / "out.jsonl")
    verdicts = [json.loads(line)["verdict"] for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [v["answer_reason"] or v["answer"] for v in verdicts] == ["number unused", "correct", "value not allowed", "correct"]


def test_verify_reads_parquet_and_corpora(preset: Any, tmp_path: Path) -> None:
    summary = json.loads(call("verify", preset[0], "--json").stdout)
    assert (summary["rows"], summary["changed_verdicts"]) == (7800, 0)
    file = tmp_path / "in.parquet"
    dated = {**RIGHT, "when": datetime.datetime(2026, 1, 2)}
    pq.write_table(pa.Table.from_pylist([dated, dated]), file)
    assert call("verify", file, "--out", tmp_path / "dated.jsonl").exit_code == 0
    assert json.loads((tmp_path / "dated.jsonl").read_text().splitlines()[0])["when"] == "2026-01-02 00:00:00"
    assert json.loads(call("verify", file, "--json").stdout)["grade"] == {"thin": 2}


def test_a_source_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.csv").write_text("numbers\n")
    (tmp_path / "a.parquet").write_text("no parquet")
    (tmp_path / "a.jsonl.gz").write_text("no gzip")
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(lines(*[RIGHT] * 500).encode())[:-20])
    pq.write_table(pa.table({"target": [1]}), tmp_path / "less.parquet")
    for name in ("empty", "a.csv", "a.parquet", "a.jsonl.gz", "cut.jsonl.gz", "less.parquet", "nowhere.jsonl"):
        result = call("verify", tmp_path / name, "--out", tmp_path / "out.jsonl")
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1), name
        assert name in result.stderr
        assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("preset", presets())
def test_every_preset_can_be_made(preset: str, tmp_path: Path) -> None:
    result = call("generate", tmp_path / "out", "--preset", preset, "--dry-run")
    assert result.exit_code == 0, result.stderr


def test_presets_are_listed() -> None:
    assert "countdown-small" in call("presets").stdout
    assert "countdown-small" in json.loads(call("presets", "--json").stdout)
