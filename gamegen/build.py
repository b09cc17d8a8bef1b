"""A corpus from a spec: checked first, then made shard by shard, then closed by its card and its manifest.

A corpus is a folder with ``spec.yaml`` (the resolved spec), ``<arm>/<split>-0000i-of-0000n.parquet``, ``README.md`` (the
card) and ``manifest.json``. The manifest is written last: a folder without it is not finished.
"""

import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import gamegen
from gamegen import engines
from gamegen.corpus import Maker, makers
from gamegen.errors import GamegenError, SpecError
from gamegen.hub import card
from gamegen.manifests import CARD, MANIFEST, SPEC
from gamegen.prompts import NO_SOLUTION
from gamegen.puzzles import OWNED
from gamegen.shards import shards, write_shard
from gamegen.spec import Spec, from_yaml, to_yaml

PROBED = 100  # rows of each split whose run is made before anything is written
_HEAD = "# The resolved spec of this corpus, as gamegen wrote it.\n"
# Every file that a corpus may consist of, the partial ones of a run that was killed included.
_OURS = re.compile(r"\.?(spec\.yaml|manifest\.json|README\.md)(\.partial)?|\w+/\.?\w+-\d{5}-of-\d{5}\.parquet(\.\d+\.partial)?")


def plan(spec: Spec) -> dict[str, int]:
    """How many rows each split could have. Raises SpecError where a split asks for more, or for what no puzzle gives."""
    found = makers(to_yaml(spec))
    for maker in found.makers:
        _try(maker)
    return {split: found.capacity(split) for split in OWNED}


def _try(maker: Maker) -> None:
    """Raise SpecError where the splits ask for more than the maker has, or for what none of the first rows can have."""
    spec = maker.spec
    for split, rows in spec.splits.items():
        if rows > maker.space.capacity(split):
            raise maker.space.refusal(split, rows)
    if maker.policy:
        _read_stopped(maker)
    for split, rows in spec.splits.items():
        for i in range(min(rows, PROBED)):  # what a row cannot give shows before anything is written
            if spec.trace.tokens is None and not maker.corrupts:
                maker.run(split, i)
            else:
                maker.rows(split, i)
        for i in {0, rows - 1} if rows else ():
            for row in maker.rows(split, i).values():
                _read_back(row)


def _read_back(row: dict[str, Any]) -> None:
    """Raise SpecError where the answer of a row of our own is not found in its text."""
    verdict = row["verdict"]
    if row["corruptions"]:
        return
    if row["events"] and row["events"][-1]["kind"] == "stop":
        return  # without an answer; see _read_stopped
    expected = "declined" if row["answer"] == NO_SOLUTION else "correct"
    if verdict["answer"] != expected:
        raise SpecError(
            "prompt.template",
            f"an answer wrapped by it reads as {verdict['answer']} ({verdict['answer_reason']}); "
            "mark the answer in completion, as in <answer>{answer}</answer> or \\boxed{{answer}}",
        )


def _read_stopped(maker: Maker) -> None:
    """Raise SpecError where what a template says of a search that stopped reads as an answer, or as that there is none."""
    wrapper = maker.template.stopped()
    text = f"{wrapper.before}I stop after 0 steps.{wrapper.tag}{wrapper.closing}"
    answer = maker.subject.judge(
        maker.space.puzzle(next(split for split, rows in maker.spec.splits.items() if rows), 0), text
    ).answer
    if answer != "missing":
        raise SpecError(
            "prompt.template.unsolved",
            f"{maker.template.unsolved[:60]!r} given, which reads as {answer}; say that the search stopped, and nothing of an "
            "answer",
        )


def generate(
    spec: Spec,
    out: Path | str,
    workers: int = 1,
    overwrite: bool = False,
    resume: bool = False,
    done: Callable[[int], None] = lambda rows: None,
) -> dict[str, Any]:
    """Make the corpus and return its manifest; ``done`` is told of every finished row (of all arms together).

    Nothing is written before the spec is known to be possible. Raises SpecError, or GamegenError where ``out`` is there
    already and neither ``overwrite`` (of a corpus) nor ``resume`` (of an unfinished one with the same spec) is allowed.
    """
    out = Path(out)
    capacity = plan(spec)
    resolved = to_yaml(spec)
    _make_room(out, resolved, overwrite, resume)
    _put(out / SPEC, _HEAD + resolved)
    entries: list[dict[str, Any]] = []
    work = partial(write_shard, resolved, out)
    for made in engines.run(work, shards(spec), workers, done):
        entries += made
    entries.sort(key=lambda entry: entry["path"])
    manifest = {
        "gamegen": gamegen.__version__,
        "capacity": capacity,
        "rows": sum(entry["rows"] for entry in entries),
        "bytes": sum(entry["bytes"] for entry in entries),
        "grades": {arm: dict(_grades(entries, arm)) for arm in spec.arms},
        "shards": entries,
    }
    _put(out / CARD, card(spec, manifest))
    _put(out / MANIFEST, json.dumps(manifest, indent=1) + "\n")
    return manifest


def _grades(entries: list[dict[str, Any]], arm: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for entry in entries:
        if entry["arm"] == arm:
            total.update(entry["grades"])
    return total


def _make_room(out: Path, resolved: str, overwrite: bool, resume: bool) -> None:
    """Leave ``out`` an empty folder, or one with shards of this very spec; never touch what is no corpus."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        inside = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if not path.is_dir())
    except OSError as error:
        raise GamegenError(f"{out}: cannot be a corpus folder ({error.strerror}); choose another") from None
    strange = [name for name in inside if not _OURS.fullmatch(name)]
    if inside and not strange and not _is_corpus(out):
        strange = inside
    if strange:
        raise GamegenError(f"{out}: holds {strange[0]}, which is of no corpus made here; choose another folder")
    if inside and resume:
        if (out / SPEC).read_text(encoding="utf-8") != _HEAD + resolved:
            raise GamegenError(f"{out}: holds a corpus of another spec; choose another folder, or replace it with --overwrite")
        for name in inside:
            if name.endswith(".partial"):
                (out / name).unlink()
        _drop_changed(out)
    elif inside and overwrite:
        shutil.rmtree(out)
        out.mkdir()
    elif inside:
        state = "a corpus" if (out / MANIFEST).is_file() else "an unfinished corpus (--resume goes on with it)"
        raise GamegenError(f"{out}: holds {state}; choose another folder, or replace it with --overwrite")


def _is_corpus(out: Path) -> bool:
    """Whether there is the spec of a corpus, as it is written first of all, and no folder that is none of its arms."""
    spec = out / SPEC
    if not spec.is_file() or not spec.read_text(encoding="utf-8").startswith(_HEAD):
        return False
    arms = from_yaml(spec.read_text(encoding="utf-8")).arms
    return all(path.name in arms for path in out.iterdir() if path.is_dir())


def _drop_changed(out: Path) -> None:
    """Remove the shards that are not what the manifest says, so that they are made again."""
    if (out / MANIFEST).is_file():
        for entry in json.loads((out / MANIFEST).read_text(encoding="utf-8"))["shards"]:
            path = out / entry["path"]
            if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
                path.unlink()


def _put(path: Path, text: str) -> None:
    """Write a small file so that it appears whole."""
    partial_path = path.with_name(f".{path.name}.partial")
    partial_path.write_text(text, encoding="utf-8")
    partial_path.replace(path)
