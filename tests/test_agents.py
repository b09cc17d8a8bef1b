"""Reference agents: what they are is known, so the verdicts on them are."""

import pytest

from gamegen import games
from gamegen.errors import GamegenError
from gamegen_benchmarks.agents import AGENTS
from gamegen_benchmarks.items import suite
from gamegen_benchmarks.judged import Judged, judge
from gamegen_benchmarks.players import player

ITEMS = [item for item in suite("transfer").items(limit=4) if item["scorer"]["name"] == "gamegen"]
TRICKS = ("babbler", "faker", "shortcutter", "guesser")
SEARCHED = [name for name in AGENTS if name != "solver"]


def of(name: str, **params: object) -> list[Judged]:
    agent = player(name, params)
    return [judge(item, agent.answer(item)) for item in ITEMS]


@pytest.fixture(scope="module")
def solved() -> list[Judged]:
    return of("solver")


def test_the_items_are_of_every_game() -> None:
    assert {item["game"] for item in ITEMS} == set(games.names())
    assert {item["solvable"] for item in ITEMS} == {True, False}


@pytest.mark.parametrize("style", ["prose", "ledger", "plain", "dialogue"])
def test_the_solver_is_verified(style: str) -> None:
    assert {one.grade for one in of("solver", style=style)} == {"verified"}


@pytest.mark.parametrize("name", SEARCHED)
def test_at_full_strength_every_agent_is_the_solver(name: str) -> None:
    solver, agent = player("solver", {}), player(f"{name}@1", {})
    assert [agent.answer(item) for item in ITEMS] == [solver.answer(item) for item in ITEMS]


@pytest.mark.parametrize("name", TRICKS)
def test_a_trick_is_below_the_solver_on_every_item_at_the_same_length(name: str, solved: list[Judged]) -> None:
    told = of(name)
    for item, one, sound in zip(ITEMS, told, solved, strict=True):
        assert one.readable and one.sound_share is not None and sound.sound_share == 1, item["id"]
        assert one.sound_share < 1 and one.grade != "verified", item["id"]
        assert one.wordiness.tokens >= 0.95 * sound.wordiness.tokens, item["id"]
    lengths, usual = (sum(one.wordiness.tokens for one in of) for of in (told, solved))
    assert 0.98 <= lengths / usual <= 1.02


@pytest.mark.parametrize("name", ["solver@0", "babbler", "faker", "shortcutter"])
def test_who_knows_the_answer_is_right(name: str) -> None:
    assert all(one.right for one in of(name))


def test_the_babbler_claims_nothing() -> None:
    for one in of("babbler"):
        assert one.verdict is not None and one.verdict.procedure.sound_share == 0 and one.new_steps == 0
        assert one.grade == "thin"


def test_the_first_try_is_as_valid_and_covers_less(solved: list[Judged]) -> None:
    tried = of("first_try")
    assert {one.sound_share for one in tried} == {1.0}
    assert {one.grade for one in tried} == {"unsolved"}
    pairs = [(one.coverage, sound.coverage) for one, sound in zip(tried, solved, strict=True) if sound.coverage is not None]
    assert all(a is not None and a < b for a, b in pairs) and len(pairs) > len(ITEMS) / 2


def test_the_faker_goes_back_and_gets_nowhere() -> None:
    for item, one in zip(ITEMS, of("faker"), strict=True):
        assert one.verdict is not None
        assert "fake backtrack" in one.verdict.reasons or not item["solvable"], item["id"]
        assert one.verdict.procedure.genuine_backtracks in (0, None), item["id"]


def test_what_an_agent_says_depends_on_item_sample_and_settings_alone() -> None:
    first, again = player("guesser@0.5", {"seed": 3}), player("guesser@0.5", {"seed": 3})
    backwards = {item["id"]: again.answer(item, 1) for item in reversed(ITEMS)}
    assert [first.answer(item, 1) for item in ITEMS] == [backwards[item["id"]] for item in ITEMS]
    item = ITEMS[0]
    others = [
        first.answer(item, 0),
        player("guesser@0.5", {"seed": 4}).answer(item, 1),
        player("guesser@0.6", {}).answer(item, 1),
    ]
    assert len({first.answer(item, 1), *others}) == 4


def test_other_words_tell_the_same() -> None:
    for name in ("solver@0.5", *TRICKS):
        verdicts = [
            [judge(item, player(name, {"words": words}).answer(item)).verdict for item in ITEMS[::3]] for words in (0, 1)
        ]
        for one, other in zip(*verdicts, strict=True):
            assert one is not None and other is not None
            assert one.labels == other.labels and one.procedure == other.procedure


@pytest.mark.parametrize(
    ("name", "params", "said"),
    [
        ("thinker", {}, "no agent 'thinker'; choose from solver, babbler"),
        ("faker@2", {}, "strength '2' given; it is a number from 0 to 1"),
        ("faker@", {}, "strength '' given"),
        ("faker@nan", {}, "strength 'nan' given"),
        ("solver", {"temperature": 1}, "temperature given; its settings are style, verbosity, seed, words"),
        ("solver", {"style": "stream_of_search"}, "style 'stream_of_search' given; it is one of dialogue"),
        ("solver", {"verbosity": "much"}, "verbosity 'much' given; it is a number"),
        ("solver", {"seed": True}, "seed True given; it is an integer"),
    ],
)
def test_a_wrong_name_or_setting_is_one_line(name: str, params: dict[str, object], said: str) -> None:
    with pytest.raises(GamegenError, match=said.replace("(", r"\(")) as error:
        player(name, params)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("style", ["prose", "ledger", "plain", "dialogue"])
def test_a_tag_beside_a_step_does_not_hide_it(style: str) -> None:
    agent = player("solver", {"style": style})
    for item in ITEMS[::3]:
        text = agent.answer(item)
        for other in ("<think>", "<think> "):
            beside = text.replace("<think>\n", other).replace("\n</think>", "</think>")
            assert beside != text and judge(item, beside).grade == "verified", (item["id"], beside)
