"""Runs side by side, on the items that they have in common.

Words: a *side* is a run in a comparison, under its *label*; a *contrast* is what a figure of one side is more than that of
another; it is *paired*: over the items of which the measure is known of both, whose resamples are drawn for both together.
Its p-value is that of changing the two sides at random in each item, corrected by Holm's method over all contrasts of its
table. The *bounds* of a contrast are what it can be over all the items, whatever the missing values are: the worst of the one
against the best of the other, and the reverse. So a contrast of the pairs may lie outside of them, where it is the missing
ones that make it.

A comparison is an object with

- ``suite``, ``digest``, ``items`` (in common), ``first`` (the label of the side that the others are compared to);
- ``runs``: label, model, ``items`` and ``completions`` of each, and how many items of it are ``left_out``;
- ``measures``: what each is; ``distances``: all, and those that there are;
- ``figures``: for each measure, distance and run: ``value``, ``low``, ``high`` and ``items``;
- ``contrasts``: for each measure, distance and run but the first: ``run``, ``against``, ``value``, ``low``, ``high``, ``pairs``
  (items), ``p``, ``p_holm``, and ``bounds``, null where nothing is missing or a measure is no share;
- ``plane``: for each run and distance the figures ``tokens``, ``sound_share`` and ``procedure_score``;
- ``given_length``: for each run but the first, each distance and each measure of GIVEN_LENGTH, the contrast at equal length
  (see ``lengths``);
- ``arms``: null, or ``with``, ``without`` and ``base`` (labels), and two lists of contrasts: ``effect``, of with against
  without, and ``without_base``, of without against the base: what training gives that shows no traces.

A ``value`` is null where there is nothing to measure.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from gamegen.errors import GamegenError
from gamegen_benchmarks import lengths, measures, runs
from gamegen_benchmarks.measures import MEASURES, Columns, Sums, of_puzzles
from gamegen_benchmarks.scoring import Scored, scored
from gamegen_benchmarks.statistics import Estimate, holm, resampled, sign_flips
from gamegen_benchmarks.summary import Group, groups

PLANE = ("tokens", "sound_share", "procedure_score")
GIVEN_LENGTH = ("sound_share", "procedure_score", "accuracy")

Figure = dict[str, Any]
Of = TypeVar("Of")


class Side(NamedTuple):
    """A run in a comparison: its scores of the common items, in their order."""

    label: str
    scored: Scored
    scores: Columns
    sums: dict[str, Sums]
    bounds: dict[str, tuple[Sums, Sums]]
    missing: dict[str, measures.Floats]


class Arms(NamedTuple, Generic[Of]):
    """The model that was trained with traces, the one without, and perhaps the one that was not trained."""

    trained: Of
    without: Of
    base: Of | None


def compare(
    folders: Sequence[Path],
    arms: Arms[Path] | None = None,
    workers: int = 1,
    done: Callable[[int], None] = lambda completions: None,
) -> dict[str, Any]:
    """Compare runs, and the arms ``with`` and ``without`` traces, beside the ``base``; those without scores are scored first.

    Raises GamegenError where they are not of one suite or have no item in common.
    """
    given = [*folders, *((arms.without, arms.trained, arms.base) if arms else ())]
    places = list(dict.fromkeys(place.resolve() for place in given if place is not None))
    if len(places) < 2:
        raise GamegenError(f"{len(places)} runs given; give two different ones or more")
    every = sides(places, workers, done)
    of = dict(zip(places, every, strict=True))
    asked = (
        Arms(of[arms.trained.resolve()], of[arms.without.resolve()], of[arms.base.resolve()] if arms.base else None)
        if arms
        else None
    )
    return compared(every, asked)


def compared(every: Sequence[Side], arms: Arms[Side] | None = None) -> dict[str, Any]:
    """The comparison of sides that have the same items, two or more."""
    first, *others = every
    among = list(groups(first.scores, ("distance",)))
    head = first.scored.header
    figures = [figure for side in every for group in among for figure in _figures(side, group)]
    return {
        "suite": head.suite,
        "digest": head.digest,
        "items": len(first.scores.items),
        "first": first.label,
        "runs": [_about(side) for side in every],
        "measures": {name: measure.says for name, measure in MEASURES.items()},
        "distances": [group.name for group in among],
        "figures": figures,
        "contrasts": contrasts([(side, first) for side in others], among),
        "plane": [_place(side.label, group.name, figures) for side in every for group in among],
        "given_length": [
            _given_length(side, first, group, name) for side in others for group in among for name in GIVEN_LENGTH
        ],
        "arms": _arms(arms, among) if arms else None,
    }


def sides(places: Sequence[Path], workers: int, done: Callable[[int], None]) -> list[Side]:
    """The runs, on the items that they have in common. Raises GamegenError."""
    heads = [runs.header(place) for place in places]
    for place, head in zip(places, heads, strict=True):
        if head.digest != heads[0].digest:
            raise GamegenError(
                f"{place}: is of the suite {head.suite}, and {places[0]} of {heads[0].suite}, or of another version of it; "
                "compare runs of one suite"
            )
    read = [scored(place, workers, done) for place in places]
    ids = [set(one.table.column("id").to_pylist()) for one in read]
    if not (common := set.intersection(*ids)):
        raise GamegenError(f"{', '.join(map(str, places))}: have no item in common; run them with the same --split and --limit")
    return [_side(label, one, common) for label, one in zip(labels(places), read, strict=True)]


def _side(label: str, one: Scored, common: set[str]) -> Side:
    ids = one.table.column("id").to_pylist()
    scores = Columns(one.table.filter([name in common for name in ids]))
    shares = {name: measure for name, measure in MEASURES.items() if measure.share}
    return Side(
        label,
        one,
        scores,
        {name: measures.sums(scores, measure) for name, measure in MEASURES.items()},
        {name: measures.bounds(scores, measure) for name, measure in shares.items()},
        {name: measures.missing(scores, measure) for name, measure in shares.items()},
    )


def labels(places: Sequence[Path]) -> list[str]:
    """The names of the folders; of those with the same name, the shortest ends of their paths that tell them apart."""
    parts = [place.resolve().parts for place in places]

    def ends(i: int, length: int) -> tuple[str, ...]:
        return parts[i][-length:]

    found = []
    for i in range(len(parts)):
        most = max(map(len, parts))
        length = next((k for k in range(1, most) if [ends(j, k) for j in range(len(parts))].count(ends(i, k)) == 1), most)
        found.append("/".join(part.strip("/") for part in ends(i, length)))
    return found


def contrasts(pairs: Sequence[tuple[Side, Side]], among: Sequence[Group]) -> list[Figure]:
    """The contrasts of each pair of sides in each group, as one table of tests."""
    found = [contrast for one, other in pairs for group in among for contrast in _contrasts(one, other, group)]
    corrected = holm([np.nan if contrast["p"] is None else contrast["p"] for contrast in found])
    return [{**contrast, "p_holm": None if np.isnan(p) else p} for contrast, p in zip(found, corrected, strict=True)]


def _contrasts(one: Side, other: Side, group: Group) -> Iterator[Figure]:
    """All measures of a group together: they are resampled, and the sides changed, in the same draws."""
    pairs = [_paired(one.sums[name].at(group.among), other.sums[name].at(group.among)) for name in MEASURES]
    both = [(np.stack([pair[i].top for pair in pairs], 1), np.stack([pair[i].of for pair in pairs], 1)) for i in (0, 1)]
    puzzles = one.scores.puzzle[group.among]
    first, second = ((of_puzzles(top, puzzles), of_puzzles(of, puzzles)) for top, of in both)
    (mine, my_draws), (its, its_draws) = resampled(*first), resampled(*second)
    p_values = sign_flips(first, second)
    for i, name in enumerate(MEASURES):
        yield {
            "measure": name,
            "distance": group.name,
            "run": one.label,
            "against": other.label,
            **Estimate.of(mine[i] - its[i], my_draws[:, i] - its_draws[:, i]).to_dict(),
            "pairs": int((both[0][1][:, i] > 0).sum()),
            "p": None if np.isnan(p_values[i]) else float(p_values[i]),
            "bounds": _bounds(one, other, group, name),
        }


def _paired(one: Sums, other: Sums) -> tuple[Sums, Sums]:
    """Both, where both are known."""
    known = (one.of > 0) & (other.of > 0)
    return Sums(one.top * known, one.of * known), Sums(other.top * known, other.of * known)


def _bounds(one: Side, other: Side, group: Group, name: str) -> list[float] | None:
    """The least and the most that a contrast of shares can be over all items, where some are missing."""
    if name not in one.bounds or not sum(side.missing[name][group.among].sum() for side in (one, other)):
        return None
    (my_least, my_most), (its_least, its_most) = (
        [side.top[group.among].sum() / side.of[group.among].sum() for side in of.bounds[name]] for of in (one, other)
    )
    return [float(my_least - its_most), float(my_most - its_least)]


def _about(side: Side) -> Figure:
    ids = set(side.scored.table.column("id").to_pylist())
    return {
        "label": side.label,
        "model": side.scored.header.model,
        "items": len(ids),
        "completions": side.scored.table.num_rows,
        "left_out": len(ids) - len(side.scores.items),
        "missing": int(side.scores["missing"].sum()),
        "unreadable": int((side.scores["readable"] == 0).sum()),
    }


def _figures(side: Side, group: Group) -> Iterator[Figure]:
    tops, ofs = (np.stack([side.sums[name][i][group.among] for name in MEASURES], 1) for i in (0, 1))
    puzzles = side.scores.puzzle[group.among]
    values, draws = resampled(of_puzzles(tops, puzzles), of_puzzles(ofs, puzzles))
    for i, name in enumerate(MEASURES):
        estimate = Estimate.of(values[i], draws[:, i]).to_dict()
        about = {"measure": name, "distance": group.name, "run": side.label}
        yield {**about, **estimate, "items": int((ofs[:, i] > 0).sum())}


def _place(label: str, distance: str, figures: Sequence[Figure]) -> Figure:
    """Where a run is in the procedure–verbosity plane."""
    mine = {figure["measure"]: figure for figure in figures if (figure["run"], figure["distance"]) == (label, distance)}
    places = {name: {part: mine[name][part] for part in ("value", "low", "high")} for name in PLANE}
    return {"run": label, "distance": distance, **places}


def _given_length(one: Side, other: Side, group: Group, name: str) -> Figure:
    about = {"measure": name, "distance": group.name, "run": one.label, "against": other.label}
    return {**about, **lengths.contrast(_texts(one, group, name), _texts(other, group, name), int(one.scores.puzzle.max()) + 1)}


def _texts(side: Side, group: Group, name: str) -> lengths.Texts:
    values, tokens = side.scores[MEASURES[name].top], side.scores["wordiness.tokens"]
    known: npt.NDArray[np.bool_] = group.among[side.scores.item] & ~np.isnan(values) & ~np.isnan(tokens)
    return lengths.Texts(side.scores.puzzle[side.scores.item[known]], tokens[known], values[known])


def _arms(arms: Arms[Side], among: Sequence[Group]) -> Figure:
    trained, without, base = arms
    return {
        "with": trained.label,
        "without": without.label,
        "base": base.label if base else None,
        "effect": contrasts([(trained, without)], among),
        "without_base": contrasts([(without, base)], among) if base else [],
    }
