"""How many rows of training corpora meet the eval suite that ships with gamegen: their puzzles, and all states of their traces.

Makes the runs of each preset as they stand in its corpus, with the train split as long as is asked, and compares what their
rows say with what the suite says; nothing of that is used to make either. Ends with exit code 1 where any row meets the suite.

    python benchmarks/suites/overlap.py [--rows N] [--presets NAME …] [--set KEY=VALUE …] [--workers N] [--json]
"""

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import cache, partial
from itertools import repeat

from gamegen.corpus import RUNS, Maker, NoPlace, Row, makers
from gamegen.spec import load, presets, to_yaml
from gamegen_benchmarks import overlap
from gamegen_benchmarks.suites import snapshot

PART = 500  # rows that a process makes at a time


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000, help="of the train split of each preset, or as many as there are")
    parser.add_argument("--presets", nargs="+", default=list(presets()), choices=list(presets()), metavar="NAME")
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    total = 0
    with ProcessPoolExecutor(options.workers) as pool:
        for preset in options.presets:
            spec = to_yaml(
                load(preset=preset, settings=["arms=[procedure]", "corruptions={}", *options.settings], size=options.rows)
            )
            rows = min(options.rows, makers(spec).capacity("train"))
            found = list(pool.map(partial(met_in, spec), range(0, rows, PART), repeat(rows)))
            states, meetings = sum(states for states, _ in found), [met for _, some in found for met in some]
            total += len(meetings)
            if options.json:
                print(json.dumps({"preset": preset, "rows": rows, "states": states, "meetings": meetings}), flush=True)
            else:
                print(f"{preset:20} {rows:>9,} rows, {states:>11,} states, {len(meetings)} meet the suite", flush=True)
                print(*(f"  {row}: {key}" for row, key in meetings[:10]), sep="\n", end="")
    sys.exit(1 if total else 0)


def met_in(spec: str, start: int, stop: int) -> tuple[int, list[tuple[str, overlap.Key]]]:
    """How many states the tries of some rows name, and the meetings."""
    made = [_row(*makers(spec).turn(i)) for i in range(start, min(start + PART, stop))]
    return sum(len(row["events"]) for row in made), list(overlap.meetings(made, _suite()))


def _row(maker: Maker, i: int) -> Row:
    """What a row says of its puzzle and of the states of its search, without its text."""
    for again in range(RUNS):
        with suppress(NoPlace):
            case = maker.clear_run("train", i, again)
            break
    tries = [{"kind": "try", "state": maker.game.say_state(event.state)} for event in case.trace if event.kind == "try"]
    return {"id": f"{maker.game.name}-{i}", "game": maker.game.name, **case.shown.columns, "events": tries}


@cache
def _suite() -> frozenset[overlap.Key]:
    return overlap.puzzles(snapshot())


if __name__ == "__main__":
    main()
