"""What the YAML files of this folder name: the documents of a distance, and what is said of a completion.

Words: a *document* is an item as the harness has it: the two parts of the prompt, the answer, and the item itself as JSON.
"""

import json
from collections.abc import Mapping
from typing import Any

from datasets import Dataset

from gamegen.corpus import Row
from gamegen_benchmarks.adapters.asked import SHIPPED, asked
from gamegen_benchmarks.adapters.measures import MEASURES
from gamegen_benchmarks.items import messages
from gamegen_benchmarks.judged import judge

NAMES = {"answer": "accuracy"}  # what the harness calls a measure, where it is another name


def documents(distance: str, suite: str = SHIPPED, per_split: int | None = None, **_: Any) -> dict[str, Dataset]:
    """The documents of a distance; what else `--metadata` holds is the harness's own."""
    items = asked(suite, distance, per_split)[1]
    return {"test": Dataset.from_list([document(item) for item in items])}


def document(item: Row) -> Row:
    """An item as the harness has it."""
    said = {message["role"]: message["content"] for message in messages(item)}
    judged_by = {name: value for name, value in item.items() if name != "reference"}
    return {
        "id": item["id"],
        "system": said.get("system", ""),
        "question": said["user"],
        "answer": item["answer"],
        "item": json.dumps(judged_by, ensure_ascii=False),
    }


def results(document: Mapping[str, Any], completions: list[str]) -> dict[str, float]:
    """What the measures say of a completion; one that says nothing is left out, and so not in its mean."""
    judged = judge(json.loads(document["item"]), completions[0])
    values = {NAMES.get(name, name): of(judged) for name, of in MEASURES.items()}
    return {name: value for name, value in values.items() if value is not None}
