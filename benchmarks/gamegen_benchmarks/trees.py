"""The search tree of a text that was judged: what the reading and its labels say, as nodes.

Words: a *node* is a state that the text came to, under the node that it came from, by the move on the edge between them;
*here* is the node where the text stands; a return goes to an earlier node, and the next move opens a *branch* there; a *leap*
leads to a state that the text never was in, as if by a return; a *mark* is what a text says of the node where it stands; a
*flaw* is the label of a statement that does not hold. The text is taken at its word, as in ``replay``, so that a tree shows
what it tells.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gamegen.corpus import Row
from gamegen_verifiers import rows
from gamegen_verifiers.algebra import allowed
from gamegen_verifiers.readers.notated import UNHEARD
from gamegen_verifiers.replay import solved
from gamegen_verifiers.steps import Claim, Step

MOST_NODES = 300  # of a tree; of a longer text the beginning is shown
VALID = "valid"
SIGNS = {"-": "−", "*": "×", "/": "÷"}


class World(NamedTuple):
    """What a tree asks of a game: its first state, how states and moves are said, what a move leads to, what a goal is."""

    start: Any
    say_state: Callable[[Any], str]
    say_move: Callable[[Any], str]
    play: Callable[[Any, Any], Any]
    solved: Callable[[Any], bool]
    counts: Callable[[Any], bool] = lambda move: True  # whether what a sum makes is a number of the game


class Mark(NamedTuple):
    """What statement number ``statement`` says of a node; a return goes ``to`` another one, where there is such a node."""

    kind: str
    label: str
    statement: int
    why: str = ""
    to: int | None = None


@dataclass
class Node:
    """A state in a tree, by what move, of which statement, under which node; sound: all up to here holds."""

    state: Any
    parent: int | None = None
    move: Any = None
    statement: int | None = None
    label: str = VALID
    leap: bool = False
    sound: bool = True
    marks: list[Mark] = field(default_factory=list)

    @property
    def flaws(self) -> list[str]:
        """What does not hold of the move to the node, and of what is said at it."""
        return [label for label in (self.label, *(mark.label for mark in self.marks)) if label != VALID]


@dataclass
class Tree:
    """The nodes in the order of the text, the first of which is the start; ``read`` is how many statements they are of."""

    world: World
    nodes: list[Node]
    here: int = 0
    read: int = 0
    left: bool = False  # words left what was done, and no sum came since
    latest: dict[Any, int] = field(default_factory=dict)  # the latest sound node of each state

    def is_goal(self, node: Node) -> bool:
        """Whether the goal is soundly reached there."""
        return node.sound and self.world.solved(node.state)

    def path(self) -> Iterator[int]:
        """The nodes from where the text stands back to the start."""
        at: int | None = self.here
        while at is not None:
            yield at
            at = self.nodes[at].parent


def grow(world: World, steps: Sequence[Step], labels: Sequence[str]) -> Tree:
    """The tree of the statements of a text, with what the verdict says of each."""
    tree = Tree(world, [Node(world.start)], latest={world.start: 0})
    for i, (step, label) in enumerate(zip(steps, labels, strict=True)):
        if len(tree.nodes) >= MOST_NODES:
            break
        _STEPS.get(step.kind, _mark)(tree, i, step, label)
        tree.read = i + 1
    return tree


def world(item: Row) -> World:
    """The game of an item, and its first state. Raises NoRow where the item has no puzzle."""
    if played := rows.small(item):
        game: Any = played[0]
        heard = _of_what_is_heard
        return World(
            game.start(played[1]),
            heard(game.say_state, "?"),
            heard(game.say_move, "?"),
            lambda state, move: _played(game, state, move),
            heard(game.solved, False),
        )
    puzzle = rows.puzzle(item)
    start = tuple(sorted(puzzle.numbers))
    values = puzzle.rules.values
    return World(
        start, _numbers, say_claim, take, lambda state: solved(puzzle, state), lambda claim: allowed(claim.result, values)
    )


def _of_what_is_heard(ask: Callable[[Any], Any], otherwise: Any) -> Callable[[Any], Any]:
    """The question, with an answer for what the text made up, which is no state or move of the game."""
    return lambda of: otherwise if of == UNHEARD else ask(of)


def _played(game: Any, state: Any, move: Any) -> Any:
    """The state after a move of a small game; the same one, where the move cannot be made."""
    try:
        return state if UNHEARD in (state, move) else game.play(state, move)
    except ValueError:
        return state


def _numbers(state: Sequence[Any]) -> str:
    return ", ".join(map(str, state)) or "nothing"


def say_claim(claim: Claim) -> str:
    """A sum as it is written on the page.

    >>> say_claim(Claim(8, "-", 2, 6))
    '8 − 2 = 6'
    """
    a, op, b, result = claim
    return f"{a} {SIGNS.get(op, op)} {b} = {result}"


def take(state: Sequence[Any], claim: Claim) -> tuple[Any, ...]:
    """The numbers after a sum; two of them go, whichever they were.

    >>> take((2, 4, 8), Claim(8, "-", 2, 6))
    (4, 6)
    """
    rest, gone = list(state), 0
    for value in (claim.a, claim.b):
        if value in rest:
            rest.remove(value)
            gone += 1
    del rest[max(len(rest) - 2 + gone, 0) :]
    return tuple(sorted([*rest, claim.result]))


# What each kind of statement does to a tree


def _mark(tree: Tree, i: int, step: Step, label: str) -> None:
    """It says something of where it stands."""
    tree.nodes[tree.here].marks.append(Mark(step.kind, label, i, step.why))


def _leave(tree: Tree, i: int, step: Step, label: str) -> None:
    _mark(tree, i, step, label)
    tree.left = True


def _go(tree: Tree, node: Node) -> None:
    """Stand in a new node."""
    tree.nodes.append(node)
    tree.here = len(tree.nodes) - 1
    if node.sound:
        tree.latest[node.state] = tree.here


def _try(tree: Tree, i: int, step: Step, label: str) -> None:
    here = tree.nodes[tree.here]
    state = step.numbers if step.numbers is not None else tree.world.play(here.state, step.claim)
    _go(tree, Node(state, tree.here, step.claim, i, label, sound=here.sound and label == VALID))


def _return(tree: Tree, i: int, step: Step, label: str) -> None:
    """To the nearest such state on the way here, or to one that was left before; a false one stays, or leaps."""
    here, state = tree.nodes[tree.here], step.numbers or ()
    if label == VALID:
        to = next((at for at in tree.path() if at != tree.here and tree.nodes[at].state == state), tree.latest.get(state))
        here.marks.append(Mark(step.kind, label, i, to=to))
        tree.here = tree.here if to is None else to
    elif state == here.state:
        here.marks.append(Mark(step.kind, label, i, to=tree.here))
    else:
        _go(tree, Node(state, tree.here, None, i, label, leap=True, sound=False))
    tree.left = False


def _equation(tree: Tree, i: int, step: Step, label: str) -> None:
    """Of free prose: its sums, from the latest state on the way here that has their numbers, or else from where it stands."""
    place = None if step.why == "goes on" or not step.ways else _place(tree, step)
    if place is None:
        if label != VALID:
            _mark(tree, i, step, label)
    else:
        at, way = place
        if at != tree.here:
            said = "backtrack" if tree.left else "implicit_return"
            tree.nodes[tree.here].marks.append(Mark(said, VALID, i, to=at))
            tree.here = at
        _sums(tree, i, step, label, way)
    tree.left = False


Way = tuple[Claim, ...]


def _place(tree: Tree, step: Step) -> tuple[int, Way] | None:
    """The node that an equation starts from, and the way of working it out; None where it tells nothing new."""
    fits = ((at, way) for at in tree.path() for way in step.ways if _is_playable(tree.nodes[at].state, way))
    first = next(fits, None)
    if first is not None and first[0] == tree.here:
        return first
    done = [tree.nodes[at].move for at in tree.path()]
    if not tree.left and any(all(claim in done or _turned(claim) in done for claim in way) for way in step.ways):
        return None
    if first is None and step.why != "fact":
        return tree.here, step.ways[0]
    return first


def _is_playable(state: Sequence[Any], way: Way) -> bool:
    rest = list(state)
    for claim in way:
        for value in (claim.a, claim.b):
            if value not in rest:
                return False
            rest.remove(value)
        rest.append(claim.result)
    return True


def _turned(claim: Claim) -> Claim:
    a, op, b, result = claim
    return Claim(b, op, a, result) if op in "+*" else claim


def _sums(tree: Tree, i: int, step: Step, label: str, way: Way) -> None:
    """The sums one after another, the last with the result that the text says."""
    for claim in way:
        here, is_last = tree.nodes[tree.here], claim is way[-1]
        if is_last and step.goal is not None:
            claim = claim._replace(result=step.goal)
        sound = here.sound and label in (VALID, "repeated") and tree.world.counts(claim)
        _go(tree, Node(take(here.state, claim), tree.here, claim, i, label if is_last else VALID, sound=sound))


_STEPS: Mapping[str, Callable[[Tree, int, Step, str], None]] = {
    "try": _try,
    "equation": _equation,
    "backtrack": _return,
    "implicit_return": _return,
    "retraction": _leave,
    "correction": _leave,
}
