"""Graph colouring: give each vertex a colour, so that no edge joins two of the same; some vertices have theirs from the start.

Words: the *vertices* are A, B, …; an *edge* is a pair of them. The colours of a state stand in the order of the vertices.

>>> from gamegen.rng import Draws
>>> game = Colouring()
>>> start = game.start(ColouringPuzzle(3, ((1, 2), (1, 3), (2, 3), (3, 4)), (1, 2, 0, 1)))
>>> game.say_answer(start, game.win(start, Draws("doctest")))
'red green blue red'
"""

from functools import cache
from itertools import combinations, product
from typing import NamedTuple

from gamegen.game import Patterns
from gamegen.games.assignment import Assignment, Filling, Values, are_numbers
from gamegen.games.canonical import canonical
from gamegen.games.small import digits

NAMES = "ABCDEFGHIJ"
COLOURS = ("red", "green", "blue", "yellow")
USUAL_COLOURS = 3
VERTICES = range(2, len(NAMES) + 1)  # that a puzzle may have
MOST_GIVEN = 1  # colours, in the space


class ColouringPuzzle(NamedTuple):
    colours: int  # how many there are
    edges: tuple[tuple[int, int], ...]  # vertices from 1 on, ascending
    given: Values  # the colours of the vertices, 0 for none


class Colouring(Assignment[ColouringPuzzle]):
    name = "colouring"
    says = "graph colouring: colour the vertices so that no edge joins two of one colour"
    sizes, usual, counts = range(4, 9), 7, "vertices"
    capacity = 2
    Puzzle = ColouringPuzzle
    places = tuple(NAMES)
    joint = " is "
    words = ("_", *COLOURS)
    goal = "a full colouring"
    patterns = Patterns(
        rf"[{NAMES}] is (?:{'|'.join(COLOURS)})",
        rf"(?:{'|'.join(COLOURS)}|_)(?: (?:{'|'.join(COLOURS)}|_)){{1,9}}",
        goal,
    )

    def __len__(self) -> int:
        return len(_givens(self.size)) << len(_pairs(self.size))

    def puzzle(self, k: int) -> ColouringPuzzle | None:
        pairs, givens = _pairs(self.size), _givens(self.size)
        given, graph = digits(k, (len(givens), 1 << len(pairs)))
        edges = tuple(pair for i, pair in enumerate(pairs) if graph >> i & 1)
        puzzle = ColouringPuzzle(USUAL_COLOURS, edges, givens[given])
        return puzzle if self.is_sound(self.start(puzzle)) and self.is_worth_playing(puzzle) else None

    def check(self, puzzle: ColouringPuzzle) -> None:
        colours, edges, given = puzzle
        if type(colours) is not int or not 2 <= colours <= len(COLOURS):
            raise ValueError(f"{str(colours)[:40]} colours; there are 2 to {len(COLOURS)}")
        if not isinstance(given, tuple) or len(given) not in VERTICES or not are_numbers(given, range(colours + 1)):
            raise ValueError(f"{str(given)[:40]} are no colours of {VERTICES[0]} to {VERTICES[-1]} vertices")
        pairs = isinstance(edges, tuple) and all(are_numbers(edge, range(1, len(given) + 1)) for edge in edges)
        if not pairs or not set(edges) <= set(_pairs(len(given))) or list(edges) != sorted(set(edges)):
            raise ValueError(f"{str(edges)[:40]} are no edges of these vertices in ascending order")
        self.check_given(puzzle)

    def question(self, start: Filling[ColouringPuzzle]) -> str:
        colours, edges, given = start.puzzle
        names = ", ".join(COLOURS[:colours])
        joined = ", ".join(f"{NAMES[i - 1]}-{NAMES[k - 1]}" for i, k in edges) or "none"
        coloured = [f"{name} is {COLOURS[colour - 1]}" for name, colour in zip(NAMES, given, strict=False) if colour]
        already = f"From the start {', '.join(coloured)}. " if coloured else ""
        return (
            f"A graph has the vertices {', '.join(NAMES[: len(given)])} and the edges {joined}. Give each vertex one of the "
            f"colours {names}, so that no edge joins two vertices of the same colour. {already}Colour the vertices "
            f"without a colour in the order of their letters. Write a move as `C is green`, and a state as the colours in "
            f"the order of the vertices, with `_` for a vertex without one; the state at the start is "
            f"`{self.say_state(start)}`."
        )

    def given(self, puzzle: ColouringPuzzle) -> Values:
        return puzzle.given

    def options(self, puzzle: ColouringPuzzle) -> int:
        return puzzle.colours

    def fits(self, puzzle: ColouringPuzzle, values: Values, place: int, value: int) -> bool:
        return all(values[i] != value for i in _neighbours(puzzle.edges, len(values))[place])

    def key(self, state: Filling[ColouringPuzzle]) -> str:
        """Vertices stand to each other by edges and by having the same colour, whichever it is."""
        colours, vertices = state.values, range(len(state.values))
        neighbours = _neighbours(state.puzzle.edges, len(colours))
        same = [[colours[i] > 0 and colours[i] == colours[k] for k in vertices] for i in vertices]
        form = canonical([[(k in neighbours[i]) + 2 * same[i][k] for k in vertices] for i in vertices])
        return f"{self.name}/{state.puzzle.colours}/{''.join(map(str, form))}"


@cache
def _pairs(vertices: int) -> tuple[tuple[int, int], ...]:
    return tuple(combinations(range(1, vertices + 1), 2))


@cache
def _givens(vertices: int) -> tuple[Values, ...]:
    """Every way to give some vertices colours."""
    every = []
    for some in range(MOST_GIVEN + 1):
        for chosen in combinations(range(vertices), some):
            for colours in product(range(1, USUAL_COLOURS + 1), repeat=some):
                stand = dict(zip(chosen, colours, strict=True))
                every.append(tuple(stand.get(i, 0) for i in range(vertices)))
    return tuple(every)


@cache
def _neighbours(edges: tuple[tuple[int, int], ...], vertices: int) -> tuple[tuple[int, ...], ...]:
    """The neighbours of each vertex, from 0 on."""
    both = [*edges, *((k, i) for i, k in edges)]
    return tuple(tuple(k - 1 for i, k in both if i == vertex) for vertex in range(1, vertices + 1))
