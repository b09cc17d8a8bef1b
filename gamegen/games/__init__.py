"""The games that there are: Countdown, which the corpora are made of first of all, and small ones, each a file here.

Another package adds a small game by an entry point of the group ``gamegen.games``, whose name is that of the game and whose
object is a ``SmallGame``; such a game is gone through by ``checking.check`` before it is played.
"""

from functools import cache
from importlib.metadata import entry_points
from typing import Any

from gamegen.errors import GamegenError
from gamegen.games.checking import check
from gamegen.games.colouring import Colouring
from gamegen.games.jugs import WaterJugs
from gamegen.games.knights import Knights
from gamegen.games.queens import Queens
from gamegen.games.small import SmallGame
from gamegen.games.sudoku import MiniSudoku

COUNTDOWN = "countdown"
GROUP = "gamegen.games"
OURS: dict[str, type[SmallGame[Any, Any, Any]]] = {
    game.name: game for game in (WaterJugs, Queens, Colouring, MiniSudoku, Knights)
}


@cache
def names() -> tuple[str, ...]:
    """Every game that can be named, Countdown first."""
    theirs = {point.name for point in entry_points(group=GROUP)} - {COUNTDOWN, *OURS}
    return (COUNTDOWN, *OURS, *sorted(theirs))


@cache
def small_game(name: str, size: int | None = None) -> SmallGame[Any, Any, Any]:
    """The small game of that name and size. Raises SpecError for a size that it has not, GamegenError for a broken game."""
    return _kind(name)(size)


@cache
def _kind(name: str) -> type[SmallGame[Any, Any, Any]]:
    if name in OURS:
        return OURS[name]
    (point,) = entry_points(group=GROUP, name=name)
    kind = point.load()
    if not (isinstance(kind, type) and issubclass(kind, SmallGame)):
        raise GamegenError(f"game {name}: {point.value} is no SmallGame; the entry point must name a subclass of it")
    check(kind(None))
    return kind
