"""What the scores say of texts that models wrote: figures, not texts; writes benchmarks/results/real_traces.* with --out.

FILES are .jsonl.gz with numbers, target, prompt, response and model. A *verbose* text has LONG tokens or more. A *false-target
line* is an equation that is said to make the target and does not. *Work* is what a text claims before and beside what it says
makes the target, so that the sound share of the work does not hold the answer itself.

Where the thinking of a model is not in the text (HIDDEN), nothing is said of its procedure.

    python benchmarks/validity/real_traces.py FILES --out benchmarks/results
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gamegen import engines
from gamegen.corpus import Row
from gamegen_benchmarks.judged import STEPS, new_steps
from gamegen_benchmarks.statistics import Estimate, clustered_auc, ratio
from gamegen_benchmarks.validity import LIKE
from gamegen_benchmarks.wordiness import wordiness
from gamegen_verifiers import rows, sources
from gamegen_verifiers.metrics import CLAIMS

LONG = 100  # tokens
FEWEST = 20  # of the right and of the wrong texts of a model, to say what tells them apart
HIDDEN = ("deepseek/deepseek-r1", "openai/o3-mini", "qwen/qwq-32b", "x-ai/grok-3-mini-beta")


class Text(NamedTuple):
    """What is known of one text; None where it could not be read.

    steps: new ones · claims, false_target, repeated: counts · sound_share, of_work: shares of the claims that hold.
    """

    model: str
    puzzle: str
    right: bool
    tokens: int
    repetition: float | None
    readable: bool
    steps: int | None = None
    claims: int | None = None
    false_target: int | None = None
    repeated: int | None = None
    sound_share: float | None = None
    of_work: float | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, help="the folder where real_traces.json and real_traces.md are written")
    parser.add_argument("--workers", type=int, default=engines.cores())
    options = parser.parse_args()
    texts = [text for file in options.files for text in _texts(file, options.workers)]
    models = [
        figures(model, [text for text in texts if text.model == model]) for model in dict.fromkeys(t.model for t in texts)
    ]
    print(shown := markdown(models))
    if options.out:
        (options.out / "real_traces.json").write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")
        (options.out / "real_traces.md").write_text(shown + "\n", encoding="utf-8")


def _texts(file: Path, workers: int) -> Iterator[Text]:
    for block in engines.stream(_of_block, sources.blocks(file), workers):
        yield from block


def _of_block(block: sources.Block, done: Any) -> list[Text]:
    return [text for _, row in sources.rows(block) if isinstance(row, dict) and row.get("numbers") for text in [_text(row)]]


def _text(row: Row) -> Text:
    verdict, sound, puzzle = rows.judge(row), wordiness(rows.text(row)), repr(rows.puzzle(row))
    readable = verdict.grade != "unreadable"
    known = Text(row["model"], puzzle, verdict.right, sound.tokens, sound.repetition, readable)
    if not known.readable:
        return known
    claims = [(step, label) for step, label in zip(verdict.reading, verdict.labels, strict=True) if step.kind in CLAIMS]
    work = [label == "valid" for step, label in claims if _result(step) != row["target"]]
    return known._replace(
        steps=new_steps(verdict),
        claims=len(claims),
        false_target=sum(_result(step) == row["target"] and label == "false arithmetic" for step, label in claims),
        repeated=sum(label == "repeated" for step, label in claims if step.kind in STEPS),
        sound_share=verdict.procedure.sound_share,
        of_work=sum(work) / len(work) if work else 0.0,
    )


def _result(step: Any) -> Any:
    """What a step is said to come to."""
    return step.claim.result if step.claim else step.goal if step.kind == "equation" else None


def figures(model: str, texts: Sequence[Text]) -> dict[str, Any]:
    """What is known of the texts of one model."""
    hidden = model in HIDDEN
    long = [text for text in texts if text.tokens >= LONG]
    read = [] if hidden else [text for text in long if text.readable]
    found: dict[str, Any] = {
        "model": model,
        "texts": len(texts),
        "accuracy": _share(texts, lambda text: text.right),
        "tokens": float(np.median([text.tokens for text in texts])),
        "verbose": len(long),
        "hidden": hidden,
        "readable": _share([] if hidden else long, lambda text: text.readable),
        "without a valid step": _share(read, lambda text: text.steps == 0),
        "with a false-target line": _share(read, lambda text: bool(text.false_target)),
        "with a repeated equation": _share(read, lambda text: bool(text.repeated)),
        "sound share": _mean(read, "sound_share"),
        "sound share, right": _mean([text for text in read if text.right], "sound_share"),
        "sound share, wrong": _mean([text for text in read if not text.right], "sound_share"),
    }
    for name in ("sound_share", "of_work", "tokens"):
        found[f"AUC of {name}"] = _tells_right(read, name, alike=name != "tokens")
    return {name: value._asdict() if isinstance(value, Estimate) else value for name, value in found.items()}


def _share(texts: Sequence[Text], holds: Any) -> Estimate:
    return ratio([holds(text) for text in texts], [1] * len(texts))


def _mean(texts: Sequence[Text], name: str) -> Estimate:
    return ratio([getattr(text, name) for text in texts], [1] * len(texts))


def _tells_right(texts: Sequence[Text], name: str, alike: bool) -> Estimate | None:
    """The AUC of a measure for right against wrong answers, of texts of like length or of all; None where there are too few."""
    right, wrong = ([text for text in texts if text.right is is_right] for is_right in (True, False))
    if min(len(right), len(wrong)) < FEWEST:
        return None
    lengths = np.abs(np.subtract.outer(np.log([text.tokens for text in right]), np.log([text.tokens for text in wrong])))
    high, low = ([getattr(text, name) for text in group] for group in (right, wrong))
    clusters = [text.puzzle for text in right], [text.puzzle for text in wrong]
    return clustered_auc(high, low, clusters, comparable=lengths <= LIKE if alike else None)


COLUMNS = {
    "texts": "{}",
    "accuracy": "share",
    "tokens": "{:.0f}",
    "verbose": "{}",
    "readable": "share",
    "without a valid step": "share",
    "with a false-target line": "share",
    "with a repeated equation": "share",
    "sound share": "{:.2f}",
    "sound share, right": "{:.2f}",
    "sound share, wrong": "{:.2f}",
    "AUC of sound_share": "auc",
    "AUC of of_work": "auc",
    "AUC of tokens": "auc",
}
HEADS = {
    "tokens": "median tokens",
    "AUC of sound_share": "AUC of the sound share for right answers, at like length",
    "AUC of of_work": "of the work alone",
    "AUC of tokens": "of length",
}


def markdown(models: Sequence[dict[str, Any]]) -> str:
    """The figures as a table."""
    heads = [HEADS.get(name, name) for name in COLUMNS]
    lines = [f"| model | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    lines += [f"| {of['model']} | {' | '.join(_shown(of, name, how) for name, how in COLUMNS.items())} |" for of in models]
    return "\n".join(lines)


def _shown(of: dict[str, Any], name: str, how: str) -> str:
    value = of[name]
    low, high = (value["low"], value["high"]) if isinstance(value, dict) else (None, None)
    value = value["value"] if isinstance(value, dict) else value
    if value is None or value != value:
        return "hidden" if of["hidden"] and how != "auc" else ""
    if how == "share":
        return f"{value:.0%}"
    return f"{value:.2f} [{low:.2f}, {high:.2f}]" if how == "auc" else how.format(value)


if __name__ == "__main__":
    main()
