"""The command line: the front door, and the only file that knows all three packages.

On a terminal it speaks to a person; in a pipe it prints plain text, or JSON where ``--json`` asks for it. What it says of
its progress and its mistakes goes to standard error. A mistake of the person is one line and exit 2.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import jsonlines
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

import gamegen
from gamegen import engines, region, spec
from gamegen.build import SPEC, generate, plan
from gamegen.corpus import Row, row
from gamegen.dials import Dials
from gamegen.errors import GamegenError, SpecError
from gamegen.gallery import gallery
from gamegen.spec import PuzzleSpec, Spec
from gamegen_verifiers import rows as foreign
from gamegen_verifiers.verdict import GRADES, Verdict

F = TypeVar("F", bound=Callable[..., Any])

# In a pipe lines are as long as they are, and tables as wide as they need to be.
screen = Console(highlight=False, soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 200)
notes = Console(stderr=True, highlight=False)


class _Group(click.Group):
    def main(self, *args: Any, **kwargs: Any) -> Any:
        """As click does it, but what is wrong with the arguments is one line."""
        try:
            return super().main(*args, **{**kwargs, "standalone_mode": False})
        except click.ClickException as error:
            click.echo(f"Error: {error.format_message()}", err=True)
            sys.exit(2)
        except click.Abort:
            click.echo("Stopped.", err=True)
            sys.exit(130)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GamegenError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(2)
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            click.echo(f"Error: {error.filename or 'output'}: {error.strerror or error}", err=True)
            sys.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(gamegen.__version__, prog_name="gamegen")
def main() -> None:
    """Corpora of arithmetic games with solver-made traces, and a verifier of reasoning traces."""


def spec_options(command: F) -> F:
    """The options that choose a spec, in one order for every command."""
    for option in reversed(
        (
            click.option("--preset", metavar="NAME", help="A spec that ships with gamegen; see `gamegen presets`."),
            click.option("--spec", "file", type=click.Path(path_type=Path), help="A spec of your own, in YAML."),
            click.option("--size", type=int, help="Rows of the train split."),
            click.option("--seed", type=int, help="The seed; another seed gives other puzzles and other words."),
            click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set one key; may be repeated."),
        )
    ):
        command = option(command)
    return command


@main.command("generate")
@click.argument("out", type=click.Path(path_type=Path))
@spec_options
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes; all processors by default.")
@click.option("--dry-run", is_flag=True, help="Check the spec, show what would be made, and write nothing.")
@click.option("--overwrite", is_flag=True, help="Replace a corpus that is there already.")
@click.option("--resume", is_flag=True, help="Go on with a corpus of the same spec that was not finished.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest, or the plan, as JSON.")
def generate_command(
    out: Path,
    workers: int | None,
    dry_run: bool,
    overwrite: bool,
    resume: bool,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Make a corpus in the folder OUT.

    \b
    gamegen generate corpus --preset countdown-small
    gamegen generate corpus --size 5000 --set trace.backtracks=8 --set arms=[procedure]
    """
    asked = spec.load(**chosen)
    if dry_run:
        _show_plan(asked, plan(asked), as_json)
        return
    total = sum(asked.splits.values()) * len(asked.arms)
    began = time.monotonic()
    try:
        with _progress("rows", total) as done:
            manifest = generate(asked, out, workers or engines.cores(), overwrite, resume, done)
    except KeyboardInterrupt:
        click.echo(f"Stopped. What is finished is kept in {out}; the same command with --resume goes on.", err=True)
        sys.exit(130)
    if as_json:
        click.echo(json.dumps(manifest))
    else:
        _show_manifest(asked, out, manifest, time.monotonic() - began)


@main.command("region")
@spec_options
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def region_command(as_json: bool, **chosen: Any) -> None:
    """Which steps the puzzles of a spec can give with so many backtracks, up to puzzles.capacity.

    \b
    gamegen region --set puzzles.count=5 --set puzzles.capacity=45
    """
    puzzles = _possible(spec.load(**chosen))
    found = {b: steps for b in range(puzzles.capacity + 1) if (steps := region.steps(puzzles.count, b))}
    if as_json:
        pairs = [{"backtracks": b, "steps": [steps[0], steps[-1]]} for b, steps in found.items()]
        click.echo(json.dumps({"numbers": puzzles.count, "capacity": puzzles.capacity, "region": pairs}))
        return
    table = Table(
        "backtracks", "fewest steps", "most steps", "conceivable", title=f"{puzzles.count} numbers", title_justify="left"
    )
    for b, steps in found.items():
        limits = region.conceivable(puzzles.count, b)
        table.add_row(str(b), str(steps[0]), str(steps[-1]), f"{limits[0]} to {limits[-1]}")
    screen.print(table)


