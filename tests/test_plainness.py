"""Texts in a published style with another surface are read as the published text is, and everything else as before."""

from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from conftest import FULL
from hypothesis import given
from hypothesis import strategies as st

from gamegen.corpus import Maker
from gamegen.spec import load
from gamegen.styles import names
from gamegen_benchmarks.paraphrase import PARAPHRASES
from gamegen_verifiers import Puzzle, Verdict, verify
from gamegen_verifiers.plainness import MOST, plainly
from gamegen_verifiers.readers import loose

ROWS = 300 if FULL else 3
PUZZLE = Puzzle((2, 4, 5, 8), 24)
SOUND = """<think>
I have 2, 4, 5, 8 and want 24.
Try 8 - 2 = 6, leaving 4, 5, 6. Next is 6 + 5 = 11, and 4, 11 remain. Then 11 * 4 = 44.
44 is not 24. Back to 2, 4, 5, 8.
What about 5 - 4 = 1? That leaves 1, 2, 8.
Next is 2 + 1 = 3, and 3, 8 remain.
Then 8 * 3 = 24. 24 is reached.
</think>
Here is a way.
<answer>8 * (2 + (5 - 4))</answer>"""


@cache
def maker(name: str) -> Maker:
    return Maker(load(settings=["arms=[procedure]", f"style.name={name}", "trace.backtracks=[1,8]", "trace.checks=0.1"]))


def row(name: str, i: int) -> tuple[Puzzle, str]:
    made: dict[str, Any] = maker(name).rows("train", i)["procedure"]
    return Puzzle(tuple(made["numbers"]), made["target"]), made["completion"][0]["content"]


def said(verdict: Verdict) -> list[tuple[Any, ...]]:
    """What was read and found, without where it stands."""
    return [(step[0], *step[3:], label) for step, label in zip(verdict.reading, verdict.labels, strict=True)]


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("paraphrase", PARAPHRASES)
def test_a_paraphrase_has_the_steps_of_the_text_that_it_was_made_from(name: str, paraphrase: str) -> None:
    for i in range(ROWS):
        puzzle, text = row(name, i)
        before, after = verify(puzzle, text), verify(puzzle, PARAPHRASES[paraphrase](text))
        assert (after.grade, after.answer, said(after)) == ("verified", "correct", said(before))


@pytest.mark.parametrize("paraphrase", PARAPHRASES)
def test_spans_point_into_the_text_as_it_was_written(paraphrase: str) -> None:
    text = PARAPHRASES[paraphrase](SOUND)
    steps = verify(PUZZLE, text).reading
    for step, published in zip(steps, verify(PUZZLE, SOUND).reading, strict=True):
        first = SOUND[published.start : published.end].split()[0]
        assert text[step.start : step.end].lstrip("*$\\(").startswith(first)
    assert all(one.end <= other.start for one, other in pairwise(steps))


@pytest.mark.parametrize("paraphrase", PARAPHRASES)
def test_a_false_sum_is_found_in_every_paraphrase(paraphrase: str) -> None:
    verdict = verify(PUZZLE, PARAPHRASES[paraphrase](SOUND.replace("11 * 4 = 44", "11 * 4 = 45")))
    assert (verdict.grade, verdict.labels[verdict.first_error]) == ("confabulated", "false arithmetic")


@pytest.mark.parametrize(
    "opening",
    (
        "I have {} and want 24.",
        "The start is {} and the goal is 24.",
        "Let me start with {}; the goal is 24.",
        "start {} | goal 24",
        "A: We have {} and want 24.",
        "A: We start from {}, and 24 is what we are after.",
        "Right, I'm given {}, and I need to make 24.",
        "So, we start from {}; the target is 24.",
        "[{}] -> 24",
    ),
)
@pytest.mark.parametrize("mark", ("**{}**", "${}$", r"\({}\)"))
def test_every_opening_is_found_between_marks(opening: str, mark: str) -> None:
    words = opening.replace("24", mark.format("24")).format(mark.format("2, 4, 5, 8")) + "\n"
    assert loose.opened(f"<think>\n- {words}", 600)


@pytest.mark.parametrize("name", names())
def test_a_published_text_is_never_read_twice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loose, "read", lambda *_: pytest.fail("read again"))
    for i in range(ROWS):
        assert verify(*row(name, i)).grade == "verified"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("8 × 2=16, 16 ÷ 4 = 4, 9−1, 3 · 2", "8 * 2 = 16, 16 / 4 = 4, 9 - 1, 3 * 2"),
        (r"$8 \times 2 = 16$ and \(9 \div 3 = 3\)", "8 * 2 = 16 and 9 / 3 = 3"),
        (r"$\frac{16}{4} = 4$, \dfrac{9}{3}", "16 / 4 = 4, 9 / 3"),
        ("8 times 2 is 16, 16 divided by 4 equals 4", "8 * 2 = 16, 16 / 4 = 4"),
        ("**Then 8 * 2 = 16.** So **8** - **2** = **6**.", "Then 8 * 2 = 16. So 8 - 2 = 6."),
        ("- one\n* two\n 3. three\n12) four\n• five", "one\ntwo\nthree\nfour\nfive"),
        # what is no mark
        ("2**5, 8 ** 2, -5 + 3, - 5", "2**5, 8 ** 2, -5 + 3, - 5"),
        ("24 is reached. It is 24. Five times, plus 2", "24 is reached. It is 24. Five times, plus 2"),
        ("-- next\n1.5 and 3.\n", "-- next\n1.5 and 3.\n"),
    ],
)
def test_marks_and_operators_become_plain_and_nothing_else(text: str, plain: str) -> None:
    assert plainly(text).text == plain


def test_what_follows_too_many_marks_stays_as_it_is() -> None:
    assert plainly("1+" * (MOST + 2) + "1").text == "1 + " * MOST + "1+" * 2 + "1"


def test_a_number_that_breaks_off_is_not_judged() -> None:
    cut = SOUND[: SOUND.index("11 * 4 = 44") + len("11 * 4 = 4")]
    for text in (cut, cut.replace("*", "×"), cut.replace("Then", "**Then")):
        assert verify(PUZZLE, text).first_error == -1


@given(st.text("*$\\()[]-•1.) \n2×÷=is", max_size=60))
def test_places_go_to_the_plain_text_and_back(text: str) -> None:
    copy = plainly(text)
    changed = {place for start, end in copy.origins for place in range(start, end)}
    for place, sign in enumerate(text):
        if place not in changed:
            assert copy.text[copy.at(place)] == sign and copy.place(copy.at(place)) == place
