"""How often the first false step is the first mistake that people marked.

A row has ``steps`` and ``human_first_mistake_index``, 0-based, null for none. Prints the agreement with its 95 % interval
(Wilson), and every disagreement with the claims in question.

    python benchmarks/verifier/first_mistake.py [FILE] [--json]
"""

import argparse
import json
import sys
from math import sqrt
from pathlib import Path

from gamegen_verifiers import verify_steps
from gamegen_verifiers.sources import NoRow, read_rows

FILE = Path("../shared/data/real_traces/bigbench_mistake__multistep_arithmetic.jsonl.gz")


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The interval of a share (Wilson, 1927)."""
    share, spread = hits / of, z * sqrt(hits / of * (1 - hits / of) / of + z * z / (4 * of * of))
    centre, scale = share + z * z / (2 * of), 1 + z * z / of
    return (centre - spread) / scale, (centre + spread) / scale


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=FILE)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    total = agreed = 0
    disagreements = []
    for where, row in read_rows(options.file):
        if isinstance(row, NoRow):
            sys.exit(f"{where}: {row}")
        marked = row["human_first_mistake_index"]
        marked = -1 if marked is None else marked
        verdict = verify_steps(row["steps"])
        total += 1
        agreed += verdict.first_error == marked
        if verdict.first_error != marked:
            claims = {
                i: [row["steps"][i][claim.start : claim.end] for claim in verdict.false[i]]
                for i in sorted({verdict.first_error, marked} - {-1})
            }
            disagreements.append({"id": row.get("id", where), "marked": marked, "found": verdict.first_error, "false": claims})
    low, high = wilson(agreed, total)
    if options.json:
        print(json.dumps({"rows": total, "agreed": agreed, "low": low, "high": high, "disagreements": disagreements}))
        return
    print(f"{agreed} of {total} first mistakes: {agreed / total:.1%} [{low:.1%}, {high:.1%}]")
    for entry in disagreements:
        print(f"{entry['id']}: marked {entry['marked']}, found {entry['found']}; false claims by step: {entry['false']}")


if __name__ == "__main__":
    main()
