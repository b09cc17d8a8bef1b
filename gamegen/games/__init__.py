"""The games that there are: Countdown, which the corpora are made of first of all, and small ones, each a file here.

Another package adds a small game by an entry point of the group ``gamegen.games``, whose name is that of the game and whose
object is a ``SmallGame``; such a game is gone through by ``checking.check`` before it is played. One that has the name of a
game of ours is passed over.
"""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from gamegen.errors import GamegenError
from gamegen.games.checking import check
from gamegen.games.jugs import WaterJugs
from gamegen.games.maze import Maze
from gamegen.games.modular import Modular
from gamegen.games.small import SmallGame
from gamegen.games.strings import Strings
from gamegen.games.subset import SubsetSum

COUNTDOWN = "countdown"
GROUP = "gamegen.games"
OURS: dict[str, type[SmallGame[Any, Any, Any]]] = {game.name: game for game in (Modular, Strings, SubsetSum, WaterJugs, Maze)}


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
    points = tuple(entry_points(group=GROUP, name=name)) if name != COUNTDOWN else ()
    if not points:
        raise GamegenError(f"game {name}: there is no such small game; choose from: {', '.join(names()[1:])}")
    if len(points) > 1:
        brought = ", ".join(sorted(point.value for point in points))
        raise GamegenError(f"game {name}: {len(points)} packages bring one of that name ({brought}); remove all but one")
    return _loaded(points[0])


def _loaded(point: EntryPoint) -> type[SmallGame[Any, Any, Any]]:
    """The game of another package, gone through. Raises GamegenError."""
    try:
        kind = point.load()
        game = kind(None) if isinstance(kind, type) and issubclass(kind, SmallGame) else None
    except Exception as error:  # it is anybody's code
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise GamegenError(f"game {point.name}: {point.value} cannot be loaded ({said}); mend or remove its package") from error
    if game is None:
        raise GamegenError(f"game {point.name}: {point.value} is no SmallGame; the entry point must name a subclass of it")
    if game.name != point.name:
        raise GamegenError(f"game {point.name}: {point.value} is named {game.name!r}; the entry point must have the same name")
    check(game)
    return type(game)
