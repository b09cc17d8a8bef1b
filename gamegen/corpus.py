"""One puzzle through all arms: rows with their labels.

Words: a *row* is one puzzle in one arm; rows with the same id, one from each arm, are *paired*. Row i of a split depends on the
spec, the split and i alone, so rows can be made in any order, anywhere.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from gamegen import games, surface
from gamegen.arms import ARMS, Arm
from gamegen.assembly import Asked, assemble, exhausted
from gamegen.completion import complete, labelled, labels
from gamegen.corruptions import KINDS, Draft, Unfit, corrupted, intact
from gamegen.dials import Dials
from gamegen.errors import SpecError
from gamegen.length import TOLERANCE, NotAsLong, as_long_as
from gamegen.policies import ASSEMBLED, NEEDED, policy
from gamegen.policies import run as run_policy
from gamegen.prompts import NO_SOLUTION, Wrapper, template
from gamegen.puzzles import OWNED, OWNERS, is_unsolvable
from gamegen.reserved import passes_by
from gamegen.retelling import retell, said
from gamegen.rng import Draws
from gamegen.spaces import MOST_STEPS
from gamegen.spec import PuzzleSpec, Range, Spec, from_yaml, known, to_yaml
from gamegen.styles import names as style_names
from gamegen.styles import style
from gamegen.styles.writing import Scene, Telling, fill, fit, joined, tell
from gamegen.subjects import Shown, refuse_settings, subject
from gamegen.tokens import BUILT_IN, counter
from gamegen.trace import Event, count, winning_path

Row = dict[str, Any]

RUNS = 8  # that are made of a row, to find one with places for a defect
FITTED = 4  # times that words are fitted to a length
MATCHED = 0.02  # of the length of the paired row
FEW = range(6)  # attempts to see how many backtracks a row can give


class NoPlace(SpecError):
    """A run is not one that the row can have: without a place for its defect, or by a puzzle of a suite."""


class Case(NamedTuple):
    """Row i of a split: its puzzle, also as rows show it, what its run is to have, the run, and the key that draws words."""

    split: str
    i: int
    puzzle: Any
    shown: Shown
    asked: Asked | None
    trace: Sequence[Event]
    words: tuple[int | str, ...]


class Maker:
    """Makes the rows of one spec. Raises SpecError where the spec asks for what there is not.

    for_suites: its splits are those that suites draw on, no puzzle is reserved for others, and a row may have none.
    """

    def __init__(self, spec: Spec, for_suites: bool = False) -> None:
        self.spec, self.for_suites = spec, for_suites
        for arm in spec.arms:
            known("arms", arm, ARMS)
        known("style.name", spec.style.name, style_names())
        for split in spec.splits:
            known("splits", split, OWNERS.keys() - OWNED.keys() if for_suites else OWNED)
        self.subject = subject(spec, for_suites)
        self.space, self.game = self.subject.space, self.subject.game
        self.policy = policy(spec.trace, self.game.heuristics)
        self.dials = Dials(spec, self.subject.room)
        self.template = template(spec.prompt, spec.surface, not spec.is_countdown, spec.puzzles.unsolvable > 0, for_suites)
        self.style = style(spec.style.name, spec.is_countdown)
        self.writer = surface.writer(spec.surface)
        if self.style.published and self.writer:
            raise SpecError(
                "surface",
                f"operators {spec.surface.operators!r}, numbers {spec.surface.numbers!r} given; the style {spec.style.name!r} "
                "is published to the letter with 'ascii' and 'digits'; choose these, or another style",
            )
        if self.policy:
            self._check_policy(self.policy.name)
        self.tokens, self.counted = counter(spec.style.tokenizer), spec.style.tokenizer != BUILT_IN
        self._check_game()
        self._check_corruptions()

    def _check_game(self) -> None:
        """Raise SpecError for a style, arms or a policy that do not go with the game, or with puzzles without a solution."""
        if self.style.published and not self.spec.is_countdown:
            fitting = [name for name in style_names() if not style(name).published]
            raise SpecError(
                "style.name",
                f"{self.style.name!r} given beside game={self.game.name}, of which it says nothing; "
                f"choose from: {', '.join(fitting)}",
            )
        if not self.spec.puzzles.unsolvable:
            return
        if self.policy:
            raise SpecError(
                "puzzles.unsolvable",
                f"{self.spec.puzzles.unsolvable:g} given beside trace.policy={self.policy.name}, whose runs show nothing to be "
                f"impossible; choose trace.policy={ASSEMBLED}",
            )
        if "exhausted" not in self.style.phrases:
            raise SpecError(
                "puzzles.unsolvable", f"given, which the style {self.style.name!r} cannot say; choose another style"
            )
        unfit = [name for name in self.spec.arms if not ARMS[name].is_of_any_puzzle]
        if unfit:
            raise SpecError(
                "arms",
                f"{', '.join(unfit)} given beside puzzles.unsolvable; without a solution there are: "
                f"{', '.join(name for name, arm in ARMS.items() if arm.is_of_any_puzzle)}",
            )

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
            if KINDS[kind].of_results and not self.game.states_results:
                raise SpecError(key, f"given, which the game {self.game.name!r} cannot have, since its moves state no result")
            if not KINDS[kind].can_be_said(self.style.phrases):
                able = [name for name in style_names() if KINDS[kind].can_be_said(style(name).phrases)]
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
        if shapes := self.spec.puzzles.difficulty.shape:
            raise SpecError(
                "puzzles.difficulty.shape",
                f"{', '.join(shapes)} given beside trace.policy={policy}, whose wins have any shape; leave it out, "
                f"or choose trace.policy={ASSEMBLED}",
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
        """Row i of the split in every arm of the spec. Raises GamegenError where there is no such row.

        A run that has no place for the defect of an arm, or that comes by a puzzle of a suite, is made again for all arms, as
        long as that is likely to help.
        """
        for again in range(RUNS):
            try:
                return self._rows(self.clear_run(split, i, again))
            except NoPlace as found:
                refusal = found
        raise refusal

    def clear_run(self, split: str, i: int, again: int = 0) -> Case:
        """Row i of the split, before it is written. Raises NoPlace where its run comes by a puzzle of a suite."""
        case = self.run(split, i, again)
        if not self.for_suites and (met := passes_by(self.game, case.trace)):
            raise NoPlace("splits", f"row {i} of {split} comes by {met}, a puzzle of an eval suite; use another seed")
        return case

    def _rows(self, case: Case) -> dict[str, Row]:
        """The rows of a case, one for each arm. Raises NoPlace where its run has no place for the defect of an arm."""
        split, i, won = case.split, case.i, self._won(case)
        puzzle, asked = case.puzzle, case.asked
        start, path = self.game.start(puzzle), [step.move for step in winning_path(won)]
        shared: Row = {
            "id": f"{self.game.name}-{split}-{i:08d}",
            "game": self.game.name,
            "split": split,
            **case.shown.columns,
            "surface": dict(vars(self.spec.surface)),
            "prompt": self.template.messages(case.shown.words),
            "answer": self.game.say_answer(start, path) if won[-1].kind == "found" else NO_SOLUTION,
            "requested": {
                "policy": self.spec.trace.policy,
                "backtracks": asked.backtracks if asked and not self.dials.by_events else None,
                "steps": asked.steps if asked else None,
                "density": self.spec.trace.density,
                "tokens": self.dials.tokens(split, i),
            },
            "corruptions": [],
            "difficulty": self.subject.difficulty(start, path),
        }
        arms = self.spec.arms
        if any(ARMS[arm].matched for arm in arms):
            arms = ("procedure", *(arm for arm in arms if arm != "procedure"))  # the others are matched to it
        made: dict[str, Row] = {}
        for arm in arms:
            fitted = ARMS[arm].is_search and won[-1].kind == "found" and not self.dials.by_events
            length = self.dials.tokens(split, i) if fitted else None
            if ARMS[arm].matched:
                length = made["procedure"]["achieved"]["tokens"]
            made[arm] = self._row(arm, shared, case if ARMS[arm].is_search else case._replace(trace=won), length)
        return {arm: made[arm] for arm in self.spec.arms}

    def run(self, split: str, i: int, again: int = 0) -> Case:
        """Row i of the split, before it is written. Raises SpecError where its run cannot have what it is to have.

        The run of a policy that is not assembled has what it comes to have, and may stop without the goal. ``again`` gives
        another run with the same.
        """
        key: tuple[int | str, ...] = (self.spec.seed, split, i)
        puzzle = self.space.puzzle(split, i)
        case = Case(split, i, puzzle, self.subject.shown(puzzle, Draws(*key, "numbers")), None, (), (*key, "words"))
        key = (*key, "again", again) if again else key
        start = self.game.start(puzzle)
        if is_unsolvable(i, self.spec.puzzles.unsolvable):
            trace = exhausted(self.game, start, Draws(*key, "search"), MOST_STEPS)
            assert trace is not None  # the space chose it so
            return case._replace(trace=trace)
        if self.policy:
            return case._replace(trace=run_policy(self.policy, self.game, start, Draws(*key, "search")))
        if self.dials.by_events:
            return self._long_run(case, key)
        asked = self.dials.asked(split, i)
        trace = assemble(self.game, start, asked, Draws(*key, "search"))
        if trace is None:
            raise self._refusal(f"row {i} of {split}", start, asked)
        return case._replace(asked=asked, trace=trace)

    def _long_run(self, case: Case, key: tuple[int | str, ...]) -> Case:
        """The case with the run whose events make its completion as long as it is to be. Raises SpecError where none does."""
        split, i = case.split, case.i
        wanted, most, start = self.dials.tokens(split, i), self.subject.room, self.game.start(case.puzzle)
        assert wanted is not None

        def made(backtracks: int, attempt: int) -> Case:
            draws = Draws(*key, "search", attempt)
            asked = self.dials.with_shares(backtracks, None)
            trace = assemble(self.game, start, asked, draws)
            if trace is None:
                raise self._refusal(f"row {i} of {split}", start, asked)
            return case._replace(trace=trace, words=(*case.words, attempt))

        def measured(case: Case) -> int:
            answer = self.game.say_answer(start, [step.move for step in winning_path(case.trace)])
            draft = Draft(self.game, start, case.trace, (), answer)
            wrapper = self.template.wrapper(case.shown.words, draft.answer)
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
        """The run, where it found the goal or that there is none; else one straight to the goal, which labels the row."""
        if case.trace[-1].kind != "stop":
            return case.trace
        state, won = self.game.start(case.puzzle), list[Event]()
        for move in self.game.win(state, Draws(self.spec.seed, case.split, case.i, "win")):
            state = self.game.play(state, move)
            won.append(Event("try", state, move))
        return [*won, Event("found", state)]

    def _refusal(self, row: str, start: Any, asked: Asked) -> SpecError:
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
        solved = case.trace[-1].kind != "dead_end"
        wrapper = self.template.wrapper(case.shown.words, draft.answer if solved else None, treatment.wrapped)
        if shown and shown[-1].kind == "stop":
            wrapper = self.template.stopped()
        kind, severity = self._corruption(treatment, case)
        telling, marks = None, None
        if kind:
            draft = self._corrupted(self._draft(puzzle, shown, draft.answer), kind, severity, case)
        if treatment.shown:
            telling = self._telling(draft, case, length, treatment.matched, wrapper)
        if kind:
            wrapper = self.template.wrapper(case.shown.words, None if draft.closing == "declined" else draft.answer)
            if telling is not None:
                key = (self.spec.seed, case.split, case.i, "corruption", kind, "words")
                telling, marks = retell(telling, self._scene(draft.start), draft, Draws(*key))
        text, events, defects = complete(draft, wrapper, telling, marks)
        verdict = self.subject.judge(puzzle, text).to_dict()
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
        """The draft with a corruption. Raises NoPlace where the trace has not so many places for it."""
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
            raise NoPlace(
                f"corruptions.{kind}",
                f"severity {severity} given, but row {i} of {split} has places for {unfit.args[0]}; "
                "ask for less, or for more steps and backtracks",
            ) from None

    def _scene(self, start: Any) -> Scene:
        return Scene(self.style, self.game, start, self.game.say_goal(start), self.writer)

    def _draft(self, puzzle: Any, events: Sequence[Event], answer: str) -> Draft:
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


class Makers:
    """Makes the rows of a spec of any games, by turns: row i is of game i modulo their number."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.makers = [Maker(part) for part in parts(spec)]

    def capacity(self, split: str) -> int:
        """How many rows the split can have."""
        return len(self.makers) * min(int(maker.space.capacity(split)) for maker in self.makers)

    def turn(self, i: int) -> tuple[Maker, int]:
        """Who makes row i of a split, and which of its own rows that is."""
        return self.makers[i % len(self.makers)], i // len(self.makers)

    def rows(self, split: str, i: int) -> dict[str, Row]:
        """Row i of the split in every arm of the spec. Raises GamegenError where there is no such row."""
        maker, own = self.turn(i)
        return maker.rows(split, own)


