"""What is asked of a model, and what came of it.

Words: a *job* is one sample of one item. An *attempt* is one try to have a job done; its outcome is ``answered``, ``retry``
(it will be tried again) or ``failed`` (it was the last try). A *response* has the shape of a chat completion, as endpoints
give it, whatever it was that answered.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import yaml

from gamegen.corpus import Row
from gamegen.errors import GamegenError
from gamegen.rng import hash64
from gamegen_benchmarks.items import Suite, messages

ANSWERED, RETRY, FAILED = "answered", "retry", "failed"
MAX_TOKENS = 8192  # of a completion, where nothing else is asked

# Parameters that a run sets itself, and what sets them.
_OURS = {"model": "--model", "messages": "--suite", "n": "--samples", "stream": "nothing: replies are read whole"}

Key = tuple[str, int]


class Job(NamedTuple):
    """One sample of an item."""

    item: Row
    sample: int

    @property
    def key(self) -> Key:
        return self.item["id"], self.sample


class Attempt(NamedTuple):
    """One try of a job: the body that was sent, the status of HTTP, the response or the text that came instead, the error."""

    id: str
    sample: int
    attempt: int  # from 1 on, since the command began
    outcome: str
    request: Row | None = None
    status: int | None = None
    response: Any = None
    error: str | None = None


class Asked(NamedTuple):
    """What is asked of a model, and how: ``params`` as they were given, at most ``concurrency`` jobs at a time."""

    suite: Suite
    items: list[Row]
    samples: int = 1
    params: Mapping[str, Any] = {}
    url: str | None = None
    concurrency: int = 16
    timeout: float = 600.0  # seconds of one attempt, from the first byte sent to the last one read
    tries: int = 8

    def jobs(self) -> list[Job]:
        """All jobs, in the order of the suite, then of the samples."""
        return [Job(item, sample) for item in self.items for sample in range(self.samples)]


class Model(Protocol):
    """What answers; ``params`` are those that its answers depend on."""

    params: Mapping[str, Any]

    def ask(self, jobs: Sequence[Job], tell: Callable[[Attempt], None]) -> None:
        """Do all jobs, and tell of every attempt when it is over; the last one of a job is answered or failed.

        Raises GamegenError where no job can be done.
        """


class Said(NamedTuple):
    """The text of a response, and why it ends."""

    text: str
    finish: str | None


def body(model: str, job: Job, params: Mapping[str, Any]) -> Row:
    """What an endpoint is sent for a job. A seed among the parameters becomes one for each sample of each item."""
    asked = {"model": model, "messages": messages(job.item), **params}
    if "seed" in params:
        asked["seed"] = hash64(params["seed"], *job.key) >> 33  # below 2^31, which every server takes
    return asked


def response(text: str, finish: str | None = "stop") -> Row:
    """A text in the shape of a chat completion."""
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}]}


def said(response: Any) -> Said:
    """What a response says. Thinking that the server gives apart stands in tags before the rest. Raises ValueError."""
    choices = response.get("choices") if isinstance(response, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise ValueError("no chat completion, there is no message in it")
    content = _text(message.get("content"))
    thinking = _text(message.get("reasoning_content")) or _text(message.get("reasoning"))
    finish = choice.get("finish_reason")
    cut = finish == "length" and not content
    return Said(with_thinking(thinking, content, cut), finish if isinstance(finish, str) else None)


def with_thinking(thinking: str, content: str, cut: bool = False) -> str:
    """The text of a model, and before it the thinking that its server gives apart, in tags; one that was cut is not closed.

    >>> with_thinking("So 8 - 2 = 6.", "It is 6."), with_thinking("So 8 - ", "", cut=True)
    ('<think>\\nSo 8 - 2 = 6.\\n</think>\\nIt is 6.', '<think>\\nSo 8 - ')
    """
    if not thinking:
        return content
    return f"<think>\n{thinking.lstrip()}" if cut else f"<think>\n{thinking.strip()}\n</think>\n{content}"


def _text(value: Any) -> str:
    """A text, or the texts of the parts that it comes in; null is none."""
    if isinstance(value, list) and all(isinstance(part, dict) for part in value):
        return "".join(_text(part.get("text")) for part in value)
    if value is not None and not isinstance(value, str):
        raise ValueError("no chat completion, its content is no text")
    return value or ""


def params(given: Sequence[str]) -> dict[str, Any]:
    """Parameters as ``--param`` has them, KEY=VALUE with a value in YAML. Raises GamegenError."""
    found: dict[str, Any] = {}
    for one in given:
        name, equals, text = one.partition("=")
        if not name or not equals:
            raise GamegenError(f"--param {one!r} given; KEY=VALUE is needed, such as temperature=0.6")
        if name in found:
            raise GamegenError(f"--param {name} given twice; give it once")
        if name in _OURS:
            raise GamegenError(f"--param {name} given, which is set by {_OURS[name]}; leave it out")
        try:
            found[name] = yaml.safe_load(text)
            json.dumps(found[name], allow_nan=False)
        except (yaml.YAMLError, ValueError, TypeError):
            raise GamegenError(f"--param {one!r} given; its value is none of JSON, write it in quotes for a text") from None
    if not isinstance(found.get("seed", 0), int):
        raise GamegenError(f"--param seed={found['seed']} given; an integer is needed")
    return found


def sampling(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a run: a length of MAX_TOKENS, and what was given; one that is given as null is left out."""
    return {name: value for name, value in {"max_tokens": MAX_TOKENS, **given}.items() if value is not None}


def line(problem: object) -> str:
    """What went wrong, as a part of one line that any terminal shows.

    >>> line("<html>\\n\\x1b[31moops</html>"), line(TimeoutError())
    ('<html> ?[31moops</html>', 'TimeoutError')
    """
    text = " ".join(str(problem).split()) or type(problem).__name__
    shown = "".join(sign if sign.isprintable() else "?" for sign in text[:200])
    return shown if len(text) <= len(shown) else shown[:-3] + "..."
