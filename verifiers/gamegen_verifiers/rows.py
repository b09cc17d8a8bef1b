"""Rows from files, judged one after the other; a row that cannot be judged is a finding, not an exception.

A row has ``numbers``, ``target`` and ``response`` or ``completion`` (a text, or chat messages), may state its ``rules``
and the ``surface`` that its text is written in, and may have anything else besides. A source is a ``.jsonl``, ``.jsonl.gz``
or ``.parquet`` file, or a corpus folder.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gamegen.errors import GamegenError, SpecError
from gamegen.games.countdown import Puzzle, Rules
from gamegen_verifiers.notation import PLAIN, Notation
from gamegen_verifiers.verdict import Verdict, verify

UNSTATED_RULES = Rules(values="rational")  # of rows that state none: all numbers once, + - * /, any fractions on the way
TEXTS = ("completion", "response")
MOST_NUMBERS = 16
LARGEST = 10**18
LONGEST_LINE = 1 << 26  # bytes
KINDS = (".jsonl", ".jsonl.gz", ".parquet")

Row = dict[str, Any]


class NoRow(ValueError):
    """What was read is no row that can be judged; the message says why."""


def read_rows(source: Path) -> Iterator[tuple[str, Row | NoRow]]:
    """The rows of a source in their order, each with its place: ``file:line``, or ``file:row`` of a Parquet file from 0 on.

    Raises GamegenError where the source is none, or is not what its name says.
    """
    if source.is_dir():
        files = sorted(source.glob("*/*.parquet")) or sorted(source.glob("*.parquet"))
        if not files:
            raise GamegenError(f"{source}: no corpus, there is no <arm>/<split>.parquet in it")
        for file in files:
            yield from _parquet(file)
    elif not source.exists():
        raise GamegenError(f"{source}: there is no such file; give {', '.join(KINDS)} or a corpus folder")
    elif source.name.endswith(".parquet"):
        yield from _parquet(source)
    elif source.name.endswith((".jsonl", ".jsonl.gz")):
        yield from _jsonl(source)
    else:
        raise GamegenError(f"{source}: unknown kind of file; {', '.join(KINDS)} or a corpus folder can be read")


def judge(row: Row) -> Verdict:
    """The verdict on a row. Raises NoRow where the row does not say what its puzzle or its text is."""
    return verify(puzzle(row), text(row), _surface(row.get("surface")))


def puzzle(row: Row) -> Puzzle:
    """The puzzle that a row states. Raises NoRow."""
    numbers, target = row.get("numbers"), row.get("target")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= MOST_NUMBERS:
        raise NoRow(f"numbers must be a list of 1 to {MOST_NUMBERS} integers, {_said(numbers)} given")
    return Puzzle(tuple(_integer("numbers", n) for n in numbers), _integer("target", target), _rules(row.get("rules")))


def text(row: Row) -> str:
    """The text of a row that is to be judged: that of the last message where it is a chat. Raises NoRow."""
    for name in TEXTS:
        value = row.get(name)
        if isinstance(value, list) and value and isinstance(value[-1], dict):
            value = value[-1].get("content")
        if isinstance(value, str):
            return value
    raise NoRow(f"no text: {' or '.join(TEXTS)} must be a text or chat messages")


def _rules(stated: Any) -> Rules:
    if stated is None:
        return UNSTATED_RULES
    try:
        return Rules(**stated)
    except TypeError:
        raise NoRow(f"rules must have operations, use_all and values, {_said(stated)} given") from None
    except SpecError as error:
        raise NoRow(str(error)) from None


def _surface(stated: Any) -> Notation:
    fields = list(stated.values()) if isinstance(stated, dict) else [stated]
    if all(field is None for field in fields):  # a null, or a struct of nulls, as some files have it
        return PLAIN
    try:
        return Notation(**stated)
    except TypeError:
        raise NoRow(f"surface must have operators and numbers, {_said(stated)} given") from None
    except SpecError as error:
        raise NoRow(str(error)) from None


def _integer(name: str, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST:
        raise NoRow(f"{name} must be integers, {_said(value)} given")
    return value


def _said(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 40 else said[:37] + "..."


def _jsonl(file: Path) -> Iterator[tuple[str, Row | NoRow]]:
    try:
        with gzip.open(file, "rb") if file.name.endswith(".gz") else file.open("rb") as opened:
            for number, line in enumerate(iter(partial(opened.readline, LONGEST_LINE + 1), b""), 1):
                if line.strip():
                    yield f"{file}:{number}", _parse(line)
    except (OSError, EOFError, zlib.error) as error:
        raise GamegenError(f"{file}: cannot be read to its end ({error})") from None


def _parse(line: bytes) -> Row | NoRow:
    if len(line) > LONGEST_LINE:
        return NoRow(f"longer than {LONGEST_LINE:,} bytes; what follows counts as lines of its own")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:  # bad JSON, bad UTF-8, a number of too many digits
        return NoRow(f"no JSON ({str(error)[:80]})")
    return row if isinstance(row, dict) else NoRow(f"no JSON object, {_said(row)} given")


def _parquet(file: Path) -> Iterator[tuple[str, Row | NoRow]]:
    try:
        table = pq.ParquetFile(file)
    except (OSError, pa.ArrowException) as error:
        raise GamegenError(f"{file}: no Parquet file ({' '.join(str(error).split())[:80]})") from None
    with table:
        columns = table.schema_arrow.names
        missing = [name for name in ("numbers", "target") if name not in columns]
        if missing or not set(TEXTS) & set(columns):
            raise GamegenError(f"{file}: no column {' and '.join(missing) or ' or '.join(TEXTS)}; it has {', '.join(columns)}")
        number = count()
        for batch in table.iter_batches(batch_size=1000):
            yield from ((f"{file}:{next(number)}", row) for row in batch.to_pylist())
