"""A fuzz target for atheris: any bytes as a text, of one of some puzzles in one of some notations, get a verdict.

The first byte says which puzzle and notation, the rest is the text. The folder of inputs, from which the search starts and in
which it keeps what reaches new code, is filled with completions of our own, as written and paraphrased. `make fuzz` runs it for
FUZZ_SECONDS; options of libFuzzer can be given.

    python tests/fuzz/verdicts.py FOLDER [-max_total_time=SECONDS] [-max_len=BYTES]
"""

import gc
import sys
from pathlib import Path
from types import FunctionType

from gamegen.corpus import Maker
from gamegen.spec import load
from gamegen.styles import names
from gamegen_benchmarks.paraphrase import PARAPHRASES
from gamegen_verifiers import Notation, Puzzle, Rules, verify
from gamegen_verifiers.verdict import GRADES

PUZZLES = (
    Puzzle((1, 6, 36, 45), 177),
    Puzzle((2, 2, 2, 2), 2, Rules(use_all=False)),
    Puzzle((1, 3, 4, 6), 24, Rules(values="rational")),
    Puzzle((7,), 7),
)
NOTATIONS = (Notation(), Notation("words", "words"), Notation("unicode", "base 16"), Notation("latex"))


def judge(data: bytes) -> None:
    """Judge the bytes. Raises what the verifier raises, and AssertionError where the verdict is none."""
    first, text = data[0] if data else 0, data[1:].decode("utf-8", "surrogateescape")
    puzzle, notation = PUZZLES[first % len(PUZZLES)], NOTATIONS[first // len(PUZZLES) % len(NOTATIONS)]
    verdict = verify(puzzle, text, notation)
    assert verdict.grade in GRADES and len(verdict.labels) == len(verdict.reading) > verdict.first_error
    assert all(0 <= step.start < step.end <= len(text) for step in verdict.reading)


def fill(folder: Path) -> None:
    """Put a completion in each style into the folder, as written and paraphrased."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names():
        made = Maker(load(settings=["arms=[procedure]", f"style.name={name}", "trace.backtracks=1", "trace.checks=0.2"]))
        text = made.rows("train", 0)["procedure"]["completion"][0]["content"]
        for paraphrase, change in {"plain": str, **PARAPHRASES}.items():
            said = "".join(c if c.isalnum() else "-" for c in paraphrase)
            (folder / f"{name}-{said}").write_bytes(b"\0" + change(text).encode())


def main() -> None:
    import atheris  # an extra that only this needs

    folders = [Path(given) for given in sys.argv[1:] if not given.startswith("-")]
    if not folders:
        sys.exit("give a folder for the inputs, such as build/fuzz")
    fill(folders[0])
    for function in gc.get_objects():
        if isinstance(function, FunctionType) and (function.__module__ or "").startswith("gamegen_verifiers"):
            atheris.instrument_func(function)
    atheris.Setup(sys.argv, judge)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
