"""A spec says everything that a corpus depends on; nothing else does.

Words: a *setting* is one value in a spec, named by its dotted key (``trace.backtracks``); a *range* is a pair
``[low, high]`` to draw from, where one number stands for both ends; a *preset* is a spec that ships with the package;
the *resolved* spec names every setting, also those that were left to their defaults.
"""

import dataclasses
import difflib
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml

from gamegen import games
from gamegen.errors import GamegenError, SpecError
from gamegen.games.countdown import Rules

T = TypeVar("T")

COUNTS = range(3, 7)  # how many numbers a puzzle may have
LARGEST_NUMBER = 999
LARGEST_TARGET = 10**9
OPERATORS = ("ascii", "unicode", "latex", "words")
BASES = range(2, 17)
NUMBERS = ("digits", "words", *(f"base {base}" for base in BASES))


class Range(NamedTuple):
    """Both ends are included."""

    low: int
    high: int

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"[{self.low}, {self.high}]"


class Shares(NamedTuple):
    """A range of numbers that need not be whole; both ends are included."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:g}" if self.low == self.high else f"[{self.low:g}, {self.high:g}]"


def _within(key: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise SpecError(key, f"{value} given; {low} to {high} is possible")


def _rising(key: str, value: Range | Shares, low: int, high: int) -> None:
    if not low <= value.low <= value.high <= high:
        raise SpecError(key, f"{value} given; a range [low, high] with {low} <= low <= high <= {high} is needed")


def known(key: str, name: str, names: Iterable[str]) -> None:
    """Raise SpecError, with the nearest of the names, unless the name is one of them."""
    names = list(names)
    if name not in names:
        near = difflib.get_close_matches(name, names, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise SpecError(key, f"{name!r} given; {hint}choose from: {', '.join(names)}")


@dataclass(frozen=True)
class DifficultySpec:
    """How hard every puzzle is, as ``gamegen.difficulty`` measures it; what is left out may be anything."""

    solutions: Range | None = None
    states: Range | None = None
    dead_share: Shares | None = None
    needs_multiplication: bool | None = None
    shape: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for name, dial, low, high in (
            ("solutions", self.solutions, 1, 10**9),
            ("states", self.states, 1, 10**9),
            ("dead_share", self.dead_share, 0, 1),
        ):
            if dial is not None:
                _rising(f"puzzles.difficulty.{name}", dial, low, high)


@dataclass(frozen=True)
class PuzzleSpec:
    """Which puzzles: how many numbers, from which range, to which targets, how many backtracks each has room for, how hard.

    A small game has a size instead of numbers, targets and difficulty, and room for what the game says, at most ``capacity``.
    unsolvable: which share of the rows has no solution.
    """

    count: int = 4
    numbers: Range = Range(1, 100)
    target: Range = Range(10, 1000)
    capacity: int = 12  # nearly all puzzles have room for so many, those of three numbers too
    difficulty: DifficultySpec = DifficultySpec()
    size: int | None = None
    unsolvable: float = 0.0

    def __post_init__(self) -> None:
        _within("puzzles.count", self.count, COUNTS[0], COUNTS[-1])
        _rising("puzzles.numbers", self.numbers, 0, LARGEST_NUMBER)
        _rising("puzzles.target", self.target, -LARGEST_TARGET, LARGEST_TARGET)
        _within("puzzles.capacity", self.capacity, 0, 10**4)
        _within("puzzles.unsolvable", self.unsolvable, 0, 1)


@dataclass(frozen=True)
class DeadEndSpec:
    """Which dead ends, as shares of all; the rest are missed ones, where nothing is left to play.

    exhausted_two, exhausted_three: every move from a state of two, of three numbers was shown to be a dead end · bounded: an
    argument shows it · set_aside: left with moves untried.
    """

    exhausted_two: float = 0.0
    exhausted_three: float = 0.0
    bounded: float = 0.0
    set_aside: float = 0.0

    def __post_init__(self) -> None:
        shares = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        for name, share in shares.items():
            _within(f"trace.dead_ends.{name}", share, 0, 1)
        if sum(shares.values()) > 1 + 1e-9:
            raise SpecError("trace.dead_ends", f"shares given that sum to {sum(shares.values()):g}; at most 1 is possible")


@dataclass(frozen=True)
class TraceSpec:
    """The dials of a procedure trace; what is left out is chance's.

    policy: the rule of search; depth_first has the exact dials, any other is run as it comes, by its heuristic, with at most
    ``budget`` steps, and so many states of a level (``width``) in a beam.
    backtracks, steps: how many, exactly · density: backtracks ÷ steps, the nearest that can be · depth: how many moves off the
    winning path a dead end lies · dead_ends: which kinds, by share · subgoals, checks: how many, as shares of the steps ·
    tokens: how long the completion is · tokens_by: by ``words`` at the same events, or by ``events`` at the same verbosity.
    """

    policy: str = "depth_first"
    heuristic: str | None = None
    budget: int | None = None
    width: int | None = None
    backtracks: Range | None = None
    steps: Range | None = None
    density: float | None = None
    depth: Range | None = None
    dead_ends: DeadEndSpec = DeadEndSpec()
    subgoals: float = 0.0
    checks: float = 0.0
    tokens: Range | None = None
    tokens_by: str = "words"

    def __post_init__(self) -> None:
        known("trace.tokens_by", self.tokens_by, ("words", "events"))
        for name, dial in (("backtracks", self.backtracks), ("steps", self.steps), ("tokens", self.tokens)):
            if dial is not None:
                _rising(f"trace.{name}", dial, 0, 10**6)
        for name, value in (("budget", self.budget), ("width", self.width)):
            if value is not None:
                _within(f"trace.{name}", value, 1, 10**4)
        if self.depth is not None:
            _rising("trace.depth", self.depth, 1, COUNTS[-1] - 1)
        for name, share in (("density", self.density or 0.0), ("subgoals", self.subgoals), ("checks", self.checks)):
            _within(f"trace.{name}", share, 0, 1)


@dataclass(frozen=True)
class CorruptionSpec:
    """How often a kind of corruption is, as a share of the rows, and at how many places of a row."""

    rate: float = 1.0
    severity: Range = Range(1, 1)

    def __post_init__(self) -> None:
        _within("corruptions.rate", self.rate, 0, 1)
        _rising("corruptions.severity", self.severity, 1, 10**6)


@dataclass(frozen=True)
class StyleSpec:
    """How events become text; verbosity 0 adds no word to them, 1 is natural, more is wordier. The tokenizer is a JSON file."""

    name: str = "plain"
    verbosity: float = 1.0
    tokenizer: str = "builtin"

    def __post_init__(self) -> None:
        _within("style.verbosity", self.verbosity, 0, 10)


@dataclass(frozen=True)
class SurfaceSpec:
    """How the texts write operators (one of OPERATORS) and numbers (one of NUMBERS); it changes nothing that they say."""

    operators: str = "ascii"
    numbers: str = "digits"

    def __post_init__(self) -> None:
        known("surface.operators", self.operators, OPERATORS)
        if self.numbers not in NUMBERS and self.numbers.startswith("base"):
            raise SpecError("surface.numbers", f"{self.numbers!r} given; base {BASES[0]} to base {BASES[-1]} are possible")
        known("surface.numbers", self.numbers, NUMBERS)
        if self.numbers == "base 10":
            object.__setattr__(self, "numbers", "digits")  # one spelling for one surface


@dataclass(frozen=True)
class PromptSpec:
    """How the question is put and the answer is wrapped: the name of a template, or one's own as a mapping."""

    template: str | dict[str, str] = "think"


