"""How long `gamegen bench score` takes, as a whole command, for many completions.

The completions are those of all items of the suite, samples in turn until there are enough: the reference, the reference cut
off somewhere, the reference behind some words, and the answer alone, so no two of an item are the same text; of the questions
of others, if reasoning-gym is installed, a right and a wrong answer behind some words. Prints the seconds of each round, by the
clock and of processor time over all processes, the completions, and their tokens.

    python benchmarks/speed/scoring.py [--completions N] [--workers N] [--rounds K] [--json]
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from gamegen import engines
from gamegen.corpus import Row
from gamegen_benchmarks import items, runs, suites
from gamegen_benchmarks.measures import Columns
from gamegen_benchmarks.runs import SCORES, Completion, Header


def text(item: Row, sample: int, chance: random.Random) -> str:
    """The sample of an item."""
    words = f"Let me think about this, in my way {chance.random():.6f}. "
    if item["reference"] is None:
        return f"{words * 10}<answer>{item['answer'] if sample % 2 else words}</answer>"
    reference = str(item["reference"])
    kinds = (
        reference,
        reference[: chance.randrange(len(reference))],
        words + reference,
        f"{words}<answer>{item['answer']}</answer>",
    )
    return kinds[sample % len(kinds)]


def make(folder: Path, completions: int) -> None:
    """A run with so many completions; the last samples of some items are missing."""
    suite = items.suite(str(suites.frozen()["suite"]))
    distances = suites.DISTANCES if find_spec("reasoning_gym") else suites.DISTANCES[:3]
    rows, chance = suite.items(distances), random.Random(0)
    samples = -(-completions // len(rows))
    left = completions
    (folder / runs.HEADER).write_text(
        Header("texts", suite.name, suite.digest, distances, samples=samples).to_json(), encoding="utf-8"
    )
    with (folder / runs.COMPLETIONS).open("w", encoding="utf-8") as file:
        for i, item in enumerate(rows):
            some = min(samples, -(-left // (len(rows) - i)))
            left -= some
            for sample in range(samples):
                said = text(item, sample, chance) if sample < some else None
                one = Completion(item["id"], sample, said, "stop", "left out" if said is None else None)
                file.write(json.dumps(one.to_row()) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--completions", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=engines.cores())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        make(folder := Path(name), options.completions)
        command = [sys.executable, "-m", "gamegen.cli", "bench", "score", name, "--workers", str(options.workers)]
        for _ in range(options.rounds):
            began, used = time.perf_counter(), _processor_time()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            took, used = time.perf_counter() - began, _processor_time() - used
            scores = Columns(pq.read_table(folder / SCORES))
            rows, tokens = int((scores["missing"] == 0).sum()), int(np.nansum(scores["wordiness.tokens"]))
            found = {"completions": rows, "seconds": took, "processor_seconds": used, "tokens": tokens}
            if options.json:
                print(json.dumps({**found, "workers": options.workers}))
            else:
                print(f"{rows:,} completions of {tokens:,} tokens: {took:.1f} s, {used:.1f} s of processor time")


def _processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
