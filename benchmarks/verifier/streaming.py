"""Whether a text that is fed to a monitor piece by piece is judged as the whole, and how early its false steps are reported.

Rows of each style in turn, sound and with one defect of any kind that the style can say, and the rows of FILEs, which are such
as `gamegen verify` reads; each text as it is and broken off at a random place, in pieces of random length. A text differs if
its verdict is not that of the whole, or a finding that was reported is not the next in that verdict. Prints for each style and
file the texts and those that differ; of those that are not broken off, how many have a false step, the share of these that had
one reported before the end, and the mean lag: how many further statements had come before the piece that made it certain; and
the speed of feeding, the verdict at the end apart.

    python benchmarks/verifier/streaming.py [--rows N] [--seed N] [FILE …]
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from random import Random
from statistics import mean
from time import perf_counter

from gamegen.corpus import Maker
from gamegen.corruptions import KINDS
from gamegen.spec import load
from gamegen.styles import names
from gamegen_benchmarks.known_groups import can_say
from gamegen_verifiers import Notation, Puzzle, Verdict, rows, sources, verify
from gamegen_verifiers.monitor import Finding, Monitor, findings
from gamegen_verifiers.sources import Row

LONGEST = (1, 4, 20, 100, 10_000)  # characters of a piece; a token has about four

Case = tuple[Puzzle, str, Notation]


@dataclass
class Tally:
    """What was counted of the texts of one style or file."""

    texts: int = 0
    differ: list[str] = field(default_factory=list)
    false: int = 0
    early: int = 0
    lags: list[int] = field(default_factory=list)
    characters: int = 0
    seconds: float = 0.0

    def count(self, where: str, case: Case, whole: bool, random: Random) -> None:
        """Feed a text to a monitor, and count what it says."""
        wanted = verify(*case)
        told, verdict, seconds = followed(case, random)
        self.texts += 1
        if verdict != wanted or [finding for finding, _ in told] != findings(wanted)[: len(told)]:
            self.differ.append(where)
        self.characters += len(case[1])
        self.seconds += seconds
        if whole:
            self.false += wanted.first_error >= 0
            self.early += bool(told)
            further = [(wanted.reading[finding.index + 1 :], come) for finding, come in told]
            self.lags += [sum(step.end <= come for step in steps) for steps, come in further]

    def line(self, name: str) -> str:
        early = f"{self.early / self.false:7.2%}" if self.false else "      –"
        lag = f"{mean(self.lags):5.2f}" if self.lags else "    –"
        speed = self.characters / max(self.seconds, 1e-9) / 1e6
        return f"{name:44} {self.texts:7,} {len(self.differ):7,} {self.false:7,} {early} {lag} {speed:6.2f}"


def followed(case: Case, random: Random) -> tuple[list[tuple[Finding, int]], Verdict, float]:
    """What a monitor reports of a text in pieces, each with the characters that had come before; the verdict; the seconds."""
    puzzle, text, surface = case
    monitor, longest, come = Monitor(puzzle, surface), random.choice(LONGEST), 0
    told: list[tuple[Finding, int]] = []
    start = perf_counter()
    while come < len(text):
        piece = text[come : come + random.randint(1, longest)]
        told += [(finding, come) for finding in monitor.feed(piece)]
        come += len(piece)
    seconds = perf_counter() - start
    return told, monitor.close(), seconds


@cache
def maker(name: str) -> Maker:
    """Makes the rows of a style, sound and corrupted."""
    said = [kind for kind in KINDS if can_say(kind, name)]
    rates = ", ".join(f"{kind}: {1 / len(said)}" for kind in said)
    arms = "arms=[procedure,corrupted]"
    return Maker(load(settings=[arms, f"style.name={name}", "trace.checks=0.1", f"corruptions={{{rates}}}"]))


def made(number: int) -> Iterator[tuple[str, str, Case]]:
    """So many rows, the styles in turn: the name of each style, where the row is, and the row."""
    for i in range(number):
        name = names()[i // 2 % len(names())]
        row = maker(name).rows("test", i // 2 // len(names()))[("procedure", "corrupted")[i % 2]]
        yield name, row["id"], case_of(row)


def found(files: list[Path]) -> Iterator[tuple[str, str, Case | None]]:
    """The rows of files; None for a row without a puzzle."""
    for file in files:
        for where, row in sources.read_rows(file):
            try:
                yield file.name, where, None if isinstance(row, sources.NoRow) else case_of(row)
            except sources.NoRow:
                yield file.name, where, None


def case_of(row: Row) -> Case:
    return rows.puzzle(row), rows.text(row), rows.surface(row)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--rows", type=int, default=240, help="rows that are made; 10,000 for a proof")
    parser.add_argument("--seed", type=int, default=0, help="of the random places")
    options = parser.parse_args()
    random, tallies, without = Random(options.seed), dict[str, Tally](), 0
    for name, where, case in chain(made(options.rows), found(options.files)):
        if case is None:
            without += 1
            continue
        puzzle, text, surface = case
        tally = tallies.setdefault(name, Tally())
        tally.count(where, case, True, random)
        tally.count(f"{where}, broken off", (puzzle, text[: random.randint(0, len(text))], surface), False, random)
    print(f"{'':44} {'texts':>7} {'differ':>7} {'false':>7} {'early':>7} {'lag':>5} {'MB/s':>6}")
    print(*(tally.line(name) for name, tally in tallies.items()), sep="\n")
    differ = [where for tally in tallies.values() for where in tally.differ]
    print(f"\n{len(differ)} of {sum(tally.texts for tally in tallies.values()):,} texts differ; {without} rows have no puzzle")
    sys.exit("\n".join(differ) or None)


if __name__ == "__main__":
    main()
