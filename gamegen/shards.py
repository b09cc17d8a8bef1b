"""Shards of rows: Parquet files with some consecutive rows of one split and arm, which appear whole or not at all."""

import gc
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import accumulate, chain
from math import ceil
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import gamegen
from gamegen import places
from gamegen.corpus import Makers, Row, makers
from gamegen.errors import GamegenError
from gamegen.spec import Spec

_MESSAGES = pa.list_(pa.struct({"role": pa.string(), "content": pa.string()}))
_SHARES = (
    "step_validity",
    "operand_legality",
    "state_consistency",
    "genuine_backtracks",
    "dead_end_soundness",
    "novelty",
    "grounding",
    "subgoals_met",
    "checks_true",
    "sound_share",
)
_COUNTS = ("dead_ends", "backtracks", "implicit_returns", "states")
SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "game": pa.string(),
        "split": pa.string(),
        "arm": pa.string(),
        "numbers": pa.list_(pa.int64()),
        "target": pa.int64(),
        "puzzle": pa.string(),  # of a small game, as JSON; numbers, target and rules are of Countdown
        "rules": pa.struct({"operations": pa.string(), "use_all": pa.bool_(), "values": pa.string()}),
        "surface": pa.struct({"operators": pa.string(), "numbers": pa.string()}),
        "prompt": _MESSAGES,
        "completion": _MESSAGES,
        "answer": pa.string(),
        "events": pa.list_(
            pa.struct(
                {
                    "kind": pa.string(),
                    "move": pa.string(),
                    "state": pa.string(),
                    "why": pa.string(),
                    "value": pa.string(),
                    "start": pa.int64(),
                    "end": pa.int64(),
                }
            )
        ),
        "requested": pa.struct(
            {
                "policy": pa.string(),
                "backtracks": pa.int64(),
                "steps": pa.int64(),
                "density": pa.float64(),
                "tokens": pa.int64(),
            }
        ),
        "achieved": pa.struct({"backtracks": pa.int64(), "steps": pa.int64(), "density": pa.float64(), "tokens": pa.int64()}),
        "verdict": pa.struct(
            {
                "answer": pa.string(),
                "right": pa.bool_(),
                "expression": pa.string(),
                "answer_reason": pa.string(),
                "grade": pa.string(),
                "reasons": pa.list_(pa.string()),
                "first_error": pa.int64(),
                "repaired": pa.bool_(),
                "steps": pa.int64(),
                "statements": pa.int64(),
                "recall": pa.float64(),
                "procedure": pa.struct({**{name: pa.int64() for name in _COUNTS}, **{name: pa.float64() for name in _SHARES}}),
                "surface": pa.struct({"characters": pa.int64(), "tokens": pa.int64()}),
            }
        ),
        "corruptions": pa.list_(pa.struct({"kind": pa.string(), "event": pa.int64(), "span": pa.list_(pa.int64(), 2)})),
        "difficulty": pa.struct(
            {
                "numbers": pa.int64(),
                "moves": pa.int64(),
                "states": pa.int64(),  # this and the next two are null where they are not counted
                "dead_share": pa.float64(),
                "solutions": pa.int64(),
                "needs_multiplication": pa.bool_(),
                "shape": pa.string(),
            }
        ),
    }
)
ROW_GROUP = 1000
BATCH = 100  # rows that are turned into columns together, while they are still in the processor's cache
SHARD_ROWS = 1000  # at first, so that a small corpus keeps every worker busy
MANY_SHARDS = 64  # from so many on, shards grow instead
LARGEST_SHARD = 50_000
MOST_SHARES = 10_000


@dataclass(frozen=True)
class Shard:
    """Rows [start, stop) of a split, number ``index`` of ``of`` shards."""

    split: str
    index: int
    of: int
    start: int
    stop: int

    def path(self, arm: str) -> str:
        """Where the shard of an arm lies in a corpus."""
        return f"{arm}/{self.split}-{self.index:05d}-of-{self.of:05d}.parquet"


