"""What answers: the kinds of models that a run knows, by the prefix of ``--model``.

A name without one of the prefixes is that of a model behind an endpoint, so "qwen3:8b" and "org/model" are names too.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from gamegen.corpus import Row
from gamegen.errors import GamegenError
from gamegen_benchmarks.attempts import ANSWERED, FAILED, Asked, Attempt, Job, Key, Model, body, line, response
from gamegen_benchmarks.local import Local
from gamegen_benchmarks.players import player
from gamegen_benchmarks.runs import Completion, completions


class Answering:
    """A model that is a function of an item and the number of a sample."""

    def __init__(self, name: str, params: Mapping[str, Any], answer: Callable[[Row, int], str]) -> None:
        self.params, self._name, self._answer = params, name, answer

    def ask(self, jobs: Sequence[Job], tell: Callable[[Attempt], None]) -> None:
        for job in jobs:
            text = self._answer(job.item, job.sample)
            tell(Attempt(*job.key, 1, ANSWERED, body(self._name, job, {}), response=response(text)))


class Made:
    """Completions that were made elsewhere; its one parameter says which, so that another file is another run."""

    def __init__(self, path: str, asked: Asked) -> None:
        _none("file", asked.params)
        found = completions(Path(path), {item["id"] for item in asked.suite.items()})
        self._found: dict[Key, Completion] = {(one.id, one.sample): one for of in found.values() for one in of}
        for item, sample in self._found:
            if not 0 <= sample < asked.samples:
                raise GamegenError(
                    f"{path}: sample {sample} of {item} given; 0 to {asked.samples - 1} is asked for, by --samples"
                )
        self._path = path
        self.params: Mapping[str, Any] = {"sha256": sha256(Path(path).read_bytes()).hexdigest()}

    def ask(self, jobs: Sequence[Job], tell: Callable[[Attempt], None]) -> None:
        for job in jobs:
            one = self._found.get(job.key)
            if one is not None and one.text is not None:
                tell(Attempt(*job.key, 1, ANSWERED, response=response(one.text, one.finish)))
            else:
                error = line(one.error) if one is not None else f"there is none in {Path(self._path).name}"
                tell(Attempt(*job.key, 1, FAILED, error=error))


def _agent(name: str, asked: Asked) -> Model:
    return Answering(name, asked.params, player(name, asked.params).answer)


def _none(kind: str, params: Mapping[str, Any]) -> None:
    if params:
        raise GamegenError(f"--param {next(iter(params))} given; a model of the kind {kind} has no parameters")


# Each kind makes a model of what stands behind its prefix, and of what is asked.
KINDS: dict[str, Callable[[str, Asked], Model]] = {"agent": _agent, "file": Made, "transformers": Local}


def model(given: str, asked: Asked) -> Model:
    """The model of a name. Raises GamegenError where there is none, or what is asked is not possible with it."""
    kind, colon, name = given.partition(":")
    known = bool(colon) and kind in KINDS
    others = ", ".join(f"{kind}:" for kind in KINDS)
    if not (name if known else given).strip():
        raise GamegenError(f"--model: {given!r} given; give the name of a model, or one that begins with {others}")
    if not known and asked.url is None:
        raise GamegenError(
            f"--model: {given!r} given, which is the name of a model behind an endpoint; give its --url, such as "
            f"http://127.0.0.1:8000/v1, or a name that begins with {others}"
        )
    if known and asked.url is not None:
        raise GamegenError(f"--url given beside --model {kind}:, which asks no endpoint; leave one of them out")
    if known:
        return KINDS[kind](name, asked)
    from gamegen_benchmarks.endpoint import Endpoint  # its HTTP takes a while to import

    return Endpoint(given, asked)
