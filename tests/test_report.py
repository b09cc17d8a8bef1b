"""`bench report`: the tree of a text is what the text tells, and the page shows the figures of the summary and runs nothing."""

import html
import json
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from run_folders import UNREADABLE, answer, folder, reference

from gamegen.cli import main
from gamegen.errors import GamegenError
from gamegen.games.countdown import Puzzle
from gamegen_benchmarks import drawing, items, judged, plots, report, scoring, summary, trees
from gamegen_benchmarks.drawing import Drawing
from gamegen_benchmarks.trees import Tree
from gamegen_verifiers.replay import replay
from gamegen_verifiers.steps import Claim, Reading, Step

SECTIONS = ("runs", "plane", "accuracy", "grades", "length", "comparison", "vectors", "traces")
EVIL = '</div></script><img src=x onerror=alert(1)><b id="pwned">\'&amp;\x00\ud800\u202e'
ITEM = {"numbers": [2, 4, 8], "target": 24}

run = CliRunner().invoke
Row = dict[str, Any]


# Trees, of readings that are written here


def given() -> Step:
    return Step("given", 0, 0, None, (2, 4, 8), 24)


def attempt(a: int, op: str, b: int, result: int, *left: int) -> Step:
    return Step("try", 0, 0, Claim(a, op, b, result), left or None)


def back(*numbers: int) -> Step:
    return Step("backtrack", 0, 0, None, numbers)


def dead(why: str, *numbers: int) -> Step:
    return Step("dead_end", 0, 0, None, numbers, 24 if why == "missed" else None, why)


def grown(*steps: Step) -> Tree:
    labels = replay(Puzzle((2, 4, 8), 24), Reading(steps, 1.0)).labels
    return trees.grow(trees.world(ITEM), steps, labels)


def shape(tree: Tree) -> list[tuple[Any, int | None]]:
    return [(node.state, node.parent) for node in tree.nodes]


def test_a_return_to_an_earlier_state_opens_a_branch_beside_the_first() -> None:
    tree = grown(
        given(), attempt(4, "+", 2, 6, 6, 8), attempt(8, "+", 6, 14), dead("missed", 14), back(6, 8), attempt(8, "*", 6, 48)
    )
    assert shape(tree) == [((2, 4, 8), None), ((6, 8), 0), ((14,), 1), ((48,), 1)]
    assert not any(node.flaws for node in tree.nodes)
    assert [mark.to for mark in tree.nodes[2].marks] == [None, 1]


def test_a_return_may_go_to_what_was_left_before() -> None:
    to_start = (attempt(4, "+", 2, 6, 6, 8), back(2, 4, 8), attempt(8, "-", 4, 4, 2, 4), back(6, 8), attempt(8, "-", 6, 2))
    assert shape(grown(given(), *to_start))[-1] == ((2,), 1)


def test_a_return_to_where_it_stands_is_marked_and_opens_nothing() -> None:
    tree = grown(given(), attempt(4, "+", 2, 6, 6, 8), back(6, 8), back(6, 8), attempt(8, "+", 6, 14))
    assert shape(tree) == [((2, 4, 8), None), ((6, 8), 0), ((14,), 1)]
    assert tree.nodes[1].flaws == ["fake backtrack"] * 2
    assert drawing.drawn(tree, 5).boxes[1].flaws == ["fake backtrack ×2"]


def test_a_return_to_where_it_never_was_is_a_leap() -> None:
    tree = grown(given(), attempt(4, "+", 2, 6, 6, 8), back(3, 8), attempt(8, "*", 3, 24))
    assert [node.leap for node in tree.nodes] == [False, False, True, False]
    assert tree.nodes[2].flaws == ["fake backtrack"]
    assert not tree.is_goal(tree.nodes[3])  # nothing is soundly reached from there
    assert [edge.kind for edge in drawing.drawn(tree, 4).edges if edge.said == "no such return"] == ["leap"]


