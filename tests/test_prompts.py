"""What a prompt asks: numbers, target and the rules that it states, in words of many kinds."""

import gzip
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamegen.games.countdown import Puzzle, Rules
from gamegen.prompts import countdown_words, template
from gamegen.spec import PromptSpec, SurfaceSpec
from gamegen_verifiers.notation import Notation
from gamegen_verifiers.prompts import Asked, read

REAL = Path(__file__).parents[2] / "shared" / "data" / "real_traces"

WORDINGS: list[tuple[str, tuple[int, ...], int]] = [
    ("Using the numbers [19, 36, 55, 7], create an equation that equals 65.", (19, 36, 55, 7), 65),
    ("Using the numbers 85, 80, 79, 7, create an expression that equals 510.\nUse each once.", (85, 80, 79, 7), 510),
    ("Find a way to make 391 using some or all of these numbers: 57, 90, 14, 56.", (57, 90, 14, 56), 391),
    ("Calculate 237 using all of these numbers: 95, 98, 92, 28.\n2. Do not include the target number in it.\n3. Use '*'.",
     (95, 98, 92, 28), 237),
    ("Numbers: [49, 55, 53]\nTarget: 51", (49, 55, 53), 51),
    ("Target: 51\nNumbers: 49 55 53", (49, 55, 53), 51),
    ("**Numbers:** 3, 5, and 8\n**Target:** 23", (3, 5, 8), 23),
    ("Combine 3, 5 and 8 with + - * / so that the result is 23.", (3, 5, 8), 23),
    ("Given the numbers 1 2 3 4, reach the target number 1,024.", (1, 2, 3, 4), 1024),
    ("Use the four cards 4, 7, 8, 8 to get 24.", (4, 7, 8, 8), 24),
    ("Play the 24 game with 4, 7, 8, 8.", (4, 7, 8, 8), 24),
    ("Use numbers and basic operations to obtain 24.\nInput: 1 1 4 6", (1, 1, 4, 6), 24),
    ("nums = [2, 4, 8], target = 24", (2, 4, 8), 24),
    ('{"numbers": [2, 4, 8], "target": 24}', (2, 4, 8), 24),
    ("Write an expression over $2, 4, 8$ whose value is $24$.", (2, 4, 8), 24),
    ("The target is -5. The numbers are -2, 3, 4.", (-2, 3, 4), -5),
    ("Make 24 from 2, 4, 8. Reply as in this example: using 1, 2, 3 to make 6, <answer>1 + 2 + 3</answer>", (2, 4, 8), 24),
    ("Using the numbers [2, 4, 8], create an equation that equals 24, for example <answer> (1 + 2) / 3 * 4 = 4 </answer>.",
     (2, 4, 8), 24),
    ("Numbers: [1, 2, 3]\nTarget: 6\nAnswer: 1 + 2 + 3\n\nNumbers: [2, 4, 8]\nTarget: 24\nAnswer:", (2, 4, 8), 24),
    ("You have six tiles: 100, 75, 50, 25, 6, 3. Combine them to hit exactly 952.", (100, 75, 50, 25, 6, 3), 952),
    ("<|im_start|>user\nUsing each number in this list only once [44, 19, 35], create an equation that equals 98.<|im_end|>",
     (44, 19, 35), 98),
    ("Find an arithmetic expression that evaluates to exactly 24 with these integers: `2`, `4`, `8`.", (2, 4, 8), 24),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "numbers", "target"), WORDINGS)
def test_numbers_and_target_are_read_in_many_wordings(prompt: str, numbers: tuple[int, ...], target: int) -> None:
    asked = read(prompt)
    assert (asked.numbers, asked.target) == (numbers, target)


NOTHING = [
    "", "Hello.", "What is (3 + 4) * 5?", "((-9 - 5 - 0) - (4 + 3 + -5)) =", "Write 3 steps, then 4 more.", "Numbers: none",
    "Sort the names in 2024, please.", "Version 1.2.3 from 2.5",
]  # fmt: skip


