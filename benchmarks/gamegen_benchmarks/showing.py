"""What the terminal shows of runs: the tables that a report shows too."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gamegen.terminal import screen, table
from gamegen_benchmarks.summary import PROCEDURE
from gamegen_verifiers.verdict import GRADES

# Columns of the tables of a summary: the figure, and how many digits it has behind the point.
SCORES = {"accuracy": 3, "sound_share": 3, "procedure_score": 3}
SURFACE = {"tokens": 0, "tokens_per_state": 1, "marker_density": 2, "compression": 2, "repetition": 3, "truncated": 3}
STEPS = {"readable": 3, "recall": 3, "new_steps": 1, "coverage": 3, **{f"procedure.{name}": 3 for name in PROCEDURE}}
ABSTENTION = {"declined_unsolvable": 3, "declined_solvable": 3, "youden_j": 3}
SHARES = {f"grade.{grade}": 3 for grade in GRADES}
COUNTS = ("items", "missing", "unreadable")
REASONS = 12  # the most frequent ones
KINDS = {"By distance": ("all", "distance"), "By game": ("game",), "By split": ("split",)}

Group = Mapping[str, Any]


def show_summary(found: Mapping[str, Any]) -> None:
    """What the scores of a run come to."""
    run, groups = found["run"], found["groups"]
    screen.print(f"{run['name']}: {run['model']} on {run['suite']}", markup=False, style="bold")
    screen.print()
    for title, kinds in KINDS.items():
        _show_scores(title, [group for group in groups if group["by"] in kinds])
    few = [group for group in groups if group["by"] in ("all", "distance")]
    tried = {name: 3 for name in few[0]["figures"] if name.startswith("pass_at_")}
    if len(tried) > 1:
        _show("One of k samples is right", tried, few)
    _show("Shares of the grades", SHARES, few, down=True)
    _show("Procedure, of what could be read", STEPS, few, down=True)
    _show("Surface", SURFACE, few, down=True)
    known = [group for group in groups if group["by"] != "game" and group["figures"]["declined_unsolvable"]["items"]]
    if known:
        _show("Said that there is no solution", ABSTENTION, known)
    _show_bounds(groups)
    if reasons := list(few[0]["reasons"].items())[:REASONS]:
        screen.print("What speaks against verified", style="bold")
        screen.print(table(("", "completions"), ((reason, f"{count:,}") for reason, count in reasons)))


def _show_scores(title: str, groups: Sequence[Group]) -> None:
    """The main table: counts, the scores with their intervals, and how long the texts are."""
    lines = (
        (
            group["name"].rsplit("/", 1)[-1] if group["by"] == "split" else group["name"],
            *(f"{group[name]:,}" for name in COUNTS),
            *(said(group["figures"][name], digits) for name, digits in SCORES.items()),
            "" if (tokens := group["figures"]["tokens"]["value"]) is None else f"{tokens:,.0f}",
        )
        for group in groups
    )
    screen.print(title, style="bold")
    screen.print(table(("", *COUNTS, *map(_words, SCORES), "tokens"), lines))
    screen.print()


def _show(title: str, columns: Mapping[str, int], groups: Iterable[Group], down: bool = False) -> None:
    """A table of figures with their intervals: a line for each group or, ``down``, for each figure."""
    head = list(map(_words, columns))
    body = [[said(group["figures"][name], digits) for name, digits in columns.items()] for group in groups]
    names = [group["name"] for group in groups]
    if down:
        head, body, names = names, [list(line) for line in zip(*body, strict=True)], head
    screen.print(title, style="bold")
    screen.print(table(("", *head), ((name, *line) for name, line in zip(names, body, strict=True))))
    screen.print()


def _words(name: str) -> str:
    """The name of a figure, as people write it."""
    return name.rsplit(".", 1)[-1].replace("_", " ")


def _show_bounds(groups: Iterable[Group]) -> None:
    """Between what figures lie whatever the missing ones are, where some are missing."""
    lines = [
        (f"{group['name']}, {_words(name)}", said(figure, 3), "{:.3f} to {:.3f}".format(*figure["bounds"]))
        for group in groups
        if group["by"] in ("all", "distance")
        for name, figure in group["figures"].items()
        if "bounds" in figure
    ]
    if lines:
        screen.print("Whatever the missing ones are", style="bold")
        screen.print(table(("", "figure", "lies in"), lines))
        screen.print()


# Digits of the measures of a comparison, where they are not three.
DIGITS = {"new_steps": 1, "tokens": 0, "tokens_per_state": 1, "marker_density": 2, "compression": 2}


def show_comparison(found: Mapping[str, Any]) -> None:
    """Runs side by side."""
    screen.print(
        f"{len(found['runs'])} runs on {found['items']:,} items of {found['suite']} in common", style="bold", markup=False
    )
    screen.print()
    counts = ("items", "left_out", "completions", "missing", "unreadable")
    lines = ((run["label"], run["model"], *(f"{run[name]:,}" for name in counts)) for run in found["runs"])
    screen.print(table(("", "model", *map(_words, counts)), lines))
    screen.print()
    _show_sides(found)
    _show_plane(found["plane"])
    if arms := found["arms"]:
        _show_contrasts(f"Effect of the traces: {arms['with']} − {arms['without']}", arms["effect"])
        if arms["base"]:
            _show_contrasts(f"What training gives without them: {arms['without']} − {arms['base']}", arms["without_base"])
    else:
        _show_contrasts(f"More than {found['first']}, paired by item", found["contrasts"])
    _show_lengths(found["given_length"])


def _show_sides(found: Mapping[str, Any]) -> None:
    """The figures of all runs, a line for each measure and distance."""
    runs = [run["label"] for run in found["runs"]]
    of = {(one["measure"], one["distance"], one["run"]): one for one in found["figures"]}
    lines = [
        (_place(measure, distance), *(said(of[measure, distance, run], DIGITS.get(measure, 3)) for run in runs))
        for measure in found["measures"]
        for distance in found["distances"]
        if any(of[measure, distance, run]["value"] is not None for run in runs)
    ]
    screen.print(table(("", *runs), lines))
    screen.print()


def _show_plane(places: Iterable[Mapping[str, Any]]) -> None:
    lines = [
        (
            f"{one['run']}, {one['distance']}",
            said(one["tokens"], 0),
            said(one["sound_share"], 3),
            said(one["procedure_score"], 3),
        )
        for one in places
        if one["sound_share"]["value"] is not None
    ]
    if not lines:
        return
    screen.print("Procedure and verbosity", style="bold")
    screen.print(table(("", "tokens", "sound share", "procedure score"), lines))
    screen.print()


def _show_contrasts(title: str, contrasts: Iterable[Mapping[str, Any]]) -> None:
    lines = [
        (
            f"{one['run']}: {_place(one['measure'], one['distance'])}",
            f"{one['pairs']:,}",
            said(one, DIGITS.get(one["measure"], 3)),
            *("" if one[name] is None else f"{one[name]:.4f}" for name in ("p", "p_holm")),
            "{:.3f} to {:.3f}".format(*one["bounds"]) if one["bounds"] else "",
        )
        for one in contrasts
        if one["value"] is not None or one["bounds"]
    ]
    screen.print(title, style="bold", markup=False)
    screen.print(table(("", "items", "difference", "p", "p by Holm", "whatever the missing are"), lines))
    screen.print()


def _show_lengths(contrasts: Iterable[Mapping[str, Any]]) -> None:
    lines = [
        (
            f"{one['run']} − {one['against']}: {_place(one['measure'], one['distance'])}",
            said(one, 3) if one["comparable"] else one["says"],
            str(len(one["strata"])),
            *(f"{share:.1%}" for share in one["covered"]),
        )
        for one in contrasts
        if any(one["texts"])
    ]
    screen.print("Given length: the difference among texts that are equally long", style="bold")
    screen.print(table(("", "difference", "strata", "texts of the one in them", "of the other"), lines))
    screen.print()


def _place(measure: str, distance: str) -> str:
    return f"{_words(measure)}, {distance}"


def said(figure: Mapping[str, Any] | None, digits: int) -> str:
    """A figure with its interval; nothing where there is none."""
    if figure is None or figure["value"] is None:
        return ""
    value, low, high = (f"{figure[name]:,.{digits}f}" for name in ("value", "low", "high"))
    return value if low == high else f"{value} [{low}, {high}]"
