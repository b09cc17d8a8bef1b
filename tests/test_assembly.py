"""Every assembled run is honest, has what was asked for and is one that the policy can make, checked by a replay of its own.

GAMEGEN_FULL=1 makes 10,000 rows for each claim about the dials; otherwise some hundred.
"""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from brute import Rules as Plain
from brute import check_procedure, losing_plays, plays, state_of, winning_plays
from conftest import FULL

from gamegen.assembly import Asked, assemble
from gamegen.games.countdown import Countdown, Puzzle, Rules, State
from gamegen.puzzles import PuzzleSpace
from gamegen.region import steps
from gamegen.rng import Draws
from gamegen.search import Page, depth_first, run
from gamegen.spec import PuzzleSpec, Range
from gamegen.styles import style
from gamegen.styles.writing import Scene, joined, tell
from gamegen.trace import BOUNDS, Event, count, winning_path

Row = dict[str, Any]


def row_of(game: Countdown, puzzle: Puzzle, trace: list[Event]) -> tuple[Row, str]:
    """A run as a row and a completion in the barest words."""
    rules, start = puzzle.rules, game.start(puzzle)
    answer = game.say_answer(start, [e.move for e in winning_path(trace)])
    text, events = joined(tell(Scene(style("plain"), game, start, str(puzzle.target)), trace, 0.0, Draws()))
    row = {
        "numbers": list(puzzle.numbers),
        "target": puzzle.target,
        "rules": {"operations": rules.operations, "use_all": rules.use_all, "values": rules.values},
        "events": events,
        "answer": answer,
    }
    return row, f"{text}\nSo: {answer}"


def check_asked(game: Countdown, puzzle: Puzzle, asked: Asked, draws: Draws) -> list[Event]:
    """A run with what was asked for, after everything in it was found to be honest and within the policy."""
    trace = assemble(game, game.start(puzzle), asked, draws)
    assert trace is not None, (puzzle, asked)
    assert count(trace, "backtrack") == count(trace, "dead_end") == asked.backtracks
    assert asked.steps in (None, count(trace, "try"))
    assert check_procedure(*row_of(game, puzzle, trace)) == [], (puzzle, asked)
    check_policy(game, puzzle, trace)
    return trace


def check_run(game: Countdown, puzzle: Puzzle, backtracks: int, draws: Draws) -> list[Event]:
    return check_asked(game, puzzle, Asked(backtracks), draws)


class Blind:
    """A board that shows the rules of the game and nothing of its oracle."""

    def __init__(self, rules: Rules) -> None:
        game = Countdown(rules)
        self.moves, self.solved, self.left = game.moves, game.solved, game.left
        self.bound, self.subgoals = game.bound, game.subgoals


def check_policy(game: Countdown, puzzle: Puzzle, trace: list[Event]) -> None:
    """Each event is one of those that the policy allows from the page before it: some chance makes this very run."""
    page, board = Page(game.start(puzzle)), Blind(puzzle.rules)
    for event in trace:
        assert event in set(depth_first(board, page)), (puzzle, event)
        page.add(event)
    assert not list(depth_first(board, page))


def check_bound(trace: list[Event], numbers: int, backtracks: int) -> None:
    """B + n - 1 <= S <= (n - 1)(B + 1): each dead end costs a step and at most n - 1, and so does the way to win."""
    steps = count(trace, "try")
    assert backtracks + numbers - 1 <= steps <= (numbers - 1) * (backtracks + 1)


@pytest.mark.parametrize(("numbers", "puzzles"), [(3, 250), (4, 250), (5, 80), (6, 60)])
def test_a_run_has_exactly_the_backtracks_asked_for(numbers: int, puzzles: int) -> None:
    spec = PuzzleSpec(count=numbers)
    space = PuzzleSpace(spec, Rules(), seed=5)
    for i in range(puzzles):
        puzzle, draws = space.puzzle("train", i), Draws("test", numbers, i)
        for backtracks in (i % (spec.capacity + 1), spec.capacity):  # from none to the most, each of them often
            check_bound(check_run(space.game, puzzle, backtracks, draws), numbers, backtracks)


