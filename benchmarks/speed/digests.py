"""Digests of small corpora and of verdicts, to see that two builds make the same bytes.

A corpus for each style, for each way in which values can count and for the dials of a trace; verdicts on texts that were cut,
mixed and spoilt. Prints a line for each, the digests first; two builds agree where they print the same.

    python benchmarks/speed/digests.py [--rows N] [--compare OTHER_PYTHON]
"""

import argparse
import hashlib
import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gamegen import assembly, row, spec
from gamegen.rng import Draws
from gamegen.shards import Shard, write_shard
from gamegen.styles import names
from gamegen_verifiers import Puzzle, verify

ARMS = "arms=[procedure,solution_only,answer_only,no_cot]"
VERBOSE = "arms=[procedure,verbose]"  # of a style that has fillers
DIALS = ["trace.dead_ends.exhausted_two=0.1", "trace.dead_ends.bounded=0.1", "trace.dead_ends.set_aside=0.2"]
REMARKS = ["trace.backtracks=8", "trace.subgoals=0.1", "trace.checks=0.2"]
MATCHED = ["puzzles.target=[10,100]", "trace.backtracks=45", "puzzles.capacity=45", "style.name=prose"]
CORPORA = {
    **{f"{style}, n = {n}": [f"style.name={style}", f"puzzles.count={n}", ARMS] for style in names() for n in (3, 4, 5)},
    **{f"{style}, the dials": [f"style.name={style}", *DIALS, *REMARKS] for style in names() if style != "equations"},
    **{f"{style}, verbose": [f"style.name={style}", "trace.backtracks=6", VERBOSE] for style in ("plain", "prose", "dialogue")},
    "six numbers": ["puzzles.count=6", "trace.backtracks=6"],
    "integers": ["rules.values=integer", "trace.backtracks=6"],
    "rationals": ["rules.values=rational", "trace.backtracks=6", "style.name=prose"],
    "rationals, n = 3": ["rules.values=rational", "puzzles.count=3", "puzzles.target=[1,100]"],
    "any subset": ["rules.use_all=false", "trace.backtracks=6"],
    "few operations": ["rules.operations=+-", "trace.backtracks=4"],
    "many backtracks": MATCHED,
    "few words": ["style.verbosity=0.5", "trace.backtracks=10", "trace.steps=20", "style.name=dialogue"],
    "so many tokens": ["trace.backtracks=5", "trace.tokens=900", "style.name=prose"],
}
SIGNS = "0123456789+-*/=()[]., \n!?>:xX#'"


def build() -> str:
    """Whether the code that runs is compiled."""
    return "pure Python" if assembly.__file__.endswith(".py") else "compiled"


def corpus(settings: list[str], rows: int) -> str:
    """The digest of the Parquet files of a corpus."""
    asked = spec.load(settings=settings)
    with tempfile.TemporaryDirectory() as folder:
        made = write_shard(spec.to_yaml(asked), Path(folder), Shard("train", 0, 1, 0, rows), lambda done: None)
    return _digest([entry["sha256"] for entry in made])


def verdicts(settings: list[str], rows: int) -> str:
    """The digest of the verdicts on texts of a corpus, and on what becomes of them when they are spoilt."""
    asked, found = spec.load(settings=settings), []
    for i in range(rows):
        made = row(asked, "train", i)
        puzzle = Puzzle(tuple(made["numbers"]), made["target"], asked.rules)
        text, draws = made["completion"][0]["content"], Draws("spoilt", i)
        for _ in range(4):
            verdict = verify(puzzle, text)
            found.append([verdict.to_dict(), verdict.labels, repr(verdict.reading)])
            text = spoilt(text, draws)
    return _digest(found)


def spoilt(text: str, draws: Draws) -> str:
    """The text with a few signs changed, taken out or put in, and now and then two sentences that swapped places."""
    signs = list(text)
    for _ in range(draws.between(1, 12)):
        at, how = draws.below(len(signs)), draws.below(3)
        signs[at : at + (how != 2)] = [draws.choice(SIGNS)] if how else []
    sentences = "".join(signs).split(". ")
    if draws.below(2):
        i, j = draws.below(len(sentences)), draws.below(len(sentences))
        sentences[i], sentences[j] = sentences[j], sentences[i]
    return ". ".join(sentences)


def _digest(found: Any) -> str:
    return hashlib.sha256(json.dumps(found, default=str).encode()).hexdigest()[:32]


def lines(rows: int) -> Iterator[str]:
    for name, settings in CORPORA.items():
        yield f"{corpus(settings, rows)} {verdicts(settings, rows)} {name}"


def compare(other: str, rows: int) -> None:
    """Hold what this Python makes against what another one makes, line by line; exit with 1 where they differ."""
    print(f"{build()} (this) against {_run(other, '--build')[0]} ({other})")
    theirs = _run(other, "--rows", str(rows))
    ours = list(lines(rows))
    differing = [line for line in ours if line not in theirs]
    for line in differing:
        print("differs:", line)
    print(f"{len(ours) - len(differing)} of {len(ours)} are the same")
    if differing or len(theirs) != len(ours):
        raise SystemExit(1)


def _run(python: str, *arguments: str) -> list[str]:
    return subprocess.run([python, __file__, *arguments], capture_output=True, text=True, check=True).stdout.splitlines()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=40, help="puzzles of each corpus")
    parser.add_argument("--compare", metavar="OTHER_PYTHON", help="where the other build is installed")
    parser.add_argument("--build", action="store_true", help="just say whether the code is compiled")
    options = parser.parse_args()
    if options.build:
        print(build())
    elif options.compare:
        compare(options.compare, options.rows)
    else:
        for line in lines(options.rows):
            print(line, flush=True)


if __name__ == "__main__":
    main()
