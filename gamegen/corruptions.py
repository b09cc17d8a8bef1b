"""Corruptions: labelled defects of a trace, each of which changes what the trace proves.

Words: a *piece* is one sentence to be; a *draft* is all that the text of a row is made from; an *edit* names the events in
whose place other pieces come, all else stays as it is, and the edits of one row touch different events. The *severity* is the
number of edits, or of events that a rewritten draft loses.

Every kind chooses its places so that a rule is broken whatever else the text says: it takes no slip that the trace sets right
later, no step that nothing stands on, no steps that could come in either order. What no reader of the text could tell is no
corruption here.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, takewhile
from typing import Any, NamedTuple

from gamegen.game import Game
from gamegen.rng import Draws
from gamegen.search import Page
from gamegen.trace import Event, winning_path, winning_places

REMARKS = ("subgoal", "check")
EVERYWHERE = 10**9  # as severity: at every place that there is


class Unfit(Exception):
    """The trace does not offer so many places for a corruption; ``args[0]`` is how many it offers."""


class Piece(NamedTuple):
    """A sentence to be; None as event where one was left out.

    source: the intact event whose sentence it repeats, or whose phrase it fills anew · place: the intact event in whose place
    it stands, None for one that was put in · mark: which edit made it, 0 for none.
    """

    event: Event | None
    source: int | None = None
    place: int | None = None
    mark: int = 0


@dataclass(frozen=True)
class Draft:
    """What the text of a row is made from; ``start`` is the state with which the thinking opens.

    closing: ``sound`` closes with the answer, ``wrong`` with one that is none, ``declined`` with that there is none, and
    ``none`` not at all · answer_first: the closing stands before the thinking · cut: the last piece breaks off · foreign: the
    thinking is that of another puzzle.
    """

    game: Game[Any, Any, Any]
    start: Any
    events: Sequence[Event]
    pieces: tuple[Piece, ...]
    answer: str
    closing: str = "sound"
    answer_first: bool = False
    cut: bool = False
    foreign: bool = False


def intact(game: Game[Any, Any, Any], start: Any, events: Sequence[Event], answer: str) -> Draft:
    """The draft of a trace as it is."""
    return Draft(game, start, events, tuple(Piece(event, i, i) for i, event in enumerate(events)), answer)


Edit = Mapping[int, Sequence[Piece]]


def corrupted(draft: Draft, name: str, severity: int, draws: Draws, other: Callable[[], Draft]) -> Draft:
    """The draft with one kind of corruption; ``other`` gives the draft of another puzzle. Raises Unfit."""
    kind = KINDS[name]
    if kind.rewrites and (kind.edits is None or severity == EVERYWHERE):
        return kind.rewrites(draft, severity, draws, other)
    assert kind.edits is not None
    marks = count(1)
    chosen: dict[int, list[Piece]] = {}
    for made, edit in enumerate(kind.edits(Run(draft), draws)):
        if made == severity:
            break
        if not kind.stacks and not chosen.keys().isdisjoint(edit):
            continue
        mark = next(marks)
        for i, pieces in edit.items():
            marked = [piece._replace(mark=mark if piece.mark else 0) for piece in pieces]
            chosen[i] = _stacked(marked, chosen[i]) if i in chosen else marked
    made = next(marks) - 1
    if not made or made < severity < EVERYWHERE:
        raise Unfit(made)
    return replace(draft, pieces=tuple(piece for i, old in enumerate(draft.pieces) for piece in chosen.get(i, [old])))


def _stacked(pieces: list[Piece], there: list[Piece]) -> list[Piece]:
    """What two edits put in around the same intact piece."""
    k = next(k for k, piece in enumerate(pieces) if not piece.mark)
    return [*pieces[:k], *there, *pieces[k + 1 :]]


class Run:
    """What the kinds look up in a trace: the state, the path and the shown dead ends before each event."""

    def __init__(self, draft: Draft) -> None:
        self.game, self.events, self.start = draft.game, draft.events, draft.start
        page = Page(draft.start)
        self.before: list[Any] = []
        self.paths: list[list[Any]] = []
        self.dead: list[set[Any]] = []
        for event in draft.events:
            self.before.append(page.state)
            self.paths.append([state for state, _ in page.path])
            self.dead.append(set(page.dead))
            page.add(event)
        self.end = [(state, set(tried)) for state, tried in page.path]

    def places(self, draws: Draws, kind: str) -> Iterator[tuple[int, Event]]:
        """The events of a kind with their places, in random order."""
        return draws.shuffled([(i, event) for i, event in enumerate(self.events) if event.kind == kind])

    def pairs(self, draws: Draws) -> Iterator[tuple[int, int]]:
        """The tries with the one that follows, which could not be played without the first."""
        for i, _ in self.places(draws, "try"):
            k = next((k for k in range(i + 1, len(self.events)) if self.events[k].kind not in REMARKS), None)
            if k is not None and self.events[k].kind == "try" and not fits(self.game, self.before[i], self.events[k].move):
                yield i, k

    def is_repaired(self, i: int) -> bool:
        """Whether the try at i is done again later, which would set a slip right."""
        return any(event.kind == "try" and event.move == self.events[i].move for event in self.events[i + 1 :])

    def said_of(self, i: int) -> Iterator[int]:
        """Where something is said of the state that the try at i leads to, before it is left or played on."""
        return takewhile(lambda k: self.events[k].kind in ("dead_end", "check"), range(i + 1, len(self.events)))

    def check_of(self, i: int) -> int | None:
        """Where the check of the try at i stands; None where there is none."""
        return i + 1 if i + 1 < len(self.events) and self.events[i + 1].kind == "check" else None


def fits(game: Game[Any, Any, Any], state: Any, move: Any) -> bool:
    """Whether the move can be played from the state."""
    try:
        game.play(state, move)
    except ValueError:
        return False
    return True


def _instead(event: Event, i: int) -> list[Piece]:
    """The event in the place of event i, in the same phrase."""
    return [Piece(event, i, i, 1)]


# Kinds that edit: each yields its edits in random order.


def _wrong_arithmetic(run: Run, draws: Draws) -> Iterator[Edit]:
    for i, event in run.places(draws, "try"):
        false = None if run.is_repaired(i) else run.game.with_false_result(event.move, draws)
        if false is not None:
            yield {i: _instead(event._replace(move=false), i)}


def _cancelling_errors(run: Run, draws: Draws) -> Iterator[Edit]:
    for i, k in run.pairs(draws):
        first, second = run.events[i], run.events[k]
        false = run.game.with_false_result(first.move, draws)
        back = None if false is None else run.game.over_false(second.move, first.move, false)
        if back is not None and not run.is_repaired(i):
            between = run.game.pretend(run.before[i], false)
            yield {i: _instead(first._replace(state=between, move=false), i), k: _instead(second._replace(move=back), k)}


def _confabulated_branch(run: Run, draws: Draws) -> Iterator[Edit]:
    for i, event in run.places(draws, "try"):
        if run.game.left(event.state) or run.game.solved(event.state) or run.is_repaired(i):
            continue
        false = run.game.with_false_result(event.move, draws)
        made_up = None if false is None else run.game.pretend(run.before[i], false)
        if made_up is not None and not run.game.solved(made_up):
            edit = {i: _instead(event._replace(state=made_up, move=false), i)}
            for k in run.said_of(i):  # that it is a dead end; a check would be of what is no longer said
                end = run.events[k]
                edit[k] = _instead(end._replace(state=made_up), k) if end.kind == "dead_end" else []
            yield edit


def _skipped_step(run: Run, draws: Draws) -> Iterator[Edit]:
    for i, _ in run.pairs(draws):
        check = run.check_of(i)
        yield {i: [Piece(None, None, i, 1)], **({check: []} if check else {})}


def _swapped_steps(run: Run, draws: Draws) -> Iterator[Edit]:
    for i, k in run.pairs(draws):
        yield {i: [Piece(run.events[k], k, i, 1)], k: [Piece(run.events[i], i, k, 1)]}


def _over_others(invented: bool) -> Callable[[Run, Draws], Iterator[Edit]]:
    def edits(run: Run, draws: Draws) -> Iterator[Edit]:
        for i, event in run.places(draws, "try"):
            move = run.game.over_others(run.before[i], event.move, run.paths[i][:-1], invented, draws)
            if move is not None:
                yield {i: _instead(event._replace(move=move), i)}

    return edits


def _false_check(run: Run, draws: Draws) -> Iterator[Edit]:
    for i, event in run.places(draws, "try"):
        move, check = run.game.with_false_result(event.move, draws), run.check_of(i)
        if move is not None:
            false = Event("check", event.state, move)
            yield {check: _instead(false, check)} if check else {i: [Piece(event, i, i), Piece(false, mark=1)]}


def _false_dead_end(run: Run, draws: Draws) -> Iterator[Edit]:
    for i, event in run.places(draws, "try"):
        state = run.before[i]
        if run.events[i - 1].kind != "subgoal" and not set(run.game.moves(state)) <= run.dead[i]:
            yield {i: [Piece(Event("dead_end", state, None, "exhausted"), mark=1), Piece(event, i, i)]}


def _fake_backtrack(run: Run, draws: Draws) -> Iterator[Edit]:
    known = {run.start, *(event.state for event in run.events)}
    for i, event in run.places(draws, "backtrack"):
        never = run.game.look_alike(event.state, draws)
        if never not in known:
            yield {i: _instead(event._replace(state=never), i)}


def _idle_backtrack(run: Run, draws: Draws) -> Iterator[Edit]:
    while True:
        for i, event in run.places(draws, "try"):
            if run.events[i - 1].kind != "subgoal":
                yield {i: [Piece(Event("backtrack", run.before[i]), mark=1), Piece(event, i, i)]}


def _loop(run: Run, draws: Draws) -> Iterator[Edit]:
    for i, event in run.places(draws, "backtrack"):
        first = max(k for k in range(i) if run.events[k].kind == "try" and run.before[k] == event.state)
        again = [Piece(run.events[k], k, None, 1) for k in range(first, i + 1)]
        yield {i: [Piece(event, i, i), *again]}


def _going_on(run: Run, draws: Draws) -> Iterator[Edit]:
    last = len(run.events) - 1
    for state, tried in draws.shuffled(run.end[:-1]):
        children = {child: move for child, move in run.game.moves(state).items() if child not in tried}
        if any(not run.game.solved(child) for child in children):
            for child, move in draws.shuffled(children.items()):
                if not run.game.solved(child):
                    more = (Event("backtrack", state), Event("try", child, move))
                    yield {last: [Piece(run.events[last], last, last), *(Piece(event, mark=1) for event in more)]}
            return


# Kinds that rewrite the draft as a whole.


def _without_the_last(draft: Draft, events: int) -> tuple[Piece, ...]:
    if events >= len(draft.pieces):
        raise Unfit(len(draft.pieces) - 1)
    return draft.pieces[: len(draft.pieces) - events]


def _truncation(draft: Draft, severity: int, draws: Draws, other: Callable[[], Draft]) -> Draft:
    kept = _without_the_last(draft, severity)
    broken = draft.pieces[len(kept)]._replace(mark=1)
    return replace(draft, pieces=(*kept, broken), closing="none", cut=True)


def _giving_up(draft: Draft, severity: int, draws: Draws, other: Callable[[], Draft]) -> Draft:
    kept = _without_the_last(draft, severity)
    tries = sum(piece.event is not None and piece.event.kind == "try" for piece in kept)
    stop = Event("stop", draft.events[len(kept) - 1].state, None, "", tries)
    return replace(
        draft, pieces=(*kept, Piece(None, mark=1), Piece(stop, mark=1)), closing="declined"
    )  # not all styles say stop


def _unjustified_leap(draft: Draft, severity: int, draws: Draws, other: Callable[[], Draft]) -> Draft:
    steps = winning_places(draft.events)
    if severity > len(steps):
        raise Unfit(len(steps))
    first, last = steps[-severity], draft.pieces[-1:] if draft.events[-1].kind == "found" else ()
    return replace(draft, pieces=(*draft.pieces[:first], Piece(None, None, first, 1), *last))


def _any_order(draft: Draft, severity: int, draws: Draws, other: Callable[[], Draft]) -> Draft:
    order = list(range(len(draft.pieces)))
    for _ in range(MOST_ORDERS):
        draws.shuffle(order)
        events = [draft.events[i] for i in order]
        if not _is_playable(draft, events):
            return replace(
                draft, pieces=tuple(Piece(event, i, k, 1) for k, (i, event) in enumerate(zip(order, events, strict=True)))
            )
    raise Unfit(0)


MOST_ORDERS = 100


def _is_playable(draft: Draft, events: Sequence[Event]) -> bool:
    """Whether each try can be played where the text then stands."""
    stands = draft.start
    for event in events:
        if event.kind == "try" and not fits(draft.game, stands, event.move):
            return False
        if event.kind in ("try", "backtrack"):
            stands = event.state
    return True


def _wrong_answer(draft: Draft, severity: int, draws: Draws, other: Callable[[], Draft]) -> Draft:
    """Another last move, which leads elsewhere; where every one wins, what the game has instead."""
    game, steps = draft.game, winning_path(draft.events)
    moves = [step.move for step in steps]
    before = steps[-2].state if len(steps) > 1 else draft.start
    for child, move in draws.shuffled(game.moves(before).items()):
        if not game.solved(child):
            return replace(draft, answer=game.say_answer(draft.start, [*moves[:-1], move]), closing="wrong")
    false = game.false_answer(draft.start, moves, draws)
    if false is None:
        raise Unfit(0)
    return replace(draft, answer=false, closing="wrong")


def _other_puzzle(draft: Draft, severity: int, draws: Draws, other: Callable[[], Draft]) -> Draft:
    return replace(other(), answer=draft.answer, foreign=True)


def _answer_first(draft: Draft, severity: int, draws: Draws, other: Callable[[], Draft]) -> Draft:
    return replace(draft, answer_first=True)


@dataclass(frozen=True)
class Kind:
    """A kind of corruption: what it does and the rule that it breaks.

    needs: a ``backtrack`` in the trace, or a phrase of the style · stacks: several edits may stand at one place · of_results:
    it is a false result of a move, which not all games state.
    """

    says: str
    breaks: str
    edits: Callable[[Run, Draws], Iterator[Edit]] | None = None
    rewrites: Callable[[Draft, int, Draws, Callable[[], Draft]], Draft] | None = None
    needs: str = ""
    stacks: bool = False
    of_results: bool = False

    def can_be_said(self, phrases: Container[str]) -> bool:
        """Whether a style with these phrases has the words for it."""
        return self.needs in ("", "backtrack") or self.needs in phrases


KINDS = {
    "wrong_arithmetic": Kind("a sum has a false result", "every sum is true", _wrong_arithmetic, of_results=True),
    "cancelling_errors": Kind(
        "two sums are false, and what comes of both is right", "every sum is true", _cancelling_errors, of_results=True
    ),
    "confabulated_branch": Kind(
        "the last sum of a wrong branch has a made-up result, which is called no goal",
        "every sum is true",
        _confabulated_branch,
        needs="backtrack",
        of_results=True,
    ),
    "invented_number": Kind("a sum over a number that never was", "a step takes what is there", _over_others(True)),
    "reused_number": Kind("a sum over a number that was used up", "a step takes what is there", _over_others(False)),
    "skipped_step": Kind("a step that the next one stands on is left out", "a step takes what is there", _skipped_step),
    "unjustified_leap": Kind(
        "the last steps to the goal are left out", "the goal is reached by steps", rewrites=_unjustified_leap
    ),
    "shuffled_steps": Kind(
        "two steps change places, of which the later stands on the earlier",
        "a step takes what is there",
        _swapped_steps,
        _any_order,
    ),
    "false_check": Kind("a check that is false", "every check is true", _false_check, needs="check", of_results=True),
    "false_dead_end": Kind(
        "a state is called exhausted that is not", "what is called impossible is proven", _false_dead_end, needs="exhausted"
    ),
    "fake_backtrack": Kind(
        "a return to a state that never was", "a return restores an earlier state", _fake_backtrack, needs="backtrack"
    ),
    "idle_backtrack": Kind(
        "a return to the state where the run stands", "a return restores an earlier state", _idle_backtrack, stacks=True
    ),
    "loop": Kind("a wrong branch again, word for word", "no move is tried twice from a state", _loop, needs="backtrack"),
    "going_on": Kind("behind the goal it goes back and tries on", "the goal is the end", _going_on, stacks=True),
    "answer_first": Kind("the answer stands before the thinking", "the answer follows from the steps", rewrites=_answer_first),
    "wrong_answer": Kind("the answer is not what was derived", "the answer makes the goal", rewrites=_wrong_answer),
    "other_puzzle": Kind("the thinking is that of another puzzle", "the steps are of this puzzle", rewrites=_other_puzzle),
    "truncation": Kind("the text breaks off", "there is an answer", rewrites=_truncation),
    "giving_up": Kind(
        "it stops and says that there is no solution", "what is called impossible is proven", rewrites=_giving_up
    ),
}
