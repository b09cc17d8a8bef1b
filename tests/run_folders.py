"""Run folders as `bench run` leaves them, made of texts that a test chooses."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gamegen_benchmarks import items, runs, suites
from gamegen_benchmarks.runs import Completion, Header

Row = dict[str, Any]
Text = Callable[[Row, int], str | None]
SUITE = str(suites.frozen()["suite"])

UNREADABLE = "So 3 = 4 + = 5, 6 + + 7 = 9 and 7 ** 2 = 49 = 4.\n" * 4  # for Countdown


def reference(item: Row, sample: int) -> str | None:
    """The trace that ships with the suite; of questions of others their answer."""
    return item["reference"] or f"<answer>{item['answer']}</answer>"


def answer(item: Row, sample: int) -> str | None:
    """The right answer, and nothing else."""
    return f"<answer>{item['answer']}</answer>"


def folder(
    out: Path,
    text: Text,
    splits: Sequence[str] = ("new_numbers",),
    limit: int | None = 6,
    samples: int = 1,
    suite: str = SUITE,
    finish: str = "stop",
) -> Path:
    """A finished run; a text that is None is a request that failed."""
    out.mkdir(parents=True)
    of = items.suite(suite)
    header = Header("by hand", suite, of.digest, tuple(splits), limit, samples)
    (out / runs.HEADER).write_text(header.to_json(), encoding="utf-8")
    lines = []
    for item in of.items(splits, limit):
        for sample in range(samples):
            said = text(item, sample)
            done = (finish, None) if said is not None else (None, "500")
            lines.append(json.dumps(Completion(item["id"], sample, said, *done).to_row()))
    (out / runs.COMPLETIONS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return out


def scores(values: Sequence[Sequence[float | None]], **more: Any) -> pa.Table:
    """A table of scores in which the completions of each item have these sound shares; None is one that could not be read."""
    from gamegen_benchmarks.scoring import SCHEMA

    rows = [
        {
            "id": f"item-{i}",
            "puzzle": f"puzzle-{i}",
            "sample": k,
            "distance": "near",
            "split": "some",
            "game": "countdown",
            "scorer": "gamegen",
            "solvable": True,
            "missing": False,
            "readable": value is not None,
            "sound_share": value,
            "right": True,
            **{name: of[i][k] for name, of in more.items()},
        }
        for i, of_item in enumerate(values)
        for k, value in enumerate(of_item)
    ]
    return pa.Table.from_pylist(rows, SCHEMA)


def read(run: Path) -> list[Row]:
    """The scores of a run."""
    rows: list[Row] = pq.read_table(run / "scores.parquet").to_pylist()
    return rows
