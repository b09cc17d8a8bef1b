"""Verdicts on plain traces written by hand: sound ones, and ones with a single defect that must be found where it is."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamegen_verifiers import Puzzle, Rules, verify
from gamegen_verifiers.metrics import tokens

PUZZLE = Puzzle((2, 4, 5, 8), 24)
SOUND = """<think>
I have 2, 4, 5, 8 and want 24.
Try 8 - 2 = 6, leaving 4, 5, 6.
Let me see. I take 6 + 5 = 11, so 4, 11 are left.
Then 11 * 4 = 44. But 44 is not 24. I go back to 4, 11.
Now 11 + 4 = 15. 15 is not 24. Let me return to 2, 4, 5, 8.
What about 5 - 4 = 1? That leaves 1, 2, 8.
Next is 2 + 1 = 3, and 3, 8 remain.
With the last two, 8 * 3 = 24. That is 24, the goal is reached.
</think>
Here is a way.
<answer>8 * (2 + (5 - 4))</answer>"""

SOLUTION = SOUND[: SOUND.index("Try 8 - 2")] + SOUND[SOUND.index("What about 5") :]


def test_a_sound_trace_is_verified() -> None:
    verdict = verify(PUZZLE, SOUND)
    assert (verdict.grade, verdict.reasons, verdict.first_error) == ("verified", (), -1)
    assert (verdict.steps, verdict.procedure.dead_ends, verdict.procedure.backtracks) == (7, 2, 2)
    assert verdict.recall == 1.0
    assert verdict.procedure.sound_share == 1.0
    assert [SOUND[step.start : step.end] for step in verdict.reading][2] == "I take 6 + 5 = 11, so 4, 11 are left."


def test_the_winning_path_alone_is_verified() -> None:
    assert verify(PUZZLE, SOLUTION).grade == "verified"


def test_a_log_that_generates_a_node_before_it_says_where_it_starts_gets_a_verdict() -> None:
    lines = ("Exploring Operation: 8-2=6, Resulting Numbers: [4, 5, 6]", "Generated Node #0,0: 24:[4, 5, 6] Operation: 8-2=6")
    verdict = verify(PUZZLE, "\n".join(lines))
    assert verdict.statements == 1 and verdict.recall is not None and verdict.recall < 1


@pytest.mark.parametrize("thinking", ["<think>\n\n</think>\n", "<think>\nLet me think. Hmm.\n</think>\n", ""])
def test_a_right_answer_without_its_derivation_is_thin(thinking: str) -> None:
    verdict = verify(PUZZLE, thinking + "<answer>8 * (2 + 5 - 4)</answer>")
    assert (verdict.answer, verdict.grade, verdict.reasons) == ("correct", "thin", ("answer is not derived",))


DEFECTS = {
    "a wrong sum": ("11 * 4 = 44", "11 * 4 = 45", "false arithmetic", 3),
    "a number that was never there": ("Try 8 - 2 = 6, l", "Try 9 - 3 = 6, l", "number not available", 1),
    "a number used twice": ("8 - 2 = 6", "8 - 8 = 0", "number not available", 1),
    "a list that lost a number": ("leaving 4, 5, 6", "leaving 4, 6", "state mismatch", 1),
    "a list with another number": ("so 4, 11 are left", "so 5, 11 are left", "state mismatch", 2),
    "a result that the rules do not count": ("What about 5 - 4 = 1? That", "What about 4 - 5 = -1? That", "not allowed", 9),
    "a fraction that does not count": ("8 - 2 = 6, leaving 4, 5, 6", "2 / 8 = 1/4, leaving 1/4, 4, 5", "not allowed", 1),
    "a dead end that is the goal": ("But 44 is not 24.", "But 44 is not 44.", "false dead end", 4),
    "a dead end about another number": ("15 is not 24.", "16 is not 24.", "state mismatch", 7),
    "a dead end too early": (" Let me return to 2", " With 15 no move is allowed. Let me return to 2", "", -1),
    "a state that can still be played": (
        "so 4, 11 are left.",
        "so 4, 11 are left. Nothing can be played with 4, 11.",
        "false dead end",
        3,
    ),
    "a return to a state that never was": ("I go back to 4, 11.", "I go back to 4, 12.", "fake backtrack", 5),
    "a return to the state one is in": ("I go back to 4, 11.", "I go back to 44.", "fake backtrack", 5),
    "a branch again": (
        "Let me return to 2, 4, 5, 8.",
        "Let me return to 4, 11.\nThen 11 * 4 = 44. 44 is not 24. Let me return to 2, 4, 5, 8.",
        "repeated",
        9,
    ),
    "a goal that is not reached": ("15 is not 24.", "24 is reached.", "unsupported answer", 7),
    "other numbers than the puzzle's": ("I have 2, 4, 5, 8 and", "I have 2, 4, 5, 9 and", "state mismatch", 0),
    "another goal than the puzzle's": ("and want 24", "and want 25", "state mismatch", 0),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFECTS)
def test_one_defect_is_found_where_it_is(name: str) -> None:
    sound, broken, label, at = DEFECTS[name]
    assert SOUND.count(sound) == 1
    verdict = verify(PUZZLE, SOUND.replace(sound, broken))
    assert verdict.answer == "correct"
    assert verdict.first_error == at
    if label:
        assert (verdict.grade, verdict.labels[at]) == ("confabulated", label)
        assert label in verdict.reasons
    else:
        assert verdict.grade == "verified"


SHARES = {
    "a wrong sum": ("step_validity", 6 / 7),
    "a number that was never there": ("operand_legality", 6 / 7),
    "a result that the rules do not count": ("operand_legality", 6 / 7),
    "a list that lost a number": ("state_consistency", 12 / 13),
    "a dead end that is the goal": ("dead_end_soundness", 1 / 2),
    "a return to a state that never was": ("genuine_backtracks", 1 / 2),
    "a branch again": ("novelty", 7 / 8),
}


@pytest.mark.parametrize("name", SHARES)
def test_the_share_that_a_defect_is_about_falls_by_it(name: str) -> None:
    share, value = SHARES[name]
    before, after = (verify(PUZZLE, text).procedure for text in (SOUND, SOUND.replace(*DEFECTS[name][:2])))
    assert getattr(before, share) == 1.0
    assert getattr(after, share) == pytest.approx(value)
    assert after.sound_share < 1.0


def test_a_false_sum_over_numbers_that_are_not_there_is_both() -> None:
    found = verify(PUZZLE, SOUND.replace("Try 8 - 2 = 6, l", "Try 9 - 2 = 6, l")).procedure
    assert found.step_validity == found.operand_legality == pytest.approx(6 / 7)


def test_a_trace_that_is_hardly_read_is_not_judged() -> None:
    """Eight of ten numbers are too few, nine of ten are enough."""
    text = "<think>\nI have 2, 4, 5, 8 and want 24.\n{}</think>\n<answer>8 * (2 + 5 - 4)</answer>"
    assert verify(PUZZLE, text.format("")).recall == 1.0
    assert verify(PUZZLE, text.format("Maybe 7?\n")).grade == "unreadable"
    more = SOUND.replace("Let me see.", "Maybe 7 or so.")
    assert 0.9 < (verify(PUZZLE, more).recall or 0) < 1 and verify(PUZZLE, more).grade == "verified"


@pytest.mark.parametrize("place", ["behind", "before", "in a second thought"])
def test_what_is_said_outside_the_first_thought_is_read_too(place: str) -> None:
    false = "Try 8 - 2 = 7, leaving 4, 5, 7.\n"
    text = {
        "behind": SOUND.replace("Here is a way.", false),
        "before": false + SOUND,
        "in a second thought": SOUND.replace("Here is a way.", f"<think>\n{false}</THINK>"),
    }[place]
    assert verify(PUZZLE, text).grade == "confabulated"


@pytest.mark.parametrize("words", ["It is not true that", "Never ever do", "Nobody says", "I hate that", "If"])
def test_only_the_published_words_make_a_statement(words: str) -> None:
    verdict = verify(PUZZLE, SOUND.replace("Let me see.", f"{words} 8 - 2 = 7."))
    assert (verdict.steps, verdict.first_error) == (7, -1)
    assert verdict.recall is not None and verdict.recall < 1


def test_a_win_that_stands_on_a_false_sum_derives_nothing() -> None:
    text = """<think>
