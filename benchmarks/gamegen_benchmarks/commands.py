"""The commands of the benchmark: `gamegen bench …`."""

import json
import sys
from pathlib import Path
from typing import Any

import click

import gamegen
from gamegen import engines, terminal
from gamegen.errors import GamegenError
from gamegen_benchmarks import asking, attempts, comparing, external, items, models, report, scoring, showing, summary
from gamegen_benchmarks.comparing import Arms
from gamegen_benchmarks.runs import COMPLETIONS, Header, check_out

_SHOWN = 20  # failed completions that are listed
LONGEST_TIMEOUT = 1_000_000  # seconds


@click.group("bench")
def bench() -> None:
    """Measure models on an eval suite, and tell procedure from verbosity."""


@bench.command("run")
@click.option("--suite", "of", default="transfer", show_default=True, help="The suite that ships, or a folder with one.")
@click.option(
    "--model", "name", required=True, metavar="M", help="NAME behind --url, agent:NAME, transformers:NAME, or file:PATH."
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder of the run.")
@click.option("--url", help="Where the endpoint is, such as http://127.0.0.1:8000/v1; its key is in OPENAI_API_KEY.")
@click.option("--split", "splits", multiple=True, help="A distance, a split, or distance/split; may be repeated.")
@click.option("--limit", type=click.IntRange(1), help="So many items of each split; all by default.")
@click.option("--samples", type=click.IntRange(1), default=1, show_default=True, help="Completions of each item.")
@click.option("--param", "params", multiple=True, metavar="KEY=VALUE", help="Sent to the model; may be repeated.")
@click.option(
    "--concurrency", type=click.IntRange(1), default=16, show_default=True, help="Requests at a time, or items of a batch."
)
@click.option(
    "--timeout", type=click.FloatRange(0, min_open=True), default=600.0, show_default=True, help="Seconds of one request."
)
@click.option("--tries", type=click.IntRange(1), default=8, show_default=True, help="Requests for one completion at most.")
@click.option("--again", is_flag=True, help="Ask anew for the completions that failed before.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def run_command(
    of: str,
    name: str,
    out: Path,
    splits: tuple[str, ...],
    limit: int | None,
    params: tuple[str, ...],
    again: bool,
    as_json: bool,
    **how: Any,
) -> None:
    """Ask a model for completions of the items of a suite, and keep them in the folder OUT.

    The same command goes on with a run that was stopped, and asks nothing twice that has an answer. Where a completion could
    not be had the exit status is 1, and --again asks for it anew.

    \b
    gamegen bench run --model qwen3-8b --url http://127.0.0.1:8000/v1 --param temperature=0.6 --out runs/qwen3-8b
    """
    if not how["timeout"] < LONGEST_TIMEOUT:  # nan too
        raise GamegenError(f"--timeout {how['timeout']} given; seconds are needed, fewer than {LONGEST_TIMEOUT:,}")
    suite = items.suite(of)
    asked = attempts.Asked(suite, suite.items(splits, limit), params=attempts.params(params), **how)
    model, jobs = models.model(name, asked), asked.jobs()
    head = Header(name, of, suite.digest, splits, limit, asked.samples, model.params, gamegen.__version__)
    if any(map(external.scores, asked.items)) and not external.is_installed():
        terminal.note(
            f"The items of {external.DISTANCE} cannot be scored here; {external.INSTALL}, or choose others with --split."
        )
    left = f"What was answered is kept in {out}; the same command goes on."
    with terminal.stoppable(left), terminal.progress("completions", len(jobs)) as done:
        came = asking.ask(model, head, jobs, out, again, done)
    for one in came.failed[:_SHOWN]:
        terminal.note(f"{one.id}, sample {one.sample}: {one.error}")
    if more := came.failed[_SHOWN:]:
        terminal.note(f"... and {len(more):,} more, in {out / COMPLETIONS}")
    _tell(name, out, asked, came, as_json)
    sys.exit(1 if came.failed else 0)


def _tell(name: str, out: Path, asked: attempts.Asked, came: asking.Done, as_json: bool) -> None:
    counts = {"completions": came.completions, "failed": len(came.failed), "attempts": came.attempts}
    if as_json:
        click.echo(json.dumps({"model": name, "suite": asked.suite.name, "out": str(out), "items": len(asked.items), **counts}))
        return
    again = "; --again asks for them anew" if came.failed else ""
    terminal.screen.print(
        f"{came.completions - len(came.failed):,} completions of {len(asked.items):,} items in {out}, "
        f"{len(came.failed):,} failed{again}.",
        markup=False,
    )


@bench.command("score")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes; all processors by default.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def score_command(run: Path, workers: int | None, as_json: bool) -> None:
    """Judge all completions of the folder RUN.

    Writes RUN/scores.parquet, with a row for each completion, and RUN/summary.json: accuracy, procedure, surface, grades and
    abstention for all items, each distance, each game and each split, with 95 % intervals.

    \b
    gamegen bench score runs/solver
    """
    with terminal.stoppable("Nothing was written."), terminal.progress("completions", None) as done:
        found = summary.write(scoring.score(run, workers or engines.cores(), done))
    if as_json:
        click.echo(json.dumps(found))
    else:
        showing.show_summary(found)


@bench.command("compare")
@click.argument("runs", nargs=-1, type=click.Path(path_type=Path))
@click.option("--with", "trained", type=click.Path(path_type=Path), help="The run of the model trained with traces.")
@click.option("--without", type=click.Path(path_type=Path), help="The run of the one trained on the same without them.")
@click.option("--base", type=click.Path(path_type=Path), help="The run of the one that was not trained.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the comparison there, as JSON.")
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes; all processors by default.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def compare_command(
    runs: tuple[Path, ...],
    trained: Path | None,
    without: Path | None,
    base: Path | None,
    out: Path | None,
    workers: int | None,
    as_json: bool,
) -> None:
    """Put the folders RUNS side by side, on the items that they have in common; the others are compared to the first.

    Contrasts are paired by item, with 95 % intervals, p-values corrected by Holm's method, and what they can be whatever the
    missing answers are. Procedure is compared at equal length too. Runs that are not scored yet are scored first.

    \b
    gamegen bench compare runs/base runs/step-100 runs/step-200
    gamegen bench compare --with runs/traces --without runs/answers --base runs/base --out arms.json
    """
    if (trained is None) != (without is None) or (base is not None and trained is None):
        raise GamegenError("--with, --without: one of them given; an arm contrast needs both, and may have a --base")
    if out is not None:
        check_out(out)
    arms = Arms(trained, without, base) if trained is not None and without is not None else None
    with terminal.stoppable("What was scored is kept."), terminal.progress("completions", None) as done:
        found = comparing.compare(runs, arms, workers or engines.cores(), done)
    said = json.dumps(found, indent=1, allow_nan=False)
    if out is not None:
        out.write_text(said + "\n", encoding="utf-8")
    if as_json:
        click.echo(said)
    else:
        showing.show_comparison(found)


@bench.command("report")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The page to write, report.html say.")
@click.option("--png", type=click.Path(path_type=Path), help="Folder for the plots as PNG; report-files for report.html.")
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes; all processors by default.")
def report_command(runs: tuple[Path, ...], out: Path, png: Path | None, workers: int | None) -> None:
    """Show the folders RUNS on one page, on the items that they have in common; differences are to the first.

    The page needs no network and no other file: the plane of procedure and verbosity, accuracy, grades, lengths, comparison,
    and some traces as search trees beside their texts. Runs that are not scored yet are scored first.

    \b
    gamegen bench report runs/base runs/step-100 --out report.html
    """
    with terminal.progress("completions", None) as done:
        made = report.write(runs, out, png, workers or engines.cores(), done)
    terminal.note(f"{made.page}: {made.page.stat().st_size / 1e6:.1f} MB; {len(made.plots)} plots in {made.folder}")
