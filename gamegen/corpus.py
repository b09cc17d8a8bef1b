"""One puzzle through all arms: rows with their labels, and shards of rows.

Words: a *row* is one puzzle in one arm; rows with the same id, one from each arm, are *paired*; a *shard* is a file with
some consecutive rows of one split and arm. Row i of a split depends on the spec, the split and i alone, so rows can be
made in any order, anywhere.
"""

import gc
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain
from math import ceil
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

import gamegen
from gamegen import surface
from gamegen.arms import ARMS, Arm
from gamegen.assembly import Asked, assemble
from gamegen.completion import complete, labelled, labels
from gamegen.corruptions import KINDS, Draft, Unfit, corrupted, intact
from gamegen.dials import Dials
from gamegen.difficulty import measure, shape
from gamegen.errors import GamegenError, SpecError
from gamegen.games.countdown import HEURISTICS, Puzzle, Rules, State
from gamegen.length import TOLERANCE, NotAsLong, as_long_as
from gamegen.policies import ASSEMBLED, NEEDED, policy
from gamegen.policies import run as run_policy
from gamegen.prompts import Wrapper, template
from gamegen.puzzles import OWNED, PuzzleSpace
from gamegen.retelling import retell, said
from gamegen.rng import Draws
from gamegen.spec import Spec, from_yaml, known, to_yaml
from gamegen.styles import names as style_names
from gamegen.styles import style
from gamegen.styles.writing import Scene, Telling, fill, fit, joined, tell
from gamegen.tokens import BUILT_IN, counter
from gamegen.trace import Event, count, winning_path
from gamegen_verifiers import Notation, verify

Row = dict[str, Any]

_MESSAGES = pa.list_(pa.struct({"role": pa.string(), "content": pa.string()}))
_SHARES = (
    "step_validity",
    "operand_legality",
    "state_consistency",
    "genuine_backtracks",
    "dead_end_soundness",
    "novelty",
    "grounding",
    "subgoals_met",
    "checks_true",
    "sound_share",
)
_COUNTS = ("dead_ends", "backtracks", "states")
SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "game": pa.string(),
        "split": pa.string(),
        "arm": pa.string(),
        "numbers": pa.list_(pa.int64()),
        "target": pa.int64(),
        "rules": pa.struct({"operations": pa.string(), "use_all": pa.bool_(), "values": pa.string()}),
        "surface": pa.struct({"operators": pa.string(), "numbers": pa.string()}),
        "prompt": _MESSAGES,
        "completion": _MESSAGES,
        "answer": pa.string(),
        "events": pa.list_(
            pa.struct(
                {
                    "kind": pa.string(),
                    "move": pa.string(),
                    "state": pa.string(),
                    "why": pa.string(),
                    "value": pa.string(),
                    "start": pa.int64(),
                    "end": pa.int64(),
                }
            )
        ),
        "requested": pa.struct(
            {
                "policy": pa.string(),
                "backtracks": pa.int64(),
                "steps": pa.int64(),
                "density": pa.float64(),
                "tokens": pa.int64(),
            }
        ),
        "achieved": pa.struct({"backtracks": pa.int64(), "steps": pa.int64(), "density": pa.float64(), "tokens": pa.int64()}),
        "verdict": pa.struct(
            {
                "answer": pa.string(),
                "expression": pa.string(),
                "answer_reason": pa.string(),
                "grade": pa.string(),
                "reasons": pa.list_(pa.string()),
                "first_error": pa.int64(),
                "repaired": pa.bool_(),
                "steps": pa.int64(),
                "statements": pa.int64(),
                "recall": pa.float64(),
                "procedure": pa.struct({**{name: pa.int64() for name in _COUNTS}, **{name: pa.float64() for name in _SHARES}}),
                "surface": pa.struct({"characters": pa.int64(), "tokens": pa.int64()}),
            }
        ),
        "corruptions": pa.list_(pa.struct({"kind": pa.string(), "event": pa.int64(), "span": pa.list_(pa.int64(), 2)})),
        "difficulty": pa.struct(
            {
                "numbers": pa.int64(),
                "moves": pa.int64(),
                "states": pa.int64(),  # this and the next two are null where they are not counted
                "dead_share": pa.float64(),
                "solutions": pa.int64(),
                "needs_multiplication": pa.bool_(),
                "shape": pa.string(),
            }
        ),
    }
)
FITTED = 4  # times that words are fitted to a length
MATCHED = 0.02  # of the length of the paired row
FEW = range(6)  # attempts to see how many backtracks a row can give
ROW_GROUP = 1000
BATCH = 100  # rows that are turned into columns together, while they are still in the processor's cache
SHARD_ROWS = 1000  # at first, so that a small corpus keeps every worker busy
MANY_SHARDS = 64  # from so many on, shards grow instead
LARGEST_SHARD = 50_000


