"""A corpus from a spec: checked first, then made shard by shard, then closed by its card and its manifest.

A corpus is a folder with ``spec.yaml`` (the resolved spec), ``<arm>/<split>-0000i-of-0000n.parquet``, ``README.md`` (the
card) and ``manifest.json``. The manifest is written last: a folder without it is not finished. Meanwhile each of several jobs
that share the work leaves ``manifest-0000i-of-0000n.json``, from which the last one closes the corpus.
"""

import json
import re
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
from gamegen.manifests import CARD, MANIFEST, SPEC, digest, read
from gamegen.places import PARTIAL, is_remote, place, put, reached, remove, sizes
from gamegen.prompts import NO_SOLUTION
from gamegen.puzzles import OWNED
from gamegen.shards import SHARE, Share, shards, write_shard
from gamegen.spec import Spec, from_yaml, to_yaml

PROBED = 100  # rows of each split whose run is made before anything is written
_HEAD = "# The resolved spec of this corpus, as gamegen wrote it.\n"
# Every file that a corpus may consist of, the partial ones of a run that was killed included.
_OURS = re.compile(
    r"(\w+/)?\.?(spec\.yaml|manifest(-\d{5}-of-\d{5})?\.json|README\.md|\w+-\d{5}-of-\d{5}\.parquet)(\.[\w-]+\.partial)?"
)


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
    *,
    share: Share | None = None,
    engine: str = "local",
    address: str | None = None,
    note: Callable[[str], None] = lambda said: None,
) -> dict[str, Any]:
    """Make the corpus and return its manifest; ``done`` is told of every finished row (of all arms together).

    ``out`` is a folder, or an address that fsspec knows. A ``share`` of the shards is made beside the others, or after
    them: the one that ends last closes the corpus, any other returns its part of the manifest and which are ``missing``. The
    engine ``ray`` runs on the cluster at ``address``. ``note`` is told of what is made again because it was changed.
    Nothing is written before the spec is known to be possible. Raises SpecError, or GamegenError where ``out`` is there
    already and neither ``overwrite`` (of a corpus) nor ``resume`` (of an unfinished one with the same spec) is allowed.
    """
    out = place(out)
    if share and overwrite:
        raise GamegenError("--overwrite was given with --shard, of which each would remove what the others made; use --resume")
    run = engines.engine(engine, workers, address)
    capacity = plan(spec)
    resolved = to_yaml(spec)
    mine = share.of_all(shards(spec)) if share else shards(spec)
    with reached(out):
        _make_room(out, resolved, overwrite, resume or share is not None, note)
        if not (out / SPEC).is_file():
            put(out / SPEC, _HEAD + resolved)
        _drop_partial(out, {shard.path(arm) for shard in mine for arm in spec.arms} if share else None)
    entries: list[dict[str, Any]] = []
    for made in run(partial(write_shard, resolved, out), mine, done):
        entries += made
    with reached(out, "what is finished is kept: mend that, then --resume goes on"):
        if share:
            put(out / share.file, json.dumps(_stated(spec, entries), indent=1) + "\n")
            others, missing = _gathered(out, share)
            if missing and (out / MANIFEST).is_file():  # another has closed it, or it was closed before
                (out / share.file).unlink(missing_ok=True)
                return dict(read(out).stated)
            if missing:
                return {**_stated(spec, entries), "missing": missing}
            entries = others
        return _close(out, spec, capacity, entries)


def _gathered(out: Path, share: Share) -> tuple[list[dict[str, Any]], list[int]]:
    """What all shares wrote, and those that have not ended yet."""
    there = sizes(out)
    missing = [other.index for other in share.all() if other.file not in there]
    entries: list[dict[str, Any]] = []
    for other in share.all() if not missing else ():
        try:
            stated = json.loads((out / other.file).read_text(encoding="utf-8"))
        except FileNotFoundError:  # another closes the corpus at this moment
            missing.append(other.index)
            continue
        if stated["gamegen"] != gamegen.__version__:
            missing.append(other.index)
        entries += stated["shards"]
    return entries, missing


