"""Sources: files of rows, read in blocks, so that their size does not matter and several processes can share them.

Words: a *source* is a ``.jsonl``, ``.jsonl.gz`` or ``.parquet`` file, or a corpus folder, on this machine or at an address; a
*block* is some rows of one file as bytes, the same ones however they are read; a *place* is ``file:line``, or ``file:row`` of
a Parquet file from 0 on. A row that is none is a finding with its place, not an exception.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from gamegen.errors import GamegenError
from gamegen.places import is_remote, reached
from gamegen_verifiers.columns import OWN, Layout, check_rows, check_schema

LONGEST_LINE = 1 << 26  # bytes
BLOCK_ROWS = 200
BLOCK_BYTES = 1 << 20  # of lines; one line may have more
KINDS = (".jsonl", ".jsonl.gz", ".parquet")

Row = dict[str, Any]


class NoRow(ValueError):
    """What was read is no row that can be judged; the message says why."""


class Block(NamedTuple):
    """Rows of a file from ``first`` on: lines, or a stream of Arrow; ``size`` of the bytes of the file are read with it."""

    file: str
    first: int
    data: bytes
    columnar: bool
    size: int


def files(source: Path) -> list[Path]:
    """The files of a source. Raises GamegenError where it is none."""
    with reached(source, "give another"):
        is_folder, exists = source.is_dir(), source.exists()
        found = (sorted(source.glob("*/*.parquet")) or sorted(source.glob("*.parquet"))) if is_folder else []
    if is_folder:
        if not found:
            raise GamegenError(f"{source}: no corpus, there is no <arm>/<split>.parquet in it")
        return found
    if not exists:
        raise GamegenError(f"{source}: there is no such file; give {', '.join(KINDS)} or a corpus folder")
    if not source.name.endswith(KINDS):
        raise GamegenError(f"{source}: unknown kind of file; {', '.join(KINDS)} or a corpus folder can be read")
    return [source]


def blocks(source: Path, layout: Layout = OWN) -> Iterator[Block]:
    """The blocks of a source in their order. Raises GamegenError where it is none, or lacks columns."""
    for file in files(source):
        yield from _parquet(file, layout) if file.name.endswith(".parquet") else _jsonl(file, layout)


def read_rows(source: Path, layout: Layout = OWN) -> Iterator[tuple[str, Row | NoRow]]:
    """The rows of a source in their order, each with its place. Raises GamegenError like ``blocks``."""
    for block in blocks(source, layout):
        yield from rows(block)


def rows(block: Block) -> Iterator[tuple[str, Row | NoRow]]:
    """The rows of a block, each with its place."""
    if block.columnar:
        for i, row in enumerate(_row_dicts(batch(block)), block.first):
            yield f"{block.file}:{i}", row
    else:
        for number, line in enumerate(_lines(block.data), block.first):
            if line.strip():
                yield f"{block.file}:{number}", _parse(line)


def batch(block: Block) -> pa.RecordBatch:
    """The rows of a columnar block as they are held."""
    with pa.ipc.open_stream(block.data) as stream:
        return stream.read_next_batch()


def _lines(data: bytes) -> list[bytes]:
    """Lines as they were read: what is longer than a line may be was read in pieces, which have no line end between."""
    found = []
    for line in data.split(b"\n"):
        found += [line[i : i + LONGEST_LINE + 1] for i in range(0, len(line), LONGEST_LINE + 1)] or [line]
    return found[:-1] if data.endswith(b"\n") else found


def _jsonl(file: Path, layout: Layout) -> Iterator[Block]:
    first, held, size, told = 1, list[bytes](), 0, 0
    checked = not layout.named

    def block(at: int) -> Block:
        nonlocal checked
        made = Block(str(file), first, b"".join(held), False, at - told)
        if not checked:
            found = [row for _, row in rows(made) if isinstance(row, dict)]
            check_rows(str(file), found, layout)
            checked = bool(found)
        return made

    try:
        with file.open("rb") as raw, closing(gzip.open(raw, "rb") if file.name.endswith(".gz") else raw) as opened:
            for line in iter(partial(opened.readline, LONGEST_LINE + 1), b""):
                held.append(line)
                size += len(line)
                if len(held) == BLOCK_ROWS or size >= BLOCK_BYTES:
                    yield block(at := raw.tell())
                    first, held, size, told = first + len(held), [], 0, at
            if held:
                yield block(raw.tell())
    except (OSError, EOFError, zlib.error) as error:
        raise GamegenError(f"{file}: cannot be read to its end ({error})") from None


def _parse(line: bytes) -> Row | NoRow:
    if len(line) > LONGEST_LINE:
        return NoRow(f"longer than {LONGEST_LINE:,} bytes; what follows counts as lines of its own")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:  # bad JSON, bad UTF-8, a number of too many digits
        return NoRow(f"no JSON ({str(error)[:80]})")
    return row if isinstance(row, dict) else NoRow(f"no JSON object, {said(row)} given")


def said(value: Any) -> str:
    """A value as a message shows it."""
    shown = repr(value)
    return shown if len(shown) <= 40 else shown[:37] + "..."


def _parquet(file: Path, layout: Layout) -> Iterator[Block]:
    first = 0
    with open_parquet(file) as table:
        check_schema(str(file), table.schema_arrow, layout)
        bytes_of_row = file.stat().st_size / max(table.metadata.num_rows, 1)
        for found in batches(file, table, BLOCK_ROWS):
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, found.schema) as stream:
                stream.write_batch(found)
            yield Block(str(file), first, sink.getvalue().to_pybytes(), True, round(found.num_rows * bytes_of_row))
            first += found.num_rows


def open_parquet(file: Path) -> pq.ParquetFile:
    """A Parquet file. Raises GamegenError where it is none."""
    try:
        return pq.ParquetFile(file.open("rb") if is_remote(file) else file)
    except (OSError, pa.ArrowException) as error:
        raise GamegenError(f"{file}: no Parquet file ({' '.join(str(error).split())[:80]})") from None


def batches(file: Path, table: pq.ParquetFile, size: int, **kwargs: Any) -> Iterator[pa.RecordBatch]:
    """The batches of an open Parquet file. Raises GamegenError where it is damaged."""
    try:
        yield from table.iter_batches(batch_size=size, **kwargs)
    except (OSError, pa.ArrowException) as error:
        raise GamegenError(f"{file}: cannot be read to its end ({' '.join(str(error).split())[:80]})") from None


def _row_dicts(found: pa.RecordBatch) -> Iterable[Row | NoRow]:
    try:
        rows: list[Row] = found.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException):  # bad UTF-8 in a text, a date beyond the calendar
        return [_row_dict(found.slice(i, 1)) for i in range(found.num_rows)]
    return rows


def _row_dict(found: pa.RecordBatch) -> Row | NoRow:
    try:
        (row,) = found.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException) as error:
        return NoRow(f"cannot be read ({' '.join(str(error).split())[:80]})")
    assert isinstance(row, dict)
    return row
