"""Any text at all gets a verdict, soon and in little memory, and nothing in it is ever run.

How time grows with the length of a text is measured by benchmarks/speed/adversarial.py; `make fuzz` searches for texts that
raise, with atheris.
"""

import json
import re
import resource
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import FULL
from hypothesis import given, settings
from hypothesis import strategies as st

from gamegen.corpus import Maker
from gamegen.spec import load
from gamegen.styles import names
from gamegen_benchmarks.paraphrase import PARAPHRASES
from gamegen_verifiers import Notation, Puzzle, Rules, Verdict, verify
from gamegen_verifiers.answers import ANSWERS
from gamegen_verifiers.replay import LABELS
from gamegen_verifiers.verdict import GRADES

HERE = Path(__file__).resolve().parent

# Each has the value of its target when a lenient scorer evaluates it, over the numbers that are given beside it.
ILLEGAL = {
    "a power": ("2**5", (2, 5), 32, "operation not allowed"),
    "a factorial": ("4!", (4,), 24, "operation not allowed"),
    "a root": ("sqrt(16)*6", (6, 16), 24, "operation not allowed"),
    "a floor division": ("7//2*8", (2, 7, 8), 24, "operation not allowed"),
    "a remainder": ("30%6+24", (6, 24, 30), 24, "operation not allowed"),
    "a condition": ("24 if 1 else 0", (0, 1, 24), 24, "not an expression"),
    "an underscore in a number": ("1_2+12", (12, 12), 24, "number format"),
    "a number reused": ("8+8+8", (3, 8), 24, "number reused"),
    "a number that is not given": ("20+4", (4, 6, 14), 24, "number not given"),
    "a number left out": ("3*8", (3, 7, 8), 24, "number unused"),
    "the target itself": ("24", (3, 8), 24, "bare number"),
    "digits glued together": ("24*1", (1, 2, 4), 24, "number not given"),
    "hexadecimal": ("0x10+8", (8, 16), 24, "number format"),
    "an exponent": ("1e1+14", (10, 14), 24, "number format"),
    "a decimal": ("2.0*12", (2, 12), 24, "number format"),
    "a shift": ("6<<2", (2, 6), 24, "operation not allowed"),
    "a function": ("Max(24,1)", (1, 24), 24, "operation not allowed"),
}


@pytest.mark.parametrize("name", ILLEGAL)
@pytest.mark.parametrize("frame", ["<answer>{}</answer>", "<think>\n</think>\n<answer>{} = 0</answer>", "So \\boxed{{{}}}"])
def test_what_hits_the_target_by_what_the_game_does_not_have_is_illegal(name: str, frame: str) -> None:
    expression, numbers, target, reason = ILLEGAL[name]
    frame = frame.replace("0", str(target))
    verdict = verify(Puzzle(numbers, target, Rules(values="rational")), frame.format(expression))
    assert (verdict.answer, verdict.answer_reason, verdict.grade) == ("illegal", reason, "wrong")


def test_there_are_as_many_illegal_answers_as_a_public_scorer_takes_for_right() -> None:
    assert len(ILLEGAL) == 17


# The texts below are judged in a process of its own, with limits on memory and time, which tells of what runs in it.