@pytest.mark.parametrize(
    "rules",
    [
        Rules(values="integer"),
        Rules(values="rational"),
        Rules(values="integer", use_all=False),
        Rules("+-*", values="rational", use_all=False),
        Rules("-*/", values="rational"),
        Rules("+-"),
        Rules("-", values="integer"),
        Rules("*/"),
        Rules("-/"),
        Rules("-/", use_all=False),
        Rules("+/", values="rational"),
    ],
    ids=str,
)
def test_a_run_is_honest_under_other_rules(rules: Rules) -> None:
    spec = PuzzleSpec(count=4, numbers=Range(1, 12), target=Range(-20, 60), capacity=3)
    space = PuzzleSpace(spec, rules, seed=2)
    assert space.capacity("train")
    for i in range(min(25, space.capacity("train"))):
        puzzle, draws = space.puzzle("train", i), Draws("test", str(rules), i)
        backtracks = draws.between(0, spec.capacity)
        trace = check_run(space.game, puzzle, backtracks, draws)
        if rules.use_all and rules.values == "natural":
            check_bound(trace, 4, backtracks)


@pytest.mark.parametrize("numbers", [3, 4, 5])
def test_a_run_is_honest_where_any_subset_will_do(numbers: int) -> None:
    spec = PuzzleSpec(count=numbers, capacity=10)
    space = PuzzleSpace(spec, Rules(use_all=False), seed=3)
    for i in range(60):
        draws = Draws("test", i)
        check_run(space.game, space.puzzle("train", i), draws.between(0, spec.capacity), draws)


def test_a_run_stops_where_a_subset_wins() -> None:
    # 3 + 4 = 7 wins; a play that goes on with 7 * 1 = 7 leaves {6, 7}, as 6 * 1 = 6 does, which is no answer.
    puzzle = Puzzle((1, 3, 4, 6), 7, Rules(use_all=False))
    for seed in range(200):
        check_run(Countdown(puzzle.rules), puzzle, seed % 3, Draws(seed))


MOST = [
    # 25 plays of which 5 win, as counted by hand in test_countdown: 20 dead ends and not one more.
    ((1, 2, 3), 6, Rules()),
    ((2, 3, 8), 10, Rules()),
    ((0, 0, 5), 5, Rules(values="integer")),
    ((2, 3, 4), 3, Rules(values="rational")),
    ((3, 5, 7), 1, Rules("-")),
    ((2, 3, 6), 1, Rules("/")),
    ((2, 3, 6, 7), 4, Rules("-/")),  # where some plays get stuck before the last number
    ((2, 2, 2, 2), 8, Rules()),
]


@pytest.mark.parametrize(("numbers", "goal", "rules"), MOST)
def test_every_count_is_met_up_to_the_most_that_there_can_be(numbers: tuple[int, ...], goal: int, rules: Rules) -> None:
    # No run can have more dead ends than there are plays that lose, since it takes no move again from where it stands.
    game, puzzle = Countdown(rules), Puzzle(numbers, goal, rules)
    most = losing_plays(state_of(numbers), goal, Plain(rules.operations, rules.use_all, rules.values))
    for backtracks in range(most + 1):
        check_run(game, puzzle, backtracks, Draws(backtracks))
    assert assemble(game, game.start(puzzle), Asked(most + 1), Draws(1)) is None


def test_one_two_three_to_six_loses_twenty_plays() -> None:
    start = state_of((1, 2, 3))
    assert (plays(start, Plain(), 2), winning_plays(start, 6, Plain()), losing_plays(start, 6, Plain())) == (25, 5, 20)