def _close(out: Path, spec: Spec, capacity: dict[str, int], entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Write the card and the manifest, which say that all is there. Raises GamegenError where it is not."""
    there = sizes(out)
    for entry in entries:
        if there.get(entry["path"]) != entry["bytes"]:
            raise GamegenError(
                f"{out}: {entry['path']} was written, and is not there or has other bytes; is that a folder that all machines "
                "share? What is finished is kept: --resume goes on"
            )
    manifest = {"capacity": capacity, **_stated(spec, entries)}
    put(out / CARD, card(spec, manifest))
    put(out / MANIFEST, json.dumps(manifest, indent=1) + "\n")
    for name in there:
        if SHARE.fullmatch(name):
            (out / name).unlink(missing_ok=True)
    return manifest


def _stated(spec: Spec, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """What a manifest says of files, in the order of their paths."""
    return {
        "gamegen": gamegen.__version__,
        "rows": sum(entry["rows"] for entry in entries),
        "bytes": sum(entry["bytes"] for entry in entries),
        "grades": {arm: dict(_grades(entries, arm)) for arm in spec.arms},
        "shards": sorted(entries, key=lambda entry: entry["path"]),
    }


def _grades(entries: list[dict[str, Any]], arm: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for entry in entries:
        if entry["arm"] == arm:
            total.update(entry["grades"])
    return total


def _make_room(out: Path, resolved: str, overwrite: bool, resume: bool, note: Callable[[str], None]) -> None:
    """Leave ``out`` an empty folder, or one with shards of this very spec; never touch what is no corpus."""
    if not is_remote(out):
        out.mkdir(parents=True, exist_ok=True)
    inside = sorted(sizes(out))
    strange = [name for name in inside if not _OURS.fullmatch(name)]
    if inside and not strange and not _is_corpus(out, inside):
        strange = inside
    if strange:
        raise GamegenError(f"{out}: holds {strange[0]}, which is of no corpus made here; choose another folder")
    if inside and resume:
        if (out / SPEC).read_text(encoding="utf-8") != _HEAD + resolved:
            raise GamegenError(f"{out}: holds a corpus of another spec; choose another folder, or replace it with --overwrite")
        _drop_changed(out, note)
    elif inside and overwrite:
        remove(out)
    elif inside:
        state = "a corpus" if (out / MANIFEST).is_file() else "an unfinished corpus (--resume goes on with it)"
        raise GamegenError(f"{out}: holds {state}; choose another folder, or replace it with --overwrite")


def _is_corpus(out: Path, inside: list[str]) -> bool:
    """Whether there is the spec of a corpus, as it is written first of all, and no folder that is none of its arms."""
    if SPEC not in inside or not (text := (out / SPEC).read_text(encoding="utf-8")).startswith(_HEAD):
        return False
    arms = from_yaml(text).arms
    return all(name.split("/")[0] in arms for name in inside if "/" in name)


def _drop_partial(out: Path, own: set[str] | None) -> None:
    """Remove what runs that were killed have left unfinished: of these files, or of all."""
    for name in sizes(out):
        folder, slash, file = name.rpartition("/")
        left = PARTIAL.fullmatch(file)
        if left and (own is None or f"{folder}{slash}{left['name']}" in own):
            (out / name).unlink(missing_ok=True)


def _drop_changed(out: Path, note: Callable[[str], None]) -> None:
    """Remove the shards that are not what the manifest says, so that they are made again."""
    if not (out / MANIFEST).is_file():
        return
    for entry in json.loads((out / MANIFEST).read_text(encoding="utf-8"))["shards"]:
        path = out / entry["path"]
        if path.is_file() and digest(path) != entry["sha256"]:
            note(f"{out}: {entry['path']} is not the file that the manifest names; it is made again")
            path.unlink()
