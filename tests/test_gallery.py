"""The gallery shows everything, and the page that is kept is the one that is made now."""

from pathlib import Path

import pytest

from gamegen import SpecError, load
from gamegen.arms import ARMS
from gamegen.corruptions import KINDS
from gamegen.gallery import CLOSES, OPENS, gallery
from gamegen.spec import OPERATORS
from gamegen.styles import names

KEPT = Path(__file__).parent.parent / "data_cards" / "gallery.md"


def test_every_style_arm_kind_and_surface_is_shown() -> None:
    page = gallery(load(settings=["trace.backtracks=2", "trace.checks=0.15"]))
    assert KEPT.read_text(encoding="utf-8") == page, "`make cards` makes it again"
    page, _, surfaces = page.partition("\n## Surfaces\n")
    for name in (*OPERATORS[1:], "words", "base 16"):
        assert f"<b>{name}</b>: verified" in surfaces
    for style, part in zip(names(), page.split("\n## Style ")[1:], strict=True):
        assert part.startswith(f"`{style}`")
        for name in (*KINDS, *(arm for arm, treatment in ARMS.items() if not treatment.drawn)):
            assert f"<b>{name}</b>" in part or f"**`{name}`**" in part
    assert page.count(OPENS) == page.count(CLOSES) > len(KINDS)


def test_a_small_game_is_shown_in_the_styles_that_it_can_be_told_in() -> None:
    page = gallery(load(settings=["game=colouring", "trace.backtracks=1"]))
    assert page.startswith("# Gallery: colouring\n") and "## Style `prose`" in page
    assert "## Style `stream_of_search`" not in page and "## Surfaces" not in page


def test_several_games_have_no_one_puzzle_to_show() -> None:
    with pytest.raises(SpecError, match="game: countdown, colouring given"):
        gallery(load(settings=["game=[countdown,colouring]"]))
