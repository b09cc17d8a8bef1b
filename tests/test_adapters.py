"""The suite in the harnesses of others: each judges the same completions as `judge` does.

Each harness is installed in an environment of its own (`make adapters`); where it is not, its tests are skipped.
"""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

import pytest
import yaml
from loopback import MODEL, WRONG, Server, asks, serving

from gamegen import GamegenError, games
from gamegen.corpus import Row
from gamegen.puzzles import is_unsolvable
from gamegen_benchmarks import items
from gamegen_benchmarks.adapters.measures import MEASURES
from gamegen_benchmarks.judged import judge

ROOT = Path(__file__).resolve().parents[1]
TASKS = "gamegen_benchmarks.adapters.lm_eval"
SUITE = items.suite("transfer")
OURS = ("near", "mid", "far")
SEALED = {  # what is asked of another address than this machine's own finds nobody
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "127.0.0.1",
    "DO_NOT_TRACK": "1",
    "COLUMNS": "200",
}


class Known(NamedTuple):
    """What the measures of what the reference agent says of some items are; None where they say nothing of any."""

    answer: float
    sound_share: float | None
    procedure: float | None


def known(server: Server, asked: Sequence[Row]) -> Known:
    judged = [judge(item, server.says(item)) for item in asked]
    values = {name: [value for one in judged if (value := of(one)) is not None] for name, of in MEASURES.items()}
    return Known(**{name: mean(of) if of else None for name, of in values.items()})  # type: ignore[arg-type]


