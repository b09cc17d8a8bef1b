"""Sampling: which rows are drawn from many, by keyed chance.

Words: rows are numbered; a *group* is a part of a corpus within which rows are drawn, such as one split of one arm; a
*trait* is something that rows have, such as their length, a *bin* a range of it, and a *stratum* the rows of a group that
are in the same bins. A *control* has as many rows of each stratum as the rows that were kept, drawn from all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from gamegen.rng import Draws

BINS = 10
FINER = 4  # how many times as many bins tell how near a control comes
SHOWN = 5  # strata without another row to draw that are named
PICKS = ("chance", "first")

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def at_most(k: int, kept: Flags, groups: Rows, keys: npt.NDArray[np.uint64], pick: str, seed: int) -> Flags:
    """Of the rows that are kept at most ``k`` of each group and key: the first ones, or some by chance."""
    rows = np.flatnonzero(kept)
    chance = [Draws(seed, "per prompt", int(row)).unit() if pick == "chance" else 0.0 for row in rows]
    order = np.lexsort((rows, np.asarray(chance), keys[rows], groups[rows]))
    same = (np.diff(keys[rows][order]) == 0) & (np.diff(groups[rows][order]) == 0)
    begins = np.flatnonzero(np.concatenate(([True], ~same))) if len(rows) else np.zeros(0, np.int64)
    rank = np.arange(len(rows)) - np.repeat(begins, np.diff([*begins, len(rows)]))
    chosen = np.zeros(len(kept), bool)
    chosen[rows[order][rank < k]] = True
    return chosen


@dataclass(frozen=True)
class Control:
    """The rows of a control, and how near it comes: ``distance`` is the total variation distance from the kept rows over the
    strata, ``finer`` that over FINER times as many bins of each trait; ``also_kept`` the share of its rows that were kept,
    ``no_choice`` of those in strata where all rows were, the largest of which are ``scarce``."""

    chosen: Flags
    strata: int
    distance: float
    finer: dict[str, float]
    also_kept: float
    no_choice: float
    scarce: list[dict[str, Any]]
    means: dict[str, dict[str, float]]

    def to_dict(self) -> dict[str, Any]:
        """All but the rows, as plain values."""
        found = {**vars(self), "rows": int(self.chosen.sum())}
        del found["chosen"]
        return found


def control(kept: Flags, groups: Rows, names: Sequence[str], traits: Mapping[str, npt.NDArray[Any]], seed: int) -> Control:
    """Rows drawn from all, so many of each stratum as were kept; ``names`` are those of the groups."""
    binned = [groups, *(_bins(values, kept, BINS) for values in traits.values())]
    strata = _joint(binned)
    chosen = np.zeros(len(kept), bool)
    order = np.argsort(strata, kind="stable")
    _, begins, sizes = np.unique(strata[order], return_index=True, return_counts=True)
    met, scarce = 0, list[dict[str, Any]]()
    for begin, size in zip(begins, sizes, strict=True):
        rows = order[begin : begin + size]
        wanted = int(kept[rows].sum())
        drawn = Draws(seed, "control", *(int(bins[rows[0]]) for bins in binned)).shuffled(rows.tolist())
        chosen[np.fromiter(islice(drawn, wanted), np.int64)] = True
        met += wanted > 0
        if wanted == size:
            scarce.append({"group": names[int(groups[rows[0]])], "rows": wanted, "ranges": _ranges(traits, rows)})
    total = max(int(kept.sum()), 1)
    return Control(
        chosen,
        strata=met,
        distance=_distance(strata, kept, chosen),
        finer={name: _distance(_bins(values, kept, BINS * FINER), kept, chosen) for name, values in traits.items()},
        also_kept=int((kept & chosen).sum()) / total,
        no_choice=sum(stratum["rows"] for stratum in scarce) / total,
        scarce=sorted(scarce, key=lambda stratum: -stratum["rows"])[:SHOWN],
        means=_means(traits, kept, chosen),
    )


def _ranges(traits: Mapping[str, npt.NDArray[Any]], rows: Rows) -> dict[str, list[Any]]:
    """From where to where the traits of some rows go; None where they are missing."""
    ends = {name: (values[rows].min(), values[rows].max()) for name, values in traits.items()}
    return {name: [None if end != end else end for end in pair] for name, pair in ends.items()}


def _bins(values: npt.NDArray[Any], kept: Flags, most: int) -> Rows:
    """The bin of each value: of few different ones each has its own, of many each bin has as many kept rows; what lies beyond
    them has bins of its own, and so has what is missing."""
    if values.dtype == object:
        return np.unique(values, return_inverse=True)[1].astype(np.int64)
    known = values[kept & ~np.isnan(values)]
    different = np.unique(known)
    if len(different) <= most:
        bins = np.searchsorted(different, values) * 2 + np.isin(values, different)
    else:
        edges = np.quantile(known, np.linspace(0, 1, most + 1))
        bins = np.searchsorted(edges[1:-1], values, side="right") + 1
        bins[values < edges[0]], bins[values > edges[-1]] = 0, most + 1
    return np.where(np.isnan(values), -1, bins).astype(np.int64)


def _joint(columns: Sequence[Rows]) -> Rows:
    joint = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        found = np.unique(column, return_inverse=True)[1]
        joint = np.unique(joint * (int(found.max(initial=0)) + 1) + found, return_inverse=True)[1].astype(np.int64)
    return joint


def _distance(bins: Rows, a: Flags, b: Flags) -> float:
    """The total variation distance between the shares of two choices of rows over bins that begin at -1 or 0."""
    most = int(bins.max(initial=0)) + 2
    shares = [np.bincount(bins[chosen] + 1, minlength=most) / max(int(chosen.sum()), 1) for chosen in (a, b)]
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


def _means(traits: Mapping[str, npt.NDArray[Any]], kept: Flags, chosen: Flags) -> dict[str, dict[str, float]]:
    """The mean of each numeric trait over all rows, the kept ones and the control."""
    of = {"all": np.ones(len(kept), bool), "kept": kept, "control": chosen}
    return {
        name: {who: float(np.nanmean(values[rows])) for who, rows in of.items() if not np.isnan(values[rows]).all()}
        for name, values in traits.items()
        if values.dtype != object
    }
