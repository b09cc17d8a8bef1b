"""How many sound rows the verifier calls sound, by style, as written and after each paraphrase.

Solved rows, in traces of all kinds of dead ends, subgoals, checks and verbosities, are to be `verified`; runs of a policy that
ran out of budget are to be `unsolved` without a false step. Prints the share of each, with its bootstrap interval, and
what else the rows were graded.

    python benchmarks/verifier/sound.py [--rows N] [--styles NAME …] [--paraphrases all|NAME …] [--json]
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from gamegen.corpus import Maker
from gamegen.policies import NEEDED, ORDERS
from gamegen.spec import load
from gamegen.styles import names, style
from gamegen_benchmarks.known_groups import PLAIN, paraphrased
from gamegen_benchmarks.paraphrase import PARAPHRASES
from gamegen_benchmarks.statistics import share
from gamegen_verifiers import Puzzle, verify

# Each row is made by the next of these in turn.
SOLVED = (
    ("trace.backtracks=[0,12]",),
    ("trace.backtracks=[1,12]", "style.verbosity=0"),
    ("trace.backtracks=[1,12]", "style.verbosity=3", "trace.checks=0.3", "trace.subgoals=0.3"),
    ("trace.backtracks=[4,8]", "trace.dead_ends={exhausted_two: 0.1, bounded: 0.2, set_aside: 0.2}", "trace.checks=0.1"),
    ("trace.backtracks=[1,12]", "puzzles.count=3", "prompt.template=boxed"),
    ("trace.backtracks=[1,12]", "puzzles.count=5", "prompt.template=short"),
)
LOGS = ("equations", "stream_of_search")  # which cannot say all that
OUT_OF_BUDGET = tuple((f"trace.policy={name}", "trace.budget=6") for name in ORDERS)


def rows(name: str, ways: tuple[tuple[str, ...], ...], number: int) -> Iterator[dict[str, Any]]:
    """The rows of a style, each made in the next of the ways."""
    makers = [Maker(load(settings=["arms=[procedure]", f"style.name={name}", *settings])) for settings in ways]
    for i in range(number):
        yield makers[i % len(makers)].rows("test", i // len(makers))["procedure"]


def fitting(name: str) -> tuple[tuple[str, ...], ...]:
    """The ways to make a solved row that a style has the words for."""
    return tuple(way for way in SOLVED if name not in LOGS or not any("dead_ends" in setting for setting in way))


def measured(made: list[dict[str, Any]], paraphrase: str, wanted: str) -> dict[str, Any]:
    """The share of the rows that have the wanted grade and no false step, and the grades and reasons of the others."""
    hits, others = [], Counter[str]()
    for row in made:
        text = paraphrased(row["completion"][0]["content"], paraphrase)
        verdict = verify(Puzzle(tuple(row["numbers"]), row["target"]), text)
        hits.append(verdict.grade == wanted and verdict.first_error == -1)
        if not hits[-1]:
            others[", ".join((verdict.grade, *verdict.reasons))] += 1
    estimate = share(hits)
    return {"rows": len(hits), "share": estimate.value, "low": estimate.low, "high": estimate.high, "others": dict(others)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1000, help="rows of each style and group")
    parser.add_argument("--styles", nargs="+", default=names(), choices=names(), metavar="NAME")
    parser.add_argument("--paraphrases", nargs="+", default=[], choices=["all", *PARAPHRASES], metavar="NAME")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    asked = list(PARAPHRASES) if "all" in options.paraphrases else options.paraphrases
    for name in options.styles:
        groups = {"verified": list(rows(name, fitting(name), options.rows))}
        if all(kind in style(name).phrases for kind in NEEDED):
            run = rows(name, OUT_OF_BUDGET, options.rows)
            groups["unsolved"] = [row for row in run if row["events"][-1]["kind"] == "stop"]
        for wanted, made in groups.items():
            for paraphrase in (PLAIN, *asked):
                found = measured(made, paraphrase, wanted)
                if options.json:
                    print(json.dumps({"style": name, "wanted": wanted, "paraphrase": paraphrase, **found}), flush=True)
                else:
                    figures = f"{found['share']:8.3%} [{found['low']:.3%}, {found['high']:.3%}] of {found['rows']:,}"
                    print(f"{name:17} {wanted:9} {paraphrase:23} {figures} {found['others'] or ''}", flush=True)


if __name__ == "__main__":
    main()
