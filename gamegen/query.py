"""Queries: which rows of some Parquet files meet a condition, said in DuckDB's SQL.

Words: a *condition* is one SQL expression over the columns of the rows; its *terms* are what stands between its outermost
ANDs. The engine parses it, so what is run is an expression and nothing besides; it may read these files and no others. To
the columns come those of SHORT, where no column has that name; a subquery finds all rows under the name ``rows``.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from gamegen.errors import GamegenError

SHORT = {
    "tokens": "verdict.surface.tokens",
    "steps": "verdict.steps",
    "backtracks": "verdict.procedure.backtracks",
    "grade": "verdict.grade",
}
MOST_TERMS = 60
_FILE = "gamegen file"  # columns of the query that no table has
_BATCH = 20_000

Places = npt.NDArray[np.int64]


class Query:
    """Some Parquet files, in their order, open for conditions. Raises GamegenError where DuckDB is not installed."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._duckdb = engine()
        self.starts = np.cumsum(
            [0, *(pq.read_metadata(file).num_rows for file in files)]
        )  # where each file begins among all rows
        self._files = {str(file): int(start) for file, start in zip(files, self.starts, strict=False)}
        self._schema = pq.read_schema(files[0])
        self._names = self._schema.names
        self._connection = self._duckdb.connect(":memory:")
        read = [_quoted(_no_pattern(name)) for name in self._files]
        allowed = dict.fromkeys([*read, *(_quoted(name) for name in self._files)])
        self._connection.execute(f"SET allowed_paths=[{', '.join(allowed)}]")
        self._connection.execute("SET enable_external_access=false")
        self._connection.execute("SET enable_progress_bar=false")
        self._connection.execute("SET lock_configuration=true")
        short = [f"{path} AS {name}" for name, path in SHORT.items() if self._has(path) and not self._has(name)]
        self._source = (
            f"(SELECT {', '.join(['*', *short])} FROM read_parquet([{', '.join(read)}], union_by_name=true, "
            f"filename={_quoted(_FILE)}, file_row_number=true))"
        )
        self.columns = [*self._names, *(name for name in SHORT if f"{SHORT[name]} AS {name}" in short)]

    def _has(self, path: str) -> bool:
        """Whether there is such a column, or such a field of one."""
        found: pa.DataType = pa.struct(list(self._schema))
        for name in path.split("."):
            if not pa.types.is_struct(found) or found.get_field_index(name) < 0:
                return False
            found = found.field(name).type
        return True

    def close(self) -> None:
        self._connection.close()

    def met(self, terms: Sequence[str]) -> npt.NDArray[np.bool_]:
        """For each row of all files and each term, whether it is met; what is null is not. Raises GamegenError."""
        found = np.zeros((int(self.starts[-1]), len(terms)), bool)
        for place, columns in self._select([f"coalesce(CAST(({term}) AS BOOLEAN), false)" for term in terms]):
            found[place] = np.asarray(columns, bool).T
        return found

    def is_plain(self, column: str) -> bool:
        """Whether there is such a column, of numbers or texts."""
        return any(field.name == column and not pa.types.is_nested(field.type) for field in self._schema)

    def values(self, column: str, option: str) -> npt.NDArray[Any]:
        """The value of a column in each row, as numbers (NaN for null) or texts. Raises GamegenError."""
        name = ".".join('"' + part.replace('"', '""') + '"' for part in column.split("."))
        kind = self._run(f"WITH rows AS {self._source} SELECT typeof({name}) FROM rows LIMIT 1", option).fetchone()
        numeric = kind is not None and kind[0].split("(")[0] in _NUMERIC
        found = np.zeros(int(self.starts[-1]), float if numeric else object)
        for place, (values,) in self._select([f"CAST({name} AS {'DOUBLE' if numeric else 'VARCHAR'})"], option):
            found[place] = np.asarray(values, float) if numeric else [str(value) for value in values]
        return found

    def _select(
        self, expressions: Sequence[str], option: str = "--where"
    ) -> Iterator[tuple[Places, Sequence[tuple[Any, ...]]]]:
        """The places of some rows, and what the expressions are in them."""
        asked = ", ".join(f"{expression} AS e{i}" for i, expression in enumerate(expressions))
        self._run(f'WITH rows AS {self._source} SELECT "{_FILE}", file_row_number, {asked} FROM rows', option)
        while True:
            try:
                rows = self._connection.fetchmany(_BATCH)
            except self._duckdb.Error as error:
                raise self._refusal(error, option) from None
            if not rows:
                return
            columns = list(zip(*rows, strict=True))
            place = np.asarray([self._files[file] for file in columns[0]]) + np.asarray(columns[1], np.int64)
            yield place, columns[2:]

    def _run(self, sql: str, option: str) -> Any:
        try:
            return self._connection.execute(sql)
        except self._duckdb.Error as error:
            raise self._refusal(error, option) from None

    def _refusal(self, error: Exception, option: str) -> BaseException:
        """What to tell the person of an error of the engine."""
        if isinstance(error, self._duckdb.InterruptException):
            return KeyboardInterrupt()
        said = " ".join(line.strip() for line in str(error).strip().split("\nLINE ")[0].splitlines() if line.strip())
        return GamegenError(f"{option}: {said[:300]}; the columns are {', '.join(self.columns)}")


