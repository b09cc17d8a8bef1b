"""Strings: combine two pieces into one until one is left, which must be the goal, a word of the same letters.

Words: a *piece* is a word of the letters x and y, which mean nothing, so that a puzzle with the one for the other is the same.
Every puzzle says which of the three operations it allows. As the goal has the letters of the pieces, counting them tells
nothing.

>>> game = Strings()
>>> start = game.start(StringsPuzzle(("x", "xy", "yyx"), "xyxyxy", "+~%"))
>>> [game.say_move(move) for move in game.moves(start).values()][2:6]
['yyx + x = yyxx', 'x + yyx = xyyx', 'x ~ yyx = xxyy', 'yyx % x = yxyx']
"""

from bisect import bisect_right
from functools import cache
from itertools import accumulate, combinations_with_replacement, product, zip_longest
from math import comb
from typing import NamedTuple

from gamegen.games.combining import Combining, Move, Pool, patterns
from gamegen.games.small import combination
from gamegen.rng import Draws

OPERATIONS = ("+", "~", "%", "+~", "+%", "~%", "+~%")  # that a puzzle allows
MEANINGS = {
    "+": "a + b is b behind a",
    "~": "a ~ b is b, written backwards, behind a",
    "%": "a % b takes letters of a and b by turns, first from a, and then what is left of the longer one",
}
EXAMPLE = "xy", "xxy"  # what each operation makes of these is another word
WORDS = tuple("".join(word) for length in range(1, 4) for word in product("xy", repeat=length))  # that a start is made of
LETTERS = 9  # that a start in the space has at most
LONGEST = 15  # letters that any puzzle has at most
SWAP = str.maketrans("xy", "yx")


class StringsPuzzle(NamedTuple):
    pieces: tuple[str, ...]  # ascending
    goal: str
    operations: str


class Strings(Combining[StringsPuzzle]):
    name = "strings"
    says = "strings: combine two pieces until one is left, which must be the goal"
    sizes, usual, counts = range(3, 6), 4, "pieces"
    capacity = 45
    signs = "+~%"
    Puzzle = StringsPuzzle
    patterns = patterns(f"[xy]{{1,{2 * LONGEST}}}", signs, sizes[-1], f"[xy]{{1,{LONGEST}}}")

    def __len__(self) -> int:
        return len(OPERATIONS) * _starts(self.size)[1][-1]

    def puzzle(self, k: int) -> StringsPuzzle | None:
        starts, ends = _starts(self.size)
        k, chosen = divmod(k, len(OPERATIONS))
        at = bisect_right(ends, k)
        goal = _arrangement(k - (ends[at - 1] if at else 0), "".join(starts[at]))
        puzzle = StringsPuzzle(starts[at], goal, OPERATIONS[chosen])
        named_otherwise = _swapped(starts[at]) == starts[at] and goal.translate(SWAP) < goal
        return puzzle if not named_otherwise and self.can_be_lost(self.start(puzzle)) else None

    def check(self, puzzle: StringsPuzzle) -> None:
        pieces, goal, operations = puzzle
        if not isinstance(pieces, tuple) or len(pieces) not in self.sizes:
            raise ValueError(f"{pieces!r} are not {self.sizes[0]} to {self.sizes[-1]} pieces")
        if any(not isinstance(word, str) or not word or word.strip("xy") for word in (*pieces, goal)):
            raise ValueError(f"{pieces!r} and {goal!r} are not all words of x and y")
        if list(pieces) != sorted(pieces) or sorted("".join(pieces)) != sorted(goal) or len(goal) > LONGEST:
            raise ValueError(f"{pieces!r} are not ascending, or have not the letters of {goal!r}, at most {LONGEST}")
        self.check_operations(operations)

    def question(self, start: Pool) -> str:
        pieces, goal, operations = start.puzzle
        allowed = "; ".join(f"{MEANINGS[op]}, as in `{self._example(start.puzzle, op)}`" for op in operations)
        return (
            f"Make the word {goal} of the pieces {', '.join(pieces)}: combine two of them into one, and go on with what is "
            f"there until one piece is left, which must be {goal}. Of any two pieces a and b you can make: {allowed}. "
            f"Write moves as in these examples, and a state as the pieces that are there, such as `{self.say_state(start)}`."
        )

    def _example(self, puzzle: StringsPuzzle, op: str) -> str:
        a, b = EXAMPLE
        return self.say_move(Move(puzzle, a, op, b, self.apply(puzzle, a, op, b)))

    def start(self, puzzle: StringsPuzzle) -> Pool:
        return Pool(puzzle, puzzle.pieces)

    def key(self, state: Pool) -> str:
        pieces, goal = min((state.pieces, state.puzzle.goal), (_swapped(state.pieces), state.puzzle.goal.translate(SWAP)))
        return f"{self.name}/{state.puzzle.operations}/{','.join(pieces)}={goal}"

    def apply(self, puzzle: StringsPuzzle, a: str, op: str, b: str) -> str:
        if op == "%":
            return "".join(one + other for one, other in zip_longest(a, b, fillvalue=""))
        return a + (b if op == "+" else b[::-1])

    def near(self, puzzle: StringsPuzzle, piece: str, draws: Draws) -> str:
        """The piece with another letter at one place: no state of a game has such letters."""
        at = draws.below(len(piece))
        return piece[:at] + piece[at].translate(SWAP) + piece[at + 1 :]

    def with_false_result(self, move: Move, draws: Draws) -> Move:
        """Two neighbours change their places, as a slip would have it."""
        word = move.result
        places = [at for at in range(len(word) - 1) if word[at] != word[at + 1]]
        if not places:
            return super().with_false_result(move, draws)
        at = draws.choice(places)
        return move._replace(result=word[:at] + word[at + 1] + word[at] + word[at + 2 :])

    def hear_piece(self, text: str, puzzle: StringsPuzzle) -> str:
        return text


def _swapped(pieces: tuple[str, ...]) -> tuple[str, ...]:
    """The pieces with x for y and y for x, ascending."""
    return tuple(sorted(piece.translate(SWAP) for piece in pieces))


@cache
def _starts(size: int) -> tuple[list[tuple[str, ...]], list[int]]:
    """The starts of so many pieces, one of those that are the same but for names, and how many goals there are up to each."""
    starts, goals = [], []
    for pieces in combinations_with_replacement(sorted(WORDS), size):
        letters = "".join(pieces)
        if len(letters) <= LETTERS and "x" in letters and "y" in letters and pieces <= _swapped(pieces):
            starts.append(pieces)
            goals.append(comb(len(letters), letters.count("x")))
    return starts, list(accumulate(goals))


def _arrangement(k: int, letters: str) -> str:
    """The k-th word that has exactly these letters.

    >>> [_arrangement(k, "xxy") for k in range(3)]
    ['xxy', 'xyx', 'yxx']
    """
    places = combination(k, letters.count("x"))
    return "".join("x" if at in places else "y" for at in range(len(letters)))
