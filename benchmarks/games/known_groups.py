"""What the verifier makes of every small game: of sound rows, and of the same rows with one defect.

Sound rows are of every style that a small game can be told in, a fifth of them without a solution where the style can say so;
all are to be `verified` from their text. Then each kind of corruption that the game can have, against its paired sound rows:
the AUC of "not verified", over all styles that can say it, with its bootstrap interval by puzzle.

    python benchmarks/games/known_groups.py [--rows N] [--pairs N] [--games NAME …] [--json]
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from gamegen import games
from gamegen.corpus import Maker, Row
from gamegen.corruptions import KINDS
from gamegen.errors import GamegenError
from gamegen.prompts import NO_SOLUTION
from gamegen.spec import load
from gamegen.styles import names, style
from gamegen_benchmarks.known_groups import can_say, maker
from gamegen_benchmarks.statistics import auc

STYLES = [name for name in names() if not style(name).published]
UNSOLVABLE = 0.2  # of the rows, in the styles that can say it
BOUND = 0.99


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2000, help="sound rows of each game")
    parser.add_argument("--pairs", type=int, default=100, help="pairs of each kind, over the styles by turns")
    parser.add_argument("--games", nargs="+", default=games.names()[1:], choices=games.names()[1:], metavar="NAME")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for game in options.games:
        sound = sound_rows(game, options.rows)
        _show(options.json, {"game": game, **sound}, f"{game:12} {sound['verified']:,} of {sound['rows']:,} verified")
        for kind in KINDS:
            cell = known_group(game, kind, options.pairs)
            auc_of = (
                f"AUC {cell['auc']:.3f} [{cell['low']:.3f}, {cell['high']:.3f}] of {cell['pairs']} pairs"
                if cell["pairs"]
                else ""
            )
            below = "  BELOW" if cell["pairs"] and cell["auc"] < BOUND else ""
            _show(options.json, {"game": game, **cell}, f"{'':12} {kind:20} {auc_of or 'does not apply'}{below}")


def _show(as_json: bool, found: dict[str, Any], said: str) -> None:
    print(json.dumps(found) if as_json else said, flush=True)


def sound_rows(game: str, number: int) -> dict[str, Any]:
    """How many sound rows there are, how many of them are verified, how many have no solution, and what others are graded."""
    grades, unsolvable = Counter[str](), 0
    made = [Maker(load(settings=[f"game={game}", "arms=[procedure]", *_unsolvable(name)])) for name in STYLES]
    for i in range(number):
        (row,) = made[i % len(made)].rows("train", i // len(made)).values()
        grades[", ".join((row["verdict"]["grade"], *row["verdict"]["reasons"]))] += 1
        unsolvable += row["answer"] == NO_SOLUTION
    verified = grades.pop("verified", 0)
    return {"rows": number, "verified": verified, "unsolvable": unsolvable, "others": dict(grades)}


def _unsolvable(name: str) -> tuple[str, str]:
    """The style, and the share without a solution where it can say so."""
    return f"style.name={name}", f"puzzles.unsolvable={UNSOLVABLE * ('exhausted' in style(name).phrases)}"


def known_group(game: str, kind: str, number: int) -> dict[str, Any]:
    """The AUC of "not verified" of a kind; without pairs where no row has a place for it."""
    bad, sound = list[bool](), list[bool]()
    for row in _pairs(game, kind, number):
        bad.append(row["corrupted"]["verdict"]["grade"] != "verified")
        sound.append(row["procedure"]["verdict"]["grade"] != "verified")
    if not bad:
        return {"kind": kind, "pairs": 0}
    found = auc(bad, sound)
    return {"kind": kind, "pairs": len(bad), "auc": found.value, "low": found.low, "high": found.high}


def _pairs(game: str, kind: str, number: int) -> Iterator[dict[str, Row]]:
    """Pairs over the styles that can say the kind, by turns; a row without a place for it is passed over."""
    if KINDS[kind].of_results and not games.small_game(game).states_results:
        return
    able = [name for name in STYLES if can_say(kind, name)]
    made = [maker(kind, name, f"game={game}", "trace.backtracks=[1,2]") for name in able]
    for i in range(number):
        with suppress(GamegenError):
            yield made[i % len(made)].rows("train", i // len(made))


if __name__ == "__main__":
    main()
