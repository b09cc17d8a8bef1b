"""Scores: every completion of a run judged, as one table.

A row is a completion, in the order of the run: what it is of (id, sample, distance, split, game, solvable, scorer, the key of
the puzzle, which is the same in all splits that ask it, and how many of its states can be reached), whether it is *missing*
(there is no text), why it ended, and ``judged.columns``. What is not known is null. ``scores.parquet`` is a pure function of
the run, whatever number of processes judged it; its metadata say of which completions it is, so that scores of others are
not taken for it.
"""

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

import gamegen
from gamegen import engines, shards
from gamegen.corpus import Row
from gamegen_benchmarks import external, judged, runs
from gamegen_benchmarks.runs import SCORES, Completion, Header, Run
from gamegen_benchmarks.suites import key

SCHEMA = pa.schema(
    {
        **dict.fromkeys(("id", "distance", "split", "game", "puzzle", "scorer", "finish"), pa.string()),
        "sample": pa.int64(),
        "solvable": pa.bool_(),
        "reachable": pa.int64(),
        "missing": pa.bool_(),
        **dict.fromkeys(("right", "declined", "readable"), pa.bool_()),
        **dict.fromkeys(("credit", "sound_share", "coverage", "procedure"), pa.float64()),
        "new_steps": pa.int64(),
        "wordiness": pa.struct(
            {
                **dict.fromkeys(("characters", "tokens"), pa.int64()),
                **dict.fromkeys(("marker_density", "compression", "repetition"), pa.float64()),
            }
        ),
        "verdict": shards.SCHEMA.field("verdict").type,
    }
)
_MARK = b"gamegen"  # of the metadata

# Completions that a process takes at a time: many are cheap to hand over, few of the questions whose making is dear.
_MANY, _FEW = 200, 10

Task = list[tuple[Row, list[Completion]]]


class Scored(NamedTuple):
    """A run and its scores."""

    folder: Path
    header: Header
    table: pa.Table


def score(folder: Path, workers: int, done: Callable[[int], None] = lambda completions: None) -> Scored:
    """Judge the completions of a run, and write the scores into its folder; ``done`` is told of each number that is judged.

    Raises GamegenError where there is no such run, or reasoning-gym is missing for questions of it.
    """
    run = runs.read(folder)
    rows: list[Row] = []
    for found in engines.stream(_judge, _tasks(run), workers):
        rows += found
        done(len(found))
    table = pa.Table.from_pylist(rows, SCHEMA).replace_schema_metadata({_MARK: _mark(folder)})
    partial = folder / f".{SCORES}.partial"
    try:
        pq.write_table(table, partial, compression="zstd", compression_level=1)
        partial.replace(folder / SCORES)
    finally:
        partial.unlink(missing_ok=True)
    return Scored(folder, run.header, table)


def scored(folder: Path, workers: int, done: Callable[[int], None] = lambda completions: None) -> Scored:
    """The scores of a run, from its folder where they are of these completions, else made. Raises GamegenError."""
    header = runs.header(folder)
    if (folder / SCORES).is_file() and (folder / runs.COMPLETIONS).is_file():
        try:
            table = pq.read_table(folder / SCORES)
        except pa.ArrowException:
            return score(folder, workers, done)
        if (table.schema.metadata or {}).get(_MARK) == _mark(folder) and table.schema.equals(SCHEMA):
            return Scored(folder, header, table)
    return score(folder, workers, done)


def _mark(folder: Path) -> bytes:
    """What scores depend on."""
    digests = {name: sha256((folder / name).read_bytes()).hexdigest() for name in (runs.HEADER, runs.COMPLETIONS)}
    return json.dumps({"gamegen": gamegen.__version__, **digests}).encode()


def _tasks(run: Run) -> Iterator[Task]:
    """The items with their completions; all of an item are in one task, where a question is made once for them all."""
    task, size, theirs = Task(), 0, False
    for item in run.items:
        others = external.scores(item)
        if task and (size >= (_FEW if theirs else _MANY) or others != theirs):
            yield task
            task, size = Task(), 0
        theirs = others
        task.append((item, run.completions[item["id"]]))
        size += len(task[-1][1])
    if task:
        yield task


def _judge(task: Task, done: Callable[[int], None]) -> list[Row]:
    return [_row(item, one) for item, completions in task for one in completions]


def _row(item: Row, one: Completion) -> Row:
    about = {name: item[name] for name in ("id", "distance", "split", "game", "solvable")}
    found = judged.columns(judged.judge(item, one.text)) if one.text is not None else {}
    row = {
        **about,
        "sample": one.sample,
        "puzzle": item["id"] if external.scores(item) else key(item),
        "scorer": item["scorer"]["name"],
        "reachable": (item.get("difficulty") or {}).get("states"),
        "missing": one.text is None,
        "finish": None if one.finish is None else str(one.finish),  # a file made elsewhere may have anything there
        **found,
    }
    written: Row = _written(row)
    return written


def _written(value: Any) -> Any:
    """A value as a file can hold it: a lone half of a UTF-16 pair, which cannot be written, becomes a question mark."""
    if isinstance(value, dict):
        return {name: _written(of) for name, of in value.items()}
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
