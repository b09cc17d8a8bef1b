"""Where a final answer is found and how it is judged, on texts of our own that look like what models write."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamegen.games.countdown import Puzzle, Rules
from gamegen_verifiers.answers import (
    ANSWERS,
    MARKERS,
    REASONS,
    Answer,
    Found,
    find_answer,
    judge_answer,
)
from gamegen_verifiers.rows import UNSTATED_RULES

REAL_TRACES = Path(__file__).resolve().parents[1] / "../shared/data/real_traces"


def judged(text: str, puzzle: Puzzle) -> Answer:
    return judge_answer(puzzle, find_answer(text))


EIGHTS = Puzzle((2, 4, 8, 8), 24, UNSTATED_RULES)


@pytest.mark.parametrize(
    ("text", "expression", "marker"),
    [
        ("I add up: <answer>8 + 8 + 4 * 2</answer>", "8 + 8 + 4 * 2", "answer tag"),
        ("<answer> 24 = 8 + 8 + 4 * 2 </answer><|eot_id|><|endoftext|>", "8 + 8 + 4 * 2", "answer tag"),
        ("<answer>8 + 8 + 4 × 2 = 24 ✅</answer>", "8 + 8 + 4 × 2", "answer tag"),
        ("<answer>8 + 8 + 4 * 2 = 16 + 8 = 24</answer>", "8 + 8 + 4 * 2", "answer tag"),
        ("<answer>8 * 2</answer> is too small.\n<answer>8 + 8 + 4 * 2</answer>", "8 + 8 + 4 * 2", "answer tag"),
        ("</reasoning>\n<answer>\n\\boxed{8 + 8 + 4 \\times 2}\n</answer>", "8 + 8 + 4 \\times 2", "answer tag"),
        ("It works.\n\n<answer>8 + 8 + 4 * 2", "8 + 8 + 4 * 2", "answer tag"),
        ("<answer>\n8 + 8 + 4 * 2 = 24\nEvery number is used once.\n</answer>", "8 + 8 + 4 * 2", "answer tag"),
        ("<answer>8 + 8 = 16, 4 * 2 = 8, 8 + 8 + 4 * 2 = 24</answer>", "8 + 8 + 4 * 2", "answer tag"),
        ("<answer>8 + 8 + 4 * 2 (uses all numbers)</answer>", "8 + 8 + 4 * 2", "answer tag"),
        ("so \\[ \\boxed{8 + \\frac{8}{2} \\cdot 4} \\] and \\boxed{}", "8 + \\frac{8}{2} \\cdot 4", "box"),
        ("</reasoning>\n\n\\boxed{8 + 8 + 4 * 2><|eot_id|>", "8 + 8 + 4 * 2", "box"),
        ("… <boxed{8 + 8 + 4 * 2}\n</>", "8 + 8 + 4 * 2", "box"),
        ("8 - 4 = 4\n8 + 8 + 4 * 2</answer>", "8 + 8 + 4 * 2", "closing tag"),
        ("After this:\n\nFinal answer: (8 + 8) + 4 · 2 = 24.\nAll are used.", "(8 + 8) + 4 · 2", "announced"),
        ("So the correct equation is:\n\n$$\n8 + 8 + 4 * 2 = 24\n$$\n\nDone", "8 + 8 + 4 * 2", "announced"),
        ('{"answer": "8 + 8 + 4 * 2"}', "8 + 8 + 4 * 2", "announced"),
        ("**Answer:** $8 + 8 + 4 \\cdot 2$", "8 + 8 + 4 \\cdot 2", "announced"),
        ("8 + 8 + 4 * 2", "8 + 8 + 4 * 2", "last line"),
        ("8 * 4 - 8 is 24, but 2 is left.\nThat works:\n\n**8 + 8 + 4 * 2**\n", "8 + 8 + 4 * 2", "last line"),
        ("Here it is.\n```\n8 + 8 + 4 * 2\n```\n", "8 + 8 + 4 * 2", "last line"),
        ("1. 4 * 2 = 8\n2. 8 + 8 = 16\n3. So, 8 + 8 + 4 * 2 = 24\n", "8 + 8 + 4 * 2", "last line"),
        ("<think>\n8 * 8 / 4 + 2 = 18\n</think>\n\n8 + 8 + 4 * 2", "8 + 8 + 4 * 2", "last line"),
    ],
)
def test_right_answers_are_found_where_they_stand(text: str, expression: str, marker: str) -> None:
    found = find_answer(text)
    assert (found.text, found.marker) == (expression, marker)
    assert text[found.start : found.end] == found.text
    assert judge_answer(EIGHTS, found).answer == "correct"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        # tries that hit the target and are not presented as the answer
        ("Try: **8 + 8 + 4 * 2 = 24** → uses all\n\nTry: **8 * 8 - 4", ("missing", "no answer")),
        ("Try:\n**8 + 8 + 4 * 2 = 2", ("missing", "no answer")),
        ("Try:\n\n$$\n8 + 8 + 4 * 2", ("missing", "no answer")),
        ("- 8 + 8 = 16\n- 8 + 8 + 4 * 2", ("missing", "no answer")),
        ("Let me try this one:\n8 + 8 + 4 * 2", ("missing", "no answer")),
        ("The equation is 8 + 8 + 4 * 2, which is not allowed.", ("missing", "no answer")),
        ("The answer is 8 + 8 + 4 * 2. Wait, let me try another way: 8 *", ("missing", "no answer")),
        ("<think>The answer is 8 + 8 + 4 * 2\nand now", ("missing", "no answer")),
        # markers that hold nothing
        ("8 + 8 + 4 * 2 = 24\n<answer>\n</answer>", ("missing", "no answer")),
        ("8 + 8 + 4 * 2 = 24\n<answer>\n\\boxed{...}\n</answer>", ("missing", "no answer")),
        ("I do not know.", ("missing", "no answer")),
        ("", ("missing", "no answer")),
        # cut in the middle
        ("So: <answer>(8 + 8) + (4 *", ("missing", "truncated")),
        ("\\boxed{(8 + 8 + 4", ("missing", "truncated")),
        # declined
        ("<answer>No solution</answer>", ("declined", "")),
        ("I tried all.\n\\boxed{\\text{impossible}}", ("declined", "")),
        ("I tried everything.\n\nThere is no way to make 24 from these numbers.", ("declined", "")),
        # the last word of several
        ("<answer>8 + 8 + 4 * 2</answer> or rather <answer>8 * 4 - 8</answer>", ("illegal", "number unused")),
        ("<answer>8 - 2 = 6, 6 * 4 = 24</answer>", ("illegal", "number not given")),
    ],
)
def test_what_is_not_presented_is_no_answer(text: str, verdict: tuple[str, str]) -> None:
    answer = judged(text, EIGHTS)
    assert (answer.answer, answer.reason) == verdict


@pytest.mark.parametrize(
    ("expression", "answer", "reason"),
    [
        ("8 + 8 + 4 * 2", "correct", ""),
        ("(8 + 8 + 4) * 2", "wrong", "value"),
        ("8 * 4 - 8", "illegal", "number unused"),
        ("8 + 8 + 8", "illegal", "number reused"),
        ("8 + 8 + 4 + 2 + 2", "illegal", "number reused"),
        ("20 + 4", "illegal", "number not given"),
        ("24", "illegal", "bare number"),
        ("8", "illegal", "bare number"),
        ("8 / (8 - 4 * 2)", "illegal", "division by zero"),
        ("8 + 8 - -(4 * 2)", "correct", ""),
        ("-(8 + 8 + 4 + 2)", "illegal", "operation not allowed"),
        ("2**5", "illegal", "operation not allowed"),
        ("4!", "illegal", "operation not allowed"),
        ("sqrt(16)*6", "illegal", "operation not allowed"),
        ("7//2*8", "illegal", "operation not allowed"),
        ("30%6+24", "illegal", "operation not allowed"),
        ("24 if 1 else 0", "illegal", "not an expression"),
        ("1_2+12", "illegal", "number format"),
        ("0x18", "illegal", "number format"),
        ("1e3", "illegal", "number format"),
        ("٣+٤", "illegal", "number format"),
        ("9**9**9", "illegal", "operation not allowed"),
        ("8 8 + 4 2", "illegal", "numbers side by side"),
        ("8(2 + 4)", "illegal", "implicit multiplication"),
        ("__import__('os').system('x')", "illegal", "operation not allowed"),
        ("8\x00+4", "illegal", "not an expression"),
        ("\ud8008+4", "illegal", "not an expression"),
        ("(" * 10**6, "illegal", "too long"),
        ("9" * 10**6, "illegal", "too long"),
    ],
)
@pytest.mark.parametrize("wrap", ["{}", "<answer>{}</answer>"])
def test_reasons(expression: str, answer: str, reason: str, wrap: str) -> None:
    verdict = judged(wrap.format(expression), EIGHTS)
    assert (verdict.answer, verdict.reason) == (answer, reason)


@pytest.mark.parametrize(
    ("rules", "expression", "reason"),
    [
        (Rules(), "5 - 8 + 6", "value not allowed"),
        (Rules(values="integer"), "5 - 8 + 6", ""),
        (Rules(values="integer"), "6 / 8 * 5", "value not allowed"),
        (Rules(), "-5 + 8 + 6", ""),
        (Rules(operations="+*"), "8 + 6 - 5", "operation not allowed"),
        (Rules(operations="+*"), "-5 + 8 + 6", "operation not allowed"),
        (Rules(), "8 + 6", "number unused"),
        (Rules(use_all=False), "8 + 6", ""),
        (Rules(use_all=False), "8", ""),
        (Rules(use_all=False), "14", "bare number"),
        (Rules(use_all=False), "8 + 8", "number reused"),
    ],
)
def test_rules_say_what_is_legal(rules: Rules, expression: str, reason: str) -> None:
    verdict = judged(f"<answer>{expression}</answer>", Puzzle((5, 6, 8), 14, rules))
    assert (verdict.reason if verdict.answer == "illegal" else "") == reason


def test_a_verdict_carries_what_it_is_about() -> None:
    verdict = judged("<answer>8 ÷ 2 × (4 − 8)</answer>", EIGHTS)
    assert verdict[:4] == ("wrong", "8 / 2 * (4 - 8)", "value", -16)
    assert verdict.tree is not None


SNIPPETS = (
    *(
        "<answer>",
        "</answer>",
        "\\boxed{",
        "}",
        "</think>",
        "<think>",
        "8 + 4",
        "(",
        ")",
        " = 24",
        "\n",
        "**",
        "$$",
        "```",
    ),
    *(
        "answer is ",
        "<|eot_id|>",
        "no solution",
        "Try: ",
        "-",
        "→",
        ",",
        "1.",
        "\\text{",
        "x",
        "\x00",
        "\ud800",
        "[",
        "=",
    ),
)


@given(st.lists(st.sampled_from(SNIPPETS), max_size=30).map("".join) | st.text())
def test_any_text_has_a_verdict(text: str) -> None:
    found = find_answer(text)
    verdict = judge_answer(EIGHTS, found)
    assert text[found.start : found.end] == found.text
    assert found.marker in MARKERS and verdict.answer in ANSWERS and verdict.reason in REASONS
    assert (verdict.answer in ("correct", "declined")) == (verdict.reason == "")


@given(st.text())
def test_any_answer_has_a_verdict(words: str) -> None:
    verdict = judge_answer(EIGHTS, Found(words, 0, len(words), "answer tag", "given"))
    assert verdict.answer in ANSWERS and verdict.reason in REASONS


MANY = (
    *("<answer", "<answer>", "</answer>", "<answer></answer>", "</think>", "<think>", "<|eot_id|>", "<", "\\boxed{"),
    *("\\boxed{8}", "{", "(", "**\\(", "\\(", "`", "=", "8+4=", "111,", "1.", "9", "\x00", "\ud800", " ", "\n"),
    *("the answer is ", "the answer that ", "answer: 8 + 4\n", "8 + 4\n", "- 8 + 4\n", "no valid ", "no solution "),
)


@pytest.mark.parametrize("unit", MANY)
@pytest.mark.parametrize("frame", ["{}", "<answer>{}</answer>", "{}\n8 + 4"])
def test_a_long_text_has_a_verdict(unit: str, frame: str) -> None:
    """How long it takes is measured by benchmarks/speed/adversarial.py."""
    assert judged(frame.replace("{}", unit * (100_000 // len(unit))), EIGHTS).answer in ANSWERS


@pytest.mark.skipif(not REAL_TRACES.is_dir(), reason="the real traces are not here")
@pytest.mark.parametrize("path", sorted(REAL_TRACES.glob("*countdown*.jsonl.gz")), ids=lambda path: path.name.split("_")[0])
def test_real_answers_are_judged_as_an_independent_checker_does(path: Path) -> None:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    puzzles = [Puzzle(tuple(row["numbers"]), row["target"], UNSTATED_RULES) for row in rows]
    verdicts = [judged(row["response"] or "", puzzle).answer for row, puzzle in zip(rows, puzzles, strict=True)]
    agree = [(ours == "correct") == (row["exact_check"] == "correct") for ours, row in zip(verdicts, rows, strict=True)]
    assert sum(agree) >= 0.995 * len(rows)
