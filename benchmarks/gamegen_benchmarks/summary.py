"""The summary of a run: what its scores come to, for all items, each distance, each game and each split.

``summary.json`` is an object with

- ``gamegen``: the version that scored it;
- ``run``: its name, and model, suite, digest, splits, limit, samples and params, as its header has them;
- ``groups``: a list, of which each has
    - ``by``: all, distance, game or split; ``name``: which of these (a split is named distance/split);
    - ``items``, ``completions``, ``missing`` (no completion), ``unreadable``: counts;
    - ``reasons``: what speaks against ``verified``, and of how many completions;
    - ``figures``: by their name (see FIGURES, and pass_at_K), each with ``value``, ``low`` and ``high``, the 95 % interval from
      resampled puzzles, null where there is nothing to measure; ``items``, of how many it is known; and, of a share of which
      some are missing, ``bounds``: the figure if all missing ones were 0, and if they were 1.

A completion that is missing is neither right nor wrong: it counts in the bounds. A text that could not be read has an answer
and a length; of its steps nothing is known. Of questions that others score only the answer and the surface are known, and
nothing else of them is missing.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

import gamegen
from gamegen_benchmarks import measures
from gamegen_benchmarks.measures import MEASURES, Columns, Measure, Sums, of_puzzles
from gamegen_benchmarks.runs import SUMMARY
from gamegen_benchmarks.scoring import Scored
from gamegen_benchmarks.statistics import Estimate, estimates, resampled
from gamegen_verifiers.verdict import GRADES

# The procedure vector: shares, and counts.
PROCEDURE = (
    *("step_validity", "operand_legality", "state_consistency", "genuine_backtracks", "dead_end_soundness", "novelty"),
    *("grounding", "subgoals_met", "checks_true", "dead_ends", "backtracks", "implicit_returns", "states"),
)

# All figures of a group but those of pass@k and of Youden's J, which is made of two of them.
FIGURES: Mapping[str, Measure] = {
    **MEASURES,
    "characters": Measure("characters", "wordiness.characters"),
    "readable": Measure("share of the texts whose steps could be judged", "readable", applies="ours"),
    "recall": Measure("share of what looks like a step that the reader read", "verdict.recall", applies="ours"),
    "truncated": Measure("share that ended for their length", "truncated"),
    "credit": Measure("mean credit, which others' scorers give in parts", "credit"),
    "steps": Measure("steps", "read.verdict.steps", applies="ours"),
    "declined_unsolvable": Measure("share declined of what has no solution", "declined_unsolvable"),
    "declined_solvable": Measure("share declined of what has one", "declined_solvable"),
    **{f"grade.{grade}": Measure(f"share graded {grade}", f"grade.{grade}", applies="ours") for grade in GRADES},
    **{f"procedure.{name}": Measure(name, f"read.verdict.procedure.{name}", applies="ours") for name in PROCEDURE},
}
YOUDEN = ("declined_unsolvable", "declined_solvable")  # J is the one less the other


class Group(NamedTuple):
    """Some of the items, those where ``among`` holds."""

    by: str
    name: str
    among: npt.NDArray[np.bool_]


def summarise(scored: Scored) -> dict[str, Any]:
    """The summary of a run, with nothing that JSON has not."""
    scores = Columns(scored.table)
    found = {name: measures.sums(scores, measure) for name, measure in FIGURES.items()}
    found |= {f"pass_at_{k}": measures.pass_at(scores, k) for k in measures.ks(scores)}
    bounds = {name: measures.bounds(scores, measure) for name, measure in FIGURES.items() if measure.share}
    header = {name: value for name, value in asdict(scored.header).items() if name != "gamegen"}
    return {
        "gamegen": gamegen.__version__,
        "run": {"name": scored.folder.resolve().name, **header},
        "groups": [_group(scores, group, found, bounds) for group in groups(scores)],
    }


def write(scored: Scored) -> dict[str, Any]:
    """Write the summary of a run into its folder, and return it."""
    found, file = summarise(scored), scored.folder / SUMMARY
    partial = file.with_name(f".{file.name}.partial")
    partial.write_text(json.dumps(found, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    partial.replace(file)
    return found


def groups(scores: Columns, by: tuple[str, ...] = ("distance", "game", "split")) -> Iterator[Group]:
    """All items, and those of each distance, game and split, in the order of the suite."""
    yield Group("all", "all", np.ones(len(scores.items), bool))
    distance = scores.text("distance")[scores.first]
    for kind in by:
        names = scores.text(kind)[scores.first]
        if kind == "split":
            names = distance + "/" + names
        for name in dict.fromkeys(names):
            yield Group(kind, name, names == name)


def _group(scores: Columns, group: Group, found: Mapping[str, Sums], bounds: Mapping[str, tuple[Sums, Sums]]) -> dict[str, Any]:
    among = group.among[scores.item]
    reasons = Counter(reason for i in np.flatnonzero(among) for reason in scores.reasons[i])
    return {
        "by": group.by,
        "name": group.name,
        "items": int(group.among.sum()),
        "completions": int(among.sum()),
        "missing": int(scores["missing"][among].sum()),
        "unreadable": int((scores["readable"][among] == 0).sum()),
        "reasons": dict(sorted(reasons.items(), key=lambda one: (-one[1], one[0]))),
        "figures": _figures(
            {name: of.at(group.among) for name, of in found.items()}, group, bounds, scores.puzzle[group.among]
        ),
    }


def _figures(
    found: Mapping[str, Sums], group: Group, bounds: Mapping[str, tuple[Sums, Sums]], puzzles: npt.NDArray[np.int64]
) -> dict[str, Any]:
    """All figures of a group, measured on the same resamples of its puzzles."""
    tops, ofs = (np.stack([of[i] for of in found.values()], axis=1) for i in (0, 1))
    values, drawn = resampled(of_puzzles(tops, puzzles), of_puzzles(ofs, puzzles))
    place = {name: i for i, name in enumerate(found)}
    items = (ofs > 0).sum(0)
    made: dict[str, dict[str, Any]] = {
        name: {**estimate.to_dict(), "items": int(of)}
        for name, estimate, of in zip(found, estimates(values, drawn), items, strict=True)
    }
    for name, (least, most) in bounds.items():
        low, high = (float(side.top[group.among].sum()) for side in (least, most))
        if high > low:
            applies = float(least.of[group.among].sum())
            made[name]["bounds"] = [low / applies, high / applies]
    one, other = (place[name] for name in YOUDEN)
    youden = Estimate.of(values[one] - values[other], drawn[:, one] - drawn[:, other]).to_dict()
    return {**made, "youden_j": {**youden, "items": sum(made[name]["items"] for name in YOUDEN)}}
