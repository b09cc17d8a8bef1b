"""What the terminal shows: rows with their steps coloured, tables of counts, progress.

In a pipe it is plain text, in lines as long as they are. Progress and notes go to standard error.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from gamegen.corpus import Row
from gamegen.errors import GamegenError
from gamegen.spec import Spec, to_yaml
from gamegen_verifiers import rows as foreign
from gamegen_verifiers.sources import NoRow
from gamegen_verifiers.verdict import GRADES, Verdict

# In a pipe lines are as long as they are, and tables as wide as they need to be.
screen = Console(highlight=False, soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 200)
notes = Console(stderr=True, highlight=False)


def note(said: str) -> None:
    """Tell the person of one thing on standard error, in one line."""
    notes.print(said, markup=False, soft_wrap=True)


@contextmanager
def progress(what: str, total: int | None, in_bytes: bool = False) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error where that is a terminal; gives what to call with each number of finished items."""
    count = DownloadColumn() if in_bytes else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), count, TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=notes, transient=True, disable=not notes.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda n: bar.advance(task, n)


@contextmanager
def stoppable(left: str) -> Iterator[None]:
    """Ctrl-C is one line that says what is left, and exit 130."""
    try:
        yield
    except KeyboardInterrupt:
        note(f"Stopped. {left}".strip())
        sys.exit(130)


_COLOURS = {"given": "dim", "try": "", "dead_end": "red", "backtrack": "yellow", "subgoal": "magenta", "check": "green"}
_COLOURS |= {"found": "bold green", "stop": "bold yellow"}


def show_row(found: Row) -> None:
    """A row: its prompt, its text step by step, and its verdict. Raises GamegenError where it cannot be judged."""
    try:
        text, verdict = foreign.text(found), foreign.judge(found)
    except NoRow as problem:
        raise GamegenError(f"the row cannot be judged: {problem}") from None
    prompt = found.get("prompt")
    said = prompt[-1].get("content") if isinstance(prompt, list) and prompt and isinstance(prompt[-1], dict) else prompt
    screen.print(Text(f"{found.get('id', '')}  {found.get('arm', '')}".strip(), "bold"))
    if said:
        screen.print(Text(str(said), "cyan"), "", sep="\n")
    screen.print(_coloured(text, verdict), "", sep="\n")
    screen.print(_verdict_line(verdict))


def _coloured(text: str, verdict: Verdict) -> Text:
    """The text, each step in the colour of its kind, and what does not hold marked with the reason."""
    coloured = Text()
    end = 0
    for step, label in zip(verdict.reading, verdict.labels, strict=True):
        coloured.append(text[end : step.start], "dim")
        coloured.append(text[step.start : step.end], _COLOURS[step.kind] if label == "valid" else "reverse red")
        if label != "valid":
            coloured.append(f" [{label}]", "bold red")
        end = step.end
    coloured.append(text[end:])
    return coloured


def _verdict_line(verdict: Verdict) -> Text:
    colour = "green" if verdict.grade == "verified" else "red" if verdict.grade in ("wrong", "confabulated") else "yellow"
    p = verdict.procedure
    counts = f"{verdict.steps} steps, {p.dead_ends} dead ends, {p.backtracks} backtracks, {verdict.surface.tokens} tokens"
    reasons = f" ({', '.join(verdict.reasons)})" if verdict.reasons else ""
    return Text.assemble("verdict: ", (verdict.grade, f"bold {colour}"), f"{reasons}, answer {verdict.answer}; {counts}")


def show_plan(asked: Spec, capacity: dict[str, int]) -> None:
    """What would be made of a spec."""
    print(to_yaml(asked))
    screen.print(table(("split", "rows in each arm", "rows possible"), _splits(asked, capacity)))
    screen.print("Nothing was written.")


def show_manifest(asked: Spec, out: Path, manifest: dict[str, Any], row: Row, seconds: float) -> None:
    """What was made of a spec, with a row of it."""
    screen.print(table(("split", "rows in each arm", "rows possible"), _splits(asked, manifest["capacity"])))
    grades = [(arm, *(f"{counts.get(grade, 0):,}" for grade in GRADES)) for arm, counts in manifest["grades"].items()]
    screen.print("", table(("arm", *GRADES), grades), sep="\n")
    screen.print(Text(f"\nA row, as `gamegen show {out}` shows it:\n", "bold"))
    show_row(row)
    size = manifest["bytes"] / 1e6
    screen.print(f"\n{manifest['rows']:,} rows in {out} ({size:.1f} MB) after {seconds:.1f} s. Load them with:\n")
    screen.print(Text(f'    datasets.load_dataset("{out}", "{asked.arms[0]}")', "bold"), soft_wrap=True)


def show_share(out: Path, manifest: dict[str, Any]) -> None:
    """What one of several jobs made, and which of the others have not ended."""
    missing = manifest["missing"]
    others = ", ".join(map(str, missing[:20])) + (f" and {len(missing) - 20} more" if len(missing) > 20 else "")
    screen.print(f"{manifest['rows']:,} rows in {out} ({manifest['bytes'] / 1e6:.1f} MB).", markup=False)
    screen.print(f"The corpus is closed by the job that ends last; not ended: {others}.", markup=False)


