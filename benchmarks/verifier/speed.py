"""How fast real responses are judged: megabytes of text in a second of processor time on one core.

Judges every k-th row of the files, in their order, several times; what was remembered of the texts is forgotten before each.
Prints the median and the best, and the same for the reader of free prose alone.

    python benchmarks/verifier/speed.py [FILE …] [--every K] [--batches N] [--json]
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from gamegen_verifiers import verify
from gamegen_verifiers.readers import free, runs
from gamegen_verifiers.rows import puzzle, text
from gamegen_verifiers.sources import NoRow, Row, read_rows

RESPONSES = Path("../shared/data/real_traces")
FILES = ("beibeizzz__countdown_post_train", "d1_llada__countdown", "reasoning_gym_eval__countdown")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=[RESPONSES / f"{name}.jsonl.gz" for name in FILES])
    parser.add_argument("--every", type=int, default=7)
    parser.add_argument("--batches", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = [row for file in options.files for _, row in list(read_rows(file))[:: options.every] if not isinstance(row, NoRow)]
    size = sum(len(text(row).encode("utf-8", "replace")) for row in rows)
    found = {
        "verify": _rates(rows, size, _judge, options.batches),
        "read as free prose": _rates(rows, size, _read, options.batches),
    }
    for name, rates in found.items():
        if options.json:
            of = {"case": name, "median": statistics.median(rates), "best": max(rates), "rows": len(rows), "bytes": size}
            print(json.dumps(of))
        else:
            print(f"{name:20} median {statistics.median(rates):5.2f} MB/s   best {max(rates):5.2f} MB/s   {size:,} bytes")


def _rates(rows: list[Row], size: int, work: Callable[[Row], object], batches: int) -> list[float]:
    rates = []
    for _ in range(batches):
        runs.forget()
        began = time.process_time()
        for row in rows:
            work(row)
        rates.append(size / 1e6 / (time.process_time() - began))
    return rates


def _judge(row: Row) -> object:
    return verify(puzzle(row), text(row))


def _read(row: Row) -> object:
    response = text(row)
    return free.READER.read(response, len(response), len(response))


if __name__ == "__main__":
    main()
