"""What the terminal shows of runs: the tables that a report shows too."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gamegen.terminal import screen, table
from gamegen_benchmarks.summary import PROCEDURE
from gamegen_verifiers.verdict import GRADES

# Columns of the tables of a summary: the figure, and how many digits it has behind the point.
SCORES = {"accuracy": 3, "sound_share": 3, "procedure_score": 3, "tokens": 0}
SURFACE = {"tokens": 0, "tokens_per_state": 1, "marker_density": 2, "compression": 2, "repetition": 3, "truncated": 3}
STEPS = {"readable": 3, "recall": 3, "new_steps": 1, "coverage": 3, **{f"procedure.{name}": 3 for name in PROCEDURE}}
ABSTENTION = {"declined_unsolvable": 3, "declined_solvable": 3, "youden_j": 3}
SHARES = {f"grade.{grade}": 3 for grade in GRADES}
COUNTS = ("items", "completions", "missing", "unreadable")

Group = Mapping[str, Any]


def show_summary(found: Mapping[str, Any]) -> None:
    """What the scores of a run come to."""
    run, groups = found["run"], found["groups"]
    screen.print(f"{run['name']}: {run['model']} on {run['suite']}", markup=False, style="bold")
    screen.print()
    _show("", SCORES, groups, COUNTS)
    few = [group for group in groups if group["by"] in ("all", "distance")]
    tried = {name: 3 for name in few[0]["figures"] if name.startswith("pass_at_")}
    if len(tried) > 1:
        _show("One of k samples is right", tried, few)
    _show("Shares of the grades", SHARES, few)
    _show("Procedure, of what could be read", STEPS, few, down=True)
    _show("Surface", SURFACE, few, down=True)
    known = [group for group in groups if group["by"] != "game" and group["figures"]["declined_unsolvable"]["items"]]
    if known:
        _show("Said that there is no solution", ABSTENTION, known)
    _show_bounds(groups)
    for reason, count in list(few[0]["reasons"].items())[:12]:
        screen.print(f"  {count:8,}  {reason}", markup=False)


def _show(
    title: str, columns: Mapping[str, int], groups: Iterable[Group], counts: Sequence[str] = (), down: bool = False
) -> None:
    """A table of figures with their intervals: a line for each group or, ``down``, for each figure."""
    head = [*counts, *(name.rsplit(".", 1)[-1].replace("_", " ") for name in columns)]
    body = [
        [*(f"{group[name]:,}" for name in counts), *(said(group["figures"][name], digits) for name, digits in columns.items())]
        for group in groups
    ]
    names = [group["name"] for group in groups]
    if down:
        head, body, names = names, [list(line) for line in zip(*body, strict=True)], head
    if title:
        screen.print(title, style="bold")
    screen.print(table(("", *head), ((name, *line) for name, line in zip(names, body, strict=True))))
    screen.print()


def _show_bounds(groups: Iterable[Group]) -> None:
    """Between what figures lie whatever the missing ones are, where some are missing."""
    lines = [
        (f"{group['name']}, {name.replace('_', ' ')}", said(figure, 3), "{:.3f} to {:.3f}".format(*figure["bounds"]))
        for group in groups
        if group["by"] in ("all", "distance")
        for name, figure in group["figures"].items()
        if "bounds" in figure
    ]
    if lines:
        screen.print("Whatever the missing ones are", style="bold")
        screen.print(table(("", "figure", "lies in"), lines))
        screen.print()


def said(figure: Mapping[str, Any] | None, digits: int) -> str:
    """A figure with its interval; nothing where there is none."""
    if figure is None or figure["value"] is None:
        return ""
    value, low, high = (f"{figure[name]:,.{digits}f}" for name in ("value", "low", "high"))
    return value if low == high else f"{value} [{low}, {high}]"
