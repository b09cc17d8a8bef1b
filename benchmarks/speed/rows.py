"""How many fully labelled rows one core makes in a second.

A row is made as `gamegen generate` makes it: the puzzle from its index, the run, the text, the verdict from the text, and
its place in a Parquet file, which is left out where a case says "in memory". Prints one line for each case, with the median
and the best of several batches of one process, and the mean length of a completion.

    python benchmarks/speed/rows.py [--rows N] [--batches K] [--json]
"""

import argparse
import json
import platform
import statistics
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from gamegen import assembly, spec
from gamegen.corpus import Maker
from gamegen.shards import Shard, write_shard

# Long traces: 45 returns in a text of about 6,800 characters.
MATCHED = ["arms=[procedure]", "puzzles.target=[10,100]", "puzzles.capacity=45", "trace.backtracks=45", "style.name=prose"]
IN_MEMORY = "n = 4, 45 backtracks, in memory"

CASES = {
    "n = 4, 10 backtracks, procedure": ["arms=[procedure]", "trace.backtracks=10"],
    "n = 4, 10 backtracks, three arms": ["trace.backtracks=10"],
    "n = 4, no backtracks, procedure": ["arms=[procedure]", "trace.backtracks=0"],
    "n = 3, 10 backtracks, procedure": ["arms=[procedure]", "trace.backtracks=10", "puzzles.count=3"],
    "n = 5, 10 backtracks, procedure": ["arms=[procedure]", "trace.backtracks=10", "puzzles.count=5"],
    "n = 4, 45 backtracks, prose": MATCHED,
    IN_MEMORY: MATCHED,
}


def rates(settings: list[str], rows: int, batches: int) -> tuple[list[float], float]:
    """Rows a second of processor time in each batch, after one that warms up; the mean characters of a completion."""
    asked = spec.load(settings=settings)
    resolved = spec.to_yaml(asked)
    found, characters = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for k in range(batches + 1):
            shard = Shard("train", k, batches + 1, k * rows, (k + 1) * rows)
            began = time.process_time()
            written = write_shard(resolved, Path(folder), shard, lambda n: None)
            found.append(rows * len(asked.arms) / (time.process_time() - began))
        for entry in written:
            file = pq.ParquetFile(Path(folder) / entry["path"])
            verdicts = file.read(columns=["verdict.surface.characters"])["verdict"].to_pylist()
            characters += sum(verdict["surface"]["characters"] for verdict in verdicts)
    return found[1:], characters / rows / len(asked.arms)


def rates_in_memory(settings: list[str], rows: int, batches: int) -> tuple[list[float], float]:
    """The same without files: puzzle, run, text, verdict and labels alone."""
    maker = Maker(spec.load(settings=settings))
    found, characters = [], 0
    for k in range(batches + 1):
        began = time.process_time()
        made = [row for i in range(k * rows, (k + 1) * rows) for row in maker.rows("train", i).values()]
        found.append(len(made) / (time.process_time() - began))
        characters = sum(row["verdict"]["surface"]["characters"] for row in made)
    return found[1:], characters / len(made)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500, help="puzzles in a batch")
    parser.add_argument("--batches", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    build = "pure Python" if assembly.__file__.endswith(".py") else "compiled"
    print(f"Python {platform.python_version()}, {build}, rows a second of one core")
    for name, settings in CASES.items():
        measure = rates_in_memory if name == IN_MEMORY else rates
        measured, length = measure(settings, options.rows, options.batches)
        median, best = statistics.median(measured), max(measured)
        if options.json:
            of = {"case": name, "build": build, "median": median, "best": best, "rows": options.rows, "characters": length}
            print(json.dumps(of))
        else:
            print(f"{name:36} median {median:7,.0f}   best {best:7,.0f}   {length:6,.0f} characters")


if __name__ == "__main__":
    main()
