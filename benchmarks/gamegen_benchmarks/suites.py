"""Eval suites: splits that are far from a training preset by degrees, frozen, and disjoint from every corpus by construction.

Words: a *distance* (near, mid, far, far_external) is a config of the suite, with a split for each thing that it tests; the
*snapshot* is the suite as it ships with the package; a *reference* is a trace of the search that solves the puzzle, or shows
that there is no solution. What a split is stands in ``suites.yaml``, and which puzzles no corpus may have in ``reserved.txt``.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

import gamegen
from gamegen import reserved
from gamegen.corpus import Maker, Row
from gamegen.errors import GamegenError, SpecError
from gamegen.games.countdown import Countdown
from gamegen.hub import header
from gamegen.prompts import NO_SOLUTION
from gamegen.puzzles import SUITE, is_unsolvable
from gamegen.shards import SCHEMA as CORPUS
from gamegen.spec import Spec, from_dict, load, to_dict
from gamegen_benchmarks import external
from gamegen_verifiers import rows as foreign

DISTANCES = ("near", "mid", "far", external.DISTANCE)
MANIFEST, CARD = "manifest.json", "README.md"
SCHEMA = pa.schema(
    [
        *(CORPUS.field(name) for name in ("id", "game", "split")),
        pa.field("distance", pa.string()),
        *(CORPUS.field(name) for name in ("numbers", "target", "puzzle", "rules", "surface", "prompt", "answer")),
        pa.field("solvable", pa.bool_()),
        pa.field("reference", pa.string()),
        CORPUS.field("difficulty"),
        pa.field("scorer", pa.struct({"name": pa.string(), "version": pa.string()})),
        pa.field("source", pa.string()),
    ]
)


@cache
def suite() -> dict[str, Any]:
    """What the suite is, as ``suites.yaml`` has it."""
    data: dict[str, Any] = yaml.safe_load((resources.files("gamegen_benchmarks") / "suites.yaml").read_text(encoding="utf-8"))
    return data


def splits() -> dict[str, dict[str, str]]:
    """What each split of each distance tests."""
    found = {name: {split: about["says"] for split, about in of.items()} for name, of in suite()["distances"].items()}
    says = suite()["external"]["says"]
    return {**found, external.DISTANCE: {f"external_{task}": says.format(task=task) for task in external.TASKS}}


def rows(distance: str, split: str) -> Iterator[Row]:
    """The rows of a split. Raises GamegenError where an extra is missing that they need."""
    if distance == external.DISTANCE:
        return _external(split)
    return _ours(distance, split)


def _ours(distance: str, split: str) -> Iterator[Row]:
    about = suite()["distances"][distance][split]
    spec, draws = _spec(about), about.get("draws", SUITE)
    maker = Maker(spec, for_suites=True)
    wanted, made, seen = about.get("rows", suite()["rows"]), 0, set[str]()
    for i in range(maker.space.capacity(draws)):
        if made == wanted:
            return
        try:
            if not _is_beyond(maker.space.puzzle(draws, i), about.get("beyond")):
                continue
            (row,) = maker.rows(draws, i).values()
        except SpecError:
            raise
        except GamegenError:  # it has no puzzle
            continue
        found, turn = key(row), not is_unsolvable(made, spec.puzzles.unsolvable)
        if found in seen or (row["answer"] != NO_SOLUTION) != turn:
            continue
        seen.add(found)
        yield _row(row, distance, split, made)
        made += 1


def _spec(about: Mapping[str, Any]) -> Spec:
    """The spec of a split: that of the preset, but for what the split changes."""
    preset, plain, changed = to_dict(load(preset=suite()["preset"])), to_dict(Spec()), about.get("spec", {})
    data = preset if "game" not in changed else {**plain, "prompt": preset["prompt"]}
    for key, value in changed.items():
        data[key] = {**data[key], **value} if isinstance(value, dict) else value
    splits = {about.get("draws", SUITE): suite()["rows"]}
    ours: Row = {"arms": ["procedure"], "corruptions": {}, "seed": suite()["seed"], "splits": splits}
    if "game" in changed:  # in the lines that the prompt asks for
        ours |= {"style": {"name": "ledger", "verbosity": 0.0}, "trace": {}}
    return from_dict({**data, **ours})


def _is_beyond(puzzle: Any, rules: Mapping[str, Any] | None) -> bool:
    """Whether the rules, where some are given, do not solve the puzzle of Countdown."""
    if rules is None:
        return True
    return not Countdown(replace(puzzle.rules, **rules)).oracle(puzzle.numbers).reaches(puzzle.target)


def key(row: Row) -> str:
    """The key under which the puzzle of a row is reserved."""
    if played := foreign.small(row):
        return reserved.key(played[0], played[0].start(played[1]))
    game = Countdown((puzzle := foreign.puzzle(row)).rules)
    return reserved.key(game, game.start(puzzle))


def _row(row: Row, distance: str, split: str, number: int) -> Row:
    kept = {name: row[name] for name in SCHEMA.names if name in row}
    return {
        **kept,
        "id": f"{distance}-{split}-{number:05d}",
        "distance": distance,
        "split": split,
        "solvable": row["answer"] != NO_SOLUTION,
        "reference": row["completion"][-1]["content"],
        "scorer": {"name": "gamegen", "version": gamegen.__version__},
        "source": None,
    }


def _external(split: str) -> Iterator[Row]:
    for row in external.rows(suite()["external"]["rows"], (split.removeprefix("external_"),)):
        yield {
            **dict.fromkeys(SCHEMA.names),
            **{name: row[name] for name in ("distance", "prompt", "answer", "scorer", "source")},
            "id": f"{row['distance']}-{split}-{int(row['id'].rsplit('-', 1)[1]):05d}",
            "game": f"reasoning-gym/{row['game']}",
            "split": split,
            "solvable": True,
        }


def build(out: Path | str, distances: tuple[str, ...] = DISTANCES, done: Callable[[int], None] = lambda rows: None) -> Row:
    """Write the suite, or some distances of it, as a data set, and return its manifest; ``done`` is told of finished rows.

    Raises GamegenError where ``out`` is there and not empty, or an extra is missing.
    """
    out = Path(out)
    if external.DISTANCE in distances:
        external.rows(0)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise GamegenError(f"{out}: is there already; choose another folder")
    files, keys = list[Row](), set[str]()
    for distance in distances:
        for split in splits()[distance]:
            made = []
            for row in rows(distance, split):
                made.append(row)
                done(1)
            files.append(_write(out, distance, split, made))
            keys.update(key(row) for row in made if row["scorer"]["name"] == "gamegen")
    manifest = {"suite": suite()["name"], "preset": suite()["preset"], "gamegen": gamegen.__version__, "files": files}
    (out / reserved.FILE).write_text("".join(f"{key}\n" for key in sorted(keys)), encoding="utf-8")
    (out / CARD).write_text(card(manifest), encoding="utf-8")
    (out / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def _write(out: Path, distance: str, split: str, made: list[Row]) -> Row:
    path = out / distance / f"{split}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(made, SCHEMA), path, compression="zstd", compression_level=9)
    solvable = sum(row["solvable"] for row in made)
    return {
        "path": path.relative_to(out).as_posix(),
        "distance": distance,
        "split": split,
        "rows": len(made),
        "solvable": solvable,
        "bytes": path.stat().st_size,
        "sha256": digest(path),
    }


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def snapshot() -> Path:
    """The folder of the suite that ships with the package."""
    return Path(str(resources.files("gamegen_benchmarks") / "snapshot"))


def read(distance: str, split: str, index: int) -> Row:
    """A row of the snapshot. Raises GamegenError where there is none."""
    table = pq.read_table(snapshot() / distance / f"{split}.parquet")
    if index >= table.num_rows:
        raise GamegenError(f"{distance}/{split}: row {index} asked for, rows 0 to {table.num_rows - 1} are possible")
    row: Row = table.slice(index, 1).to_pylist()[0]
    return row


def frozen() -> Row:
    """The manifest of the snapshot."""
    manifest: Row = json.loads((snapshot() / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def changed(manifest: Row) -> list[str]:
    """The files of a suite that differ from those of the snapshot, or are none of it."""
    digests = {file["path"]: file["sha256"] for file in frozen()["files"]}
    return [file["path"] for file in manifest["files"] if digests.get(file["path"]) != file["sha256"]]


def far_of(preset: Spec) -> list[str]:
    """The far splits that stay far for who trains on the games of a preset."""
    akin = {split for game in preset.games for split in suite()["akin"].get(game, [game])}
    return [split for name in ("far", external.DISTANCE) for split in splits()[name] if split not in akin]


def card(manifest: Row) -> str:
    """The data card of the suite, as Markdown with the header that the Hub and ``load_dataset`` read."""
    files, says = manifest["files"], splits()
    configs: dict[str, dict[str, str]] = {}
    for file in files:
        configs.setdefault(file["distance"], {})[file["split"]] = file["path"]
    rows = sum(file["rows"] for file in files)
    text = (resources.files("gamegen_benchmarks") / "suite_card.md").read_text(encoding="utf-8")
    return text.format(
        header=header("Transfer suite", ("benchmark", "countdown"), rows, configs),
        preset=manifest["preset"],
        version=manifest["gamegen"],
        rows=rows,
        splits="\n".join(
            f"| {file['distance']} | {file['split']} | {file['rows']} | {file['rows'] - file['solvable'] or ''} | "
            f"{says[file['distance']][file['split']]} |"
            for file in files
        ),
    )
