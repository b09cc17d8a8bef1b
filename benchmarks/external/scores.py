"""What the split `far_external` holds, task by task: that reasoning-gym's own scorer takes its own stored answers.

Prints for each task how many rows were made, how many drawn questions were passed over because they were there before, for how
many rows the stored answer scores 1.0, and the seconds: to make all rows, to make the slowest, and to score all. Then what is
left out, and why. Needs the extra: pip install 'gamegen[external]'

    python benchmarks/external/scores.py [--rows N] [--tasks NAME …]
"""

import argparse
import json
import sys
import time
from itertools import pairwise

from gamegen import GamegenError
from gamegen_benchmarks import external

HEAD = ("rows", "repeated", "scored 1.0", "made in s", "slowest", "scored in s")


def measured(task: str, count: int) -> tuple[str, ...]:
    """What HEAD names, of the first rows of a task."""
    made, moments = [], [time.perf_counter()]
    for row in external.rows(count, [task]):
        made.append(row)
        moments.append(time.perf_counter())
    solved = sum(external.score(row, f"<answer>{row['answer']}</answer>") == 1.0 for row in made)
    seconds = (moments[-1] - moments[0], max(b - a for a, b in pairwise(moments)), time.perf_counter() - moments[-1])
    repeated = json.loads(made[-1]["source"])["index"] + 1 - count
    return tuple(map(str, (count, repeated, solved))) + tuple(f"{s:.2f}" for s in seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50, help="of each task, at least 1; 50 by default")
    parser.add_argument("--tasks", nargs="+", default=list(external.TASKS), choices=external.TASKS, metavar="NAME")
    options = parser.parse_args()
    count = max(options.rows, 1)
    try:
        external.rows(count, options.tasks)
    except GamegenError as problem:
        sys.exit(str(problem))
    print(f"{'task':16}", *(f"{name:>12}" for name in HEAD))
    for task in options.tasks:
        print(f"{task:16}", *(f"{cell:>12}" for cell in measured(task, count)), flush=True)
    for task, reason in external.LEFT_OUT.items():
        print(f"{task} is left out: {reason}")


if __name__ == "__main__":
    main()