ROWS = 10_000 if FULL else 300
TABLE = [(4, b) for b in (1, 5, 10, 20, 45, 100)] + [(5, b) for b in (1, 10, 45)]  # as the design has it
KINDS = {
    "two": {"exhausted": (3, 0)},
    "three": {"exhausted": (14, 1)},
    "bounded": {"bounded": 4},
    "aside": {"set_aside": 5},
    "all": {"exhausted": (2, 0), "bounded": 3, "set_aside": 4},
    "remarks": {"subgoals": 0.2, "checks": 0.5},
}


@pytest.mark.parametrize(("numbers", "backtracks"), TABLE)
def test_every_promised_number_of_steps_is_met_exactly(numbers: int, backtracks: int) -> None:
    space = PuzzleSpace(PuzzleSpec(count=numbers, capacity=max(12, backtracks)), Rules(), seed=4)
    promised = steps(numbers, backtracks)
    for i in range(max(20, ROWS // len(TABLE) // (1 + backtracks // 20))):
        wanted = (promised[0], promised[-1], Draws(i).choice(promised))[i % 3]
        check_asked(space.game, space.puzzle("train", i), Asked(backtracks, wanted), Draws("steps", i))


@pytest.mark.parametrize("kinds", KINDS)
@pytest.mark.parametrize("numbers", [4, 5])
def test_dead_ends_of_every_kind_are_as_many_as_asked(numbers: int, kinds: str) -> None:
    backtracks = 70 if kinds == "three" else 22
    space = PuzzleSpace(PuzzleSpec(count=numbers, capacity=backtracks), Rules(), seed=6)
    asked = Asked(backtracks, **KINDS[kinds])  # type: ignore[arg-type]
    for i in range(max(15, ROWS // 60)):
        trace = check_asked(space.game, space.puzzle("train", i), asked, Draws("kinds", i))
        whys = [event.why for event in trace if event.kind == "dead_end"]
        exhausted = [space.game.left(e.state) for e in trace if e.why == "exhausted"]
        assert (exhausted.count(1), exhausted.count(2)) == asked.exhausted
        assert sum(why in BOUNDS for why in whys) == asked.bounded
        assert whys.count("set_aside") == asked.set_aside
        assert whys.count("missed") == asked.missed
        tries = count(trace, "try")
        assert count(trace, "subgoal") == round(asked.subgoals * tries)
        assert count(trace, "check") == round(asked.checks * tries)


def test_live_states_are_set_aside_like_dead_ones() -> None:
    """The share is shown by ``benchmarks/dials/region.py``; were it 0, the policy would have seen the oracle."""
    space = PuzzleSpace(PuzzleSpec(capacity=20), Rules(), seed=8)
    live = aside = 0
    for i in range(100):
        trace = check_asked(space.game, space.puzzle("train", i), Asked(20, set_aside=8), Draws("aside", i))
        states = [event.state for event in trace if event.why == "set_aside"]
        aside += len(states)
        live += sum(space.game.live(state) for state in states)
    assert aside == 800 and 0 < live < aside


@pytest.mark.parametrize("depth", [(1, 1), (2, 2), (3, 3), (2, 3)])
def test_dead_ends_lie_as_deep_as_asked(depth: tuple[int, int]) -> None:
    space = PuzzleSpace(PuzzleSpec(capacity=20), Rules(), seed=9)
    for i in range(60):
        puzzle = space.puzzle("train", i)
        trace = check_asked(space.game, puzzle, Asked(2, depth=depth), Draws("depth", i))
        path = [space.game.start(puzzle), *(event.state for event in winning_path(trace))]
        stack = path[:1]
        for event in trace:
            if event.kind == "try":
                stack.append(event.state)
            elif event.kind == "backtrack":
                del stack[max(k for k, state in enumerate(stack[:-1]) if state == event.state) + 1 :]
            elif event.kind == "dead_end":
                common = next(k for k in range(len(stack)) if stack[k] != path[k])
                assert depth[0] <= len(stack) - common <= depth[1]


def test_what_gets_stuck_too_soon_is_not_deep_enough() -> None:
    rules = Rules("/")
    space = PuzzleSpace(PuzzleSpec(count=4, numbers=Range(1, 24), target=Range(0, 30), capacity=2), rules, seed=9)
    found = 0
    for i in range(40):
        start = space.game.start(space.puzzle("train", i % space.capacity("train")))
        if trace := assemble(space.game, start, Asked(1, depth=(3, 3)), Draws(i)):
            found += 1
            assert [event.kind for event in trace[:4]] == ["try", "try", "try", "dead_end"]
    assert found


def test_a_run_by_chance_alone_is_honest_and_says_when_it_stops() -> None:
    game = Countdown(Rules())
    ended = set()
    for i in range(200):
        puzzle = Puzzle((2, 3, 8), 10) if i % 2 else Puzzle((10, 40, 58, 82), 560)
        trace = run(depth_first, Blind(puzzle.rules), game.start(puzzle), Draws(i), budget=30)
        ended.add(trace[-1].kind)
        assert trace[-1].kind in ("found", "stop") and count(trace, "try") <= 30
        if trace[-1].kind == "found":
            assert check_procedure(*row_of(game, puzzle, trace)) == []
        else:
            assert trace[-1].value == count(trace, "try")
    assert ended == {"found", "stop"}


def test_a_dead_start_has_no_run() -> None:
    with pytest.raises(ValueError):
        assemble(Countdown(Rules()), State((1, 2, 3), 100), Asked(2), Draws(1))


def test_a_run_depends_on_its_draws_alone() -> None:
    puzzle = Puzzle((2, 3, 5, 7), 41)
    warm = Countdown(Rules())
    first = [assemble(warm, warm.start(puzzle), Asked(6), Draws(seed)) for seed in range(20)]
    again = [assemble(game, game.start(puzzle), Asked(6), Draws(seed)) for seed in range(20) for game in [Countdown(Rules())]]
    assert first == again
    assert len({str(trace) for trace in first}) == 20


# The replay itself: each defect that is planted in an honest row is found, and named.

Defect = Callable[[list[Row]], object]


def event(events: list[Row], kind: str, nth: int = 0) -> Row:
    return [e for e in events if e["kind"] == kind][nth]


def swap_states(events: list[Row]) -> None:
    """Return to a state that is not of this path."""
    event(events, "backtrack")["state"] = "1, 2, 3, 4"


def return_to_itself(events: list[Row]) -> None:
    event(events, "backtrack")["state"] = event(events, "dead_end")["state"]


def try_again(events: list[Row]) -> None:
    """Behind the first return, go the whole way once more that it came back from."""
    back = events.index(event(events, "backtrack"))
    here = [i for i, e in enumerate(events[:back]) if e["state"] == events[back]["state"]]
    events[back + 1 : back + 1] = copy.deepcopy(events[here[0] + 1 if here else 0 : back + 1])


def early_dead_end(events: list[Row]) -> None:
    at = next(i for i, e in enumerate(events) if e["kind"] == "try" and ", " in e["state"])
    events.insert(at + 1, {**events[at], "kind": "dead_end", "move": "", "why": "missed"})


DEFECTS: dict[str, tuple[Defect, str]] = {
    "false result": (lambda e: event(e, "try").update(move="82 * 10 = 821"), "is not true or not allowed"),
    "foreign number": (lambda e: event(e, "try").update(move="83 * 10 = 830"), "not both in the state"),
    "one number twice": (lambda e: event(e, "try").update(move="82 + 82 = 164"), "not both in the state"),
    "wrong state": (lambda e: event(e, "try").update(state="40, 59, 820"), "is not what the move leaves"),
    "return elsewhere": (swap_states, "returns to no earlier state"),
    "return to itself": (return_to_itself, "returns to no earlier state"),
    "no return": (lambda e: e.remove(event(e, "backtrack")), "needs one backtrack"),
    "two returns": (lambda e: e.insert(e.index(event(e, "backtrack")), event(e, "backtrack")), "needs one backtrack"),
    "no dead end": (lambda e: e.remove(event(e, "dead_end")), "needs one backtrack"),
    "early dead end": (early_dead_end, "there are moves left"),
    "tried again": (try_again, "was tried before"),
    "unknown reason": (lambda e: event(e, "dead_end").update(why="bounded"), "is no known reason"),
    "not found": (lambda e: e.pop(), "does not end in found"),
    "found too soon": (lambda e: e.insert(1, event(e, "found")), "the goal is not reached"),
    "goes on": (lambda e: e.append(e[0]), "comes after found"),
    "dead end at the goal": (lambda e: e[-1].update(kind="dead_end", why="missed"), "the goal is reached here"),
    "wrong span": (lambda e: event(e, "try").update(start=0, end=5), "the text does not say"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_replay_finds_a_planted_defect(defect: str) -> None:
    puzzle, game = Puzzle((10, 40, 58, 82), 560), Countdown(Rules())
    honest = next(
        trace
        for seed in range(10_000)
        if (trace := assemble(game, game.start(puzzle), Asked(5), Draws(seed)))
        and game.say_move(trace[0].move) == "82 * 10 = 820"
    )
    row, text = row_of(game, puzzle, honest)
    assert check_procedure(row, text) == []
    plant, words = DEFECTS[defect]
    broken = copy.deepcopy(row)
    plant(broken["events"])
    assert any(words in problem for problem in check_procedure(broken, text)), check_procedure(broken, text)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("40 * (82 - 58 + 10)", "the goal is"),
        ("560", "uses the numbers"),
        ("40 * 14", "uses the numbers"),
        ("(58 - 82 + 10 + 0) * 40 * (0 - 1)", "uses the numbers"),
        ("40 * ((82 - 58) - 10", "is no expression"),
        ("(58 + 10 - 82) * (0 - 40)", "against the rules"),
        ("max(560, 1)", "is no plain expression"),
    ],
)
def test_the_replay_finds_a_wrong_answer(answer: str, words: str) -> None:
    puzzle, game = Puzzle((10, 40, 58, 82), 560), Countdown(Rules())
    trace = assemble(game, game.start(puzzle), Asked(2), Draws(1))
    assert trace is not None
    row, text = row_of(game, puzzle, trace)
    problems = check_procedure({**row, "answer": answer}, text.replace(row["answer"], answer))
    assert any(words in problem for problem in problems), problems


def test_a_goal_that_was_passed_by_is_found() -> None:
    rules = {"operations": "+-*/", "use_all": False, "values": "natural"}
    text = "4 + 3 = 7 | 1, 7\n7 * 1 = 7 | 7\n7! 4 + 3"
    events = [
        {"kind": "try", "move": "4 + 3 = 7", "state": "1, 7", "why": "", "value": "", "start": 0, "end": 16},
        {"kind": "try", "move": "7 * 1 = 7", "state": "7", "why": "", "value": "", "start": 17, "end": 30},
        {"kind": "found", "move": "", "state": "7", "why": "", "value": "", "start": 31, "end": 33},
    ]
    row = {"numbers": [1, 3, 4], "target": 7, "rules": rules, "events": events, "answer": "4 + 3"}
    assert check_procedure(row, text) == ["event 1 (try): the goal was reached before"]
    events[1:2] = []
    events[1]["state"] = "1, 7"
    assert check_procedure(row, text) == []


class Ladder:
    """A game of steps of one and of two to the top, where every play wins."""

    def __init__(self, top: int) -> None:
        self.top = top

    def moves(self, state: int) -> dict[int, int]:
        return {state + step: step for step in (1, 2) if state + step <= self.top}

    def play(self, state: int, move: int) -> int:
        return state + move

    def solved(self, state: int) -> bool:
        return state == self.top

    def left(self, state: int) -> int:
        return self.top - state

    def win(self, state: int, draws: Draws) -> list[int]:
        return [1] * (self.top - state)


def test_where_every_play_wins_no_place_is_looked_at_again_and_again() -> None:
    game: Any = Ladder(200)  # of 10^41 plays
    assert assemble(game, 0, Asked(1), Draws("ladder")) is None
