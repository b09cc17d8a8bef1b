"""What the Hugging Face Hub needs of a corpus: its card."""

from importlib import resources
from typing import Any

import yaml

import gamegen
from gamegen.arms import ARMS
from gamegen.corpus import row
from gamegen.games.countdown import HEURISTICS
from gamegen.policies import ORDERS, policy
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
        header=yaml.safe_dump(_header(spec, splits, manifest["rows"]), sort_keys=False).strip(),
        title=f"Countdown, {spec.puzzles.count} numbers, {', '.join(spec.arms)}",
        rows=manifest["rows"],
        count=spec.puzzles.count,
        version=gamegen.__version__,
        out="PATH OR NAME OF THIS CORPUS",
        arm=spec.arms[0],
        arms=", ".join(spec.arms),
        rules=say_rules(spec.rules, spec.surface),
        search=_search(spec),
        splits="\n".join(
            f"| {split} | {rows:,} | {manifest['capacity'][split]:,} | {NEW_IN[split]} |" for split, rows in splits.items()
        ),
        grades="\n".join(
            f"| {arm} | {ARMS[arm].says} | {', '.join(f'{grade} {rows:,}' for grade, rows in sorted(grades.items()))} |"
            for arm, grades in manifest["grades"].items()
        ),
        prompt=sample["prompt"][-1]["content"],
        completion=sample["completion"][0]["content"],
        spec=to_yaml(spec),
    )


def _search(spec: Spec) -> str:
    """Which search is shown, as the end of a sentence and what follows."""
    run = policy(spec.trace, HEURISTICS)
    if run is None:
        return (
            " a\ndepth-first policy that returns where chance says: it may leave a state before all its moves are tried, "
            "and calls none\nimpossible."
        )
    return (
        f"\n{ORDERS[run.name].says}. It is run as it comes, by the heuristic `{run.heuristic}`,\nwith at most {run.budget:,} "
        "steps; a run that stops without the goal says so and gives no answer (grade `unsolved`)."
    )


def _header(spec: Spec, splits: dict[str, int], rows: int) -> dict[str, Any]:
    return {
        "language": ["en"],
        "license": "apache-2.0",
        "pretty_name": "Countdown by gamegen",
        "task_categories": ["text-generation"],
        "size_categories": [next((name for below, name in _SIZES if rows < below), "10M<n<100M")],
        "tags": ["synthetic", "reasoning", "countdown", "backtracking", "gamegen"],
        "configs": [
            {
                "config_name": arm,
                "default": arm == spec.arms[0],
                "data_files": [{"split": split, "path": f"{arm}/{split}-*.parquet"} for split in splits],
            }
            for arm in spec.arms
        ],
    }