def _splits(asked: Spec, capacity: dict[str, int]) -> list[tuple[str, ...]]:
    return [(split, f"{asked.splits.get(split, 0):,}", f"{rows:,}") for split, rows in capacity.items()]


def show_suite(manifest: dict[str, Any], says: dict[str, dict[str, str]], stay: list[str] | None) -> None:
    """The splits of a suite; the far ones that stay far for a preset, where one was asked of."""
    head = ("distance", "split", "rows", "unsolvable", "what it tests")
    body = [
        (f["distance"], f["split"], f"{f['rows']:,}", str(f["rows"] - f["solvable"] or ""), says[f["distance"]][f["split"]])
        for f in manifest["files"]
    ]
    screen.print(table(head, body))
    screen.print(f"\nNear, mid and far of a model that is trained on {manifest['preset']}.")
    if stay is not None:
        screen.print(f"Far of the preset that was asked for: {', '.join(stay) or 'none'}.")


def show_item(row: Row) -> None:
    """A row of a suite, with its reference where it has one."""
    if row["reference"] is not None:
        show_row({**row, "response": row["reference"]})
    else:
        screen.print(Text(row["id"], "bold"), Text(row["prompt"][-1]["content"], "cyan"), sep="\n")
    answer = row["answer"] if row["answer"] is not None else "none is stored"
    screen.print(Text(f"\nanswer: {answer}; scored by {row['scorer']['name']} {row['scorer']['version']}"))


def show_built(out: Path, manifest: dict[str, Any], changed: list[str]) -> None:
    """A suite that was made, and whether it is the one that ships."""
    rows = sum(file["rows"] for file in manifest["files"])
    differ = f"{len(changed)} other than ship with gamegen: {', '.join(changed)}"
    same = differ if changed else "all as they ship with gamegen"
    screen.print(f"{rows:,} rows in {len(manifest['files'])} files in {out}; {same}.", highlight=False)


def show_summary(summary: dict[str, Any]) -> None:
    """What the verdicts on many rows were."""
    rows = summary["rows"]
    for what in ("answer", "grade", "reasons"):
        shares = [(name, f"{n:,}", f"{n / rows:.1%}") for name, n in summary[what].most_common()]
        if shares:
            screen.print(table((what, "rows", "share"), shares), "", sep="\n")
    screen.print(f"{rows:,} rows judged, {summary['unreadable_lines']:,} lines could not be read.")
    if summary["changed_verdicts"]:
        screen.print(f"{summary['changed_verdicts']:,} rows had another verdict before.")


def show_filtered(summary: dict[str, Any]) -> None:
    """What was kept of many rows, what for others were dropped, and how near the control came."""
    grades = [
        (grade, f"{n['rows']:,}", f"{n['kept']:,}", f"{n['kept'] / n['rows']:.1%}") for grade, n in summary["grades"].items()
    ]
    screen.print(table(("grade", "rows", "kept", "share"), grades), "", sep="\n")
    groups = [
        (name, f"{n['rows']:,}", f"{n['kept']:,}", f"{n['kept'] / n['rows']:.1%}") for name, n in summary["groups"].items()
    ]
    if groups:
        screen.print(table(("arm and split", "rows", "kept", "share"), groups), "", sep="\n")
    failed = [(found["condition"], f"{found['failed']:,}") for found in summary["conditions"]]
    if summary["over_per_prompt"]:
        failed.append(("more than so many of one prompt", f"{summary['over_per_prompt']:,}"))
    screen.print(table(("condition", "rows that miss it"), failed), "", sep="\n")
    if summary["control"]:
        _show_control(summary["control"])
    screen.print(f"{summary['kept']:,} of {summary['rows']:,} rows kept in {summary['out']}.", markup=False)
    if summary["unreadable_lines"]:
        screen.print(f"{summary['unreadable_lines']:,} lines could not be read.")


def _show_control(found: dict[str, Any]) -> None:
    means = [
        (name, *(f"{of[who]:,.3f}" if who in of else "" for who in ("all", "kept", "control")), f"{found['finer'][name]:.3f}")
        for name, of in found["means"].items()
    ]
    screen.print(table(("mean", "all rows", "kept", "control", "distance in finer bins"), means), "", sep="\n")
    screen.print(
        f"Control: {found['rows']:,} rows over {found['strata']:,} strata, at a total variation distance of "
        f"{found['distance']:.4f}; {found['also_kept']:.1%} of its rows are among those that were kept."
    )
    if found["no_choice"]:
        screen.print(
            f"{found['no_choice']:.1%} of them are in strata with no other rows to draw: there it is no control. The largest:"
        )
        for stratum in found["scarce"]:
            ranges = [f"{name} {low} to {high}" for name, (low, high) in stratum["ranges"].items()]
            screen.print(f"  {stratum['rows']:,} rows  {stratum['group']}  {', '.join(ranges)}", markup=False)


def table(head: tuple[str, ...], body: Iterable[tuple[str, ...]]) -> Table:
    """A table with the first column to the left and all others, numbers, to the right."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, name in enumerate(head):
        table.add_column(name, justify="right" if i else "left")
    for line in body:
        table.add_row(*line)
    return table
