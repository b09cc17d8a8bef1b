"""Shares, differences, and how well a score tells two groups apart, with intervals from resampled puzzles or responses.

Words: the groups are *paired*: of each puzzle there is one row in either; the *AUC* is the chance that a row of the first
group scores higher than one of the second, where equal scores count half (Hanley and McNeil, 1982).
"""

from collections.abc import Hashable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

RESAMPLES = 1000
COVERED = (2.5, 97.5)  # percentiles
PERMUTATIONS = 9999
_AT_A_TIME = 500  # permutations
_TIE = 1e-9  # differences that are nearer than this are equal

Floats = npt.NDArray[np.float64]


class Estimate(NamedTuple):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float, figures: Floats) -> "Estimate":
        """The figure, and the percentiles of what it is in the resamples; nan in one of these is none."""
        known = figures[~np.isnan(figures)]
        if np.isnan(value) or not len(known):
            return cls(np.nan, np.nan, np.nan)
        return cls(float(value), *map(float, np.percentile(known, COVERED)))

    def to_dict(self) -> dict[str, float | None]:
        """As JSON has it; null is what there is nothing of."""
        return {name: None if np.isnan(value) else value for name, value in self._asdict().items()}

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def auc(
    high: Sequence[float], low: Sequence[float], seed: int = 0, comparable: npt.NDArray[np.bool_] | None = None
) -> Estimate:
    """The AUC of paired groups, whose puzzles are drawn anew for the interval; nan where there are none.

    comparable: which rows of the first group are compared with which of the second; all where it is None.

    >>> auc([1, 1, 1, 0], [0, 0, 0, 0]).value
    0.875
    """
    return clustered_auc(high, low, (range(len(high)), range(len(low))), seed, comparable)


def clustered_auc(
    high: Sequence[float],
    low: Sequence[float],
    clusters: tuple[Sequence[Hashable], Sequence[Hashable]],
    seed: int = 0,
    comparable: npt.NDArray[np.bool_] | None = None,
) -> Estimate:
    """The AUC of two groups whose rows come in clusters, which are drawn anew for the interval; nan where none are comparable.

    >>> clustered_auc([3, 1], [2], (["a", "b"], ["a"])).value
    0.5
    """
    above = np.subtract.outer(np.asarray(high, float), np.asarray(low, float))
    pairs = np.ones_like(above) if comparable is None else comparable.astype(float)
    if not pairs.any():
        return Estimate(np.nan, np.nan, np.nan)
    wins = ((above > 0) + (above == 0) / 2) * pairs
    places = {cluster: k for k, cluster in enumerate(dict.fromkeys([*clusters[0], *clusters[1]]))}
    drawn = _multiplicities(len(places), seed)
    rows, columns = (drawn[:, [places[one] for one in group]] for group in clusters)
    won, of = (np.einsum("ki,ij,kj->k", rows, matrix, columns, optimize=True) for matrix in (wins, pairs))
    return Estimate(float(wins.sum() / pairs.sum()), *map(float, np.percentile(won[of > 0] / of[of > 0], COVERED)))


def share(hits: Sequence[bool], seed: int = 0) -> Estimate:
    """The share of the rows that are hits, one row a puzzle; nan where there are none.

    >>> share([True, True, False, True]).value
    0.75
    """
    return ratio(hits, [1] * len(hits), seed)


def ratio(hits: Sequence[float], of: Sequence[float], seed: int = 0) -> Estimate:
    """All hits ÷ all that could be one, of things that come in clusters, which are drawn anew; nan where there is nothing.

    >>> ratio([3, 0], [4, 2]).value
    0.5
    """
    return Estimate.of(*resampled(np.asarray(hits, float), np.asarray(of, float), seed))


def resampled(hits: Floats, of: Floats, seed: int = 0) -> tuple[Any, Any]:
    """The ratio of the sums of two arrays along their first axis, which are the clusters, and that ratio in each resample.

    Columns are measured on the same draws, so that they can be taken from each other. nan where there is nothing.
    """
    drawn = _multiplicities(len(of), seed)
    return _divided(hits.sum(0), of.sum(0)), _divided(drawn @ hits, drawn @ of)