def test_a_goal_and_the_way_to_it_are_marked() -> None:
    tree = grown(given(), attempt(8, "-", 2, 6, 4, 6), attempt(6, "+", 4, 10), back(4, 6), attempt(6, "*", 4, 24))
    drawn = drawing.drawn(tree, 5)
    assert [box.kind for box in drawn.boxes] == ["start", "open", "open", "goal"]
    assert [edge.said for edge in drawn.edges if edge.kind == "won"] == ["8 − 2 = 6", "6 × 4 = 24"]
    assert drawn.boxes[3].said == "★ 24"


def test_a_state_of_which_all_was_tried_is_a_dead_end() -> None:
    moves = [(8, "+", 6, 14), (8, "-", 6, 2), (8, "*", 6, 48)]
    tried = [step for move in moves for step in (attempt(*move), dead("missed", move[-1]), back(6, 8))]
    drawn = drawing.drawn(grown(given(), attempt(4, "+", 2, 6, 6, 8), *tried, dead("exhausted", 6, 8), back(2, 4, 8)), 0)
    assert [box.kind for box in drawn.boxes] == ["start", "dead", "dead", "dead", "dead"]
    assert drawing.drawn(grown(given(), dead("exhausted", 2, 4, 8)), 2).boxes[0].flaws == ["false dead end"]
    assert drawing.drawn(grown(given(), dead("set_aside", 2, 4, 8)), 2).boxes[0].kind == "aside"


def test_a_false_sum_leads_where_the_text_says() -> None:
    tree = grown(given(), attempt(8, "-", 2, 5, 4, 5), attempt(9, "+", 4, 13))
    assert shape(tree) == [((2, 4, 8), None), ((4, 5), 0), ((13,), 1)]
    assert [node.label for node in tree.nodes] == ["valid", "false arithmetic", "number not available"]


def test_free_prose_is_placed_where_its_numbers_are() -> None:
    text = "Try 8 + 4 = 12, then 12 + 2 = 14. That is too low. Try 8 - 2 = 6 instead, and 6 * 4 = 24.\nAnswer: (8 - 2) * 4"
    verdict = judged.judge({**ITEM, "scorer": {"name": "gamegen"}, "prompt": []}, text).verdict
    assert verdict is not None
    tree = trees.grow(trees.world(ITEM), verdict.reading, verdict.labels)
    assert shape(tree) == [((2, 4, 8), None), ((2, 12), 0), ((14,), 1), ((4, 6), 0), ((24,), 3)]
    assert tree.is_goal(tree.nodes[4])


@pytest.mark.parametrize(("distance", "split"), [one for one in items.suite("transfer").splits if one[0] != "far_external"])
def test_the_tree_of_a_reference_has_the_states_that_the_verdict_counts(distance: str, split: str) -> None:
    for item in items.suite("transfer").items([f"{distance}/{split}"], 2):
        verdict = judged.judge(item, item["reference"]).verdict
        assert verdict is not None and verdict.reading
        tree = trees.grow(trees.world(item), verdict.reading, verdict.labels)
        assert not any(node.flaws for node in tree.nodes)
        if tree.read == len(verdict.reading):
            assert len({node.state for node in tree.nodes}) == verdict.procedure.states
            assert any(map(tree.is_goal, tree.nodes)) == item["solvable"]
        assert_apart(drawing.drawn(tree, len(verdict.reading)))


def assert_apart(drawn: Drawing) -> None:
    """No box covers another, and all are inside."""
    rows: dict[float, list[Any]] = {}
    for box in drawn.boxes:
        rows.setdefault(box.y, []).append(box)
        assert box.x >= 0 and box.x + box.width <= drawn.width and 0 < box.y < drawn.height
    assert all(b - a >= drawing.ROW for a, b in pairwise(sorted(rows)))
    for row in rows.values():
        places = sorted((box.x, box.x + box.width) for box in row)
        assert all(right < left for (_, right), (left, _) in pairwise(places))


