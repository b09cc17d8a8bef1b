"""The items that a harness asks, refused at the start where they could not be judged at the end."""

from collections.abc import Sequence

from gamegen.corpus import Row
from gamegen_benchmarks import external
from gamegen_benchmarks.items import Suite, suite

SHIPPED = "transfer"


def asked(given: str = SHIPPED, chosen: str | Sequence[str] = (), limit: int | None = None) -> tuple[Suite, list[Row]]:
    """A suite, by its name or folder, and its items: of some distances or splits, and the first few of each split.

    Raises GamegenError for what is not there, and where an extra is missing that judges some of them.
    """
    found = suite(given)
    names = chosen.split(",") if isinstance(chosen, str) else chosen
    items = found.items([name.strip() for name in names if name.strip()], limit)
    if any(map(external.scores, items)):
        external.rows(0)
    return found, items