@dataclass(frozen=True)
class Spec:
    """Everything that a corpus depends on. Raises SpecError for settings that contradict each other."""

    game: str | tuple[str, ...] = games.COUNTDOWN
    rules: Rules = Rules()
    puzzles: PuzzleSpec = PuzzleSpec()
    trace: TraceSpec = TraceSpec()
    style: StyleSpec = StyleSpec()
    surface: SurfaceSpec = field(default_factory=SurfaceSpec)
    prompt: PromptSpec = PromptSpec()
    arms: tuple[str, ...] = ("procedure", "solution_only", "answer_only")
    corruptions: dict[str, CorruptionSpec] = field(default_factory=dict)
    splits: dict[str, int] = field(default_factory=lambda: {"train": 1000})
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.games or len(set(self.games)) < len(self.games):
            raise SpecError("game", f"{list(self.games)} given; name at least one game, each once")
        for game in self.games:
            known("game", game, games.names())
        _within("seed", self.seed, 0, 2**63 - 1)
        for name, rows in self.splits.items():
            _within(f"splits.{name}", rows, 0, 10**10)
        if not any(self.splits.values()):
            raise SpecError("splits", "no rows asked for; give a split a number of rows, such as splits.train=1000")
        if not self.arms or len(set(self.arms)) < len(self.arms):
            raise SpecError("arms", f"{list(self.arms)} given; name at least one arm, each once")
        if sum(kind.rate for kind in self.corruptions.values()) > 1 + 1e-9:
            total = sum(kind.rate for kind in self.corruptions.values())
            raise SpecError("corruptions", f"rates given that sum to {total:g}; a row has one kind, so at most 1 is possible")

    @property
    def is_countdown(self) -> bool:
        """Whether all rows are of Countdown."""
        return self.games == (games.COUNTDOWN,)

    @property
    def games(self) -> tuple[str, ...]:
        """The games that the rows are of, by turns."""
        return (self.game,) if isinstance(self.game, str) else self.game


