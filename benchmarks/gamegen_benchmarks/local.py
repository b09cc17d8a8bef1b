"""A model that runs here, by transformers.

Jobs go through it in batches that depend only on what the run asks, so that a run that goes on makes the batches that it would
have made; a seed is one for each batch.
"""

import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gamegen.errors import GamegenError
from gamegen.rng import hash64
from gamegen_benchmarks.attempts import ANSWERED, Asked, Attempt, Job, body, line, response, sampling
from gamegen_benchmarks.items import Messages

_NEEDED = ("torch", "transformers")
_NAMES = {"max_tokens": "max_new_tokens", "stop": "stop_strings"}  # of endpoints, and of generate()
_ASIDE = ("seed", "chat_template_kwargs")  # what generate() does not know


class Local:
    """A causal language model, loaded when it is asked first."""

    def __init__(self, name: str, asked: Asked) -> None:
        if missing := [package for package in _NEEDED if importlib.util.find_spec(package) is None]:
            raise GamegenError(f"transformers:{name} needs {', '.join(missing)}; pip install 'gamegen[transformers]'")
        self.params: Mapping[str, Any] = sampling(asked.params)
        self._name, self._asked = name, asked

    def ask(self, jobs: Sequence[Job], tell: Callable[[Attempt], None]) -> None:
        """Raises GamegenError where the model cannot be loaded, or does not take the parameters."""
        wanted = {job.key for job in jobs}
        tokenizer, model = _load(self._name)
        for batch in self._batches():
            if not any(job.key in wanted for job in batch):
                continue
            for job, (text, finish) in zip(batch, self._generated(tokenizer, model, batch), strict=True):
                if job.key in wanted:
                    request = body(self._name, job, self.params)
                    tell(Attempt(*job.key, 1, ANSWERED, request, response=response(text, finish)))

    def _batches(self) -> Iterator[list[Job]]:
        jobs, size = self._asked.jobs(), self._asked.concurrency
        return (jobs[i : i + size] for i in range(0, len(jobs), size))

    def _generated(self, tokenizer: Any, model: Any, batch: Sequence[Job]) -> list[tuple[str, str]]:
        """The text of each job of a batch, and whether it stopped or has its full length."""
        import torch

        more = self.params.get("chat_template_kwargs") or {}
        asked = [body("", job, {})["messages"] for job in batch]
        inputs = self._inputs(tokenizer, asked, more).to(model.device)
        if "seed" in self.params:
            torch.manual_seed(hash64(self.params["seed"], *batch[0].key) >> 1)
        try:
            with torch.inference_mode():
                made = model.generate(
                    **inputs, **_options(self.params), tokenizer=tokenizer, pad_token_id=tokenizer.pad_token_id
                )
        except torch.OutOfMemoryError:
            raise GamegenError(
                f"transformers:{self._name}: out of memory; a smaller --concurrency makes smaller batches"
            ) from None
        except (ValueError, TypeError) as error:
            raise GamegenError(f"transformers:{self._name}: does not take what --param has ({line(error)})") from None
        return [self._said(tokenizer, model, row) for row in made[:, inputs["input_ids"].shape[1] :].tolist()]

    def _inputs(self, tokenizer: Any, asked: Sequence[Messages], more: Mapping[str, Any]) -> Any:
        """The tokens of a batch; without a chat template a prompt is its messages, one below the other."""
        from jinja2 import TemplateError

        if not tokenizer.chat_template:
            texts = ["".join(f"{message['content']}\n\n" for message in chat) for chat in asked]
            return tokenizer(texts, return_tensors="pt", padding=True)
        try:
            texts = [tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True, **more) for chat in asked]
        except TemplateError as error:  # some know no system message
            raise GamegenError(
                f"transformers:{self._name}: its chat template fails ({line(error)}); choose a --split"
            ) from None
        return tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)

    def _said(self, tokenizer: Any, model: Any, tokens: list[int]) -> tuple[str, str]:
        """The text of the new tokens, which are as many in the whole batch: those behind the end are padding."""
        ends = model.generation_config.eos_token_id
        ends = {*(ends if isinstance(ends, list) else [ends]), tokenizer.eos_token_id, tokenizer.pad_token_id}
        whole: str = tokenizer.decode(tokens, skip_special_tokens=True)
        text = _before(whole, self.params.get("stop", ()))
        return text, "stop" if text != whole or tokens[-1] in ends else "length"


def _load(name: str) -> tuple[Any, Any]:
    """The tokenizer and the model of a name or a folder, on the accelerator where there is one."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, utils

    if not sys.stderr.isatty():
        utils.logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, padding_side="left")
        model = AutoModelForCausalLM.from_pretrained(name, dtype="auto")
    except (OSError, ValueError, KeyError) as error:
        raise GamegenError(f"transformers:{name}: cannot be loaded ({line(error)})") from None
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer, model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def _options(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as generate() takes them; a temperature says whether it samples, as endpoints have it."""
    options = {_NAMES.get(name, name): value for name, value in params.items() if name not in _ASIDE}
    if "temperature" in options:
        options["do_sample"] = options["temperature"] > 0
        if not options["do_sample"]:
            del options["temperature"]
    return options


def _before(text: str, stops: str | Sequence[str]) -> str:
    """The text before the first of the texts that stop it, as endpoints give it.

    >>> _before("12 + 3</answer> and so", ["</answer>", "so"]), _before("12", "3")
    ('12 + 3', '12')
    """
    for stop in [stops] if isinstance(stops, str) else stops:
        text = text.partition(stop)[0]
    return text
