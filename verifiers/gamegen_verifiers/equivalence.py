"""Which answers to a puzzle are the same solution: the same rational function of the given numbers.

Commuted and regrouped expressions are *equivalent*, and so are those that only use equal numbers in each other's place. That
two expressions have the same value says nothing: all solutions have it.

>>> distinct(Puzzle((2, 3, 4), 14), ["(3 + 4) * 2", "2 * (4 + 3)", "3 * 4 + 2", "2 + 2 * 6"])
['(3 + 4) * 2', '3 * 4 + 2']
"""

from collections.abc import Iterable
from itertools import islice

from gamegen.games.countdown import Puzzle
from gamegen_verifiers.algebra import Function, assignments, function, same_function, symbols
from gamegen_verifiers.answers import judge_tree
from gamegen_verifiers.expression import Tree, parse
from gamegen_verifiers.grounding import MOST_ASSIGNMENTS, point

Places = tuple[int, ...]


def distinct(puzzle: Puzzle, answers: Iterable[str]) -> list[str]:
    """The correct ones among the answers, each class of equivalent ones once, by its first."""
    classes: list[tuple[str, Tree, dict[int, Places]]] = []
    for answer in answers:
        tree = parse(answer).tree
        if tree is None or judge_tree(puzzle, tree).answer != "correct":
            continue
        points = _points(puzzle, tree)
        if not any(_equivalent(puzzle, tree, points, other, known) for _, other, known in classes):
            classes.append((answer, tree, points))
    return [answer for answer, _, _ in classes]


def _points(puzzle: Puzzle, tree: Tree) -> dict[int, Places]:
    """The point of the expression for each way to say which of equal numbers is meant, with that way."""
    found: dict[int, Places] = {}
    for places in islice(assignments(tree, puzzle.numbers), MOST_ASSIGNMENTS):
        at = point(tree, iter(places))
        if at is not None:
            found.setdefault(at, places)
    return found


def _equivalent(puzzle: Puzzle, one: Tree, points: dict[int, Places], other: Tree, known: dict[int, Places]) -> bool:
    """Whether two expressions agree at a point, and then as functions."""
    names = symbols(len(puzzle.numbers))

    def written(tree: Tree, places: Places) -> Function | None:
        return function(tree, [names[place] for place in places])

    common = points.keys() & known.keys()
    return any(same_function(written(one, points[at]), written(other, known[at])) for at in common)
