"""What the rows of a corpus are about: a game with its puzzles, and all that a row says of them beside the trace.

There are two kinds of subjects: Countdown, and small games.
"""

from collections.abc import Mapping, Sequence
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
        self._refuse_settings(spec, name)
        self.game = games.small_game(name, spec.puzzles.size)
        self.space = Space(spec.puzzles, self.game, spec.seed, for_suites)
        self.room = self.space.room

    def _refuse_settings(self, spec: Spec, name: str) -> None:
        """Raise SpecError for a setting of Countdown, which a small game has not."""
        plain = Spec()
        settings = [(key, getattr(spec, key), getattr(plain, key)) for key in ("rules", "surface")]
        for dial in ("count", "numbers", "target", "difficulty"):
            settings.append((f"puzzles.{dial}", getattr(spec.puzzles, dial), getattr(plain.puzzles, dial)))
        for key, given, usual in settings:
            if given != usual:
                raise SpecError(key, f"{given} given beside game={name}; it is a setting of {games.COUNTDOWN}, leave it out")

    def shown(self, puzzle: Any, draws: Draws) -> Shown:
        columns = {**dict.fromkeys(COUNTDOWNS), "puzzle": self.game.say_puzzle(puzzle)}
        words = {"question": self.game.question(self.game.start(puzzle)), "answer_form": self.game.answer_form}
        return Shown(columns, words)

    def difficulty(self, start: Any, path: Sequence[Any]) -> Row:
        return {"numbers": None, **measure_small(self.game, start)._asdict(), "shape": None}

    def judge(self, puzzle: Any, text: str) -> Verdict:
        return verify_game(self.game, puzzle, text)


def subject(spec: Spec, for_suites: bool = False) -> Subject:
    """The subject of a spec with one game, for a corpus or for suites. Raises SpecError for settings that the game has not."""
    return (CountdownSubject if spec.games == (games.COUNTDOWN,) else SmallSubject)(spec, for_suites)
