"""The suite as a task of Inspect: `inspect eval gamegen/transfer --model … -T split=near -T limit=5`.

Each measure is a scorer of its own, so that what it says nothing of is left out of that mean alone, and counted. An item that
was asked in several epochs is one cluster of the standard errors.
"""

from typing import Any

import click

from gamegen.corpus import Row
from gamegen.errors import GamegenError
from gamegen_benchmarks.adapters.asked import SHIPPED, asked
from gamegen_benchmarks.adapters.measures import MEASURES
from gamegen_benchmarks.attempts import with_thinking
from gamegen_benchmarks.items import messages
from gamegen_benchmarks.judged import Judged, judge

try:
    from inspect_ai import Task, task
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import ChatMessageSystem, ChatMessageUser, ContentReasoning, ModelOutput
    from inspect_ai.scorer import Score, Scorer, Target, accuracy, frequency, grouped, mean, scorer, stderr
    from inspect_ai.solver import TaskState, generate
except ImportError:
    raise GamegenError("the tasks of Inspect need inspect-ai; install it with: pip install 'gamegen[inspect]'") from None

MESSAGES = {"system": ChatMessageSystem, "user": ChatMessageUser}
SPREAD = [stderr(cluster="id")]


class Refused(GamegenError, click.ClickException):
    """A mistake of the person as the command line of Inspect, which is made with click, prints it: one line, exit 2."""

    exit_code = 2


def public(made: Any) -> Any:
    """Inspect names what a package registers after the module, and that of the distribution is the one that people know."""
    made.__module__ = "gamegen"
    return made


@task
@public
def transfer(suite: str = SHIPPED, split: str | list[str] = "", limit: int | None = None) -> Task:
    """The items of a suite, by its name or folder; of some distances or splits, and the first few of each split."""
    try:
        found, asked_of = asked(suite, split, limit)
    except GamegenError as error:
        raise Refused(str(error)) from None
    return Task(
        dataset=MemoryDataset([sample(item) for item in asked_of], name=found.name),
        solver=generate(),
        scorer=[correct(), procedure(), sound_share(), grade()],
        metadata={"suite": found.name, "digest": found.digest},
    )


def sample(item: Row) -> Sample:
    """An item as Inspect has it; its metadata is all that judges it, so that a log can be scored again."""
    return Sample(
        id=item["id"],
        input=[MESSAGES[message["role"]](content=message["content"]) for message in messages(item)],
        target=item["answer"],
        metadata={name: value for name, value in item.items() if name != "reference"},
    )


@scorer(metrics=[accuracy(), *SPREAD, grouped(accuracy(), "split", all=False)])
@public
def correct() -> Scorer:
    """Whether the answer is right, or rightly that there is none."""
    return measured("answer")


@scorer(metrics=[mean(), *SPREAD, grouped(mean(), "split", all=False)])
@public
def procedure() -> Scorer:
    """The sound share where the answer is right, else 0."""
    return measured("procedure")


@scorer(metrics=[mean(), *SPREAD])
@public
def sound_share() -> Scorer:
    """The share of the claims that are true, legal, in their state and new."""
    return measured("sound_share")


@scorer(metrics=[frequency()])
@public
def grade() -> Scorer:
    """How often each grade was given."""

    async def score(state: TaskState, target: Target) -> Score:
        found = judged(state)
        return Score(value=found.grade) if found.grade else unscored(found)

    return score


def measured(name: str) -> Scorer:
    """A scorer of that measure."""

    async def score(state: TaskState, target: Target) -> Score:
        found = judged(state)
        value = MEASURES[name](found)
        return unscored(found) if value is None else Score(value=value, metadata={"grade": found.grade})

    return score


def unscored(found: Judged) -> Score:
    """The score of a text that a measure says nothing of."""
    return Score.unscored(reason="scoring_failed", explanation=found.grade or "the question of others, scored by them alone")


def judged(state: TaskState) -> Judged:
    """The output of a sample, judged as an item of the suite."""
    return judge(state.metadata, whole(state.output))


def whole(output: ModelOutput) -> str:
    """The text of an output, with the thinking where the model gives it apart."""
    parts = output.message.content if output.choices else ""
    thinking = "\n".join(part.reasoning for part in parts if isinstance(part, ContentReasoning)) if parts else ""
    return with_thinking(thinking, output.completion)
