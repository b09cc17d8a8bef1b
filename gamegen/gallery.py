"""The gallery: one puzzle in every style, arm, kind of corruption and surface, as Markdown: each dial at a glance."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from gamegen.arms import ARMS
from gamegen.corpus import Maker
from gamegen.corruptions import KINDS
from gamegen.errors import SpecError
from gamegen.spec import OPERATORS, CorruptionSpec, Spec
from gamegen.styles import names, style

OPENS, CLOSES = "⟦", "⟧"  # around what a label names
BASES_SHOWN = ("base 2", "base 7", "base 16")


def gallery(spec: Spec) -> str:
    """The first training row of a spec in each style, arm, kind of corruption, its labels marked, and surface.

    Raises SpecError for a spec of several games.
    """
    if len(spec.games) > 1:
        raise SpecError("game", f"{', '.join(spec.games)} given; the gallery shows one puzzle, so name one game")
    row = next(iter(Maker(_varied(spec, "plain", ("procedure",))).rows("train", 0).values()))
    small = row["numbers"] is None
    shown = "style, arm and kind of corruption" if small else "style, arm, kind of corruption and surface"
    about = row["game"] if small else f"{row['target']} from {', '.join(map(str, row['numbers']))}"
    parts = [
        f"# Gallery: {about}",
        f"One puzzle in every {shown}. {OPENS}…{CLOSES} marks what a label names, and is no "
        "text. `make cards` makes this page.",
        "```text\n" + row["prompt"][-1]["content"] + "\n```",
    ]
    for name in names():
        if not (small and style(name).published):
            parts += [f"## Style `{name}`", *_arms(spec, name), *_kinds(spec, name)]
    surfaces = [] if small else ["## Surfaces", *_surfaces(spec)]
    return "\n\n".join([*parts, *surfaces]) + "\n"


def _arms(spec: Spec, style: str) -> Iterator[str]:
    yield f"### `{style}`: arms"
    for arm, treatment in ARMS.items():
        if not treatment.drawn:
            yield _exhibit(_varied(spec, style, (arm,)), arm, arm, treatment.says)


def _kinds(spec: Spec, style: str) -> Iterator[str]:
    yield f"### `{style}`: corruptions of the arm `procedure`"
    for name, kind in KINDS.items():
        only = dataclasses.replace(_varied(spec, style, ("corrupted",)), corruptions={name: CorruptionSpec()})
        yield _exhibit(only, "corrupted", name, f"{kind.says[0].upper()}{kind.says[1:]}; the rule: {kind.breaks}.")


def _surfaces(spec: Spec) -> Iterator[str]:
    """The plain style in each way to write operators, and in each way to write numbers, of the bases some."""
    plain = _varied(spec, "plain", ("procedure",))
    for field, values in (("operators", OPERATORS[1:]), ("numbers", ("words", *BASES_SHOWN))):
        for value in values:
            surface = dataclasses.replace(spec.surface, **{field: value})
            yield _exhibit(dataclasses.replace(plain, surface=surface), "procedure", value, f"`surface.{field}`: {value}.")


def _varied(spec: Spec, style: str, arms: tuple[str, ...]) -> Spec:
    return dataclasses.replace(spec, style=dataclasses.replace(spec.style, name=style), arms=arms, corruptions={})


def _exhibit(spec: Spec, arm: str, name: str, says: str) -> str:
    """One row with its verdict; where the style cannot have it, why."""
    try:
        row = _maker(spec).rows("train", 0)[arm]
    except SpecError as error:
        return f"**`{name}`** {says} Not in this style: {error}"
    verdict = row["verdict"]
    reasons = f" ({', '.join(verdict['reasons'])})" if verdict["reasons"] else ""
    summary = f"<summary><b>{name}</b>: {verdict['grade']}{reasons}</summary>"
    return f"<details>{summary}\n\n{says}\n\n```text\n{_marked(row)}\n```\n\n</details>"


def _maker(spec: Spec) -> Maker:
    """A matched arm is matched to the row of the search, which is made beside it."""
    if ARMS[spec.arms[0]].matched:
        spec = dataclasses.replace(spec, arms=("procedure", *spec.arms))
    return Maker(spec)


def _marked(row: dict[str, Any]) -> str:
    """The completion, with what the labels name in brackets."""
    text: str = row["completion"][0]["content"]
    marks = [(start, OPENS) for start, _ in (label["span"] for label in row["corruptions"])]
    marks += [(end, CLOSES) for _, end in (label["span"] for label in row["corruptions"])]
    for at, sign in sorted(marks, key=lambda mark: (mark[0], mark[1] == OPENS), reverse=True):
        text = text[:at] + sign + text[at:]
    return text
