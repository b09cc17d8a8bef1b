"""Agents as models: what a reference agent says of an item of a suite.

Words: *babble* are sentences that tell nothing; with it an agent is as long as the solver is on the same item, so that length
does not give it away. What it says is a pure function of the item, the sample and its settings: ``seed`` decides what it does,
``words`` how it says that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import yaml

from gamegen import games
from gamegen.assembly import Asked, assemble, exhausted
from gamegen.corpus import Row
from gamegen.errors import GamegenError
from gamegen.games.countdown import Countdown
from gamegen.prompts import NO_SOLUTION
from gamegen.rng import Draws
from gamegen.spaces import MOST_STEPS
from gamegen.spec import SurfaceSpec
from gamegen.styles import Phrases, Style, style
from gamegen.styles import names as style_names
from gamegen.styles.writing import Scene, fill, joined, tell
from gamegen.surface import writer
from gamegen.trace import Event, winning_path
from gamegen_benchmarks import external
from gamegen_benchmarks.agents import AGENTS, BABBLE, Search
from gamegen_verifiers import rows
from gamegen_verifiers.metrics import tokens

BACKTRACKS = (2, 12)  # of a search, or as many as the puzzle has room for


@dataclass(frozen=True)
class Player:
    """An agent as a model: name, strength, and what its words depend on."""

    name: str
    strength: float
    style: str = "prose"
    verbosity: float = 1.0
    seed: int = 0
    words: int = 0

    def answer(self, item: Row, sample: int = 0) -> str:
        """What it says of an item of a suite."""
        key = self.seed, "agent", item["id"], sample
        if external.scores(item):
            return self._of_others(item, Draws(*key))
        search = _search(item, sample, self.seed)
        told = AGENTS[self.name].trick(search, self.strength, Draws(*key, "trick"))
        thinking = self._written(item, search, search.events, 0, Draws(*key, "words", self.words))
        if told.events is not search.events:
            thinking = self._written(item, search, told.events, tokens(thinking), Draws(*key, "words", self.words))
        write = writer(SurfaceSpec(**item["surface"])) or str
        return _wrapped(thinking, None if told.answer is None else write(told.answer))

    def _of_others(self, item: Row, draws: Draws) -> str:
        """Of a question that others score there is no search: the answer, where the agent knows it."""
        known = self.name not in ("guesser", "first_try") or draws.unit() < self.strength
        return _wrapped(draws.choice(_words()["babble"]), item["answer"] if known else None)

    def _written(self, item: Row, search: Search, events: Sequence[Event], length: int, draws: Draws) -> str:
        """The events in the style, with babble up to so many tokens."""
        scene = Scene(
            _style(self.style, search.game.name == games.COUNTDOWN),
            search.game,
            search.start,
            search.game.say_goal(search.start),
            writer(SurfaceSpec(**item["surface"])),
        )
        telling = tell(scene, events, self.verbosity, draws)
        fill(telling, scene.style, self.verbosity, draws)
        missing = length - tokens(joined(telling)[0])
        while missing > 0:
            said = draws.choice(_words()["babble"])
            missing -= tokens(said)
            place = draws.below(len(telling.leads) + 1)
            telling.leads.insert(place, "\n")
            telling.sentences.insert(place, said)
            telling.events.insert(place, {})
        return joined(telling)[0]


def player(name: str, params: Mapping[str, Any]) -> Player:
    """The agent that ``NAME`` or ``NAME@STRENGTH`` names, with its settings. Raises GamegenError."""
    name, at, said = name.partition("@")
    if name not in AGENTS:
        raise GamegenError(f"no agent {name!r}; choose from {', '.join(AGENTS)}, as in solver or faker@0.5")
    try:
        strength = float(said) if at else AGENTS[name].usual
    except ValueError:
        strength = -1.0
    if not 0 <= strength <= 1:
        raise GamegenError(f"agent {name}: strength {said!r} given; it is a number from 0 to 1, as in {name}@0.5")
    possible = _possible() if params else {}
    for key, value in params.items():
        if key not in possible:
            raise GamegenError(f"agent {name}: {key} given; its settings are {', '.join(possible)}")
        says, holds = possible[key]
        if not holds(value):
            raise GamegenError(f"agent {name}: {key} {value!r} given; it is {says}")
    return Player(name, strength, **params)


def _possible() -> Mapping[str, tuple[str, Callable[[Any], bool]]]:
    """The settings of an agent: what each is, and what holds of it."""
    styles = [name for name in style_names() if not style(name).published]
    return {
        "style": (f"one of {', '.join(styles)}", lambda value: value in styles),
        "verbosity": ("a number from 0 to 4", lambda value: type(value) in (int, float) and 0 <= value <= 4),
        "seed": ("an integer", lambda value: type(value) is int),
        "words": ("an integer", lambda value: type(value) is int),
    }


def _wrapped(thinking: str, answer: str | None) -> str:
    closing = _words()["unsolved"] if answer is None else _words()["closing"].format(answer=answer)
    return f"<think>\n{thinking}\n</think>\n{closing}"


@lru_cache(maxsize=1 << 12)
def _searched(game: Any, start: Any, answer: str, declinable: bool, key: tuple[int | str, ...]) -> Search:
    def run(backtracks: int) -> list[Event]:
        fewer = (assemble(game, start, Asked(some), Draws(*key, "search", some)) for some in range(backtracks, -1, -1))
        return next(found for found in fewer if found)

    if answer == NO_SOLUTION:
        shown = exhausted(game, start, Draws(*key, "search"), MOST_STEPS)
        if shown is None:
            raise GamegenError(
                f"{game.say_state(start)}: takes over {MOST_STEPS} steps to show unsolvable, which no agent does"
            )
        return Search(game, start, shown, answer, run, declinable)
    events = run(Draws(*key, "backtracks").between(*BACKTRACKS))
    return Search(game, start, events, game.say_answer(start, [step.move for step in winning_path(events)]), run, declinable)


def _search(item: Row, sample: int, seed: int) -> Search:
    """The search of an item, the same for all agents."""
    if played := rows.small(item):
        game: Any = played[0]
        start = game.start(played[1])
    else:
        puzzle = rows.puzzle(item)
        game = _countdown(puzzle.rules)
        start = game.start(puzzle)
    declinable = NO_SOLUTION in item["prompt"][-1]["content"]
    return _searched(game, start, item["answer"], declinable, (seed, "agent", item["id"], sample))


_countdown = lru_cache(maxsize=8)(Countdown)


@cache
def _style(name: str, of_arithmetic: bool) -> Style:
    """The style with words for babble."""
    known, said = style(name, of_arithmetic), tuple(_words()["babble"])
    return replace(known, lines=known.lines | {BABBLE}, phrases={**known.phrases, BABBLE: Phrases(said[0], said)})


@cache
def _words() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((resources.files("gamegen_benchmarks") / "agents.yaml").read_text(encoding="utf-8"))
    return data