@pytest.mark.parametrize("prompt", NOTHING)
def test_a_prompt_that_asks_no_puzzle_gives_none(prompt: str) -> None:
    asked = read(prompt)
    assert asked.numbers is None or asked.target is None


RULES: list[tuple[str, dict[str, Any]]] = [
    ("You can use basic arithmetic operations (+, -, *, /) and each number can only be used once.", {"operations": "+-*/"}),
    ("Use each number exactly once. Only use +, -, *, / and parentheses.", {"operations": "+-*/", "use_all": True}),
    ("Using all of these numbers: 1, 2. Each number may be used at most once.", {"use_all": True}),
    ("Using the numbers 1, 2. Each number may be used at most once.", {"use_all": False}),
    ("Use some or all of these numbers: 1, 2.", {"use_all": False}),
    ("You do not have to use all the numbers.", {"use_all": False}),
    ("You don't need to use every number.", {"use_all": False}),
    ("3. Use '*' for multiplication.\n4. Use '/' for division.", {}),
    ("Use only addition and subtraction.", {"operations": "+-"}),
    ("The operations are addition (+), subtraction (−), multiplication (×) and division (÷).", {"operations": "+-*/"}),
    ("All intermediate results must be positive integers.", {"values": "natural"}),
    ("Every intermediate result must be an integer.", {"values": "integer"}),
    ("Using all of these integers, with positive numbers only as input: 3, 4.", {"use_all": True}),
    ("Fractions are allowed.", {"values": "rational"}),
    ("- Think first.\n- Then answer in **bold**.\n---\nSee https://example.org/a/b", {}),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "rules"), RULES)
def test_rules_are_read_where_they_are_stated_and_only_there(prompt: str, rules: dict[str, Any]) -> None:
    assert read(prompt).rules == rules


OWN = itertools.product(
    ("think", "boxed", "short"), ("+-*/", "+-", "*"), (True, False), ("natural", "integer", "rational"),
    ("ascii", "unicode", "latex", "words"), ("digits", "words", "base 2", "base 16"),
)  # fmt: skip


def test_our_own_prompts_state_everything_in_every_template_and_surface() -> None:
    for name, operations, use_all, values, signs, numbers in OWN:
        rules = Rules(operations, use_all, values)
        asks = template(PromptSpec(template=name), SurfaceSpec(operators=signs, numbers=numbers))
        for shown, target in (((100, 3, 4), 177), ((10, 11, 12, 13, 14, 31), 999)):
            words = countdown_words(Puzzle(shown, target, rules), shown, SurfaceSpec(operators=signs, numbers=numbers))
            asked = read(asks.messages(words)[-1]["content"])
            assert (asked.numbers, asked.target, Rules(**asked.rules)) == (shown, target, rules)
            assert len(asked.rules) == 3
            assert (asked.surface or Notation()) == Notation(signs, numbers)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real traces are not there")
def test_real_prompts_say_what_their_columns_say() -> None:
    rows = agreed = 0
    for file in sorted(REAL.glob("*countdown*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                asked = read(row["prompt"])
                rows += 1
                agreed += asked.numbers == tuple(row["numbers"]) and asked.target == row["target"]
    assert rows == agreed == 6768


@given(st.text(max_size=300) | st.text(alphabet="0123456789,. []-+*/=targeusinghombr\n", max_size=300))
def test_any_text_is_read(prompt: str) -> None:
    read(prompt)


HOSTILE = [
    "1, ",
    "1 ",
    "[1,",
    "target " * 3 + "=",
    "+ ",
    "numbers 1, 2 ",
    "equals the the the ",
    "not ",
    "each ",
    "- *",
    "((((",
    "use 1 2 to make ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_megabyte_of_prompt_is_read(piece: str) -> None:
    assert isinstance(read(piece * (1_000_000 // len(piece))), Asked)
