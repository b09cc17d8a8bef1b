"""Asks a model for every sample of every item of a suite, once, and keeps all of it.

Words: the *journal*, ``requests.jsonl``, has a line for each attempt, written when it is over. A run that was stopped, however,
goes on from its journal: what has an answer there is not asked again. A line that was cut off is dropped. While a run is going
on its journal is locked, and the lock goes with the process.
"""

import errno
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO, NamedTuple

from gamegen.corpus import Row
from gamegen.errors import GamegenError
from gamegen.tables import appearing, dumps
from gamegen_benchmarks.attempts import ANSWERED, FAILED, RETRY, Attempt, Job, Key, Model, said
from gamegen_benchmarks.runs import COMPLETIONS, HEADER, REQUESTS, Completion, Header, header


class Done(NamedTuple):
    """What came of a run: the attempts that were made this time, and what could not be had."""

    completions: int
    attempts: int
    failed: list[Completion]


class Journal:
    """The attempts of a run; it knows where the last line of each job is, and its outcome."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.outcomes: dict[Key, str] = {}
        self._places: dict[Key, int] = {}
        self._end = 0
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                file.truncate(self._end)
                break
            try:
                row = json.loads(line)
                self._note((row["id"], row["sample"]), row["outcome"], len(line))
            except (ValueError, TypeError, KeyError):
                raise GamegenError(f"{file.name}:{number}: is no attempt of a run; choose another folder") from None

    def add(self, attempt: Attempt) -> None:
        """Write an attempt down; a killed process has it written, or a part that is dropped."""
        line = dumps(attempt._asdict()).encode() + b"\n"
        self._file.seek(0, 2)
        self._file.write(line)
        self._file.flush()
        self._note((attempt.id, attempt.sample), attempt.outcome, len(line))

    def completion(self, key: Key) -> Completion:
        """What came of a job that is over."""
        self._file.seek(self._places[key])
        row = json.loads(self._file.readline())
        if row["outcome"] == FAILED:
            return Completion(*key, None, error=row["error"])
        try:
            text, finish = said(row["response"])
        except (ValueError, KeyError) as error:
            raise GamegenError(
                f"{self._file.name}: what it has of {key[0]} is no answer ({error}); choose another folder"
            ) from None
        return Completion(*key, text, finish)

    def _note(self, key: Key, outcome: str, size: int) -> None:
        if self.outcomes.get(key) != ANSWERED:
            self.outcomes[key], self._places[key] = outcome, self._end
        self._end += size


def ask(
    model: Model,
    head: Header,
    jobs: Sequence[Job],
    out: Path,
    again: bool = False,
    done: Callable[[int], None] = lambda n: None,
) -> Done:
    """Ask a model for all jobs that are not over yet, and ``again`` for those that failed; ``done`` is told of those over.

    Raises GamegenError where the folder is none of this run, or another process is at it.
    """
    with journal(out, head) as kept:
        over = {ANSWERED} if again else {ANSWERED, FAILED}
        left = [job for job in jobs if kept.outcomes.get(job.key, RETRY) not in over]
        done(len(jobs) - len(left))
        attempts = 0

        def tell(attempt: Attempt) -> None:
            nonlocal attempts
            kept.add(attempt)
            attempts += 1
            done(int(attempt.outcome != RETRY))

        if left:
            model.ask(left, tell)
        failed = []
        with appearing(out / COMPLETIONS) as table:
            for job in jobs:
                one = kept.completion(job.key)
                table.add(dumps(one.to_row()).encode() + b"\n", None)
                failed += [one] if one.text is None else []
    return Done(len(jobs), attempts, failed)


@contextmanager
def journal(out: Path, head: Header) -> Iterator[Journal]:
    """The journal of a run in a folder, which is made where there is none. Raises GamegenError."""
    _check(out)
    out.mkdir(parents=True, exist_ok=True)
    with (out / REQUESTS).open("a+b") as file:
        _lock(file, out)
        begun = (out / HEADER).is_file()
        if file.tell() and not begun:
            raise GamegenError(f"{out}: has a {REQUESTS} without a {HEADER}; choose another folder")
        file.seek(0)
        kept = Journal(file)
        if begun and any(outcome != RETRY for outcome in kept.outcomes.values()):
            _check_same(out, head)
        else:  # of a run that came to nothing yet, with a misspelt parameter say, nothing must stay as it is
            _put(out / HEADER, head.to_json())
        yield kept


def _check(out: Path) -> None:
    """Raise GamegenError where a folder holds what is of no run."""
    if out.exists() and not out.is_dir():
        raise GamegenError(f"--out: {out} is a file; give a folder")
    if not out.is_dir() or (out / HEADER).is_file():
        return
    ours = (REQUESTS, f".{HEADER}.partial")
    if strange := sorted(path.name for path in out.iterdir() if path.name not in ours):
        raise GamegenError(f"--out: {out} holds {strange[0]}, which is of no run; choose another folder")


def _lock(file: BinaryIO, out: Path) -> None:
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            raise GamegenError(f"{out}: another `gamegen bench run` is at it; wait for it, or choose another folder") from None
        # a file system without locks: then nobody watches over it


def _check_same(out: Path, head: Header) -> None:
    there, now = _flat(header(out)), _flat(head)
    for name in dict.fromkeys((*there, *now)):
        if there.get(name) != now.get(name):
            raise GamegenError(
                f"{out}: holds a run with {name} {dumps(there.get(name))}, and {dumps(now.get(name))} is asked for; "
                "choose another folder"
            )


def _flat(head: Header) -> Row:
    """The header as JSON has it, with each parameter for itself."""
    row = json.loads(dumps(asdict(head)))
    return {**row, "params": None, **{f"the parameter {name}": value for name, value in row["params"].items()}}


def _put(path: Path, text: str) -> None:
    """Write a small file so that it appears whole."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
