"""A judged text is cut into steps that join to it, each true or not, in the convention of ProcessBench."""

import pytest

from gamegen import load
from gamegen.corpus import Maker
from gamegen.styles import names
from gamegen_verifiers import Puzzle, Rules, verify
from gamegen_verifiers.stepwise import cut, processbench, stepwise

KINDS = "{wrong_arithmetic: 0.25, reused_number: 0.25, wrong_answer: 0.25, shuffled_steps: 0.25}"


@pytest.mark.parametrize("name", names())
def test_steps_join_to_the_text_and_the_label_is_the_first_error(name: str) -> None:
    made = Maker(load(settings=[f"style.name={name}", "arms=[procedure,corrupted]", f"corruptions={KINDS}"]))
    labels = []
    for i in range(60):
        for arm, row in made.rows("train", i).items():
            text, puzzle = row["completion"][0]["content"], Puzzle(tuple(row["numbers"]), row["target"], Rules(**row["rules"]))
            verdict = verify(puzzle, text)
            found = processbench("Make it.", text, verdict)
            rows = stepwise("Make it.", text, verdict)
            assert "".join(found["steps"]) == "".join(rows["completions"]) == text
            assert len(found["steps"]) == len(verdict.reading) + 1  # what stands behind the last statement
            if verdict.first_error >= 0:
                assert found["label"] == verdict.first_error
            else:
                assert found["label"] == (-1 if verdict.grade == "verified" else len(verdict.reading))
            assert [k for k, holds in enumerate(rows["labels"]) if not holds][:1] == [found["label"]] * (found["label"] >= 0)
            assert found["final_answer_correct"] == (verdict.answer == "correct")
            labels.append((arm, found["label"]))
    assert {label for arm, label in labels if arm == "procedure"} == {-1}
    assert len({label for arm, label in labels if arm == "corrupted"}) > 5


def test_an_answer_that_was_not_derived_is_a_wrong_step() -> None:
    text = "<think>\nI have 2, 4, 8 and want 24. Try 8 + 4 = 12. Then 12 * 2 = 24. That is 24, the goal is reached.\n</think>\n"
    verdict = verify(Puzzle((2, 4, 8), 24), text + "<answer>(8 - 2) * 4</answer>")
    assert verdict.first_error == -1 and verdict.grade == "confabulated"
    assert [step.holds for step in cut(text + "<answer>(8 - 2) * 4</answer>", verdict)] == [True] * 4 + [False]


def test_a_text_that_says_nothing_has_one_step_or_none() -> None:
    puzzle = Puzzle((2, 4, 8), 24)
    assert cut("", verify(puzzle, "")) == []
    assert [step.text for step in cut("Hm.\n", verify(puzzle, "Hm.\n"))] == ["Hm.\n"]
