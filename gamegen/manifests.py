"""Manifests: what a finished folder of rows says of its files.

Words: a folder is *closed* by ``manifest.json``, which is written last and names every file with its digest; a folder without
one is not finished. There are three kinds: a *corpus*, a *filtered* corpus, and a *suite*. A *config* is what ``load_dataset``
calls by that name: an arm of a corpus, a distance of a suite.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gamegen.errors import GamegenError

CARD, MANIFEST, SPEC = "README.md", "manifest.json", "spec.yaml"
_CHUNK = 1 << 20  # bytes


@dataclass(frozen=True)
class Entry:
    """A file of rows: its path in the folder, whose rows they are, how many, and what its bytes are."""

    path: str
    config: str
    split: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What closes a folder: its kind (corpus, filtered or suite), the version of gamegen that made it, and its files."""

    root: Path
    kind: str
    gamegen: str
    entries: tuple[Entry, ...]
    stated: dict[str, Any]

    @property
    def configs(self) -> dict[str, dict[str, list[Entry]]]:
        """The files of each split of each config, in the order of the rows."""
        found: dict[str, dict[str, list[Entry]]] = {}
        for entry in self.entries:
            found.setdefault(entry.config, {}).setdefault(entry.split, []).append(entry)
        return found

    def check(self, entry: Entry) -> Path:
        """Where a file lies. Raises GamegenError where it is not the file that the manifest names."""
        path = self.root / entry.path
        if not path.is_file():
            raise GamegenError(f"{self.root}: {entry.path} is missing, which the manifest names; {self._mend()}")
        if path.stat().st_size != entry.bytes or digest(path) != entry.sha256:
            raise GamegenError(f"{self.root}: {entry.path} is not the file that the manifest names; {self._mend()}")
        return path

    def _mend(self) -> str:
        return {
            "corpus": "make it again with gamegen generate --resume and the same spec",
            "filtered": "filter again",
            "suite": "build the suite again",
        }[self.kind]


def read(folder: Path) -> Manifest:
    """The manifest of a folder. Raises GamegenError where it has none, or one that is no manifest."""
    if not folder.is_dir():
        raise GamegenError(f"{folder}: there is no such folder; give a corpus, a filtered corpus or a suite")
    try:
        stated = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        unfinished = (folder / SPEC).is_file()
        why = "is not finished; gamegen generate --resume goes on with it" if unfinished else "is no corpus"
        raise GamegenError(f"{folder}: {why} (there is no {MANIFEST})") from None
    except (OSError, ValueError) as error:
        raise GamegenError(f"{folder}: {MANIFEST} cannot be read ({str(error)[:80]})") from None
    try:
        kind = "suite" if "suite" in stated else "filtered" if "filter" in stated else "corpus"
        files = stated["files"] if kind == "suite" else stated["shards"]
        config = "distance" if kind == "suite" else "arm"
        entries = tuple(
            Entry(file["path"], file[config], file["split"], file["rows"], file["bytes"], file["sha256"]) for file in files
        )
        return Manifest(folder, kind, stated["gamegen"], entries, stated)
    except (KeyError, TypeError):
        raise GamegenError(f"{folder}: {MANIFEST} is no manifest of gamegen") from None


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()
