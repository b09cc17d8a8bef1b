"""A surface is how a text is written, and nothing else: the same puzzles, events and verdicts, read back to the letter.

The oracles are Python's own: ``int(text, base)``, and number words that are spelled here once more by recursion.
"""

import json
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import FULL
from hypothesis import given
from hypothesis import strategies as st
from test_styles import EVERYTHING, SLOTS, told

from gamegen import generate
from gamegen.cli import main
from gamegen.corpus import Maker
from gamegen.corruptions import KINDS
from gamegen.errors import SpecError
from gamegen.spec import BASES, NUMBERS, OPERATORS, SurfaceSpec, from_dict
from gamegen.styles import names, style
from gamegen.surface import in_base, in_words, writer
from gamegen_verifiers import Notation, Puzzle, Rules, verify
from gamegen_verifiers.notation import transcribe
from gamegen_verifiers.rows import judge
from gamegen_verifiers.sources import NoRow

ROWS = 1000 if FULL else 5
STYLES = sorted(set(names()) - {"stream_of_search"})
SURFACES = [
    *[("ascii", numbers) for numbers in NUMBERS if numbers not in ("digits", "base 10")],
    *[(operators, numbers) for operators in ("unicode", "latex", "words") for numbers in ("digits", "words", "base 16")],
]
OFTEN = ("digits", "words", "base 2", "base 16")
TRACES = {"natural": EVERYTHING, "rational": {**EVERYTHING, "dead_ends": {"set_aside": 0.2}}}

# Every base in one style, the others in all of them.
CASES = [(name, *surface) for surface in SURFACES for name in (STYLES if surface[1] in OFTEN else ["plain"])]

Row = dict[str, Any]


@cache
def maker(
    name: str, values: str = "natural", operators: str = "ascii", numbers: str = "digits", template: str = "think"
) -> Maker:
    asked = {
        "arms": ["procedure", "solution_only", "answer_only", "no_cot"],
        "rules": {"values": values},
        "trace": TRACES[values],
        "style": {"name": name},
        "surface": {"operators": operators, "numbers": numbers},
        "prompt": {"template": template},
    }
    return Maker(from_dict(asked))


@cache
def plain_rows(name: str, values: str, template: str) -> list[dict[str, Row]]:
    return [maker(name, values, template=template).rows("train", i) for i in range(ROWS)]


def puzzle_of(row: Row) -> Puzzle:
    return Puzzle(tuple(row["numbers"]), row["target"], Rules(**row["rules"]))


def text_of(row: Row) -> str:
    return str(row["completion"][0]["content"])


def written(operators: str, numbers: str, text: str) -> str:
    write = writer(SurfaceSpec(operators, numbers))
    return write(text) if write else text


@pytest.mark.parametrize(("name", "operators", "numbers"), CASES)
def test_a_surface_changes_nothing_but_the_writing(name: str, operators: str, numbers: str) -> None:
    changed = set()
    for values, template in (("natural", "think"), ("rational", "boxed")):
        made = maker(name, values, operators, numbers, template)
        for i, plain in enumerate(plain_rows(name, values, template)):
            for arm, row in made.rows("train", i).items():
                apart = {key for key in row if row[key] != plain[arm][key]}
                assert apart <= {"surface", "prompt", "completion", "events", "achieved", "verdict"}
                assert row["surface"] == {"operators": operators, "numbers": numbers}
                assert unplaced(row["events"]) == unplaced(plain[arm]["events"])
                assert {**row["verdict"], "surface": 0} == {**plain[arm]["verdict"], "surface": 0}
                assert row["verdict"]["answer"] == "correct" and row["verdict"]["recall"] in (None, 1.0)
                assert judge(row).to_dict() == row["verdict"]
                assert transcribe(text_of(row), Notation(operators, numbers)).text == text_of(plain[arm])
                changed |= apart if arm == "procedure" else set()
    assert {"prompt", "completion"} <= changed


