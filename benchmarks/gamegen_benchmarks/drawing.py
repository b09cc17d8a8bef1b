"""A search tree and its text as they stand on a page: where each box and edge is, and which piece of the text says what.

Words: a *column* are the nodes that are equally many moves from the start; a *row* goes on from a node to the first that was
reached from it, and each further branch begins a new row, so that the page goes down as the text goes on; the *trunk* is where
the branches of a node part. Lengths are in pixels, for a font whose signs are equally wide.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gamegen_benchmarks.trees import VALID, Mark, Node, Tree
from gamegen_verifiers.verdict import Verdict

STATE_SIGN, MOVE_SIGN, FLAW_SIGN = 6.7, 6.1, 5.9  # widths
ROW, LINE = 28, 12  # heights: of a row, and of a line on what does not hold
GAP, STEM, MARGIN = 10, 7, 8
MOST_FLAWS = 3  # lines at a box
LONGEST, LONGEST_ASIDE = 30, 16  # signs of a state or a move in a tree, and of a state that is gone back to
LONGEST_TEXT = 16_000  # characters of a text on a page

SIGNS = {"goal": "★ ", "dead": "✕ ", "aside": "… "}  # before the state of such a node


class Box(NamedTuple):
    """A node; ``aside`` is what the text says when it leaves it, ``flaws`` what does not hold at it."""

    x: float
    y: float
    width: float
    said: str
    title: str
    kind: str
    statement: int | None
    aside: str
    flaws: Sequence[str]


class Edge(NamedTuple):
    """From the right of a box over the trunk to the left of another, with the move on it."""

    x: float
    y: float
    trunk: float
    to_x: float
    to_y: float
    said: str
    kind: str


class Drawing(NamedTuple):
    """What is drawn of a tree; ``unread`` is how many statements of the text are not in it."""

    width: float
    height: float
    boxes: list[Box]
    edges: list[Edge]
    unread: int


class Piece(NamedTuple):
    """A piece of a text; kind and number are those of the statement that it is, and label what is wrong with that."""

    text: str
    kind: str = ""
    number: int | None = None
    label: str = ""


def drawn(tree: Tree, statements: int) -> Drawing:
    """Where all of a tree stands, of a text with so many statements."""
    boxes, trunks = _boxes(tree)
    edges = sorted(_edges(tree, boxes, trunks), key=lambda edge: edge.kind == "won")  # which lies over the others
    width = max(box.x + max(box.width + len(box.aside) * MOVE_SIGN + GAP, _longest(box.flaws)) for box in boxes)
    lowest = max(box.y + LINE * len(box.flaws) for box in boxes)
    return Drawing(round(width + MARGIN, 1), lowest + ROW / 2 + MARGIN / 2, boxes, edges, statements - tree.read)


def _boxes(tree: Tree) -> tuple[list[Box], list[float]]:
    """The boxes, and where the trunk is behind each."""
    nodes = tree.nodes
    depths, rows, parents = _depths(nodes), _rows(nodes), {node.parent for node in nodes}
    kinds, flaws = [_kind(tree, node) for node in nodes], [_flaws(node) for node in nodes]
    said = [SIGNS.get(kind, "") + short(tree.world.say_state(node.state)) for node, kind in zip(nodes, kinds, strict=True)]
    lefts, trunks = _columns(depths, said, flaws, [_move(tree, node) for node in nodes])
    heights = _heights(rows, flaws)
    boxes = []
    for i, node in enumerate(nodes):
        place = lefts[depths[i]], heights[rows[i]], _box_width(said[i])
        aside = "" if i in parents else _aside(tree, node)
        boxes.append(Box(*place, said[i], _title(tree, node), kinds[i], node.statement, aside, flaws[i]))
    return boxes, [trunks[depth] for depth in depths]


def _edges(tree: Tree, boxes: Sequence[Box], trunks: Sequence[float]) -> Iterator[Edge]:
    won = _won(tree)
    for i, (node, box) in enumerate(zip(tree.nodes, boxes, strict=True)):
        if node.parent is not None:
            above = boxes[node.parent]
            kind = "leap" if node.leap else "false" if node.label != VALID else "won" if i in won else "plain"
            yield Edge(above.x + above.width, above.y, trunks[node.parent], box.x, box.y, _move(tree, node), kind)


def short(said: str, longest: int = LONGEST) -> str:
    """A state or a move that has room in a tree."""
    return said if len(said) <= longest else said[: longest - 1] + "…"


def _depths(nodes: Sequence[Node]) -> list[int]:
    depths: list[int] = []
    for node in nodes:
        depths.append(0 if node.parent is None else depths[node.parent] + 1)
    return depths


def _rows(nodes: Sequence[Node]) -> list[int]:
    """The row of each node, counted from above: a branch stands below all that was reached from the one before it."""
    children: list[list[int]] = [[] for _ in nodes]
    for i, node in enumerate(nodes):
        if node.parent is not None:
            children[node.parent].append(i)
    rows, last, waiting = [0] * len(nodes), 0, [(0, True)]
    while waiting:
        i, is_first = waiting.pop()
        last += not is_first
        rows[i] = last
        waiting += [(child, k == 0) for k, child in reversed(list(enumerate(children[i])))]
    return rows


def _kind(tree: Tree, node: Node) -> str:
    ends = [mark for mark in node.marks if mark.kind == "dead_end" and mark.label == VALID]
    if node.leap or node.label != VALID:
        return "false"
    if tree.is_goal(node):
        return "goal"
    if ends:
        return "aside" if ends[-1].why == "set_aside" else "dead"
    return "start" if node.parent is None else "open"


def _flaws(node: Node) -> list[str]:
    """A line for each label, with how often it is there."""
    lines = [label if count == 1 else f"{label} ×{count}" for label, count in Counter(node.flaws).most_common()]
    return lines if len(lines) <= MOST_FLAWS else [*lines[: MOST_FLAWS - 1], f"and {len(lines) - MOST_FLAWS + 1} more"]


def _move(tree: Tree, node: Node) -> str:
    return "no such return" if node.leap else "" if node.parent is None else short(tree.world.say_move(node.move))


def _aside(tree: Tree, node: Node) -> str:
    """Where the text goes back to from a node."""
    return next((_back(tree, mark) for mark in reversed(node.marks) if _is_return(mark)), "")


def _is_return(mark: Mark) -> bool:
    return mark.kind in ("backtrack", "implicit_return") and mark.label == VALID and mark.to is not None


def _back(tree: Tree, mark: Mark) -> str:
    assert mark.to is not None
    return f"↩ {short(tree.world.say_state(tree.nodes[mark.to].state), LONGEST_ASIDE)}"


def _title(tree: Tree, node: Node) -> str:
    """What a reader of the page is told of a node who points at it."""
    lines = [tree.world.say_state(node.state)]
    if node.parent is not None and not node.leap:
        lines.append(f"by {tree.world.say_move(node.move)}")
    for mark in node.marks:
        about = mark.kind.replace("_", " ") + (f" ({mark.why.replace('_', ' ')})" if mark.why else "")
        lines.append(_back(tree, mark) if _is_return(mark) else about + (f": {mark.label}" if mark.label != VALID else ""))
    return "\n".join([*lines, *([node.label] if node.label != VALID else [])][:12])


def _won(tree: Tree) -> set[int]:
    """The nodes on the way to a goal."""
    won: set[int] = set()
    for i, node in enumerate(tree.nodes):
        at: int | None = i if tree.is_goal(node) else None
        while at is not None:
            won.add(at)
            at = tree.nodes[at].parent
    return won


def _longest(flaws: Sequence[str]) -> float:
    return max(map(len, flaws), default=0) * FLAW_SIGN


def _box_width(said: str) -> float:
    return round(len(said) * STATE_SIGN + GAP, 1)


def _columns(
    depths: Sequence[int], said: Sequence[str], flaws: Sequence[Sequence[str]], moves: Sequence[str]
) -> tuple[list[float], list[float]]:
    """Where the boxes of each column begin, and where its trunk is."""
    boxes, edges = [0.0] * (max(depths) + 1), [0.0] * (max(depths) + 1)
    for depth, state, flaw, move in zip(depths, said, flaws, moves, strict=True):
        boxes[depth] = max(boxes[depth], _box_width(state), _longest(flaw))
        edges[depth] = max(edges[depth], len(move) * MOVE_SIGN + STEM)
    lefts, trunks = [float(MARGIN)], [MARGIN + boxes[0] + STEM]
    for depth in range(1, len(boxes)):
        lefts.append(round(trunks[-1] + edges[depth] + STEM, 1))
        trunks.append(round(lefts[-1] + boxes[depth] + STEM, 1))
    return lefts, trunks


def _heights(rows: Sequence[int], flaws: Sequence[Sequence[str]]) -> list[float]:
    """The middle of each row."""
    lines = [0] * (max(rows) + 1)
    for row, flaw in zip(rows, flaws, strict=True):
        lines[row] = max(lines[row], len(flaw))
    heights = [MARGIN + ROW / 2]
    for more in lines[:-1]:
        heights.append(heights[-1] + ROW + LINE * more)
    return heights


def printable(text: str) -> str:
    """A text with a sign in the place of each one that a page cannot hold, so that it stays as long as it is."""
    return "".join(one if one >= " " or one in "\n\t" else chr(0x2400 + ord(one)) for one in text).translate(_UNPRINTABLE)


_UNPRINTABLE = {
    **dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\ufffd"),
    **dict.fromkeys(range(0x7F, 0xA0), "\ufffd"),
}


def pieces(text: str, verdict: Verdict | None) -> list[Piece]:
    """A text cut where its statements begin and end; of those that overlap, the later one has what is behind the first."""
    if verdict is None:
        return [Piece(printable(text[:LONGEST_TEXT]))]
    cut = sorted(zip(verdict.reading, verdict.labels, range(len(verdict.labels)), strict=True), key=lambda one: one[0].start)
    found, end = list[Piece](), 0
    for step, label, number in cut:
        begin = max(step.start, end)
        if step.end > LONGEST_TEXT:
            break
        found.append(Piece(printable(text[end:begin])))
        end = max(step.end, end)
        found.append(Piece(printable(text[begin:end]), step.kind, number, "" if label == VALID else label))
    return [piece for piece in (*found, Piece(printable(text[end:LONGEST_TEXT]))) if piece.text or piece.label]