def terms(condition: str) -> list[str]:
    """The terms of a condition, as the engine writes them. Raises GamegenError where it is no expression."""
    duckdb = engine()
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET enable_external_access=false")
        said = connection.execute("SELECT json_serialize_sql($1)", [f"SELECT 1 FROM rows WHERE (\n{condition}\n)"]).fetchone()
        tree: dict[str, Any] = json.loads(said[0])
        if tree["error"]:
            raise GamegenError(f"--where: {tree.get('error_message', 'no SQL')}; {condition[:60]!r} given")
        node = tree["statements"][0]["node"] if len(tree["statements"]) == 1 else {}
        if node.get("type") != "SELECT_NODE" or not node.get("where_clause") or any(node.get(clause) for clause in _CLAUSES):
            raise GamegenError(f"--where: one expression is needed, such as \"grade = 'verified'\"; {condition[:60]!r} given")
        where = node["where_clause"]
        parts = where["children"] if where["type"] == "CONJUNCTION_AND" else [where]
        return [_text(connection, tree, part) for part in (parts if len(parts) <= MOST_TERMS else [where])]


def _text(connection: Any, tree: dict[str, Any], part: dict[str, Any]) -> str:
    """A part of a condition as SQL."""
    statement = tree["statements"][0]
    alone = {**tree, "statements": [{**statement, "node": {**statement["node"], "where_clause": part}}]}
    said = connection.execute("SELECT json_deserialize_sql($1::JSON)", [json.dumps(alone)]).fetchone()
    return _bare(str(said[0]).partition(" WHERE ")[2])


_CLAUSES = ("modifiers", "group_expressions", "group_sets", "having", "qualify", "sample")
_NUMERIC = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL"}
_NUMERIC |= {"UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"}


def engine() -> ModuleType:
    """DuckDB. Raises GamegenError where it is not installed."""
    try:
        import duckdb
    except ImportError:
        raise GamegenError("gamegen filter needs DuckDB; install it with: pip install 'gamegen[filter]'") from None
    return duckdb


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _no_pattern(path: str) -> str:
    """A path as the engine takes it for that file alone, where it has signs that stand for others."""
    return re.sub(r"[*?\[]", lambda sign: f"[{sign[0]}]", path)


def _bare(text: str) -> str:
    """Without the brackets around all of it."""
    return text[1:-1] if text.startswith("(") and text.endswith(")") and _closes_last(text) else text


def _closes_last(text: str) -> bool:
    depth = 0
    for i, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return i == len(text) - 1
    return False
