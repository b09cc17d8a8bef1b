"""Prompts: how a puzzle is asked and how a completion is wrapped, for every arm alike. The wording is ``templates.yaml``."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import yaml

from gamegen.errors import SpecError
from gamegen.games.countdown import Puzzle, Rules
from gamegen.spec import PromptSpec, SurfaceSpec, known
from gamegen.surface import DIGITS, SIGNS, writer

NEEDED = {
    "user": ("{numbers}", "{target}", "{rules}"),
    "completion": ("{thinking}", "{answer}"),
    "summary": (),
    "declined": (),
    "unsolved": (),
    "system": (),
}
NO_SOLUTION = "no solution"  # in the place of an answer
SLOTS = {"numbers", "target", "rules", "thinking", "summary", "answer"}
SMALL_SLOTS = {"question", "answer_form", "thinking", "summary", "answer"}

_PLAIN = SurfaceSpec()
_LAST_TAG = re.compile(r"<\w+>\s*\Z")
_FIRST_TAG = re.compile(r"\A\s*</\w+>\s*")


class Wrapper(NamedTuple):
    """What stands around the thinking: before it, its closing tag, and the closing with its answer."""

    before: str
    tag: str
    lead: str
    answer: str
    tail: str

    @property
    def closing(self) -> str:
        return self.lead + self.answer + self.tail


@dataclass(frozen=True)
class Template:
    """The wording of a prompt, and the wrapper of its completion; what fills them is written in the surface."""

    user: str
    completion: str
    summary: str = ""
    declined: str = ""
    system: str = ""
    unsolved: str = ""
    surface: SurfaceSpec = SurfaceSpec()

    def messages(self, words: Mapping[str, str]) -> list[dict[str, str]]:
        """The prompt as chat messages; the words say what the puzzle is."""
        user = _fill(self.user, words)
        system = [{"role": "system", "content": self.system}] if self.system else []
        return [*system, {"role": "user", "content": user}]

    def wrapper(self, words: Mapping[str, str], answer: str | None, tags: bool = True) -> Wrapper:
        """What stands around the thinking, without its tags where not ``tags``; None as answer says that there is none."""
        before, _, after = self.completion.partition("{thinking}")
        tag = found.group() if (found := _FIRST_TAG.match(after)) else ""
        lead, _, tail = after[len(tag) :].partition("{answer}")
        if not tags:
            before, tag = _LAST_TAG.sub("", before), ""
        slots = {
            "summary": _fill(self.summary if answer is not None else self.declined, words),
            "answer": _in_surface(answer or NO_SOLUTION, self.surface),
        }
        return Wrapper(_fill(before, slots), tag, _fill(lead, slots), slots["answer"], _fill(tail, slots))

    def stopped(self) -> Wrapper:
        """What stands around the thinking of a search that stopped: the same tags, and no answer."""
        before, _, after = self.completion.partition("{thinking}")
        tag = found.group() if (found := _FIRST_TAG.match(after)) else "\n"
        return Wrapper(_fill(before, {"summary": "", "answer": ""}), tag, self.unsolved, "", "")


def countdown_words(puzzle: Puzzle, numbers: Sequence[int], surface: SurfaceSpec) -> dict[str, str]:
    """What fills the slots of a prompt of Countdown, the numbers in the order in which they are to be shown."""
    words = {"numbers": ", ".join(map(str, numbers)), "target": str(puzzle.target)}
    written = {slot: _in_surface(said, surface) for slot, said in words.items()}
    return {**written, "rules": say_rules(puzzle.rules, surface)}


def template(
    spec: PromptSpec, surface: SurfaceSpec = _PLAIN, small: bool = False, unsolvable: bool = False, notated: bool = False
) -> Template:
    """The template that a spec names or brings along, in the surface. Raises SpecError.

    small: for small games, which are asked as the game words it · unsolvable: where some puzzles have no solution, which the
    prompt then allows to say · notated: where the steps on a small game are asked for in its notation.
    """
    if isinstance(spec.template, str):
        known("prompt.template", spec.template, _data()["templates"])
        given = dict(_data()["templates"][spec.template])
        of_small, allows = given.pop("small"), given.pop("allows")
        given |= of_small if small else {}
        asked = [given["user"], _data()["notated"]] if small and notated else [given["user"]]
        given["user"] = " ".join([*asked, allows] if unsolvable else asked)
        return Template(**given, surface=surface)
    for name, text in spec.template.items():
        known(f"prompt.template.{name}", name, NEEDED)
        slots = set() if name == "unsolved" else SMALL_SLOTS if small else SLOTS
        unknown = set(re.findall(r"\{(\w+)\}", text)) - slots
        if unknown:
            possible = f"the slots are: {', '.join(sorted(slots))}" if slots else "it has no slots"
            raise SpecError(f"prompt.template.{name}", f"{{{min(unknown)}}} given; {possible}")
        needed = ("{question}",) if small and name == "user" else NEEDED[name]
        missing = [slot for slot in needed if slot not in text]
        if missing:
            raise SpecError(f"prompt.template.{name}", f"{text[:40]!r} given; it must contain {' and '.join(missing)}")
    if unsolvable and NO_SOLUTION not in spec.template.get("user", NO_SOLUTION):
        raise SpecError(
            "prompt.template.user",
            f"{spec.template['user'][:40]!r} given beside puzzles.unsolvable; it must ask for {NO_SOLUTION!r} "
            "where there is none",
        )
    for name in ("user", "completion"):
        if name not in spec.template:
            raise SpecError(f"prompt.template.{name}", "missing; a template of one's own has user and completion")
    return Template(**spec.template, surface=surface)


@cache
def say_rules(rules: Rules, surface: SurfaceSpec = _PLAIN) -> str:
    """The rules of a game in words, one sentence each, and how numbers and operators are written where they are not plain."""
    said, signs = _data()["rules"], SIGNS[surface.operators]
    *others, last = [signs[op] for op in rules.operations]
    operations = f"{', '.join(others)} and {last}" if others else last
    played = (
        said["operations"].replace("{operations}", operations),
        said["use_all"][rules.use_all],
        said["values"][rules.values],
    )
    return " ".join((*played, *_say_surface(surface, [signs[op] for op in (*rules.operations, "=")])))


def _say_surface(surface: SurfaceSpec, signs: Sequence[str]) -> list[str]:
    """How numbers and operators are written: a sentence for each that is not plain."""
    said, base = _data()["surface"], surface.numbers.removeprefix("base ")
    kind = surface.numbers if base == surface.numbers else "letters" if int(base) > 10 else "base"
    sentences = []
    if surface.numbers != _PLAIN.numbers:
        digits = DIGITS[: int(base)] if base.isdecimal() else ""
        sentences.append(_fill(said["numbers"][kind], {"base": base, "digits": digits}))
    if surface.operators != _PLAIN.operators:
        sentences.append(_fill(said["operators"][surface.operators], {"signs": ", ".join(signs)}))
    return sentences


def _in_surface(text: str, surface: SurfaceSpec) -> str:
    write = writer(surface)
    return write(text) if write else text


def _fill(text: str, slots: Mapping[str, str]) -> str:
    """The text with each slot filled; other braces are left as they are, as \\boxed{} needs."""
    for slot, value in slots.items():
        text = text.replace("{" + slot + "}", value)
    return text


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((resources.files("gamegen") / "templates.yaml").read_text(encoding="utf-8"))
    return data
