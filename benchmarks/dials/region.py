"""How exactly the dials of a trace are met, on many puzzles.

For each number of backtracks in the table of `gamegen/region.py`, with the fewest, some and the most promised steps: in
how many of the puzzles of a corpus with that capacity a run has exactly these. Then, for runs that set states aside, how many
of these states were live: a policy that saw the oracle would set aside none.

    python benchmarks/dials/region.py [--rows N] [--json]
"""

import argparse
import json
import time
from typing import Any

from gamegen.assembly import Asked, assemble
from gamegen.games.countdown import Rules
from gamegen.puzzles import PuzzleSpace
from gamegen.region import PROMISED, steps
from gamegen.rng import Draws
from gamegen.spec import PuzzleSpec
from gamegen.trace import count

LARGEST = 100  # backtracks; more than these take minutes


def met(numbers: int, backtracks: int, rows: int) -> tuple[int, int, float]:
    """How many of the runs have exactly what was asked for, of how many, and the milliseconds that one takes."""
    space = PuzzleSpace(PuzzleSpec(count=numbers, capacity=max(12, backtracks)), Rules(), seed=1)
    promised = steps(numbers, backtracks)
    wanted = sorted({promised[0], promised[len(promised) // 2], promised[-1]})
    exact, took = 0, 0.0
    for i in range(rows):
        puzzle = space.puzzle("train", i % space.capacity("train"))
        asked = Asked(backtracks, wanted[i % len(wanted)])
        began = time.process_time()
        run = assemble(space.game, space.game.start(puzzle), asked, Draws(i))
        took += time.process_time() - began
        exact += run is not None and (count(run, "backtrack"), count(run, "try")) == (backtracks, asked.steps)
    return exact, rows, 1000 * took / rows


def live(rows: int) -> tuple[int, int]:
    """How many of the states that were set aside were live, of how many."""
    space = PuzzleSpace(PuzzleSpec(), Rules(), seed=1)
    found = aside = 0
    for i in range(rows):
        run = assemble(space.game, space.game.start(space.puzzle("train", i)), Asked(12, set_aside=6), Draws(i)) or []
        states: list[Any] = [event.state for event in run if event.why == "set_aside"]
        aside += len(states)
        found += sum(space.game.live(state) for state in states)
    return found, aside


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300, help="runs for each number of backtracks")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for numbers, table in PROMISED.items():
        for backtracks in (b for b in table if b <= LARGEST):
            exact, rows, took = met(numbers, backtracks, options.rows)
            promised = steps(numbers, backtracks)
            found = {"numbers": numbers, "backtracks": backtracks, "steps": [promised[0], promised[-1]]}
            found |= {"exact": exact, "rows": rows, "ms": round(took, 3)}
            ends = f"{promised[0]} to {promised[-1]}"
            line = f"n = {numbers}, {backtracks:3} backtracks, {ends:>11} steps: exact in {exact} of {rows}, {took:6.2f} ms"
            print(json.dumps(found) if options.json else line, flush=True)
    found_live, aside = live(options.rows)
    line = f"set aside: {aside} states, {found_live} of them live ({found_live / aside:.1%})"
    print(json.dumps({"aside": aside, "live": found_live}) if options.json else line)


if __name__ == "__main__":
    main()
