"""Free prose: what is a claim and what is none, the states that claims stand in, grades of texts of unknown make."""

import gzip
import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamegen_verifiers import Puzzle, Rules, Verdict, verify, verify_steps
from gamegen_verifiers.placing import LONGEST_STATE, place
from gamegen_verifiers.readers.free import READER
from gamegen_verifiers.readers.layout import plain_layout
from gamegen_verifiers.verdict import GRADES

PUZZLE = Puzzle((2, 4, 8), 24, Rules(values="rational"))
ANSWER = "\n<answer>(8 - 2) * 4</answer>"
TRACES = Path(__file__).parents[1] / "../shared/data/real_traces"


def claims(text: str) -> list[tuple[str, bool]]:
    """The claims of a text that goes on behind them, and whether each is true."""
    read = READER.read(text, len(text), len(text)).steps
    return [(text[s.start : s.end], s.value is not None and s.value == s.goal) for s in read if s.kind == "equation"]


def judged(text: str, puzzle: Puzzle = PUZZLE) -> Verdict:
    return verify(puzzle, text + ANSWER)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("So 8 - 2 = 6.", "8 - 2 = 6"),
        ("**(8 − 2) × 4 = 24**, done", "(8 − 2) × 4 = 24"),
        (r"\( 6 \times 4 = 24 \)", r"6 \times 4 = 24"),
        (r"$$\frac{8}{2} = 4$$", r"\frac{8}{2} = 4"),
        (r"\boxed{(8-2) \cdot 4 = 24}", r"(8-2) \cdot 4 = 24"),
        ("- 8 - 2 = 6\n", "8 - 2 = 6"),
        ("3) 8 ÷ 2 = 4 (getting closer)", "8 ÷ 2 = 4"),
        ("`8*4` is 32 with `8*4=32`.", "8*4=32"),
        ("40 × 30 = 1,200, too much", "40 × 30 = 1,200"),
        ("91 minus 91 is 0, so no.", "91 minus 91 is 0"),
        ("6 times 4 equals 24!", "6 times 4 equals 24"),
        ("8 - 2, which gives 6, is next.", "8 - 2, which gives 6"),
        ("8 divided by 2 gives us 4.", "8 divided by 2 gives us 4"),
        ("subtract 2 from 8 to get 6.", "subtract 2 from 8 to get 6"),
        ("Multiplying 6 by 4 gives 24.", "Multiplying 6 by 4 gives 24"),
        ("8 - 2 → 6, fine", "8 - 2 → 6"),
        ("then 24 = 6 * 4.", "24 = 6 * 4"),
        ("16 / 5 = 3.2 → no", "16 / 5 = 3.2"),
        ("(−4) + 28 = 24 ✅", "(−4) + 28 = 24"),
        ("9 + 5 = 14 = target", "9 + 5 = 14"),
        ("What equals 24 using 2, 4, and 8 is (8 - 2) * 4.", "equals 24 using 2, 4, and 8 is (8 - 2) * 4"),
    ],
)
def test_a_claim_is_read_where_it_stands_and_as_it_stands(text: str, claim: str) -> None:
    assert (claim, True) in claims(text)


@pytest.mark.parametrize(
    "text",
    [
        "Is 6 * 4 = 25?",
        "Try 5 * 5 = 24? No.",
        "6 * 4 ≠ 25.",
        "6 * 4 is not 25.",
        "6 * 4 isn't 25.",
        "6 * 4 does not equal 25.",
        "26 / 8 ≈ 3.25 or so",
        "We need 8 + x = 12.",
        "x + 8 = 12, so what is x?",
        "A = 12 here.",
        "4! + 2 = 27 by factorials",
        "2**5 = 31 is a power",
        "sqrt(16) * 6 = 25 is a root",
        "```python\nx = 1\nassert 3 + 4 == 8\n```\n",
        '{"expression": "3 + 4 = 8"} ',
        "Make 24 from 8, 2, 4.",
        "6 < 7, and 8 > 7.",
        "The numbers 8, 2 and 4 give 24.",
        "using 4 and 8 is (8 - 2) * 4.",
        "8 * 3 is 1 more than 23.",
        "6 * 4 = 25 is wrong.",
        "6 * 4 = 2",
    ],
)
def test_what_is_asked_denied_rounded_coded_or_cut_is_no_claim(text: str) -> None:
    assert claims(text) == []


