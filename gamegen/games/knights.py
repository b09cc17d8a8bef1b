"""Knights and knaves: everybody says one thing; what a knight says is true, what a knave says is not. Find out who is what.

Words: the persons are A, B, …; their *role* is knight or knave. A *claim* is that a person has a role; a *statement* is one or
two claims in a *form*, and each person says one. A role fits where no statement is contradicted whose persons are all decided,
the speaker too: it must be true just if the speaker is a knight.

>>> from gamegen.rng import Draws
>>> game = Knights()
>>> both_knaves, both_the_same = ("and", ((1, KNAVE), (2, KNAVE))), ("same", ((1, KNIGHT), (3, KNIGHT)))
>>> start = game.start(KnightsPuzzle((both_knaves, both_the_same, ("is", ((2, KNAVE),)))))
>>> game.say_answer(start, game.win(start, Draws("doctest")))
'knave knight knave'
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations, product
from typing import Any, NamedTuple

from gamegen.game import Patterns
from gamegen.games.assignment import Assignment, Filling, Values, are_numbers
from gamegen.games.canonical import canonical
from gamegen.games.small import digits

NAMES = "ABCDEF"
PERSONS = range(2, len(NAMES) + 1)  # that a puzzle may have
KNIGHT, KNAVE = ROLES = (1, 2)

Claim = tuple[int, int]  # a person, from 1 on, and a role
Statement = tuple[str, tuple[Claim, ...]]  # the name of the form, and the claims, whose persons ascend


class Form(NamedTuple):
    """How claims become a statement: how it is worded, with claims or persons filled in, and when it is true."""

    claims: int
    roles: bool  # whether the claims may be of any role; where it is about persons alone, both are that they are knights
    wording: str
    holds: Callable[[Sequence[bool]], bool]


FORMS = {
    "is": Form(1, True, "{0}", all),
    "and": Form(2, True, "{0} and {1}", all),
    "or": Form(2, True, "{0} or {1} (or both)", any),
    "same": Form(2, False, "{0} and {1} are the same", lambda claims: claims[0] == claims[1]),
    "different": Form(2, False, "{0} and {1} are different", lambda claims: claims[0] != claims[1]),
}


class KnightsPuzzle(NamedTuple):
    says: tuple[Statement, ...]  # of each person


class Knights(Assignment[KnightsPuzzle]):
    name = "knights"
    says = "knights and knaves: from what everybody says, find out who speaks the truth"
    sizes, usual, counts = range(3, 7), 4, "persons"
    capacity = 2
    Puzzle = KnightsPuzzle
    places = tuple(NAMES)
    joint = " is a "
    words = ("_", "knight", "knave")
    goal = "a role for all"
    patterns = Patterns(rf"[{NAMES}] is a (?:knight|knave)", r"(?:knight|knave|_)(?: (?:knight|knave|_)){1,5}", goal)

    def __len__(self) -> int:
        numbers: int = len(_statements(self.size)) ** self.size
        return numbers

    def puzzle(self, k: int) -> KnightsPuzzle | None:
        every = _statements(self.size)
        says = tuple(every[i] for i in digits(k, [len(every)] * self.size))
        if any(form == "is" and claims[0][0] == speaker for speaker, (form, claims) in enumerate(says, 1)):
            return None  # who speaks of nobody else says nothing, or what nobody can say
        puzzle = KnightsPuzzle(says)
        return puzzle if self.is_worth_playing(puzzle) else None

    def check(self, puzzle: KnightsPuzzle) -> None:
        (says,) = puzzle
        if not isinstance(says, tuple) or len(says) not in PERSONS:
            raise ValueError(f"{str(says)[:40]} are no statements of {PERSONS[0]} to {PERSONS[-1]} persons")
        for statement in says:
            if not _is_statement(statement, len(says)):
                raise ValueError(f"{str(statement)[:60]} is no statement; the forms are {', '.join(FORMS)}")

    def question(self, start: Filling[KnightsPuzzle]) -> str:
        says = start.puzzle.says
        said = " ".join(f"{name} says: {self.say_statement(statement)}." for name, statement in zip(NAMES, says, strict=False))
        return (
            f"Each of {', '.join(NAMES[: len(says)])} is either a knight or a knave. What a knight says is true, what a knave "
            f"says is false. {said} Say for each who is what, so that this holds for everybody. Decide them in the order of "
            f"their letters; no statement may be contradicted once its speaker and all whom it is about are decided. Write a "
            f"move as `C is a knave`, and a state as the roles in the order of the letters, with `_` for who is not decided; "
            f"the state at the start is `{self.say_state(start)}`."
        )

    def say_statement(self, statement: Statement) -> str:
        form, claims = FORMS[statement[0]], statement[1]
        return form.wording.format(
            *(f"{NAMES[person - 1]} is a {self.words[role]}" if form.roles else NAMES[person - 1] for person, role in claims)
        )

    def given(self, puzzle: KnightsPuzzle) -> Values:
        return (0,) * len(puzzle.says)

    def options(self, puzzle: KnightsPuzzle) -> int:
        return len(ROLES)

    def fits(self, puzzle: KnightsPuzzle, values: Values, place: int, value: int) -> bool:
        roles = (*values[:place], value, *values[place + 1 :])
        for speaker, (form, claims) in zip(roles, puzzle.says, strict=True):
            if speaker and all(roles[person - 1] for person, _ in claims):
                true = FORMS[form].holds([roles[person - 1] == role for person, role in claims])
                if true != (speaker == KNIGHT):
                    return False
        return True

    def key(self, state: Filling[KnightsPuzzle]) -> str:
        """Persons stand to others by the roles that they claim for them, and are like their own role and the form they use."""
        table = []
        for i, (form, claims) in enumerate(state.puzzle.says):
            claimed = dict(claims)
            row = [claimed.get(person, 0) for person in range(1, len(state.values) + 1)]
            row[i] += 3 * state.values[i] + 9 * list(FORMS).index(form)
            table.append(row)
        return f"{self.name}/{','.join(map(str, canonical(table)))}"


@cache
def _statements(persons: int) -> tuple[Statement, ...]:
    """Every statement that there is about so many persons."""
    every = []
    for name, form in FORMS.items():
        for chosen in combinations(range(1, persons + 1), form.claims):
            for roles in product(ROLES if form.roles else (KNIGHT,), repeat=form.claims):
                every.append((name, tuple(zip(chosen, roles, strict=True))))
    return tuple(every)


def _is_statement(item: Any, persons: int) -> bool:
    if not isinstance(item, tuple) or len(item) != 2 or not isinstance(item[1], tuple):
        return False
    whole = all(are_numbers(claim, range(persons + 1)) for claim in item[1])  # so that True is not taken for 1
    return whole and item in _statements(persons)
