"""Graph colouring against brute force, chromatic polynomials, and the published numbers of graphs."""

from collections.abc import Iterable
from itertools import combinations, permutations

import pytest
from conftest import FULL
from filling import (
    game_levels,
    hold_answers,
    hold_defects,
    hold_junk,
    hold_odd_puzzles,
    hold_to_brute_force,
    hold_traces,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from replays import drawn

from gamegen.games.assignment import Filling
from gamegen.games.canonical import canonical
from gamegen.games.checking import check
from gamegen.games.colouring import Colouring, ColouringPuzzle

GRAPHS = {2: 2, 3: 4, 4: 11, 5: 34, 6: 156}  # up to the names of their vertices, OEIS A000088
PETERSEN = [
    (1, 2),
    (2, 3),
    (3, 4),
    (4, 5),
    (5, 1),
    (6, 8),
    (8, 10),
    (10, 7),
    (7, 9),
    (9, 6),
    *((i, i + 5) for i in range(1, 6)),
]
quick = settings(deadline=None, derandomize=True, max_examples=80)
State = Filling[ColouringPuzzle]


def rule(puzzle: ColouringPuzzle, values: tuple[int, ...]) -> bool:
    return not any(values[i - 1] == values[k - 1] != 0 for i, k in puzzle.edges)


def graph(vertices: int, edges: Iterable[tuple[int, int]], colours: int = 3, values: tuple[int, ...] = ()) -> ColouringPuzzle:
    return ColouringPuzzle(colours, tuple(sorted((min(e), max(e)) for e in edges)), values or (0,) * vertices)


def colourings(puzzle: ColouringPuzzle) -> int:
    levels = game_levels(Colouring(), puzzle)
    return len(levels[-1]) if 0 not in next(iter(levels[-1])) else 0


def cycle(n: int) -> list[tuple[int, int]]:
    return [(i, i % n + 1) for i in range(1, n + 1)]


@pytest.mark.parametrize("k", [2, 3, 4])
def test_known_graphs_have_as_many_colourings_as_their_chromatic_polynomials_say(k: int) -> None:
    for n in range(3, 9):
        assert colourings(graph(n, cycle(n), k)) == (k - 1) ** n + (-1) ** n * (k - 1)
        trees = ([(i, i + 1) for i in range(1, n)], [(1, i) for i in range(2, n + 1)], [(i // 2, i) for i in range(2, n + 1)])
        for tree in trees:
            assert colourings(graph(n, tree, k)) == k * (k - 1) ** (n - 1)
    for n in range(2, 7):
        falling = 1
        for i in range(n):
            falling *= max(k - i, 0)
        assert colourings(graph(n, combinations(range(1, n + 1), 2), k)) == falling


def test_the_petersen_graph_has_120_colourings_in_three_colours_and_none_in_two() -> None:
    assert colourings(graph(10, PETERSEN)) == 120 and colourings(graph(10, PETERSEN, 2)) == 0


def test_a_triangle_by_hand() -> None:
    levels = game_levels(Colouring(), graph(3, cycle(3), 3, (0, 2, 0)))
    assert levels == [{(0, 2, 0)}, {(1, 2, 0), (3, 2, 0)}, {(1, 2, 3), (3, 2, 1)}]
    assert not Colouring().moves(Filling(graph(3, cycle(3), 2), (1, 2, 0)))


@pytest.mark.parametrize("vertices", Colouring.sizes)
def test_puzzles_are_those_of_brute_force(vertices: int) -> None:
    game = Colouring(vertices)
    check(game)
    puzzles = drawn(game, 200, "brute")
    assert 0.4 <= sum(game.live(game.start(puzzle)) for puzzle in puzzles) / 200 <= 0.9
    few = puzzles[: {4: 200, 5: 100, 6: 40, 7: 12, 8: 4}[vertices] * (10 if FULL else 1)]
    for puzzle in [puzzle for puzzle in few if hold_to_brute_force(game, puzzle, rule)]:
        hold_answers(game, puzzle, rule)
    for puzzle in puzzles[:50]:
        hold_defects(game, puzzle, rule)


@pytest.mark.parametrize("k", [2, 4])
def test_other_numbers_of_colours_are_those_of_brute_force(k: int) -> None:
    game = Colouring(5)
    solvable = [hold_to_brute_force(game, graph(5, puzzle.edges, k), rule) for puzzle in drawn(game, 60 if FULL else 20, k)]
    assert (k > 2) in solvable


@pytest.mark.parametrize(("vertices", "step"), [(4, 1), (5, 1 if FULL else 9)])
def test_no_two_numbers_are_the_same_puzzle(vertices: int, step: int) -> None:
    game = Colouring(vertices)
    puzzles = [puzzle for puzzle in map(game.puzzle, range(0, len(game), step)) if puzzle]
    assert len(set(puzzles)) == len(puzzles) > 100


@pytest.mark.parametrize("vertices", [2, 3, 4, 5, *([6] if FULL else [])])
def test_there_are_as_many_keys_of_graphs_as_graphs(vertices: int) -> None:
    pairs = list(combinations(range(1, vertices + 1), 2))
    every = [[pair for i, pair in enumerate(pairs) if k >> i & 1] for k in range(1 << len(pairs))]
    assert len({Colouring().key(Colouring().start(graph(vertices, edges))) for edges in every}) == GRAPHS[vertices]


def renamed(state: State, vertices: tuple[int, ...], colours: tuple[int, ...]) -> State:
    """Vertex i becomes vertices[i], colour c becomes colours[c]."""
    values, given = [0] * len(vertices), [0] * len(vertices)
    for i, place in enumerate(vertices):
        values[place] = colours[state.values[i]]
        given[place] = colours[state.puzzle.given[i]]
    edges = [(vertices[i - 1] + 1, vertices[k - 1] + 1) for i, k in state.puzzle.edges]
    return Filling(graph(len(vertices), edges, state.puzzle.colours, tuple(given)), tuple(values))


@st.composite
def states(draw: st.DrawFn, low: int = 2, high: int = 8) -> State:
    n = draw(st.integers(low, high))
    edges = draw(st.sets(st.sampled_from(list(combinations(range(1, n + 1), 2)))))
    values = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    return Filling(graph(n, edges), tuple(values))


@quick
@given(states(), st.permutations(range(8)), st.permutations([1, 2, 3]))
def test_the_key_is_that_of_the_graph_with_other_names(state: State, order: list[int], colours: list[int]) -> None:
    vertices = tuple(i for i in order if i < len(state.values))
    assert Colouring().key(state) == Colouring().key(renamed(state, vertices, (0, *colours)))


@pytest.mark.parametrize(
    "edges",
    [
        cycle(8),
        [(i, k) for i in range(1, 5) for k in range(5, 9)],
        [(1, 2), (3, 4), (5, 6), (7, 8)],
        [(i, k) for i, k in combinations(range(1, 9), 2) if bin((i - 1) ^ (k - 1)).count("1") == 1],  # a cube
        [*cycle(4), *((i + 4, k + 4) for i, k in cycle(4))],
    ],
)
def test_graphs_in_which_all_vertices_look_alike_have_one_key(edges: list[tuple[int, int]]) -> None:
    state = Colouring().start(graph(8, edges))
    orders = [tuple(sorted(range(8), key=lambda i: (i * step + i * i) % 11 * 8 + i)) for step in range(1, 8)]
    assert len({Colouring().key(renamed(state, order, (0, 1, 2, 3))) for order in orders}) == 1


def least(state: State) -> tuple[object, ...]:
    """The least of all renamings."""
    n = len(state.values)
    every = (renamed(state, order, (0, *colours)) for order in permutations(range(n)) for colours in permutations((1, 2, 3)))
    return min((other.values, other.puzzle.edges) for other in every)


@settings(deadline=None, derandomize=True, max_examples=400 if FULL else 60)
@given(states(3, 4), states(3, 4))
def test_keys_are_equal_just_where_a_renaming_makes_the_states_equal(one: State, other: State) -> None:
    assert (Colouring().key(one) == Colouring().key(other)) == (least(one) == least(other))


def test_states_of_four_vertices_have_as_many_keys_as_classes() -> None:
    pairs = list(combinations(range(1, 5), 2))
    classes: dict[str, set[object]] = {}
    for k in range(1 << len(pairs)):
        for values in ((0, 0, 0, 0), (1, 0, 0, 0), (1, 1, 0, 0), (1, 2, 0, 0), (1, 2, 1, 0), (0, 2, 3, 3)):
            state = Filling(graph(4, [pair for i, pair in enumerate(pairs) if k >> i & 1]), values)
            classes.setdefault(Colouring().key(state), set()).add(least(state))
    assert all(len(found) == 1 for found in classes.values())
    assert len(set().union(*classes.values())) == len(classes) > 50


@quick
@given(st.integers(1, 4), st.data())
def test_the_canonical_form_of_a_table_is_the_same_in_every_order(n: int, data: st.DataObject) -> None:
    table = data.draw(st.lists(st.lists(st.integers(0, 2), min_size=n, max_size=n), min_size=n, max_size=n))
    forms = {canonical([[table[i][k] for k in order] for i in order]) for order in permutations(range(n))}
    assert len(forms) == 1
    (form,) = forms
    assert any(form == tuple(table[i][k] for i in order for k in order) for order in permutations(range(n)))


def test_junk_is_refused() -> None:
    for puzzle in (*drawn(Colouring(4), 2, "junk"), graph(3, [(1, 3)], 4, (4, 0, 0))):
        hold_junk(Colouring(), puzzle)
        hold_odd_puzzles(Colouring(), puzzle)


def test_traces_are_true_event_by_event() -> None:
    hold_traces(Colouring(), rule)
