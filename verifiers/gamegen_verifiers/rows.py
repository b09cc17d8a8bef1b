"""Rows, judged one by one; a row that cannot be judged is a finding, not an exception.

A row has ``numbers`` and ``target``, or a ``prompt`` that asks for them (a text, or chat messages), and ``response`` or
``completion`` (likewise); it may state its ``rules`` and the ``surface`` that its texts are written in, and may have anything
else besides. A row of another game than Countdown has ``game`` and ``puzzle`` in the place of numbers and target. A layout says
where a table has them; see ``columns``. The rules are those that the row states; else, part by part, those that are given for
all rows, that the prompt states, and UNSTATED_RULES.
"""

import json
from dataclasses import asdict, fields
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeVar

from gamegen import games
from gamegen.errors import SpecError
from gamegen.games.countdown import Puzzle, Rules
from gamegen.games.small import SmallGame
from gamegen_verifiers import prompts
from gamegen_verifiers.arithmetic import StepsVerdict, verify_steps
from gamegen_verifiers.columns import OWN, Layout, look
from gamegen_verifiers.notation import PLAIN, Notation
from gamegen_verifiers.playing import verify_game
from gamegen_verifiers.prompts import Asked
from gamegen_verifiers.sources import NoRow, Row, said
from gamegen_verifiers.verdict import Verdict, verify

UNSTATED_RULES = Rules(values="rational")  # of rows that state none: all numbers once, + - * /, any fractions on the way
MOST_NUMBERS = 16
LARGEST = 10**18

Stated = TypeVar("Stated", Rules, Notation)

_NOTHING = Asked(None, None, {}, None)
_read = lru_cache(maxsize=256)(prompts.read)  # sampled responses share their prompts


def judge(row: Row, layout: Layout = OWN) -> Verdict:
    """The verdict on a row. Raises NoRow where the row does not say what its puzzle or its text is."""
    if played := small(row, layout):
        return verify_game(*played, text(row, layout))
    return verify(puzzle(row, layout), text(row, layout), surface(row, layout))


def judge_any(row: Row, layout: Layout = OWN) -> Verdict | StepsVerdict:
    """The verdict on a row; where it has ``steps`` and no puzzle, on their arithmetic alone. Raises NoRow."""
    stated = any(layout.value(row, name) is not None for name in ("numbers", "target", "puzzle"))
    if stated or layout.value(row, "steps") is None or _asked(row, layout).numbers:
        return judge(row, layout)
    return verify_steps(steps(row, layout))


def small(row: Row, layout: Layout = OWN) -> tuple[SmallGame[Any, Any, Any], Any] | None:
    """The small game that a row names, and its puzzle; None for a row of Countdown. Raises NoRow."""
    name, stated = layout.value(row, "game"), layout.value(row, "puzzle")
    if name is None or name == games.COUNTDOWN:
        return None
    if name not in games.names():
        if stated is None or layout.value(row, "numbers") is not None:
            return None  # the column says something else
        raise NoRow(f"game: {said(name)} given beside a puzzle; the games are: {', '.join(games.names())}")
    stated = json.dumps(stated, default=str) if isinstance(stated, dict) else stated
    if not isinstance(stated, str):
        raise NoRow(f"puzzle: {said(stated)} given; a row of {name} must have it as JSON")
    try:
        game = games.small_game(name)
        return game, game.hear_puzzle(stated)
    except ValueError as error:
        raise NoRow(f"puzzle: {error}") from None


def steps(row: Row, layout: Layout = OWN) -> list[str]:
    """The steps of a row: a list of texts, or the lines of one. Raises NoRow."""
    given = layout.value(row, "steps")
    found = [line for line in given.splitlines() if line.strip()] if isinstance(given, str) else given
    if not isinstance(found, list) or not all(isinstance(step, str) for step in found):
        raise NoRow(f"steps must be a text or a list of texts, {said(given)} given")
    return found


