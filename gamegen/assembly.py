"""Honest runs of the depth-first policy, assembled to have exactly what was asked for.

The order of moves and the moment of leaving are chance, so every tree of tries around a winning path is a run that some chance
gives (``search.depth_first`` says which events it allows). This module grows such a tree at random until its counts are those
that were asked for, and writes it down in the order in which the run goes through it.

Words: a *node* is a state in the tree, reached by one try; the *winning path* leads from the start to the goal; a *wrong*
node lies off it, and so many moves off it as its *depth*; a wrong node that a dead end is said of is *closed*, any other one,
which the run goes through and leaves from further below, is *passed*. With n numbers, B dead ends and P passed nodes a run has
n - 1 + B + P steps.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from gamegen.game import Game
from gamegen.rng import Draws
from gamegen.trace import Event

AnyGame = Game[Any, Any, Any]
_new = tuple.__new__  # Event(…) at half the cost
FEW = range(24)
ATTEMPTS = range(400)  # trees that are grown before it is said that a puzzle cannot give what was asked for
PACKED = 4  # from this attempt on, nodes with much room are taken first


@dataclass(frozen=True)
class Asked:
    """What a run is to have; None leaves it to chance.

    ``exhausted`` are dead ends with one move left, and with two; ``subgoals`` and ``checks`` are shares of the steps.
    """

    backtracks: int
    steps: int | None = None
    depth: tuple[int, int] | None = None
    exhausted: tuple[int, int] = (0, 0)
    bounded: int = 0
    set_aside: int = 0
    subgoals: float = 0.0
    checks: float = 0.0

    @property
    def missed(self) -> int:
        return self.backtracks - sum(self.exhausted) - self.bounded - self.set_aside


class Node:
    """A state, the move that led there, how many moves are left, how many were left where its branch began, its children."""

    __slots__ = ("children", "left", "move", "root", "state", "untried", "value", "why")

    def __init__(self, state: Any, move: Any, left: int, root: int, why: str = "") -> None:
        self.state, self.move, self.left, self.root, self.why = state, move, left, root, why
        self.untried: list[tuple[Any, Any]] | None = None  # children with their moves, listed when they are first needed
        self.children: Sequence[Node] = ()
        self.value: Any = None

    def add(self, child: "Node") -> None:
        if self.children:
            self.children.append(child)  # type: ignore[attr-defined]
        else:
            self.children = [child]


class Stuck(Exception):
    """The tree cannot be grown as asked."""


def assemble(game: AnyGame, start: Any, asked: Asked, draws: Draws, attempts: range | None = None) -> list[Event] | None:
    """A run from a live state that wins and has what was asked for; None where no attempt gave one."""
    if attempts is None:
        attempts = ATTEMPTS if asked.steps else FEW  # only steps are hard to fit
    for attempt in attempts:
        tree = Tree(game, start, asked, draws, attempt)
        try:
            tree.grow()
            return tree.events()
        except Stuck:
            continue
    return None


def exhausted(game: AnyGame, start: Any, draws: Draws, most: int) -> list[Event] | None:
    """A run that shows the start of an unsolvable puzzle to be a dead end, in any order; None where it takes more steps.

    A state that has a bound is left for it; a state that was shown dead before is not tried again, wherever it was reached.
    """
    events, dead, steps = list[Event](), set[Any](), 0

    def close(state: Any) -> bool:
        nonlocal steps
        moves = game.moves(state)
        bound = game.bound(state) if moves and events else None
        if bound is None:
            for child, move in draws.shuffled(moves.items()):
                if child in dead:
                    continue
                if events and events[-1].kind == "dead_end":
                    events.append(Event("backtrack", state))
                steps += 1
                events.append(Event("try", child, move))
                if steps > most or not close(child):
                    return False
            if moves and events and events[-1].kind == "dead_end":
                events.append(Event("backtrack", state))
        events.append(Event("dead_end", state, None, *(bound or ("exhausted" if moves else "missed",))))
        dead.add(state)
        return True

    return events if close(start) else None


class Tree:
    """The tree of one attempt: the winning path, and for each number of moves left the nodes that can still grow."""

    def __init__(self, game: AnyGame, start: Any, asked: Asked, draws: Draws, attempt: int) -> None:
        self.game, self.asked, self.draws, self.attempt = game, asked, draws, attempt
        levels = game.left(start)
        self.path = [Node(start, None, levels, levels)]
        for move in game.win(start, draws):
            here = self.path[-1]
            state = game.play(here.state, move)
            move = game.moves(here.state)[state]
            here.untried = [(child, how) for child, how in game.moves(here.state).items() if child != state]
            self.path.append(Node(state, move, game.left(state), game.left(state)))
        self.open: list[list[Node]] = [[] for _ in range(levels + 1)]
        for node in self.path[:-1]:
            self.open[node.left].append(node)
        self.low, self.high = asked.depth or (0, levels)
        self.won: set[Any] = set()  # states below which nothing misses, where the depth does not matter

    def grow(self) -> None:
        """Add the wrong nodes. Raises Stuck."""
        asked, missed, passed = self.asked, self.asked.missed, None
        if asked.steps is not None:
            passed = asked.steps - (len(self.path) - 1) - asked.backtracks
        self.passed = 0
        one_left, two_left = asked.exhausted
        for _ in range(two_left):
            ones, leaves = self._exhaust_two(one_left, missed)
            one_left, missed = one_left - ones, missed - leaves
        for _ in range(one_left):
            missed -= self._exhaust_one(missed)
        for _ in range(asked.bounded):
            self._close(self._bounded)
        for _ in range(asked.set_aside):
            self._close(self._set_aside)
        if passed is None:
            for _ in range(missed):
                self._miss_somewhere()
        else:
            for through in self._shares(missed, passed - self.passed):
                if not self._miss(through):
                    raise Stuck

    # Where a wrong branch ends

    def _miss(self, through: int) -> bool:
        """Add a missed dead end, reached through so many new nodes that are passed; these come last, when no room is kept."""
        nodes = self.open[through + 1]
        while nodes:
            i = self.draws.below(len(nodes))
            if self.low <= nodes[i].root <= self.high and self._miss_below(nodes[i]):
                return True
            nodes[i] = nodes[-1]
            nodes.pop()
        return False

    def _miss_below(self, node: Node) -> bool:
        """Add a missed dead end under the node, as far down as can be."""
        game, below = self.game, self.draws.below
        if node.untried is None:
            node.untried = list(game.moves(node.state).items())
        untried = node.untried
        while untried:
            i = below(len(untried)) if self.attempt < PACKED else self._roomiest(untried)
            child, move = untried[i]
            untried[i] = untried[-1]
            untried.pop()
            if game.solved(child):
                continue
            left = node.left - 1
            if not left or not game.moves(child):
                if left and not self._inside(node.root - left):  # it gets stuck before it is deep enough
                    continue
                node.add(Node(child, move, left, node.root, "missed"))
                return True
            made = Node(child, move, left, node.root)
            if child not in self.won and self._miss_below(made):
                node.add(made)
                self.passed += 1
                self.open[left].append(made)
                return True
            if self.asked.depth is None:
                self.won.add(child)
        return False

    def _miss_somewhere(self) -> None:
        """Add a missed dead end wherever there is room; two times in five it takes one more new node to go through."""
        most, first = len(self.open) - 2, 0
        while first < most and self.draws.below(5) < 2:
            first += 1
        for through in (first, *(k for k in range(most + 1) if k != first)):
            if self._miss(through):
                return
        raise Stuck

    def _close(self, ends: Callable[[Node], bool]) -> None:
        """Add a node with moves left that is closed, as far from the path as chance has it."""
        places = [(left, ending) for ending in range(1, len(self.open) - 1) for left in range(ending + 1, len(self.open))]
        for left, ending in self.draws.shuffled(places):
            if self._branch(left, ending, ends):
                return
        raise Stuck

    def _bounded(self, node: Node) -> bool:
        bound = self.game.bound(node.state)
        if bound is None:
            return False
        node.why, node.value = bound
        return True

    def _set_aside(self, node: Node) -> bool:
        node.why = "set_aside"
        return bool(self.game.moves(node.state))

    def _exhaust_one(self, missed: int) -> int:
        """Add a node with one move left and all its moves, none of which wins; how many they are."""
        node = None
        for left in self.draws.shuffled(range(2, len(self.open))):
            if node := self._branch(left, 1, lambda node: self._fills(node, missed)):
                return len(node.children)
        raise Stuck

    def _fills(self, node: Node, missed: int) -> bool:
        """Close a node with one move left by its moves, where all of them miss and they are no more than so many."""
        moves = self.game.moves(node.state)
        if not 0 < len(moves) <= missed or any(self.game.solved(child) for child in moves) or not self._inside(node.root):
            return False
        node.why, node.untried = "exhausted", []
        node.children = [Node(child, move, 0, node.root, "missed") for child, move in self.draws.shuffled(moves.items())]
        return True

    def _exhaust_two(self, ones: int, missed: int) -> tuple[int, int]:
        """Add a node with two moves left, all of whose moves are exhausted or missed; how many of either that takes."""
        used = 0, 0

        def fills(node: Node) -> bool:
            nonlocal used
            taken = some = 0
            children = []
            for child, move in self.game.moves(node.state).items():
                below = Node(child, move, self.game.left(child), node.root)
                if self.game.solved(child):
                    return False
                if not self.game.moves(child):
                    below.why, some = "missed", some + 1
                elif taken < ones and self._fills(below, missed - some):
                    taken, some = taken + 1, some + len(below.children)
                else:
                    return False
                children.append(below)
            node.why, node.untried, node.children = "exhausted", [], children
            used = taken, some
            return bool(children) and some <= missed and self._inside(node.root - 1)

        for left in self.draws.shuffled(range(3, len(self.open))):
            if self._branch(left, 2, fills):
                return used
        raise Stuck

    # How a branch is put into the tree

    def _branch(self, left: int, ending: int, ends: Callable[[Node], bool]) -> Node | None:
        """Under some node with so many moves left, add nodes one below the other to one with ``ending`` moves left."""
        nodes = self.open[left]
        for i in self._order(nodes):
            node = nodes[i]
            if self._inside(node.root - ending) and (made := self._descend(node, ending, ends)):
                return made
        return None

    def _order(self, nodes: Sequence[Any]) -> Iterator[int]:
        """The places in a list, from a random one on."""
        if nodes:
            first = self.draws.below(len(nodes))
            yield from range(first, len(nodes))
            yield from range(first)

    def _inside(self, depth: int) -> bool:
        return self.low <= depth <= self.high

    def _descend(self, node: Node, ending: int, ends: Callable[[Node], bool]) -> Node | None:
        """Add a wrong child and what it needs below it; the closed node, or None where no child will do."""
        game = self.game
        if node.untried is None:
            node.untried = list(game.moves(node.state).items())
        for i in self._order(node.untried):
            child, move = node.untried[i]
            made = Node(child, move, node.left - 1, node.root)
            if game.solved(child) or not game.moves(child):
                continue
            found = self._descend(made, ending, ends) if made.left > ending else made if ends(made) else None
            if found is not None:
                del node.untried[i]
                node.add(made)
                if made is not found:
                    self.passed += 1
                    self.open[made.left].append(made)
                return found
        return None

    def _roomiest(self, untried: list[tuple[Any, Any]]) -> int:
        """Which child has the most moves."""
        return max(range(len(untried)), key=lambda i: len(self.game.moves(untried[i][0])))

    def _shares(self, dead_ends: int, passed: int) -> list[int]:
        """How many new nodes each dead end is reached through, the most first; they sum to ``passed``. Raises Stuck.

        Level by level, from below: of what is left to pass, a part that chance decides lies on this level, the rest above.
        """
        most = len(self.open) - 2
        if not 0 <= passed <= most * dead_ends:
            raise Stuck
        shares = [0] * dead_ends
        widest = dead_ends
        for level in range(1, most + 1):
            evenly = -(-passed // (most - level + 1))
            above = self._above(level, passed) if self.attempt >= PACKED else int(passed * self.draws.unit())
            widest = max(min(passed - above, widest), evenly)
            for i in range(widest):
                shares[i] = level
            passed -= widest
        return shares

    def _above(self, level: int, passed: int) -> int:
        """How many of the nodes that are left to pass lie above a level, to make room there; in later attempts some more."""
        upper = self.path[max(len(self.path) - 2 - level, 0)]
        room = len(self.game.moves(upper.state)) - 1  # under the winning path, and about as many under each other node
        more = (self.attempt // PACKED - 1) % 8 * max(1, passed // 32)
        return max(-(-(passed - room) // (room + 1)), 0) + more

    # How it is written down

    def events(self) -> list[Event]:
        """The run through the tree, the children of each node in random order."""
        events: list[Event] = []
        for node, following in zip(self.path, self.path[1:], strict=False):
            self._tell_children(node, events)
            if node.children:
                events.append(Event("backtrack", node.state))
            events.append(Event("try", following.state, following.move))
        events.append(Event("found", self.path[-1].state))
        return self._remarked(events) if self.asked.subgoals or self.asked.checks else events

    def _remarked(self, events: list[Event]) -> list[Event]:
        """The run with subgoals before some of its tries and checks behind some. Raises Stuck where too few can have one."""
        tries = [i for i, event in enumerate(events) if event.kind == "try"]
        goals, checks = (round(share * len(tries)) for share in (self.asked.subgoals, self.asked.checks))
        checked = set(islice(self.draws.shuffled(tries), checks))
        aims = self._aims(events, tries, goals)
        remarked = []
        for i, event in enumerate(events):
            remarked += [aims[i]] if i in aims else []
            remarked.append(event)
            remarked += [Event("check", event.state, event.move)] if i in checked else []
        return remarked

    def _aims(self, events: list[Event], tries: list[int], goals: int) -> dict[int, Event]:
        """So many subgoals, each at the try that it stands before; none is said twice of the same state."""
        aims: dict[int, Event] = {}
        said: set[tuple[Any, Any]] = set()
        for i in self.draws.shuffled(tries):
            if len(aims) == goals:
                break
            state = events[i - 1].state if i else self.path[0].state
            for move, value in self.draws.shuffled(self.game.subgoals(state)):
                if (state, move) not in said:
                    said.add((state, move))
                    aims[i] = Event("subgoal", state, move, "", value)
                    break
        if len(aims) < goals:
            raise Stuck
        return aims

    def _tell_children(self, node: Node, events: list[Event]) -> None:
        children = node.children
        if node.left > 1 and len(children) > 1:  # what misses at once was added in random order
            self.draws.shuffle(children)  # type: ignore[arg-type]
        for k, child in enumerate(children):
            if k:
                events.append(_new(Event, ("backtrack", node.state, None, "", None)))
            events.append(_new(Event, ("try", child.state, child.move, "", None)))
            if child.children:
                self._tell_children(child, events)
                if child.why:
                    events.append(_new(Event, ("backtrack", child.state, None, "", None)))
            if child.why:
                events.append(_new(Event, ("dead_end", child.state, None, child.why, child.value)))
