"""What the rows of a corpus are about: a game with its puzzles, and all that a row says of them beside the trace.

There are two kinds of subjects: Countdown, and small games.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from gamegen import games
from gamegen.difficulty import measure, measure_small, shape
from gamegen.errors import SpecError
from gamegen.games.countdown import Puzzle, State
from gamegen.prompts import countdown_words
from gamegen.puzzles import PuzzleSpace
from gamegen.rng import Draws
from gamegen.spaces import Space
from gamegen.spec import Spec
from gamegen_verifiers import Notation, Verdict, verify, verify_game

Row = dict[str, Any]
COUNTDOWNS = ("numbers", "target", "rules")  # columns that are of Countdown alone


class Shown(NamedTuple):
    """A puzzle as a row shows it: in the columns, and in the slots of the prompt."""

    columns: Row
    words: Mapping[str, str]


class Subject(Protocol):
    game: Any
    space: Any
    room: int  # backtracks that each puzzle has room for

    def shown(self, puzzle: Any, draws: Draws) -> Shown: ...

    def difficulty(self, start: Any, path: Sequence[Any]) -> Row: ...

    def judge(self, puzzle: Any, text: str) -> Verdict: ...


class CountdownSubject:
    def __init__(self, spec: Spec, for_suites: bool) -> None:
        if spec.puzzles.size is not None:
            raise SpecError("puzzles.size", f"{spec.puzzles.size} given beside game={games.COUNTDOWN}; it has puzzles.count")
        self.space = PuzzleSpace(spec.puzzles, spec.rules, spec.seed, for_suites)
        self.game = self.space.game  # one game, so that what its oracle found for the puzzle serves the run too
        self.room = spec.puzzles.capacity
        self.surface, self.notation = spec.surface, Notation(**vars(spec.surface))

    def shown(self, puzzle: Puzzle, draws: Draws) -> Shown:
        numbers, rules = list(puzzle.numbers), puzzle.rules
        draws.shuffle(numbers)
        stated = {"operations": rules.operations, "use_all": rules.use_all, "values": rules.values}
        columns = {"numbers": numbers, "target": puzzle.target, "rules": stated, "puzzle": None}
        return Shown(columns, countdown_words(puzzle, numbers, self.surface))

    def difficulty(self, start: State, path: Sequence[Any]) -> Row:
        found = measure(self.game, start)._asdict()
        return {"numbers": len(start.numbers), **found, "shape": shape(start, path) if path else None}

    def judge(self, puzzle: Puzzle, text: str) -> Verdict:
        return verify(puzzle, text, self.notation)


class SmallSubject:
    def __init__(self, spec: Spec, for_suites: bool) -> None:
        (name,) = spec.games
        refuse_settings(spec)
        self.game = games.small_game(name, spec.puzzles.size)
        self.space = Space(spec.puzzles, self.game, spec.seed, for_suites)
        self.room = self.space.room

    def shown(self, puzzle: Any, draws: Draws) -> Shown:
        columns = {**dict.fromkeys(COUNTDOWNS), "puzzle": self.game.say_puzzle(puzzle)}
        words = {"question": self.game.question(self.game.start(puzzle)), "answer_form": self.game.answer_form}
        return Shown(columns, words)

    def difficulty(self, start: Any, path: Sequence[Any]) -> Row:
        return {"numbers": None, **measure_small(self.game, start)._asdict(), "shape": None}

    def judge(self, puzzle: Any, text: str) -> Verdict:
        return verify_game(self.game, puzzle, text)


def refuse_settings(spec: Spec) -> None:
    """Raise SpecError for a setting of Countdown where Countdown is no game of the spec."""
    if games.COUNTDOWN in spec.games:
        return
    for (key, given), (_, usual) in zip(_countdown_settings(spec), _countdown_settings(Spec()), strict=True):
        if given != usual:
            beside = f"given beside game={', '.join(spec.games)}"
            raise SpecError(key, f"{given} {beside}; it is a setting of {games.COUNTDOWN}, leave it out")


def _countdown_settings(spec: Spec) -> Iterator[tuple[str, Any]]:
    for group, of in (("rules", spec.rules), ("surface", spec.surface), ("puzzles.difficulty", spec.puzzles.difficulty)):
        yield from ((f"{group}.{name}", value) for name, value in vars(of).items())
    for dial in ("count", "numbers", "target"):
        yield f"puzzles.{dial}", getattr(spec.puzzles, dial)


def subject(spec: Spec, for_suites: bool = False) -> Subject:
    """The subject of a spec with one game, for a corpus or for suites. Raises SpecError for settings that the game has not."""
    return (CountdownSubject if spec.is_countdown else SmallSubject)(spec, for_suites)