Try 8 - 2 = 7, leaving 0, 7, 24.
Try 7 * 0 = 0, leaving 0, 24.
Then 24 + 0 = 24. 24 is reached. Back to 0, 2, 8, 24.
Try 8 - 2 = 6, leaving 0, 6, 24.
</think>
<answer>24 + (8 - 2) * 0</answer>"""
    verdict = verify(Puzzle((0, 2, 8, 24), 24), text)
    assert verdict.grade != "verified" and verdict.procedure.grounding == 0


@pytest.mark.parametrize("count", [5, 6, 7, 8, 16])
def test_many_equal_numbers_are_told_apart_or_left_undecided(count: int) -> None:
    """With up to six the answer is found among all ways; with sixteen the verifier says that it cannot say."""
    ones = ", ".join(["1"] * count)
    steps = [f"Try 1 * 1 = 1, leaving {', '.join(['1'] * (count - k))}." for k in range(1, count - 1)]
    text = f"<think>\nI have {ones} and want 2.\n" + "\n".join(steps) + "\nThen 1 + 1 = 2. 2 is reached.\n</think>\n"
    verdict = verify(Puzzle((1,) * count, 2), text + f"<answer>{' * '.join(['1'] * (count - 1))} + 1</answer>")
    assert verdict.answer == "correct"
    assert verdict.grade == ("verified" if count <= 6 else verdict.grade) and verdict.grade in ("verified", "thin")


def test_a_sum_that_is_set_right_later_is_repaired() -> None:
    sound = "Try 8 - 2 = 6, leaving 4, 5, 6."
    text = SOUND.replace(sound, f"Try 8 - 2 = 5, leaving 4, 5, 5. Back to 2, 4, 5, 8.\n{sound}")
    verdict = verify(PUZZLE, text)
    assert (verdict.grade, verdict.repaired, verdict.first_error) == ("verified", True, 1)
    assert verdict.reasons == ("false arithmetic",)


def test_an_answer_that_is_right_but_not_the_derived_one_is_confabulated() -> None:
    puzzle = Puzzle((2, 3, 4, 12), 24)
    text = """<think>
