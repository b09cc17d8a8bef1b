"""Filtered corpora: folders of the layout of a corpus, with some of its rows.

A folder has ``<arm>/<split>-0000i-of-0000n.parquet``, ``README.md`` (a card), ``manifest.json`` and, where the corpus had a
spec, that as ``source-spec.yaml``: what is left is not what the spec makes.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import yaml

import gamegen
from gamegen.errors import GamegenError
from gamegen.manifests import CARD, MANIFEST, SPEC
from gamegen.sampling import PICKS

SOURCE_SPEC = "source-spec.yaml"
_NAME = re.compile(r"(?P<split>\w+)-\d{5}-of-\d{5}\.parquet")
_INHERITED = ("language", "license", "pretty_name", "task_categories", "tags")


@dataclass(frozen=True)
class Asked:
    """What is to be kept: rows that meet ``where``, at most ``per_prompt`` of those that have ``by`` in common, picked by
    ``chance`` or the ``first``; ``match`` names the traits in which a control is like them."""

    where: str = "true"
    per_prompt: int | None = None
    by: str = "prompt"
    pick: str = "chance"
    match: tuple[str, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if self.per_prompt is not None and self.per_prompt < 1:
            raise GamegenError(f"--per-prompt: {self.per_prompt} given; at least 1 is needed")
        if self.pick not in PICKS:
            raise GamegenError(f"--pick: {self.pick!r} given; choose one of {', '.join(PICKS)}")


class Shard(NamedTuple):
    """A file of a corpus."""

    arm: str
    split: str
    name: str


def shard(corpus: Path, file: Path) -> Shard:
    """Which shard of a corpus a file is. Raises GamegenError where it is none."""
    found = _NAME.fullmatch(file.name)
    if not found or file.parent == corpus:
        raise GamegenError(
            f"{file}: is no shard of a corpus, which are <arm>/<split>-00000-of-00001.parquet; give the file itself"
        )
    return Shard(file.parent.name, found["split"], file.name)


def check(out: Path, source: Path, overwrite: bool) -> None:
    """Raise GamegenError where a filtered corpus cannot be written there."""
    if source.resolve() in (out.resolve(), *out.resolve().parents):
        raise GamegenError(f"{out}: is read and cannot be written at the same time; choose another folder")
    if out.suffix in (".jsonl", ".parquet"):
        raise GamegenError(f"{out}: a corpus is filtered to a folder; give a name without {out.suffix}")
    if not out.absolute().parent.is_dir():
        raise GamegenError(f"{out}: there is no folder {out.parent}")
    if out.exists() and not _is_filtered(out) and (not out.is_dir() or any(out.iterdir())):
        raise GamegenError(f"{out}: is there and holds no filtered corpus; choose another folder")
    if _is_filtered(out) and not overwrite:
        raise GamegenError(f"{out}: holds a filtered corpus; choose another folder, or replace it with --overwrite")


def _is_filtered(out: Path) -> bool:
    try:
        return "filter" in json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False


class Folder:
    """A filtered corpus that is being written."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def place(self, shard: Shard) -> Path:
        """Where a shard is written."""
        (self.root / shard.arm).mkdir(parents=True, exist_ok=True)
        return self.root / shard.arm / shard.name


@contextmanager
def appearing(out: Path, source: Path, asked: Asked, summary: dict[str, Any], what: str) -> Iterator[Folder]:
    """A folder that gets its name, its card and its manifest when all shards are written; ``what`` is kept or control."""
    partial, old = out.with_name(f".{out.name}.partial"), out.with_name(f".{out.name}.old")
    for left in (partial, old):
        shutil.rmtree(left, ignore_errors=True)
    try:
        partial.mkdir()
        yield Folder(partial)
        _rename_shards(partial)
        shards = [_entry(partial, file) for file in sorted(partial.glob("*/*.parquet"))]
        manifest = {"gamegen": gamegen.__version__, "filter": {**vars(asked), "what": what, "source": source.name, **summary}}
        (partial / MANIFEST).write_text(json.dumps({**manifest, "shards": shards}, indent=1) + "\n", encoding="utf-8")
        if (source / SPEC).is_file():
            shutil.copy(source / SPEC, partial / SOURCE_SPEC)
        (partial / CARD).write_text(_card(source, asked, summary, what, shards), encoding="utf-8")
        if out.exists():
            out.rename(old)
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _rename_shards(root: Path) -> None:
    """Number the shards anew: of some no row was kept."""
    found: dict[tuple[Path, str], list[Path]] = {}
    for file in sorted(root.glob("*/*.parquet")):
        found.setdefault((file.parent, file.name.rsplit("-", 3)[0]), []).append(file)
    for (folder, split), files in found.items():
        for i, file in enumerate(files):  # a name is free: there are as many shards or fewer, and they move to the front
            file.rename(folder / f".{split}-{i:05d}-of-{len(files):05d}.parquet")
    for file in root.glob("*/.*.parquet"):
        file.rename(file.with_name(file.name[1:]))


def _entry(root: Path, file: Path) -> dict[str, Any]:
    return {
        "path": file.relative_to(root).as_posix(),
        "arm": file.parent.name,
        "split": file.name.rsplit("-", 3)[0],
        "rows": pq.read_metadata(file).num_rows,
        "bytes": file.stat().st_size,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }


def _card(source: Path, asked: Asked, summary: dict[str, Any], what: str, shards: list[dict[str, Any]]) -> str:
    splits: dict[str, dict[str, int]] = {}
    for entry in shards:
        of = splits.setdefault(entry["arm"], {})
        of[entry["split"]] = of.get(entry["split"], 0) + entry["rows"]
    more = (
        f"At most {asked.per_prompt} rows of one {asked.by} in each split of each arm ({asked.pick}). "
        if asked.per_prompt
        else ""
    )
    if what == "control":
        more += (
            f"**This is a control**: as many rows as were kept, drawn by chance (seed {asked.seed}) from all of them, with the "
            f"same make-up by {', '.join(asked.match)}.\n\n"
        )
    text = (resources.files("gamegen") / "filter_card.md").read_text(encoding="utf-8")
    return text.format(
        header=yaml.safe_dump(_header(source, splits), sort_keys=False).strip(),
        title=f"{source.name}, {'a control' if what == 'control' else 'filtered'}",
        kept=summary["kept"],
        rows=summary["rows"],
        source=source.name,
        where=asked.where,
        more=more,
        version=gamegen.__version__,
        spec=f", `{SOURCE_SPEC}` the spec of what was filtered" if (source / SPEC).is_file() else "",
        arm=next(iter(splits)),
        arms=", ".join(splits),
        counts="\n".join(
            f"| {arm} | {split} | {summary['groups'][f'{arm}/{split}']['rows']:,} | {rows:,} |"
            for arm, of in splits.items()
            for split, rows in of.items()
        ),
    )


def _header(source: Path, splits: dict[str, dict[str, int]]) -> dict[str, Any]:
    """The header that the Hub and ``load_dataset`` read; of the card of the source what still holds."""
    try:
        before = yaml.safe_load((source / CARD).read_text(encoding="utf-8").split("---\n")[1])
    except (OSError, UnicodeDecodeError, IndexError, yaml.YAMLError):
        before = None
    kept = {name: before[name] for name in _INHERITED if name in before} if isinstance(before, dict) else {}
    return {
        **kept,
        "configs": [
            {
                "config_name": arm,
                "default": i == 0,
                "data_files": [{"split": split, "path": f"{arm}/{split}-*.parquet"} for split in of],
            }
            for i, (arm, of) in enumerate(splits.items())
        ],
    }
