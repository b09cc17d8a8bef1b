"""The items of a suite, and what a model is asked of each.

Words: an *item* is one row of a suite, under an id that no other has; a *selection* are the splits that are asked, and how many
items of each.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq

from gamegen.corpus import Row
from gamegen.errors import GamegenError
from gamegen_benchmarks import external, suites

Messages = list[dict[str, str]]

# Questions of others say nothing of tags, and their answer is what stands in the last ones.
EXTERNAL_SYSTEM = "Reason step by step. Then put your final answer, and nothing else, between <answer> and </answer>."


class Suite(NamedTuple):
    """A suite on disk; the digest is one over the digests of all its files, in their order."""

    name: str
    folder: Path
    digest: str
    splits: tuple[tuple[str, str], ...]  # distance and split of each file

    def items(self, chosen: Sequence[str] = (), limit: int | None = None) -> list[Row]:
        """The first ``limit`` items of the splits of a selection, of all where none is chosen, in the order of the suite.

        A selection has names of distances, of splits, or ``distance/split``. Raises GamegenError for any other.
        """
        found: list[Row] = []
        for distance, split in self._selected(chosen):
            table = pq.read_table(self.folder / distance / f"{split}.parquet")
            found += table.slice(0, limit).to_pylist()
        return found

    def _selected(self, chosen: Sequence[str]) -> list[tuple[str, str]]:
        names = {pair: {pair[0], pair[1], "/".join(pair)} for pair in self.splits}
        every = sorted(set().union(*names.values()) - {"/".join(pair) for pair in self.splits})
        if unknown := [name for name in chosen if not any(name in of for of in names.values())]:
            raise GamegenError(f"--split: {unknown[0]!r} given; the suite {self.name} has {', '.join(every)}")
        return [pair for pair, of in names.items() if not chosen or of & set(chosen)]


@lru_cache(maxsize=4)
def suite(given: str) -> Suite:
    """The suite that ships with gamegen, by its name, or the one in a folder. Raises GamegenError where there is none."""
    shipped = suites.frozen()["suite"]
    folder = suites.snapshot() if given == shipped else Path(given)
    if not (folder / suites.MANIFEST).is_file():
        raise GamegenError(f"--suite: {given!r} given; there is {shipped!r}, or give a folder that `gamegen suite build` made")
    try:
        manifest = json.loads((folder / suites.MANIFEST).read_text(encoding="utf-8"))
        files = [(file["distance"], file["split"], file["path"], file["sha256"]) for file in manifest["files"]]
        name = str(manifest["suite"])
    except (ValueError, KeyError, TypeError):
        raise GamegenError(f"{folder / suites.MANIFEST}: is no manifest of a suite; build the suite anew") from None
    for _, _, path, digest in files:
        if not (folder / path).is_file() or suites.digest(folder / path) != digest:
            raise GamegenError(f"{folder / path}: is not the file that the manifest names; build the suite anew")
    digest = sha256("".join(f"{path} {digest}\n" for _, _, path, digest in files).encode()).hexdigest()
    return Suite(name, folder, digest, tuple((distance, split) for distance, split, _, _ in files))


def messages(item: Row) -> Messages:
    """The chat that a model is to go on with."""
    asked = [{"role": message["role"], "content": message["content"]} for message in item["prompt"]]
    if external.scores(item):
        return [{"role": "system", "content": EXTERNAL_SYSTEM}, *asked]
    return asked