Try 12 * 2 = 24, leaving 3, 4, 24.
Then 4 - 3 = 1, leaving 1, 24.
Then 24 * 1 = 24. 24 is reached.
</think>
"""
    assert verify(puzzle, text + "<answer>12 * 2 * (4 - 3)</answer>").grade == "verified"
    other = verify(puzzle, text + "<answer>12 * 2 / (4 - 3)</answer>")
    assert (other.answer, other.grade, other.reasons) == ("correct", "confabulated", ("answer is not what was derived",))
    verdict = verify(
        Puzzle((1, 3, 4, 6), 24, Rules(values="rational")),
        "<think>\nThen 6 * 4 = 24, leaving 1, 3, 24.\n</think><answer>6 / (1 - 3 / 4)</answer>",
    )
    assert (verdict.answer, verdict.grade) == ("correct", "thin")


@pytest.mark.parametrize(
    ("numbers", "goal", "sums", "answer"),
    [
        ((1, 1, 3, 3), 0, "1 / 1 = 1, leaving 1, 3, 3.\n3 / 1 = 3, leaving 3, 3.\n3 - 3 = 0.", "3 - 3 / (1 / 1)"),
        ((2, 2, 4, 4), 4, "4 / 2 = 2, leaving 2, 2, 4.\n4 * 2 = 8, leaving 2, 8.\n8 / 2 = 4.", "4 * (4 / 2) / 2"),
    ],
)
def test_equal_numbers_do_not_hide_what_was_derived(numbers: tuple[int, ...], goal: int, sums: str, answer: str) -> None:
    text = f"<think>\nI have {', '.join(map(str, numbers))} and want {goal}.\n{sums} {goal} is reached.\n</think>\n"
    assert verify(Puzzle(numbers, goal), f"{text}<answer>{answer}</answer>").grade == "verified"


NEW = """<think>
I have 2, 4, 5, 8 and want 24.
Try 8 * 5 = 40, leaving 2, 4, 40. {first} Back to 2, 4, 5, 8.
Try 8 - 2 = 6, leaving 4, 5, 6. {second}
Then 5 - 4 = 1, leaving 1, 6. {third} Back to 2, 4, 5, 8.
Try 5 - 4 = 1, leaving 1, 2, 8.
Try 2 + 1 = 3, leaving 3, 8.
Then 8 * 3 = 24. {last}24 is reached.
</think>
<answer>8 * (2 + (5 - 4))</answer>"""
SAID = {
    "a subgoal": ("second", "If the rest makes 4, 6 * 4 = 24 is it.", "valid"),
    "a subgoal that does not win": ("second", "If the rest makes 3, 6 * 3 = 18 is it.", "state mismatch"),
    "a subgoal over a number that is not there": ("second", "If the rest makes 3, 8 * 3 = 24 is it.", "number not available"),
    "a subgoal that is false": ("second", "If the rest makes 3, 6 * 3 = 24 is it.", "false arithmetic"),
    "a subgoal that the rules do not count": ("second", "If the rest makes -20, 4 - (-20) = 24 is it.", "not allowed"),
    "a subgoal without a rest": ("last", "If the rest makes 1, 24 * 1 = 24 is it. ", "number not available"),
    "a check": ("second", "Check: 6 + 2 = 8.", "valid"),
    "a false check": ("second", "Check: 6 + 2 = 9.", "false check"),
    "a check of something else": ("second", "Check: 4 + 1 = 5.", "state mismatch"),
    "set aside": ("first", "I set 2, 4, 40 aside with moves untried.", "valid"),
    "another state set aside": ("first", "I set 2, 4, 41 aside with moves untried.", "state mismatch"),
    "not all was tried": ("first", "All moves from 2, 4, 40 have failed.", "false dead end"),
    "at most": ("third", "1, 6 make 7 at most, too little for 24.", "valid"),
    "more than at most": ("third", "1, 6 make 8 at most, too little for 24.", "false dead end"),
    "at least": ("third", "1, 6 make 5 at least, too much for 24.", "false dead end"),
    "multiples": ("third", "From 1, 6 come only multiples of 5, and 24 is none.", "false dead end"),
    "a stop": ("third", "I stop after 3 steps.", "valid"),
    "a stop too late": ("third", "I stop after 4 steps.", "state mismatch"),
}


@pytest.mark.parametrize("name", SAID)
def test_dead_ends_subgoals_and_checks_are_held_to_what_they_say(name: str) -> None:
    slot, sentence, label = SAID[name]
    text = NEW.format(**{"first": "", "second": "", "third": "", "last": "", slot: sentence}).replace("  ", " ")
    verdict = verify(PUZZLE, text)
    [found] = [
        made
        for step, made in zip(verdict.reading, verdict.labels, strict=True)
        if text[step.start : step.end].strip() == sentence.strip()
    ]
    assert found == label
    assert set(verdict.labels) <= {"valid", label}
    assert verdict.grade == ("verified" if label == "valid" else "confabulated")


LEFT = """<think>
I have 2, 4, 5, 8 and want 24.
Try 5 - 4 = 1, leaving 1, 2, 8. I set 1, 2, 8 aside with moves untried. Back to 2, 4, 5, 8.
Try 8 - 2 = 6, leaving 4, 5, 6.
Try 5 + 4 = 9, leaving 6, 9. I set 6, 9 aside with moves untried. Back to 1, 2, 8.
Try 2 + 1 = 3, leaving 3, 8. I set 3, 8 aside with moves untried. Back to 6, 9.
Then 9 + 6 = 15. 15 is not 24. Back to 3, 8.
Then 8 * 3 = 24. 24 is reached.
</think>
<answer>8 * (2 + (5 - 4))</answer>"""


def test_a_return_to_a_state_that_was_left_restores_the_path_to_it() -> None:
    verdict = verify(PUZZLE, LEFT)
    assert (verdict.grade, verdict.reasons, verdict.procedure.grounding) == ("verified", (), 1.0)
    assert verdict.procedure.genuine_backtracks == verdict.procedure.sound_share == 1.0
    other = verify(PUZZLE, LEFT.replace("8 * (2 + (5 - 4))", "8 * 2 * (5 - 4) + 8"))
    assert other.answer == "illegal"
    passed = LEFT.replace("Back to 6, 9.", "Back to 4, 5, 6.\nTry 5 * 4 = 20, leaving 6, 20. Back to 6, 9.")
    assert verify(PUZZLE, passed).grade == "verified"  # it was passed, and is off the path now


ASTRAY = {
    "never reached": (
        "aside with moves untried. Back to 1, 2, 8.",
        "aside with moves untried. Back to 1, 2, 9.",
        "fake backtrack",
    ),
    "where it stands": ("Back to 6, 9.", "Back to 3, 8.", "fake backtrack"),
    "reached by a false sum": ("Try 5 + 4 = 9, leaving 6, 9.", "Try 5 + 4 = 10, leaving 6, 10.", "fake backtrack"),
    "a move again behind it": ("Back to 3, 8.", "Back to 1, 2, 8.\nTry 2 + 1 = 3, leaving 3, 8.", "repeated"),
    "the path is another one": ("Back to 3, 8.", "Back to 3, 8.\nCheck: 4 + 5 = 9.", "state mismatch"),
    "the start of another path": ("Then 8 * 3 = 24.", "Try 9 + 6 = 15, leaving 3.", "number not available"),
}


@pytest.mark.parametrize("name", ASTRAY)
def test_a_return_off_the_path_is_held_to_what_was_soundly_reached(name: str) -> None:
    sound, broken, label = ASTRAY[name]
    assert LEFT.count(sound) == 1
    verdict = verify(PUZZLE, LEFT.replace(sound, broken))
    assert label in verdict.reasons and verdict.grade == "confabulated"
    assert verdict.labels[verdict.first_error] == label or name == "reached by a false sum"


def test_a_return_off_the_path_is_quick_and_forgets_no_more_than_it_must() -> None:
    many = "".join(f"Try 8 - 2 = 6, leaving 4, 5, 6. Back to {there}.\n" for there in ("2, 4, 5, 8",) * 3000)
    assert verify(PUZZLE, LEFT.replace("Try 5 - 4", f"{many}Try 5 - 4")).labels[-3:] == ("valid", "valid", "valid")


def test_a_text_that_stops_is_unsolved_without_a_fault() -> None:
    text = f"{LEFT.partition('Then 9')[0]}I stop after 4 steps.\n</think>\nI stopped before I reached the target."
    verdict = verify(PUZZLE, text)
    assert (verdict.answer, verdict.grade, verdict.reasons, verdict.first_error) == ("missing", "unsolved", ("no answer",), -1)


def test_a_sum_that_was_done_wrongly_may_be_done_rightly() -> None:
    text = """<think>
