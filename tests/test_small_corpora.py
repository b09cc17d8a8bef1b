"""Corpora of small games, of several games, and with puzzles that have no solution.

GAMEGEN_FULL=1 makes 2,000 traces of each game, half of them in each kind of rows; otherwise 40.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from brute import Rules as Plain
from brute import live, state_of
from conftest import FULL, read
from test_corpus import files

import gamegen
from gamegen import SpecError, games, generate, load
from gamegen.corpus import Maker
from gamegen.corruptions import KINDS
from gamegen.errors import GamegenError
from gamegen.prompts import NO_SOLUTION
from gamegen.puzzles import OWNED
from gamegen.spaces import owner
from gamegen.spec import Spec
from gamegen.styles import names as style_names
from gamegen.styles import style
from gamegen_verifiers.rows import judge

SMALL = tuple(games.OURS)
STYLES = [name for name in style_names() if not style(name).published]
ROWS = 1000 if FULL else 20


def spec_of(game: str, *settings: str, style_of: str = "ledger") -> Spec:
    return load(settings=[f"game={game}", "arms=[procedure]", f"style.name={style_of}", *settings])


def rows_of(spec: Spec, number: int, split: str = "train", arm: str = "procedure") -> list[dict[str, Any]]:
    made = Maker(spec)
    return [made.rows(split, i)[arm] for i in range(min(number, made.space.capacity(split)))]


@pytest.mark.parametrize("game", SMALL)
def test_every_trace_is_verified_from_its_text_and_has_what_was_asked_for(game: str) -> None:
    for name in STYLES:
        for row in rows_of(spec_of(game, style_of=name), -(-ROWS // len(STYLES))):
            assert row["verdict"]["grade"] == "verified", row["completion"]
            assert row["achieved"]["backtracks"] == row["requested"]["backtracks"]
            assert judge(row).to_dict() == row["verdict"]


@pytest.mark.parametrize("game", SMALL)
def test_what_has_no_solution_is_shown_to_have_none(game: str) -> None:
    spec = load(settings=[f"game={game}", "puzzles.unsolvable=0.5", "arms=[procedure,solution_only,answer_only,no_cot]"])
    made, answers = Maker(spec), list[str]()
    for i in range(ROWS):
        rows = made.rows("train", i)
        assert len({row["prompt"][-1]["content"] for row in rows.values()}) == 1
        answers.append(rows["procedure"]["answer"])
        assert rows["procedure"]["verdict"]["grade"] == "verified"
        if answers[-1] == NO_SOLUTION:
            assert {row["verdict"]["answer"] for row in rows.values()} == {"declined"}
            assert {rows[arm]["verdict"]["grade"] for arm in ("solution_only", "answer_only", "no_cot")} == {"thin"}
            assert rows["procedure"]["difficulty"]["solutions"] == 0
    assert answers.count(NO_SOLUTION) == ROWS // 2


@pytest.mark.parametrize("game", SMALL)
def test_no_split_has_a_puzzle_of_another_and_none_has_one_twice(game: str) -> None:
    made = Maker(spec_of(game, "puzzles.unsolvable=0.2"))
    seen: dict[str, Any] = {}
    for split in OWNED:
        for i in range(min(ROWS, made.space.capacity(split))):
            puzzle = made.space.puzzle(split, i)
            assert owner(made.game, puzzle) == split
            assert seen.setdefault(made.game.say_puzzle(puzzle), (split, i)) == (split, i)


@pytest.mark.parametrize("game", SMALL)
def test_every_kind_of_defect_that_a_game_can_have_is_caught(game: str) -> None:
    caught = Counter[str]()
    kinds = [kind for kind in KINDS if games.small_game(game).states_results or not KINDS[kind].of_results]
    for kind in kinds:
        able = [name for name in STYLES if KINDS[kind].can_be_said(style(name).phrases)]
        settings = (f"corruptions.{kind}={{rate: 1, severity: 1}}", "arms=[corrupted]", "trace.backtracks=[1,2]")
        made = Maker(spec_of(game, *settings, "trace.checks=0.3", style_of=able[0]))
        for i in range(3):
            try:
                row = made.rows("train", i)["corrupted"]
            except GamegenError:
                continue
            assert row["verdict"]["grade"] != "verified", (kind, row["completion"])
            assert row["corruptions"]
            caught[kind] += 1
    assert set(kinds) - {"reused_number"} <= set(caught)  # of which not every game has a place


DERIVED = [
    (
        "modular",
        '{"numbers":[3,5,9],"goal":6,"modulus":11,"operations":"+-*/"}',
        "3 + 5 = 8; 8 + 9 = 6",
        "5 - 9 = 7; 7 / 3 = 6",
    ),
    ("subset_sum", '{"numbers":[2,3,4,5,6,9],"goal":12}', "0 + 9 = 9; 9 + 3 = 12", "5 + 4 + 3"),
]


@pytest.mark.parametrize(("game", "puzzle", "moves", "other"), DERIVED)
def test_another_right_answer_than_the_derived_one_is_confabulated(game: str, puzzle: str, moves: str, other: str) -> None:
    thinking = moves.replace("; ", "\n")
    verdict = judge({"game": game, "puzzle": puzzle, "response": f"{thinking}\n</think>\n<answer>{other}</answer>"})
    assert verdict.labels == ("valid", "valid")
    assert (verdict.answer, verdict.grade) == ("correct", "confabulated")
    assert verdict.reasons == ("answer is not what was derived",)


def test_the_derived_moves_are_an_answer_in_any_order() -> None:
    puzzle = '{"numbers":[1,2,3,4],"goal":10,"modulus":11,"operations":"+-"}'
    text = "1 + 2 = 3\n3 + 4 = 7\n3 + 7 = 10\n</think>\n<answer>{}; 3 + 7 = 10</answer>"
    for said in ("1 + 2 = 3; 3 + 4 = 7", "3 + 4 = 7; 1 + 2 = 3"):
        assert judge({"game": "modular", "puzzle": puzzle, "response": text.format(said)}).grade == "verified"


@pytest.mark.parametrize("policy", ["greedy_depth_first", "limited_discrepancy", "beam", "best_first"])
def test_policies_search_any_game(policy: str) -> None:
    for game in SMALL:
        for row in rows_of(spec_of(game, f"trace.policy={policy}", "trace.backtracks=null"), 3):
            assert row["verdict"]["grade"] in ("verified", "unsolved")
            assert row["verdict"]["first_error"] == -1


def test_a_trace_is_made_as_long_as_asked_with_no_more_backtracks_than_a_game_has_room_for() -> None:
    for row in rows_of(spec_of("knights", "trace.tokens=80", "trace.tokens_by=events"), 5):
        assert row["achieved"]["tokens"] == pytest.approx(80, rel=0.05)


def test_the_card_names_the_heuristic_of_the_game(tmp_path: Path) -> None:
    policy = ("trace.policy=best_first", "trace.backtracks=null", "splits={train: 3}")
    for settings, heuristic in ((policy, "distance"), ((*policy, "trace.heuristic=distance"), "distance")):
        generate(spec_of("maze", *settings), tmp_path / "out", overwrite=True)
        assert f"by the heuristic `{heuristic}`" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_several_games_come_by_turns_and_the_same_bytes_whatever_ran_them(tmp_path: Path) -> None:
    spec = load(settings=["game=[countdown,strings,subset_sum]", "splits={train: 7, test: 4}", "puzzles.count=3"])
    for workers in (1, 2):
        generate(spec, tmp_path / str(workers), workers=workers)
    assert files(tmp_path / "1") == files(tmp_path / "2")
    rows = read(tmp_path / "1", "procedure", "train")
    assert [row["game"] for row in rows] == ["countdown", "strings", "subset_sum"] * 2 + ["countdown"]
    assert [row["id"] for row in rows[:4]] == [
        *(f"{game}-train-00000000" for game in ("countdown", "strings", "subset_sum")),
        "countdown-train-00000001",
    ]
    assert [gamegen.row(spec, "train", i)["completion"] for i in range(7)] == [row["completion"] for row in rows]


def test_a_card_says_of_small_games_what_holds_of_them(tmp_path: Path) -> None:
    asked = ["puzzles.count=3", "splits={train: 2, test_new_targets: 2}", "arms=[answer_only]"]
    for of, new in (("game=maze", "puzzles"), ("game=[countdown,maze]", "numbers and targets · puzzles")):
        settings = [of, *asked] if "countdown" in of else [of, *asked[1:]]
        generate(load(settings=settings), tmp_path / of)
        card = (tmp_path / of / "README.md").read_text(encoding="utf-8")
        assert card.count("| test_new_targets | 2 |") == 1 and f"| {new} |" in card
        assert ("Of Countdown: Combine" in card) == ("countdown" in of)


def test_countdown_without_a_solution_has_none_by_brute_force() -> None:
    rows = rows_of(load(settings=["puzzles.count=3", "puzzles.unsolvable=0.5", "arms=[procedure]"]), ROWS)
    for row in rows:
        solvable = live(state_of(row["numbers"]), row["target"], Plain())
        assert solvable == (row["answer"] != NO_SOLUTION)
        assert row["verdict"]["grade"] == "verified"
    assert sum(row["answer"] == NO_SOLUTION for row in rows) == ROWS // 2


def test_targets_do_not_tell_what_has_no_solution() -> None:
    rows = rows_of(load(settings=["puzzles.count=3", "puzzles.unsolvable=0.5", "arms=[answer_only]"]), 300, arm="answer_only")
    targets = {solved: [row["target"] for row in rows if (row["answer"] != NO_SOLUTION) == solved] for solved in (True, False)}
    above = sum(one > other for one in targets[True] for other in targets[False])
    assert 0.4 < above / (len(targets[True]) * len(targets[False])) < 0.6


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        (("game=chess",), "game"),
        (("game=[]",), "game"),
        (("game=[jugs,jugs]",), "game"),
        (("game=jugs", "puzzles.size=40"), "puzzles.size"),
        (("puzzles.size=4",), "puzzles.size"),
        (("game=jugs", "puzzles.count=3"), "puzzles.count"),
        (("game=jugs", "rules.values=integer"), "rules.values"),
        (("game=jugs", "surface.operators=words"), "surface.operators"),
        (("game=jugs", "puzzles.difficulty.shape=((..).)."), "puzzles.difficulty.shape"),
        (("game=[jugs,queens]", "rules.values=integer"), "rules.values"),
        (("game=[jugs,queens]", "puzzles.count=5"), "puzzles.count"),
        (("game=jugs", "style.name=stream_of_search"), "style.name"),
        (("game=jugs", "trace.steps=9"), "trace.steps"),
        (("game=jugs", "trace.dead_ends={bounded: 0.5}"), "trace.dead_ends.bounded"),
        (("game=jugs", "trace.backtracks=[2,30]"), "trace.backtracks"),
        (("puzzles.unsolvable=2",), "puzzles.unsolvable"),
        (("puzzles.unsolvable=0.1",), "puzzles.unsolvable"),  # of four numbers
        (("game=jugs", "puzzles.unsolvable=0.1", "arms=[procedure,verbose]"), "arms"),
        (("game=jugs", "puzzles.unsolvable=0.1", "style.name=equations"), "puzzles.unsolvable"),
        (("game=jugs", "puzzles.unsolvable=0.1", "trace.policy=beam", "trace.backtracks=null"), "puzzles.unsolvable"),
        (("game=jugs", "arms=[procedure,confabulated]", "trace.backtracks=[1,2]"), "arms.confabulated"),
        (("game=jugs", "arms=[corrupted]", "corruptions={wrong_arithmetic: 1}"), "corruptions.wrong_arithmetic"),
        (
            (
                "game=jugs",
                "puzzles.unsolvable=0.1",
                "prompt.template={user: '{question}', completion: '{thinking}<answer>{answer}</answer>'}",
            ),
            "prompt.template.user",
        ),
        (("game=jugs", "splits={train: 100000000}"), "splits.train"),
    ],
)
def test_what_does_not_go_with_a_game_is_refused(settings: tuple[str, ...], key: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as refused:
        generate(load(settings=list(settings)), tmp_path / "out")
    assert refused.value.key == key
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists()
