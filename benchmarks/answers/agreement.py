"""How the verdict on the answer agrees with an exact check that somebody else made, file by file.

Each file is one that `gamegen verify` reads, with a column `exact_check`, which is `correct` or anything else. Rows that state
no rules are judged as `gamegen verify` judges them. Prints agreement, sensitivity and specificity, and every disagreement.

    python benchmarks/answers/agreement.py FILE [FILE …]
"""

import sys
from collections import Counter
from pathlib import Path

from gamegen_verifiers.rows import judge
from gamegen_verifiers.sources import NoRow, read_rows


def main() -> None:
    print(f"{'file':44} {'rows':>6} {'agree':>8} {'sensitivity':>12} {'specificity':>12}")
    disagreements = []
    for name in sys.argv[1:]:
        counts: Counter[tuple[bool, bool]] = Counter()
        for where, row in read_rows(Path(name)):
            if isinstance(row, NoRow):
                sys.exit(f"{where}: {row}")
            ours, theirs = judge(row), row["exact_check"]
            counts[theirs == "correct", ours.answer == "correct"] += 1
            if (theirs == "correct") != (ours.answer == "correct"):
                disagreements.append(f"{row.get('id', where)}: exact {theirs}, ours {ours.answer} {ours.answer_reason}")
        right, wrong = counts[True, True] + counts[True, False], counts[False, True] + counts[False, False]
        agree = (counts[True, True] + counts[False, False]) / counts.total()
        sensitivity, specificity = counts[True, True] / max(right, 1), counts[False, False] / max(wrong, 1)
        print(f"{Path(name).name:44} {counts.total():6,} {agree:8.3%} {sensitivity:12.3%} {specificity:12.3%}")
    print(*disagreements, sep="\n")


if __name__ == "__main__":
    main()
