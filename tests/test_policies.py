"""Policies that are run: each event follows from the page and chance, every row is honest, and a run that stops says so.

GAMEGEN_FULL=1 makes 10,000 rows of each policy; otherwise 30.
"""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from brute import check_procedure
from conftest import FULL, read
from test_styles import told

from gamegen import GamegenError, SpecError, generate, load, row
from gamegen.build import plan
from gamegen.corpus import Maker
from gamegen.games.countdown import HEURISTICS, Countdown, Puzzle, Rules, State
from gamegen.policies import ORDERS, Policy, run
from gamegen.puzzles import PuzzleSpace
from gamegen.rng import Draws, hash64
from gamegen.spec import PuzzleSpec, from_dict
from gamegen.trace import Event, count, winning_path
from gamegen_verifiers import verify

ROWS = 10_000 if FULL else 30
STYLES = ("plain", "prose", "ledger", "dialogue")
SOUND_ARMS = ("procedure", "solution_only", "verbose", "answer_only", "no_cot")
HEURISTIC_NAMES = (*HEURISTICS, "chance")


class Blind:
    """A board that shows the rules of the game and nothing of its oracle; ``unique`` gives no two states the same value."""

    def __init__(self, rules: Rules) -> None:
        game = Countdown(rules)
        self.moves, self.solved = game.moves, game.solved
        self.heuristics: dict[str, Callable[[Any], Any]] = {**HEURISTICS, "unique": lambda state: hash64(str(state))}


def maker(policy: str, *settings: str, arms: str = "procedure") -> Maker:
    return Maker(load(settings=[f"trace.policy={policy}", f"arms=[{arms}]", *settings]))


def text_of(row: dict[str, Any]) -> str:
    text = row["completion"][0]["content"]
    assert isinstance(text, str)
    return text


# What follows from the page, worked out again from the events alone: every open pair is looked at, at every step.

Place = tuple[int, int]  # how deep it lies, and the discrepancies on the way


def open_pairs(
    name: str, width: int | None, board: Blind, reached: dict[Any, Place], taken: Counter[int]
) -> dict[tuple[Any, Any], tuple[Any, int]]:
    """The open pairs, each a place and a child, with its key and its discrepancies."""
    found: dict[tuple[Any, Any], tuple[Any, int]] = {}
    for since, (state, (depth, off)) in enumerate(reached.items()):
        if width is not None and taken[depth] == width:
            continue
        value = board.heuristics["unique"]
        children = sorted(board.moves(state), key=value)
        for rank, child in enumerate(children):
            if child in reached:
                continue
            away = off + bool(rank)
            key = {
                "greedy_depth_first": (-depth, rank),
                "limited_discrepancy": (away, -depth, -since, rank),
                "beam": (depth, value(child)),
                "best_first": (value(child), -depth),
            }[name]
            found[state, child] = key, away
    return found


def check_follows(policy: Policy, board: Blind, start: Any, trace: list[Event]) -> None:
    """Each event of the trace is the one that follows from those before it; a child of two places may come from either."""
    reached, taken, dead = {start: (0, 0)}, Counter[int](), set[Any]()
    here, events = start, iter(trace)
    while not board.solved(here):
        steps = len(reached) - 1
        pairs = open_pairs(policy.name, policy.width, board, reached, taken) if steps < policy.budget else {}
        children = set(board.moves(here))
        why = "missed" if not children else "exhausted" if children <= dead else "set_aside"
        if not pairs:
            if why != "set_aside":
                assert next(events) == Event("dead_end", here, None, why)
            assert next(events) == Event("stop", here, None, "", steps)
            break
        event, place = next(events), here
        if event.kind == "dead_end":
            assert event == Event("dead_end", here, None, why)
            dead |= {here} if why != "set_aside" else set()
            back, event = next(events), next(events)
            place = back.state
            assert back == Event("backtrack", place) and place != here
        child = event.state
        assert event == Event("try", child, board.moves(place)[child])
        key, away = pairs[place, child]
        assert key == min(key for key, _ in pairs.values())
        taken[reached[place][0]] += 1
        reached[child] = reached[place][0] + 1, away
        here = child
    else:
        assert next(events) == Event("found", here)
    assert next(events, None) is None


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("numbers", [3, 4, 5, 6])
def test_each_event_follows_from_the_page(name: str, numbers: int) -> None:
    """A heuristic that tells all states apart leaves nothing to chance, so the whole run can be foretold."""
    space = PuzzleSpace(PuzzleSpec(count=numbers), Rules(), seed=5)
    ended = set()
    for i in range(12 if numbers < 5 else 3):
        puzzle, budget = space.puzzle("train", i), (40, 7, 200)[i % 3] if numbers < 6 else 40
        policy = Policy(name, "unique", budget, (1, 4, 12)[i % 3] if name == "beam" else None)
        board = Blind(puzzle.rules)
        trace = run(policy, board, space.game.start(puzzle), Draws(i))
        check_follows(policy, board, space.game.start(puzzle), trace)
        ended.add(trace[-1].kind)
    assert "stop" in ended or numbers == 3