def _possible(asked: Spec) -> PuzzleSpec:
    """The puzzles of a spec whose dials do not contradict each other. Raises SpecError where no steps are promised of them."""
    Dials(asked)
    if not region.are_promised(asked.rules):
        raise SpecError("rules", "given; steps are promised where rules.operations is '+-*/' and rules.use_all is true")
    return asked.puzzles


@main.command("show")
@click.argument("corpus", required=False, type=click.Path(path_type=Path))
@spec_options
@click.option("--split", default=None, help="Of which split; by default the first that there is.")
@click.option("--arm", default=None, help="In which arm; by default the first that there is.")
@click.option("--row", "index", type=click.IntRange(0), default=0, show_default=True, help="Which row of the split.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole row as JSON.")
def show_command(corpus: Path | None, split: str | None, arm: str | None, index: int, as_json: bool, **chosen: Any) -> None:
    """Show one row: the prompt, the trace with each step coloured, and the verdict.

    It reads the row from CORPUS (a folder, or a file that `gamegen verify` reads); without one it makes the row of the spec.
    """
    if corpus is not None and any(chosen.values()):
        raise GamegenError("a corpus and options of a spec were both given; show one or the other")
    if corpus is None:
        asked = spec.load(**chosen)
        found = row(asked, split or next(iter(asked.splits)), index, arm)
    else:
        found = _row_of(corpus, split, arm, index)
    if as_json:
        click.echo(_dumps(found))
    else:
        _show_row(found)


@main.command("gallery")
@spec_options
def gallery_command(**chosen: Any) -> None:
    """Print one puzzle in every style, arm and kind of corruption, as Markdown.

    \b
    gamegen gallery --set trace.backtracks=2 > gallery.md
    """
    click.echo(gallery(spec.load(**chosen)), nl=False)


