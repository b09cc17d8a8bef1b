"""The command line: the front door, and the only file that knows all three packages.

On a terminal it speaks to a person; in a pipe it prints plain text, or JSON where ``--json`` asks for it. What it says of
its progress and its mistakes goes to standard error. A mistake of the person is one line and exit 2.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from rich.table import Table
from rich.text import Text

import gamegen
from gamegen import engines, games, region, spec, terminal
from gamegen.build import generate, plan
from gamegen.corpus import Row, row
from gamegen.dials import Dials
from gamegen.errors import GamegenError, SpecError
from gamegen.filtering import filter_rows
from gamegen.gallery import gallery
from gamegen.judging import verify_file
from gamegen.manifests import SPEC
from gamegen.places import place
from gamegen.shards import Share, shards
from gamegen.spec import PuzzleSpec, Spec
from gamegen.tables import dumps
from gamegen.terminal import screen
from gamegen_benchmarks import commands, suites
from gamegen_verifiers import sources
from gamegen_verifiers.columns import layout

F = TypeVar("F", bound=Callable[..., Any])


class _Place(click.ParamType[Path]):
    """A folder or a file, here or at an address such as s3://bucket/corpus."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        return place(value)


PLACE = _Place()


class _Share(click.ParamType[Share]):
    """Which of N jobs this is: i/N."""

    name = "i/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Share:
        index, _, of = str(value).partition("/")
        if not (index.isdecimal() and of.isdecimal()):
            raise GamegenError(f"--shard: {value!r} given; i/N is needed, such as 0/16 to 15/16")
        return Share(int(index), int(of))


SHARE = _Share()


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


main.add_command(commands.bench)


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
@click.argument("out", type=PLACE)
@spec_options
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes; all processors by default.")
@click.option(
    "--shard", "share", type=SHARE, help="Make a share alone, as one of N jobs: 0/N to N-1/N. The last one closes the corpus."
)
@click.option("--engine", type=click.Choice(engines.ENGINES), default="local", show_default=True, help="Where it runs.")
@click.option("--address", help="Of the Ray cluster; by default the one that Ray finds.")
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
    share: Share | None,
    engine: str,
    address: str | None,
    **chosen: Any,
) -> None:
    """Make a corpus in the folder OUT, or at an address such as s3://bucket/corpus.

    \b
    gamegen generate corpus --preset countdown-small
    gamegen generate corpus --size 5000 --set trace.backtracks=8 --set arms=[procedure]
    gamegen generate /shared/corpus --preset game24 --shard $SLURM_ARRAY_TASK_ID/16
    gamegen generate s3://bucket/corpus --preset game24 --engine ray
    """
    asked = spec.load(**chosen)
    if dry_run:
        capacity = plan(asked)
        if as_json:
            click.echo(json.dumps({"spec": spec.to_dict(asked), "capacity": capacity}))
        else:
            terminal.show_plan(asked, capacity)
        return
    mine = share.of_all(shards(asked)) if share else shards(asked)
    total = sum(shard.stop - shard.start for shard in mine) * len(asked.arms)
    began = time.monotonic()
    left = f"What is finished is kept in {out}; the same command {'' if share else 'with --resume '}goes on."
    with terminal.stoppable(left), terminal.progress("rows", total) as done:
        manifest = generate(
            asked, out, workers or engines.cores(), overwrite, resume, done,
            share=share, engine=engine, address=address, note=terminal.note,
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps(manifest))
    elif "missing" in manifest:
        terminal.show_share(out, manifest)
    else:
        terminal.show_manifest(asked, out, manifest, _row_of(out, None, None, 0), time.monotonic() - began)


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
    if not asked.is_countdown:
        raise SpecError("game", f"{', '.join(asked.games)} given; steps are promised of {games.COUNTDOWN}")
    Dials(asked, asked.puzzles.capacity)
    if not region.are_promised(asked.rules):
        raise SpecError("rules", "given; steps are promised where rules.operations is '+-*/' and rules.use_all is true")
    return asked.puzzles


