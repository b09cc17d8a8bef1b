"""Columns: where a table, ours or not, has what a verdict needs.

Words: a *path* leads to a value through nested columns, its parts parted by dots: a part is a name, or a place in a list
from 0 on (-1 is the last). A text on the way that is JSON is gone into. A *layout* says by which paths the fields of a row
are looked for, the first that leads to something counts, and which rules hold where a row states none.

>>> look({"answer": {"numbers": [2, 4]}}, "answer.numbers.0")
2
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

import pyarrow as pa

from gamegen.errors import GamegenError, SpecError
from gamegen.games.countdown import Rules

LONGEST_JSON = 1 << 20  # characters of a text that is gone into
DEEPEST = 8  # parts of a path that are named to a person
SHOWN = 40  # names of columns that are listed in a message

Row = dict[str, Any]
Paths = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """The paths of each field, those that the person ``named``, and the parts of the rules that are ``given`` for all rows."""

    numbers: Paths = ("numbers",)
    target: Paths = ("target",)
    text: Paths = ("completion", "response")
    prompt: Paths = ("prompt", "question")
    steps: Paths = ("steps",)
    rules: Paths = ("rules",)
    surface: Paths = ("surface",)
    game: Paths = ("game",)
    puzzle: Paths = ("puzzle",)
    given: dict[str, Any] = field(default_factory=dict)
    named: Paths = ()

    def value(self, row: Row, name: str) -> Any:
        """The value of a field of a row, None where no path leads to one."""
        return next((found for path in getattr(self, name) if (found := look(row, path)) is not None), None)


FIELDS = tuple(f.name for f in fields(Layout) if f.name not in ("given", "named"))
OWN = Layout()


def layout(columns: str | None = None, rules: str | None = None) -> Layout:
    """The layout of ``numbers=answer.numbers,text=response`` and ``operations=+-,use_all=false``. Raises GamegenError."""
    found = OWN
    for name, path in _pairs("--columns", columns):
        if name not in FIELDS:
            raise GamegenError(f"--columns: {name!r} given; what can be mapped is {', '.join(FIELDS)}, as in text=response")
        mapped: dict[str, Any] = {name: (path,), "named": (*found.named, path)}
        found = replace(found, **mapped)
    return replace(found, given=_rules(rules))


def _rules(text: str | None) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, value in _pairs("--rules", text):
        if name not in (known := [f.name for f in fields(Rules)]):
            raise GamegenError(f"--rules: {name!r} given; the rules are {', '.join(known)}, as in use_all=true")
        given[name] = {"true": True, "false": False}.get(value.lower(), value) if name == "use_all" else value
    try:
        Rules(**given)
    except SpecError as error:
        raise GamegenError(f"--{error}") from None
    return given


def _pairs(option: str, text: str | None) -> Iterator[tuple[str, str]]:
    """The ``name=value`` of a list with commas; a value has none."""
    for part in (text or "").split(",") if text else ():
        name, equals, value = part.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise GamegenError(f"{option}: {part[:40]!r} given; name=value is needed, with commas between")
        yield name.strip(), value.strip()


def look(value: Any, path: str) -> Any:
    """What a path leads to, None where it leads nowhere; a column whose own name has dots is found by that name."""
    if isinstance(value, str) and value[:1] in "{[" and len(value) <= LONGEST_JSON:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if isinstance(value, dict) and path in value:
        return value[path]
    head, dot, rest = path.partition(".")
    if isinstance(value, dict) and head in value:
        inner = value[head]
    elif isinstance(value, list) and head.lstrip("-").isdecimal() and len(head) < 10 and -len(value) <= int(head) < len(value):
        inner = value[int(head)]
    else:
        return None
    return look(inner, rest) if dot else inner


def check_rows(where: str, rows: Iterable[Row], sought: Layout) -> None:
    """Raise GamegenError where none of the rows has a column that the person named."""
    rows = list(rows)
    for path in sought.named:
        if rows and not any(_has(row, path) for row in rows):
            names = list(dict.fromkeys(name for row in rows for name in _names(row)))
            raise _no_column(where, path, names)


def _has(row: Row, path: str) -> bool:
    """Whether a row has the column, be it null; what lies deeper than its nulls cannot be known."""
    for cut in [i for i, sign in enumerate(path) if sign == "."]:
        if path[:cut] in row and row[path[:cut]] is None:
            return True
    return path in row or look(row, path) is not None or _is_null(row, path)


def _is_null(row: Row, path: str) -> bool:
    above, _, last = path.rpartition(".")
    inner = look(row, above) if above else row
    return isinstance(inner, dict) and last in inner


def check_schema(where: str, schema: pa.Schema, sought: Layout) -> None:
    """Raise GamegenError where a Parquet file lacks a column that was named, or all that a puzzle and a text come from."""
    kind, names = pa.struct(list(schema)), [name for f in schema for name in _type_names(f.name, f.type)]
    for path in sought.named:
        if not _leads(kind, path):
            raise _no_column(where, path, names)

    def lacks(name: str) -> bool:
        return not any(_leads(kind, path) for path in getattr(sought, name))

    if lacks("numbers") and lacks("target") and not lacks("steps"):
        return  # arithmetic without a puzzle
    missing = [sought.numbers[0]] * lacks("numbers") + [sought.target[0]] * lacks("target")
    if missing and lacks("prompt") and (lacks("game") or lacks("puzzle")):
        raise _no_column(where, " and ".join(missing), names)
    if lacks("text"):
        raise _no_column(where, " or ".join(sought.text), names)


def _no_column(where: str, path: str, names: list[str]) -> GamegenError:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return GamegenError(f"{where}: no column {path[:80]}; it has {', '.join(names[:SHOWN]) or 'none'}{more}")


def _leads(kind: pa.DataType, path: str) -> bool:
    """Whether a path leads to something in a type; what is text may be JSON, and a map may have any name."""
    if pa.types.is_struct(kind):
        found = {f.name: f.type for f in kind}
        head, dot, rest = path.partition(".")
        return path in found or (head in found and (not dot or _leads(found[head], rest)))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        head, dot, rest = path.partition(".")
        return head.lstrip("-").isdecimal() and (not dot or _leads(kind.value_type, rest))
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_map(kind) or pa.types.is_null(kind))


def _names(value: Any, above: str = "", depth: int = 0) -> Iterator[str]:
    for name, inner in value.items():
        if isinstance(inner, dict) and inner and depth < DEEPEST:
            yield from _names(inner, f"{above}{name}.", depth + 1)
        else:
            yield f"{above}{name}"


def _type_names(name: str, kind: pa.DataType) -> Iterator[str]:
    if pa.types.is_struct(kind):
        for inner in kind:
            yield from _type_names(f"{name}.{inner.name}", inner.type)
    else:
        yield name
