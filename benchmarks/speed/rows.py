"""How many fully labelled rows one core makes in a second.

A row is made as `gamegen generate` makes it: the puzzle from its index, the run, the text, the verdict from the text, and
its place in a Parquet file. Prints one line for each case, with the median and the best of several batches of one process.

    python benchmarks/speed/rows.py [--rows N] [--batches K] [--json]
"""

import argparse
import json
import platform
import statistics
import tempfile
import time
from pathlib import Path

from gamegen import spec
from gamegen.corpus import Shard, write_shard

CASES = {
    "n = 4, 10 backtracks, procedure": ["arms=[procedure]", "trace.backtracks=10"],
    "n = 4, 10 backtracks, three arms": ["trace.backtracks=10"],
    "n = 4, no backtracks, procedure": ["arms=[procedure]", "trace.backtracks=0"],
    "n = 3, 10 backtracks, procedure": ["arms=[procedure]", "trace.backtracks=10", "puzzles.count=3"],
    "n = 5, 10 backtracks, procedure": ["arms=[procedure]", "trace.backtracks=10", "puzzles.count=5"],
}


def rates(settings: list[str], rows: int, batches: int) -> list[float]:
    """Rows a second of processor time in each batch, after one that warms up."""
    asked = spec.load(settings=settings)
    resolved = spec.to_yaml(asked)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for k in range(batches + 1):
            shard = Shard("train", k, batches + 1, k * rows, (k + 1) * rows)
            began = time.process_time()
            write_shard(resolved, Path(folder), shard, lambda n: None)
            found.append(rows * len(asked.arms) / (time.process_time() - began))
    return found[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500, help="puzzles in a batch")
    parser.add_argument("--batches", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, rows a second of one core")
    for name, settings in CASES.items():
        measured = rates(settings, options.rows, options.batches)
        median, best = statistics.median(measured), max(measured)
        if options.json:
            print(json.dumps({"case": name, "median": median, "best": best, "rows": options.rows}))
        else:
            print(f"{name:36} median {median:7,.0f}   best {best:7,.0f}")


if __name__ == "__main__":
    main()