@main.command("show")
@click.argument("corpus", required=False, type=PLACE)
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
        click.echo(dumps(found))
    else:
        terminal.show_row(found)


@main.command("gallery")
@spec_options
def gallery_command(**chosen: Any) -> None:
    """Print one puzzle in every style, arm and kind of corruption, as Markdown.

    \b
    gamegen gallery --set trace.backtracks=2 > gallery.md
    """
    click.echo(gallery(spec.load(**chosen)), nl=False)


@main.group("suite")
def suite_group() -> None:
    """The eval suite: puzzles near to and far from a training preset, which no corpus has."""


@suite_group.command("list")
@click.option("--preset", metavar="NAME", help="Which far splits stay far for a model that is trained on this preset.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def suite_list_command(preset: str | None, as_json: bool) -> None:
    """The splits of the suite by distance, and what each tests."""
    stay = suites.far_of(spec.load(preset=preset)) if preset else None
    manifest = suites.frozen()
    if as_json:
        click.echo(json.dumps({**manifest, "says": suites.splits(), **({"far": stay} if preset else {})}))
    else:
        terminal.show_suite(manifest, suites.splits(), stay)


@suite_group.command("show")
@click.argument("distance", type=click.Choice(suites.DISTANCES))
@click.argument("split")
@click.option("--row", "index", type=click.IntRange(0), default=0, show_default=True, help="Which row of the split.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole row as JSON.")
def suite_show_command(distance: str, split: str, index: int, as_json: bool) -> None:
    """Show one row of the suite that ships with gamegen, with its reference trace.

    \b
    gamegen suite show far queens --row 3
    """
    spec.known("SPLIT", split, suites.splits()[distance])
    found = suites.read(distance, split, index)
    if as_json:
        click.echo(dumps(found))
    else:
        terminal.show_item(found)


@suite_group.command("build")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--distance", "distances", multiple=True, type=click.Choice(suites.DISTANCES), help="Only these; all by default.")
@click.option("--check", is_flag=True, help="Fail, with exit code 1, where a file is not the one that ships with gamegen.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest as JSON.")
def suite_build_command(out: Path, distances: tuple[str, ...], check: bool, as_json: bool) -> None:
    """Make the suite anew in the folder OUT, as a data set with a config for each distance.

    \b
    gamegen suite build suite --check
    """
    with terminal.progress("rows", None) as done:
        manifest = suites.build(out, distances or suites.DISTANCES, done)
    other = suites.changed(manifest)
    if as_json:
        click.echo(json.dumps({**manifest, "changed": other}))
    else:
        terminal.show_built(out, manifest, other)
    if check and other:
        sys.exit(1)


def table_options(command: F) -> F:
    """The options that say what the columns of a table are, in one order for every command that reads one."""
    for option in reversed(
        (
            click.option(
                "--columns",
                metavar="NAME=PATH,…",
                help="Where the table has numbers, target, text, prompt, rules, surface, game or puzzle, with "
                "dots into nested columns: numbers=answer.numbers,text=response.",
            ),
            click.option(
                "--rules",
                metavar="NAME=VALUE,…",
                help="The rules where a row states none, such as operations=+-*/,use_all=true,"
                "values=natural; those of the prompt otherwise.",
            ),
            click.option("--workers", type=click.IntRange(1), default=None, help="Processes; all processors by default."),
            click.option("--overwrite", is_flag=True, help="Replace what is there already."),
            click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON."),
        )
    ):
        command = option(command)
    return command


@main.command("verify")
@click.argument("source", metavar="IN", type=PLACE)
@click.option("--out", type=click.Path(path_type=Path), help="Write each row with its verdict to this .jsonl or .parquet file.")
@table_options
def verify_command(
    source: Path, out: Path | None, columns: str | None, rules: str | None, workers: int | None, overwrite: bool, as_json: bool
) -> None:
    """Judge every row of IN: a corpus, or a .jsonl, .jsonl.gz or .parquet file.

    A row has a response or completion, and numbers and target, or a prompt that says them, or game and puzzle. A row that
    states no rules is judged under those of --rules and of its prompt, and what neither says is: all numbers once, + - * /, any
    fractions. A line that is no such row is reported with its number and does not stop the rest; the exit status is then 1.

    \b
    gamegen verify responses.parquet --out judged.jsonl --columns numbers=answer.numbers,target=answer.target
    """
    with terminal.stoppable("Nothing was written." if out else ""), _read_of(source) as done:
        summary = verify_file(
            source, out, layout=layout(columns, rules), workers=workers or engines.cores(), overwrite=overwrite,
            note=terminal.note, done=done,
        )  # fmt: skip
    _end(summary, as_json, terminal.show_summary)


@main.command("filter")
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--where", default="true", help="What is kept: an SQL expression over verdict and the other columns.")
@click.option(
    "--dropped", type=click.Path(path_type=Path), help="Write the other rows, and why, to this .jsonl or .parquet file."
)
@click.option("--per-prompt", type=click.IntRange(1), help="Keep so many rows of one prompt at most.")
@click.option("--by", default="prompt", show_default=True, help="What one prompt is: the prompt, the puzzle, or a column.")
@click.option("--pick", default="chance", show_default=True, help="Which of them: by chance, or the first.")
@click.option(
    "--match", default="", metavar="COLUMN,…", help="Write a control too, like the kept rows in tokens, difficulty, …"
)
@click.option("--seed", type=int, default=0, show_default=True, help="What chance depends on.")
@table_options
def filter_command(
    source: Path,
    out: Path,
    columns: str | None,
    rules: str | None,
    workers: int | None,
    match: str,
    as_json: bool,
    **asked: Any,
) -> None:
    """Keep the rows of IN that meet a condition.

    IN is a corpus, and OUT becomes a folder that load_dataset reads; or both are files of rows. Rows without a verdict get one
    on the way. The condition is an expression in DuckDB's SQL over the columns, with verdict.grade, verdict.procedure.novelty
    and all other fields of the verdict; tokens, steps, backtracks and grade are short for those of the verdict.

    \b
    gamegen filter corpus kept --where "grade = 'verified' and tokens < 400" --match tokens,difficulty
    gamegen filter judged.jsonl kept.jsonl --where "grade = 'verified'" --per-prompt 4 --dropped dropped.jsonl
    """
    with terminal.stoppable("Nothing was written."), _read_of(source) as done:
        summary = filter_rows(
            source, out, match=[name.strip() for name in match.split(",") if name.strip()], layout=layout(columns, rules),
            workers=workers or engines.cores(), note=terminal.note, done=done, **asked,
        )  # fmt: skip
    _end(summary, as_json, terminal.show_filtered)


def _end(summary: dict[str, Any], as_json: bool, show: Callable[[dict[str, Any]], None]) -> NoReturn:
    """Tell what was counted; exit 1 where lines could not be read."""
    if as_json:
        click.echo(json.dumps(summary))
    else:
        show(summary)
    sys.exit(1 if summary["unreadable_lines"] else 0)


def _read_of(source: Path) -> AbstractContextManager[Callable[[int], None]]:
    """A progress bar of the bytes of a source that are read."""
    return terminal.progress("read", sum(file.stat().st_size for file in sources.files(source)), in_bytes=True)


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
        for _, found in sources.read_rows(file):
            if isinstance(found, sources.NoRow):
                continue
            if split not in (None, found.get("split")) or arm not in (None, found.get("arm")):
                continue
            if seen == index:
                return found
            seen += 1
    raise GamegenError(f"{source}: row {index} asked for, there are {seen} rows of split {split} and arm {arm}")


if __name__ == "__main__":
    main()
