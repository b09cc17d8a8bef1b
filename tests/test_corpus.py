"""What a corpus promises: true labels, paired arms, the same bytes always, and nothing lost when it is stopped."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from brute import check_procedure
from conftest import FULL, read
from hypothesis import given, settings
from hypothesis import strategies as st

import gamegen
from gamegen import GamegenError, SpecError, engines, generate, load
from gamegen.corpus import Maker
from gamegen.hub import card
from gamegen.puzzles import PuzzleSpace
from gamegen.shards import SCHEMA, shards
from gamegen.spec import from_dict, from_yaml, presets, to_yaml

SPLITS = ("train", "validation", "test", "test_new_targets")
CARDS = Path(__file__).resolve().parents[1] / "data_cards"


def files(corpus: Path) -> dict[str, bytes]:
    return {p.relative_to(corpus).as_posix(): p.read_bytes() for p in sorted(corpus.rglob("*")) if p.is_file()}


def test_every_procedure_row_is_verified_and_has_the_backtracks_that_were_asked_for(preset: Any) -> None:
    corpus, manifest = preset
    rows = [row for split in SPLITS for row in read(corpus, "procedure", split)]
    assert len(rows) == 2600
    assert {row["verdict"]["grade"] for row in rows} == {"verified"}
    for row in rows:
        asked = row["requested"]["backtracks"]
        assert row["achieved"]["backtracks"] == row["verdict"]["procedure"]["backtracks"] == asked
        assert row["verdict"]["steps"] == row["achieved"]["steps"]
    assert {row["requested"]["backtracks"] for row in rows} == set(range(2, 13))
    assert manifest["grades"] == {
        "procedure": {"verified": 2600},
        "solution_only": {"verified": 2600},
        "answer_only": {"thin": 2600},
    }


def test_an_independent_checker_finds_nothing_false_in_any_procedure_row(preset: Any) -> None:
    for row in read(preset[0], "procedure", "train"):
        assert check_procedure(row, row["completion"][0]["content"]) == []


def test_arms_are_paired(preset: Any) -> None:
    corpus, _ = preset
    for split in SPLITS:
        procedure, *others = (read(corpus, arm, split) for arm in ("procedure", "solution_only", "answer_only"))
        for other in others:
            for key in ("id", "numbers", "target", "prompt", "answer", "rules"):
                assert [row[key] for row in procedure] == [row[key] for row in other]
        for a, b, c in zip(procedure, *others, strict=True):
            around = [re.sub(r"<think>.*?</think>", "", row["completion"][0]["content"], flags=re.S) for row in (a, b, c)]
            assert around[0] == around[1] == around[2]


def test_spans_point_at_the_sentences_of_their_events(preset: Any) -> None:
    for row in read(preset[0], "procedure", "validation"):
        text = row["completion"][0]["content"]
        for event in row["events"]:
            sentence = text[event["start"] : event["end"]]
            assert (event["move"] or event["state"].rsplit(", ", 1)[-1]) in sentence
            assert sentence.endswith(".")


def test_load_dataset_reads_it_streaming_too(preset: Any, tmp_path: Path) -> None:
    import datasets

    corpus, _ = preset
    for arm in ("procedure", "solution_only", "answer_only"):
        loaded = datasets.load_dataset(str(corpus), arm, cache_dir=str(tmp_path))
        assert {split: len(rows) for split, rows in loaded.items()} == dict(zip(SPLITS, (2000, 200, 200, 200), strict=True))
        assert loaded["train"][7] == read(corpus, arm, "train")[7]
        streamed = datasets.load_dataset(str(corpus), arm, split="test", streaming=True, cache_dir=str(tmp_path))
        assert next(iter(streamed)) == read(corpus, arm, "test")[0]
    assert datasets.get_dataset_config_names(str(corpus)) == ["procedure", "solution_only", "answer_only"]


def test_the_published_card_is_that_of_the_preset(preset: Any) -> None:
    corpus, _ = preset
    assert (CARDS / "countdown-small.md").read_text(encoding="utf-8") == (corpus / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", presets())
def test_the_published_cards_are_those_of_the_presets(name: str) -> None:
    made = json.loads((CARDS / f"{name}.json").read_text(encoding="utf-8"))
    assert (CARDS / f"{name}.md").read_text(encoding="utf-8") == card(load(preset=name), made)


def test_the_bytes_do_not_depend_on_the_workers(tmp_path: Path) -> None:
    spec = load(size=2500, settings=["splits.test=30"])
    assert len(shards(spec)) == 4
    generate(spec, tmp_path / "one", workers=1)
    generate(spec, tmp_path / "two", workers=2)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_a_row_by_itself_is_the_row_of_the_file(preset: Any) -> None:
    corpus, _ = preset
    spec = load(preset="countdown-small")
    for arm in spec.arms:
        for split, rows in spec.splits.items():
            found = read(corpus, arm, split)
            for i in (0, 1, rows // 2, rows - 1):
                assert gamegen.row(spec, split, i, arm) == found[i]
    assert gamegen.row(spec, "train", 3) == gamegen.row(spec, "train", 3, "procedure")


@pytest.mark.parametrize("count", [4, 5, 6])
def test_a_row_does_not_depend_on_what_was_made_before(count: int) -> None:
    spec = load(settings=[f"puzzles.count={count}", "puzzles.numbers=[0,9]", "puzzles.target=[1,60]", "arms=[procedure]"])
    used = Maker(spec)
    for i in range(12):
        first = used.rows("train", i)
        used.game.oracle(tuple(sorted(first["procedure"]["numbers"]))).targets()  # lists all that there is to list
        assert used.rows("train", i) == first == Maker(spec).rows("train", i)


def test_the_first_rows_do_not_depend_on_how_many_follow(tmp_path: Path) -> None:
    many, few = (10_000, 1_000) if FULL else (2_000, 500)
    for size in (many, few):
        generate(load(size=size, settings=["trace.backtracks=[0,4]"]), tmp_path / str(size), workers=2)
    for arm in ("procedure", "solution_only", "answer_only"):
        assert read(tmp_path / str(many), arm, "train")[:few] == read(tmp_path / str(few), arm, "train")


def test_corpora_that_differ_in_a_dial_have_the_same_puzzles(tmp_path: Path) -> None:
    specs = [
        load(settings=[*setting, "splits.train=150"])
        for setting in (["trace.backtracks=2"], ["trace.backtracks=9"], ["style.verbosity=0"])
    ]
    one, *others = ([gamegen.row(spec, "train", i) for i in range(150)] for spec in specs)
    for rows in others:
        for a, b in zip(one, rows, strict=True):
            assert [a[key] for key in ("id", "numbers", "target", "prompt")] == [
                b[key] for key in ("id", "numbers", "target", "prompt")
            ]
            assert a["completion"] != b["completion"]


def test_verbosity_adds_words_and_no_event() -> None:
    tokens = []
    for verbosity in (0, 0.5, 1, 3, 10):
        rows = [gamegen.row(load(settings=[f"style.verbosity={verbosity}"]), "train", i) for i in range(60)]
        tokens.append(sum(row["achieved"]["tokens"] for row in rows))
        events = [[(e["kind"], e["move"], e["state"]) for e in row["events"]] for row in rows]
        assert events == [
            [(e["kind"], e["move"], e["state"]) for e in gamegen.row(load(), "train", i)["events"]] for i in range(60)
        ]
        assert {row["verdict"]["grade"] for row in rows} == {"verified"}
    assert tokens == sorted(tokens) and tokens[0] < tokens[-1]


@pytest.mark.parametrize("template", ["think", "boxed", "short"])
def test_every_template_is_read_back(template: str) -> None:
    spec = load(settings=[f"prompt.template={template}"])
    for arm, grade in (("procedure", "verified"), ("solution_only", "verified"), ("answer_only", "thin")):
        for i in range(30):
            row = gamegen.row(spec, "train", i, arm)
            assert (row["verdict"]["grade"], row["verdict"]["answer"]) == (grade, "correct")
            prompt = row["prompt"][-1]["content"]
            assert str(row["target"]) in prompt and all(str(n) in prompt for n in row["numbers"])
            assert "+, -, * and /" in prompt and "whole number" in prompt
    assert ("\\boxed{" in row["completion"][0]["content"]) == (template == "boxed")


def test_a_template_of_ones_own() -> None:
    own = {
        "system": "You search.",
        "user": "{rules} {numbers} -> {target}",
        "completion": "{thinking}\n\n**Final answer:** {answer}",
    }
    row = gamegen.row(from_dict({"prompt": {"template": own}}), "train", 0)
    assert [message["role"] for message in row["prompt"]] == ["system", "user"]
    assert row["verdict"]["grade"] == "verified"


VARIANTS = [
    {"puzzles": {"count": 3, "capacity": 8}, "trace": {"backtracks": [0, 8]}},
    {"puzzles": {"count": 5, "capacity": 40}, "trace": {"backtracks": [0, 40]}},
    {"puzzles": {"count": 6, "capacity": 40}, "trace": {"backtracks": 40}},
    {"puzzles": {"capacity": 60}, "trace": {"backtracks": 60}},
    {"rules": {"values": "integer"}},
    {"rules": {"values": "rational"}, "puzzles": {"numbers": [1, 12], "target": [1, 50]}},
    {"rules": {"use_all": False}},
    {"rules": {"operations": "+-"}, "puzzles": {"target": [1, 100], "capacity": 12}},
    {"puzzles": {"numbers": [0, 9], "target": [0, 60], "capacity": 12}},
    {"puzzles": {"numbers": [1, 13], "target": 24, "capacity": 12}},
    {"puzzles": {"count": 5, "numbers": [1, 4], "target": [1, 200], "capacity": 4}, "trace": {"backtracks": 4}},
    {"puzzles": {"count": 6, "numbers": [2, 4], "target": [1, 200], "capacity": 4}, "trace": {"backtracks": 4}},
]


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_every_kind_of_rules_gives_sound_rows(variant: dict[str, Any]) -> None:
    spec = from_dict(variant)
    for i in range(min(25, Maker(spec).space.capacity("train"))):
        row = gamegen.row(spec, "train", i)
        assert row["verdict"]["grade"] == "verified"
        assert row["achieved"]["backtracks"] == row["requested"]["backtracks"]
        assert check_procedure(row, row["completion"][0]["content"]) == []


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**63 - 1), i=st.integers(0, 10**6), split=st.sampled_from(SPLITS))
def test_rows_of_any_seed_are_verified(seed: int, i: int, split: str) -> None:
    spec = load(seed=seed)
    row = gamegen.row(spec, split, i % PuzzleSpace(spec.puzzles, spec.rules, seed).capacity(split))
    assert row["verdict"]["grade"] == "verified"


def test_the_schema_is_the_same_in_every_file_and_says_what_a_row_is(preset: Any) -> None:
    import pyarrow.parquet as pq

    for file in preset[0].glob("*/*.parquet"):
        assert pq.read_schema(file).equals(SCHEMA)
    assert SCHEMA.names == (
        [
            "id",
            "game",
            "split",
            "arm",
            "numbers",
            "target",
            "puzzle",
            "rules",
            "surface",
            "prompt",
            "completion",
            "answer",
            "events",
            "requested",
            "achieved",
            "verdict",
            "corruptions",
            "difficulty",
        ]
    )


def test_the_manifest_names_every_shard_with_its_digest(preset: Any) -> None:
    import hashlib

    corpus, manifest = preset
    assert json.loads((corpus / "manifest.json").read_text()) == manifest
    assert {e["path"] for e in manifest["shards"]} == {p.relative_to(corpus).as_posix() for p in corpus.glob("*/*.parquet")}
    for entry in manifest["shards"]:
        assert hashlib.sha256((corpus / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]


def test_the_resolved_spec_makes_the_corpus_again(preset: Any) -> None:
    spec = load(preset="countdown-small")
    assert from_yaml((preset[0] / "spec.yaml").read_text()) == spec
    assert from_yaml(to_yaml(spec)) == spec
    assert card(spec, preset[1]) == (preset[0] / "README.md").read_text()


def test_a_run_that_was_killed_is_finished_to_the_same_bytes(tmp_path: Path) -> None:
    spec = load(size=6000, settings=["arms=[procedure]"])
    command = [
        sys.executable,
        "-P",
        "-m",
        "gamegen.cli",
        "generate",
        "--workers",
        "2",
        "--size",
        "6000",
        "--set",
        "arms=[procedure]",
    ]
    out = tmp_path / "killed"
    process = subprocess.Popen([*command, str(out)], start_new_session=True, stdout=subprocess.DEVNULL)
    while not list(out.glob("*/train-*.parquet")):
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (out / "manifest.json").exists()
    whole = {p.name for p in out.glob("*/train-*.parquet")}
    assert whole < {Path(shard.path("procedure")).name for shard in shards(spec)}
    with pytest.raises(GamegenError, match="--resume"):
        generate(spec, out)
    with pytest.raises(GamegenError, match="another spec"):
        generate(load(size=6001, settings=["arms=[procedure]"]), out, resume=True)
    generate(spec, out, workers=2, resume=True)
    generate(spec, tmp_path / "whole", workers=2)
    assert files(out) == files(tmp_path / "whole")


def test_resuming_makes_again_what_is_damaged_or_of_another_place(tmp_path: Path) -> None:
    spec = load(size=6, settings=["splits.test=6"])
    out = tmp_path / "corpus"
    generate(spec, out)
    sound = files(out)
    train, test = (out / f"procedure/{split}-00000-of-00001.parquet" for split in ("train", "test"))
    damages: list[Any] = [
        lambda: train.write_bytes(train.read_bytes()[:-100]),
        lambda: test.write_bytes(train.read_bytes()),
        lambda: (test.write_bytes(train.read_bytes()), (out / "manifest.json").unlink()),
        lambda: test.write_bytes(bytes(len(test.read_bytes()))),
        test.unlink,
        lambda: (out / "README.md").unlink(),
    ]
    for damage in damages:
        damage()
        generate(spec, out, resume=True)
        assert files(out) == sound


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    spec = load(size=5)
    generate(spec, tmp_path / "corpus")
    before = files(tmp_path / "corpus")
    with pytest.raises(GamegenError, match="--overwrite"):
        generate(load(size=6), tmp_path / "corpus")
    assert files(tmp_path / "corpus") == before
    generate(load(size=6), tmp_path / "corpus", overwrite=True)
    assert len(read(tmp_path / "corpus", "procedure", "train")) == 6
    (tmp_path / "corpus" / "mydata").mkdir()
    (tmp_path / "corpus" / "mydata" / "train-00000-of-00001.parquet").write_text("mine")
    with pytest.raises(GamegenError, match="no corpus"):
        generate(spec, tmp_path / "corpus", overwrite=True)
    assert (tmp_path / "corpus" / "mydata" / "train-00000-of-00001.parquet").read_text() == "mine"
    home = tmp_path / "home"
    home.mkdir()
    (home / "spec.yaml").write_text("seed: 1\n")
    (home / "thesis.tex").write_text("years of work")
    (home / "README.md").write_text("of a clone")
    for name in ("thesis.tex", "of no corpus"):
        with pytest.raises(GamegenError, match=name):
            generate(spec, home, overwrite=True)
        assert (home / "spec.yaml").read_text() == "seed: 1\n"
        (home / "thesis.tex").unlink(missing_ok=True)


def double(task: int, done: Any) -> int:
    done(1)
    return 2 * task


def die(task: int, done: Any) -> int:
    os._exit(1)


def fail(task: int, done: Any) -> int:
    raise SpecError("some.key", f"no {task}")


@pytest.mark.parametrize("workers", [1, 2])
def test_an_engine_gives_the_results_in_order_and_tells_of_progress(workers: int) -> None:
    told: list[int] = []
    assert list(engines.run(double, range(20), workers, told.append)) == list(range(0, 40, 2))
    assert sum(told) == 20
    with pytest.raises(SpecError, match="no 0"):
        list(engines.run(fail, [0, 0], workers, told.append))


def test_a_worker_that_dies_is_told_in_one_line() -> None:
    with pytest.raises(GamegenError, match="--resume"):
        list(engines.run(die, range(4), 2, lambda n: None))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("seen", ["spec.yaml", "*/train-*.parquet"])  # while the workers begin, and in the middle
def test_ctrl_c_stops_at_once_and_keeps_what_is_finished(workers: int, seen: str, tmp_path: Path) -> None:
    out = tmp_path / "stopped"
    command = [sys.executable, "-P", "-m", "gamegen.cli", "generate", str(out), "--size", "60000", "--workers", str(workers)]
    process = subprocess.Popen(
        command,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests that run in the background ignore it
    )
    while not list(out.glob(seen)):
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said.count("\n") == 1 and "--resume" in said
    assert not list(out.rglob("*.partial"))