Try 4 + 3 = 12, leaving 5, 12. Back to 3, 4, 5.
Try 4 * 3 = 12, leaving 5, 12.
Then 12 * 5 = 60. 60 is reached.
</think>
<answer>4 * 3 * 5</answer>"""
    assert verify(Puzzle((3, 4, 5), 60), text).labels == ("false arithmetic", "valid", "valid", "valid", "valid")


def test_a_bound_on_many_numbers_is_not_called_false() -> None:
    text = "<think>\nThe largest that 1, 1, 1, 1, 1 can make is 6, below 20.\n</think><answer>1</answer>"
    assert verify(Puzzle((1, 1, 1, 1, 1), 20), text).labels == ("unproven dead end",)


def test_grounding_is_not_a_coincidence_of_value() -> None:
    """2 * 2 and 2 + 2 are both 4, and yet another function of the given numbers."""
    puzzle = Puzzle((2, 2, 6), 24)
    text = "<think>\nTry 2 + 2 = 4, leaving 4, 6.\nThen 6 * 4 = 24. 24 is reached.\n</think>\n<answer>{}</answer>"
    assert verify(puzzle, text.format("(2 + 2) * 6")).grade == "verified"
    assert verify(puzzle, text.format("6 * 2 + 2 * 6")).answer == "illegal"
    assert verify(puzzle, text.format("2 * 2 * 6")).grade == "confabulated"
    assert verify(puzzle, text.format("6 * (2 + 2)")).grade == "verified"  # commuted


def test_equal_numbers_can_stand_for_each_other() -> None:
    puzzle = Puzzle((5, 5, 5, 1), 24)
    rational = Puzzle((5, 5, 5, 1), 24, Rules(values="rational"))
    text = """<think>
