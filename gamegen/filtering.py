"""Filtering: the rows of a corpus, or of a file, that meet a condition; what was dropped and why; a random control.

Words: a *part* is a file of rows that have their verdicts: a shard of a corpus, or what was verified on the way; *terms* are
the conditions that must all be met. Rows are numbered through all parts. What is written appears whole or not at all.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gamegen import filtered, judging, sampling, tables
from gamegen.errors import GamegenError
from gamegen.filtered import Asked, Shard
from gamegen.judging import Hardness, Wanted
from gamegen.query import Query, terms
from gamegen.sampling import Control, Flags
from gamegen_verifiers import sources
from gamegen_verifiers.columns import OWN, Layout
from gamegen_verifiers.sources import NoRow

BATCH = 1000
HARDNESS = ("numbers", "dead_share")  # what `difficulty` stands for where it is no plain column

Note = Callable[[str], None]
Done = Callable[[int], None]


@dataclass(frozen=True)
class Part:
    """Rows with their verdicts in a Parquet file, and as the ``lines`` that they came from; of a corpus, which shard it is."""

    file: Path
    lines: Path | None = None
    shard: Shard | None = None


def filter_rows(
    source: Path | str,
    out: Path | str,
    where: str = "true",
    *,
    dropped: Path | str | None = None,
    per_prompt: int | None = None,
    by: str = "prompt",
    pick: str = "chance",
    match: Sequence[str] = (),
    seed: int = 0,
    layout: Layout = OWN,
    workers: int = 1,
    overwrite: bool = False,
    note: Note = lambda problem: None,
    done: Done = lambda size: None,
) -> dict[str, Any]:
    """Write the rows of a source that meet a condition, and return what was counted.

    ``source`` is a corpus, and ``out`` a folder of the same layout that ``load_dataset`` reads; or both are files. Rows that
    have no verdict get one on the way. ``where`` is an SQL expression over the columns. ``dropped`` is a file for the other
    rows, each with the terms that it does not meet. With ``match`` a control is written beside ``out``, which has as many rows
    as were kept and the same make-up by these columns. Raises GamegenError, and has written nothing then.
    """
    source, out = Path(source), Path(out)
    asked = Asked(where, per_prompt, by, pick, tuple(match), seed)
    extra = {"dropped": Path(dropped)} if dropped is not None else {}
    targets = {"kept": out, **({"control": _control_name(out, source.is_dir())} if match else {})}
    _check(source, targets, extra, overwrite)
    conditions = terms(where)
    lines = any(target.suffix == ".jsonl" for target in (*targets.values(), *extra.values()))
    with TemporaryDirectory(prefix=f".{out.name}.", suffix=".partial", dir=out.absolute().parent) as scratch:
        parts, traits, unread = _parts(source, Path(scratch), asked, layout, lines, workers, note, done)
        with closing(Query([part.file for part in parts])) as query:
            choice = _choose(query, parts, conditions, traits, asked)
        summary = {"unreadable_lines": unread, **choice.summary(parts)}
        if not choice.kept.any():
            failed = ", ".join(f"{found['failed']:,} miss {found['condition']}" for found in summary["conditions"])
            raise GamegenError(f"--where: none of the {len(choice.kept):,} rows is kept ({failed}); nothing was written")
        _write(source, parts, choice, asked, {**targets, **extra}, summary)
    return {
        **summary,
        "out": str(out),
        **{f"{name}_out": str(path) for name, path in {**targets, **extra}.items() if name != "kept"},
    }


def _control_name(out: Path, folder: bool) -> Path:
    return out.with_name(f"{out.name}-control" if folder else f"{out.stem}.control{out.suffix}")


def _check(source: Path, targets: dict[str, Path], extra: dict[str, Path], overwrite: bool) -> None:
    """Raise GamegenError where something could not be written."""
    files = sources.files(source)
    for path in targets.values():
        if source.is_dir():
            filtered.check(path, source, overwrite)
        else:
            tables.check("", path, files, overwrite)
    for path in extra.values():
        tables.check("--dropped ", path, [*files, *targets.values()], overwrite)
        if path in targets.values():
            raise GamegenError(f"--dropped {path}: is where the rows that are kept go; choose another file")


# --- the rows and what is known of them ----------------------------------------------------------------------------------


@dataclass
class _Traits:
    """What rows have that is read in Python: the key by which they answer one prompt, and how hard their puzzle is."""

    keys: list[npt.NDArray[np.uint64]]
    hardness: list[npt.NDArray[np.float64]]

    def add(self, keys: list[int], hardness: list[Hardness]) -> None:
        self.keys.append(np.asarray(keys, np.uint64))
        self.hardness.append(np.asarray(hardness, float).reshape(-1, len(HARDNESS)))


def _parts(
    source: Path, scratch: Path, asked: Asked, layout: Layout, lines: bool, workers: int, note: Note, done: Done
) -> tuple[list[Part], _Traits, int]:
    """The parts of a source, those without verdicts verified; and how many rows could not be."""
    keyed, hard = asked.by if asked.per_prompt else None, "difficulty" in asked.match
    wanted = Wanted(layout, lines=lines and not source.is_dir(), columns=True, kept=True, keyed=keyed, hard=hard)
    parts, traits, unread = list[Part](), _Traits([], []), 0

    def verified(file: Path, part: Part) -> int:
        """Write the rows of a file with their verdicts; how many there are."""
        nonlocal unread
        rows = 0
        with tables.parquet(part.file) as table, ExitStack() as opened:
            held = opened.enter_context(part.lines.open("wb")) if part.lines else None
            for judged in judging.judge(file, wanted, workers):
                for problem in judged.problems:
                    note(problem)
                table.add(b"", judged.batch())
                if held:
                    held.write(judged.lines)
                traits.add(judged.keys, judged.hardness)
                unread += len(judged.problems)
                rows += judged.rows
                done(judged.size)
        return rows

    for i, file in enumerate(sources.files(source)):
        shard = filtered.shard(source, file) if source.is_dir() else None
        if shard and _has_verdicts(file):
            parts.append(Part(file, None, shard))
            _add_known(traits, file, wanted)
            continue
        part = Part(scratch / f"{i}.parquet", scratch / f"{i}.jsonl" if wanted.lines else None, shard)
        if verified(file, part):
            parts.append(part)
    if not parts:
        raise GamegenError(f"{source}: has no row that could be judged; nothing was written")
    return parts, traits, unread


def _has_verdicts(file: Path) -> bool:
    """Whether every row of a shard has a verdict."""
    with sources.open_parquet(file) as table:
        if "verdict.grade" not in [table.schema.column(i).path for i in range(len(table.schema))]:
            return False
        return all(
            batch.column(0).field("grade").null_count == 0
            for batch in sources.batches(file, table, 1 << 16, columns=["verdict.grade"])
        )


def _add_known(traits: _Traits, file: Path, wanted: Wanted) -> None:
    """Add what is wanted to know of the rows of a shard."""
    if not (wanted.keyed or wanted.hard):
        return
    with sources.open_parquet(file) as table:
        unused = {"completion", "events", "corruptions", "verdict", "answer"} - {(wanted.keyed or "").split(".")[0]}
        columns = [name for name in table.schema_arrow.names if name not in unused]
        for batch in sources.batches(file, table, BATCH, columns=columns):
            try:
                found = [judging.traits(wanted, row) for row in batch.to_pylist()]
            except NoRow as problem:
                raise GamegenError(f"{file}: {problem}") from None
            traits.add([key for keys, _ in found for key in keys], [known for _, hardness in found for known in hardness])


# --- the choice ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Choice:
    """Which rows are kept, which terms each meets, which are over the number per prompt, and the control."""

    terms: list[str]
    met: npt.NDArray[np.bool_]
    kept: Flags
    starts: npt.NDArray[np.int64]
    grades: npt.NDArray[Any]
    limit: str
    control: Control | None

    def why_not(self, row: int) -> list[str]:
        """Why a row was dropped."""
        missed = [term for term, met in zip(self.terms, self.met[row], strict=True) if not met]
        return missed or [self.limit]

    def summary(self, parts: list[Part]) -> dict[str, Any]:
        rows = len(self.kept)
        groups: dict[str, dict[str, int]] = {}
        for part, begin, end in zip(parts, self.starts, self.starts[1:], strict=False):
            if part.shard:
                found = groups.setdefault(f"{part.shard.arm}/{part.shard.split}", {"rows": 0, "kept": 0})
                found["rows"] += int(end - begin)
                found["kept"] += int(self.kept[begin:end].sum())
        return {
            "rows": rows,
            "kept": int(self.kept.sum()),
            "conditions": [
                {"condition": term, "failed": int(rows - n)} for term, n in zip(self.terms, self.met.sum(axis=0), strict=True)
            ],
            "over_per_prompt": int(self.met.all(axis=1).sum() - self.kept.sum()),
            "grades": {
                str(grade): {"rows": int((of := self.grades == grade).sum()), "kept": int((of & self.kept).sum())}
                for grade in np.unique(self.grades)
            },
            "groups": groups,
            "control": self.control.to_dict() if self.control else None,
        }


def _choose(query: Query, parts: list[Part], conditions: list[str], traits: _Traits, asked: Asked) -> _Choice:
    met = query.met(conditions)
    kept: Flags = np.logical_and.reduce(met, axis=1)
    names = [f"{part.shard.arm}/{part.shard.split}" if part.shard else "" for part in parts]
    different = sorted(set(names))
    groups = np.repeat([different.index(name) for name in names], np.diff(query.starts))
    if asked.per_prompt:
        kept = sampling.at_most(asked.per_prompt, kept, groups, np.concatenate(traits.keys), asked.pick, asked.seed)
    found: dict[str, npt.NDArray[Any]] = {}
    for name in asked.match:
        if name == "difficulty" and not query.is_plain(name):
            found |= dict(zip(HARDNESS, np.concatenate(traits.hardness).T, strict=True))
        else:
            found[name] = query.values(name, "--match")
    control = sampling.control(kept, groups, different, found, asked.seed) if found and kept.any() else None
    limit = f"more than {asked.per_prompt} of one {asked.by}"
    return _Choice(conditions, met, kept, query.starts, query.values("verdict.grade", "--where"), limit, control)


# --- what is written -----------------------------------------------------------------------------------------------------


class _Rows(NamedTuple):
    """Rows of a part from number ``first`` on, and the lines that they came from."""

    first: int
    batch: pa.RecordBatch
    lines: list[bytes] | None

    def chosen(self, flags: Flags) -> npt.NDArray[np.int64]:
        """The places in the batch of the rows that are chosen."""
        return np.flatnonzero(flags[self.first : self.first + self.batch.num_rows])


def _write(
    source: Path, parts: list[Part], choice: _Choice, asked: Asked, targets: dict[str, Path], summary: dict[str, Any]
) -> None:  # fmt: skip
    """Write each choice of rows to its target, all of them in one pass."""
    chosen = {"kept": choice.kept, "dropped": ~choice.kept}
    if choice.control:
        chosen["control"] = choice.control.chosen
    files, folders = dict[str, tables.Table](), dict[str, filtered.Folder]()
    with ExitStack() as whole:
        for name, path in targets.items():
            if name != "dropped" and source.is_dir():
                folders[name] = whole.enter_context(filtered.appearing(path, source, asked, summary, name))
            else:
                files[name] = whole.enter_context(tables.appearing(path))
        for part, begin, end in zip(parts, choice.starts, choice.starts[1:], strict=False):
            with ExitStack() as shards:
                into = dict(files)
                for name, folder in folders.items():
                    if part.shard and chosen[name][begin:end].any():
                        into[name] = shards.enter_context(tables.parquet(folder.place(part.shard)))
                for rows in _batches(part, int(begin)):
                    for name, table in into.items():
                        if len(places := rows.chosen(chosen[name])):
                            why = [choice.why_not(rows.first + int(i)) for i in places] if name == "dropped" else None
                            (_add_lines if targets[name].suffix == ".jsonl" else _add_batch)(table, rows, places, why)


def _batches(part: Part, first: int) -> Iterator[_Rows]:
    with ExitStack() as opened:
        table = opened.enter_context(sources.open_parquet(part.file))
        lines = opened.enter_context(part.lines.open("rb")) if part.lines else None
        for batch in sources.batches(part.file, table, BATCH):
            yield _Rows(first, batch, list(islice(lines, batch.num_rows)) if lines else None)
            first += batch.num_rows


def _add_lines(table: tables.Table, rows: _Rows, places: npt.NDArray[np.int64], why: list[list[str]] | None) -> None:
    """Add rows as lines, those that they came from where there are any, with why they were dropped."""
    if rows.lines is not None and why is None:
        table.add(b"".join(rows.lines[place] for place in places), None)
        return
    found = [json.loads(rows.lines[place]) for place in places] if rows.lines else rows.batch.take(pa.array(places)).to_pylist()
    for row, reasons in zip(found, why or [], strict=why is not None):
        row["dropped"] = reasons
    table.add("".join(tables.dumps(row) + "\n" for row in found).encode(), None)


def _add_batch(table: tables.Table, rows: _Rows, places: npt.NDArray[np.int64], why: list[list[str]] | None) -> None:
    """Add rows as Arrow, with why they were dropped."""
    batch = rows.batch.take(pa.array(places)).replace_schema_metadata(None)
    if why is not None:
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        batch = pa.RecordBatch.from_pydict({**columns, "dropped": pa.array(why)})
    table.add(b"", batch)
