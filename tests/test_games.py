"""What holds for every small game and size; that ``checking.check`` finds what is wrong with one; games of other packages."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gamegen.errors import GamegenError, SpecError
from gamegen.game import Patterns
from gamegen.games import COUNTDOWN, OURS, names, small_game
from gamegen.games.checking import check
from gamegen.games.jugs import Jugs, JugsPuzzle, Pour, WaterJugs
from gamegen.games.small import SmallGame
from gamegen.rng import Draws, Permutation

EVERY = [(name, size) for name, kind in OURS.items() for size in kind.sizes]
every_game = pytest.mark.parametrize(("name", "size"), EVERY)
NUMBERS = 2000  # of each space that are looked up


@every_game
def test_it_keeps_to_the_protocol(name: str, size: int) -> None:
    check(OURS[name](size))


@every_game
def test_each_number_is_one_puzzle_and_no_two_are_the_same(name: str, size: int) -> None:
    game, again = OURS[name](size), OURS[name](size)
    order = Permutation(len(game), "test")
    numbers = [order[i] for i in range(min(NUMBERS, len(game)))]
    found = {k: game.puzzle(k) for k in numbers}
    assert [again.puzzle(k) for k in reversed(numbers)] == list(reversed(found.values()))
    puzzles = [puzzle for puzzle in found.values() if puzzle is not None]
    assert puzzles and len(set(puzzles)) == len(puzzles)


@every_game
def test_equal_puzzles_have_equal_keys(name: str, size: int) -> None:
    game, again = OURS[name](size), OURS[name](size)
    draws = Draws("test", name, size)
    puzzles = [puzzle for _ in range(200) if (puzzle := game.puzzle(draws.below(len(game)))) is not None]
    for puzzle in puzzles:
        heard = again.hear_puzzle(game.say_puzzle(puzzle))
        assert heard == puzzle and hash(heard) == hash(puzzle)
        assert game.key(game.start(puzzle)) == again.key(again.start(heard))
        assert game.key(game.start(puzzle)).startswith(f"{name}/")
        with pytest.raises(ValueError):
            game.hear_puzzle(game.say_puzzle(puzzle).replace(":", ": x", 1))


@every_game
def test_its_words_are_there(name: str, size: int) -> None:
    game = OURS[name](size)
    assert game.name == name and game.usual in game.sizes and game.says and game.counts and game.answer_form
    assert game.capacity >= 2


@pytest.mark.parametrize("name", OURS)
def test_a_size_that_it_has_not_is_refused(name: str) -> None:
    kind = OURS[name]
    for size in (kind.sizes[0] - 1, kind.sizes[-1] + 1, -1, 10**9):
        with pytest.raises(SpecError, match=rf"puzzles.size: {size} given; {name} has {kind.sizes[0]} to {kind.sizes[-1]}"):
            small_game(name, size)
    assert small_game(name).size == kind.usual


JUNK = [
    "",
    "null",
    "[]",
    "{}",
    "{",
    "[" * 3000,
    '{"a":' * 500,
    "1" * 5000,
    '{"size":' + "9" * 3000 + "}",
    "NaN",
    '"\\ud800"',
    '{"capacities":[NaN],"levels":[0],"goal":1e9,"moves":true}',
]


@pytest.mark.parametrize("text", JUNK, ids=range(len(JUNK)))
@pytest.mark.parametrize("name", OURS)
def test_no_junk_is_a_puzzle(name: str, text: str) -> None:
    with pytest.raises(ValueError):
        small_game(name).hear_puzzle(text)


VALUES: list[Any] = [
    None,
    True,
    -1,
    10**6,
    10**30,
    0.5,
    "",
    "x",
    [],
    [[]],
    [1],
    ["a"],
    [[[[1]]]],
    {},
    "a" * 5000,
    [[1, 2], "a"],
]


@every_game
def test_a_puzzle_with_one_field_wrong_is_refused_or_another(name: str, size: int) -> None:
    """Whatever a field says, what is heard is sound: it can be asked, played and said again."""
    game = OURS[name](size)
    draws = Draws("fields", name, size)
    puzzle = next(puzzle for _ in range(NUMBERS) if (puzzle := game.puzzle(draws.below(len(game)))) is not None)
    fields = json.loads(game.say_puzzle(puzzle))
    for field in fields:
        for value in VALUES:
            try:
                heard = game.hear_puzzle(json.dumps({**fields, field: value}))
            except ValueError:
                continue
            start = game.start(heard)
            assert game.question(start) and game.hear_state(game.say_state(start), start) == start
            assert heard == game.hear_puzzle(game.say_puzzle(heard))


# Games with one thing wrong each, and what is said of them.


class IllegalMove(WaterJugs):
    def children(self, state: Jugs) -> dict[Jugs, Pour]:
        idle = [Pour(jug, None) for jug, level in enumerate(state.levels) if not level]
        return {**super().children(state), **{Jugs(state.puzzle, state.levels, state.left - 1): pour for pour in idle}}


class LeadsElsewhere(WaterJugs):
    def play(self, state: Jugs, move: Pour) -> Jugs:
        played = super().play(state, move)
        return played._replace(levels=played.levels[::-1])


class SolvedAndDead(WaterJugs):
    def _live(self, state: Jugs) -> bool:
        return super()._live(state) and not self.solved(state)


class LiveAndDead(WaterJugs):
    def _live(self, state: Jugs) -> bool:
        return True


class SolvedAtOnce(WaterJugs):
    def solved(self, state: Jugs) -> bool:
        return True


class OtherMoves(WaterJugs):
    patterns = WaterJugs.patterns._replace(move="fill [A-D]")


class OtherStates(WaterJugs):
    patterns = WaterJugs.patterns._replace(state="[0-9], [0-9]")


class OtherGoals(WaterJugs):
    patterns = WaterJugs.patterns._replace(goal="[0-9]{1,2} gallons")


class Grouped(WaterJugs):
    patterns = WaterJugs.patterns._replace(goal="([0-9]{1,2}) litres")


class Unbounded(WaterJugs):
    patterns = WaterJugs.patterns._replace(goal="[0-9]+ litres")


class Empty(WaterJugs):
    patterns = WaterJugs.patterns._replace(goal="(?:[0-9]{1,2} litres)?")


class NoPattern(WaterJugs):
    patterns = WaterJugs.patterns._replace(goal="(?:[0-9]")


class Bracketed(WaterJugs):
    patterns = Patterns(WaterJugs.patterns.move, WaterJugs.patterns.state, r"\[[0-9]{1,2}\]")

    def say_goal(self, state: Jugs) -> str:
        return f"[{state.puzzle.goal}]"


class Endless(WaterJugs):
    def left(self, state: Jugs) -> int:
        return state.puzzle.moves

    def children(self, state: Jugs) -> dict[Jugs, Pour]:
        return super().children(state) if state.left else {}


class HeardAsAnother(WaterJugs):
    def hear_state(self, text: str, start: Jugs) -> Jugs:
        heard = super().hear_state(text, start)
        return heard._replace(left=start.left)


class Deaf(WaterJugs):
    def hear_move(self, text: str, start: Jugs) -> Pour:
        if text.startswith("pour"):
            raise ValueError(f"{text!r} is no move")
        return super().hear_move(text, start)


class NoWin(WaterJugs):
    def win(self, state: Jugs, draws: Draws) -> list[Pour]:
        return super().win(state, draws)[:-1]


class WinsNothing(WaterJugs):
    def win(self, state: Jugs, draws: Draws) -> list[Pour]:
        raise ValueError("no")


class DeafToAnswers(WaterJugs):
    def say_answer(self, start: Jugs, moves: Sequence[Pour]) -> str:
        return ", ".join(map(self.say_move, moves)) + ", done"


class OtherAnswer(WaterJugs):
    def hear_way(self, text: str, start: Jugs) -> dict[Jugs, Pour | None]:
        return {}


class RightFalseAnswer(WaterJugs):
    def false_answer(self, start: Jugs, moves: Sequence[Pour], draws: Draws) -> str | None:
        return self.say_answer(start, moves)


class LyingBound(WaterJugs):
    def bound(self, state: Jugs) -> tuple[str, Any] | None:
        return ("smallest", 1) if state.left == 1 else None


class SameLook(WaterJugs):
    def look_alike(self, state: Jugs, draws: Draws) -> Jugs:
        return state


class LegalInvention(WaterJugs):
    def over_others(self, state: Jugs, move: Pour, earlier: Sequence[Jugs], invented: bool, draws: Draws) -> Pour | None:
        return move


class OtherPuzzle(WaterJugs):
    def hear_puzzle(self, text: str) -> JugsPuzzle:
        puzzle = super().hear_puzzle(text)
        return puzzle._replace(moves=puzzle.moves + 1)


class Fickle(WaterJugs):
    asked = 0

    def puzzle(self, k: int) -> JugsPuzzle | None:
        self.asked += 1
        return super().puzzle((k + self.asked) % len(self))


class NoPuzzles(WaterJugs):
    def puzzle(self, k: int) -> JugsPuzzle | None:
        return None


class NoQuestion(WaterJugs):
    def question(self, start: Jugs) -> str:
        return " "


class NoKey(WaterJugs):
    def key(self, state: Jugs) -> Any:
        return state.levels


class Inexact(WaterJugs):
    heuristics = {"far": lambda state: state.left / 3}  # noqa: RUF012


class Misnamed(WaterJugs):
    name = "Water jugs"


class Unfinished(WaterJugs):
    def key(self, state: Jugs) -> str:
        raise NotImplementedError


BROKEN = {
    IllegalMove: "the move 'empty [A-D]' from '.*' is not legal",
    LeadsElsewhere: "does not lead where it is said to",
    SolvedAndDead: "is live by its moves, and not called so",
    LiveAndDead: "is dead by its moves, and not called so",
    SolvedAtOnce: "is solved at the start",
    OtherMoves: "its pattern of moves does not match",
    OtherStates: "its pattern of states does not match",
    OtherGoals: "its pattern of goals does not match",
    Grouped: "has a group",
    Unbounded: "is not bounded",
    Empty: "matches the empty string",
    NoPattern: "it raises error .missing",
    Bracketed: "has one of the signs",
    Endless: "no fewer moves are left",
    HeardAsAnother: "the state '.*' is heard as another",
    Deaf: "the move 'pour .*' from '.*' is not legal",
    NoWin: "its win from '.*' does not solve it",
    WinsNothing: "it knows no win from '.*', which is live",
    DeafToAnswers: "is not heard",
    OtherAnswer: "the answer '.*' does not solve it",
    RightFalseAnswer: "the false answer '.*' is right",
    LyingBound: "has a bound, and can be won",
    SameLook: "what is to look like '.*' is the same",
    LegalInvention: "is to be false, and is legal",
    OtherPuzzle: "the puzzle .* is heard as another",
    Fickle: "is another when it is asked for again",
    NoPuzzles: "of 2000 numbers of its space none is a puzzle",
    NoQuestion: "it has no question",
    NoKey: "the key of '.*' is no text",
    Inexact: "its heuristic far of '.*' is no exact number",
    Misnamed: "its name is not made of small letters",
    Unfinished: r"it raises NotImplementedError \(\)",
}


@pytest.mark.parametrize("kind", BROKEN, ids=lambda kind: kind.__name__)
def test_a_broken_game_is_found(kind: type[WaterJugs]) -> None:
    with pytest.raises(GamegenError) as error:
        check(kind())
    assert re.search(BROKEN[kind], str(error.value)), error.value
    assert str(error.value).startswith(f"game {kind.name}: ") and str(error.value).endswith("remove its package")
    assert "\n" not in str(error.value)


# Games of other packages.

GAME = """
from gamegen.games.jugs import WaterJugs

