"""Tables: rows written to a file that appears whole or not at all.

A ``.jsonl`` file has a line for each row. A ``.parquet`` file has one schema: the rows come in batches whose schemas may
differ, so they are kept aside until all are known, and then written as what they have in common; a column that has nothing
in common (a text here, a number there) is written as JSON, each value a text.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from gamegen.errors import GamegenError

KINDS = (".jsonl", ".parquet")
ROW_GROUP = 1000
_JSON = {b"gamegen": b"json"}  # the mark of a column that is written as JSON

Row = dict[str, Any]


class Table(Protocol):
    """What rows are added to, as lines or as a batch; each kind of table takes what it is made of."""

    def add(self, lines: bytes, batch: pa.RecordBatch | None) -> None: ...


def dumps(row: Any) -> str:
    """A row as JSON; what JSON has no kind for (a date, say, of a Parquet column) as text."""
    return json.dumps(row, default=str)


def check(option: str, out: Path, sources: Sequence[Path], overwrite: bool) -> None:
    """Raise GamegenError where a file of rows cannot be written there."""
    if out.suffix not in KINDS:
        raise GamegenError(f"{option}{out}: rows are written as {' or '.join(KINDS)}; give a name that ends so")
    if out.exists() and any(source.exists() and out.samefile(source) for source in sources):
        raise GamegenError(f"{option}{out}: is read and cannot be written at the same time; choose another file")
    if out.is_dir():
        raise GamegenError(f"{option}{out}: is a folder; choose another name")
    if out.exists() and not overwrite:
        raise GamegenError(f"{option}{out}: exists; choose another file, or replace it with --overwrite")
    if not out.parent.is_dir():
        raise GamegenError(f"{option}{out}: there is no folder {out.parent}")


@contextmanager
def appearing(out: Path) -> Iterator[Table]:
    """A table that gets its name when it is whole."""
    partial = out.with_name(f".{out.name}.partial")
    try:
        with (_lines if out.suffix == ".jsonl" else parquet)(partial) as table:
            yield table
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


class _Lines:
    def __init__(self, file: Any) -> None:
        self._file = file

    def add(self, lines: bytes, batch: pa.RecordBatch | None) -> None:
        self._file.write(lines)


@contextmanager
def _lines(path: Path) -> Iterator[Table]:
    with path.open("wb") as file:
        yield _Lines(file)


class _Batches:
    """Batches kept aside in a file, and the schema that they have in common."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.schema: pa.Schema = pa.schema([])

    def add(self, lines: bytes, batch: pa.RecordBatch | None) -> None:
        if batch is None or not batch.num_columns:
            return
        if self.schema != batch.schema:
            self.schema = _common(self.schema, batch.schema.remove_metadata())
        with pa.ipc.new_stream(self._file, batch.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
            stream.write_batch(batch)


@contextmanager
def parquet(path: Path) -> Iterator[Table]:
    """A Parquet file of the batches that are added."""
    aside = path.with_name(f"{path.name}.arrow")
    try:
        with pa.OSFile(str(aside), "wb") as file:
            yield (batches := _Batches(file))
        with pq.ParquetWriter(path, _unmarked(batches.schema), compression="zstd", compression_level=1) as writer:
            for table in _grouped(aside, batches.schema):
                writer.write_table(table)
    except pa.ArrowInvalid as error:
        raise GamegenError(f"{path}: cannot be Parquet ({' '.join(str(error).split())[:120]}); write .jsonl") from None
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def _grouped(aside: Path, schema: pa.Schema) -> Iterator[pa.Table]:
    """All that was kept aside, in tables of a row group."""
    held: list[pa.Table] = []
    with pa.OSFile(str(aside), "rb") as file:
        while file.tell() < file.size():
            with pa.ipc.open_stream(file) as stream:
                held += [_as(schema, pa.Table.from_batches([batch])) for batch in stream]
            if sum(table.num_rows for table in held) >= ROW_GROUP:
                yield pa.concat_tables(held).combine_chunks()
                held = []
    if held:
        yield pa.concat_tables(held).combine_chunks()


def _common(a: pa.Schema, b: pa.Schema) -> pa.Schema:
    """The schema that holds the rows of both."""
    fields = {field.name: field for field in a}
    for field in b:
        fields[field.name] = _common_field(fields.get(field.name, field), field)
    return pa.schema(list(fields.values()))


def _common_field(a: pa.Field, b: pa.Field) -> pa.Field:
    if _is_json(a) == _is_json(b):
        try:
            return pa.unify_schemas([pa.schema([a]), pa.schema([b])], promote_options="permissive").field(0).with_nullable(True)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            pass
    return as_json_field(a.name)


def as_json_field(name: str) -> pa.Field:
    """The field of a column that is written as JSON."""
    return pa.field(name, pa.string(), metadata=_JSON)


def _is_json(field: pa.Field) -> bool:
    return (field.metadata or {}).get(b"gamegen") == b"json"


def _unmarked(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.remove_metadata() for field in schema])


def _as(schema: pa.Schema, table: pa.Table) -> pa.Table:
    """The rows of a table under the common schema."""
    columns = []
    for field in schema:
        i = table.schema.get_field_index(field.name)
        if i < 0:
            columns.append(pa.nulls(table.num_rows, field.type))
        elif table.schema.field(i).type == field.type and _is_json(table.schema.field(i)) == _is_json(field):
            columns.append(table.column(i))
        else:
            values = table.column(i).to_pylist()
            if _is_json(field) and not _is_json(table.schema.field(i)):
                values = [None if value is None else dumps(value) for value in values]
            columns.append(pa.chunked_array([pa.array(values, field.type)]))
    return pa.Table.from_arrays(columns, schema=_unmarked(schema))


def batch_of(rows: Sequence[Row], kinds: Mapping[str, pa.DataType]) -> pa.RecordBatch:
    """Rows as a batch; columns of known kinds are of these where their values fit, and a column whose values have no type in
    common is written as JSON."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns, fields = [], []
    for name in names:
        values = [row.get(name) for row in rows]
        try:
            kind = kinds.get(name)
            column = pa.array(values, kind if kind is not None and all(_fits(value, kind) for value in values) else None)
            field = pa.field(_plain(name), column.type)
            if _has_empty(column.type):
                raise ValueError
        except (ValueError, TypeError, OverflowError, pa.ArrowException):
            column = pa.array([None if value is None else dumps(value) for value in values], pa.string())
            field = as_json_field(_plain(name))
        columns.append(column)
        fields.append(field)
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def _fits(value: Any, kind: pa.DataType) -> bool:
    """Whether a value has the fields of a type, these and no others."""
    if not pa.types.is_struct(kind):
        return True
    return (
        isinstance(value, dict)
        and len(value) == kind.num_fields
        and all(field.name in value and _fits(value[field.name], field.type) for field in kind)
    )


def _plain(name: str) -> str:
    """A name of a column that can be written: lone halves of UTF-16 pairs are not."""
    return name.encode("utf-8", "replace").decode()


def _has_empty(kind: pa.DataType) -> bool:
    """Whether there is a struct without a field in a type, which Parquet cannot hold."""
    if pa.types.is_struct(kind):
        return kind.num_fields == 0 or any(_has_empty(field.type) for field in kind)
    return bool(pa.types.is_list(kind)) and _has_empty(kind.value_type)
