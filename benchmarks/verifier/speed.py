"""How fast texts are judged on one core: traces of this package in a second, and megabytes of real responses in a second.

What is timed is ``verify`` alone, in processor time: puzzles and texts are made or read first. Own traces are those of a
preset, the arm ``procedure`` alone and all of its arms; each batch has puzzles of its own, and the first, which warms up, is
left out.
Real responses are every k-th row of the files, in their order; what was remembered of them is forgotten before each batch.
Prints the median and the best of the batches; for the responses also where a row's puzzle is read from its prompt, and the
reader of free prose alone.

    python benchmarks/verifier/speed.py [FILE …] [--every K] [--batches N] [--rows N] [--preset NAME] [--json]
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from gamegen import spec
from gamegen.corpus import Maker
from gamegen_verifiers import Puzzle, verify
from gamegen_verifiers.readers import free, runs
from gamegen_verifiers.rows import judge, puzzle, text
from gamegen_verifiers.sources import NoRow, read_rows

RESPONSES = Path("../shared/data/real_traces")
FILES = ("beibeizzz__countdown_post_train", "d1_llada__countdown", "reasoning_gym_eval__countdown")
T = TypeVar("T")
Case = tuple[Puzzle, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=[RESPONSES / f"{name}.jsonl.gz" for name in FILES])
    parser.add_argument("--every", type=int, default=7)
    parser.add_argument("--batches", type=int, default=5)
    parser.add_argument("--rows", type=int, default=300, help="puzzles of each batch of own traces")
    parser.add_argument("--preset", default="countdown-small")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for name, made in own(options.preset, options.rows, options.batches + 1).items():
        rates = [len(batch) / _seconds(batch, _judge) for batch in made][1:]
        of: dict[str, float] = {"mean_bytes": round(statistics.mean(_size(batch) / len(batch) for batch in made))}
        _say(options.json, f"own traces, {name}", "traces/s", rates, of)
    rows = [row for file in options.files for _, row in list(read_rows(file))[:: options.every] if not isinstance(row, NoRow)]
    cases = [(puzzle(row), text(row)) for row in rows]
    megabytes = _size(cases) / 1e6
    works: dict[str, tuple[Sequence[Any], Callable[[Any], object]]] = {
        "real responses": (cases, _judge),
        "real responses, with their prompts": (rows, judge),
        "real responses, read as free prose": (cases, _read),
    }
    for name, (given, work) in works.items():
        rates = [megabytes / _seconds(given, work) for _ in range(options.batches)]
        _say(options.json, name, "MB/s", rates, {"responses": len(rows), "megabytes": round(megabytes, 2)})


def own(preset: str, rows: int, batches: int) -> dict[str, list[list[Case]]]:
    """Puzzles and texts of a preset in batches: those of the arm procedure, and of all of its arms together."""
    maker = Maker(spec.load(preset=preset))
    made = [[maker.rows("train", i) for i in range(k * rows, (k + 1) * rows)] for k in range(batches)]
    rules, arms = maker.spec.rules, maker.spec.arms

    def case(row: dict[str, Any]) -> Case:
        return Puzzle(tuple(row["numbers"]), row["target"], rules), row["completion"][-1]["content"]

    return {
        "procedure": [[case(paired["procedure"]) for paired in batch] for batch in made],
        " + ".join(arms): [[case(paired[arm]) for paired in batch for arm in arms] for batch in made],
    }


def _seconds(given: Sequence[T], work: Callable[[T], object]) -> float:
    runs.forget()
    began = time.process_time()
    for one in given:
        work(one)
    return time.process_time() - began


def _size(cases: Sequence[Case]) -> int:
    return sum(len(written.encode("utf-8", "replace")) for _, written in cases)


def _judge(case: Case) -> object:
    return verify(*case)


def _read(case: Case) -> object:
    size = len(case[1])
    return free.READER.read(case[1], size, size)


def _say(as_json: bool, name: str, unit: str, rates: Sequence[float], of: dict[str, float]) -> None:
    median, best = statistics.median(rates), max(rates)
    if as_json:
        print(json.dumps({"case": name, "unit": unit, "median": median, "best": best, **of}), flush=True)
    else:
        on = ", ".join(f"{value:,} {noun.replace('_', ' ')}" for noun, value in of.items())
        print(f"{name:56} median {median:8,.2f} {unit}   best {best:8,.2f} {unit}   on {on}", flush=True)


if __name__ == "__main__":
    main()