def unplaced(events: list[Row]) -> list[Row]:
    return [{**event, "start": 0, "end": 0} for event in events]


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"truncation"}))  # which cuts in the middle of what is written
@pytest.mark.parametrize(("operators", "numbers"), [("words", "words"), ("latex", "base 16"), ("ascii", "base 2")])
def test_a_corruption_is_the_same_in_every_surface(kind: str, operators: str, numbers: str) -> None:
    asked = {"arms": ["corrupted"], "trace": {"backtracks": [2, 12], "checks": 0.2}, "corruptions": {kind: {"rate": 1}}}
    made = [Maker(from_dict({**asked, "surface": s})) for s in ({}, {"operators": operators, "numbers": numbers})]
    for i in range(ROWS):
        plain, row = (maker.rows("train", i)["corrupted"] for maker in made)
        copy = transcribe(text_of(row), Notation(operators, numbers))
        assert copy.text == text_of(plain) and unplaced(row["events"]) == unplaced(plain["events"])
        assert {**row["verdict"], "surface": 0} == {**plain["verdict"], "surface": 0} and row["verdict"]["grade"] != "verified"
        expected = [{**label, "span": [copy.place(at) for at in label["span"]]} for label in plain["corruptions"]]
        assert row["corruptions"] == expected != []


def test_a_search_that_stops_says_so_in_words() -> None:
    asked = {"arms": ["procedure"], "trace": {"policy": "greedy_depth_first", "budget": 3}}
    words = {"operators": "words", "numbers": "words"}
    for i in range(ROWS):
        plain, row = (Maker(from_dict({**asked, "surface": s})).rows("train", i)["procedure"] for s in ({}, words))
        assert transcribe(text_of(row), WORDS).text == text_of(plain) and row["verdict"]["recall"] == 1.0


@pytest.mark.parametrize(("name", "operators", "numbers"), CASES)
def test_the_reader_restores_every_event(name: str, operators: str, numbers: str) -> None:
    for i in range(ROWS):
        row = maker(name, "natural", operators, numbers).rows("train", i)["procedure"]
        assert row["verdict"]["grade"] == "verified" and row["verdict"]["recall"] == 1.0
        verdict = verify(puzzle_of(row), text_of(row), Notation(operators, numbers))
        steps = [told(step) for step in verdict.reading if step.kind != "given"]
        assert len(steps) == len(row["events"])
        for step, event in zip(steps, row["events"], strict=True):
            assert step == {key: event[key] if step["state"] is not None or key != "state" else None for key in step}


@pytest.mark.parametrize(("operators", "numbers"), SURFACES)
@pytest.mark.parametrize("name", STYLES)
def test_no_phrase_is_mistaken_for_a_number(name: str, operators: str, numbers: str) -> None:
    """Each phrase by itself, with slots that begin and end as idioms do."""
    small = {"state": "1, 2, 10", "goal": "1", "move": "1 - 2 = 1", "value": "2"}
    fractions = {"state": "-3/4, 1", "goal": "190", "move": "(-1) * (3/4) = -3/4", "value": "-1"}
    for plain in (SLOTS, small, fractions):
        slots = {slot: written(operators, numbers, said) for slot, said in plain.items()}
        for phrases in style(name).phrases.values():
            for phrase in (phrases.bare, *phrases.natural):
                copy = transcribe(phrase.format_map(slots), Notation(operators, numbers))
                assert copy.text == phrase.format_map(plain)
    for filler in style(name).filler:
        assert transcribe(filler, Notation(operators, numbers)).text == filler


def test_every_setting_is_in_the_surfaces() -> None:
    assert {operators for operators, _ in SURFACES} == set(OPERATORS)
    assert {numbers for _, numbers in SURFACES} == set(NUMBERS) - {"base 10"}
    assert {operators for operators, numbers in SURFACES if numbers == "words"} == set(OPERATORS)


# --- numbers -------------------------------------------------------------------------------------------------------------

SMALL = """ one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen""".replace("\n", " ").split(" ")
TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
POWERS = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))


