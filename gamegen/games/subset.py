"""Subset sum: take some of the numbers, the largest first, so that they sum to the goal.

Words: a state has what was *made* so far, the sum of the numbers taken, and the numbers that *may* still be taken: only those
behind the last one taken, in descending order, so that each subset is one play. No sum goes above the goal.

>>> game = SubsetSum()
>>> start = game.start(SubsetPuzzle((3, 5, 5, 8, 12), 18))
>>> for move in game.win(start, Draws("doctest")):
...     start = game.play(start, move)
...     print(game.say_move(move), "|", game.say_state(start))
0 + 8 = 8 | 8 (5, 5, 3)
8 + 5 = 13 | 13 (5, 3)
13 + 5 = 18 | 18 (3)
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import comb
from typing import NamedTuple

from gamegen.game import Patterns
from gamegen.games.small import SmallGame, digits, multiset
from gamegen.rng import Draws

LARGEST = {5: 20, 6: 30, 7: 40, 8: 60, 9: 80, 10: 99}  # of the numbers in the space, by size: about half of the goals are sums
SUM, NUMBER = "(?:0|[1-9][0-9]{0,3})", "[1-9][0-9]?"
NEAR = 6  # numbers that are invented to find one that was never there


class SubsetPuzzle(NamedTuple):
    numbers: tuple[int, ...]  # ascending
    goal: int


class Subset(NamedTuple):
    puzzle: SubsetPuzzle
    made: int
    may: tuple[int, ...]  # ascending


class Take(NamedTuple):
    made: int
    number: int
    result: int


class SubsetSum(SmallGame[SubsetPuzzle, Subset, Take]):
    name = "subset_sum"
    says = "subset sum: take some of the numbers so that they sum to the goal"
    sizes, usual, counts = range(5, 11), 7, "numbers"
    capacity = 7
    states_results = True
    Puzzle = SubsetPuzzle
    patterns = Patterns(
        rf"{SUM} \+ {NUMBER} = {SUM}",
        rf"{SUM} \((?:none|{NUMBER}(?:, {NUMBER}){{0,9}})\)",
        r"[0-9]{1,3}",
    )
    answer_form = "the numbers taken, with plus signs between them"

    def __len__(self) -> int:
        return comb(LARGEST[self.size] + self.size - 1, self.size) * self._goals(self.size * LARGEST[self.size])

    def _goals(self, total: int) -> int:
        """How many goals numbers with such a sum have in the space: those from a quarter of the sum to a half."""
        return total // 2 - total // 4 + 1

    def puzzle(self, k: int) -> SubsetPuzzle | None:
        most = LARGEST[self.size]
        chosen, goal = digits(k, (comb(most + self.size - 1, self.size), self._goals(self.size * most)))
        numbers = tuple(number + 1 for number in multiset(chosen, self.size))
        start = self.start(SubsetPuzzle(numbers, sum(numbers) // 4 + goal))
        given = goal < self._goals(sum(numbers)) and self.moves(start) and self.can_be_lost(start)
        return start.puzzle if given else None

    def check(self, puzzle: SubsetPuzzle) -> None:
        numbers, goal = puzzle
        if not isinstance(numbers, tuple) or len(numbers) not in self.sizes:
            raise ValueError(f"{numbers!r} are not {self.sizes[0]} to {self.sizes[-1]} numbers")
        if any(type(number) is not int or not 1 <= number <= 99 for number in numbers) or list(numbers) != sorted(numbers):
            raise ValueError(f"{numbers!r} are not numbers from 1 to 99, ascending")
        if type(goal) is not int or not 1 <= goal <= sum(numbers):
            raise ValueError(f"{goal!r} is no goal from 1 to the sum of the numbers")

    def question(self, start: Subset) -> str:
        goal = start.puzzle.goal
        return (
            f"Take some of the numbers {_listed(start.may)} so that they sum to {goal}. Take them from the largest down: once "
            f"a number is taken, larger ones can no longer be taken. Each can be taken once, and the sum must never go above "
            f"{goal}. Write a move as the sum so far, plus the number, and what that makes, such as `9 + 5 = 14`, and a state "
            f"as the sum so far and, in parentheses, the numbers that may still be taken, such as `{self.say_state(start)}` or "
            f"`14 (none)`."
        )

    def start(self, puzzle: SubsetPuzzle) -> Subset:
        return Subset(puzzle, 0, puzzle.numbers)

    def children(self, state: Subset) -> dict[Subset, Take]:
        puzzle, made, may = state
        return {
            self.pretend(state, move): move
            for move in (Take(made, number, made + number) for number in sorted(set(may), reverse=True))
            if move.result <= puzzle.goal
        }

    def solved(self, state: Subset) -> bool:
        return state.made == state.puzzle.goal

    def left(self, state: Subset) -> int:
        return len(state.may)

    def bound(self, state: Subset) -> tuple[str, int] | None:
        """All that may be taken is too little, or the least of it too much."""
        goal, made, may = state.puzzle.goal, state.made, state.may
        if not may or made == goal:
            return None
        if made + sum(may) < goal:
            return "largest", made + sum(may)
        return ("smallest", made + may[0]) if made + may[0] > goal else None

    def key(self, state: Subset) -> str:
        """The numbers, and what is left to make of them: how much was made does not matter."""
        return f"{self.name}/{','.join(map(str, state.may))}={state.puzzle.goal - state.made}"

    def say_state(self, state: Subset) -> str:
        return f"{state.made} ({_listed(state.may) or 'none'})"

    def say_goal(self, state: Subset) -> str:
        return str(state.puzzle.goal)

    def say_move(self, move: Take) -> str:
        return f"{move.made} + {move.number} = {move.result}"

    def say_answer(self, start: Subset, moves: Sequence[Take]) -> str:
        return " + ".join(str(move.number) for move in moves)

    def hear_state(self, text: str, start: Subset) -> Subset:
        """The state, in whatever order its numbers stand."""
        if not re.fullmatch(self.patterns.state, text):
            raise ValueError(f"{text[:40]!r} is no state")
        made, *may = map(int, re.findall("[0-9]+", text))
        if len(may) > len(start.may):
            raise ValueError(f"{text[:40]!r} has more numbers than the start")
        return Subset(start.puzzle, made, tuple(sorted(may)))

    def hear_move(self, text: str, start: Subset) -> Take:
        if not re.fullmatch(self.patterns.move, text):
            raise ValueError(f"{text[:40]!r} is no move")
        return Take(*map(int, re.findall("[0-9]+", text)))

    def hear_way(self, text: str, start: Subset) -> dict[Subset, Take | None]:
        """The numbers taken from the largest down, in whatever order they stand."""
        said = text.strip().rstrip(".")
        if not re.fullmatch(rf"{NUMBER}(?: ?\+ ?{NUMBER}){{0,9}}", said):
            raise ValueError(f"{text[:40]!r} is no answer; it is {self.answer_form}")
        way, state = dict[Subset, Take | None](), start
        for number in sorted(map(int, re.findall("[0-9]+", said)), reverse=True):
            take = Take(state.made, number, state.made + number)
            state = self.play(state, take)
            way[state] = take
        return way

    def with_false_result(self, move: Take, draws: Draws) -> Take:
        near = (move.result + by for by in (-10, -2, -1, 1, 2, 10))
        return move._replace(result=draws.choice([result for result in near if result > move.made]))

    def pretend(self, state: Subset, move: Take) -> Subset:
        return Subset(state.puzzle, move.result, state.may[: bisect_right(state.may, move.number) - 1])

    def over_others(self, state: Subset, move: Take, earlier: Sequence[Subset], invented: bool, draws: Draws) -> Take | None:
        """It takes a number that no number of the start is, or one that was taken, in either case none that goes too far."""
        taken = [after.made - before.made for before, after in pairwise((*earlier, state))]
        others = [self._strange(state, move.number, draws) for _ in range(NEAR)] if invented else taken
        fitting = [n for n in others if n not in state.may and state.made + n <= state.puzzle.goal]
        number = draws.choice(fitting) if fitting else None
        return None if number is None else Take(state.made, number, state.made + number)

    def over_false(self, move: Take, first: Take, false: Take) -> Take | None:
        return move._replace(made=false.result) if move.made == first.result else None

    def look_alike(self, state: Subset, draws: Draws) -> Subset:
        """Another number that may be taken, or where none may, more or less that was made."""
        may = list(state.may)
        if not may:
            return state._replace(made=self.with_false_result(Take(0, state.made, state.made), draws).result)
        i = draws.below(len(may))
        may[i] = self._strange(state, may[i], draws)
        return state._replace(may=tuple(sorted(may)))

    def _strange(self, state: Subset, number: int, draws: Draws) -> int:
        """A number near to this one that is none of the start."""
        given = state.puzzle.numbers
        nearby = sorted((n for n in range(1, 100) if n not in given), key=lambda n: (abs(n - number), n))
        return draws.choice(nearby[:4])


def _listed(may: tuple[int, ...]) -> str:
    return ", ".join(map(str, reversed(may)))