def estimates(values: Floats, figures: Floats) -> list[Estimate]:
    """The estimate of each column; like ``Estimate.of``, for many of them."""
    whole = np.asarray(~np.isnan(figures).any(axis=0))
    lows, highs = np.full((2, len(values)), np.nan)
    lows[whole], highs[whole] = np.percentile(figures[:, whole], COVERED, axis=0)
    return [
        Estimate(float(values[i]), float(lows[i]), float(highs[i])) if whole[i] else Estimate.of(values[i], figures[:, i])
        for i in range(len(values))
    ]


def _divided(above: Any, below: Any) -> Any:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(below > 0, np.divide(above, below), np.nan)


def rank_correlation(x: Sequence[float], y: Sequence[float]) -> float:
    """Spearman's: the correlation of the ranks, equal values at the mean of theirs; nan where all of one are equal.

    >>> rank_correlation([1, 2, 3], [1, 10, 100])
    1.0
    """
    ranks = [np.asarray([(np.sum(v < one) + np.sum(v <= one) + 1) / 2 for one in v]) for v in map(np.asarray, (x, y))]
    a, b = (rank - rank.mean() for rank in ranks)
    size = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / size) if size else float("nan")


def sign_flips(first: tuple[Floats, Floats], second: tuple[Floats, Floats], seed: int = 0) -> Floats:
    """The p-value, of each column, of the difference of two ratios of sums over the same clusters (rows), two-sided.

    Under the null the two may change places in any cluster: all ways to do so are tried where there are at most PERMUTATIONS,
    else so many at random, with the observed one. A cluster that is 0 in a column does not count there. nan where there is
    nothing.
    """
    clusters = len(first[0])
    tops, belows = first[0] - second[0], first[1] - second[1]
    observed, extreme, tried = _divided(first[0].sum(0), first[1].sum(0)) - _divided(second[0].sum(0), second[1].sum(0)), 0, 0
    exact = 2**clusters <= PERMUTATIONS
    for swaps in _all_swaps(clusters) if exact else _random_swaps(clusters, seed):
        above, below = swaps @ tops, swaps @ belows
        one = _divided(first[0].sum(0) - above, first[1].sum(0) - below)
        other = _divided(second[0].sum(0) + above, second[1].sum(0) + below)
        extreme += (np.abs(one - other) >= np.abs(observed) * (1 - _TIE) - _TIE).sum(0)
        tried += len(swaps)
    found = extreme / tried if exact else (extreme + 1) / (tried + 1)
    return np.where(np.isnan(observed), np.nan, found)


def _all_swaps(clusters: int) -> Iterator[Floats]:
    yield (np.arange(2**clusters)[:, None] >> np.arange(clusters) & 1).astype(float)


def _random_swaps(clusters: int, seed: int) -> Iterator[Floats]:
    draws = np.random.default_rng(seed)
    for begin in range(0, PERMUTATIONS, _AT_A_TIME):
        size = min(_AT_A_TIME, PERMUTATIONS - begin)
        yield draws.integers(0, 2, (size, clusters), dtype=np.int8).astype(float)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values, corrected for that there are several of them (Holm, 1979); nan is no test and stays.

    >>> holm([0.01, 0.04, 0.03, float("nan")])
    [0.03, 0.06, 0.06, nan]
    """
    tests = sorted((p, i) for i, p in enumerate(p_values) if not np.isnan(p))
    found, so_far = [float("nan")] * len(p_values), 0.0
    for rank, (p, i) in enumerate(tests):
        so_far = max(so_far, min(1.0, (len(tests) - rank) * p))
        found[i] = so_far
    return found


@lru_cache(maxsize=16)
def _multiplicities(puzzles: int, seed: int) -> npt.NDArray[np.float64]:
    """How often each puzzle is in each sample."""
    if not puzzles:
        return np.zeros((RESAMPLES, 0))
    draws = np.random.default_rng(seed)
    return draws.multinomial(puzzles, np.full(puzzles, 1 / puzzles), RESAMPLES).astype(float)