def test_a_chain_is_one_claim_for_each_link() -> None:
    assert claims("(8-2)*4 = 6*4 = 24.") == [("(8-2)*4 = 6*4", True), ("6*4 = 24", True)]
    assert claims("192 - 57 = 135 - 35 = 100.") == [("192 - 57 = 135", True), ("135 - 35 = 100", True)]
    assert claims("**8 − 2**  \n= **6 × 1**  \n= **7** → no") == [("8 − 2**  \n= **6 × 1", True), ("6 × 1**  \n= **7", False)]
    assert claims("(7 - 3) = (4 + 9) = 13.") == [("(7 - 3) = (4 + 9)", False), ("(4 + 9) = 13", True)]


def test_a_full_stop_that_sticks_to_a_number_ends_the_claim() -> None:
    assert claims("5 + 2 = 7. -14 + 7 = -7. Done") == [("5 + 2 = 7", True), ("-14 + 7 = -7", True)]


def test_the_last_claim_of_a_cut_text_is_not_judged_but_of_a_closed_one_is() -> None:
    assert claims("8 - 2 = 6 and 6 * 4 = 2") == [("8 - 2 = 6", True)]
    assert verify_steps(["6 * 4 = 2"]).first_error == 0


def test_layout_moves_no_place() -> None:
    text = "- **8 − 2** is $6$, `x` \\boxed{6 \\times 4} <b>3</b> ```python\nprint(1)\n``` 2**5"
    assert len(plain_layout(text)) == len(text) and plain_layout(text).endswith("2**5")


def test_work_on_the_way_verifies_an_answer() -> None:
    for text in (
        "8 - 2 = 6. 6 * 4 = 24.",
        "Let me try (8 - 2) * 4 = 6 * 4 = 24. Yes!",
        "Subtract 2 from 8 to get 6. 6 times 4 equals 24.",
        "8 + 2 = 10, too small. 10 + 4 = 14 → not 24. Let me try 8 - 2 = 6, then 6 * 4 = 24.",
    ):
        verdict = judged(text)
        assert (verdict.grade, verdict.reasons) == ("verified", ()), text


def test_an_answer_out_of_nowhere_is_thin() -> None:
    assert judged("Let me think about 8, 2 and 4 for a while.").grade == "thin"
    assert judged("8 + 2 = 10. 10 + 4 = 14, too small.").grade == "thin"


def test_a_false_claim_confabulates_until_it_is_taken_back() -> None:
    assert judged("8 - 2 = 7. 8 - 4 = 4. So 8 - 2 = 6, 6 * 4 = 24.").grade == "verified"  # worked out again, rightly
    false = judged("8 + 4 = 13, too small. 8 - 2 = 6. 6 * 4 = 24.")
    assert (false.grade, false.reasons, false.first_error) == ("confabulated", ("false arithmetic",), 0)
    assert judged("8 + 4 = 13. Wait, that's wrong. 8 - 2 = 6. 6 * 4 = 24.").repaired
    assert judged("8 + 4 = 13? No. 8 - 2 = 6. 6 * 4 = 24.").first_error == -1


def test_a_check_that_comes_to_another_value_takes_a_claim_back() -> None:
    assert judged("(8 + 2) - 4 = 24. Check: 8 + 2 = 10, 10 - 4 = 6. So not. 8 - 2 = 6. 6 * 4 = 24.").repaired


def test_what_is_rounded_is_not_true_and_no_falsehood_either() -> None:
    verdict = judged("8 / 6 = 1.33, no. 8 - 2 = 6. 6 * 4 = 24.")
    assert (verdict.labels[0], verdict.grade) == ("rounded", "verified")
    assert judged("8 / 6 = 1.43, no. 8 - 2 = 6. 6 * 4 = 24.").grade == "confabulated"


def test_words_go_on_with_the_value_before() -> None:
    assert claims("8 + 2 = 10, then add 4 to get 14, and multiply it by 2 to get 27.")[1:] == [
        ("add 4 to get 14", True),
        ("multiply it by 2 to get 27", False),
    ]
    assert claims("Let me add 4 to get 14.") == []
    assert claims("Multiplying 8 by 4, then subtracting 2, which gives us 31.")[0][1] is False
    assert claims("**(8 × 4) - 2**\n\nI already tried this, it's 30.")[0][1] is True