def presets() -> dict[str, str]:
    """The names of the presets, each with the sentence that describes it."""
    files = {p.name: p for p in (resources.files("gamegen") / "presets").iterdir() if p.name.endswith(".yaml")}
    return {name.removesuffix(".yaml"): files[name].read_text().splitlines()[0].lstrip("# ") for name in sorted(files)}


def load(
    preset: str | None = None,
    file: Path | str | None = None,
    settings: Iterable[str] = (),
    size: int | None = None,
    seed: int | None = None,
) -> Spec:
    """The spec of a preset or a file, with ``key=value`` settings on top, then the train rows and the seed.

    Raises SpecError for an unknown key or an impossible value, GamegenError for a file that cannot be read.
    """  # fmt: skip
    if preset is not None and file is not None:
        raise GamegenError("--preset and --spec were both given; choose one")
    data: dict[str, Any] = {}
    if preset is not None:
        known("--preset", preset, presets())
        data = _mapping((resources.files("gamegen") / "presets" / f"{preset}.yaml").read_text(), preset)
    elif file is not None:
        try:
            data = _mapping(Path(file).read_text(encoding="utf-8"), str(file))
        except (OSError, UnicodeDecodeError) as error:
            raise GamegenError(f"{file}: cannot be read as a spec ({getattr(error, 'strerror', 'no UTF-8')})") from None
    for setting in settings:
        _put(data, setting)
    if size is not None:
        _put(data, f"splits.train={size}")
    if seed is not None:
        data["seed"] = seed
    return from_dict(data)


def from_dict(data: Mapping[str, Any]) -> Spec:
    """The spec that a mapping, as read from YAML, describes. Raises SpecError."""
    return _build(Spec, data, "")


def to_dict(spec: Spec) -> dict[str, Any]:
    """The resolved spec as plain values; ``from_dict`` gives the same spec back."""
    return {f.name: _plain(getattr(spec, f.name)) for f in dataclasses.fields(spec)}


def to_yaml(spec: Spec) -> str:
    """The resolved spec as text; ``from_yaml`` gives the same spec back."""
    return yaml.safe_dump(to_dict(spec), sort_keys=False, default_flow_style=None, width=120)


def from_yaml(text: str) -> Spec:
    return from_dict(_mapping(text, "spec"))


def _plain(value: Any) -> Any:
    if isinstance(value, Range | Shares):
        return value.low if value.low == value.high else list(value)
    if isinstance(value, tuple):
        return list(value)
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return value


