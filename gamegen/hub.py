"""What the Hugging Face Hub needs of a corpus: its card."""

from collections.abc import Iterable, Mapping
from functools import partial
from importlib import resources
from typing import Any

import yaml

import gamegen
from gamegen import games
from gamegen.arms import ARMS
from gamegen.corpus import makers, row
from gamegen.policies import ORDERS
from gamegen.prompts import say_rules
from gamegen.spec import Spec, to_yaml

NEW_IN = {
    "train": "",
    "validation": "numbers",
    "test": "numbers",
    "test_new_targets": "numbers and targets",
}
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"))


def card(spec: Spec, manifest: dict[str, Any]) -> str:
    """The data card of a corpus, as Markdown with the header that the Hub and ``load_dataset`` read."""
    splits = {split: rows for split, rows in spec.splits.items() if rows}
    sample = row(spec, next(iter(splits)), 0)
    text = (resources.files("gamegen") / "card.md").read_text(encoding="utf-8")
    return text.format(
        header=header(
            ", ".join(name.replace("_", " ").capitalize() for name in spec.games),
            (name.replace("_", "-") for name in spec.games),
            manifest["rows"],
            {arm: {split: f"{arm}/{split}-*.parquet" for split in splits} for arm in spec.arms},
        ),
        title=f"{_games(spec)}, {', '.join(spec.arms)}",
        rows=manifest["rows"],
        about=" ".join(map(partial(_about, spec), spec.games)),
        disjoint=_DISJOINT_COUNTDOWN if spec.is_countdown else _DISJOINT,
        version=gamegen.__version__,
        out="PATH OR NAME OF THIS CORPUS",
        arm=spec.arms[0],
        arms=", ".join(spec.arms),
        rules=_rules(spec),
        search=_search(spec),
        splits="\n".join(
            f"| {split} | {rows:,} | {manifest['capacity'][split]:,} | {_new_in(spec, split)} |"
            for split, rows in splits.items()
        ),
        grades="\n".join(
            f"| {arm} | {ARMS[arm].says} | {', '.join(f'{grade} {rows:,}' for grade, rows in sorted(grades.items()))} |"
            for arm, grades in manifest["grades"].items()
        ),
        prompt=sample["prompt"][-1]["content"],
        completion=sample["completion"][0]["content"],
        spec=to_yaml(spec),
    )


def _games(spec: Spec) -> str:
    """The games by name, each with what its puzzles count."""
    found = []
    for name in spec.games:
        counted = (spec.puzzles.count, "numbers")
        if name != games.COUNTDOWN:
            game = games.small_game(name, spec.puzzles.size)
            counted = (game.size, game.counts)
        found.append(f"{name.replace('_', ' ').capitalize()}, {counted[0]} {counted[1]}")
    return "; ".join(found)


def _about(spec: Spec, name: str) -> str:
    """What a game is, as a sentence behind others."""
    if name != games.COUNTDOWN:
        return f"**{name}** ({games.small_game(name, spec.puzzles.size).says})."
    return (
        f"**Countdown**, the recursive arithmetic game: from {spec.puzzles.count} numbers combine two, play on with the rest, "
        "and win\nwhen the last number is the target."
    )


def _rules(spec: Spec) -> str:
    countdown = say_rules(spec.rules, spec.surface) if games.COUNTDOWN in spec.games else ""
    if spec.is_countdown:
        return countdown
    return f"Of Countdown: {countdown} Of the others: as the prompts say them." if countdown else "As the prompts say them."


def _new_in(spec: Spec, split: str) -> str:
    """What no training row has; a small game has puzzles in place of numbers and targets."""
    new = [NEW_IN[split]] if games.COUNTDOWN in spec.games else []
    return " · ".join([*new, *(["puzzles"] if not spec.is_countdown else [])]) if NEW_IN[split] else ""


_DISJOINT_COUNTDOWN = """\
The splits share no multiset of numbers, whatever the seed, the range of the numbers or any other setting of two corpora: which
split owns a multiset is a constant of the package. `test_new_targets` has only targets that no row of another split has."""
_DISJOINT = """\
The splits share no puzzle, nor one that is the same but for names or order, whatever the seed or any other setting of two
corpora: which split owns a puzzle is a constant of the package."""


def _search(spec: Spec) -> str:
    """Which search is shown, as the end of a sentence and what follows."""
    runs = [maker.policy for maker in makers(to_yaml(spec)).makers if maker.policy]
    if not runs:
        none = (
            "and where there is\nno solution it tries every move until that is shown"
            if spec.puzzles.unsolvable
            else "and calls none\nimpossible"
        )
        return (
            " a\ndepth-first policy that returns where chance says: it may leave a state before all its moves are tried, "
            f"{none}."
        )
    return (
        f"\n{ORDERS[runs[0].name].says}. It is run as it comes, by the heuristic "
        f"{' or '.join(dict.fromkeys(f'`{run.heuristic}`' for run in runs))},\nwith at most {runs[0].budget:,} "
        "steps; a run that stops without the goal says so and gives no answer (grade `unsolved`)."
    )


def header(name: str, tags: Iterable[str], rows: int, configs: Mapping[str, Mapping[str, str]]) -> str:
    """The header of a card that the Hub and ``load_dataset`` read: configs with the paths of splits, the default first."""
    fields = {
        "language": ["en"],
        "license": "apache-2.0",
        "pretty_name": f"{name} by gamegen",
        "task_categories": ["text-generation"],
        "size_categories": [next((size for below, size in _SIZES if rows < below), "10M<n<100M")],
        "tags": ["synthetic", "reasoning", *tags, "backtracking", "gamegen"],
        "configs": [
            {
                "config_name": config,
                "default": i == 0,
                "data_files": [{"split": split, "path": path} for split, path in paths.items()],
            }
            for i, (config, paths) in enumerate(configs.items())
        ],
    }
    return yaml.safe_dump(fields, sort_keys=False).strip()
