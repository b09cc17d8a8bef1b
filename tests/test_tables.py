"""`gamegen verify` on tables of any layout, size and kind: columns, rules, workers, files that appear whole."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from gamegen import GamegenError, tables, verify_file
from gamegen.cli import main
from gamegen_verifiers.columns import layout, look
from gamegen_verifiers.rows import judge, puzzle
from gamegen_verifiers.sources import NoRow, read_rows, rows

ANSWER = "<answer>(8 - 2) * 4</answer>"
RIGHT = {"id": 1, "numbers": [2, 4, 8], "target": 24, "response": ANSWER}
PROMPT = "Using the numbers [2, 4, 8], create an equation that equals 24."


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def save(file: Path, found: list[Any]) -> Path:
    """The rows as a file of the kind that its name says."""
    text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in found)
    if file.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(found), file)
    elif file.suffix == ".gz":
        file.write_bytes(gzip.compress(text.encode()))
    else:
        file.write_text(text)
    return file


def answers(source: Path, *options: object) -> dict[str, int]:
    result = call("verify", source, "--json", *options)
    assert result.exit_code == 0, result.stderr
    found: dict[str, int] = json.loads(result.stdout)["answer"]
    return found


# --- columns -------------------------------------------------------------------------------------------------------------

LAYOUTS: list[tuple[dict[str, Any], str]] = [
    ({"prompt": "?", "answer": {"numbers": [2, 4, 8], "target": 24}, "response": ANSWER},
     "numbers=answer.numbers,target=answer.target"),
    ({"nums": [2, 4, 8], "target": 24, "search_path": ANSWER}, "numbers=nums,text=search_path"),
    ({"reward_model": {"ground_truth": {"n": [2, 4, 8], "t": 24}}, "out": [ANSWER, "no"]},
     "numbers=reward_model.ground_truth.n,target=reward_model.ground_truth.t,text=out.0"),
    ({"metadata": '{"numbers": [2, 4, 8], "target": 24}', "response": ANSWER},
     "numbers=metadata.numbers,target=metadata.target"),
    ({"messages": [{"role": "user", "content": PROMPT}, {"role": "assistant", "content": ANSWER}]},
     "text=messages,prompt=messages"),
    ({"a.b": [2, 4, 8], "target": 24, "response": ANSWER}, "numbers=a.b"),
    ({"prompt": [{"role": "system", "content": "Think."}, {"role": "user", "content": PROMPT}], "response": ANSWER}, ""),
    ({"question": PROMPT, "response": ANSWER}, ""),
    ({"ask": {"text": PROMPT}, "response": ANSWER}, "prompt=ask.text"),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "parquet"])
@pytest.mark.parametrize(("row", "columns"), LAYOUTS, ids=lambda v: v if isinstance(v, str) else "-")
def test_any_nested_column_can_be_mapped(row: dict[str, Any], columns: str, kind: str, tmp_path: Path) -> None:
    source = save(tmp_path / f"in.{kind}", [row, row])
    assert answers(source, *(["--columns", columns] if columns else [])) == {"correct": 2}


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "parquet"])
def test_a_wrong_column_is_one_line_that_says_what_there_is(kind: str, tmp_path: Path) -> None:
    source = save(tmp_path / f"in.{kind}", [{"answer": {"numbers": [2, 4, 8], "target": 24}, "response": ANSWER}] * 3)
    for columns in ("numbers=answer.nums", "text=answer.response", "prompt=ask", "target=target"):
        result = call("verify", source, "--columns", columns, "--out", tmp_path / "out.jsonl")
        assert (result.exit_code, result.stderr.count("\n"), result.stdout) == (2, 1, "")
        assert f"no column {columns.partition('=')[2]}; it has answer.numbers, answer.target, response" in result.stderr
    assert sorted(tmp_path.iterdir()) == [source]


MISTAKES = [
    ("--columns", "nmbers=a", "numbers, target, text"), ("--columns", "numbers", "name=value"),
    ("--columns", "text=", "name=value"),
    ("--rules", "operation=+", "operations, use_all, values"), ("--rules", "operations=^", "'^'"),
    ("--rules", "values=real", "natural, integer, rational"), ("--rules", "use_all", "name=value"),
]  # fmt: skip


@pytest.mark.parametrize(("option", "given", "said"), MISTAKES)
def test_a_mistake_in_an_option_is_one_line(option: str, given: str, said: str, tmp_path: Path) -> None:
    result = call("verify", save(tmp_path / "in.jsonl", [RIGHT]), option, given)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert option in result.stderr and said in result.stderr


SUBSET = {"numbers": [2, 3, 4, 5, 6], "goal": 12}
TAKEN = {
    "game": "subset_sum",
    "puzzle": json.dumps(SUBSET),
    "prompt": "Take some of the numbers 6, 5, 4, 3, 2 so that they sum to 12.",
    "response": "0 + 6 = 6\n6 + 4 = 10\n10 + 2 = 12\n</think>\n<answer>6 + 4 + 2</answer>",
}


@pytest.mark.parametrize("kind", [".jsonl", ".parquet"])
@pytest.mark.parametrize("stated", [SUBSET, json.dumps(SUBSET)], ids=["nested", "text"])
def test_rows_of_a_small_game_need_only_the_game_and_the_puzzle(stated: Any, kind: str, tmp_path: Path) -> None:
    row = {"game": "subset_sum", "puzzle": stated, "response": TAKEN["response"]}
    assert verify_file(save(tmp_path / f"in{kind}", [row]))["grade"] == {"verified": 1}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"puzzle": None}, "puzzle: None given; a row of subset_sum must have it as JSON"),
        ({"puzzle": 7}, "puzzle: 7 given"),
        ({"puzzle": {"a": 1}}, "is no puzzle of subset_sum"),
        ({"game": "subset sum"}, "game: 'subset sum' given beside a puzzle; the games are: countdown, "),
        ({"game": 3}, "game: 3 given"),
        ({"game": ["subset_sum"]}, "game: ['subset_sum'] given"),
    ],
)
def test_a_row_of_a_small_game_with_a_mistake_is_not_judged_as_countdown(change: dict[str, Any], problem: str) -> None:
    assert judge(TAKEN).grade == "verified"
    with pytest.raises(NoRow, match=re.escape(problem)):
        judge({**TAKEN, **change})


def test_other_tables_may_have_columns_of_these_names() -> None:
    for more in ({"game": "puzzles of 2024"}, {"game": "countdown", "puzzle": "x"}, {"game": "other", "puzzle": "x"}):
        assert judge({**RIGHT, **more}).answer == "correct"


def test_a_column_that_is_null_in_some_rows_is_there(tmp_path: Path) -> None:
    found = [
        {"answer": None, "prompt": PROMPT, "response": ANSWER},
        {"answer": {"numbers": [2, 4, 8], "target": 24}, "response": ANSWER},
    ]
    assert answers(save(tmp_path / "in.jsonl", found), "--columns", "numbers=answer.numbers,target=answer.target") == {
        "correct": 2
    }


# --- rules ---------------------------------------------------------------------------------------------------------------


def ruled(row: dict[str, Any], rules: str | None = None) -> tuple[str, bool, str]:
    found = puzzle({**RIGHT, **row}, layout(rules=rules)).rules
    return found.operations, found.use_all, found.values


def test_rules_come_from_the_row_then_the_option_then_the_prompt_and_then_our_own() -> None:
    stated = {"operations": "+-", "use_all": True, "values": "integer"}
    prompt = {"prompt": "Use only +, - and *. You need not use all numbers. Intermediate results must be positive integers."}
    assert ruled({}) == ("+-*/", True, "rational")
    assert ruled(prompt) == ("+-*", False, "natural")
    assert ruled(prompt, "values=rational,use_all=true") == ("+-*", True, "rational")
    assert ruled({**prompt, "rules": stated}, "operations=+") == ("+-", True, "integer")
    assert ruled({}, "operations=*+,use_all=false,values=natural") == ("+*", False, "natural")


@pytest.mark.parametrize("prompt", [None, 7, [], "Hello", "Use 2, 4, 8.", "Numbers: " + "1, " * 20 + "1. Target: 9"])
def test_what_a_prompt_does_not_say_is_a_finding(prompt: Any) -> None:
    with pytest.raises(NoRow):
        puzzle({"prompt": prompt, "response": ANSWER})


# --- files ---------------------------------------------------------------------------------------------------------------


def many(count: int) -> list[dict[str, Any]]:
    return [{**RIGHT, "id": i, "target": 24 + i % 3, **({"extra": i} if i > 900 else {})} for i in range(count)]


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_the_bytes_do_not_depend_on_the_workers(kind: str, tmp_path: Path) -> None:
    source = save(tmp_path / "in.jsonl", ["{", *many(1500), "[]"])
    found = []
    for workers in (1, 2, 3):
        out, said = tmp_path / f"{workers}.{kind}", list[str]()
        summary = verify_file(source, out, workers=workers, note=said.append)
        found.append((out.read_bytes(), json.dumps(summary), said))
    assert found[0] == found[1] == found[2]
    assert len(found[0][2]) == 2 and found[0][2][1].startswith(f"{source}:1502: ")
    ids = pq.read_table(tmp_path / "1.parquet")["id"].to_pylist() if kind == "parquet" else [
        json.loads(line)["id"] for line in (tmp_path / "1.jsonl").read_text().splitlines()
    ]  # fmt: skip
    assert ids == list(range(1500))


@pytest.mark.parametrize("source_kind", ["jsonl", "parquet"])
def test_parquet_holds_what_the_rows_held(source_kind: str, tmp_path: Path) -> None:
    source = save(tmp_path / f"in.{source_kind}", many(1000))
    verify_file(source, tmp_path / "out.parquet")
    verify_file(source, tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    names = dict.fromkeys(name for row in lines for name in row)
    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == [{name: row.get(name) for name in names} for row in lines]


def test_columns_with_nothing_in_common_are_written_as_json(tmp_path: Path) -> None:
    odd: list[Any] = [1, "a", None, {}, [1, "b"], 2**70, {"x": 1}, True, 0.5, "\ud800"]
    source = save(tmp_path / "in.jsonl", [{**RIGHT, "odd": value} for value in odd])
    verify_file(source, tmp_path / "out.parquet")
    found = pq.read_table(tmp_path / "out.parquet")["odd"].to_pylist()
    assert [None if value is None else json.loads(value) for value in found] == odd
    far = [{**RIGHT, "odd": i} for i in range(500)] + [{**RIGHT, "odd": "x"}]
    verify_file(save(tmp_path / "far.jsonl", far), tmp_path / "far.parquet")
    assert pq.read_table(tmp_path / "far.parquet")["odd"].to_pylist() == [*map(str, range(500)), '"x"']


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(st.text(max_size=3), json_values, max_size=3), min_size=1, max_size=4))
def test_any_rows_can_be_parquet(tmp_path_factory: pytest.TempPathFactory, found: list[dict[str, Any]]) -> None:
    out = tmp_path_factory.getbasetemp() / "any.parquet"
    with tables.appearing(out) as table:
        for row in found:
            table.add(b"", tables.batch_of([{**row, "last": 1}], {}))
    assert pq.read_table(out).num_rows == len(found)


BYTES = [
    b"",
    b"\x00",
    b"\xff\xfe",
    b"PAR1",
    b"PAR1" + b"\x00" * 50 + b"PAR1",
    b"\x1f\x8b\x08",
    b"{}",
    b"[" * 10_000,
    b"\n" * 100,
]


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "parquet"])
@pytest.mark.parametrize("data", BYTES, ids=repr)
def test_any_bytes_are_findings_or_one_line(kind: str, data: bytes, tmp_path: Path) -> None:
    source = tmp_path / f"in.{kind}"
    source.write_bytes(data)
    result = call("verify", source, "--out", tmp_path / "out.jsonl")
    assert result.exit_code in (0, 1, 2) and (result.exception is None or isinstance(result.exception, SystemExit))
    if result.exit_code == 2:
        assert result.stderr.count("\n") == 1 and not (tmp_path / "out.jsonl").exists()


@given(st.binary(max_size=200))
def test_any_block_of_lines_is_read(data: bytes) -> None:
    from gamegen_verifiers.sources import Block

    list(rows(Block("x", 1, data, False, 0)))


@given(json_values, st.text(alphabet="ab.0-1", max_size=6))
def test_any_path_into_any_value_leads_somewhere_or_nowhere(value: Any, path: str) -> None:
    look(value, path)


def test_a_damaged_file_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    whole = save(tmp_path / "in.parquet", many(3000)).read_bytes()
    (tmp_path / "in.parquet").write_bytes(whole[:100] + b"\x00" * 400 + whole[500:])
    packed = save(tmp_path / "in.jsonl.gz", many(3000)).read_bytes()
    (tmp_path / "in.jsonl.gz").write_bytes(packed[:-400])
    for name in ("in.parquet", "in.jsonl.gz"):
        for kind in ("jsonl", "parquet"):
            with pytest.raises(GamegenError, match="cannot be read to its end"):
                verify_file(tmp_path / name, tmp_path / f"out.{kind}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl.gz", "in.parquet"]


def test_a_text_of_bad_bytes_in_parquet_is_a_finding(tmp_path: Path) -> None:
    broken = pa.array([b"ok", b"\xff"]).view(pa.string())
    pq.write_table(pa.table({"numbers": [[2, 4, 8]] * 2, "target": [24, 24], "response": broken}), tmp_path / "in.parquet")
    found = [row for _, row in read_rows(tmp_path / "in.parquet")]
    assert isinstance(found[0], dict) and isinstance(found[1], NoRow)


@pytest.mark.parametrize(("command", "workers"), [("verify --out", 1), ("verify --out", 2), ("filter", 2)])
def test_ctrl_c_is_one_line_and_leaves_nothing(command: str, workers: int, tmp_path: Path) -> None:
    text = "Hm, 2 + 2 = 4, so 4, 4. " * 200 + ANSWER
    source = save(tmp_path / "in.jsonl", [{**RIGHT, "response": text}] * 8000)
    name, *option = command.split()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "gamegen.cli", name, source, *option, tmp_path / "out.parquet", "--workers", str(workers)],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests that run in the background ignore it
    )
    while not any(path.stat().st_size for path in tmp_path.rglob("*.arrow")):  # until the first rows are judged
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, "Stopped. Nothing was written.\n")
    assert list(tmp_path.iterdir()) == [source]


def test_rows_without_a_puzzle_are_judged_on_their_arithmetic_alone(tmp_path: Path) -> None:
    rows = [
        {"id": 0, "steps": ["A is 2 * 3 = 6.", "So 6 + 5 = 12.", "And 12 - 2 = 10."]},
        {"id": 1, "steps": ["First, 4 * 4 = 16.", "That is all."]},
        {"id": 2, "steps": "7 - 2 = 5\n5 * 5 = 26\n"},
        {"id": 3, "steps": []},
        {"id": 4, "steps": ["8 - 2 = 5"], "numbers": [2, 4, 8], "target": 24, "response": "<answer>(8 - 2) * 4</answer>"},
        {"id": 5, "steps": [5]},
    ]
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    notes: list[str] = []
    summary = verify_file(source, out, note=notes.append)
    found = [json.loads(line)["verdict"] for line in out.read_text().splitlines()]
    assert [verdict["first_error"] for verdict in found] == [1, -1, 1, -1, -1]
    assert [verdict["grade"] for verdict in found] == ["confabulated", "thin", "confabulated", "thin", "thin"]
    assert [verdict["answer"] for verdict in found] == [None] * 4 + ["correct"]
    assert found[0]["reasons"] == ["false arithmetic", "no puzzle"] and found[0]["procedure"]["step_validity"] == 2 / 3
    assert len(notes) == 1 and "in.jsonl:6: steps must be a text or a list of texts" in notes[0]
    assert summary["reasons"]["no puzzle"] == 4
    table = tmp_path / "in.parquet"
    pq.write_table(pa.Table.from_pylist(rows[:2]), table)
    verify_file(table, tmp_path / "out.parquet")
    assert [row["verdict"]["first_error"] for row in pq.read_table(tmp_path / "out.parquet").to_pylist()] == [1, -1]
    mapped = tmp_path / "mapped.jsonl"
    mapped.write_text(json.dumps({"solution": {"lines": ["1 + 1 = 3"]}}) + "\n")
    verify_file(mapped, out, layout=layout("steps=solution.lines"), overwrite=True)
    assert json.loads(out.read_text())["verdict"]["first_error"] == 0
