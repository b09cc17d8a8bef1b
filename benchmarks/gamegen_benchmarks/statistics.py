"""Shares, and how well a score tells two groups apart, with intervals from resampled puzzles or responses.

Words: the groups are *paired*: of each puzzle there is one row in either; the *AUC* is the chance that a row of the first
group scores higher than one of the second, where equal scores count half (Hanley and McNeil, 1982).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

RESAMPLES = 1000
COVERED = (2.5, 97.5)  # percentiles


class Estimate(NamedTuple):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

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
    if not high:
        return Estimate(np.nan, np.nan, np.nan)
    above = np.subtract.outer(np.asarray(high, float), np.asarray(low, float))
    pairs = np.ones_like(above) if comparable is None else comparable.astype(float)
    if not pairs.any():
        return Estimate(np.nan, np.nan, np.nan)
    wins = ((above > 0) + (above == 0) / 2) * pairs
    drawn = _multiplicities(len(high), seed)
    won, of = (np.einsum("ki,ij,kj->k", drawn, matrix, drawn, optimize=True) for matrix in (wins, pairs))
    figures = won[of > 0] / of[of > 0]
    return Estimate(float(wins.sum() / pairs.sum()), *map(float, np.percentile(figures, COVERED)))


def clustered_auc(
    high: Sequence[float],
    low: Sequence[float],
    clusters: tuple[Sequence[str], Sequence[str]],
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
    if not sum(of):
        return Estimate(np.nan, np.nan, np.nan)
    drawn = _multiplicities(len(of), seed)
    above, below = drawn @ np.asarray(hits, float), drawn @ np.asarray(of, float)
    figures = above[below > 0] / below[below > 0]
    return Estimate(sum(hits) / sum(of), *map(float, np.percentile(figures, COVERED)))


def rank_correlation(x: Sequence[float], y: Sequence[float]) -> float:
    """Spearman's: the correlation of the ranks, equal values at the mean of theirs; nan where all of one are equal.

    >>> rank_correlation([1, 2, 3], [1, 10, 100])
    1.0
    """
    ranks = [np.asarray([(np.sum(v < one) + np.sum(v <= one) + 1) / 2 for one in v]) for v in map(np.asarray, (x, y))]
    a, b = (rank - rank.mean() for rank in ranks)
    size = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / size) if size else float("nan")


@lru_cache(maxsize=64)
def _multiplicities(puzzles: int, seed: int) -> npt.NDArray[np.float64]:
    """How often each puzzle is in each sample."""
    draws = np.random.default_rng(seed)
    return draws.multinomial(puzzles, np.full(puzzles, 1 / puzzles), RESAMPLES).astype(float)