def test_a_tree_that_is_too_large_says_how_much_is_not_there() -> None:
    steps = [given(), *[step for _ in range(400) for step in (attempt(8, "-", 2, 6, 4, 6), back(2, 4, 8))]]
    tree = grown(*steps)
    assert len(tree.nodes) == trees.MOST_NODES
    assert drawing.drawn(tree, len(steps)).unread == len(steps) - tree.read > 0


# Text, and plots


def test_the_pieces_of_a_text_are_the_text() -> None:
    item = items.suite("transfer").items(["new_numbers"], 1)[0]
    text = item["reference"].replace("<think>", "<think>" + EVIL)
    pieces = drawing.pieces(text, judged.judge(item, text).verdict)
    joined = "".join(piece.text for piece in pieces)
    assert len(joined) == len(text) and joined == drawing.printable(text)
    assert "\x00" not in joined and "\ud800" not in joined and joined.count("␀") == 1
    assert {piece.kind for piece in pieces} >= {"given", "try", "dead_end", "backtrack", "found", ""}


def test_a_fraction_is_said_as_one() -> None:
    assert trees.say_claim(Claim(1, "/", 2, Fraction(1, 2))) == "1 ÷ 2 = 1/2"


def test_names_beside_a_plot_are_apart_and_in_order() -> None:
    assert plots.apart([0.5, 0.5, 0.5], 0.1, 0, 1) == pytest.approx([0.6, 0.5, 0.4])
    assert plots.apart([1.0, 1.0, 0.0], 0.2, 0, 1) == pytest.approx([1.0, 0.8, 0.0])
    assert plots.apart([], 0.2, 0, 1) == []


# The page


def spoilt(item: Row, sample: int) -> str | None:
    """The answer, in texts of which one is missing, one cannot be read, and one tries to be more than a text."""
    said = {0: None, 1: UNREADABLE + str(answer(item, sample)), 2: EVIL + str(reference(item, sample))}
    return said.get(int(item["id"][-1]), answer(item, sample))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    out = tmp_path_factory.mktemp("runs")
    splits = ("new_numbers", "base_7", "jugs")
    return [folder(out / "solver", reference, splits, 6, 2), folder(out / "<i>&it's$", spoilt, splits, 6, 2)]


@pytest.fixture(scope="module")
def page(pair: list[Path]) -> str:
    for name in ("matplotlib", "jinja2"):
        pytest.importorskip(name)
    out = pair[0].parent / "report.html"
    found = run(main, ["bench", "report", *map(str, pair), "--out", str(out)])
    assert (found.exit_code, found.output.count("\n")) == (0, 1), found.output
    return out.read_text(encoding="utf-8")


def test_the_page_has_all_sections_and_needs_nothing_else(page: str) -> None:
    assert re.findall(r'<section id="([a-z]+)"', page) == list(SECTIONS)
    assert not re.search(r'<script|<link|<img|<iframe|src="|@import|url\((?!#)|href="(?!#)', page)
    assert len(page) < 1_000_000


def test_the_same_runs_give_the_same_bytes(pair: list[Path], page: str, tmp_path: Path) -> None:
    made = report.write(pair, tmp_path / "again.html", tmp_path / "plots")
    assert made.page.read_text(encoding="utf-8") == page
    first = {file.name: file.read_bytes() for file in (pair[0].parent / "report-files").iterdir()}
    assert first == {file.name: file.read_bytes() for file in made.plots}
    assert all(png.startswith(b"\x89PNG") for png in first.values()) and len(first) == page.count('<svg class="plot"')


def test_what_a_model_wrote_and_a_run_is_called_is_text(page: str) -> None:
    assert "onerror" in page and "<img" not in page and 'id="pwned"' not in page and "</script" not in page
    assert "&lt;/div&gt;&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;" in page
    assert "\x00" not in page and "<i>&it" not in page and "&lt;i&gt;&amp;it" in page