@pytest.mark.parametrize("name", ORDERS)
def test_no_run_sees_the_oracle(name: str) -> None:
    """A board without one makes the run of the corpus, event by event; and what is set aside is live or dead as it comes."""
    made = maker(name, "trace.budget=60", "trace.heuristic=chance")
    live = aside = 0
    for i in range(ROWS):
        puzzle, trace = made.run("train", i).puzzle, made.run("train", i).trace
        blind = Blind(puzzle.rules)
        assert made.policy is not None
        assert run(made.policy, blind, made.game.start(puzzle), Draws(0, "train", i, "search")) == trace
        states = [event.state for event in trace if event.why == "set_aside"]
        aside += len(states)
        live += sum(made.game.live(state) for state in states)
    assert name == "greedy_depth_first" or 0 < live < aside


@pytest.mark.parametrize("heuristic", HEURISTIC_NAMES)
@pytest.mark.parametrize("name", ORDERS)
def test_the_best_by_the_heuristic_comes_first(name: str, heuristic: str) -> None:
    """Where chance decides between equals too: no open pair that comes before the chosen one has a better value."""
    space = PuzzleSpace(PuzzleSpec(), Rules(), seed=6)
    for i in range(6):
        puzzle = space.puzzle("train", i)
        board, policy = Blind(puzzle.rules), Policy(name, heuristic, 80, 6 if name == "beam" else None)
        trace = run(policy, board, space.game.start(puzzle), Draws(i))
        assert trace == run(policy, board, space.game.start(puzzle), Draws(i))
        if heuristic == "chance" or name == "limited_discrepancy":
            continue
        value, reached, here = board.heuristics[heuristic], {space.game.start(puzzle): 0}, space.game.start(puzzle)
        taken: Counter[int] = Counter()
        for event in trace:
            if event.kind == "try":
                pairs = [
                    (depth, value(child))
                    for state, depth in reached.items()
                    for child in board.moves(state)
                    if child not in reached and (policy.width is None or taken[depth] < policy.width)
                ]
                chosen = reached[here], value(event.state)
                order = {
                    "best_first": lambda p: (p[1], -p[0]),
                    "beam": lambda p: p,
                    "greedy_depth_first": lambda p: (-p[0], p[1]),
                }
                assert order[name](chosen) == min(map(order[name], pairs))
                taken[reached[here]] += 1
                reached[event.state] = reached[here] + 1
            here = event.state


