"""The game that docs/new_game.md makes: its code is taken from the page, checked, counted by brute force and played."""

import doctest
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gamegen.assembly import Asked, assemble
from gamegen.games.checking import check
from gamegen.rng import Draws
from gamegen.trace import count

PAGE = Path(__file__).parent.parent / "docs" / "new_game.md"


def code() -> str:
    (found,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture(scope="module")
def ladder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The module that the page has the reader write."""
    folder = tmp_path_factory.mktemp("ladder")
    (folder / "ladder.py").write_text(code(), encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield importlib.import_module("ladder")
    sys.path.remove(str(folder))
    del sys.modules["ladder"]


def test_it_has_fewer_than_a_hundred_lines() -> None:
    assert len(code().splitlines()) < 100


def test_it_keeps_to_the_protocol(ladder: ModuleType) -> None:
    for size in ladder.Ladder.sizes:
        check(ladder.Ladder(size))


def test_what_the_page_shows_is_what_happens(ladder: ModuleType) -> None:
    assert doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8").failed == 0


def reached(number: int, goal: int, added: tuple[int, ...]) -> set[int]:
    """Every number that can be climbed to, by brute force from below."""
    found = {number}
    for n in range(number, goal + 1):
        if n - number and ((n % 3 == 0 and n // 3 in found) or found & {n - by for by in added}):
            found.add(n)
    return found


def test_what_can_be_won_is_what_brute_force_wins(ladder: ModuleType) -> None:
    game, draws = ladder.Ladder(), Draws("ladder")
    puzzles = [game.puzzle(draws.below(len(game))) for _ in range(400)]
    won = [puzzle.goal in reached(*puzzle) for puzzle in puzzles]
    assert won == [game.live(game.start(puzzle)) for puzzle in puzzles]
    assert 0.4 <= sum(won) / len(won) <= 0.9


def test_no_two_moves_lead_to_one_state(ladder: ModuleType) -> None:
    assert all(number + by != 3 * number for number in range(1, 100) for by in ladder.ADDED)


def test_what_cannot_be_lost_is_known_at_once(ladder: ModuleType) -> None:
    # By 1 and 3 there are some 4 * 10**11 plays from 8 to 79, all of which win; each of the 72 states is looked at once.
    assert not ladder.Ladder().can_be_lost(ladder.Rung(8, 79, (1, 3)))
    assert ladder.Ladder().can_be_lost(ladder.Rung(8, 79, (5, 7)))


@pytest.mark.parametrize("text", ["", "5", "5 + 7", "5 + 7 = ", "5 - 7 = 2", "5 + 7 = 12 12", "\u0665 + 7 = 12", "9" * 10**5])
def test_junk_is_refused(ladder: ModuleType, text: str) -> None:
    game, start = ladder.Ladder(), ladder.Rung(5, 31, (5, 7))
    for said in (text, f"{text} ", f"{text}; {text}"):
        with pytest.raises(ValueError):
            game.hear_move(said, start)
        with pytest.raises(ValueError):
            game.hear_answer(said, start)


def test_a_game_is_played_through(ladder: ModuleType) -> None:
    game: Any = ladder.Ladder()
    draws = Draws("play")
    made = 0
    while made < 20:
        puzzle = game.puzzle(draws.below(len(game)))
        if not game.live(puzzle):
            continue
        events = assemble(game, game.start(puzzle), Asked(made % 2 + 1), Draws(made))
        if events is None:
            continue
        made += 1
        path = [puzzle.number]
        for event in events:
            if event.kind == "try":
                left, result = event.move.split(" = ")
                number, sign, by = left.split()
                assert int(number) == path[-1]
                assert int(result) == (path[-1] + int(by) if sign == "+" else path[-1] * 3) == event.state.number  # type: ignore[attr-defined]
                assert int(by) in ((*puzzle.added,) if sign == "+" else (3,))
                path.append(int(result))
            elif event.kind == "dead_end":
                assert reached(path[-1], puzzle.goal, puzzle.added) == {path[-1]} != {puzzle.goal}
            elif event.kind == "backtrack":
                path = path[: path.index(event.state.number) + 1]  # type: ignore[attr-defined]
        assert path[-1] == puzzle.goal and count(events, "backtrack") == (made - 1) % 2 + 1