def spelled(n: int) -> str:
    """A number in words, by another way than the one that is tested: the highest name first, what is left behind it."""
    for power, name in POWERS:
        if n >= power:
            return f"{spelled(n // power)} {name} {spelled(n % power)}".strip()
    return SMALL[n] if n < 20 else "-".join(filter(None, (TENS[n // 10], SMALL[n % 10])))


def test_number_words_of_every_small_number_are_read_back() -> None:
    some = range(100_000) if FULL else (*range(1200), *Random(5).sample(range(100_000), 2000), 99_999)
    for n in some:
        assert in_words(n) == (spelled(n) or "zero")
        assert transcribe(f"so {in_words(n)}.", Notation(numbers="words")).text == f"so {n}."


@given(st.integers(0, 10**15 - 1))
def test_number_words_are_as_a_second_speller_has_them(n: int) -> None:
    assert in_words(n) == (spelled(n) or "zero")


@given(st.integers(0, 10**40 - 1), st.sampled_from(BASES))
def test_a_number_in_a_base_is_what_python_reads(n: int, base: int) -> None:
    said = in_base(base, n)
    assert int(said, base) == n and said[0] in "0123456789" and said == said.lower()
    if n < 10**39:
        assert transcribe(said, Notation(numbers=f"base {base}")).text == str(n)


BOUND = 10**15  # of values whose difference has fewer digits than are read as a number


@given(
    st.fractions(-BOUND, BOUND, max_denominator=10**9),
    st.fractions(-BOUND, BOUND, max_denominator=10**4),
    st.sampled_from(SURFACES),
)
def test_negative_numbers_and_fractions_come_back(a: Fraction, b: Fraction, surface: tuple[str, str]) -> None:
    for plain in (f"{a}, {b}", f"({a}) - ({b}) = {a - b}", f"({a} + {b}) * {abs(b)}"):
        said = written(*surface, plain)
        copy = transcribe(f"{said}; said", Notation(*surface))
        assert copy.text == f"{plain}; said"
        assert copy.place(len(plain)) == len(said) and copy.place(len(copy.text)) == len(said) + len("; said")


@given(st.text("one twx-hud,.()+=/0159abf×−_\\", max_size=60), st.sampled_from(SURFACES))
def test_any_text_has_a_copy_whose_places_rise(text: str, surface: tuple[str, str]) -> None:
    copy = transcribe(text, Notation(*surface))
    places = [copy.place(at) for at in range(len(copy.text) + 1)]
    assert places == sorted(places) and places[-1] == len(text)


READ = [  # what people write, and what is none of the notation
    ("words", "words", "One hundred and five Minus (negative six)", "105 - (-6)"),
    ("words", "words", "thirty six multiplied by two equals seventy-two", "36 * 2 = 72"),
    ("words", "words", "the next times that I tried, which one, no one, one more, someone, once", None),
    ("words", "words", "thirty-sixth, one-way, x-one, ones, sixty-won", None),
    ("words", "words", "five six", "5 6"),
    ("words", "words", "36 plus six", "36 + 6"),
    ("ascii", "words", "five thousand two million", "0_"),
    ("ascii", "words", "three over four - one over two", "3/4 - 1/2"),
    ("unicode", "digits", "5 × 3 ÷ 1 − 2", "5 * 3 / 1 - 2"),
    ("latex", "digits", r"5 \times 3 \div 1, \timestamp", r"5 * 3 / 1, \timestamp"),
    ("ascii", "base 2", "12, 102, 1e3, 0b1, 1_0, -11/100", "12_, 102_, 1e3_, 0b1_, 1_0_, -3/4"),
    ("ascii", "base 16", "A + be = 0c8, be12, a dead end, 0x1f, 3rd", "10 + 190 = 200, 48658, a dead end, 0x1f_, 3rd_"),
    ("words", "base 16", "(a plus be) times c; a, be", "(10 + 190) * 12; a, be"),
    ("ascii", "base 2", "1" * 133, "1" * 133 + "_"),
]


@pytest.mark.parametrize(("operators", "numbers", "text", "plain"), READ)
def test_a_text_is_transcribed_to(operators: str, numbers: str, text: str, plain: str | None) -> None:
    assert transcribe(text, Notation(operators, numbers)).text == (text if plain is None else plain)


# --- damage --------------------------------------------------------------------------------------------------------------

PUZZLE = Puzzle((2, 4, 8), 24)
WORDS = Notation("words", "words")
SOUND = (
    "<think>\nI have two, four, eight and want twenty-four.\n"
    "Try eight minus four equals four, leaving two, four. Then four times two equals eight. Eight is not twenty-four. "
    "Back to two, four, eight.\n"
    "Try eight minus two equals six, leaving four, six. With the last two, six times four equals twenty-four. "
    "Twenty-four is reached.\n</think>\n<answer>(eight minus two) times four</answer>"
)


def test_a_text_in_words_is_verified_and_its_answer_is_told_plainly() -> None:
    verdict = verify(PUZZLE, SOUND, WORDS)
    assert (verdict.grade, verdict.recall, verdict.expression) == ("verified", 1.0, "(8 - 2) * 4")
    spans = [SOUND[step.start : step.end] for step in verdict.reading]
    assert spans[1] == "Try eight minus four equals four, leaving two, four." and spans[-1] == "Twenty-four is reached."
    assert verdict.surface.characters == len(SOUND)
    assert verify(PUZZLE, SOUND).grade != "verified"


DAMAGE = {
    "equals six, leaving": ("equals seven, leaving", "confabulated"),
    "leaving four, six": ("leaving four, five", "confabulated"),
    "Back to two, four, eight.": ("Back to two, four, ate.", "confabulated"),
    "eight minus four equals four, leaving": ("eight divided by two equals three, leaving", "confabulated"),
    "(eight minus two)": ("(eight plus two)", "wrong"),
    " times four</answer>": (" times for</answer>", "wrong"),
    "times four</answer>": ("times four hundred thousand million</answer>", "wrong"),
    "With the last two, six": ("With the last to, six", "unreadable"),
    "Twenty-four is reached.": (
        "Twenty-four is reached; maybe thirty-one thousand; or two; or one over ten.",
        "unreadable",
    ),
}


@pytest.mark.parametrize("sound", DAMAGE)
def test_a_damaged_text_is_not_verified(sound: str) -> None:
    broken, grade = DAMAGE[sound]
    assert sound in SOUND
    verdict = verify(PUZZLE, SOUND.replace(sound, broken), WORDS)
    assert verdict.grade == grade, verdict


@pytest.mark.parametrize(("operators", "numbers"), SURFACES)
def test_every_wrong_result_is_seen(operators: str, numbers: str) -> None:
    made, notation = maker("plain", "natural", operators, numbers), Notation(operators, numbers)
    for i in range(ROWS):
        row = made.rows("train", i)["procedure"]
        text = text_of(row)
        event = next(event for event in reversed(row["events"]) if event["kind"] == "try")
        rest, _, result = event["move"].rpartition(" = ")
        right, wrong = (written(operators, numbers, f"{rest} = {value}") for value in (result, int(result) + 1))
        sentence = text[event["start"] : event["end"]]
        assert right in sentence
        broken = text[: event["start"]] + sentence.replace(right, wrong) + text[event["end"] :]
        verdict = verify(puzzle_of(row), broken, notation)
        assert verdict.grade == "confabulated" and "false arithmetic" in verdict.reasons


@pytest.mark.parametrize("numbers", ["words", "base 2", "base 16"])
@pytest.mark.parametrize("said", ["77", "3/4", "12 + 5"])
def test_a_number_outside_any_sentence_lowers_the_recall(said: str, numbers: str) -> None:
    row = maker("plain", "natural", "ascii", numbers).rows("train", 0)["procedure"]
    puzzle, notation = puzzle_of(row), Notation("ascii", numbers)
    more = f"Maybe {written('ascii', numbers, said)}?\n</think>"
    assert 0.5 < (verify(puzzle, text_of(row).replace("</think>", more), notation).recall or 0) < 1
    alone = verify(puzzle, f"<think>{more}{text_of(row).partition('</think>')[2]}", notation)
    assert (alone.recall, alone.grade) == ((None, "thin") if said == "77" else (0, "unreadable"))


# --- settings ------------------------------------------------------------------------------------------------------------

SOS = "style.name=stream_of_search"
REFUSED = [
    ({"operators": "unicod"}, ["surface.operators: 'unicod' given", "did you mean 'unicode'?", "ascii, unicode, latex, words"]),
    ({"numbers": "word"}, ["surface.numbers: 'word' given", "did you mean 'words'?", "base 16"]),
    ({"numbers": "base 1"}, ["surface.numbers: 'base 1' given", "base 2 to base 16"]),
    ({"numbers": "base 37"}, ["surface.numbers: 'base 37' given", "base 2 to base 16"]),
    ({"numbers": 16}, ["surface.numbers: 16 (int) given"]),
    ({"number": "words"}, ["surface.number", "did you mean"]),
]


@pytest.mark.parametrize(("asked", "said"), REFUSED)
def test_an_unknown_surface_is_refused_in_one_line(asked: dict[str, Any], said: list[str]) -> None:
    with pytest.raises(SpecError) as refusal:
        from_dict({"surface": asked})
    assert all(part in str(refusal.value) for part in said) and "\n" not in str(refusal.value)


@pytest.mark.parametrize("settings", [["surface.numbers=base 1"], ["surface.operators=word"], ["surface.numbers=words", SOS]])
def test_a_refusal_on_the_command_line_writes_nothing(settings: list[str], tmp_path: Path) -> None:
    asked = [part for setting in settings for part in ("--set", setting)]
    refused = CliRunner().invoke(main, ["generate", str(tmp_path / "corpus"), *asked])
    assert refused.exit_code == 2 and refused.stdout == "" and not (tmp_path / "corpus").exists()
    assert refused.stderr.startswith("Error: surface") and refused.stderr.count("\n") == 1


def test_a_published_format_has_no_other_surface() -> None:
    asked = {"style": {"name": "stream_of_search"}, "surface": {"numbers": "words"}}
    with pytest.raises(SpecError, match=r"^surface: .*'words' given.*'stream_of_search'"):
        Maker(from_dict(asked))
    Maker(from_dict({**asked, "surface": {"numbers": "base 10"}}))


def test_base_10_is_digits() -> None:
    assert SurfaceSpec(numbers="base 10") == SurfaceSpec() and writer(SurfaceSpec()) is None


RIGHT = {"numbers": [2, 4, 8], "target": 24, "response": "<answer>(8 - 2) * 4</answer>"}


@pytest.mark.parametrize("surface", [None, {}, {"operators": None, "numbers": None}, {"operators": "ascii"}])
def test_rows_without_a_surface_are_plain(surface: Any) -> None:
    assert judge({**RIGHT, "surface": surface}) == judge(RIGHT)
    assert judge(RIGHT).answer == "correct"


@pytest.mark.parametrize("surface", ["words", 5, [], ["words"], {"operators": "latin"}, {"numbers": "base 1"}, {"numbers": []}])
def test_a_malformed_surface_makes_no_row(surface: Any) -> None:
    with pytest.raises(NoRow, match="surface") as problem:
        judge({**RIGHT, "surface": surface})
    assert "\n" not in str(problem.value) and len(str(problem.value)) < 200


def test_answers_in_a_surface() -> None:
    for surface, said in {
        ("words", "words"): "(eight minus two) times four equals twenty-four",
        ("latex", "base 2"): r"(1000 - 10) \times 100",
        ("ascii", "base 12"): "(8-2)*4",
        ("words", "digits"): "(8 minus 2) times 4",
    }.items():
        for frame in ("<answer>{}</answer>", "So \\boxed{{{}}}", "The answer is: {}", "{}"):
            verdict = verify(PUZZLE, frame.format(said), Notation(*surface))
            assert (verdict.answer, verdict.expression) == ("correct", "(8 - 2) * 4"), (surface, frame)
    assert verify(PUZZLE, "<answer>(8 - 2) * 4</answer>", Notation(numbers="base 2")).answer == "illegal"


def test_the_prompt_says_how_it_is_written() -> None:
    def asked(operators: str, numbers: str) -> str:
        return str(maker("plain", "natural", operators, numbers).rows("train", 0)["procedure"]["prompt"][0]["content"])

    assert "written" not in asked("ascii", "digits")
    assert "plus, minus, times and divided by" in asked("words", "digits")
    assert "words: plus, minus, times, divided by, equals." in asked("words", "digits")
    assert "base 2, with the digits 01." in asked("ascii", "base 2")
    assert "0123456789abcdef, and a 0 in front" in asked("unicode", "base 16") and "+, −, × and ÷" in asked(
        "unicode", "base 16"
    )
    assert not any(c.isdecimal() for c in asked("words", "words"))


def test_a_corpus_is_made_shown_and_verified(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    spec = from_dict({"surface": {"operators": "words", "numbers": "words"}, "splits": {"train": 20}})
    generate(spec, corpus, workers=1)
    shown = CliRunner().invoke(main, ["show", str(corpus), "--row", "3"])
    assert shown.exit_code == 0 and "verdict: verified" in shown.output and " equals " in shown.output
    judged = CliRunner().invoke(main, ["verify", str(corpus), "--json"])
    found = json.loads(judged.output)
    assert judged.exit_code == 0 and found["rows"] == 60 and found["changed_verdicts"] == 0
    assert found["grade"] == {"verified": 40, "thin": 20}
    assert "English words" in (corpus / "README.md").read_text(encoding="utf-8")
