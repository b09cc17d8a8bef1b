"""How often the first false step is the first mistake that people marked.

A row has ``steps`` and ``human_first_mistake_index``, 0-based, null for none. Prints the agreement with its bootstrap interval,
and every disagreement with the claims in question.

    python benchmarks/verifier/first_mistake.py [FILE] [--json]
"""

import argparse
import json
import sys
from pathlib import Path

from gamegen_benchmarks.statistics import share
from gamegen_verifiers import verify_steps
from gamegen_verifiers.sources import NoRow, read_rows

FILE = Path("../shared/data/real_traces/bigbench_mistake__multistep_arithmetic.jsonl.gz")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=FILE)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    agreed: list[bool] = []
    disagreements = []
    for where, row in read_rows(options.file):
        if isinstance(row, NoRow):
            sys.exit(f"{where}: {row}")
        marked = row["human_first_mistake_index"]
        marked = -1 if marked is None else marked
        verdict = verify_steps(row["steps"])
        agreed.append(verdict.first_error == marked)
        if not agreed[-1]:
            claims = {
                i: [row["steps"][i][claim.start : claim.end] for claim in verdict.false[i]]
                for i in sorted({verdict.first_error, marked} - {-1})
            }
            disagreements.append({"id": row.get("id", where), "marked": marked, "found": verdict.first_error, "false": claims})
    found = share(agreed)
    if options.json:
        print(json.dumps({"rows": len(agreed), "agreed": sum(agreed), **found._asdict(), "disagreements": disagreements}))
        return
    print(f"{sum(agreed)} of {len(agreed)} first mistakes: {found}")
    for entry in disagreements:
        print(f"{entry['id']}: marked {entry['marked']}, found {entry['found']}; false claims by step: {entry['false']}")


if __name__ == "__main__":
    main()
