"""The measures on agents of known kind: what separates them, what does not, and that words do not matter."""

from itertools import product

import numpy as np
import pytest

from gamegen import games
from gamegen_benchmarks.agents import AGENTS
from gamegen_benchmarks.items import suite
from gamegen_benchmarks.paraphrase import PARAPHRASES
from gamegen_benchmarks.statistics import auc, clustered_auc, rank_correlation
from gamegen_benchmarks.validity import (
    PADDING,
    SETTINGS,
    Task,
    difference,
    items,
    lower,
    mean,
    measured,
    padded,
    puzzles,
    told_apart,
)

LIMIT = 3
TRICKS = ("babbler", "faker", "shortcutter", "guesser")


@pytest.mark.parametrize("game", games.names())
def test_ours_tells_the_groups_apart_and_accuracy_and_length_do_not(game: str) -> None:
    solver = measured(task := Task(game, "solver", 1.0, LIMIT))
    of = puzzles(task)
    for name in TRICKS:
        group = measured(Task(game, name, 0.0, LIMIT))
        assert told_apart(solver, group, "sound_share", of).low >= 0.95, name
        if name != "guesser":  # which alone does not know the answer
            assert told_apart(solver, group, "accuracy", of, alike=False).value == 0.5, name
        assert np.mean(group["tokens"]) == pytest.approx(np.mean(solver["tokens"]), rel=0.04), name


@pytest.mark.parametrize("game", ["countdown", "strings", "queens"])
def test_the_first_try_is_as_valid_and_covers_less(game: str) -> None:
    solver, group = (measured(Task(game, name, strength, LIMIT)) for name, strength in (("solver", 1.0), ("first_try", 0.0)))
    assert group["sound_share"] == solver["sound_share"]
    assert lower(solver, group, "coverage") == 1


@pytest.mark.parametrize(("game", "name"), list(product(["countdown", "jugs"], AGENTS)))
def test_as_strength_rises_so_does_the_score(game: str, name: str) -> None:
    score = "coverage" if name == "first_try" else "sound_share"
    means = [np.mean([v for v in measured(Task(game, name, s, LIMIT))[score] if v is not None]) for s in (0.0, 0.5, 1.0)]
    assert means[0] < means[1] < means[2]


@pytest.mark.parametrize(("game", "name"), list(product(["countdown", "modular", "knights"], AGENTS)))
def test_words_move_no_score_and_idle_sums_raise_none(game: str, name: str) -> None:
    task = Task(game, name, AGENTS[name].usual, LIMIT)
    before = measured(task)
    for rewording in SETTINGS:
        moved, lost = difference(before, measured(task._replace(rewording=rewording)), "sound_share")
        assert abs(moved) <= 0.02 and not lost, rewording
    moved, lost = difference(before, measured(task._replace(rewording=PADDING)), "sound_share")
    assert moved <= 0 and not lost


@pytest.mark.parametrize("paraphrase", PARAPHRASES)
def test_paraphrases_move_no_score(paraphrase: str) -> None:
    for name in ("solver", "faker"):
        task = Task(games.COUNTDOWN, name, AGENTS[name].usual, 1, plain=True)
        moved, lost = difference(measured(task), measured(task._replace(rewording=paraphrase)), "sound_share")
        assert abs(moved) <= 0.02 and not lost


def test_padding_puts_in_idle_sums_alone() -> None:
    item = suite("transfer").items(["near/new_numbers"], 1)[0]
    text = "<think>\nI have 1.\nHmm.\n</think>\n<answer>1</answer>"
    lines = padded(item, text).split("\n")
    assert [line for line in lines if " = " not in line] == text.split("\n")
    assert len(lines) > len(text.split("\n"))


def test_plain_items_are_of_natural_numbers() -> None:
    splits = {item["split"] for item in items(games.COUNTDOWN, 1, plain=True)}
    assert "new_numbers" in splits and not splits & {"words", "base_7", "symbols", "rational", "game24"}


def test_auc_of_comparable_rows_is_that_of_their_pairs() -> None:
    high, low = [3.0, 1.0, 2.0], [1.0, 2.0, 2.0]
    near = np.array([[True, False, True], [True, True, False], [False, True, False]])
    wins = [(a > b) + (a == b) / 2 for (i, a), (j, b) in product(enumerate(high), enumerate(low)) if near[i, j]]
    assert auc(high, low, comparable=near).value == pytest.approx(sum(wins) / len(wins))
    assert np.isnan(auc(high, low, comparable=np.zeros_like(near)).value)


def test_auc_of_clusters_is_wider_where_rows_repeat() -> None:
    draws = np.random.default_rng(0)
    high, low = draws.normal(1, 1, 30), draws.normal(0, 1, 30)
    names = [str(k) for k in range(60)]
    once = clustered_auc(high, low, (names[:30], names[30:]))
    often = clustered_auc(np.repeat(high, 4), np.repeat(low, 4), (np.repeat(names[:30], 4), np.repeat(names[30:], 4)))
    apart = clustered_auc(np.repeat(high, 4), np.repeat(low, 4), ([f"a{k}" for k in range(120)], [f"b{k}" for k in range(120)]))
    assert often.value == pytest.approx(once.value) and often.low == pytest.approx(once.low)
    assert apart.high - apart.low < 0.7 * (often.high - often.low)


def test_rank_correlation_by_hand() -> None:
    assert rank_correlation([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(0.8)
    assert rank_correlation([1, 2, 3], [5, 5, 9]) == pytest.approx(np.sqrt(3) / 2)
    assert np.isnan(rank_correlation([1, 2], [3, 3]))


def test_the_mean_of_texts_is_that_of_all_and_its_interval_that_of_puzzles() -> None:
    values, of = [1.0, 1.0, 0.0, 0.0, None], ["a", "a", "b", "b", "c"]
    found = mean(values, of)
    assert (found.value, found.low, found.high) == (0.5, 0.0, 1.0)
    assert mean(values[:4], list("abcd")).low >= 0 and mean([None], ["a"]).value != mean([None], ["a"]).value