class Buckets(WaterJugs):
    name = "buckets"
    says = "jugs by another name"

class Pails(Buckets):
    name = "jugs"

class Broken(WaterJugs):
    name = "broken"

    def look_alike(self, state, draws):
        return state

class Raising(WaterJugs):
    name = "raising"

    def __init__(self, size):
        raise RuntimeError("two\\nlines")

nothing = 1
"""


def found(path: Path, points: dict[str, dict[str, str]], code: str) -> str:
    """What a fresh process prints that has packages with these entry points on its path."""
    (path / "others.py").write_text(GAME)
    for package, games in points.items():
        info = path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        lines = "".join(f"{name} = {value}\n" for name, value in games.items())
        (info / "entry_points.txt").write_text(f"[gamegen.games]\n{lines}")
    said = (
        "from gamegen.errors import GamegenError\nfrom gamegen.games import names, small_game\n"
        f"try:\n    print({code})\nexcept GamegenError as error:\n    print('refused:', error)\n"
    )
    searched = os.pathsep.join([str(path), *(folder for folder in sys.path if folder)])
    done = subprocess.run(
        [sys.executable, "-c", said], env={**os.environ, "PYTHONPATH": searched}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_game_of_another_package_is_found_and_played(tmp_path: Path) -> None:
    points = {"buckets": {"buckets": "others:Buckets"}}
    code = "(names(), small_game('buckets').says, small_game('buckets', 3).size)"
    assert found(tmp_path, points, code) == str(((COUNTDOWN, *OURS, "buckets"), "jugs by another name", 3))


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ("broken = others:Broken", "what is to look like '.*' is the same"),
        (
            "raising = others:Raising",
            r"others:Raising cannot be loaded \(RuntimeError: two lines\); mend or remove its package",
        ),
        ("gone = nowhere:Game", r"nowhere:Game cannot be loaded \(ModuleNotFoundError: .*\)"),
        ("gone = others:Game", r"others:Game cannot be loaded \(AttributeError: .*\)"),
        ("nothing = others:nothing", "others:nothing is no SmallGame; the entry point must name a subclass of it"),
        ("pots = others:Buckets", "others:Buckets is named 'buckets'; the entry point must have the same name"),
    ],
)
def test_a_broken_one_is_refused_in_one_line(tmp_path: Path, point: str, words: str) -> None:
    name, value = point.split(" = ")
    said = found(tmp_path, {"other": {name: value}}, f"small_game({name!r})")
    assert re.fullmatch(f"refused: game {name}: .*{words}.*", said), said


def test_a_name_of_ours_stays_ours(tmp_path: Path) -> None:
    points = {"pails": {"jugs": "others:Pails", COUNTDOWN: "others:Pails"}}
    said = found(tmp_path, points, "(names(), type(small_game('jugs')).__module__)")
    assert said == str(((COUNTDOWN, *OURS), "gamegen.games.jugs"))


def test_of_two_packages_with_one_name_neither_is_played(tmp_path: Path) -> None:
    points = {"one": {"buckets": "others:Buckets"}, "two": {"buckets": "others:Broken"}}
    said = found(tmp_path, points, "small_game('buckets')")
    assert said.startswith("refused: game buckets: 2 packages bring one of that name (others:Broken, others:Buckets)")


@pytest.mark.parametrize("name", ["no_such_game", COUNTDOWN, ""])
def test_what_is_no_small_game_is_refused(name: str) -> None:
    with pytest.raises(GamegenError, match=r"there is no such small game; choose from: .*jugs"):
        small_game(name)
    assert names()[: 1 + len(OURS)] == (COUNTDOWN, *OURS)
    assert all(issubclass(kind, SmallGame) for kind in OURS.values())
