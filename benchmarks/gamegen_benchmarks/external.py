"""The split `far_external`: puzzles that somebody else wrote and scores, from the package reasoning-gym.

Words: a *task* is one of its kinds of puzzle; an *entry* is one puzzle as reasoning-gym gives it: question, answer, metadata, a
pure function of (task, config, seed + index). A row holds the question to the letter, which says nothing of tags; the answer is
what stands in the last `<answer>…</answer>` of a response, by reasoning-gym's own extraction, and its own scorer scores it: 1.0
is solved; what is below 1.0 is the credit that some tasks give for a part, for another form or for a longer way.

No scorer of TASKS evaluates text: they compare it, read digits by `int`, and one reads JSON. The one that does is in LEFT_OUT.
An entry is made again to be scored, so the metadata in a row is for people, and nothing that a row says is taken on trust.
Rows depend on the version of reasoning-gym, which is pinned; those of knights_knaves on NumPy's Generator too.
"""

import itertools
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from gamegen.corpus import Row
from gamegen.errors import GamegenError
from gamegen.rng import hash64

VERSION = "0.1.25"  # of reasoning-gym; pyproject.toml pins the same
SCORER = {"name": "reasoning-gym", "version": VERSION}
DISTANCE = "far_external"
INSTALL = "install it with: pip install 'gamegen[external]'"

# The tasks, each with what differs from reasoning-gym's defaults.
TASKS: Mapping[str, Mapping[str, int]] = {
    "mini_sudoku": {},
    "sudoku": {},
    "kakurasu": {},
    "survo": {},
    "jugs": {},
    "sokoban": {},
    "cryptarithm": {},
    "tower_of_hanoi": {},
    "knights_knaves": {},
    "quantum_lock": {},
    "zebra_puzzles": {},
    "futoshiki": {"max_board_size": 7},  # of size 9, one takes up to 20 s to make
}
LEFT_OUT = {"n_queens": "its scorer executes the text of the answer, by eval"}

MOST = 500  # rows of a task; each was seen to have as many different questions
FEWER = {
    "tower_of_hanoi": 90,  # 3 to 7 disks, times 6 pairs of 3 pegs and 12 of 4
    "survo": 430,  # all have one solution; the next has two, and its scorer takes only the stored one
}
LONGEST = 20_000  # characters of an answer; the longest stored one has 4,063
_SIZE = 1 << 32


def seed(task: str) -> int:
    """The seed of a task, in [2^52, 2^53).

    An entry depends on seed + index, so entries of near seeds are the same ones. Above 2^32 no seed is near that reasoning-gym
    draws by itself, and none that people write; tasks lie apart by chance; and all JSON readers hold integers below 2^53.
    """
    return (1 << 52) + (hash64(DISTANCE, task) >> 12)


def rows(count: int = 50, tasks: Sequence[str] = tuple(TASKS)) -> Iterator[Row]:
    """The first ``count`` rows of each of the tasks, of which no two of a task have the same question.

    ``source`` and ``difficulty`` are JSON. Raises GamegenError where reasoning-gym is not installed or there are no such rows.
    """
    _check_package()
    for task in tasks:
        _check_task(task)
        if not 0 <= count <= (most := FEWER.get(task, MOST)):
            raise GamegenError(f"{count} rows of {task} asked; ask for 0 to {most}, or choose other tasks")
    return (row for task in tasks for row in _rows(task, count))


def score(row: Mapping[str, Any], response: str) -> float:
    """What reasoning-gym gives a response to a row, in [0, 1]; 0 without an answer, or with one longer than LONGEST.

    Raises GamegenError where reasoning-gym is not installed, or makes another question of the row's source.
    """
    _check_package()
    source = json.loads(row["source"])
    task = source["task"]
    _check_task(task)
    entry = _entry(task, source["index"])
    if entry["question"] != row["prompt"][-1]["content"]:
        raise GamegenError(f"{row['id']}: its source makes another question in reasoning-gym {VERSION}; make the rows anew")
    answer = _answer(response)
    if answer is None or len(answer) > LONGEST:  # they multiply and copy as often as an answer says
        return 0.0
    try:
        return float(_dataset(task).score_answer(answer, entry))
    except Exception:  # theirs raise on some: "Move disk 1 from Peg 1 to Peg 0_2" goes to a peg 0, which is not there
        return 0.0


def _rows(task: str, count: int) -> Iterator[Row]:
    """The first rows of a task. Questions that were there before are passed over, so ids have no holes and indices may."""
    seen: set[str] = set()
    for index in itertools.count():
        if len(seen) == count:
            return
        entry = _entry(task, index)
        if entry["question"] not in seen:
            yield _row(task, len(seen), index, entry)
            seen.add(entry["question"])


def _row(task: str, number: int, index: int, entry: Mapping[str, Any]) -> Row:
    place = {"task": task, "config": dict(TASKS[task]), "seed": seed(task), "index": index}
    return {
        "id": f"external-{task}-{number:08d}",
        "game": task,
        "distance": DISTANCE,
        "split": task,
        "prompt": [{"role": "user", "content": entry["question"]}],
        "answer": entry["answer"],
        "scorer": dict(SCORER),
        "source": json.dumps({**place, "metadata": entry["metadata"]}, ensure_ascii=False),
        "difficulty": json.dumps(entry["metadata"]["difficulty"]),
    }


def _answer(response: str) -> str | None:
    """What reasoning-gym extracts. Nothing after the last closing tag can match, and without it the time is linear."""
    from reasoning_gym.utils import extract_answer

    head, tag, _ = response.rpartition("</answer>")
    found: str | None = extract_answer(head + tag)
    return found


@cache
def _dataset(task: str) -> Any:
    from reasoning_gym import create_dataset

    made = create_dataset(task, seed=seed(task), size=_SIZE, **TASKS[task])
    # One scorer prints moves that it does not know, as the model wrote them; a printed answer is no part of a score.
    setattr(sys.modules[type(made).__module__], "print", lambda *_: None)  # noqa: B010
    return made


@lru_cache(maxsize=8192)
def _entry(task: str, index: int) -> dict[str, Any]:
    entry: dict[str, Any] = _dataset(task)[index]
    return entry


def _check_task(task: str) -> None:
    if task in LEFT_OUT:
        raise GamegenError(f"{task} is left out: {LEFT_OUT[task]}; choose from {', '.join(TASKS)}")
    if task not in TASKS:
        raise GamegenError(f"no external task {task!r}; choose from {', '.join(TASKS)}")


@cache
def _check_package() -> None:
    """Raises GamegenError unless the very version of reasoning-gym is installed that the rows and the scores are of."""
    try:
        import reasoning_gym  # noqa: F401

        found = version("reasoning-gym")
    except ImportError:
        raise GamegenError(f"the external tasks need reasoning-gym; {INSTALL}") from None
    if found != VERSION:
        raise GamegenError(f"reasoning-gym {found} is installed, and the external tasks are of {VERSION}; {INSTALL}")


def scores(row: Mapping[str, Any]) -> bool:
    """Whether it is reasoning-gym that scores the responses to a row of a suite."""
    return bool(row["scorer"]["name"] == SCORER["name"])


def is_installed() -> bool:
    """Whether that version of reasoning-gym is there."""
    try:
        return version("reasoning-gym") == VERSION
    except PackageNotFoundError:
        return False
