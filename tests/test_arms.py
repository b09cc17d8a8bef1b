"""Arms are paired, and lengths are met in the tokens that were named. GAMEGEN_FULL=1 makes 10,000 rows; otherwise 150."""

from pathlib import Path
from typing import Any

import pytest
from conftest import FULL

from gamegen import SpecError, load
from gamegen.arms import ARMS
from gamegen.corpus import Maker
from gamegen.tokens import counter

ROWS = 10_000 if FULL else 150


def maker(*settings: str) -> Maker:
    return Maker(load(settings=settings))


def text_of(row: dict[str, Any]) -> str:
    text = row["completion"][0]["content"]
    assert isinstance(text, str)
    return text


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer of another kind: it knows some hundred pieces, and no word count has anything to do with it."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE(unk_token="?"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=["?"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    rows = (text_of(maker().rows("train", i)["procedure"]) for i in range(20))
    made.train_from_iterator(rows, trainer)
    file = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    made.save(str(file))
    return file


SOUND = [arm for arm, treatment in ARMS.items() if not (treatment.corrupts or treatment.drawn or treatment.defects)]


@pytest.mark.parametrize("style", ["plain", "prose", "dialogue", "ledger"])
def test_arms_are_paired_and_the_matched_one_is_as_long(style: str) -> None:
    made = maker(f"arms=[{','.join(SOUND)}]", f"style.name={style}")
    for i in range(ROWS):
        rows = made.rows("train", i)
        assert list(rows) == SOUND
        for key in ("id", "prompt", "answer", "numbers", "target", "requested", "difficulty"):
            assert len({str(row[key]) for row in rows.values()}) == 1
        search = rows["procedure"]["achieved"]["tokens"]
        assert abs(rows["verbose"]["achieved"]["tokens"] - search) <= 0.02 * search
        assert rows["verbose"]["achieved"]["steps"] == rows["solution_only"]["achieved"]["steps"] == 3
        grades = {arm: row["verdict"]["grade"] for arm, row in rows.items()}
        assert {arm for arm, grade in grades.items() if grade == "verified"} == {"procedure", "solution_only", "verbose"}
        assert grades["answer_only"] == grades["no_cot"] == "thin"
        assert "<think>" not in text_of(rows["no_cot"]) and text_of(rows["answer_only"]).endswith(text_of(rows["no_cot"]))


@pytest.mark.parametrize(("backtracks", "tokens"), [(0, 200), (2, 300), (12, 1000), (12, 4000)])
def test_lengths_are_met_by_words_and_change_no_event(backtracks: int, tokens: int) -> None:
    made, free = (maker("arms=procedure", f"trace.backtracks={backtracks}", *more) for more in ([f"trace.tokens={tokens}"], []))
    kept = ("kind", "move", "state", "why", "value")
    for i in range(ROWS):
        row = made.rows("train", i)["procedure"]
        assert abs(row["achieved"]["tokens"] - tokens) <= 0.05 * tokens
        assert row["verdict"]["grade"] == "verified" and row["verdict"]["recall"] == 1.0
        if i < 20:
            other = free.rows("train", i)["procedure"]
            assert [[e[k] for k in kept] for e in row["events"]] == [[e[k] for k in kept] for e in other["events"]]


def test_lengths_are_met_in_the_tokens_of_a_tokenizer_file(tokenizer: Path) -> None:
    made = maker("arms=[procedure,verbose]", "trace.tokens=[900,1500]", f"style.tokenizer={tokenizer}")
    for i in range(40):
        rows = made.rows("train", i)
        for row in rows.values():
            assert row["achieved"]["tokens"] == counter(str(tokenizer))(text_of(row)) != row["verdict"]["surface"]["tokens"]
        asked, found = rows["procedure"]["requested"]["tokens"], rows["procedure"]["achieved"]["tokens"]
        assert abs(found - asked) <= 0.05 * asked
        assert abs(rows["verbose"]["achieved"]["tokens"] - found) <= 0.02 * found


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["trace.backtracks=12", "trace.tokens=200"], "trace.tokens: 200 given"),
        (["trace.tokens=1000", "style.name=equations"], "another style"),
        (["style.tokenizer=nowhere.json"], "style.tokenizer: 'nowhere.json' given; a tokenizers JSON file"),
    ],
)
def test_a_length_that_cannot_be_is_refused(settings: list[str], said: str) -> None:
    with pytest.raises(SpecError, match=said.replace(".", r"\.")):
        maker(*settings).rows("train", 0)


@pytest.mark.parametrize(
    ("count", "capacity", "tokens"), [(4, 12, 200), (4, 12, 300), (4, 100, 1000), (5, 12, 300), (4, 150, 4000)]
)
def test_lengths_are_met_by_events_at_the_same_verbosity(count: int, capacity: int, tokens: int) -> None:
    settings = [f"puzzles.count={count}", f"puzzles.capacity={capacity}", f"trace.tokens={tokens}"]
    made = maker("arms=[procedure,verbose]", "trace.tokens_by=events", *settings)
    for i in range(ROWS // 6):
        rows = made.rows("train", i)
        row = rows["procedure"]
        assert abs(row["achieved"]["tokens"] - tokens) <= 0.05 * tokens
        assert row["verdict"]["grade"] == "verified"
        assert row["requested"]["backtracks"] is None and row["requested"]["tokens"] == tokens
        fillers = text_of(row).count("Let me think.")
        assert fillers < row["achieved"]["steps"]  # as many words as verbosity 1 has, not more for the length
        assert abs(rows["verbose"]["achieved"]["tokens"] - row["achieved"]["tokens"]) <= 0.02 * row["achieved"]["tokens"]


def test_other_backtracks_at_the_same_tokens_are_other_words_and_the_same_length() -> None:
    few, many = (maker("arms=procedure", f"trace.backtracks={b}", "trace.tokens=900") for b in (3, 12))
    for i in range(ROWS // 3):
        one, other = few.rows("train", i)["procedure"], many.rows("train", i)["procedure"]
        assert (one["numbers"], one["target"]) == (other["numbers"], other["target"])
        assert (one["achieved"]["backtracks"], other["achieved"]["backtracks"]) == (3, 12)
        assert abs(one["achieved"]["tokens"] - 900) <= 45 and abs(other["achieved"]["tokens"] - 900) <= 45


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["trace.tokens_by=events"], "without trace.tokens"),
        (["trace.tokens_by=events", "trace.tokens=500", "trace.backtracks=5"], "beside trace.backtracks"),
        (["trace.tokens_by=event", "trace.tokens=500"], "did you mean 'events'"),
        (["trace.tokens_by=events", "trace.tokens=2000"], "raise puzzles.capacity"),
    ],
)
def test_a_length_by_events_that_cannot_be_is_refused(settings: list[str], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        maker(*settings).rows("train", 0)
