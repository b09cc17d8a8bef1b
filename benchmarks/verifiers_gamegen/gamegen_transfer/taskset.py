"""The items of a suite as tasks, each with the measures of what was said of it."""

import json
from typing import Any, Literal, Self

import verifiers.v1 as vf
from pydantic import model_validator

from gamegen.errors import GamegenError
from gamegen_benchmarks.adapters.asked import SHIPPED, asked
from gamegen_benchmarks.adapters.measures import MEASURES
from gamegen_benchmarks.attempts import with_thinking
from gamegen_benchmarks.items import messages
from gamegen_benchmarks.judged import judge


class ItemData(vf.TaskData):
    """An item: what is asked of it, and as JSON all that judges it."""

    item: str


class ItemConfig(vf.TaskConfig):
    """What the reward is."""

    measure: Literal["procedure", "answer", "sound_share"] = "procedure"


class Item(vf.Task[ItemData, vf.State, ItemConfig]):
    """One item of the suite."""

    @property
    def key(self) -> str:
        return str(self.data.id)

    def _measured(self, trace: vf.Trace) -> dict[str, float | None]:
        last = trace.assistant_messages[-1] if trace.assistant_messages else None
        text = with_thinking(last.reasoning_content or "", trace.last_reply) if last else ""
        judged = judge(json.loads(self.data.item), text)
        return {name: of(judged) for name, of in MEASURES.items()}

    @vf.metric
    async def measures(self, trace: vf.Trace) -> dict[str, float]:
        """All measures that say something of the text."""
        return {name: value for name, value in self._measured(trace).items() if value is not None}

    @vf.reward(weight=1.0)
    async def reward(self, trace: vf.Trace) -> float:
        """The measure that was asked for; 0 where it says nothing, as a trainer needs a number."""
        return self._measured(trace)[self.config.measure] or 0.0


class TransferConfig(vf.TasksetConfig):
    """Which items there are."""

    suite: str = SHIPPED
    split: str = "near,mid,far"
    per_split: int | None = None
    task: ItemConfig = ItemConfig()

    @model_validator(mode="after")
    def can_be_asked(self) -> Self:
        """What a person got wrong is said of the settings, before anything runs."""
        try:
            asked(self.suite, self.split, 1)
        except GamegenError as error:
            raise ValueError(str(error)) from None
        return self


class Transfer(vf.Taskset[Item, TransferConfig]):
    """The items of a suite, in its order."""

    def load(self) -> list[Item]:
        _, items = asked(self.config.suite, self.config.split, self.config.per_split)
        return [Item(data(item), self.config.task) for item in items]


def data(item: dict[str, Any]) -> ItemData:
    """An item as verifiers has it."""
    parts = {message["role"]: message["content"] for message in messages(item)}
    judged_by = {name: value for name, value in item.items() if name != "reference"}
    return ItemData(
        id=item["id"],
        name=item["id"],
        prompt=parts["user"],
        system_prompt=parts.get("system"),
        item=json.dumps(judged_by, ensure_ascii=False),
    )