def check_row(row: dict[str, Any], budget: int, width: int | None = None) -> str:
    """The grade of a row whose every statement was found to be true, by two checkers."""
    text, verdict = text_of(row), row["verdict"]
    assert check_procedure(row, text) == [], text
    assert verdict["first_error"] == -1 and verdict["recall"] == 1.0 and verdict["procedure"]["sound_share"] == 1.0
    puzzle = Puzzle(tuple(row["numbers"]), row["target"], Rules(**row["rules"]))
    steps = [told(step) for step in verify(puzzle, text).reading if step.kind != "given"]
    assert [(s["kind"], s["why"], s["start"], s["end"]) for s in steps] == [
        (e["kind"], e["why"], e["start"], e["end"]) for e in row["events"]
    ]
    tries = sum(event["kind"] == "try" for event in row["events"])
    assert tries == row["achieved"]["steps"] <= budget
    assert row["achieved"]["backtracks"] == sum(event["kind"] == "backtrack" for event in row["events"])
    if row["events"][-1]["kind"] == "found":
        assert (verdict["answer"], verdict["grade"], verdict["reasons"]) == ("correct", "verified", [])
    else:
        assert (verdict["answer"], verdict["grade"], verdict["reasons"]) == ("missing", "unsolved", ["no answer"])
        assert row["events"][-1]["value"] == str(tries)
        assert tries == budget if width is None else tries <= width * (len(row["numbers"]) - 1)
        assert "no solution" not in text and "<answer>" not in text and "boxed" not in text
    grade: str = verdict["grade"]
    return grade


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("style", STYLES)
def test_every_row_is_honest_in_every_style(name: str, style: str) -> None:
    grades: Counter[str] = Counter()
    made = maker(name, f"style.name={style}", "trace.budget=60", "trace.heuristic=factors")
    for i in range(-(-ROWS // len(STYLES))):
        row = made.rows("train", i)["procedure"]
        assert row["requested"] == {"policy": name, "backtracks": None, "steps": None, "density": None, "tokens": None}
        grades[check_row(row, 60, 20 if name == "beam" else None)] += 1
    assert grades["verified"] and grades["unsolved"]


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize(("numbers", "budget"), [(3, 60), (4, 200), (5, 400), (6, 400)])
def test_puzzles_of_every_size_are_solved(name: str, numbers: int, budget: int) -> None:
    width = 60 if name == "beam" else None
    widened = [f"trace.width={width}"] if width else []
    made = maker(name, f"puzzles.count={numbers}", f"trace.budget={budget}", "trace.heuristic=sum", *widened)
    solved = [check_row(made.rows("train", i)["procedure"], budget, width) for i in range(12)].count("verified")
    assert solved == 12 if numbers == 3 else solved


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize(
    "rules",
    [
        Rules(values="integer"),
        Rules(values="rational"),
        Rules(values="integer", use_all=False),
        Rules("-*/", values="rational", use_all=False),
        Rules("-/"),
    ],
    ids=str,
)
def test_a_run_is_honest_under_other_rules(name: str, rules: Rules) -> None:
    puzzles = {"count": 4, "numbers": [1, 12], "target": [-20, 60], "capacity": 3}
    plain = {"operations": rules.operations, "use_all": rules.use_all, "values": rules.values}
    for k, heuristic in enumerate(HEURISTIC_NAMES):
        trace = {"policy": name, "heuristic": heuristic, "budget": 30}
        made = Maker(from_dict({"rules": plain, "puzzles": puzzles, "trace": trace, "arms": ["procedure"]}))
        for i in range(min(5, made.space.capacity("train"))):
            check_row(made.rows("train", i + 5 * k if made.space.capacity("train") > 20 else i)["procedure"], 30, 20)


@pytest.mark.parametrize("budget", [1, 2, 3, 17])
def test_a_budget_is_kept_to_the_step(budget: int) -> None:
    for name in ("greedy_depth_first", "limited_discrepancy", "best_first"):
        made = maker(name, f"trace.budget={budget}", "trace.heuristic=chance")
        rows = [made.rows("train", i)["procedure"] for i in range(20)]
        assert "unsolved" in [check_row(row, budget) for row in rows]


def test_a_beam_takes_its_width_of_every_level_and_stops() -> None:
    for i in range(20):
        trace = maker("beam", "trace.width=3").run("train", i).trace
        levels = Counter(len(event.state.numbers) for event in trace if event.kind == "try")  # type: ignore[attr-defined]
        assert all(levels[size] == 3 for size in (3, 2))
        assert levels[1] == 3 or trace[-1].kind == "found"


def test_a_search_without_end_is_whole() -> None:
    """No state is reached twice, and with steps enough the goal is found; where there is none, all was looked at."""
    game = Countdown(Rules())
    for name in set(ORDERS) - {"beam"}:
        assert run(Policy(name, "sum", 10_000), game, State((3, 5, 7, 9), 24), Draws(1))[-1].kind == "found"
        trace = run(Policy(name, "sum", 10_000), game, State((1, 2, 3), 1000), Draws(1))
        states = {child for state in game.moves(State((1, 2, 3), 1000)) for child in (state, *game.moves(state))}
        assert {event.state for event in trace if event.kind == "try"} == states
        assert (trace[-1].kind, trace[-1].value, count(trace, "try")) == ("stop", len(states), len(states))
        assert {event.why for event in trace if event.kind == "dead_end"} >= {"missed"}


def test_heuristics_are_what_they_say() -> None:
    def factors(numbers: list[Fraction], goal: int) -> Fraction:
        if len(numbers) == 1:
            return abs(numbers[0] - goal)
        dividing = [d for d in range(2, abs(goal) + 1) if goal % d == 0] + [goal]
        return sum((min(abs(number - d) for d in dividing) for number in numbers), Fraction(0))

    draws = Draws("heuristics")
    for _ in range(500):
        goal = draws.between(-60, 400)
        some = [Fraction(draws.between(-40, 200), draws.between(1, 2)) for _ in range(draws.between(1, 6))]
        numbers = sorted(some)
        state = State(tuple(int(n) if n.denominator == 1 else n for n in numbers), goal)
        assert HEURISTICS["nearest"](state) == min(abs(n - goal) for n in numbers)
        assert HEURISTICS["sum"](state) == abs(sum(numbers) - goal)
        assert HEURISTICS["factors"](state) == factors(numbers, goal), state
    assert HEURISTICS["factors"](State((7, 999_999_000), 10**9)) == 1000 + 1
    assert all(heuristic(State((24,), 24)) == 0 for heuristic in HEURISTICS.values())


def test_the_winning_path_goes_through_states_that_were_left() -> None:
    game = Countdown(Rules())
    returns = 0
    for i in range(30):
        puzzle = Puzzle((2, 4, 5, 8), 24)
        trace = run(Policy("best_first", "chance", 1000), game, game.start(puzzle), Draws(i))
        state, path = game.start(puzzle), winning_path(trace)
        for event in path:
            state = game.play(state, event.move)
            assert state == event.state
        assert game.solved(state) and len(path) == 3
        returns += count(trace, "backtrack")
    assert returns


# Rows


@pytest.mark.parametrize("template", ["think", "boxed", "short"])
def test_the_other_arms_of_an_unsolved_row_are_solved(template: str) -> None:
    made = maker("beam", "trace.width=2", f"prompt.template={template}", arms=",".join(SOUND_ARMS))
    for i in range(20):
        rows = made.rows("train", i)
        for key in ("id", "prompt", "answer", "numbers", "target", "requested", "difficulty"):
            assert len({str(row[key]) for row in rows.values()}) == 1
        check_row(rows["procedure"], 200, 2)
        grades = {arm: row["verdict"]["grade"] for arm, row in rows.items()}
        assert grades["solution_only"] == grades["verbose"] == "verified"
        assert grades["answer_only"] == grades["no_cot"] == "thin"
        search = rows["procedure"]["achieved"]["tokens"]
        shortest = rows["solution_only"]["achieved"]["tokens"]
        assert abs(rows["verbose"]["achieved"]["tokens"] - search) <= 0.02 * search or search < shortest


def test_a_length_is_met_beside_a_policy() -> None:
    made = maker("beam", "trace.width=3", "trace.tokens=[900,1200]", "style.name=prose")
    for i in range(20):
        row = made.rows("train", i)["procedure"]
        assert abs(row["achieved"]["tokens"] - row["requested"]["tokens"]) <= 0.05 * row["requested"]["tokens"]
        check_row(row, 200, 3)


def test_a_corpus_of_a_policy_is_its_rows(tmp_path: Path) -> None:
    settings = ["trace.policy=best_first", "trace.budget=40", "arms=[procedure,answer_only]", "splits={train: 40, test: 10}"]
    spec = load(settings=settings)
    manifest = generate(spec, tmp_path / "corpus", workers=2)
    assert set(manifest["grades"]["procedure"]) == {"verified", "unsolved"}
    for split, rows in spec.splits.items():
        for arm in spec.arms:
            assert read(tmp_path / "corpus", arm, split) == [row(spec, split, i, arm) for i in range(rows)]
    card = (tmp_path / "corpus" / "README.md").read_text()
    assert "best-first search" in card and f"unsolved {manifest['grades']['procedure']['unsolved']}" in card
    puzzles = {row["id"]: (row["numbers"], row["target"]) for row in read(tmp_path / "corpus", "procedure", "train")}
    other = load(settings=["trace.backtracks=3"])
    assert all(puzzles[made["id"]] == (made["numbers"], made["target"]) for made in (row(other, "train", i) for i in range(40)))


OWN = {"user": "{numbers} {target} {rules}", "completion": "<think>{thinking}</think> <answer>{answer}</answer>"}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"trace": {"policy": "best_fist"}}, "trace.policy: 'best_fist' given; did you mean 'best_first'?"),
    ({"trace": {"policy": "beam", "heuristic": "nearer"}}, "trace.heuristic: 'nearer' given; did you mean 'nearest'?"),
    ({"trace": {"policy": "beam", "backtracks": 3}}, "trace.backtracks: 3 given beside trace.policy=beam"),
    ({"trace": {"policy": "beam", "steps": [8, 9]}}, "trace.steps: [8, 9] given beside trace.policy=beam"),
    ({"trace": {"policy": "beam", "density": 0.3}}, "trace.density: 0.3 given beside trace.policy=beam"),
    ({"trace": {"policy": "beam", "depth": 2}}, "trace.depth: 2 given beside trace.policy=beam"),
    ({"trace": {"policy": "beam", "dead_ends": {"bounded": 0.1}}}, "trace.dead_ends: shares given beside trace.policy=beam"),
    ({"trace": {"policy": "best_first", "subgoals": 0.1}}, "trace.subgoals: 0.1 given beside trace.policy=best_first"),
    ({"trace": {"policy": "best_first", "checks": 0.1}}, "trace.checks: 0.1 given beside trace.policy=best_first"),
    ({"trace": {"policy": "best_first", "width": 4}}, "trace.width: 4 given beside trace.policy=best_first"),
    (
        {"trace": {"policy": "beam", "tokens": 900, "tokens_by": "events"}},
        "trace.tokens_by: events given beside trace.policy=beam",
    ),
    ({"trace": {"policy": "beam"}, "arms": ["shuffled"]}, "arms: shuffled given beside trace.policy=beam"),
    (
        {"trace": {"policy": "beam"}, "arms": ["corrupted"], "corruptions": {"loop": {}}},
        "arms: corrupted given beside trace.policy=beam",
    ),
    ({"trace": {"policy": "beam"}, "arms": ["procedure", "fake_backtracking"]}, "arms: fake_backtracking given beside"),
    ({"trace": {"budget": 100}}, "trace.budget: 100 given beside trace.policy=depth_first"),
    ({"trace": {"heuristic": "sum"}}, "trace.heuristic: sum given beside trace.policy=depth_first"),
    ({"trace": {"policy": "beam", "budget": 0}}, "trace.budget: 0 given; 1 to 10000 is possible"),
    ({"trace": {"policy": "beam"}, "style": {"name": "equations"}}, "style.name: 'equations' given beside trace.policy=beam"),
    ({"trace": {"policy": "beam"}, "style": {"name": "stream_of_search"}}, "choose from: dialogue, ledger, plain, prose"),
    ({"trace": {"policy": "beam"}, "prompt": {"template": OWN}}, "prompt.template.unsolved: missing beside trace.policy=beam"),
    (
        {"trace": {"policy": "beam"}, "prompt": {"template": {**OWN, "unsolved": "There is no solution."}}},
        "prompt.template.unsolved: 'There is no solution.' given, which reads as declined",
    ),
    (
        {"trace": {"policy": "beam"}, "prompt": {"template": {**OWN, "unsolved": "{target} was not reached."}}},
        "prompt.template.unsolved: {target} given; it has no slots",
    ),
]