class Case(NamedTuple):
    """Row i of a split: its puzzle, what its run is to have, the run, and the key under which words are drawn."""

    split: str
    i: int
    puzzle: Puzzle
    asked: Asked | None
    trace: Sequence[Event]
    words: tuple[int | str, ...]


class Maker:
    """Makes the rows of one spec. Raises SpecError where the spec asks for what there is not."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        for arm in spec.arms:
            known("arms", arm, ARMS)
        known("style.name", spec.style.name, style_names())
        for split in spec.splits:
            known("splits", split, OWNED)
        self.policy = policy(spec.trace, HEURISTICS)
        self.dials = Dials(spec)
        self.template = template(spec.prompt, spec.surface)
        self.style = style(spec.style.name)
        self.writer, self.notation = surface.writer(spec.surface), Notation(**vars(spec.surface))
        if self.style.published and self.writer:
            raise SpecError(
                "surface",
                f"operators {spec.surface.operators!r}, numbers {spec.surface.numbers!r} given; the style {spec.style.name!r} "
                "is published to the letter with 'ascii' and 'digits'; choose these, or another style",
            )
        if self.policy:
            self._check_policy(self.policy.name)
        self.tokens, self.counted = counter(spec.style.tokenizer), spec.style.tokenizer != BUILT_IN
        self.space = PuzzleSpace(spec.puzzles, spec.rules, spec.seed)
        self.game = self.space.game  # one game, so that what its oracle found for the puzzle serves the run too
        self._check_corruptions()

    @property
    def corrupts(self) -> bool:
        """Whether there are arms with defects, for which not every trace may have places."""
        return any(ARMS[arm].corrupts or ARMS[arm].drawn for arm in self.spec.arms)

    def _check_corruptions(self) -> None:
        """Raise SpecError for kinds of corruption that no arm shows, or that no trace or style of the spec can have."""
        spec = self.spec
        if ("corrupted" in spec.arms) != bool(spec.corruptions):
            other = "given, but no arm shows them; add corrupted to arms" if spec.corruptions else "needed by the arm corrupted"
            raise SpecError("corruptions", f"{', '.join(spec.corruptions) or 'at least one kind'} {other}")
        for kind in spec.corruptions:
            known("corruptions", kind, KINDS)
        shown = {kind: f"corruptions.{kind}" for kind in spec.corruptions}
        shown |= {"confabulated_branch": "arms.confabulated"} if "confabulated" in spec.arms else {}
        for kind, key in shown.items():
            needs = KINDS[kind].needs
            if needs == "backtrack" and min(self.dials.backtracks) < 1:
                raise SpecError(key, "given; it is possible where every row has a backtrack, as with trace.backtracks=[1,12]")
            if needs and needs not in self.style.phrases:
                able = [name for name in style_names() if needs in style(name).phrases]
                raise SpecError(key, f"given, which the style {self.style.name!r} cannot say; {', '.join(able)} can")

    def _check_policy(self, policy: str) -> None:
        """Raise SpecError for arms, a style or a template that do not go with the runs of a policy that may stop."""
        defective = [name for name in self.spec.arms if ARMS[name].corrupts or ARMS[name].drawn or ARMS[name].defects]
        if defective:
            raise SpecError(
                "arms",
                f"{', '.join(defective)} given beside trace.policy={policy}; defects are made in assembled runs, "
                f"so leave these arms out, or choose trace.policy={ASSEMBLED}",
            )
        fitting = [name for name in style_names() if all(kind in style(name).phrases for kind in NEEDED)]
        if self.style.name not in fitting:
            raise SpecError(
                "style.name",
                f"{self.style.name!r} given beside trace.policy={policy}, whose runs set states aside and may stop, which it "
                f"cannot say; choose from: {', '.join(fitting)}",
            )
        if not self.template.unsolved:
            raise SpecError(
                "prompt.template.unsolved",
                f"missing beside trace.policy={policy}, whose runs may stop; it stands there in place of summary and answer, "
                "such as 'I stopped before I reached the target.'",
            )

    def rows(self, split: str, i: int) -> dict[str, Row]:
        """Row i of the split in every arm of the spec. Raises GamegenError where there is no such row."""
        case = self.run(split, i)
        won = self._won(case)
        puzzle, asked, seed = case.puzzle, case.asked, self.spec.seed
        start, path = self.game.start(puzzle), [step.move for step in winning_path(won)]
        numbers = list(puzzle.numbers)
        Draws(seed, split, i, "numbers").shuffle(numbers)
        shared: Row = {
            "id": f"countdown-{split}-{i:08d}",
            "game": self.game.name,
            "split": split,
            "numbers": numbers,
            "target": puzzle.target,
            "rules": _rules(puzzle.rules),
            "surface": dict(vars(self.spec.surface)),
            "prompt": self.template.messages(puzzle, numbers),
            "answer": self.game.say_answer(start, path),
            "requested": {
                "policy": self.spec.trace.policy,
                "backtracks": asked.backtracks if asked and not self.dials.by_events else None,
                "steps": asked.steps if asked else None,
                "density": self.spec.trace.density,
                "tokens": self.dials.tokens(split, i),
            },
            "corruptions": [],
            "difficulty": {"numbers": len(numbers), **measure(self.game, start)._asdict(), "shape": shape(start, path)},
        }
        arms = self.spec.arms
        if any(ARMS[arm].matched for arm in arms):
            arms = ("procedure", *(arm for arm in arms if arm != "procedure"))  # the others are matched to it
        made: dict[str, Row] = {}
        for arm in arms:
            length = self.dials.tokens(split, i) if ARMS[arm].is_search and not self.dials.by_events else None
            if ARMS[arm].matched:
                length = made["procedure"]["achieved"]["tokens"]
            made[arm] = self._row(arm, shared, case if ARMS[arm].is_search else case._replace(trace=won), length)
        return {arm: made[arm] for arm in self.spec.arms}

    def run(self, split: str, i: int) -> Case:
        """Row i of the split, before it is written. Raises SpecError where its run cannot have what it is to have.

        The run of a policy that is not assembled has what it comes to have, and may stop without the goal.
        """
        key = (self.spec.seed, split, i)
        case = Case(split, i, self.space.puzzle(split, i), None, (), (*key, "words"))
        start = self.game.start(case.puzzle)
        if self.policy:
            return case._replace(trace=run_policy(self.policy, self.game, start, Draws(*key, "search")))
        if self.dials.by_events:
            return self._long_run(case)
        asked = self.dials.asked(split, i)
        trace = assemble(self.game, start, asked, Draws(*key, "search"))
        if trace is None:
            raise self._refusal(f"row {i} of {split}", start, asked)
        return case._replace(asked=asked, trace=trace)

    def _long_run(self, case: Case) -> Case:
        """The case with the run whose events make its completion as long as it is to be. Raises SpecError where none does."""
        split, i, puzzle = case.split, case.i, case.puzzle
        wanted, most, start = self.dials.tokens(split, i), self.spec.puzzles.capacity, self.game.start(puzzle)
        assert wanted is not None

        def made(backtracks: int, attempt: int) -> Case:
            draws = Draws(self.spec.seed, split, i, "search", attempt)
            asked = self.dials.with_shares(backtracks, None)
            trace = assemble(self.game, start, asked, draws)
            if trace is None:
                raise self._refusal(f"row {i} of {split}", start, asked)
            return case._replace(trace=trace, words=(*case.words, attempt))

        def measured(case: Case) -> int:
            answer = self.game.say_answer(start, [step.move for step in winning_path(case.trace)])
            draft = Draft(self.game, start, case.trace, (), answer)
            wrapper = self.template.wrapper(puzzle, puzzle.numbers, draft.answer)
            thinking = joined(self._telling(draft, case, None, False, wrapper))[0]
            return self.tokens(wrapper.before + thinking + wrapper.tag + wrapper.closing)

        try:
            return as_long_as(wanted, made, measured, most)
        except NotAsLong as found:
            raise SpecError(
                "trace.tokens",
                f"{wanted} given, but with up to {most} backtracks row {i} of {split} comes to {found} at the nearest; "
                "ask for other tokens, raise puzzles.capacity, or use trace.tokens_by=words",
            ) from None

    def _won(self, case: Case) -> Sequence[Event]:
        """The run where it found the goal; else one straight to it, which labels the row: the search knew nothing of it."""
        if case.trace[-1].kind == "found":
            return case.trace
        state, won = self.game.start(case.puzzle), list[Event]()
        for move in self.game.win(state, Draws(self.spec.seed, case.split, case.i, "win")):
            state = self.game.play(state, move)
            won.append(Event("try", state, move))
        return [*won, Event("found", state)]

    def _refusal(self, row: str, start: State, asked: Asked) -> SpecError:
        """Why a row cannot have the run that it is to have, and how many backtracks it could have with the same dials."""
        dials = self.spec.trace
        turned = {
            "depth": dials.depth,
            "dead_ends": any(self.dials.shares),
            "subgoals": dials.subgoals,
            "checks": dials.checks,
            "steps": asked.steps,
        }
        names = [f"trace.{name}" for name, value in turned.items() if value]
        fewer = sorted({asked.backtracks * k // 4 for k in (1, 2, 3)}, reverse=True)
        runs = (b for b in fewer if assemble(self.game, start, self.dials.with_shares(b, None), Draws("nearest"), FEW))
        nearest = next(runs, None)
        hint = f"{nearest} backtracks, with steps left to chance, would do" if nearest is not None else "ask for less of them"
        return SpecError(
            names[0] if names else "trace.backtracks",
            f"{row} cannot have {asked.backtracks} backtracks with {' and '.join(names) or 'its numbers'} as asked; {hint}",
        )

    def _row(self, arm: str, shared: Row, case: Case, length: int | None) -> Row:
        """The row of one arm, of so many tokens where a length is given."""
        treatment, puzzle = ARMS[arm], case.puzzle
        shown = treatment.shown(case.trace) if treatment.shown else []
        draft = Draft(
            self.game, self.game.start(puzzle), shown, (), shared["answer"]
        )  # without pieces, which only defects need
        wrapper = self.template.wrapper(puzzle, shared["numbers"], draft.answer, treatment.wrapped)
        if shown and shown[-1].kind == "stop":
            wrapper = self.template.stopped()
        kind, severity = self._corruption(treatment, case)
        telling, marks = None, None
        if kind:
            draft = self._corrupted(self._draft(puzzle, shown, draft.answer), kind, severity, case)
        if treatment.shown:
            telling = self._telling(draft, case, length, treatment.matched, wrapper)
        if kind:
            wrapper = self.template.wrapper(puzzle, shared["numbers"], None if draft.closing == "declined" else draft.answer)
            if telling is not None:
                key = (self.spec.seed, case.split, case.i, "corruption", kind, "words")
                telling, marks = retell(telling, self._scene(draft.start), draft, Draws(*key))
        text, events, defects = complete(draft, wrapper, telling, marks)
        verdict = verify(puzzle, text, self.notation).to_dict()
        kinds = [event["kind"] for event in events]
        steps, backtracks = kinds.count("try"), kinds.count("backtrack")
        return {
            **shared,
            "arm": arm,
            "completion": [{"role": "assistant", "content": text}],
            "events": events,
            "achieved": {
                "backtracks": backtracks,
                "steps": steps,
                "density": backtracks / steps if steps else 0.0,
                "tokens": self.tokens(text) if self.counted else verdict["surface"]["tokens"],
            },
            "verdict": verdict,
            "corruptions": labels(kind, defects) or labelled(events, treatment.defects),
        }

    def _corruption(self, treatment: Arm, case: Case) -> tuple[str, int]:
        """The kind of corruption that a row has, "" for none, and its severity."""
        if treatment.corrupts:
            return treatment.corrupts(case.trace)
        if treatment.drawn:
            draws = Draws(self.spec.seed, case.split, case.i, "corruption")
            share = draws.unit()
            for kind in (kind for kind in KINDS if kind in self.spec.corruptions):  # in the order of the package
                share -= self.spec.corruptions[kind].rate
                if share < 0:
                    return kind, draws.between(*self.spec.corruptions[kind].severity)
        return "", 0

    def _corrupted(self, draft: Draft, kind: str, severity: int, case: Case) -> Draft:
        """The draft with a corruption. Raises SpecError where the trace has not so many places for it."""
        split, i = case.split, case.i

        def other() -> Draft:
            following = self.run(split, (i + 1) % self.space.capacity(split))
            return self._draft(following.puzzle, following.trace, "")

        def made(severity: int) -> Draft:
            return corrupted(draft, kind, severity, Draws(self.spec.seed, split, i, "corruption", kind), other)

        try:
            return made(severity)
        except Unfit as unfit:
            if kind in self.spec.corruptions and unfit.args[0] >= self.spec.corruptions[kind].severity.low:
                return made(unfit.args[0])  # as much of the range as the trace has places for
            raise SpecError(
                f"corruptions.{kind}",
                f"severity {severity} given, but row {i} of {split} has places for {unfit.args[0]}; "
                "ask for less, or for more steps and backtracks",
            ) from None

    def _scene(self, start: State) -> Scene:
        return Scene(self.style, self.game, start, str(start.goal), self.writer)

    def _draft(self, puzzle: Puzzle, events: Sequence[Event], answer: str) -> Draft:
        """The draft of the events that the style can say."""
        start = self.game.start(puzzle)
        return intact(self.game, start, said(self._scene(start), events), answer)

    def _telling(self, draft: Draft, case: Case, length: int | None, matched: bool, wrapper: Wrapper) -> Telling:
        """What is said of the intact events, with words by verbosity, or up to a length where one is given."""
        scene, words = self._scene(draft.start), Draws(*case.words)
        if length is not None:
            return self._fitted(scene, draft.events, length, matched, wrapper, words)
        telling = tell(scene, draft.events, self.spec.style.verbosity, words)
        fill(telling, self.style, self.spec.style.verbosity, words)
        return telling

    def _fitted(
        self, scene: Scene, shown: Sequence[Event], length: int, matched: bool, wrapper: Wrapper, words: Draws
    ) -> Telling:  # fmt: skip
        """What makes the completion so long. Raises SpecError where words cannot bring it there."""
        before, behind = wrapper.before, wrapper.tag + wrapper.closing
        room = length - self.tokens(before + behind)
        for _ in range(FITTED):  # a tokenizer may count a text otherwise than the sum of its sentences
            telling, natural = tell(scene, shown, 0.0, words), tell(scene, shown, 1.0, words)
            fit(telling, natural, self.style, room, self.tokens, words)
            found = self.tokens(before + joined(telling)[0] + behind)
            if abs(found - length) <= max(2, length // 100):
                break
            room += length - found
        if abs(found - length) > (MATCHED if matched else TOLERANCE) * length:
            most, other = ("least", "more") if found > length else ("most", "fewer")
            raise SpecError(
                "trace.tokens",
                f"{length} given, but in the style {scene.style.name!r} a row with {count(shown, 'backtrack')} backtracks has "
                f"{found} at {most}; ask for {other}, for other backtracks, or for another style",
            )
        return telling


def _rules(rules: Rules) -> Row:
    return {"operations": rules.operations, "use_all": rules.use_all, "values": rules.values}


@dataclass(frozen=True)
class Shard:
    """Rows [start, stop) of a split, number ``index`` of ``of`` shards."""

    split: str
    index: int
    of: int
    start: int
    stop: int

    def path(self, arm: str) -> str:
        """Where the shard of an arm lies in a corpus."""
        return f"{arm}/{self.split}-{self.index:05d}-of-{self.of:05d}.parquet"


def shards(spec: Spec) -> list[Shard]:
    """The shards of a corpus: how many depends on the rows alone, never on the workers."""
    found = []
    for split, rows in spec.splits.items():
        of = ceil(rows / SHARD_ROWS)
        if of > MANY_SHARDS:
            of = max(MANY_SHARDS, ceil(rows / LARGEST_SHARD))
        found += [Shard(split, i, of, rows * i // of, rows * (i + 1) // of) for i in range(of)]
    return found


def write_shard(resolved: str, out: Path, shard: Shard, done: Callable[[int], None]) -> list[Row]:
    """Write the shard of a resolved spec in every arm, and return an entry of the manifest for each file.

    ``done`` is told of every finished row. A file appears under its name when it is whole; a file that is there already
    is kept where it says of itself that it is this very shard. Raises GamegenError where a file cannot be written.
    """
    maker = _maker(resolved)
    paths = {arm: out / shard.path(arm) for arm in maker.spec.arms}
    labels = {arm: _label(resolved, shard, arm) for arm in maker.spec.arms}
    missing = [arm for arm, path in paths.items() if not _is_whole(path, labels[arm])]
    if not missing:
        done((shard.stop - shard.start) * len(paths))
    else:
        writers: dict[str, _ShardWriter] = {}
        try:
            for arm in missing:
                writers[arm] = _ShardWriter(paths[arm], labels[arm])
            with _collector_at_rest():
                for start in range(shard.start, shard.stop, BATCH):
                    _write_batch(maker, shard.split, range(start, min(start + BATCH, shard.stop)), writers, done)
            for writer in writers.values():
                writer.publish()
        except OSError as error:
            raise GamegenError(f"{out}: cannot be written ({error}); make room there, then --resume goes on") from None
        finally:
            for writer in writers.values():
                writer.discard()
            for arm in missing:  # of a writer that was interrupted while it began, too
                _partial(paths[arm]).unlink(missing_ok=True)
    return [_entry(shard, arm, paths[arm], out) for arm in maker.spec.arms]


def _write_batch(
    maker: Maker, split: str, indices: range, writers: dict[str, "_ShardWriter"], done: Callable[[int], None]
) -> None:  # fmt: skip
    batch = []
    for i in indices:
        batch.append(maker.rows(split, i))
        done(len(maker.spec.arms))
    for arm, writer in writers.items():
        writer.write([rows[arm] for rows in batch])


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """No cyclic garbage collection meanwhile: it would walk through all rows again and again, and they hold no cycles.

    What does (some 1 kB a row, of sympy) waits until the shard is done.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@lru_cache(maxsize=4)
