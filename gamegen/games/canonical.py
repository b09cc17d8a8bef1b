"""The same form for all tables that differ by the order of their items alone.

Words: a *table* says in row i and column k how item i stands to item k, as a number, and in row i and column i what item i is
like. Its *canonical form* is the table in an order that does not depend on the one that it was given in. *Cells* tell items
apart that look different, and are numbered in an order that follows from how they look.

The way is that of McKay ("Practical graph isomorphism", 1981) in small: items are told apart by what they are like and how
they stand to others, until nothing more comes of it (refinement); where some still look the same, each is put first in turn,
and of all forms that come out the least is taken. Of *twins*, which can change places with nothing else moved, one is enough.
"""

from collections.abc import Iterator, Sequence
from typing import Any

Table = Sequence[Sequence[int]]


def canonical(table: Table) -> tuple[int, ...]:
    """The canonical form of a table, row by row.

    >>> canonical([[0, 1, 1], [1, 0, 0], [1, 0, 0]]) == canonical([[0, 0, 1], [0, 0, 1], [1, 1, 0]])
    True
    """
    return min(_forms(table, [table[i][i] for i in range(len(table))]))


def _forms(table: Table, cells: list[int]) -> Iterator[tuple[int, ...]]:
    """The forms of the table in the orders that the cells leave open."""
    cells = _refined(table, cells)
    alike = [[i for i, cell in enumerate(cells) if cell == number] for number in range(max(cells) + 1)]
    several = next((items for items in alike if len(items) > 1), None)
    if several is None:
        order = [item for (item,) in alike]
        yield tuple(table[i][k] for i in order for k in order)
        return
    for i, first in enumerate(several):
        if not any(_are_twins(table, first, other) for other in several[:i]):
            yield from _forms(table, [2 * cell - (item == first) for item, cell in enumerate(cells)])


def _refined(table: Table, cells: list[int]) -> list[int]:
    """The cells, numbered from 0 on, told further apart by how their items stand to those of each cell."""
    items = range(len(table))
    cells = _ranked(cells)
    while max(cells) < items[-1]:
        looks = [(cells[i], *sorted((cells[k], table[i][k], table[k][i]) for k in items if k != i)) for i in items]
        finer = _ranked(looks)
        if max(finer) == max(cells):
            break
        cells = finer
    return cells


def _ranked(looks: Sequence[Any]) -> list[int]:
    ranks = {look: rank for rank, look in enumerate(sorted(set(looks)))}
    return [ranks[look] for look in looks]


def _are_twins(table: Table, one: int, other: int) -> bool:
    """Whether the table stays the same when the two change places."""
    return (
        table[one][other] == table[other][one]
        and table[one][one] == table[other][other]
        and all(
            table[one][i] == table[other][i] and table[i][one] == table[i][other]
            for i in range(len(table))
            if i not in (one, other)
        )
    )
