"""Whether a corpus and the eval suites overlap, found from what both have written down, not from how they were made.

A row *meets* the suite where its puzzle, or any state that its events name, with its goal, is a puzzle of the suite: of the
same numbers whatever their order and the rules, or the same puzzle of a small game but for names and order.
"""

from collections.abc import Iterable, Iterator, Set
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from gamegen import games
from gamegen.corpus import Row

Key = tuple[str, object]  # of a puzzle: the game, and the sorted numbers with their goal, or the game's own key


def puzzles(suite: Path) -> frozenset[Key]:
    """The puzzles of a suite that is a folder of Parquet files, those of other scorers apart."""
    columns = ["game", "numbers", "target", "puzzle", "scorer"]
    rows = [row for file in sorted(suite.glob("*/*.parquet")) for row in pq.read_table(file, columns=columns).to_pylist()]
    return frozenset(puzzle(row) for row in rows if row["scorer"]["name"] == "gamegen")


def puzzle(row: Row) -> Key:
    """The puzzle of a row."""
    if row["game"] == games.COUNTDOWN:
        return row["game"], (tuple(sorted(map(str, row["numbers"]))), str(row["target"]))
    game, start = _small(row["game"], row["puzzle"])
    return row["game"], game.key(start)


def meetings(rows: Iterable[Row], suite: Set[Key]) -> Iterator[tuple[str, Key]]:
    """The rows that meet a suite, by id, each with what it meets."""
    return ((row["id"], key) for row in rows for key in {puzzle(row), *_states(row)} & suite)


def _states(row: Row) -> Iterator[Key]:
    named = {event["state"] for event in row["events"] if event["kind"] == "try"}
    if row["game"] == games.COUNTDOWN:
        goal = str(row["target"])
        yield from ((row["game"], (tuple(sorted(state.split(", "))), goal)) for state in named)
    else:
        game, start = _small(row["game"], row["puzzle"])
        yield from ((row["game"], game.key(game.hear_state(state, start))) for state in named)


@lru_cache(maxsize=64)
def _small(name: str, stated: str) -> tuple[Any, Any]:
    game = games.small_game(name)
    return game, game.start(game.hear_puzzle(stated))
