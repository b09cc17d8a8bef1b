"""The split far_external: its rows are reasoning-gym's, the same everywhere, and its scores are reasoning-gym's own."""

import json
import os
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import pytest
from conftest import FULL, Row

from gamegen import GamegenError
from gamegen_benchmarks import external

needed = pytest.mark.skipif(find_spec("reasoning_gym") is None, reason="reasoning-gym is not installed: gamegen[external]")
COUNT = 50 if FULL else 2
ONE_LINE = "import json; from gamegen_benchmarks import external; [print(json.dumps(row)) for row in external.rows({})]"


def process(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    found = {**os.environ, **environment, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=found)


def first(task: str) -> Row:
    return next(external.rows(1, [task]))


def said(answer: str) -> str:
    return f"<think>Hm.</think>\n<answer>{answer}</answer>"


@pytest.fixture(scope="module")
def made() -> list[Row]:
    return list(external.rows(COUNT))


# --- rows ----------------------------------------------------------------------------------------------------------------


@needed
def test_each_task_has_its_rows_and_none_twice(made: list[Row]) -> None:
    assert [row["id"] for row in made] == [f"external-{task}-{i:08d}" for task in external.TASKS for i in range(COUNT)]
    assert len({row["prompt"][0]["content"] for row in made}) == len(made)
    for row in made:
        assert (row["game"], row["split"], row["distance"]) == (row["id"].split("-")[1],) * 2 + ("far_external",)
        assert row["scorer"] == {"name": "reasoning-gym", "version": external.VERSION}
        assert json.loads(row["difficulty"])


@needed
def test_the_source_of_a_row_makes_it_again_with_reasoning_gym_alone(made: list[Row]) -> None:
    from reasoning_gym import create_dataset

    for row in made:
        source = json.loads(row["source"])
        dataset = create_dataset(source["task"], seed=source["seed"], size=1 + source["index"], **source["config"])
        entry = dataset[source["index"]]
        assert row["prompt"] == [{"role": "user", "content": entry["question"]}]
        assert row["answer"] == entry["answer"]
        assert source["metadata"] == json.loads(json.dumps(entry["metadata"]))
        told = {"question": row["prompt"][0]["content"], "answer": row["answer"], "metadata": source["metadata"]}
        assert dataset.score_answer(row["answer"], told) == 1.0  # the metadata outlives JSON


@needed
def test_two_processes_make_the_same_bytes() -> None:
    one, other = (process(ONE_LINE.format(COUNT), PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert one.returncode == other.returncode == 0
    assert one.stdout == other.stdout
    assert len(one.stdout.splitlines()) == COUNT * len(external.TASKS)


@needed
def test_fewer_rows_are_the_first_of_more() -> None:
    for task in ("tower_of_hanoi", "survo"):  # the one repeats itself, the other does not
        assert list(external.rows(60, [task]))[:30] == list(external.rows(30, [task]))
    assert list(external.rows(0)) == []


@needed
def test_a_task_gives_as_many_different_questions_as_it_says() -> None:
    assert len({row["prompt"][0]["content"] for row in external.rows(90, ["tower_of_hanoi"])}) == 90
    with pytest.raises(GamegenError, match="91 rows of tower_of_hanoi asked; ask for 0 to 90"):
        external.rows(91, ["tower_of_hanoi"])
    slower = ("jugs", "quantum_lock", "sudoku") if FULL else ()
    for task in ("mini_sudoku", "kakurasu", "cryptarithm", "knights_knaves", *slower):
        assert len({row["prompt"][0]["content"] for row in external.rows(external.MOST, [task])}) == external.MOST


@needed
@pytest.mark.parametrize(("tasks", "problem"), [(["n_queens"], "by eval"), (["chess"], "no external task 'chess'")])
def test_what_there_is_not_is_refused(tasks: list[str], problem: str) -> None:
    with pytest.raises(GamegenError, match=problem):
        external.rows(1, tasks)
    with pytest.raises(GamegenError, match=problem):
        external.score({**first("survo"), "source": json.dumps({"task": tasks[0], "index": 0})}, "")


def test_seeds_lie_farther_apart_than_any_indices_and_above_those_that_reasoning_gym_draws() -> None:
    seeds = sorted(map(external.seed, external.TASKS))
    assert all(1 << 52 <= seed < 1 << 53 for seed in seeds)
    assert all(after - before > 1 << 32 for before, after in pairwise([1 << 32, *seeds]))


@needed
def test_no_survo_has_another_solution_than_the_one_that_its_scorer_takes() -> None:
    for row in external.rows(external.FEWER["survo"] if FULL else 40, ["survo"]):
        metadata = json.loads(row["source"])["metadata"]
        empty = [(r, c) for r, line in enumerate(metadata["puzzle"]) for c, value in enumerate(line) if not value]
        found = []
        for values in set(permutations(metadata["candidate_numbers"])):
            filled = dict(zip(empty, values, strict=True))
            grid = [[filled.get((r, c), v) for c, v in enumerate(line)] for r, line in enumerate(metadata["puzzle"])]
            if all(2 * line[-1] == sum(line) for line in (*grid, *zip(*grid, strict=True))):
                found.append(grid)
        assert found == [metadata["solution"]]


# --- scores --------------------------------------------------------------------------------------------------------------


@needed
def test_stored_answers_are_solved_and_those_of_other_rows_are_not(made: list[Row]) -> None:
    others = {row["game"]: row for row in made}
    for row in made:
        assert external.score(row, said(row["answer"])) == 1.0
        other = next(task for task in ("sudoku", "sokoban") if task != row["game"])
        assert external.score(row, said(others[other]["answer"])) < 0.5
        assert external.score(row, row["answer"]) == 0  # without tags there is no answer


@needed
def test_a_way_of_the_model_is_solved_where_the_task_has_several() -> None:
    row = first("cryptarithm")
    pairs = row["answer"].split(",")
    assert external.score(row, said(", ".join(reversed(pairs)))) == 1.0
    row = first("jugs")
    assert external.score(row, said(json.dumps(["fill A", "empty A", *json.loads(row["answer"])]))) == 1.0


@needed
@pytest.mark.parametrize(
    ("response", "solved"),
    [
        ("<answer>?</answer> No: <answer>{}</answer>", True),
        ("<answer>{}</answer> No: <answer>?</answer>", False),
        ("<answer>\n{}\n</answer> That is it. <answer>", True),
        ("<answer>{}", False),
        ("{}</answer>", False),
        ("<ANSWER>{}</ANSWER>", False),
        ("<answer><answer>{}</answer>", False),
        ("<answer>{}</answer></answer>", True),
        ("", False),
    ],
)
def test_the_answer_is_what_reasoning_gym_extracts(response: str, solved: bool) -> None:
    from reasoning_gym.utils import extract_answer

    row = first("mini_sudoku")
    response = response.format(row["answer"])
    assert (external.score(row, response) == 1.0) == solved == (extract_answer(response) == row["answer"])


ODD: list[Any] = [
    "",
    "\x00\ud800",
    "9" * 5000,
    "²³ ٣ _1 0x1",
    "A=1" * 99,
    "=,=",
    "[" * 5000,
    '["fill", "pour A->", 7, {}]',
    "1 " * 4000,
    "ABC" * 6000,
    "LRUD" * 4000,
    "\n".join(["Move disk 1 from Peg 1 to Peg 0_2"] * 2),
    "\x1b[2JMove disk 1 from Peg 1 to Peg 9",
    "__import__('os').system('true')",
]


@needed
def test_any_answer_has_a_score_and_none_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    for task in external.TASKS:
        row = first(task)
        assert all(0 <= external.score(row, said(odd)) < 1 for odd in ODD)
        assert external.score(row, said(row["answer"] + " " * external.LONGEST + ".")) == 0
        assert external.score(row, "<answer>" * 20_000) == 0  # in linear time
    printed = capsys.readouterr()
    assert printed.out == printed.err == ""


@needed
def test_a_row_whose_source_makes_another_question_is_refused() -> None:
    row = first("survo")
    moved = {**json.loads(row["source"]), "index": 5}
    with pytest.raises(GamegenError, match="external-survo-00000000: its source makes another question"):
        external.score({**row, "source": json.dumps(moved)}, said(row["answer"]))


# --- the package ---------------------------------------------------------------------------------------------------------


def test_without_the_package_one_line_says_what_to_install() -> None:
    told = "from gamegen import GamegenError\ntry:\n    external.rows(1)\nexcept GamegenError as problem:\n    print(problem)"
    program = f"import sys\nsys.modules['reasoning_gym'] = None\nfrom gamegen_benchmarks import external\n{told}"
    ran = process(program)
    assert ran.stdout == "the external tasks need reasoning-gym; install it with: pip install 'gamegen[external]'\n", ran.stderr


def test_the_version_that_is_pinned_is_the_one_in_the_rows() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    assert project["optional-dependencies"]["external"] == [f"reasoning-gym=={external.VERSION}"]