def _maker(resolved: str) -> Maker:
    return Maker(from_yaml(resolved))


def row(spec: Spec, split: str, i: int, arm: str | None = None) -> Row:
    """Row i of a split, as it stands in the corpus of that spec; of the spec's first arm where none is named."""
    arm = spec.arms[0] if arm is None else arm
    known("arm", arm, spec.arms)
    known("split", split, OWNED)
    return _maker(to_yaml(spec)).rows(split, i)[arm]


def _partial(path: Path) -> Path:
    """Where a file lies until it is whole."""
    return path.with_name(f".{path.name}.{os.getpid()}.partial")


class _ShardWriter:
    """A Parquet file that gets its name when it is whole."""

    def __init__(self, path: Path, label: dict[str, str]) -> None:
        self._path = path
        self._partial = _partial(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = pq.ParquetWriter(self._partial, SCHEMA.with_metadata(label), compression="zstd", compression_level=1)
        self._batches: list[pa.RecordBatch] = []

    def write(self, rows: list[Row]) -> None:
        columns = [_column(field.type, [row[field.name] for row in rows]) for field in SCHEMA]
        self._batches.append(pa.RecordBatch.from_arrays(columns, schema=SCHEMA))
        if sum(batch.num_rows for batch in self._batches) >= ROW_GROUP:
            self._flush()

    def publish(self) -> None:
        self._flush()
        self._file.close()
        self._partial.replace(self._path)

    def discard(self) -> None:
        """Leave nothing behind of what was not published."""
        with suppress(OSError):  # a full disk, say; that is told of already
            self._file.close()
        self._partial.unlink(missing_ok=True)

    def _flush(self) -> None:
        """Write what there is as one row group."""
        if self._batches:
            self._file.write_table(pa.Table.from_batches(self._batches).combine_chunks())
            self._batches = []


def _label(resolved: str, shard: Shard, arm: str) -> dict[str, str]:
    """What a file says of itself in its metadata: which shard it is, of which spec, made by which version."""
    spec = hashlib.sha256(resolved.encode()).hexdigest()
    return {"gamegen": gamegen.__version__, "spec": spec, "shard": shard.path(arm)}


def _is_whole(path: Path, label: dict[str, str]) -> bool:
    """Whether there is a whole file that has this label."""
    try:
        metadata = pq.read_schema(path).metadata or {}
    except (OSError, pa.ArrowException):
        return False
    return all(metadata.get(key.encode()) == value.encode() for key, value in label.items())


def _column(kind: pa.DataType, values: list[Any]) -> pa.Array:
    """The values as an Arrow array, nested ones field by field: several times as fast as ``pa.array`` on dicts."""
    if pa.types.is_struct(kind):
        fields = [_column(field.type, list(map(itemgetter(field.name), values))) for field in kind]
        return pa.StructArray.from_arrays(fields, fields=list(kind))
    if pa.types.is_list(kind):
        offsets = pa.array(accumulate(map(len, values), initial=0), pa.int32())
        return pa.ListArray.from_arrays(offsets, _column(kind.value_type, list(chain.from_iterable(values))), type=kind)
    return pa.array(values, kind)


def _entry(shard: Shard, arm: str, path: Path, out: Path) -> Row:
    """What the manifest says of a file: also which grades its rows have, as they stand in it."""
    data = path.read_bytes()
    verdicts = pq.ParquetFile(pa.BufferReader(data)).read(columns=["verdict.grade"]).column("verdict")
    return {
        "path": path.relative_to(out).as_posix(),
        "arm": arm,
        "split": shard.split,
        "rows": shard.stop - shard.start,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "grades": Counter(verdict["grade"] for verdict in verdicts.to_pylist()),
    }