@pytest.mark.parametrize(("asked", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_does_not_go_together_is_refused_in_one_line(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError) as error:
        plan(from_dict(asked))
    assert said in str(error.value) and "\n" not in str(error.value)


def test_a_template_of_ones_own_may_say_that_it_stopped() -> None:
    template = {**OWN, "completion": "{thinking}\nMy answer: {answer}", "unsolved": "I stop here."}
    spec = from_dict({"trace": {"policy": "beam", "width": 1}, "prompt": {"template": template}, "splits": {"train": 20}})
    assert plan(spec)
    assert {row(spec, "train", i)["verdict"]["answer"] for i in range(20)} == {"missing", "correct"}
    with pytest.raises(GamegenError):
        row(spec, "train", 10**9)


# The checker itself: each defect that is planted in an honest stopped row is found.


def stopped_row() -> dict[str, Any]:
    made = maker("best_first", "trace.budget=30")
    rows = (made.rows("train", i)["procedure"] for i in range(100))
    return next(row for row in rows if row["verdict"]["grade"] == "unsolved")


PLANTED: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "no stop": (lambda row: row["events"].pop(), "does not end in found"),
    "another number": (lambda row: row["events"][-1].update(value="29"), "how many tries there were"),
    "goes on": (lambda row: row["events"].append(dict(row["events"][-1])), "comes after stop"),
    "returns to nowhere": (
        lambda row: next(e for e in row["events"] if e["kind"] == "backtrack").update(state="1, 1, 1"),
        "returns to no earlier state",
    ),
    "assembled": (lambda row: row["requested"].update(policy="depth_first"), "which its policy never does"),
}


@pytest.mark.parametrize("defect", PLANTED)
def test_the_replay_finds_what_a_stopped_run_must_not_have(defect: str) -> None:
    row = stopped_row()
    text = text_of(row)
    assert check_procedure(row, text) == []
    assert check_procedure(row, f"{text}\n<answer>{row['answer']}</answer>")
    plant, words = PLANTED[defect]
    plant(row)
    assert any(words in problem for problem in check_procedure(row, text))
