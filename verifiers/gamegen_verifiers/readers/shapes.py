"""Reads a sentence as the last one of the same shape was read, which saves most of the work of a regular expression.

Words: a *piece* is what stands between two places where a sentence can begin; its *shape* is the piece with one 0 in place of
each number; a *form* says where a sentence of one shape has what it says, by places among its numbers.

Numbers of other lengths make no difference to a pattern, which has no digits of its own and takes each run of digits whole. So
what one pattern was found to match from end to end, it matches in every piece of that shape. Only such forms are kept, of
bare numbers alone; all other pieces are for the patterns themselves.
"""

from typing import NamedTuple

from gamegen_verifiers.steps import LONGEST_NUMBER, Claim, Step

MOST_FORMS = 1 << 15  # that one reader keeps
_ZEROS = bytes(ord("0") if chr(sign).isdecimal() else sign for sign in range(256))  # every digit becomes a 0
_RUNS = bytes(sign if chr(sign).isdecimal() else ord(" ") for sign in range(256))  # all but digits become space
_new = tuple.__new__  # Step(…) and Claim(…) at half the cost


class Form(NamedTuple):
    """The kind of step, why, how many numbers there are, and the places of the sum's, the list's, the goal and the value.

    A place is −1 where the sentence has no such thing; ``op`` is the operation of the sum.
    """

    kind: str
    why: str
    size: int
    op: str
    sum: int
    first: int
    last: int
    goal: int
    value: int


class Pieces(NamedTuple):
    """The pieces of a text with their shapes, and all the numbers in their order."""

    pieces: list[str]
    shapes: list[str]
    numbers: list[int]


def cut(text: str, ends: str) -> Pieces | None:
    """A text cut at each line break, and at each space behind one of the ends.

    None for a text with signs that are not ASCII, or with longer numbers than are read.
    """
    if not text.isascii():
        return None
    for sign in ends:
        text = text.replace(f"{sign} ", f"{sign}\n")
    signs = text.encode()
    runs = signs.translate(_RUNS).split()
    if max(map(len, runs), default=0) > LONGEST_NUMBER:
        return None
    shape = signs.translate(_ZEROS)
    while b"00" in shape:
        shape = shape.replace(b"00", b"0")
    return Pieces(text.split("\n"), shape.decode().split("\n"), list(map(int, runs)))


def step(form: Form, numbers: list[int], at: int, start: int, end: int) -> Step:
    """The step at text[start:end] whose numbers are those from ``at`` on."""
    kind, why, _, op, sums, first, last, goal, value = form
    claim = listed = None
    if sums >= 0:
        i = at + sums
        claim = _new(Claim, (numbers[i], op, numbers[i + 1], numbers[i + 2]))
    if first >= 0:
        listed = tuple(sorted(numbers[at + first : at + last]))
    return _new(
        Step,
        (
            kind,
            start,
            end,
            claim,
            listed,
            numbers[at + goal] if goal >= 0 else None,
            why,
            numbers[at + value] if value >= 0 else None,
        ),
    )