FRAMES = {
    "answer": "<think>\nI have 1, 6, 36, 45 and want 177.\n</think>\n<answer>{}</answer>",
    "thinking": "<think>\nI have 1, 6, 36, 45 and want 177.\n{}\n</think>\n<answer>(36 + 1) * 6 - 45</answer>",
    "prompt": "User: {}\nAssistant: <think>\n36 + 1 = 37\n</think>\n<answer>(36 + 1) * 6 - 45</answer>",
}
CODE = (
    "__import__('os').system('touch {file}')",
    "open('{file}', 'w')",
    "eval(\"open('{file}', 'w')\")",
    "exec(\"open('{file}', 'w')\")",
    "().__class__.__bases__[0].__subclasses__()[0]",
    "(lambda: open('{file}', 'w'))()",
    "[open('{file}', 'w') for _ in 'x']",
    "f\"{{open('{file}', 'w')}}\"",
    "sympify(\"open('{file}', 'w')\")",
    "Symbol('x').subs('x', \"open('{file}', 'w')\")",
    "parse_expr(\"open('{file}', 'w')\")",
    "lambdify('x', \"open('{file}', 'w')\")(1)",
    "S(\"open('{file}', 'w')\") + 36",
    "Integer(36).func(\"open('{file}', 'w')\")",
    "print(open('{file}', 'w')) + 1",
    "@open('{file}', 'w')",
)
MILLION, MANY = 10**6, 300_000
HUGE = {  # a text, and how often
    "powers": ("9**9**9", 1),
    "a factorial": ("factorial(10**6)", 1),
    "factorials": ("9!!!!!!! ", 1000),
    "a tower": ("9**", 100_000),
    "opening parentheses": ("(", MILLION),
    "closing parentheses": (")", MILLION),
    "pairs of parentheses": ("()", MILLION // 2),
    "digits": ("9", MILLION),
    "signs": ("-", MILLION),
    "ones": ("1+", MILLION // 2),
    "nested fractions": ("\\frac{1}{", MILLION // 9),
    "NUL bytes": ("\x00", MILLION),
    "lone surrogates": ("\ud800", MILLION),
    "Arabic digits": ("٣٦ + ١ = ٣٧ ", MILLION // 12),
    "superscripts": ("²", MILLION),
    "a line of words": ("let me see ", MILLION // 11),
    "a line of sums": ("36 + 1 = 37 ", MILLION // 12),
    "lines of sums": ("36 + 1 = 37.\n", MILLION // 13),
    "sentences": ("Then 36 + 1 = 37, leaving 6, 37, 45. ", MANY // 37),
    "lists of numbers": ("1, ", MANY // 3),
    "spaces": (" ", MILLION),
    "line breaks": ("\n", MILLION),
    "spaced equals": ("1    =", MANY // 6),
    "tags": ("<answer>", MANY // 8),
    "boxes": ("\\boxed{", MANY // 7),
    "bold": ("**", MANY // 2),
    "opening marks": ("\\(", MILLION // 2),
    "dollars": ("$1$ \\times ", MANY // 11),
    "a's and a !": ("a" * 50 + "!", MANY // 51),
    "the answer is": ("the answer that is ", MANY // 19),
}
SECONDS, BYTES = 2 if FULL else 20, 1 << 30  # what is asked for, and what tells a slow machine from a text that is never done
JUDGE = """
import json, sys, time
from gamegen_verifiers import Puzzle, verify
puzzle, watched, seen = Puzzle((1, 6, 36, 45), 177), False, []
EVENTS = ("compile", "exec", "open", "import", "os.system", "os.exec", "subprocess.Popen", "pickle.find_class")
sys.addaudithook(lambda event, _: watched and event in EVENTS and seen.append(event))
for frame in json.loads(sys.argv[1]).values():  # all that is imported or made on the first use
    verify(puzzle, frame)
for line in sys.stdin:
    unit, times, frame = json.loads(line)
    text = frame.replace("{}", unit * times)
    began, watched = time.process_time(), True
    verdict = verify(puzzle, text)
    watched, seconds = False, time.process_time() - began
    print(json.dumps([seconds, verdict.answer, verdict.grade, sorted(set(seen))]), flush=True)
"""


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (180, 180))


def judged(cases: dict[str, tuple[str, int, str]]) -> dict[str, tuple[float, str, str, list[str]]]:
    """Seconds, answer, grade and what ran, for each case: a text, how often, and the frame in which it stands."""
    lines = "".join(json.dumps(case) + "\n" for case in cases.values())
    ran = subprocess.run(
        [sys.executable, "-c", JUDGE, json.dumps(FRAMES)],
        input=lines,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
        preexec_fn=limit,
    )
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(found) == len(cases), f"{list(cases)[len(found)]}: {ran.stderr[-500:]}"
    return dict(zip(cases, found, strict=True))


@pytest.mark.parametrize("place", FRAMES)
def test_code_in_a_text_is_never_run(place: str, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    cases = {code: (code.format(file=mark), 1, FRAMES[place]) for code in CODE}
    for code, (_, answer, grade, events) in judged(cases).items():
        assert not mark.exists(), code
        assert events == [], code
        assert (answer, grade) == ("illegal", "wrong") if place == "answer" else answer == "correct", code


@pytest.mark.parametrize("place", FRAMES)
def test_a_hostile_text_is_judged_soon_and_in_little_memory(place: str) -> None:
    cases = {name: (*HUGE[name], FRAMES[place]) for name in HUGE}
    for name, (seconds, answer, grade, events) in judged(cases).items():
        assert seconds < SECONDS, name
        assert grade != "verified" or place != "answer", name
        assert answer in ANSWERS and events == [], name


# Any text.

PUZZLES = (
    Puzzle((1, 6, 36, 45), 177),
    Puzzle((2, 2, 2, 2), 2, Rules(use_all=False)),
    Puzzle((1, 3, 4, 6), 24, Rules(values="rational")),
    Puzzle((3, 5), -2, Rules(operations="+-", values="integer")),
    Puzzle((7,), 7),
    Puzzle((0, 0, 1), 0),
)
NOTATIONS = (Notation(), Notation("words", "words"), Notation("unicode", "base 16"), Notation("latex"))
EXAMPLES = 5000 if FULL else 200


@cache
def completions() -> tuple[str, ...]:
    """A completion of our own in each style, and in another surface."""
    texts = []
    for k, name in enumerate(names()):
        made = Maker(load(settings=["arms=[procedure]", f"style.name={name}", "trace.backtracks=2", "trace.checks=0.2"]))
        text = made.rows("train", k)["procedure"]["completion"][0]["content"]
        change = list(PARAPHRASES.values())[5 * k % len(PARAPHRASES)]
        texts += [text, change(text)]
    return tuple(texts)


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """A completion with parts that are lost, said twice, moved, or replaced by others."""
    text = draw(st.sampled_from(completions()))
    for _ in range(draw(st.integers(1, 6))):
        start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        end = min(end, start + 40)
        part = draw(
            st.sampled_from(
                ["", text[start:end] * 2, text[start:end][::-1], "\x00", "\ud800", "0", "/0", "-", "1/2", "(-3)", "\n"]
            )
            | st.text(max_size=8)
            | st.sampled_from(re.findall(r"\S+|\s+", text))
        )
        text = text[:start] + part + text[end:]
    return text


ANY = st.text() | st.binary().map(lambda data: data.decode("utf-8", "surrogateescape")) | mutations()


PROSE = {"equation", "remaining", "retraction", "correction"}


def check(verdict: Verdict, text: str) -> None:
    """What holds of the verdict on any text."""
    assert verdict.grade in GRADES and verdict.answer in ANSWERS
    assert verdict.recall is None or 0 <= verdict.recall <= 1
    assert -1 <= verdict.first_error < verdict.statements == len(verdict.reading) == len(verdict.labels)
    assert set(verdict.labels) <= set(LABELS)
    assert all(0 <= step.start <= step.end <= len(text) for step in verdict.reading)
    assert all(step.start < step.end or step.kind == "implicit_return" for step in verdict.reading)  # which has no words
    assert all(one.start <= other.start for one, other in pairwise(verdict.reading))
    if PROSE.isdisjoint(step.kind for step in verdict.reading):  # where the links of a chain share a side
        assert all(one.end <= other.start for one, other in pairwise(verdict.reading))
    assert json.loads(json.dumps(verdict.to_dict()))["grade"] == verdict.grade


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.sampled_from(PUZZLES), ANY, st.sampled_from(NOTATIONS))
def test_any_text_gets_a_verdict(puzzle: Puzzle, text: str, notation: Notation) -> None:
    check(verify(puzzle, text, notation), text)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.sampled_from(PUZZLES), ANY, st.sampled_from(list(FRAMES)))
def test_any_text_in_any_place_gets_a_verdict(puzzle: Puzzle, text: str, place: str) -> None:
    text = FRAMES[place].replace("{}", text)
    check(verify(puzzle, text), text)
