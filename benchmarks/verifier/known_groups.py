"""How well the verifier tells each kind of corruption from sound rows, by style, as written and after each paraphrase.

Each row of the arm `corrupted` has one defect, and its pair in the arm `procedure` has none. Prints for each kind and style the
AUC of "not verified" with its bootstrap interval by puzzle, and that of the sound share; the kinds are marked that are held
out, on which nothing was tuned, and those that no verifier could catch are listed apart.

    python benchmarks/verifier/known_groups.py [--rows N] [--kinds NAME …] [--styles NAME …] [--paraphrases all|NAME …] [--json]
"""

import argparse
import json
from itertools import groupby

from gamegen.corruptions import KINDS
from gamegen.styles import names
from gamegen_benchmarks.held_out import is_held_out
from gamegen_benchmarks.known_groups import PLAIN, UNCATCHABLE, Cell, can_say, cells
from gamegen_benchmarks.paraphrase import PARAPHRASES

BOUNDS = {True: 0.99, False: 0.95}  # of the AUC: as written, and paraphrased


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200, help="pairs of each kind and style")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS), metavar="NAME")
    parser.add_argument("--styles", nargs="+", default=names(), choices=names(), metavar="NAME")
    parser.add_argument("--paraphrases", nargs="+", default=[], choices=["all", *PARAPHRASES], metavar="NAME")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    asked = list(PARAPHRASES) if "all" in options.paraphrases else options.paraphrases
    found: list[Cell] = []
    for kind in options.kinds:
        for name in options.styles:
            for cell in cells(kind, name, [PLAIN, *asked], options.rows) if can_say(kind, name) else ():
                found.append(cell)
                if options.json:
                    print(json.dumps({**cell._asdict(), "held_out": is_held_out(kind)}), flush=True)
                elif cell.paraphrase == PLAIN:
                    print(_line(cell), flush=True)
    if not options.json:
        _summarise(found, asked)


def _line(cell: Cell) -> str:
    mark = "held out" if is_held_out(cell.kind) else ""
    return f"{cell.kind:20} {cell.style:17} by grade {cell.by_grade}   by share {cell.by_share}   {cell.readable:4.0%} {mark}"


def _summarise(found: list[Cell], paraphrases: list[str]) -> None:
    """The lowest AUC after each paraphrase in each style, what lies below its bound, and what cannot be caught."""
    if paraphrases:
        print("\nThe lowest AUC by grade of all kinds")
    for paraphrase in paraphrases:
        of = sorted((cell for cell in found if cell.paraphrase == paraphrase), key=lambda cell: cell.style)
        lowest = {name: min(cell.by_grade.value for cell in some) for name, some in groupby(of, lambda cell: cell.style)}
        print(f"{paraphrase:24} {'  '.join(f'{name} {value:.3f}' for name, value in lowest.items())}")
    below = [cell for cell in found if not cell.by_grade.value >= BOUNDS[cell.paraphrase == PLAIN]]
    print(f"\nBelow their bound ({BOUNDS[True]} as written, {BOUNDS[False]} paraphrased): {len(below)} of {len(found)} cells")
    print(*(f"  {cell.kind}, {cell.style}, {cell.paraphrase}: {cell.by_grade}" for cell in below), sep="\n")
    print("\nNot in the table, since no verifier could tell:")
    print(*(f"  {what}: {why}" for what, why in UNCATCHABLE.items()), sep="\n")


if __name__ == "__main__":
    main()