Try 1 / 5 = 1/5, leaving 1/5, 5, 5.
Then 5 - 1/5 = 24/5, leaving 24/5, 5.
Then 24/5 * 5 = 24. 24 is reached.
</think>
<answer>5 * (5 - 1 / 5)</answer>"""
    assert verify(rational, text).grade == "verified"
    assert verify(puzzle, text).answer == "illegal"
    assert verify(puzzle, text).answer_reason == "value not allowed"


@pytest.mark.parametrize(
    ("puzzle", "grade"),
    [
        (PUZZLE, "wrong"),  # there is a solution
        (Puzzle((1, 1, 1, 1), 100), "thin"),  # there is none, and the text does not show it
        (Puzzle((3, 5), 15, Rules(operations="+")), "thin"),
        (Puzzle((1, 3, 4, 6), 24), "thin"),  # only with fractions on the way
        (Puzzle((1, 3, 4, 6), 24, Rules(values="rational")), "wrong"),
        (Puzzle(tuple(range(11, 20)), 10**9 + 7), "unsolved"),  # too many plays to say
    ],
)
def test_a_text_that_declines_is_held_against_the_puzzle(puzzle: Puzzle, grade: str) -> None:
    verdict = verify(puzzle, "<think>\nLet me see.\n</think>\n<answer>no solution</answer>")
    assert (verdict.answer, verdict.grade) == ("declined", grade)


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("I tried a lot of things.\n79 plus 4 gave me 83, then 90.\n<answer>8 * (2 + 5 - 4)</answer>", "unreadable"),
        ("<think>\n</think>\n<answer>8 + 4</answer>", "wrong"),
        ("<think>\n</think>\n<answer>8 * 3</answer>", "wrong"),
        ("<think>\nTry 8 - 2 = 6, leaving 4, 5, 6.\n", "unsolved"),
        ("", "unsolved"),
        ("\x00\ud800", "unsolved"),
    ],
)
def test_grades_of_other_texts(text: str, grade: str) -> None:
    assert verify(PUZZLE, text).grade == grade


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300) | st.lists(st.sampled_from(SOUND.split(" ")), max_size=60).map(" ".join))
def test_any_text_gets_a_verdict(text: str) -> None:
    verdict = verify(PUZZLE, text)
    assert verdict.recall is None or 0 <= verdict.recall <= 1
    assert -1 <= verdict.first_error < verdict.statements


@settings(max_examples=300, deadline=None)
@given(st.text() | st.text("ab1 2×é²٣") | st.text("ab1 2+_(\t\n\x1c", max_size=50))
def test_the_quick_count_of_tokens_is_the_documented_one(text: str) -> None:
    assert tokens(text) == len(re.findall(r"[^\W\d_]+|\d|[^\w\s]|_", text))
