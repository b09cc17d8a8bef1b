"""Procedure given length: what one run is more than another among texts that are equally long.

Words: the *common range* are the lengths between the shortest and the longest that both runs have; a *stratum* is a part of
it, between quantiles of the lengths of both, and the wider the fewer texts there are; it *counts* where both have texts of at
least LEAST puzzles in it. The contrast is the mean of those in the strata that count, each with as much weight as it has texts.
Where none counts, nothing can be compared.

A contrast is an object with ``value``, ``low``, ``high``, the 95 % interval from resampled puzzles; ``comparable``, and
``says`` where it is not; ``texts``: how many there are of the one and of the other; ``covered``: the shares of these that lie
in strata that count; and ``strata``, those that count: the shortest and the longest text (``from``, ``to``), and of either
its ``texts`` and the mean of their ``values``.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gamegen_benchmarks.statistics import Estimate, resampled

STRATA = (2, 10)  # at least, at most
TEXTS = 20  # so many to a stratum, where there are enough for more strata than the least
LEAST = 5  # puzzles of either, without which a stratum does not count
NOT_COMPARABLE = "not comparable"

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Texts(NamedTuple):
    """The puzzle that each text is of, how many tokens it has, and what is measured of it."""

    puzzle: Ints
    tokens: Floats
    values: Floats


def contrast(one: Texts, other: Texts, puzzles: int) -> dict[str, Any]:
    """What the one is more than the other at equal length; the puzzles are numbered below ``puzzles``."""
    sides = [(one, strata(one, other, one)), (other, strata(one, other, other))]
    counted = [s for s in range(STRATA[1]) if all(len(set(texts.puzzle[at == s])) >= LEAST for texts, at in sides)]
    texts = [len(at) for _, at in sides]
    covered = [float(np.isin(at, counted).mean()) if len(at) else 0.0 for _, at in sides]
    if not counted:
        nothing = Estimate(np.nan, np.nan, np.nan).to_dict()
        return {**nothing, "comparable": False, "says": NOT_COMPARABLE, "texts": texts, "covered": covered, "strata": []}
    (mine, my_draws), (its, its_draws) = (resampled(*_sums(texts, at, counted, puzzles)) for texts, at in sides)
    weights = np.array([sum((at == s).sum() for _, at in sides) for s in counted], float)
    value, drawn = _weighed(mine - its, weights), _weighed(my_draws - its_draws, weights)
    return {
        **Estimate.of(float(value), drawn).to_dict(),
        "comparable": True,
        "says": "",
        "texts": texts,
        "covered": covered,
        "strata": [_said(sides, s, [float(mine[k]), float(its[k])]) for k, s in enumerate(counted)],
    }


def strata(one: Texts, other: Texts, of: Texts) -> Ints:
    """The number of the stratum of each text; −1 outside of the common range."""
    if not len(one.tokens) or not len(other.tokens):
        return np.full(len(of.tokens), -1)
    low, high = max(one.tokens.min(), other.tokens.min()), min(one.tokens.max(), other.tokens.max())
    both = np.concatenate([one.tokens, other.tokens])
    both = both[(both >= low) & (both <= high)]
    if not len(both):
        return np.full(len(of.tokens), -1)
    count = int(np.clip(len(both) // TEXTS, *STRATA))
    edges = np.quantile(both, np.arange(1, count) / count)
    return np.where((of.tokens >= low) & (of.tokens <= high), np.searchsorted(edges, of.tokens), -1)


def _sums(texts: Texts, at: Ints, counted: list[int], puzzles: int) -> tuple[Floats, Floats]:
    """Of each puzzle and stratum that counts, the sum of the values, and how many there are."""
    found = [(at == s, texts.puzzle[at == s]) for s in counted]
    tops = [np.bincount(puzzle, texts.values[among], puzzles) for among, puzzle in found]
    return np.stack(tops, 1), np.stack([np.bincount(puzzle, minlength=puzzles).astype(float) for _, puzzle in found], 1)


def _weighed(differences: Floats, weights: Floats) -> Floats:
    """The weighted mean over the strata, the last axis; one that is empty in a resample has no weight in it."""
    used = np.where(np.isnan(differences), 0, weights)
    with np.errstate(invalid="ignore"):
        found: Floats = np.asarray((np.nan_to_num(differences) * used).sum(-1) / used.sum(-1))
    return found


def _said(sides: list[tuple[Texts, Ints]], s: int, values: list[float]) -> dict[str, Any]:
    lengths = np.concatenate([texts.tokens[at == s] for texts, at in sides])
    texts = [int((at == s).sum()) for _, at in sides]
    return {"from": float(lengths.min()), "to": float(lengths.max()), "texts": texts, "values": values}
