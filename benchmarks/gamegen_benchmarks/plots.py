"""The plots of a report: each is one figure, as SVG that stands in a page and takes its colours, and as PNG for elsewhere.

Words: an *interval* is a figure with its 95 % interval; a run has one colour and one sign in all plots, by its number; a *lane*
is a line of a plot that belongs to one run, and lanes come in groups. Lengths are in pixels of the page. The same values give
the same bytes: nothing is dated, and nothing is left to chance.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO, StringIO
from typing import Any, NamedTuple

from gamegen.errors import GamegenError

# Colours of the figures, each under the name that the page knows it by; the page has others for the dark.
INK, FAINT, GRID = "#1c2128", "#656d76", "#d8dee5"
RUNS = ("#0072b2", "#d55e00", "#009e73", "#b5488b", "#c98a00", "#3fa0d8", "#7a5fc0", "#6e7781")
GRADES = {
    "unreadable": "#8c959f",
    "wrong": "#b2182b",
    "unsolved": "#ef8a62",
    "confabulated": "#f6c9ae",
    "thin": "#92c5de",
    "verified": "#2166ac",
}
NAMES = {INK: "ink", FAINT: "faint", GRID: "grid", **{colour: f"run-{i}" for i, colour in enumerate(RUNS)}}
SIGNS = ("o", "s", "^", "D", "v", "P", "X", "p")
ON_DARK, ON_LIGHT = "#fefefe", "#111111"  # letters on a colour that is the same in the dark
LIGHT = {"confabulated", "thin", "unsolved"}

WIDTH, LETTERS = 600, 11.5
LANE, HEAD, FEET = 19, 27, 84  # heights: of a lane, of the name of a group, of title and axis
LONGEST = 24  # letters of the name of a run
_INCH = 72  # pixels of the page
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "gamegen",
    "font.size": LETTERS,
    "text.parse_math": False,
    "axes.edgecolor": GRID,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelsize": LETTERS,
    "ytick.labelsize": LETTERS,
}


class Interval(NamedTuple):
    value: float
    low: float
    high: float


class Plot(NamedTuple):
    """A plot under its name, which its file has too; ``title`` says what is seen."""

    name: str
    title: str
    svg: str
    png: bytes


class Place(NamedTuple):
    """Where a run is in the plane."""

    label: str
    run: int
    x: Interval
    y: Interval


class Dot(NamedTuple):
    """A lane with a dot: pass@1, and pass@k where there are more samples."""

    label: str
    run: int
    one: Interval
    many: float | None = None


class Bar(NamedTuple):
    """A lane with parts that come to 1."""

    label: str
    run: int
    parts: Mapping[str, float]


class Curve(NamedTuple):
    label: str
    run: int
    xs: Sequence[float]
    ys: Sequence[Interval]


class Spread(NamedTuple):
    """A lane with what is spread over it: the 5th, 25th, 50th, 75th and 95th percentile, each of the right and of the wrong."""

    label: str
    run: int
    right: Sequence[float] | None
    wrong: Sequence[float] | None


def check() -> None:
    """Raises GamegenError where what the report is made with is missing."""
    try:
        import jinja2  # noqa: F401
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise GamegenError(f"the report needs {error.name}; install it with: pip install 'gamegen[report]'") from None


def name_of(label: str) -> str:
    """The name of a run that has room in a plot: its beginning and its end.

    >>> name_of("qwen3-0.6b-trained-on-traces-step-100")
    'qwen3-0.6b-t…es-step-100'
    """
    return label if len(label) <= LONGEST else f"{label[: LONGEST // 2]}…{label[1 - LONGEST // 2 :]}"


def colour(run: int) -> str:
    return RUNS[run % len(RUNS)]


def sign(run: int) -> str:
    """Runs that share a colour have other signs."""
    return SIGNS[(run + run // len(RUNS)) % len(SIGNS)]


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near as can be to those that are wanted, in their order, that are a gap from each other.

    >>> apart([0.5, 0.5, 0.9], 0.2, 0, 1)
    [0.6, 0.4, 0.9]
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], -i))  # of equals the first is above
    blocks: list[tuple[float, int]] = []  # the mean of those that touch each other, less the gaps, and how many they are
    for rank, i in enumerate(order):
        mean, size = wanted[i] - rank * gap, 1
        while blocks and blocks[-1][0] >= mean:
            before, count = blocks.pop()
            mean, size = (before * count + mean * size) / (count + size), size + count
        blocks.append((mean, size))
    means = [min(max(mean, low), high - (len(wanted) - 1) * gap) for mean, size in blocks for _ in range(size)]
    found = [0.0] * len(wanted)
    for rank, (i, mean) in enumerate(zip(order, means, strict=True)):
        found[i] = round(mean + rank * gap, 6)
    return found


# Plots


def plane(name: str, title: str, places: Sequence[Place], limits: tuple[float, float], measure: str) -> Plot:
    """The plane of procedure and verbosity, with the name of each run at its right."""

    def draw(figure: Any) -> None:
        axes = _axes(figure, 410, right=170)
        for place in places:
            _cross(axes, place)
        _tokens(axes, limits)
        axes.set(ylim=(-0.04, 1.04), ylabel=measure)
        axes.grid(True)
        _names(axes, [(place.label, place.run, place.x.value, place.y.value) for place in places])

    return _plot(name, title, 410, draw)


def dots(name: str, title: str, groups: Sequence[tuple[str, Sequence[Dot]]], measure: str) -> Plot:
    """A share of each run in each group, with its interval."""

    def draw(figure: Any) -> None:
        axes = _axes(figure, height, left=180, right=56)
        for y, dot in _lanes(axes, groups):
            _dot(axes, y, dot, f"{dot.one.value:.2f}")
            if dot.many is not None and dot.many != dot.one.value:
                axes.plot([dot.many], [y], marker="D", ms=6, mfc="none", mec=colour(dot.run), mew=1.3, ls="")
        axes.set(xlim=(-0.02, 1.02), xlabel=measure)
        axes.grid(True, axis="x")

    height = _height(groups)
    return _plot(name, title, height, draw)


def _dot(axes: Any, y: float, dot: Dot, said: str) -> None:
    """A figure with its interval, and what is said of it at the right."""
    axes.plot([dot.one.low, dot.one.high], [y, y], color=colour(dot.run), lw=2, solid_capstyle="butt")
    axes.plot([dot.one.value], [y], marker=sign(dot.run), ms=7, color=colour(dot.run), ls="")
    axes.annotate(said, (1.02, y), xycoords=("axes fraction", "data"), va="center", color=INK)


def bars(name: str, title: str, lanes: Sequence[Bar], measure: str) -> Plot:
    """The parts of each run as one bar, with their shares on them."""
    groups = [("", lanes)]

    def draw(figure: Any) -> None:
        axes = _axes(figure, height, left=180, right=24)
        for y, bar in _lanes(axes, groups):
            begin = 0.0
            for part, share in bar.parts.items():
                axes.barh(y, share, 0.74, begin, color=GRADES[part], edgecolor="none")
                _on_bar(axes, y, begin, share, part)
                begin += share
        axes.set(xlim=(0, 1), xlabel=measure)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")

    height = _height(groups)
    return _plot(name, title, height, draw)


def differences(name: str, title: str, groups: Sequence[tuple[str, Sequence[Dot]]], measure: str) -> Plot:
    """What each run is more than the first, with its interval."""

    def draw(figure: Any) -> None:
        axes = _axes(figure, height, left=180, right=60)
        for y, dot in _lanes(axes, groups):
            _dot(axes, y, dot, f"{dot.one.value:+z.2f}".replace("-", "−").replace("+0.00", "0.00"))
        axes.axvline(0, color=FAINT, lw=1)
        most = max(0.1, *(abs(end) for _, lanes in groups for dot in lanes for end in dot.one)) * 1.06
        axes.set(xlim=(-most, most), xlabel=measure)
        axes.locator_params(axis="x", nbins=6)
        axes.grid(True, axis="x")

    height = _height(groups)
    return _plot(name, title, height, draw)


def curves(name: str, title: str, lines: Sequence[Curve], measure: str) -> Plot:
    """A share against length, with the name of each run at its end."""

    def draw(figure: Any) -> None:
        axes = _axes(figure, 410, right=170)
        for line in lines:
            axes.plot(line.xs, [y.value for y in line.ys], color=colour(line.run), marker=sign(line.run), ms=5.5, lw=1.6)
            axes.vlines(line.xs, [y.low for y in line.ys], [y.high for y in line.ys], color=colour(line.run), lw=1, alpha=0.45)
        _tokens(axes, limits_of([x for line in lines for x in line.xs]))
        axes.set(ylim=(-0.04, 1.04), ylabel=measure)
        axes.grid(True)
        _names(axes, [(line.label, line.run, line.xs[-1], line.ys[-1].value) for line in lines])

    return _plot(name, title, 410, draw)


def spreads(name: str, title: str, lanes: Sequence[Spread]) -> Plot:
    """How long the right and the wrong texts of each run are, the right ones above."""
    groups = [("", lanes)]

    def draw(figure: Any) -> None:
        axes = _axes(figure, height, left=180, right=24)
        for y, lane in _lanes(axes, groups, 2):
            for percentiles, up, filled in ((lane.right, -0.36, True), (lane.wrong, 0.36, False)):
                if percentiles is not None:
                    _box(axes, y + up, percentiles, colour(lane.run), filled)
        _tokens(axes, limits_of([x for lane in lanes for of in (lane.right, lane.wrong) for x in of or ()]))
        axes.grid(True, axis="x")

    height = _height(groups, 2)
    return _plot(name, title, height, draw)


# Parts of plots


def limits_of(tokens: Sequence[float]) -> tuple[float, float]:
    """The ends of an axis of tokens, of which the one is at least four times the other."""
    low, high = max(min(tokens), 1), max(*tokens, 1)
    wider = max(1.2, 2 / (high / low) ** 0.5)
    return low / wider, high * wider


def _tokens(axes: Any, limits: tuple[float, float]) -> None:
    low, high = limits
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    few, more = ([a * 10**k for k in range(8) for a in steps] for steps in ((1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)))
    ticks = [x for x in (few if high / low > 12 else more) if low <= x <= high]
    axes.set_xticks(ticks, [_count(x) for x in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("tokens of a text, built-in count, log scale")


def _count(tokens: float) -> str:
    return f"{tokens:g}" if tokens < 1000 else f"{tokens / 1000:g}k" if tokens < 1e6 else f"{tokens / 1e6:g}M"


def _cross(axes: Any, place: Place) -> None:
    look = {"color": colour(place.run), "lw": 1.6, "alpha": 0.75}
    axes.plot([place.x.low, place.x.high], [place.y.value] * 2, **look)
    axes.plot([place.x.value] * 2, [place.y.low, place.y.high], **look)
    axes.plot([place.x.value], [place.y.value], marker=sign(place.run), ms=9, color=colour(place.run), ls="")


def _names(axes: Any, points: Sequence[tuple[str, int, float, float]]) -> None:
    """The names of points at the right of the axes, as high as their points or as near to that as there is room."""
    heights = axes.transData.transform([(x, y) for _, _, x, y in points])
    box = axes.get_window_extent()
    wanted = [(y - box.y0) / box.height for _, y in heights]
    for (label, run, x, y), at in zip(points, apart(wanted, 17 / box.height * axes.figure.dpi / _INCH, 0, 1), strict=True):
        line = {"arrowstyle": "-", "color": colour(run), "lw": 0.8, "alpha": 0.6, "shrinkA": 2, "shrinkB": 5}
        line["relpos"] = (0, 0.5)  # from the left of the name
        places = {"xy": (x, y), "xytext": (1.03, at), "textcoords": "axes fraction", "annotation_clip": False}
        axes.annotate(name_of(label), **places, color=colour(run), va="center", arrowprops=line)


def _on_bar(axes: Any, y: float, begin: float, share: float, part: str) -> None:
    """A share on its part of a bar, with its name where there is room."""
    rooms = {f"{part} {share:.0%}": len(part) * 0.017 + 0.1, f"{share:.0%}": 0.062}
    said = next((said for said, room in rooms.items() if share >= room), "")
    letters = ON_LIGHT if part in LIGHT else ON_DARK
    axes.text(begin + share / 2, y, said, ha="center", va="center", color=letters, fontsize=LETTERS - 1)


def _box(axes: Any, y: float, percentiles: Sequence[float], of: str, filled: bool) -> None:
    least, low, middle, high, most = percentiles
    axes.plot([least, most], [y, y], color=of, lw=1)
    axes.fill_betweenx([y - 0.24, y + 0.24], [low] * 2, [high] * 2, facecolor=of if filled else "none", edgecolor=of, lw=1.2)
    axes.plot([middle] * 2, [y - 0.34, y + 0.34], color=INK, lw=2)


def _lanes(axes: Any, groups: Sequence[tuple[str, Sequence[Any]]], high: int = 1) -> Iterator[tuple[float, Any]]:
    """Each lane with its height in the plot; their names and those of the groups are written beside them."""
    at, ticks = 0.0, list[tuple[float, Any]]()
    for group, lanes in groups:
        if group:
            place = {"xy": (0, at + HEAD / LANE / 2), "xycoords": ("axes fraction", "data"), "xytext": (-170, 0)}
            axes.annotate(group, **place, textcoords="offset points", va="center", weight="bold")
            at += HEAD / LANE
        for lane in lanes:
            ticks.append((at + high / 2, lane))
            at += high
    axes.set_ylim(at, 0)
    axes.set_yticks([y for y, _ in ticks], [name_of(lane.label) for _, lane in ticks])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    for text, (_, lane) in zip(axes.get_yticklabels(), ticks, strict=True):
        text.set_color(colour(lane.run))
    yield from ticks


def _height(groups: Sequence[tuple[str, Sequence[Any]]], high: int = 1) -> float:
    return FEET + sum((HEAD if group else 0) + LANE * high * len(lanes) for group, lanes in groups)


def _axes(figure: Any, height: float, left: float = 62, right: float = 16, top: float = 34, bottom: float = 50) -> Any:
    return figure.add_axes((left / WIDTH, bottom / height, 1 - (left + right) / WIDTH, 1 - (top + bottom) / height))


# Files


def _plot(name: str, title: str, height: float, draw: Callable[[Any], None]) -> Plot:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_STYLE), _quiet():
        figure = Figure(figsize=(WIDTH / _INCH, height / _INCH), dpi=_INCH)
        draw(figure)
        figure.axes[0].set_title(title, loc="left", weight="bold", fontsize=LETTERS + 1, pad=10)
        svg, png = StringIO(), BytesIO()
        figure.savefig(svg, format="svg", transparent=True, metadata={"Date": None})
        figure.savefig(png, format="png", dpi=2 * _INCH, facecolor="white", metadata={"Software": None})
    return Plot(name, title, in_page(svg.getvalue(), name, title), png.getvalue())


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the notes on signs that the font of the PNG has not; a name of a run may have any."""
    import warnings

    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph")
            yield
    finally:
        log.setLevel(level)


def in_page(svg: str, name: str, title: str) -> str:
    """The SVG as it stands in a page: with a title, ids that no other plot has, and the colours of the page."""
    from markupsafe import escape

    body = re.sub(r"<metadata>.*?</metadata>\s*", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    body = re.sub(r'\bid="|(?<=href=")#|(?<=url\()#', lambda match: f"{match[0]}{name}-", body)
    for of, called in NAMES.items():
        body = body.replace(of, f"var(--{called})")
    head = f'<svg class="plot" role="img" aria-labelledby="{name}-title" viewBox'
    body = re.sub(r"<svg\b[^>]*?viewBox", lambda _: head, body, count=1)
    body = re.sub(r'(<svg [^>]*?viewBox="[^"]*")[^>]*>', rf'\1><title id="{name}-title">{{}}</title>', body, count=1)
    return body.replace("{}", str(escape(title)), 1).strip()
