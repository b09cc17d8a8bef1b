"""What is measured of scored completions: each figure is a ratio of sums over items.

Words: a *measure* is a mean over items, each of which is the mean over those of its samples of which it is known; or, where it
is so much for each of something, all of the one ÷ all of the other. A measure *applies* to a completion of which it could be
known; what applies and is not known is missing: the request failed, or the text could not be read. For a share, which lies
between 0 and 1, the *bounds* say what it is if every missing one is 0, and if it is 1.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from math import comb
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gamegen_benchmarks.external import SCORER
from gamegen_verifiers.verdict import GRADES

Floats = npt.NDArray[np.float64]


class Columns:
    """Scores as columns of numbers, nan where there is none, one entry a completion; structs are flat, with dotted names.

    ``items`` are the ids in their order, and ``item`` says of each completion which it is of; ``puzzle`` is the number of the
    puzzle of each item, which is the same where several items ask it in other signs.
    """

    def __init__(self, table: pa.Table) -> None:
        flat = table
        while any(pa.types.is_struct(field.type) for field in flat.schema):
            flat = flat.flatten()
        self._table = flat
        codes = table.column("id").combine_chunks().dictionary_encode()
        self.items: list[str] = codes.dictionary.to_pylist()
        self.item: npt.NDArray[np.int64] = codes.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        keys = table.column("puzzle").combine_chunks().dictionary_encode().indices
        self.puzzle = keys.to_numpy(zero_copy_only=False).astype(np.int64)[np.unique(self.item, return_index=True)[1]]
        self._found: dict[str, Floats] = {}

    def text(self, name: str) -> npt.NDArray[np.object_]:
        """A column of texts."""
        return np.asarray(self._table.column(name).to_pylist(), dtype=object)

    @cached_property
    def reasons(self) -> list[list[str]]:
        """What speaks against ``verified``, of each completion."""
        return [reasons or [] for reasons in self._table.column("verdict.reasons").to_pylist()]

    def __getitem__(self, name: str) -> Floats:
        if name not in self._found:
            self._found[name] = self._made(name)
        return self._found[name]

    def _made(self, name: str) -> Floats:
        if name in DERIVED:
            return DERIVED[name](self)
        if name.startswith(READ):
            return _where(self["readable"] == 1, self[name.removeprefix(READ)])
        return self._numbers(name)

    def _numbers(self, name: str) -> Floats:
        column = self._table.column(name)
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.int8())
        found: Floats = column.cast(pa.float64()).to_numpy().astype(float)
        return found

    def of_items(self, values: Floats) -> Floats:
        """The sums of what is known of the completions of each item."""
        return np.bincount(self.item, np.nan_to_num(values), len(self.items)).astype(float)

    @cached_property
    def first(self) -> npt.NDArray[np.int64]:
        """The first completion of each item."""
        return np.unique(self.item, return_index=True)[1].astype(np.int64)


def _where(condition: npt.NDArray[np.bool_], values: Any) -> Floats:
    return np.where(condition, values, np.nan)


def _graded(grade: str) -> Callable[[Columns], Floats]:
    return lambda of: _where(of["ours"] * (1 - of["missing"]) == 1, of.text("verdict.grade") == grade)


def _may_be_declined(of: Columns) -> npt.NDArray[np.bool_]:
    """Whether a completion is of a split that has puzzles without a solution; the prompts of others do not speak of it."""
    places = of.text("distance") + "/" + of.text("split")
    return np.isin(places.astype(str), list(set(places[of["solvable"] == 0])))


READ = "read."  # before the name of a column: of the texts that could be read alone

# Columns that are made of others.
DERIVED: Mapping[str, Callable[[Columns], Floats]] = {
    "any": lambda of: np.ones(len(of.item)),
    "ours": lambda of: (of.text("scorer") != SCORER["name"]).astype(float),
    "with_states": lambda of: (~np.isnan(of["reachable"])).astype(float),
    "truncated": lambda of: _where(of["missing"] == 0, of.text("finish") == "length"),
    "thousand_tokens_read": lambda of: of["read.wordiness.tokens"] / 1000,
    "declined_unsolvable": lambda of: _where(of["solvable"] == 0, of["declined"]),
    "declined_solvable": lambda of: _where((of["solvable"] == 1) & _may_be_declined(of), of["declined"]),
    **{f"grade.{grade}": _graded(grade) for grade in GRADES},
}


class Measure(NamedTuple):
    """top: the column of its values, or, where there is ``of``, so much for each of that column · applies: the column that
    is 1 where it could be known · share: whether it lies between 0 and 1, so that there are bounds."""

    says: str
    top: str
    of: str | None = None
    applies: str = "any"
    share: bool = False


class Sums(NamedTuple):
    """Of each item, what a figure is the ratio of: all ``top`` ÷ all ``of``, which is 0 where nothing is known."""

    top: Floats
    of: Floats

    def at(self, items: npt.NDArray[Any]) -> "Sums":
        return Sums(self.top[items], self.of[items])


# The measures that runs are compared by.
MEASURES: Mapping[str, Measure] = {
    "accuracy": Measure("share of right answers, pass@1", "right", share=True),
    "procedure_score": Measure("sound share where the answer is right, else 0", "procedure", applies="ours", share=True),
    "sound_share": Measure("share of the claims that hold", "sound_share", applies="ours", share=True),
    "verified": Measure("share that is graded verified", "grade.verified", applies="ours", share=True),
    "new_steps": Measure("valid new steps per 1,000 tokens", "new_steps", "thousand_tokens_read", applies="ours"),
    "coverage": Measure("share of the puzzle's states that were reached", "coverage", applies="with_states", share=True),
    "tokens": Measure("tokens, built-in count", "wordiness.tokens"),
    "tokens_per_state": Measure(
        "tokens per distinct state", "read.wordiness.tokens", "read.verdict.procedure.states", applies="ours"
    ),
    "marker_density": Measure("markers of search or doubt per 100 words", "wordiness.marker_density"),
    "compression": Measure("bytes per compressed byte", "wordiness.compression"),
    "repetition": Measure("share of four words in a row that stood there before", "wordiness.repetition"),
}


def sums(scores: Columns, measure: Measure) -> Sums:
    """What the figures of a measure are ratios of."""
    values = scores[measure.top]
    if measure.of is not None:
        weights = scores[measure.of]
        known = ~np.isnan(values) & ~np.isnan(weights)
        return Sums(scores.of_items(_where(known, values)), scores.of_items(_where(known, weights)))
    return means(scores.of_items(values), scores.of_items((~np.isnan(values)).astype(float)))


def of_puzzles(values: Floats, puzzles: npt.NDArray[np.int64]) -> Floats:
    """The rows of items, added up where they are of one puzzle, so that it is drawn as a whole."""
    names, places = np.unique(puzzles, return_inverse=True)
    found = np.zeros((len(names), *values.shape[1:]))
    np.add.at(found, places, values)
    return found


def means(totals: Floats, counts: Floats) -> Sums:
    """Of each item one mean; of no sample there is none."""
    return Sums(np.divide(totals, counts, out=np.zeros_like(totals), where=counts > 0), (counts > 0).astype(float))


def missing(scores: Columns, measure: Measure) -> Floats:
    """Of each item, how many completions a measure applies to and is not known of."""
    return scores.of_items((scores[measure.applies] == 1) & np.isnan(scores[measure.top]))


def bounds(scores: Columns, measure: Measure) -> tuple[Sums, Sums]:
    """What a share is at the least and at the most, all that are missing counted as 0, and as 1."""
    counts = scores.of_items(scores[measure.applies])
    known, absent = scores.of_items(scores[measure.top]), missing(scores, measure)
    return means(known, counts), means(known + absent, counts)


def pass_at(scores: Columns, k: int) -> Sums:
    """The chance that one of k samples of an item is right: 1 − C(n − c, k) ÷ C(n, k), of items with n ≥ k samples, of which c
    are right (Chen et al., 2021)."""
    values = scores["right"]
    n, c = scores.of_items((~np.isnan(values)).astype(float)), scores.of_items(values)
    tops = [
        (comb(int(m), k) - comb(int(m - right), k)) / comb(int(m), k) if m >= k else 0.0 for m, right in zip(n, c, strict=True)
    ]
    return Sums(np.array(tops), (n >= k).astype(float))


def ks(scores: Columns) -> Sequence[int]:
    """1, 2, 4 … up to the most samples of an item."""
    most = int(scores.of_items(1 - scores["missing"]).max(initial=1))
    return [1 << j for j in range(max(most, 1).bit_length())]