def test_what_was_derived_must_be_the_answer() -> None:
    coincidence = verify(Puzzle((2, 2, 2), 6, Rules()), "2 * 2 = 4. 4 + 2 = 6. <answer>2 + 2 + 2</answer>")
    assert coincidence.grade == "confabulated" and "answer is not what was derived" in coincidence.reasons


def test_a_pool_that_is_reset_without_a_word_is_an_implicit_return() -> None:
    verdict = judged("8 + 2 = 10. 10 + 4 = 14. 8 - 2 = 6. 6 * 4 = 24.")
    assert (verdict.procedure.implicit_returns, verdict.procedure.backtracks) == (1, 0)
    assert set(verdict.labels) == {"valid"}


def test_a_return_that_words_announce_is_a_backtrack() -> None:
    verdict = judged("8 + 2 = 10. 10 + 4 = 14. That doesn't work. 8 - 2 = 6. 6 * 4 = 24.")
    assert (verdict.procedure.implicit_returns, verdict.procedure.backtracks) == (0, 1)


def test_a_number_that_is_nowhere_is_not_available_and_derives_nothing() -> None:
    verdict = verify(PUZZLE, "8 * 3 = 24.\n<answer>8 * 3</answer>")
    assert verdict.labels == ("number not available",)
    assert judged("5 * 5 = 25. 25 - 1 = 24.").grade == "thin"
    once = verify(Puzzle((2, 2, 5), 9), "2 + 2 = 4. 4 + 5 = 9. 9 + 2 = 11.\n<answer>2 + 2 + 5</answer>")
    assert once.labels == ("valid", "valid", "number not available") and once.grade == "verified"


def test_a_claim_that_restates_what_was_derived_is_no_error() -> None:
    verdict = judged("8 - 2 = 6. 6 * 4 = 24. Check: (8 - 2) * 4 = 6 * 4 = 24, and 8 - 2 = 6 indeed.")
    assert set(verdict.labels) == {"valid"} and verdict.procedure.implicit_returns == 0


def test_lists_of_what_is_left_are_held_against_the_state() -> None:
    assert judged("8 - 2 = 6, remaining numbers: 4, 6. 6 * 4 = 24.").grade == "verified"
    wrong = judged("8 - 2 = 6, remaining numbers: 4, 7. 6 * 4 = 24.")
    assert wrong.grade == "confabulated" and "state mismatch" in wrong.reasons


def test_what_is_said_to_miss_the_goal_must_miss_it() -> None:
    assert judged("8 * 4 = 32 → too high. 8 - 2 = 6. 6 * 4 = 24.").procedure.dead_ends == 1
    assert "false dead end" in judged("8 + 2 = 10, too high. 8 - 2 = 6. 6 * 4 = 24.").reasons


def test_parts_that_are_worked_out_one_by_one_come_together() -> None:
    puzzle = Puzzle((46, 2, 82, 64), 26)
    text = "46 - 2 = 44\n82 - 64 = 18\n44 - 18 = 26\n<answer>(46 - 2) - (82 - 64)</answer>"
    assert verify(puzzle, text).grade == "verified"


def test_a_text_whose_arithmetic_is_not_understood_is_unreadable() -> None:
    assert judged("8 ⊕ 2 with 5 minus 3 turned into 9. 3 plus 4 ended up at 8.").grade == "unreadable"


def test_formats_of_others_are_read() -> None:
    steps = (
        "Step 1: 8 + 2 = 10\nStep 2: 10 + 4 = 14\nWait, this doesn't lead to the correct solution. "
        "Let me go back to step 1.\nStep 1: 8 - 2 = 6\nStep 2: 6 * 4 = 24"
    )
    lines = "8+2=10\n10+4=14\n<backtrack>\n8-2=6\n6*4=24"
    tags = "<think>8 * 4 = 32. That is too high. Let me try 8 - 2 = 6, 6 * 4 = 24.</think>"
    for text in (steps, lines, tags):
        assert judged(text).grade == "verified", text
    assert judged(steps).procedure.backtracks == 1


