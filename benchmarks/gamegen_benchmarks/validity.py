"""How far the measures can be trusted: what they say of agents of which it is known what they do.

Words: a *group* is what one agent at one strength says of the items of one game; a *measure* gives a text a number, None where
there is none; a *rewording* changes how a text says things and not what it says; *idle sums* are true and lead nowhere. Two
texts are *of like length* where neither has a tenth more tokens than the other; lengths overlap where there are such.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from gamegen.corpus import Row
from gamegen.rng import Draws
from gamegen.spec import SurfaceSpec
from gamegen.surface import writer
from gamegen_benchmarks.items import suite
from gamegen_benchmarks.judged import Judged, judge
from gamegen_benchmarks.paraphrase import PARAPHRASES
from gamegen_benchmarks.players import player
from gamegen_benchmarks.statistics import Estimate, clustered_auc, ratio
from gamegen_benchmarks.suites import key

LIKE = np.log(1.1)
IDLE = (
    "1 + 1 = 2",
    "7 - 0 = 7",
    "3 * 1 = 3",
    "9 + 9 = 18",
    "8 / 2 = 4",
    "0 + 5 = 5",
    "11 + 13 = 24",
)  # none takes what another makes
IDLE_SUMS = 12  # put into a text
_NUMBER = re.compile("[0-9]+")

MEASURES: Mapping[str, Callable[[Judged], float | None]] = {
    "sound_share": lambda one: one.sound_share,
    "procedure": lambda one: one.procedure,
    "coverage": lambda one: one.coverage,
    "accuracy": lambda one: float(one.right),
    "tokens": lambda one: float(one.wordiness.tokens),
    "new_steps": lambda one: one.new_steps if one.new_steps is None else 1000 * one.new_steps / one.wordiness.tokens,
}
Measured = Mapping[str, Sequence[float | None]]  # of the texts of a group, in the order of the items


class Task(NamedTuple):
    """A group to be measured, on so many items of each split, after a rewording where one is named.

    plain: only items of natural numbers, plainly written, which the paraphrases are of.
    """

    game: str
    agent: str
    strength: float
    limit: int | None = None
    rewording: str = ""
    plain: bool = False


@lru_cache(maxsize=4)
def items(game: str, limit: int | None, plain: bool = False) -> list[Row]:
    """The items of the shipped suite that are of one game, so many of each split."""
    found = suite("transfer").items(("near", "mid", "far"), limit)
    return [item for item in found if item["game"] == game and not (plain and _is_fancy(item))]


def _is_fancy(item: Row) -> bool:
    return SurfaceSpec(**item["surface"]) != SurfaceSpec() or (item["rules"] or {}).get("values") != "natural"


def measured(task: Task, done: Callable[[int], None] = lambda n: None) -> Measured:
    """What the measures say of each text of a group."""
    settings, change = _rewording(task.rewording)
    agent = player(f"{task.agent}@{task.strength}", settings)
    found: dict[str, list[float | None]] = {name: [] for name in MEASURES}
    for item in items(task.game, task.limit, task.plain):
        one = judge(item, change(item, agent.answer(item)))
        for name, measure in MEASURES.items():
            found[name].append(measure(one))
        done(1)
    return found


# Rewordings: by the agents' own settings, and, where prose is read freely, by paraphrases.

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "other words": {"words": 1},
    "other words again": {"words": 2},
    "bare": {"verbosity": 0},
    "wordier": {"verbosity": 3},
    "dialogue": {"style": "dialogue"},
    "plain": {"style": "plain"},
    "ledger": {"style": "ledger"},
}
PADDING = "idle sums"


def _rewording(name: str) -> tuple[Mapping[str, Any], Callable[[Row, str], str]]:
    if name == PADDING:
        return {}, padded
    paraphrase = PARAPHRASES.get(name, str)
    return SETTINGS.get(name, {}), lambda item, text: paraphrase(text)


def padded(item: Row, text: str) -> str:
    """The text with idle sums over numbers that its item has not, between the lines of its thinking."""
    head, tag, tail = text.partition("\n</think>")
    lines, draws = head.split("\n"), Draws("idle", item["id"])
    there = set(_NUMBER.findall(item["puzzle"] or str(item["numbers"])))
    write = writer(SurfaceSpec(**item["surface"])) or str
    idle = [f"{write(said)}." for said in IDLE if there.isdisjoint(_NUMBER.findall(said))] or [f"{IDLE[-1]}."]
    for _ in range(IDLE_SUMS):
        lines.insert(1 + draws.below(len(lines)), draws.choice(idle))
    return "\n".join(lines) + tag + tail


# What is made of them


def puzzles(task: Task) -> list[str]:
    """The keys of the puzzles that the items of a group ask; some ask the same in other signs."""
    return [key(item) for item in items(task.game, task.limit, task.plain)]


def mean(values: Sequence[float | None], of: Sequence[str]) -> Estimate:
    """The mean of those that there are, each of the text on a puzzle."""
    known = [(value, puzzle) for value, puzzle in zip(values, of, strict=True) if value is not None]
    sums, counts = Counter[str](), Counter[str]()
    for value, puzzle in known:
        sums[puzzle] += value  # type: ignore[assignment]
        counts[puzzle] += 1
    return ratio([sums[puzzle] for puzzle in counts], [counts[puzzle] for puzzle in counts])


def told_apart(high: Measured, low: Measured, measure: str, of: Sequence[str], alike: bool = True) -> Estimate:
    """The AUC of a measure, of texts of like length or of all; where there are none of these, nan."""
    texts = list(zip(high[measure], low[measure], high["tokens"], low["tokens"], of, strict=True))
    pairs = [(a, b, m, n, puzzle) for a, b, m, n, puzzle in texts if a is not None and b is not None and m and n]
    if not pairs:
        return Estimate(np.nan, np.nan, np.nan)
    above, below, longer, shorter, names = zip(*pairs, strict=True)
    near = np.abs(np.subtract.outer(np.log(longer), np.log(shorter))) <= LIKE
    return clustered_auc(above, below, (names, names), comparable=near if alike else None)


def table_row(task: Task, solver: Measured, group: Measured) -> dict[str, Any]:
    """What is known of a group, beside the solver's."""
    of = puzzles(task)
    return {
        **{name: getattr(task, name) for name in ("game", "agent", "strength")},
        "items": len(group["tokens"]),
        "unreadable": group["sound_share"].count(None),
        **{name: mean(group[name], of) for name in MEASURES},
        "auc": {
            **{name: told_apart(solver, group, name, of) for name in ("sound_share", "coverage", "accuracy")},
            "tokens": told_apart(solver, group, "tokens", of, alike=False),
        },
    }


def difference(before: Measured, after: Measured, measure: str) -> tuple[float, int]:
    """How far the mean of a measure moves, over texts that have it before and after, and how many have lost it."""
    pairs = _both(before, after, measure)
    lost = len(before[measure]) - before[measure].count(None) - len(pairs)
    return (sum(b - a for a, b in pairs) / len(pairs) if pairs else 0.0), lost


def lower(before: Measured, after: Measured, measure: str) -> float:
    """Of how many texts a measure is lower than before; nan where none has it."""
    pairs = _both(before, after, measure)
    return sum(b < a for a, b in pairs) / len(pairs) if pairs else np.nan


def _both(before: Measured, after: Measured, measure: str) -> list[tuple[float, float]]:
    """A measure before and after, of the texts that have it both times."""
    return [(a, b) for a, b in zip(before[measure], after[measure], strict=True) if a is not None and b is not None]
