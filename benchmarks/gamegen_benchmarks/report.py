"""The report on runs: one page that needs nothing else, with the plots as files beside it.

Words: a *side* is a run on the items that all runs of the report have in common (see ``comparing``); its number is its place
among them, and gives it its colour and sign; what came of an item is its *outcome*: the grade of its first sample, ``right`` or
``wrong`` where others score, or ``missing``. The *traces* are of items that are chosen one after another, of each distance in
turn: each shows the most pairs of a run and an outcome that none before it showed; among equals it is the one with the most
different outcomes, then the first in the suite. The page is a pure function of the runs.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

import gamegen
from gamegen.corpus import Row
from gamegen.errors import GamegenError
from gamegen_benchmarks import comparing, drawing, external, judged, plots, runs, summary, trees
from gamegen_benchmarks.comparing import Side
from gamegen_benchmarks.drawing import printable
from gamegen_benchmarks.measures import ks
from gamegen_benchmarks.plots import Bar, Curve, Dot, Interval, Place, Plot, Spread
from gamegen_benchmarks.showing import ABSTENTION, DIGITS, STEPS, SURFACE
from gamegen_benchmarks.statistics import ratio
from gamegen_benchmarks.summary import FIGURES
from gamegen_verifiers.verdict import GRADES

TEMPLATE, STYLE = "report.html.jinja", "report.css"
HEADLINE = ("accuracy", "sound_share", "procedure_score", "tokens")
CONTRASTED = ("accuracy", "sound_share", "procedure_score", "verified", "new_steps", "tokens")
READABILITY = {"readable": 3, "recall": 3, "truncated": 3}
MISSING = "missing"
TRACES = 4  # items that are shown
PARTS, TEXTS = 6, 15  # parts of a run by length, at most; texts in each of them, at least
SPREAD = (5, 25, 50, 75, 95)  # percentiles

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Summary = Mapping[str, Any]


class Made(NamedTuple):
    """What was written."""

    page: Path
    folder: Path  # of the plots
    plots: list[Path]


class Told(NamedTuple):
    """A side with its number and the summary of its scores."""

    number: int
    label: str
    side: Side
    summary: Summary

    def group(self, name: str, by: str = "distance") -> Summary | None:
        return next((group for group in self.summary["groups"] if (group["by"], group["name"]) == (by, name)), None)


def write(
    folders: Sequence[Path],
    out: Path,
    png: Path | None = None,
    workers: int = 1,
    done: Callable[[int], None] = lambda completions: None,
) -> Made:
    """Write the report on some runs, and its plots into the folder ``png``, or beside it; runs without scores get them first.

    Raises GamegenError where the runs cannot be compared, the files cannot be written, or the extra is missing.
    """
    plots.check()
    runs.check_out(out)
    png = png or out.with_name(f"{out.stem}-files")
    if (png.exists() and not png.is_dir()) or png.resolve() == out.resolve():
        raise GamegenError(f"--png {png}: is a file; give the name of a folder")
    places = list(dict.fromkeys(folder.resolve() for folder in folders))
    if not places:
        raise GamegenError("no run given; give the folders of one run or more")
    sides = comparing.sides(places, workers, done)
    told = tell(sides)
    compared = comparing.compared(sides) if len(sides) > 1 else None
    drawn = [*figures(told), *(_differences(told, compared) if compared else ())]
    page = render(told, compared, drawn)
    png.mkdir(parents=True, exist_ok=True)
    files = [png / f"{plot.name}.png" for plot in drawn]
    for file, plot in zip(files, drawn, strict=True):
        file.write_bytes(plot.png)
    out.write_text(page, encoding="utf-8", newline="\n")
    return Made(out, png, files)


def tell(sides: Sequence[Side]) -> list[Told]:
    """The sides with the summaries of what they have in common."""
    told = []
    for number, side in enumerate(sides):
        common = set(side.scores.items)
        table = side.scored.table
        kept = table.filter([name in common for name in table.column("id").to_pylist()])
        found = summary.summarise(side.scored._replace(table=kept))
        told.append(Told(number, printable(side.label), side, found))
    return told


def render(told: Sequence[Told], compared: Mapping[str, Any] | None, drawn: Sequence[Plot]) -> str:
    """The page."""
    from jinja2 import Environment, StrictUndefined

    folder = resources.files("gamegen_benchmarks") / "page"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"figure": figure, "difference": difference, "bounds": bounds, "p": said_p}
    environment.filters |= {"words": words, "short": plots.name_of}
    template = environment.from_string((folder / TEMPLATE).read_text(encoding="utf-8"))
    return template.render(
        style=(folder / STYLE).read_text(encoding="utf-8"),
        plots={plot.name: plot for plot in drawn},
        has_plane=any(plot.name.startswith("plane-") for plot in drawn),
        run_colours=plots.RUNS,
        grade_colours=plots.GRADES,
        **content(told, compared),
    )


def content(told: Sequence[Told], compared: Mapping[str, Any] | None) -> dict[str, Any]:
    """All that the page says but for the plots."""
    first = told[0]
    head = first.side.scored.header
    distances = _names(first.summary, "distance")
    return {
        "version": gamegen.__version__,
        "suite": first.summary["run"]["suite"],
        "digest": head.digest[:12],
        "items": len(first.side.scores.items),
        "distances": distances,
        "external": external.DISTANCE,
        "most": max(ks(one.side.scores)[-1] for one in told),
        "runs": [_run(one) for one in told],
        "headline": HEADLINE,
        "games": _heat(told, _names(first.summary, "game")),
        "digits": DIGITS,
        "says": {name: measure.says for name, measure in FIGURES.items()},
        "compared": compared and _compared(compared),
        "abstention": _lines(told, ABSTENTION),
        "readability": _lines(told, READABILITY),
        "vectors": {
            "Procedure, of the texts that could be read": _lines(told, _others(STEPS)),
            "Surface": _lines(told, _others(SURFACE)),
        },
        "traces": list(traces(told)),
    }


def _names(found: Summary, by: str) -> list[str]:
    return [group["name"] for group in found["groups"] if group["by"] == by]


def _run(one: Told) -> dict[str, Any]:
    """What the head of the page says of a run."""
    group, header = one.group("all", "all"), one.side.scored.header
    assert group is not None
    every = len(set(one.side.scored.table.column("id").to_pylist()))
    return {
        "label": one.label,
        "number": one.number,
        "sign": plots.sign(one.number),
        "model": printable(header.model),
        "gamegen": printable(header.gamegen),
        "samples": header.samples,
        "left_out": every - len(one.side.scores.items),
        **{name: group[name] for name in ("items", "completions", "missing", "unreadable", "figures")},
    }


def _heat(told: Sequence[Told], games: Sequence[str]) -> list[tuple[str, list[Any]]]:
    """The accuracy of each run in each game."""
    cells = {name: [one.group(name, "game") for one in told] for name in games}
    return [(name, [group and group["figures"]["accuracy"] for group in row]) for name, row in cells.items()]


def _others(names: Mapping[str, int]) -> dict[str, int]:
    """What a vector has besides readability, with a digit for what is counted."""
    counts = {f"procedure.{name}" for name in ("dead_ends", "backtracks", "implicit_returns", "states")}
    return {name: 1 if name in counts else digits for name, digits in names.items() if name not in READABILITY}


def _lines(told: Sequence[Told], names: Mapping[str, int]) -> list[tuple[str, int, list[Any]]]:
    """Figures of all items, a line for each that is known of some run, with its digits."""
    groups = [group for one in told if (group := one.group("all", "all"))]
    found = [(name, digits, [group["figures"][name] for group in groups]) for name, digits in names.items()]
    return [line for line in found if any(figure["value"] is not None for figure in line[2])]


def _compared(found: Mapping[str, Any]) -> dict[str, Any]:
    """The contrasts of a comparison as tables: a line for each run, a cell for each measure."""
    others = [run["label"] for run in found["runs"] if run["label"] != found["first"]]
    contrasts = {(one["distance"], one["run"], one["measure"]): one for one in found["contrasts"]}
    lengths = {(one["distance"], one["run"], one["measure"]): one for one in found["given_length"]}

    def rows(table: Mapping[Any, Any], distance: str, names: Sequence[str]) -> list[tuple[str, list[Any]]]:
        return [(printable(run), [table[distance, run, name] for name in names]) for run in others]

    places = found["distances"] if len(found["distances"]) > 2 else found["distances"][:1]
    return {
        "first": printable(found["first"]),
        "measures": CONTRASTED,
        "tables": {place: rows(contrasts, place, CONTRASTED) for place in places},
        "at_length": comparing.GIVEN_LENGTH,
        "lengths": {place: rows(lengths, place, comparing.GIVEN_LENGTH) for place in places},
    }


# Figures in words


def figure(found: Mapping[str, Any] | None, digits: int) -> tuple[str, str]:
    """A figure and its interval; a dash where there is none.

    >>> figure({"value": 1234.5, "low": 1200, "high": 1300}, 0)
    ('1,234', '1,200 – 1,300')
    """
    if found is None or found["value"] is None:
        return "–", ""
    value, low, high = (_signed(found[name], digits, "") for name in ("value", "low", "high"))
    return value, f"{low} – {high}" if low != high else ""


def difference(found: Mapping[str, Any], digits: int) -> tuple[str, str]:
    """A difference with its sign, and its interval."""
    if found["value"] is None:
        return "–", ""
    value, low, high = (_signed(found[name], digits, "+") for name in ("value", "low", "high"))
    return value, f"{low} to {high}"


def bounds(found: Sequence[float]) -> str:
    """What a difference lies between."""
    least, most = (_signed(end, 2, "+") for end in found)
    return f"{least} to {most}"


def _signed(value: float, digits: int, sign: str) -> str:
    said = f"{value:{sign},.{digits}f}".replace("-", "−")
    return said.lstrip("+−") if not said.strip("+−0.,") else said


def words(name: str) -> str:
    return name.replace("_", " ")


def said_p(p: float | None) -> str:
    return "" if p is None else "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


# Plots


def figures(told: Sequence[Told]) -> list[Plot]:
    """All plots that there is something for."""
    return [*_planes(told), *_accuracies(told), *_grades(told), *_lengths(told)]


def _interval(found: Mapping[str, Any]) -> Interval:
    return Interval(found["value"], found["low"], found["high"])


def _planes(told: Sequence[Told]) -> Iterator[Plot]:
    """A plane for each distance and each measure of procedure, all with the same ends."""
    distances = _names(told[0].summary, "distance")
    for measure in ("sound_share", "procedure_score"):
        places = {
            distance: [
                Place(one.label, one.number, _interval(found["tokens"]), _interval(found[measure]))
                for one in told
                if (group := one.group(distance)) and (found := group["figures"])[measure]["value"] is not None
            ]
            for distance in distances
        }
        if ends := [end for of in places.values() for place in of for end in (place.x.low, place.x.high)]:
            says = words(measure)
            for distance, of in places.items():
                if of:
                    title = f"{says.capitalize()} against tokens, {words(distance)}"
                    yield plots.plane(f"plane-{measure}-{distance}", title, of, plots.limits_of(ends), says)


def _accuracies(told: Sequence[Told]) -> Iterator[Plot]:
    groups = [(words(name), [*_dots(told, name)]) for name in _names(told[0].summary, "distance")]
    if any(dots for _, dots in groups):
        yield plots.dots("accuracy", "Accuracy by distance", groups, "share of right answers, pass@1")


def _dots(told: Sequence[Told], distance: str) -> Iterator[Dot]:
    for one in told:
        group = one.group(distance)
        if group and group["figures"]["accuracy"]["value"] is not None:
            k = ks(one.side.scores)[-1]
            many = group["figures"][f"pass_at_{k}"]["value"] if k > 1 else None
            yield Dot(one.label, one.number, _interval(group["figures"]["accuracy"]), many)


def _grades(told: Sequence[Told]) -> Iterator[Plot]:
    """The shares of the grades, for all items and each distance."""
    places = [("all", "all"), *((name, "distance") for name in _names(told[0].summary, "distance"))]
    known = [(name, lanes) for name, by in places if (lanes := [*_bars(told, name, by)])]
    for name, lanes in known if len(known) > 2 else known[:1]:
        yield plots.bars(f"grades-{name}", f"Grades, {words(name)}", lanes, "share of the texts")


def _bars(told: Sequence[Told], name: str, by: str) -> Iterator[Bar]:
    for one in told:
        found = (one.group(name, by) or {"figures": {}})["figures"]
        parts = {grade: found[f"grade.{grade}"]["value"] for grade in GRADES if found}
        if parts and None not in parts.values():
            yield Bar(one.label, one.number, parts)


def _lengths(told: Sequence[Told]) -> Iterator[Plot]:
    lines = [line for one in told if (line := _curve(one))]
    if lines:
        yield plots.curves("right-by-length", "Share of right answers by length", lines, "share of right answers")
    lanes = [lane for one in told if (lane := _spread(one))]
    if lanes:
        yield plots.spreads("lengths", "Lengths of right and wrong texts", lanes)


def _differences(told: Sequence[Told], compared: Mapping[str, Any]) -> Iterator[Plot]:
    """The contrasts of the shares, over all items."""
    of = {(one["run"], one["measure"]): one for one in compared["contrasts"] if one["distance"] == "all"}
    groups = [
        (
            words(measure),
            [
                Dot(one.label, one.number, _interval(found))
                for one in told
                if (found := of.get((one.side.label, measure))) and found["value"] is not None
            ],
        )
        for measure in comparing.GIVEN_LENGTH
    ]
    if any(lanes for _, lanes in groups):
        says = f"difference to {plots.name_of(told[0].label)}, paired by item"
        yield plots.differences("differences", "Differences to the first run", [one for one in groups if one[1]], says)


def _texts(one: Told) -> tuple[Ints, Floats, Floats]:
    """Of each text that is there its item, its tokens, and whether it is right."""
    scores = one.side.scores
    there = scores["missing"] == 0
    return scores.item[there], scores["wordiness.tokens"][there], scores["right"][there]


def _curve(one: Told) -> Curve | None:
    """The share of right answers in equal parts of the texts by length; those that are equally long are in the same part."""
    item, tokens, right = _texts(one)
    if not len(tokens):
        return None
    count = int(np.clip(len(tokens) // TEXTS, 1, PARTS))
    part = np.searchsorted(np.quantile(tokens, np.arange(1, count) / count), tokens, side="left")
    xs, ys = [], []
    for among in (part == k for k in range(count)):
        if among.any():
            tops, ofs = (np.bincount(item[among], values) for values in (right[among], np.ones(among.sum())))
            xs.append(float(np.median(tokens[among])))
            ys.append(Interval(*ratio(tops[ofs > 0].tolist(), ofs[ofs > 0].tolist())))
    return Curve(one.label, one.number, xs, ys)


def _spread(one: Told) -> Spread | None:
    _, tokens, right = _texts(one)
    sides = [tokens[right == value] for value in (1, 0)]
    found = [np.percentile(of, SPREAD).tolist() if len(of) else None for of in sides]
    return Spread(one.label, one.number, *found) if len(tokens) else None


# Traces


def traces(told: Sequence[Told]) -> Iterator[dict[str, Any]]:
    """The items that are shown, each with what the runs say of it."""
    texts = [runs.read(one.side.scored.folder) for one in told]
    items = {item["id"]: item for item in texts[0].items}
    for number, name in enumerate(chosen(told)):
        item = items[name]
        yield {
            "number": number,
            "id": name,
            "distance": item["distance"],
            "split": item["split"],
            "question": printable(item["prompt"][-1]["content"]),
            "rewritten": bool(item["surface"]) and set(item["surface"].values()) != {"ascii", "digits"},
            "cards": [_card(one, item, run.completions[name]) for one, run in zip(told, texts, strict=True)],
        }


def _card(one: Told, item: Row, said: Sequence[runs.Completion]) -> dict[str, Any]:
    """What a run says of an item, as text and as tree."""
    about = {"label": one.label, "number": one.number, "sign": plots.sign(one.number)}
    first = next((one for one in said if one.sample == 0), None)
    if first is None or (text := first.text) is None:
        return {**about, "outcome": MISSING, "error": printable(str(first.error or "")) if first else ""}
    found = judged.judge(item, text)
    verdict = found.verdict
    tree = trees.grow(trees.world(item), verdict.reading, verdict.labels) if verdict else None
    return {
        **about,
        "outcome": found.grade or _right(found.right),
        "found": found,
        "drawing": drawing.drawn(tree, len(verdict.reading)) if tree and verdict else None,
        "pieces": drawing.pieces(text, verdict),
        "more": max(len(text) - drawing.LONGEST_TEXT, 0),
    }


def chosen(told: Sequence[Told], most: int = TRACES) -> list[str]:
    """The ids of the items whose traces are shown."""
    came, scores = [_outcomes(one.side) for one in told], told[0].side.scores
    distances = dict(zip(scores.items, scores.text("distance")[scores.first], strict=True))
    ours = set(distances.values()) - {external.DISTANCE} or {external.DISTANCE}
    turns = itertools.cycle([name for name in dict.fromkeys(distances.values()) if name in ours])
    seen, found = set[tuple[int, str]](), list[str]()

    def shown(name: str) -> set[tuple[int, str]]:
        return {(i, of[name]) for i, of in enumerate(came) if of[name] != MISSING}

    for turn in itertools.islice(turns, most):
        left = [name for name in distances if distances[name] == turn and name not in found]
        best = max(left, key=lambda name: (len(shown(name) - seen), len({of for _, of in shown(name)})), default=None)
        if best is not None and (shown(best) - seen or turn not in {distances[name] for name in found}):
            found.append(best)
            seen |= shown(best)
    return sorted(found, key=list(distances).index)


def _outcomes(side: Side) -> dict[str, str]:
    """What came of the first sample of each item."""
    scores = side.scores
    grades, right, missing = scores.text("verdict.grade"), scores["right"], scores["missing"]
    return {
        name: MISSING if missing[i] else grades[i] or _right(bool(right[i]))
        for name, i in zip(scores.items, scores.first.tolist(), strict=True)
    }


def _right(right: bool) -> str:
    return "right" if right else "wrong"