@main.command("verify")
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write each row with its verdict to this .jsonl file.")
@click.option("--overwrite", is_flag=True, help="Replace the file that is there already.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def verify_command(source: Path, out: Path | None, overwrite: bool, as_json: bool) -> None:
    """Judge every row of IN: a corpus, or a .jsonl, .jsonl.gz or .parquet file with numbers, target and response or completion.

    A row that states no rules is judged under: all numbers once, + - * /, any fractions, grouping as written. A line that is no
    such row is reported with its number and does not stop the rest; the exit status is then 1.
    """
    counts: dict[str, Counter[str]] = {"answer": Counter(), "grade": Counter(), "reasons": Counter()}
    unread = changed = 0
    with _writer(out, source, overwrite) as write, _progress("rows", None) as done:
        for where, found in foreign.read_rows(source):
            try:
                if isinstance(found, foreign.NoRow):
                    raise found
                verdict = foreign.judge(found)
            except foreign.NoRow as problem:
                unread += 1
                notes.print(f"{where}: {problem}", markup=False, soft_wrap=True)
                continue
            made = verdict.to_dict()
            changed += "verdict" in found and found["verdict"] != made
            write({**found, "verdict": made})
            _count(counts, verdict)
            done(1)
    summary = {"rows": counts["grade"].total(), "unreadable_lines": unread, "changed_verdicts": changed, **counts}
    if as_json:
        click.echo(json.dumps(summary))
    else:
        _show_summary(summary)
    sys.exit(1 if unread else 0)


@main.command("presets")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def presets_command(as_json: bool) -> None:
    """List the specs that ship with gamegen."""
    found = spec.presets()
    if as_json:
        click.echo(json.dumps(found))
        return
    for name, said in found.items():
        screen.print(Text.assemble((name, "bold"), "  ", said), soft_wrap=True)


@contextmanager
def _progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error where that is a terminal; gives what to call with each number of finished items."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=notes, transient=True, disable=not notes.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda n: bar.advance(task, n)


@contextmanager
def _writer(out: Path | None, source: Path, overwrite: bool) -> Iterator[Callable[[Row], object]]:
    """Something that writes rows to a file that appears when it is whole; without a file it writes nothing."""
    if out is None:
        yield lambda row: None
        return
    if out.suffix != ".jsonl":
        raise GamegenError(f"{out}: the rows are written as .jsonl; give a name that ends so")
    if out.exists() and out.samefile(source):
        raise GamegenError(f"{out}: is read and cannot be written at the same time; choose another file")
    if out.exists() and not overwrite:
        raise GamegenError(f"{out}: exists; choose another file, or replace it with --overwrite")
    if not out.parent.is_dir():
        raise GamegenError(f"{out}: there is no folder {out.parent}")
    partial = out.with_name(f".{out.name}.partial")
    try:
        with partial.open("w", encoding="utf-8") as lines, jsonlines.Writer(lines, dumps=_dumps) as writer:
            yield writer.write
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def _dumps(row: Any) -> str:
    """A row as JSON; what JSON has no kind for (a date, say, of a Parquet column) as text."""
    return json.dumps(row, default=str)


def _count(counts: dict[str, Counter[str]], verdict: Verdict) -> None:
    counts["answer"][verdict.answer] += 1
    counts["grade"][verdict.grade] += 1
    counts["reasons"].update(verdict.reasons)


def _row_of(source: Path, split: str | None, arm: str | None, index: int) -> Row:
    """Row ``index`` among the rows of that split and arm; of a corpus, by default its first. Raises GamegenError."""
    if (source / SPEC).is_file():
        of = spec.from_yaml((source / SPEC).read_text(encoding="utf-8"))
        split, arm = split or next(iter(of.splits)), arm or of.arms[0]
        source = source / arm
        files = sorted(source.glob(f"{split}-*.parquet"))
    else:
        files = [source]
    seen = 0
    for file in files:
        for _, found in foreign.read_rows(file):
            if isinstance(found, foreign.NoRow):
                continue
            if split not in (None, found.get("split")) or arm not in (None, found.get("arm")):
                continue
            if seen == index:
                return found
            seen += 1
    raise GamegenError(f"{source}: row {index} asked for, there are {seen} rows of split {split} and arm {arm}")


_COLOURS = {"given": "dim", "try": "", "dead_end": "red", "backtrack": "yellow", "subgoal": "magenta", "check": "green"}
_COLOURS |= {"found": "bold green", "stop": "bold yellow"}


def _show_row(found: Row) -> None:
    try:
        text, verdict = foreign.text(found), foreign.judge(found)
    except foreign.NoRow as problem:
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


def _show_plan(asked: Spec, capacity: dict[str, int], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"spec": spec.to_dict(asked), "capacity": capacity}))
        return
    click.echo(spec.to_yaml(asked))
    screen.print(_table(("split", "rows in each arm", "rows possible"), _splits(asked, capacity)))
    screen.print("Nothing was written.")


def _show_manifest(asked: Spec, out: Path, manifest: dict[str, Any], seconds: float) -> None:
    screen.print(_table(("split", "rows in each arm", "rows possible"), _splits(asked, manifest["capacity"])))
    grades = [(arm, *(f"{counts.get(grade, 0):,}" for grade in GRADES)) for arm, counts in manifest["grades"].items()]
    screen.print("", _table(("arm", *GRADES), grades), sep="\n")
    screen.print(Text(f"\nA row, as `gamegen show {out}` shows it:\n", "bold"))
    _show_row(_row_of(out, None, None, 0))
    size = manifest["bytes"] / 1e6
    screen.print(f"\n{manifest['rows']:,} rows in {out} ({size:.1f} MB) after {seconds:.1f} s. Load them with:\n")
    screen.print(Text(f'    datasets.load_dataset("{out}", "{asked.arms[0]}")', "bold"), soft_wrap=True)


def _splits(asked: Spec, capacity: dict[str, int]) -> list[tuple[str, ...]]:
    return [(split, f"{asked.splits.get(split, 0):,}", f"{rows:,}") for split, rows in capacity.items()]


def _show_summary(summary: dict[str, Any]) -> None:
    rows = summary["rows"]
    for what in ("answer", "grade", "reasons"):
        shares = [(name, f"{n:,}", f"{n / rows:.1%}") for name, n in summary[what].most_common()]
        if shares:
            screen.print(_table((what, "rows", "share"), shares), "", sep="\n")
    screen.print(f"{rows:,} rows judged, {summary['unreadable_lines']:,} lines could not be read.")
    if summary["changed_verdicts"]:
        screen.print(f"{summary['changed_verdicts']:,} rows had another verdict before.")


def _table(head: tuple[str, ...], body: Iterable[tuple[str, ...]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, name in enumerate(head):
        table.add_column(name, justify="right" if i else "left")
    for line in body:
        table.add_row(*line)
    return table


if __name__ == "__main__":
    main()