def puzzle(row: Row, layout: Layout = OWN) -> Puzzle:
    """The puzzle that a row states. Raises NoRow."""
    numbers, target, rules = (layout.value(row, name) for name in ("numbers", "target", "rules"))
    asked = _NOTHING if None not in (numbers, target, rules) else _asked(row, layout)
    if numbers is None and asked.numbers:
        numbers = list(asked.numbers)
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= MOST_NUMBERS:
        raise NoRow(
            f"numbers must be a list of 1 to {MOST_NUMBERS} integers, {said(numbers)} given{_unasked(numbers, row, layout)}"
        )
    if target is None:
        target = asked.target
    if rules is None:
        rules = {**asdict(UNSTATED_RULES), **asked.rules, **layout.given}
    return Puzzle(tuple(_integer("numbers", n) for n in numbers), _integer("target", target), _stated(Rules, "rules", rules))


def prompt(row: Row, layout: Layout = OWN) -> str | None:
    """The text of a row's prompt, that of the last message of a user where it is a chat, behind that of the system."""
    for path in layout.prompt:
        value = look(row, path)
        if isinstance(value, list) and (
            messages := [m for m in value if isinstance(m, dict) and isinstance(m.get("content"), str)]
        ):
            users = [m["content"] for m in messages if m.get("role", m.get("from")) in ("user", "human")]
            system = [m["content"] for m in messages if m.get("role", m.get("from")) == "system"]
            value = "\n".join((*system[:1], users[-1] if users else messages[-1]["content"]))
        if isinstance(value, str):
            return value
    return None


def text(row: Row, layout: Layout = OWN) -> str:
    """The text of a row that is to be judged: that of the last message where it is a chat. Raises NoRow."""
    for path in layout.text:
        value = look(row, path)
        if isinstance(value, list) and value and isinstance(value[-1], dict):
            value = value[-1].get("content")
        if isinstance(value, str):
            return value
    raise NoRow(f"no text: {' or '.join(layout.text)} must be a text or chat messages")


def surface(row: Row, layout: Layout = OWN) -> Notation:
    """The surface that a row states, or its prompt. Raises NoRow."""
    stated = layout.value(row, "surface")
    parts = list(stated.values()) if isinstance(stated, dict) else [stated]
    if all(part is None for part in parts):  # a null, or a struct of nulls, as some files have it
        asked = _read(said_in) if (said_in := prompt(row, layout)) is not None else _NOTHING
        return asked.surface or PLAIN
    return _stated(Notation, "surface", stated)


def _asked(row: Row, layout: Layout) -> Asked:
    said_in = prompt(row, layout)
    if said_in is None:
        return _NOTHING
    stated = layout.value(row, "surface")
    return _read(said_in, surface(row, layout)) if stated is not None else _read(said_in)


def _unasked(numbers: Any, row: Row, layout: Layout) -> str:
    """Why the prompt did not help, where it could have."""
    return ", and the prompt names none" if numbers is None and prompt(row, layout) is not None else ""


def _stated(kind: type[Stated], name: str, stated: Any) -> Stated:
    """Rules, or a surface, from the mapping that states them."""
    try:
        return kind(**stated)
    except TypeError:
        *others, last = [field.name for field in fields(kind)]
        raise NoRow(f"{name} must have {', '.join(others)} and {last}, {said(stated)} given") from None
    except SpecError as error:
        raise NoRow(str(error)) from None


def _integer(name: str, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST:
        raise NoRow(f"{name} must be integers, {said(value)} given")
    return value


def key(row: Row, by: str, layout: Layout = OWN) -> int:
    """What rows have in common that answer one question: the ``prompt``, the ``puzzle``, or what another path leads to.

    A hash of 64 bits, the same on every machine; of the puzzle where a row has no prompt. Raises NoRow where it has neither.
    """
    if by not in ("prompt", "puzzle"):
        value = look(row, by)
        if value is None:
            raise NoRow(f"no {by}, by which rows are to be told apart")
    else:
        value = (by == "prompt" and layout.value(row, "prompt")) or repr((small(row, layout) or (puzzle(row, layout),))[-1])
    return int.from_bytes(blake2b(json.dumps(value, default=str).encode(), digest_size=8).digest(), "big")
