"""Rewards for trainers: what a verdict says of a completion, as a number.

For TRL, ``reward("procedure")`` is a reward function; for verl, this file itself is the one that has ``compute_score``:

    GRPOTrainer(..., reward_funcs=[reward("procedure")])                     # columns: prompt, numbers, target (and rules)
    custom_reward_function.path=$(python -m gamegen_verifiers.rewards)       # ground_truth: {"numbers": [...], "target": ...}

Of another game than Countdown, ``game`` and ``puzzle`` stand in the place of numbers and target.
A verdict is a pure function of puzzle and text, takes no signals, no processes and bounded time, so rewards can be asked for in
threads and in coroutines. Words: a *measure* turns a verdict into a number from 0 to 1, None where there is nothing to say.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gamegen.errors import GamegenError
from gamegen_verifiers.columns import OWN, Layout
from gamegen_verifiers.rows import judge
from gamegen_verifiers.sources import NoRow
from gamegen_verifiers.verdict import Verdict

Reward = Callable[..., list[float | None]]


def _sound_share(verdict: Verdict) -> float | None:
    return None if verdict.grade == "unreadable" else verdict.procedure.sound_share


def _procedure(verdict: Verdict) -> float | None:
    return _sound_share(verdict) if verdict.right else 0.0


MEASURES: dict[str, Callable[[Verdict], float | None]] = {
    "answer": lambda verdict: float(verdict.right),
    "grade": lambda verdict: float(verdict.grade == "verified"),
    "sound_share": _sound_share,  # of the claims, that are true, legal, in their state and new
    "procedure": _procedure,  # the same, where the answer is right; else 0
}


def reward(measure: str = "procedure", layout: Layout = OWN) -> Reward:
    """A reward function of that measure, as TRL's trainers call it. Raises GamegenError for an unknown measure.

    It is given the ``completions``, as texts or chat messages, and the columns of the data set as lists. It gives None, which
    TRL leaves out, for a completion that the measure says nothing of, and for a row without a puzzle, as of another task; it
    raises GamegenError where no row has one.
    """
    measured = _measure(measure)

    def of(completions: Sequence[Any], **columns: Any) -> list[float | None]:
        lists = {
            name: values for name, values in columns.items() if isinstance(values, list) and len(values) == len(completions)
        }
        if "prompts" in lists:
            lists["prompt"] = lists.pop("prompts")
        found: list[float | None] = []
        problem = None
        for i, completion in enumerate(completions):
            try:
                row = {**{name: values[i] for name, values in lists.items()}, "completion": completion}
                found.append(measured(judge(row, layout)))
            except NoRow as lacking:
                problem = lacking
                found.append(None)
        if problem and found.count(None) == len(found):
            raise GamegenError(
                f"reward: no row can be judged ({problem}); the data set needs the columns numbers and target, "
                "or game and puzzle"
            )
        return found

    of.__name__ = f"gamegen_{measure}"  # under which TRL logs it
    return of


def compute_score(
    data_source: str, solution_str: str, ground_truth: Any, extra_info: Any = None, measure: str = "procedure", **more: Any
) -> float:  # fmt: skip
    """The reward of a response, as verl asks for it; 0 where the measure says nothing. Raises GamegenError without a puzzle.

    ``ground_truth`` (a mapping, or one as JSON) or ``extra_info`` has ``numbers`` and ``target``, and ``rules`` where stated,
    or ``game`` and ``puzzle``.
    """
    stated = {**_mapping(extra_info), **_mapping(ground_truth)}
    try:
        verdict = judge({**{name: _plain(value) for name, value in stated.items()}, "completion": solution_str})
    except NoRow as problem:
        raise GamegenError(f"reward: a row of {data_source} cannot be judged ({problem})") from None
    return _measure(measure)(verdict) or 0.0


def _measure(name: str) -> Callable[[Verdict], float | None]:
    if name not in MEASURES:
        raise GamegenError(f"reward: {name!r} given; the measures are {', '.join(MEASURES)}")
    return MEASURES[name]


def _mapping(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, Mapping) else {}


def _plain(value: Any) -> Any:
    """A NumPy array or number, as Parquet gives them, as Python has it."""
    return value.tolist() if hasattr(value, "tolist") else value


if __name__ == "__main__":
    print(__file__)