def _mapping(text: str, name: str) -> dict[str, Any]:
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise GamegenError(f"{name}: no YAML ({' '.join(str(error).split())})") from None
    if not isinstance(data, dict):
        said = "empty" if data is None else _said(data)
        raise GamegenError(f"{name}: a spec is a mapping of settings, such as seed: 1; this is {said}")
    return data


def _put(data: dict[str, Any], setting: str) -> None:
    """Put one ``a.b=value`` into the nested mapping."""
    key, equals, text = setting.partition("=")
    if not equals or not key:
        raise GamegenError(f"--set {setting}: write it as key=value, such as --set trace.backtracks=8")
    *path, last = key.split(".")
    for name in path:
        inner = data.setdefault(name, {})
        if not isinstance(inner, dict):
            raise SpecError(key, f"{name} is a value, not a group of settings")
        data = inner
    try:
        value = yaml.safe_load(text)
        written = value in (None, [None]) and text not in ("null", "~")  # "-" and "" are meant as they are written
        data[last] = text if written else value
    except yaml.YAMLError:
        raise SpecError(key, f"{text!r} given; that is no YAML value") from None


def _build(cls: type[T], data: Any, key: str) -> T:
    """A dataclass from a mapping, each value checked against its type; the key names where an error lies."""
    if not isinstance(data, Mapping):
        raise SpecError(key, f"{_said(data)} given; a group of settings is needed")
    hints = typing.get_type_hints(cls)
    for name in data:
        if name not in hints:
            nested = [
                f"{group}.{inner}"
                for group, kind in hints.items()
                if dataclasses.is_dataclass(kind)
                for inner in typing.get_type_hints(kind)
            ]
            alike = [path for path in nested if path.endswith(f".{name}")] or difflib.get_close_matches(
                str(name), [*hints, *nested], 1
            )
            hint = f"did you mean {alike[0]!r}? " if alike else ""
            raise SpecError(f"{key}.{name}".lstrip("."), f"unknown key; {hint}the keys are: {', '.join(hints)}")
    return cls(**{name: _convert(hints[name], value, f"{key}.{name}".lstrip(".")) for name, value in data.items()})


def _convert(kind: Any, value: Any, key: str) -> Any:
    if kind in _ENDS:
        ends, (end_kind, name) = value if isinstance(value, list) else [value, value], _ENDS[kind]
        if len(ends) != 2 or not all(_is(end_kind, end) for end in ends):
            raise SpecError(key, f"{_said(value)} given; {name} or a pair [low, high] is needed")
        return kind(*map(end_kind, ends))
    if kind is CorruptionSpec and _is(float, value):
        value = {"rate": value}
    if dataclasses.is_dataclass(kind):
        return _build(typing.cast(type, kind), value, key)
    if isinstance(kind, types.UnionType):
        fitting = [k for k in kind.__args__ if _is({tuple: list}.get(origin := typing.get_origin(k) or k, origin), value)]
        return _convert((fitting or kind.__args__)[0], value, key)
    origin, arguments = typing.get_origin(kind) or kind, typing.get_args(kind)
    if origin is tuple and isinstance(value, str):
        value = [value]  # one arm needs no brackets
    if not _is(list if origin is tuple else origin, value):
        raise SpecError(key, f"{_said(value)} given; {_NAMES[origin]} is needed")
    if origin is tuple:
        return tuple(_convert(arguments[0], item, f"{key}[{i}]") for i, item in enumerate(value))
    if origin is dict:
        return {_convert(arguments[0], k, key): _convert(arguments[1], v, f"{key}.{k}") for k, v in value.items()}
    return float(value) if kind is float else value


_ENDS: dict[Any, tuple[type, str]] = {Range: (int, "an integer"), Shares: (float, "a number")}
_NAMES = {int: "an integer", float: "a number", bool: "true or false", str: "a word", tuple: "a list", dict: "a mapping"}


def _is(kind: Any, value: Any) -> bool:
    """Whether a YAML value is of that kind: an integer is a number, true is neither."""
    if isinstance(value, bool) or kind is bool:
        return kind is bool and isinstance(value, bool)
    return isinstance(value, (int, float) if kind is float else kind)


def _said(value: Any) -> str:
    text = repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"