def test_a_breadth_first_log_returns_to_where_it_stands_between_its_sums() -> None:
    log = """Current State: 24:[8, 2, 4], Operations: []
Exploring Operation: 8+2=10, Resulting Numbers: [4, 10]
Generated Node #0,0: 24:[4, 10] Operation: 8+2=10
Exploring Operation: 8-2=6, Resulting Numbers: [4, 6]
Generated Node #0,1: 24:[4, 6] Operation: 8-2=6
Moving to Node #0,1
Current State: 24:[4, 6], Operations: ['8-2=6']
Exploring Operation: 4*6=24, Resulting Numbers: [24]
24,24 equal: Goal Reached"""
    verdict = judged(log)
    assert (verdict.grade, verdict.reasons, verdict.procedure.implicit_returns) == ("verified", (), 1)


def test_steps_without_a_puzzle_are_judged_on_their_claims_alone() -> None:
    verdict = verify_steps(["Let A = (3 - -2).", "A = 3 + 2 = 5.", "So A - B = 5 - 7 = 2, and 5 + 5 = 10."])
    assert verdict.labels == ("no claim", "valid", "false arithmetic") and verdict.first_error == 2
    assert [claim.value for claim in verdict.false[2]] == [-2]
    assert verify_steps([]).first_error == -1


@pytest.mark.skipif(not TRACES.exists(), reason="the real traces are not here")
def test_first_mistakes_that_people_marked_are_found_as_often_as_by_a_simple_reader() -> None:
    with gzip.open(TRACES / "bigbench_mistake__multistep_arithmetic.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    marked = [-1 if row["human_first_mistake_index"] is None else row["human_first_mistake_index"] for row in rows]
    assert sum(verify_steps(row["steps"]).first_error == mark for row, mark in zip(rows, marked, strict=True)) >= 142


@given(
    st.integers(-99, 999),
    st.sampled_from("+-*/"),
    st.integers(1, 99),
    st.sampled_from([" ", "  ", "", "\u00a0"]),
    st.booleans(),
)
def test_a_sum_is_true_whatever_its_spaces_are(a: int, op: str, b: int, space: str, brackets: bool) -> None:
    result = {"+": a + b, "-": a - b, "*": a * b, "/": Fraction(a, b)}[op]
    first = f"({a})" if brackets else str(a)
    said = str(result) if isinstance(result, int) else f"{result.numerator}/{result.denominator}"
    assert [true for _, true in claims(f"We get {first}{space}{op}{space}{b}{space}={space}{said}.")] == [True]
    assert [true for _, true in claims(f"We get {first}{space}{op}{space}{b}{space}={space}{result + 1000}.")] in ([False], [])


@given(st.text(alphabet="0123456789 +-*/=()[]{}.,$\\→≈≠?!abis\nx×÷%^_|<>\"'`", max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_has_a_verdict(text: str) -> None:
    assert verify(PUZZLE, text).statements >= 0
    assert verify_steps([text]).first_error in (-1, 0)


TRAPS = (
    *(
        "8 - 2 = ",
        "8 -",
        "= ",
        "(",
        ")",
        "((8) ",
        "8 is ",
        "8 → ",
        "8 plus ",
        "\\frac{8",
        "1,234,",
        "0.5",
        "9.",
        "8 8 ",
        "**8**",
    ),
    *(
        "which is ",
        "subtract 2 from ",
        "remaining 2, 3, ",
        "back to 2, 3 and ",
        "wait ",
        "- 8\n",
        "``` ",
        '{"a',
        "\\text{",
        "<a ",
        "x",
    ),
    *("8\n= ", "\n=", "\n \n", "8 = 8 = ", "not 8 ", ", but ", "let me ", "8/0=", "8 x ", "{,}", "−", "if 8 - 2, which "),
)


@pytest.mark.parametrize("unit", TRAPS)
def test_texts_that_are_made_to_be_slow_are_judged(unit: str) -> None:
    """How their time grows is measured by benchmarks/speed/adversarial.py."""
    assert judged(unit * (100_000 // len(unit))).grade in GRADES


@pytest.mark.parametrize("line", ["Now {0} + {0} = {1}.\n", "Then {0} + 1 = {1}.\n"])
def test_numbers_that_a_text_invents_do_not_pile_up(line: str) -> None:
    text = "".join(line.format(number, 2 * number) for number in range(1000, 1400))
    played = place(PUZZLE, READER.read(text, len(text), len(text)))
    assert played.sums == 400
    assert max(len(node.state) for node in played.path) == LONGEST_STATE
    assert played.path[-1].claim is not None and played.path[-1].claim.result in played.path[-1].state
