"""Judging: all rows of a source get their verdict, block by block, on several processes.

The blocks of a source are the same whatever reads them, and results come in their order, so the bytes that are written do
not depend on the workers; no more than a few blocks are held at a time.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import lru_cache, partial
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import jsonlines
import pyarrow as pa

from gamegen import engines, tables
from gamegen.difficulty import measure
from gamegen.games.countdown import Countdown, Puzzle
from gamegen.places import place
from gamegen.shards import SCHEMA
from gamegen_verifiers import rows as foreign
from gamegen_verifiers import sources
from gamegen_verifiers.columns import OWN, Layout, look
from gamegen_verifiers.sources import Block, NoRow, Row

_KINDS = {"verdict": SCHEMA.field("verdict").type}  # the same in every file, whatever verdicts are in it
COUNTED = ("answer", "grade", "reasons")
Hardness = tuple[int, float | None]  # how many numbers, and the share of the states that are dead, where it is counted


class Wanted(NamedTuple):
    """What is to be made of each block: rows as ``lines`` or ``columns``; ``kept`` verdicts are not made again; ``keyed`` says
    what rows count as answers to one prompt; ``hard`` measures the puzzle of each row."""

    layout: Layout = OWN
    lines: bool = False
    columns: bool = False
    kept: bool = False
    keyed: str | None = None
    hard: bool = False


class Judged(NamedTuple):
    """What a block gave: its rows with their verdicts, what could not be judged, and counts."""

    lines: bytes
    columns: bytes
    problems: list[str]
    rows: int
    changed: int
    counts: dict[str, Counter[str]]
    keys: list[int]
    hardness: list[Hardness]
    size: int

    def batch(self) -> pa.RecordBatch | None:
        """The rows as Arrow, where they were wanted so and there are any."""
        return sources.batch(Block("", 0, self.columns, True, 0)) if self.columns else None


def verify_file(
    source: Path | str,
    out: Path | str | None = None,
    *,
    layout: Layout = OWN,
    workers: int = 1,
    overwrite: bool = False,
    note: Callable[[str], None] = lambda problem: None,
    done: Callable[[int], None] = lambda size: None,
) -> dict[str, Any]:
    """Judge every row of a source, write each with its verdict to ``out`` (.jsonl or .parquet), and return what was counted.

    ``note`` is told of each row that cannot be judged, with its place; ``done`` of every bytes of the source that are read.
    Raises GamegenError where the source cannot be read or ``out`` not be written; ``out`` appears whole or not at all.
    """
    source, out = place(source), Path(out) if out is not None else None
    if out is not None:
        tables.check("", out, [source], overwrite)
    wanted = Wanted(
        layout, lines=out is not None and out.suffix == ".jsonl", columns=out is not None and out.suffix != ".jsonl"
    )
    counts: dict[str, Counter[str]] = {name: Counter() for name in COUNTED}
    unread = changed = 0
    with ExitStack() as open_files:
        table = open_files.enter_context(tables.appearing(out)) if out is not None else None
        for judged in judge(source, wanted, workers):
            for problem in judged.problems:
                note(problem)
            if table:
                table.add(judged.lines, judged.batch())
            unread += len(judged.problems)
            changed += judged.changed
            for name in COUNTED:
                counts[name].update(judged.counts[name])
            done(judged.size)
    return {"rows": counts["grade"].total(), "unreadable_lines": unread, "changed_verdicts": changed, **counts}


def judge(source: Path, wanted: Wanted, workers: int) -> Iterator[Judged]:
    """The blocks of a source, judged, in their order. Raises GamegenError."""
    return engines.stream(partial(judge_block, wanted), sources.blocks(source, wanted.layout), workers)


def judge_block(wanted: Wanted, block: Block, done: Callable[[int], None]) -> Judged:
    """A block with its verdicts; ``done`` is told of every row."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in COUNTED}
    problems, made, places, changed = list[str](), list[Row](), list[int](), 0
    keys, hardness = list[int](), list[Hardness]()
    for i, (where, row) in enumerate(sources.rows(block)):
        try:
            if isinstance(row, NoRow):
                raise row
            verdict = row.get("verdict")
            if not (wanted.kept and isinstance(verdict, dict) and "grade" in verdict):
                verdict = foreign.judge_any(row, wanted.layout).to_dict()
            key, hardship = traits(wanted, row)
        except NoRow as problem:
            problems.append(f"{where}: {problem}")
            continue
        keys += key
        hardness += hardship
        changed += "verdict" in row and row["verdict"] != verdict
        made.append({**row, "verdict": verdict})
        places.append(i)
        _count(counts, verdict)
        done(1)
    lines = _lines(made) if wanted.lines else b""
    columns = _columns(block, made, places) if wanted.columns and made else b""
    return Judged(lines, columns, problems, len(made), changed, counts, keys, hardness, block.size)


def _count(counts: dict[str, Counter[str]], verdict: dict[str, Any]) -> None:
    counts["answer"][str(verdict.get("answer"))] += 1
    counts["grade"][str(verdict["grade"])] += 1
    counts["reasons"].update(map(str, verdict.get("reasons") or ()))


def _lines(made: list[Row]) -> bytes:
    text = StringIO()
    jsonlines.Writer(text, dumps=tables.dumps).write_all(made)
    return text.getvalue().encode()


def _columns(block: Block, made: list[Row], places: list[int]) -> bytes:
    """The rows as Arrow: those of a columnar block stay as they are and get the column ``verdict``."""
    if block.columnar:
        batch = sources.batch(block)
        if len(places) < batch.num_rows:
            batch = batch.take(pa.array(places, pa.int64()))
        verdicts = tables.batch_of([{"verdict": row["verdict"]} for row in made], _KINDS)
        at = batch.schema.get_field_index("verdict")
        fields = [*batch.schema.remove_metadata(), verdicts.schema.field(0)]
        arrays = [*batch.columns, verdicts.column(0)]
        if at >= 0:
            fields[at], arrays[at] = fields.pop(), arrays.pop()
        batch = pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))
    else:
        batch = tables.batch_of(made, _KINDS)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return bytes(sink.getvalue().to_pybytes())


def traits(wanted: Wanted, row: Row) -> tuple[list[int], list[Hardness]]:
    """The key of a row and how hard its puzzle is, as far as they are wanted. Raises NoRow."""
    return (
        [foreign.key(row, wanted.keyed, wanted.layout)] if wanted.keyed else [],
        [_hardness(row, wanted.layout)] if wanted.hard else [],
    )


def _hardness(row: Row, layout: Layout) -> Hardness:
    """Raises NoRow for a row without a puzzle. Of a small game its first moves stand for its numbers."""
    known = look(row, "difficulty.dead_share")
    if played := foreign.small(row, layout):
        game, start = played[0], played[0].start(played[1])
        return len(game.moves(start)), float(known) if isinstance(known, int | float) else None
    puzzle = foreign.puzzle(row, layout)
    return len(puzzle.numbers), float(known) if isinstance(known, int | float) else _dead_share(puzzle)


@lru_cache(maxsize=1 << 14)
def _dead_share(puzzle: Puzzle) -> float | None:
    """None where it would take too long to count."""
    if not 3 <= len(puzzle.numbers) <= 4:
        return None
    game = Countdown(puzzle.rules)
    return measure(game, game.start(puzzle)).dead_share