def parts(spec: Spec) -> list[Spec]:
    """The spec of each game, with its share of the rows, and of what is asked for as much as a small game has.

    Raises SpecError for a setting that none of several games has.
    """
    if len(spec.games) == 1:
        return [spec]
    refuse_settings(spec)
    found = []
    for place, name in enumerate(spec.games):
        splits = {split: (rows + len(spec.games) - 1 - place) // len(spec.games) for split, rows in spec.splits.items()}
        part = replace(spec, game=name, splits=splits)
        if name == games.COUNTDOWN:
            found.append(replace(part, puzzles=replace(spec.puzzles, size=None)))
            continue
        room = games.small_game(name, spec.puzzles.size).capacity
        asked, puzzles, plain = spec.trace.backtracks, spec.puzzles, Spec()
        few = Range(min(asked.low, room), min(asked.high, room)) if asked else None
        own = PuzzleSpec(size=puzzles.size, capacity=puzzles.capacity, unsolvable=puzzles.unsolvable)
        found.append(
            replace(part, puzzles=own, rules=plain.rules, surface=plain.surface, trace=replace(spec.trace, backtracks=few))
        )
    return found


@lru_cache(maxsize=4)
def makers(resolved: str) -> Makers:
    """The makers of a resolved spec, kept for the next time."""
    return Makers(from_yaml(resolved))


def row(spec: Spec, split: str, i: int, arm: str | None = None) -> Row:
    """Row i of a split, as it stands in the corpus of that spec; of the spec's first arm where none is named."""
    arm = spec.arms[0] if arm is None else arm
    known("arm", arm, spec.arms)
    known("split", split, OWNED)
    return makers(to_yaml(spec)).rows(split, i)[arm]
