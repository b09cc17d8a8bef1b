"""A run: what one model said of the items of a suite, as a folder.

Words: a *sample* is one of the completions of an item, numbered from 0 on. ``run.json`` is the header: the model, the suite
with its digest, what was asked; ``completions.jsonl`` has a line for each sample of each item, in the order of the suite, and
appears when all is there; a completion that could not be had is null, with the error.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from gamegen.corpus import Row
from gamegen.errors import GamegenError
from gamegen_benchmarks.items import Suite, suite
from gamegen_verifiers import sources
from gamegen_verifiers.columns import Layout

HEADER, REQUESTS, COMPLETIONS = "run.json", "requests.jsonl", "completions.jsonl"
SCORES, SUMMARY = "scores.parquet", "summary.json"
FILES = (HEADER, REQUESTS, COMPLETIONS, SCORES, SUMMARY)  # that a run's folder has of its own
_LAYOUT = Layout(prompt=("id",))  # the id says what was asked, so a table needs no other column for it


@dataclass(frozen=True)
class Header:
    """What a run depends on; ``params`` go to the model as they are, and ``suite`` is as ``--suite`` had it."""

    model: str
    suite: str
    digest: str
    splits: Sequence[str] = ()
    limit: int | None = None
    samples: int = 1
    params: Mapping[str, Any] = field(default_factory=dict)
    gamegen: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1) + "\n"


class Completion(NamedTuple):
    """One sample of an item; the text is None where it could not be had, and ``error`` says why."""

    id: str
    sample: int
    text: str | None
    finish: str | None = None  # why it ends: stop, length
    error: str | None = None

    def to_row(self) -> Row:
        """As a line of the file has it."""
        return {"id": self.id, "sample": self.sample, "completion": self.text, "finish": self.finish, "error": self.error}


class Run(NamedTuple):
    """A finished run; each item has its completions in the order of the samples."""

    name: str
    folder: Path
    header: Header
    suite: Suite
    items: list[Row]
    completions: dict[str, list[Completion]]


def header(folder: Path) -> Header:
    """The header of a run. Raises GamegenError where the folder has none."""
    try:
        row = json.loads((folder / HEADER).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise GamegenError(f"{folder}: is no run, there is no {HEADER} in it; make one with `gamegen bench run`") from None
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict) or set(row) != set(_HOLDS):
        raise GamegenError(f"{folder / HEADER}: is no header of a run, which has {', '.join(_HOLDS)}; run it again")
    for name, holds in _HOLDS.items():
        if not holds(row[name]):
            raise GamegenError(f"{folder / HEADER}: {name} {sources.said(row[name])} is not what a run has there; run it again")
    return Header(**row)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return type(value) is int and 1 <= value < 1 << 31


# What holds of each part of a header.
_HOLDS: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("model", "suite", "digest", "gamegen"), _is_text),
    "splits": lambda value: isinstance(value, list) and all(map(_is_text, value)),
    "limit": lambda value: value is None or _is_count(value),
    "samples": _is_count,
    "params": lambda value: isinstance(value, dict),
}


def check_out(out: Path) -> None:
    """Raise GamegenError where no file can be written there, or where it is one of a run."""
    if out.is_dir() or not out.parent.is_dir():
        raise GamegenError(f"--out {out}: cannot be written; give the name of a file in a folder that is there")
    if out.name in FILES and (out.parent / HEADER).is_file():
        raise GamegenError(f"--out {out}: is a file of a run; choose another name")


def read(folder: Path) -> Run:
    """A run that is finished. Raises GamegenError where it is not, or does not match its suite."""
    head = header(folder)
    asked = suite(head.suite)
    if asked.digest != head.digest:
        raise GamegenError(f"{folder}: was made on another version of the suite {head.suite}; run it again in a new folder")
    if not (file := folder / COMPLETIONS).is_file():
        raise GamegenError(f"{folder}: is not finished; the same `gamegen bench run` goes on with it")
    items = asked.items(head.splits, head.limit)
    found = completions(file, {item["id"] for item in items})
    for item in items:
        if [one.sample for one in found.get(item["id"], [])] != list(range(head.samples)):
            raise GamegenError(
                f"{file}: was changed since it was made, its samples of {item['id']} are not 0 to {head.samples - 1}; "
                "run it again, or take completions made elsewhere with --model file:PATH"
            )
    return Run(folder.resolve().name, folder, head, asked, items, found)


def completions(file: Path, ids: set[str]) -> dict[str, list[Completion]]:
    """The completions in a file of rows, by the ids of their items; a row without a sample is the next one of its item.

    A row has ``id``, and ``completion`` or ``response``: a text, or chat messages, of which the last counts. Raises
    GamegenError for a row that is none, for an id that the suite has not, and for a sample that is there twice.
    """
    found: dict[str, list[Completion]] = {}
    for where, row in sources.read_rows(file, _LAYOUT):
        if isinstance(row, sources.NoRow):
            raise GamegenError(f"{where}: {row}")
        name = row.get("id")
        if name is None:
            raise GamegenError(f"{where}: no id; each row needs that of an item of the suite")
        if not isinstance(name, str) or name not in ids:
            raise GamegenError(f"{where}: id {sources.said(name)} given, which is none of the {len(ids)} items of the suite")
        of = found.setdefault(name, [])
        sample = row.get("sample")
        one = Completion(name, len(of) if sample is None else sample, _text(where, row), row.get("finish"), row.get("error"))
        if not isinstance(one.sample, int) or any(one.sample == other.sample for other in of):
            raise GamegenError(
                f"{where}: sample {sources.said(one.sample)} of {name} given, and it is no number or there twice"
            )
        of.append(one)
    return {name: sorted(of, key=lambda one: one.sample) for name, of in found.items()}


def _text(where: str, row: Row) -> str | None:
    value = row.get("completion", row.get("response"))
    if isinstance(value, list) and value and isinstance(value[-1], dict):
        value = value[-1].get("content")
    if value is not None and not isinstance(value, str):
        raise GamegenError(f"{where}: completion {sources.said(value)} given; a text is needed, or chat messages")
    if value is None and row.get("error") is None:
        raise GamegenError(f"{where}: no completion; a text is needed, or chat messages, or the error")
    return value
