"""Countdown modulo a prime: combine two residues into one until one is left, which must be the goal.

Words: the *modulus* is a prime, a *residue* one of the numbers below it; to divide by one is to multiply by its *inverse*,
which all have but 0. Every puzzle says its modulus and which operations it allows.

>>> game = Modular()
>>> start = game.start(ModularPuzzle((3, 5, 9), 6, 11, "*/"))
>>> [game.say_move(move) for move in game.moves(start).values()][:3]
['5 * 3 = 4', '5 / 3 = 9', '3 / 5 = 5']
"""

from math import comb
from typing import NamedTuple

from gamegen.games.combining import Combining, Pool, patterns
from gamegen.games.small import multiset
from gamegen.rng import Draws

MODULI = (7, 11, 13, 17, 23)  # of the puzzles in the space
OPERATIONS = ("+-*/", "+-", "+*", "+/", "*/")  # that a puzzle allows
LARGEST = 97  # modulus that a puzzle may have


class ModularPuzzle(NamedTuple):
    numbers: tuple[int, ...]  # ascending
    goal: int
    modulus: int
    operations: str


class Modular(Combining[ModularPuzzle]):
    name = "modular"
    says = "Countdown modulo a prime: combine two numbers until one is left, which must be the goal"
    sizes, usual, counts = range(3, 6), 4, "numbers"
    capacity = 45
    signs = "+-*/"
    Puzzle = ModularPuzzle
    patterns = patterns("[0-9]{1,2}", "+*/-", sizes[-1], "[0-9]{1,2} mod [0-9]{1,2}")

    def __len__(self) -> int:
        return len(OPERATIONS) * sum(map(self._puzzles, MODULI))

    def _puzzles(self, modulus: int) -> int:
        """How many starts and goals there are."""
        return comb(modulus + self.size - 1, self.size) * modulus

    def puzzle(self, k: int) -> ModularPuzzle | None:
        k, chosen = divmod(k, len(OPERATIONS))
        for modulus in MODULI:
            if k < self._puzzles(modulus):
                break
            k -= self._puzzles(modulus)
        k, goal = divmod(k, modulus)
        puzzle = ModularPuzzle(multiset(k, self.size), goal, modulus, OPERATIONS[chosen])
        return puzzle if self.can_be_lost(self.start(puzzle)) else None

    def check(self, puzzle: ModularPuzzle) -> None:
        numbers, goal, modulus, operations = puzzle
        if type(modulus) is not int or not 7 <= modulus <= LARGEST or any(modulus % d == 0 for d in range(2, modulus)):
            raise ValueError(f"{modulus!r} is no prime from 7 to {LARGEST}")
        if not isinstance(numbers, tuple) or len(numbers) not in self.sizes:
            raise ValueError(f"{numbers!r} are not {self.sizes[0]} to {self.sizes[-1]} numbers")
        if any(type(number) is not int or not 0 <= number < modulus for number in (*numbers, goal)):
            raise ValueError(f"{numbers!r} and {goal!r} are not all numbers from 0 to {modulus - 1}")
        if list(numbers) != sorted(numbers):
            raise ValueError(f"{numbers!r} are not ascending")
        self.check_operations(operations)

    def question(self, start: Pool) -> str:
        numbers, goal, modulus, operations = start.puzzle
        allowed = " or ".join(", ".join(operations).rsplit(", ", 1))
        examples = ", ".join(f"`{self._example(start.puzzle, op)}`" for op in operations)
        divides = "; a / b is the number that times b is a, where b is not 0" if "/" in operations else ""
        return (
            f"Make {goal} of the numbers {', '.join(map(str, numbers))} modulo {modulus}: combine two of them into one by "
            f"{allowed}, and go on with what is there until one number is left, which must be {goal}. Every number is one of "
            f"0 to {modulus - 1}{divides}. Write moves such as {examples}, a state as the numbers that are there, such as "
            f"`{self.say_state(start)}`, and the goal as `{self.say_goal(start)}`."
        )

    def _example(self, puzzle: ModularPuzzle, op: str) -> str:
        """A move in which the modulus shows."""
        a = 1 if op in "-/" else puzzle.modulus - 1
        return f"{a} {op} 2 = {self.apply(puzzle, a, op, 2)}"

    def start(self, puzzle: ModularPuzzle) -> Pool:
        return Pool(puzzle, puzzle.numbers)

    def key(self, state: Pool) -> str:
        numbers = ",".join(map(str, state.pieces))
        return f"{self.name}/{state.puzzle.modulus}/{state.puzzle.operations}/{numbers}={state.puzzle.goal}"

    def say_goal(self, state: Pool) -> str:
        return f"{state.puzzle.goal} mod {state.puzzle.modulus}"

    def apply(self, puzzle: ModularPuzzle, a: int, op: str, b: int) -> int | None:
        modulus = puzzle.modulus
        if op == "/":
            return a * pow(b, -1, modulus) % modulus if b else None
        return (a + b if op == "+" else a - b if op == "-" else a * b) % modulus

    def near(self, puzzle: ModularPuzzle, piece: int, draws: Draws) -> int:
        return (piece + draws.choice((-2, -1, 1, 2))) % puzzle.modulus

    def hear_piece(self, text: str, puzzle: ModularPuzzle) -> int:
        number = int(text)
        if number >= puzzle.modulus or str(number) != text:
            raise ValueError(f"{text!r} is no number from 0 to {puzzle.modulus - 1}")
        return number