def shards(spec: Spec) -> list[Shard]:
    """The shards of a corpus: how many depends on the rows alone, never on the workers."""
    found = []
    for split, rows in spec.splits.items():
        of = ceil(rows / SHARD_ROWS)
        if of > MANY_SHARDS:
            of = max(MANY_SHARDS, ceil(rows / LARGEST_SHARD))
        found += [Shard(split, i, of, rows * i // of, rows * (i + 1) // of) for i in range(of)]
    return found


SHARE = re.compile(r"manifest-\d{5}-of-\d{5}\.json")


@dataclass(frozen=True)
class Share:
    """What job ``index`` of ``of`` makes, from 0 on: every so manieth shard, so that the splits are spread over all jobs."""

    index: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.index < self.of <= MOST_SHARES:
            raise GamegenError(
                f"--shard: {self.index}/{self.of} given; i/N with 0 <= i < N <= {MOST_SHARES} is needed, such as 0/16 to 15/16"
            )

    @property
    def file(self) -> str:
        """Where the job leaves its part of the manifest."""
        return f"manifest-{self.index:05d}-of-{self.of:05d}.json"

    def of_all(self, shards: list[Shard]) -> list[Shard]:
        return shards[self.index :: self.of]

    def all(self) -> list["Share"]:
        """The shares of all jobs."""
        return [Share(index, self.of) for index in range(self.of)]


def write_shard(resolved: str, out: Path, shard: Shard, done: Callable[[int], None]) -> list[Row]:
    """Write the shard of a resolved spec in every arm, and return an entry of the manifest for each file.

    ``done`` is told of every finished row. A file appears under its name when it is whole; a file that is there already
    is kept where it says of itself that it is this very shard. Raises GamegenError where a file cannot be written.
    """
    made_by = makers(resolved)
    entries: dict[str, Row] = {}
    with ExitStack() as appearing:
        writers: dict[str, _ShardWriter] = {}
        appearing.enter_context(places.reached(out, "what is finished is kept: mend that, then --resume goes on"))
        for arm in made_by.spec.arms:
            path, label = out / shard.path(arm), _label(resolved, shard, arm)
            if _is_whole(path, label):
                entries[arm] = _entry(shard, arm, path.read_bytes())
            else:
                writers[arm] = _ShardWriter(appearing.enter_context(places.appearing(path)), label)
                appearing.callback(writers[arm].discard)
        done((shard.stop - shard.start) * len(entries))
        if writers:
            with _collector_at_rest():
                for start in range(shard.start, shard.stop, BATCH):
                    _write_batch(made_by, shard.split, range(start, min(start + BATCH, shard.stop)), writers, done)
        for arm, writer in writers.items():
            entries[arm] = _entry(shard, arm, writer.close())
    return [entries[arm] for arm in made_by.spec.arms]


def _write_batch(
    made_by: Makers, split: str, indices: range, writers: dict[str, "_ShardWriter"], done: Callable[[int], None]
) -> None:  # fmt: skip
    batch = []
    for i in indices:
        batch.append(made_by.rows(split, i))
        done(len(made_by.spec.arms))
    for arm, writer in writers.items():
        writer.write([rows[arm] for rows in batch])


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """No cyclic garbage collection meanwhile: it would walk through all rows again and again, and they hold no cycles.

    What does (some 1 kB a row, of sympy) waits until the shard is done.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _ShardWriter:
    """A Parquet file that is being written."""

    def __init__(self, path: Path, label: dict[str, str]) -> None:
        self._path = path
        self._file = pq.ParquetWriter(path, SCHEMA.with_metadata(label), compression="zstd", compression_level=1)
        self._batches: list[pa.RecordBatch] = []

    def write(self, rows: list[Row]) -> None:
        columns = [_column(field.type, [row[field.name] for row in rows]) for field in SCHEMA]
        self._batches.append(pa.RecordBatch.from_arrays(columns, schema=SCHEMA))
        if sum(batch.num_rows for batch in self._batches) >= ROW_GROUP:
            self._flush()

    def close(self) -> bytes:
        """End the file, and give its bytes."""
        self._flush()
        self._file.close()
        return self._path.read_bytes()

    def discard(self) -> None:
        """Let go of the file, also where it could not be written to its end."""
        with suppress(OSError):  # a full disk, say; that is told of already
            self._file.close()

    def _flush(self) -> None:
        """Write what there is as one row group."""
        if self._batches:
            self._file.write_table(pa.Table.from_batches(self._batches).combine_chunks())
            self._batches = []


def _label(resolved: str, shard: Shard, arm: str) -> dict[str, str]:
    """What a file says of itself in its metadata: which shard it is, of which spec, made by which version."""
    spec = hashlib.sha256(resolved.encode()).hexdigest()
    return {"gamegen": gamegen.__version__, "spec": spec, "shard": shard.path(arm)}


def _is_whole(path: Path, label: dict[str, str]) -> bool:
    """Whether there is a whole file that has this label."""
    try:
        with path.open("rb") as file:
            metadata = pq.read_schema(file).metadata or {}
    except (FileNotFoundError, pa.ArrowException):
        return False
    return all(metadata.get(key.encode()) == value.encode() for key, value in label.items())


def _column(kind: pa.DataType, values: list[Any]) -> pa.Array:
    """The values as an Arrow array, nested ones field by field: several times as fast as ``pa.array`` on dicts."""
    if None in values:  # a column that the rows of some games have not
        return pa.array(values, kind)
    if pa.types.is_struct(kind):
        fields = [_column(field.type, list(map(itemgetter(field.name), values))) for field in kind]
        return pa.StructArray.from_arrays(fields, fields=list(kind))
    if pa.types.is_list(kind):
        offsets = pa.array(accumulate(map(len, values), initial=0), pa.int32())
        return pa.ListArray.from_arrays(offsets, _column(kind.value_type, list(chain.from_iterable(values))), type=kind)
    return pa.array(values, kind)


def _entry(shard: Shard, arm: str, data: bytes) -> Row:
    """What the manifest says of a file: also which grades its rows have, as they stand in it."""
    verdicts = pq.ParquetFile(pa.BufferReader(data)).read(columns=["verdict.grade"]).column("verdict")
    return {
        "path": shard.path(arm),
        "arm": arm,
        "split": shard.split,
        "rows": shard.stop - shard.start,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "grades": Counter(verdict["grade"] for verdict in verdicts.to_pylist()),
    }
