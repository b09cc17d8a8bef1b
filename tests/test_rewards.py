"""Rewards are what the verdict says, whichever trainer asks, in whatever thread."""

import asyncio
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

import numpy as np
import pytest

from gamegen import GamegenError, load
from gamegen.corpus import Maker
from gamegen_verifiers import Puzzle, verify
from gamegen_verifiers.columns import layout
from gamegen_verifiers.rewards import MEASURES, compute_score, reward

SOUND = (
    "<think>\nI have 2, 4, 8 and want 24. Try 8 - 2 = 6. Then 6 * 4 = 24. That is 24, the goal is reached.\n</think>\n"
    "<answer>(8 - 2) * 4</answer>"
)
FALSE = SOUND.replace("6 * 4 = 24", "6 * 4 = 25")
WRONG = SOUND.replace("(8 - 2) * 4</", "8 * 2 * 4</")
THIN = "<answer>(8 - 2) * 4</answer>"
UNREAD = "<think>2 + + 4 = * 6 ; 8 / / 3 = 7 + - * 5 = 9 * )</think><answer>(8 - 2) * 4</answer>"
COLUMNS: dict[str, Any] = {"numbers": [[2, 4, 8]] * 5, "target": [24] * 5}
TEXTS = [SOUND, FALSE, WRONG, THIN, UNREAD]


@pytest.mark.parametrize(
    ("measure", "wanted"),
    [
        ("answer", [1, 1, 0, 1, 1]),
        ("grade", [1, 0, 0, 0, 0]),
        ("sound_share", [1, 0.5, 1, 0, None]),
        ("procedure", [1, 0.5, 0, 0, None]),
    ],
)
def test_each_measure_is_what_the_verdict_says(measure: str, wanted: list[float | None]) -> None:
    chats = [[{"role": "assistant", "content": text}] for text in TEXTS]
    asked = reward(measure)
    assert (
        asked(completions=TEXTS, **COLUMNS)
        == asked(completions=chats, prompts=["?"] * 5, trainer_state=None, **COLUMNS)
        == wanted
    )
    assert asked.__name__ == f"gamegen_{measure}"
    for text, value in zip(TEXTS, wanted, strict=True):
        plain = {"numbers": [2, 4, 8], "target": 24}
        from_parquet = {"numbers": np.array([2, 4, 8]), "target": np.int64(24)}
        for truth, more in ((from_parquet, None), (json.dumps(plain), {"split": "train"}), ("", plain)):
            assert compute_score("countdown", text, truth, more, measure=measure) == (value or 0.0)


def test_the_puzzle_comes_from_the_prompt_or_from_mapped_columns() -> None:
    prompt = "Using the numbers [2, 4, 8], create an equation that equals 24."
    assert reward("answer")(completions=[SOUND], prompts=[prompt]) == [1]
    assert reward("answer")(completions=[SOUND], prompts=[[{"role": "user", "content": prompt}]]) == [1]
    mapped = layout("numbers=answer.numbers,target=answer.target")
    assert reward("answer", mapped)(completions=[SOUND], answer=[{"numbers": [2, 4, 8], "target": 24}]) == [1]


def test_the_completion_of_the_data_set_is_not_the_one_that_is_judged() -> None:
    assert reward("answer")(completions=[WRONG], completion=[SOUND], numbers=[[2, 4, 8]], target=[24]) == [0]


def test_rows_of_another_task_have_no_reward_and_a_data_set_without_puzzles_is_refused() -> None:
    numbers, target = [[2, 4, 8], None], [24, None]
    assert reward("answer")(completions=[SOUND, "Paris."], numbers=numbers, target=target) == [1, None]
    with pytest.raises(GamegenError, match="the columns numbers and target"):
        reward("answer")(completions=["Paris."], prompts=["The capital of France?"])
    with pytest.raises(GamegenError, match="a row of trivia cannot be judged"):
        compute_score("trivia", "Paris.", "Paris")
    with pytest.raises(GamegenError, match="'speed' given; the measures are answer, grade, sound_share, procedure"):
        reward("speed")


def test_verdicts_are_the_same_in_eight_threads_and_in_coroutines() -> None:
    made = Maker(
        load(settings=["arms=[procedure,corrupted]", "corruptions={wrong_arithmetic: 0.5, loop: 0.5}", "rules.values=rational"])
    )
    rows = [row for i in range(150) for row in made.rows("train", i).values()]
    asked = [(row["completion"][0]["content"], {name: row[name] for name in ("numbers", "target", "rules")}) for row in rows]

    def score(text: str, truth: dict[str, Any]) -> float:
        return compute_score("countdown", text, truth)

    alone = [score(*one) for one in asked]
    assert len(set(alone)) > 5
    for _ in range(3):
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(lambda one: score(*one), asked)) == alone

    async def together() -> list[float]:
        return await asyncio.gather(*(asyncio.to_thread(score, *one) for one in asked))

    assert asyncio.run(together()) == alone


def test_the_file_that_verl_loads_is_printed_and_stands_alone() -> None:
    path = subprocess.run(
        [sys.executable, "-m", "gamegen_verifiers.rewards"], capture_output=True, text=True, check=True
    ).stdout.strip()
    found = spec_from_file_location("custom_module", path)
    assert found and found.loader
    module = module_from_spec(found)
    found.loader.exec_module(module)
    truth = {"numbers": [2, 4, 8], "target": 24}
    assert module.compute_score(data_source="c", solution_str=SOUND, ground_truth=truth, extra_info={}) == 1


def test_every_measure_lies_between_0_and_1() -> None:
    verdicts = [verify(Puzzle((2, 4, 8), 24), text) for text in (*TEXTS, "", "24", "8 - 2 = 6")]
    values = [measure(verdict) for measure in MEASURES.values() for verdict in verdicts]
    assert all(value is None or 0 <= value <= 1 for value in values)