def test_no_two_things_have_the_same_id(page: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_figures_are_those_of_the_summary(pair: list[Path], page: str) -> None:
    rows = re.findall(r"<tr>.*?</tr>", page[page.index('id="runs"') : page.index('id="plane"')], re.DOTALL)[1:]
    for place, row in zip(pair, rows, strict=True):
        group = summary.summarise(scoring.scored(place, 1))["groups"][0]
        cells = [html.unescape(re.sub("<.*?>", " ", cell)).split() for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)]
        for name, cell in zip(report.HEADLINE, cells, strict=False):
            figure = group["figures"][name]
            assert cell[0] == f"{figure['value']:,.{0 if name == 'tokens' else 3}f}"
            assert len(cell) == 1 or cell[1] == f"{figure['low']:,.{0 if name == 'tokens' else 3}f}"
        counts = [group[name] for name in ("completions", "missing", "unreadable")]
        assert [cells[4], cells[6], cells[7]] == [[str(count)] for count in counts]
    assert (counts[1], counts[2]) == (6, 4)  # of jugs all can be read


def test_traces_are_of_each_distance_and_show_the_outcomes(pair: list[Path]) -> None:
    told = report.tell(report.comparing.sides(pair, 1, lambda done: None))
    names = report.chosen(told)
    assert {name.split("-")[0] for name in names} == {"near", "far"}
    outcomes = report._outcomes(told[1].side)
    assert {"unreadable", "thin"} <= {outcomes[name] for name in names}
    assert len(names) == len(set(names)) <= report.TRACES


def test_one_run_and_one_of_questions_of_others(pair: list[Path], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    pytest.importorskip("reasoning_gym")
    one = folder(tmp_path / "others", answer, ("external_sokoban",), 3)
    text = report.write([one], tmp_path / "one.html").page.read_text(encoding="utf-8")
    assert "nothing to compare it with" in text and "no steps are known of them" in text and "There are no grades" in text


def test_a_run_without_a_single_text_has_a_page(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    nothing = folder(tmp_path / "nothing", lambda item, sample: None)
    text = report.write([nothing], tmp_path / "nothing.html").page.read_text(encoding="utf-8")
    assert re.findall(r'<section id="([a-z]+)"', text) == list(SECTIONS)


@pytest.mark.parametrize("given", [["--out", "."], ["--out", "no/such/report.html"], ["--out", "r.html", "--png", "file"]])
def test_a_place_that_cannot_be_written_is_one_line(
    given: list[str], pair: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    found = run(main, ["bench", "report", str(pair[0]), *given])
    assert found.exit_code == 2 and found.output.startswith(f"Error: {given[-2]}") and found.output.count("\n") == 1


def test_without_the_extra_it_is_one_line(pair: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(GamegenError, match=re.escape("pip install 'gamegen[report]'")):
        report.write(pair, tmp_path / "report.html")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no chromium")
def test_a_browser_opens_the_page(pair: list[Path], page: str, tmp_path: Path) -> None:
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0", f"--user-data-dir={tmp_path}"]
    file = (pair[0].parent / "report.html").as_uri()
    found = subprocess.run(["chromium", *flags, "--dump-dom", file], capture_output=True, text=True, timeout=120)
    assert re.findall(r'<section id="([a-z]+)"', found.stdout) == list(SECTIONS)
    assert ":CONSOLE" not in found.stderr, [line for line in found.stderr.splitlines() if ":CONSOLE" in line]
    assert "<img" not in found.stdout and found.stdout.count('<svg class="plot"') == page.count('<svg class="plot"')


def test_the_header_of_a_run_is_shown(page: str, pair: list[Path]) -> None:
    digest = json.loads((pair[0] / "run.json").read_text())["digest"]
    assert digest[:12] in page and "by hand" in page