def command(name: str, *arguments: str, folder: Path, fails: bool = False, **environment: str) -> str:
    """What a command of a harness prints, of the environment that runs the tests."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / name), *arguments],
        cwd=folder,
        env={**os.environ, **SEALED, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )
    assert bool(done.returncode) == fails, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def without(package: str, module: str) -> str:
    """What importing a module says where a package is not installed."""
    code = f"import sys; sys.modules[{package!r}] = None\ntry: import {module}\nexcept Exception as error: print(repr(error))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def external() -> tuple[str, ...]:
    """The distance that only those have who installed the package that scores it."""
    try:
        import reasoning_gym  # noqa: F401
    except ImportError:
        return ()
    return ("far_external",)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(SUITE.items(limit=6)) as server:
        yield server


def test_a_measure_is_what_was_judged() -> None:
    with serving(SUITE.items(limit=3)) as agent:
        assert known(agent, SUITE.items(["game24"], 3)) == pytest.approx((2 / 3, 1 / 3, 1 / 3))
        assert len({asks(item) for item in SUITE.items(limit=3)}) > 90


def test_bench_score_says_the_same_of_the_same_server(server: Server, tmp_path: Path) -> None:
    pytest.importorskip("gamegen_benchmarks.scoring")
    splits = [*OURS, *external()]
    chosen = [part for split in splits for part in ("--split", split)]
    run = ["--model", MODEL, "--url", server.url, *chosen, "--limit", "3", "--out", "run"]
    command("gamegen", "bench", "run", *run, folder=tmp_path)
    printed = command("gamegen", "bench", "score", "run", "--workers", "1", "--json", folder=tmp_path)
    summary = json.loads(printed.splitlines()[0])  # packages may warn behind it
    figures = {group["name"]: group["figures"] for group in summary["groups"] if group["by"] == "distance"}
    for split in splits:
        wanted = known(server, SUITE.items([split], 3))
        found = [figures[split][name]["value"] for name in ("accuracy", "sound_share", "procedure_score")]
        assert found == pytest.approx(list(wanted)) if split in OURS else found == [pytest.approx(wanted.answer), None, None]


# Inspect


def test_the_tasks_of_inspect_are_found_by_its_entry_point_and_need_its_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module = project["entry-points"]["inspect_ai"]["gamegen"]
    assert "GamegenError" in (said := without("inspect_ai", module)) and "pip install 'gamegen[inspect]'" in said
    assert "inspect" in project["optional-dependencies"]


def inspected(log: Any) -> dict[tuple[str, str], float]:
    return {(score.name, name): metric.value for score in log.results.scores for name, metric in score.metrics.items()}


def test_inspect_eval_says_what_the_judge_says(server: Server, tmp_path: Path) -> None:
    logs = pytest.importorskip("inspect_ai.log")
    model = ["--model", f"openai-api/loopback/{MODEL}", "--log-dir", str(tmp_path), "--display", "plain"]
    to = {"LOOPBACK_BASE_URL": server.url, "LOOPBACK_API_KEY": "none"}
    for split in (*OURS, *external()):
        command("inspect", "eval", "gamegen/transfer", *model, "-T", f"split={split}", "-T", "limit=4", folder=tmp_path, **to)
        [file] = tmp_path.glob("*.eval")
        log = logs.read_eval_log(str(file))
        asked = SUITE.items([split], 4)
        wanted, found = known(server, asked), inspected(log)
        assert log.status == "success" and {sample.id for sample in log.samples} == {item["id"] for item in asked}
        assert found["correct", "accuracy"] == pytest.approx(wanted.answer)
        assert found["correct", asked[0]["split"]] == pytest.approx(known(server, asked[:4]).answer)
        if split in OURS:
            assert found["sound_share", "mean"] == pytest.approx(wanted.sound_share)
            assert found["procedure", "mean"] == pytest.approx(wanted.procedure)
            assert sum(value for (score, _), value in found.items() if score == "grade") == pytest.approx(1)
        else:
            unscored = {score.name: score.unscored_samples for score in log.results.scores}
            assert unscored == {"correct": 0, "sound_share": len(asked), "procedure": len(asked), "grade": len(asked)}
        before = found["correct", "accuracy"]
        again = ["--scorer", "gamegen/correct", "--action", "overwrite", "--overwrite"]
        command("inspect", "score", str(file), *again, folder=tmp_path, **to)
        assert inspected(logs.read_eval_log(str(file)))["correct", "accuracy"] == before
        file.unlink()


def test_inspect_names_what_cannot_be_asked_in_one_line(tmp_path: Path) -> None:
    pytest.importorskip("inspect_ai")
    model = ["--model", "mockllm/model", "--log-dir", str(tmp_path), "--display", "none"]
    for given, told in (("split=nea", "'nea' given; the suite transfer has"), ("suite=nowhere", "'nowhere' given; there is")):
        printed = command("inspect", "eval", "gamegen/transfer", *model, "-T", given, folder=tmp_path, fails=True)
        assert told in printed and "Traceback" not in printed


def test_epochs_of_an_item_are_one_cluster_and_thinking_is_read(tmp_path: Path) -> None:
    pytest.importorskip("inspect_ai")
    from inspect_ai import eval as inspect_eval
    from inspect_ai.model import ChatMessageAssistant, ContentReasoning, ContentText, ModelOutput, ModelUsage, get_model

    from gamegen_benchmarks.adapters.inspect_tasks import transfer

    asked = SUITE.items(["game24", "queens"], 6)
    agent = Server(asked)
    agent.server_close()

    def says(given: Any, *_: Any) -> ModelOutput:
        thinking, tag, rest = agent.answer({"prompt": given[-1].text})["choices"][0]["text"].rpartition("</think>")
        apart = [ContentReasoning(reasoning=thinking.removeprefix("<think>").strip())] if tag else []
        said = ModelOutput.from_message(ChatMessageAssistant(content=[*apart, ContentText(text=rest.strip())]))
        said.usage = ModelUsage()  # else it would download a tokenizer to count with
        return said

    def run(epochs: int) -> dict[tuple[str, str], float]:
        model = get_model("mockllm/model", custom_outputs=says, memoize=False)
        task = transfer(split=["game24", "queens"], limit=6)
        [log] = inspect_eval(task, model, epochs=epochs, log_dir=str(tmp_path), display="none")
        return inspected(log)

    once, thrice = run(1), run(3)
    wanted = known(agent, asked)
    assert (once["correct", "accuracy"], once["sound_share", "mean"]) == pytest.approx((wanted.answer, wanted.sound_share))
    assert once["correct", "stderr"] > 0
    assert thrice == pytest.approx(once)


# lm-evaluation-harness


def test_each_distance_has_a_task_of_lm_eval_whose_functions_exist() -> None:
    folder = Path(subprocess.run([sys.executable, "-m", TASKS], capture_output=True, text=True, check=True).stdout.strip())
    named: set[str] = set()

    class Loader(yaml.SafeLoader):
        """Reads `!function` as the name of the function."""

    Loader.add_constructor("!function", lambda loader, node: named.add(node.value) or node.value)
    read = {file.stem: yaml.load(file.read_text(encoding="utf-8"), Loader) for file in folder.glob("*.yaml")}
    group, common = read.pop("gamegen_transfer"), read.pop("_ours")
    assert set(read) == {f"gamegen_{distance}" for distance, _ in SUITE.splits}
    assert group["group"] == "gamegen_transfer" and group["task"] == [f"gamegen_{distance}" for distance in OURS]
    for name, task in read.items():
        assert task["task"] == name and task["include"] == "_ours.yaml"
        assert task["dataset_kwargs"] == {"distance": name.removeprefix("gamegen_")}
    module = import_module(f"{TASKS}.tasks")
    assert named == {"tasks.documents", "tasks.results"}
    assert all(callable(getattr(module, name.removeprefix("tasks."))) for name in named)
    [item] = SUITE.items(["game24"], 1)
    found = module.results(module.document(item), [item["reference"]])
    assert found == {"accuracy": 1, "sound_share": 1, "procedure": 1}
    assert set(found) == {metric["metric"] for metric in common["metric_list"]}


def test_a_document_holds_what_is_asked_and_all_that_judges_it() -> None:
    module = import_module(f"{TASKS}.tasks")
    with serving(SUITE.items(limit=3)) as agent:
        for distance in OURS:
            documents = module.documents(distance, per_split=3, version=1, pretrained="of the harness")["test"]
            asked = SUITE.items([distance], 3)
            wanted = known(agent, asked)
            found = [module.results(document, [agent.says(item)]) for document, item in zip(documents, asked, strict=True)]
            assert mean(one["accuracy"] for one in found) == wanted.answer
            assert mean(one["procedure"] for one in found) == wanted.procedure


@pytest.mark.parametrize("chat", [True, False])
def test_lm_eval_says_what_the_judge_says(server: Server, tmp_path: Path, chat: bool) -> None:
    pytest.importorskip("lm_eval")
    folder = command("python", "-m", TASKS, folder=tmp_path).strip()
    tasks = ["gamegen_transfer", *(f"gamegen_{name}" for name in external())] if chat else ["gamegen_mid"]
    to, more = ("/chat/completions", []) if chat else ("/completions", ["tokenizer_backend=None", "tokenized_requests=False"])
    arguments = ",".join([f"model={MODEL}", f"base_url={server.url}{to}", "num_concurrent=4", *more])
    kind = ["local-chat-completions", "--apply_chat_template"] if chat else ["local-completions"]
    before = len(server.requests)
    command(
        *("lm_eval", "run", "--include_path", folder, "--tasks", ",".join(tasks), "--model_args", arguments, "--model", *kind),
        *("--metadata", '{"per_split": 3}', "--output_path", str(tmp_path / "out")),
        folder=tmp_path,
        OPENAI_API_KEY="none",
    )
    [file] = (tmp_path / "out").rglob("results_*.json")
    found = json.loads(file.read_text(encoding="utf-8"))["results"]
    for distance in (*OURS, *external()) if chat else ("mid",):
        wanted = known(server, SUITE.items([distance], 3))
        assert found[f"gamegen_{distance}"]["accuracy,none"] == pytest.approx(wanted.answer)
        if distance in OURS:
            assert found[f"gamegen_{distance}"]["procedure,none"] == pytest.approx(wanted.procedure)
            assert found[f"gamegen_{distance}"]["sound_share,none"] == pytest.approx(wanted.sound_share)
    if chat:
        assert found["gamegen_transfer"]["accuracy,none"] == pytest.approx(known(server, SUITE.items(OURS, 3)).answer)
        sent = [
            [{name: said[name] for name in ("role", "content")} for said in one["messages"]] for one in server.requests[before:]
        ]
        assert all(items.messages(item) in sent for item in SUITE.items([*OURS, *external()], 3))


# verifiers


def traced(out: Path) -> list[dict[str, Any]]:
    [file] = out.rglob("traces.jsonl")
    return [json.loads(line)["traces"][0] for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("measure", "apart"), [("procedure", False), ("answer", True)])
def test_vf_eval_says_what_the_judge_says(tmp_path: Path, measure: str, apart: bool) -> None:
    pytest.importorskip("gamegen_transfer")
    splits = [*OURS, *external()]
    asked = SUITE.items(splits, 3)
    with serving(asked, apart) as agent:
        command(
            *("vf-eval", "gamegen-transfer", "-m", MODEL, "--client.base-url", agent.url, "--client.api-key-var", "NONE"),
            *("--env.taskset.split", ",".join(splits), "--env.taskset.per-split", "3"),
            *("--env.taskset.task.measure", measure, "--env.agent.runtime.type", "subprocess"),
            *("--no-push", "--no-rich", "-o", str(tmp_path / "out")),
            folder=tmp_path,
        )
        found = traced(tmp_path / "out")
        assert {one["task"]["data"]["id"] for one in found} == {item["id"] for item in asked}
        wanted = known(agent, asked)
        values = {name: [one["metrics"][name] for one in found if name in one["metrics"]] for name in MEASURES}
        assert {name: mean(of) for name, of in values.items()} == pytest.approx(wanted._asdict())
        assert mean(one["rewards"]["reward"]["score"] for one in found) == pytest.approx(sum(values[measure]) / len(asked))
        sent = [one["messages"] for one in agent.requests]
        assert len(sent) == len(asked) and all(items.messages(item) in sent for item in asked)


def test_vf_eval_names_what_cannot_be_asked(tmp_path: Path) -> None:
    pytest.importorskip("gamegen_transfer")
    printed = command("vf-eval", "gamegen-transfer", "--env.taskset.split", "nea", "--dry-run", folder=tmp_path, fails=True)
    assert "'nea' given; the suite transfer has" in " ".join(printed.replace("│", " ").split()) and "Traceback" not in printed


# reasoning-gym


def test_a_data_set_of_reasoning_gym_is_a_function_of_seed_and_index_and_scored_by_our_verifier() -> None:
    gym = pytest.importorskip("reasoning_gym")
    import_module("gamegen_benchmarks.adapters.reasoning_gym_datasets")
    for game in games.names():
        settings = ("puzzles.unsolvable=0.25", *(("puzzles.count=3",) if game == games.COUNTDOWN else ()))
        made = gym.create_dataset(f"gamegen_{game}", seed=7, size=12, settings=settings)
        again = gym.create_dataset(f"gamegen_{game}", seed=7, size=99, settings=settings)
        entries = list(made)
        assert [again[i] for i in reversed(range(12))] == entries[::-1]
        assert json.loads(json.dumps(entries)) == entries
        for entry in entries:
            for right in (entry["answer"], f"<think>\n\n</think>\n<answer>{entry['answer']}</answer>"):
                assert made.score_answer(right, entry) == 1
            assert not any(made.score_answer(wrong, entry) for wrong in (None, "", "0", "I do not know", WRONG))
        declined = [made.score_answer("no solution", entry) for entry in entries]
        assert declined == [float(is_unsolvable(i, 0.25)) for i in range(12)]


def test_neighbouring_seeds_share_no_entries_and_a_composite_mixes_games() -> None:
    gym = pytest.importorskip("reasoning_gym")
    import_module("gamegen_benchmarks.adapters.reasoning_gym_datasets")
    questions = [{entry["question"] for entry in gym.create_dataset("gamegen_countdown", seed=s, size=40)} for s in (7, 8)]
    assert [len(of) for of in questions] == [40, 40] and not questions[0] & questions[1]
    theirs = [{entry["question"] for entry in gym.create_dataset("countdown", seed=s, size=40)} for s in (7, 8)]
    assert len(theirs[0] & theirs[1]) == 39
    parts = [{"name": name, "weight": 1, "config": {}} for name in ("gamegen_queens", "gamegen_countdown", "chain_sum")]
    specs = [gym.composite.DatasetSpec(**part) for part in parts]
    mixed = gym.create_dataset("composite", seed=3, size=30, datasets=specs)
    entries = list(mixed)
    assert {entry["metadata"]["source_dataset"] for entry in entries} == {part["name"] for part in parts}
    assert all(mixed.score_answer(entry["answer"], entry) == 1 for entry in entries)


def test_data_sets_that_cannot_be_made_are_refused() -> None:
    module = "gamegen_benchmarks.adapters.reasoning_gym_datasets"
    assert "GamegenError" in (said := without("reasoning_gym", module)) and "pip install 'gamegen[external]'" in said
    gym = pytest.importorskip("reasoning_gym")
    import_module(module)
    for settings, told in (
        ({"size": 10**6}, "1000000"),
        ({"split": "suite"}, "suite"),
        ({"settings": ("puzzles.count=9",)}, "9"),
    ):
        with pytest.raises(GamegenError, match=told):
            gym.create_dataset("gamegen_countdown", seed=1, **settings)
