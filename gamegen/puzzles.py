"""The puzzle space: which puzzle is row i of a split, and which split owns a puzzle.

Words: the *class* of a multiset is the sum of the codes of its numbers modulo CLASSES, where the code of a number is a
constant hash of it. A split *owns* some of the classes, so it owns a multiset whatever else a spec says (range of the
numbers, seed, dials), and no two splits share one. The multisets of a class that draw on a range of numbers can be
counted, and listed from the k-th on, without listing those before it: that count is what a split can give.

A row has *candidates* of its own: multiset i, i + stride, i + 2·stride … of its split, in an order that the seed
decides. It takes the first that has a target to offer. A target is *held out* by a constant hash: ``test_new_targets``
has those only, every other split none of them.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from itertools import accumulate, islice
from math import ceil, log, sqrt

from gamegen.difficulty import Difficulty, dialled, measure, missed, needs_multiplication, refuse_impossible
from gamegen.errors import GamegenError, SpecError
from gamegen.games.countdown import Countdown, Oracle, Puzzle, Rules, State, Value
from gamegen.reserved import leads_to_reserved
from gamegen.rng import Draws, Permutation, hash64
from gamegen.room import has_room
from gamegen.spec import DifficultySpec, PuzzleSpec, known

CLASSES = 64
# What each split of a corpus owns. The last class is no split's: it is kept for eval suites.
OWNED = {
    "train": range(60),
    "validation": range(60, 61),
    "test": range(61, 62),
    "test_new_targets": range(62, 63),
}
SUITE, SUITE_NEW_TARGETS = "suite", "suite_new_targets"  # the splits that suites draw on, one with targets of training rows
OWNERS = {**OWNED, SUITE: range(63, 64), SUITE_NEW_TARGETS: range(63, 64)}
EVERY = range(CLASSES)
HELD_OUT = ("test_new_targets", SUITE_NEW_TARGETS)  # the splits whose targets are held out
HELD_OUT_SHARE = 10  # one target in ten
FEW = 64  # multisets after which it is given up where none of them offers a target
PROBES = 512  # multisets that are looked at to see how many offer a target
REACH_PROBES = 16  # multisets whose goals are listed to say what is possible
LISTABLE = 4096  # a space of at most so many multisets is listed whole, so that every one of them can be a row
DEAD_ROW = 1e-9  # how likely it may be that all candidates of a row are rejected
LISTED = 4  # up to so many numbers all targets are listed; of more numbers one after the other is tested
NARROW = 8  # in a range of at most so many targets each of them is tested, which costs less than to list all
MOST_ASKABLE = 1 << 14  # so wide a range of targets is kept as a set
MOST_REFUSED = 12  # targets of one multiset that have no room, before it is said to have none
MOST_EXHAUSTED = 3  # numbers of which all plays can be told
MOST_TARGETS = 200  # targets of one multiset that are tried before it is given up
MOST_MEASURED = 64  # targets of one multiset whose difficulty is measured before it is given up


@lru_cache(maxsize=1 << 16)
def code(value: Value) -> int:
    """The code of a number, 0 to CLASSES - 1."""
    return hash64("number", str(value)) % CLASSES


def owner(numbers: tuple[Value, ...]) -> str | None:
    """The split that owns a multiset, of a puzzle or of a state inside a trace; None for what is kept for suites."""
    of = sum(map(code, numbers)) % CLASSES
    return next((split for split, classes in OWNED.items() if of in classes), None)


@lru_cache(maxsize=1 << 16)
def held_out(target: int) -> bool:
    """Whether no training row may have this target."""
    return hash64("held-out target", str(target)) % HELD_OUT_SHARE == 0


def is_unsolvable(i: int, share: float) -> bool:
    """Whether row i is one of those without a solution, which are spread evenly: of n rows n · share, rounded down."""
    return int((i + 1) * share) > int(i * share)


class Multisets:
    """The multisets of ``count`` numbers from low to high, by class: how many there are, and the k-th of some classes.

    ``_tails[size][c]`` is the list, over first numbers x from high down to low, of how many multisets of that size and
    class have no number below x; it rises, so the smallest number of the k-th multiset is found by bisection.
    """

    def __init__(self, count: int, low: int, high: int) -> None:
        self.count, self.high = count, high
        width = high - low + 1
        codes = [code(high - i) for i in range(width)]
        self._tails = [[[int(c == 0)] * width for c in range(CLASSES)]]
        for _ in range(count):
            shorter = self._tails[-1]
            self._tails.append(
                [list(accumulate(shorter[(c - codes[i]) % CLASSES][i] for i in range(width))) for c in range(CLASSES)]
            )
        sizes = (self._tails[count][c][-1] for c in range(CLASSES))
        self._before = list(accumulate(sizes, initial=0))  # multisets in the classes before each class

    def size(self, classes: range) -> int:
        return self._before[classes.stop] - self._before[classes.start]

    def multiset(self, classes: range, k: int) -> tuple[int, ...]:
        """The k-th multiset of the classes, ascending; class after class, each in a fixed order. Raises IndexError."""
        if not 0 <= k < self.size(classes):
            raise IndexError(f"{k} is outside range({self.size(classes)})")
        k += self._before[classes.start]
        c = bisect_right(self._before, k) - 1
        return self._unrank(c, k - self._before[c])

    def _unrank(self, c: int, k: int) -> tuple[int, ...]:
        numbers = []
        end = len(self._tails[0][0])
        for size in range(self.count, 0, -1):
            tails = self._tails[size][c]
            i = bisect_right(tails, k, 0, end)  # the first number is high - i, all others are at least that
            k -= tails[i - 1] if i else 0
            c = (c - code(self.high - i)) % CLASSES
            numbers.append(self.high - i)
            end = i + 1
        return tuple(numbers)


class PuzzleSpace:
    """The puzzles of a spec: what a split can give, and its row i. It depends on ``puzzles``, ``rules`` and the seed alone.

    for_suites: nothing is reserved for others.
    """

    def __init__(self, spec: PuzzleSpec, rules: Rules, seed: int, for_suites: bool = False) -> None:
        refuse_impossible(spec.difficulty, spec.count, rules)
        if spec.unsolvable and spec.count > MOST_EXHAUSTED:
            raise SpecError(
                "puzzles.unsolvable",
                f"{spec.unsolvable:g} given; it is possible with puzzles.count={MOST_EXHAUSTED}, whose searches are short "
                "enough to show that there is no solution",
            )
        self.spec, self.rules, self.seed, self.for_suites = spec, rules, seed, for_suites
        self.game = Countdown(rules, spec.difficulty.shape or ())
        self._multisets = Multisets(spec.count, *spec.numbers)
        self._orders: dict[str, Permutation] = {}
        self.capacity = cache(self._capacity)

    def _capacity(self, split: str) -> int:
        """How many rows the split can have. Raises SpecError for an unknown split."""
        known("splits", split, OWNERS)
        if self._multisets.size(EVERY) <= LISTABLE:
            return len(_offering(self.spec, self.rules, split))
        tries = _tries(self.spec, self.rules, split in HELD_OUT)
        return self._multisets.size(OWNERS[split]) // tries if tries else 0

    def puzzle(self, split: str, i: int) -> Puzzle:
        """Row i of the split. Raises GamegenError where the split has no such row."""
        stride = self.capacity(split)
        if not 0 <= i < stride:
            raise GamegenError(f"splits.{split}: row {i} asked for, rows 0 to {stride - 1} are possible")
        for k in self._candidates(split, i, stride):
            numbers = self._multisets.multiset(OWNERS[split], k)
            if is_unsolvable(i, self.spec.unsolvable):
                target = self._out_of_reach(numbers, split in HELD_OUT, Draws(self.seed, split, k, "out of reach"))
                if target is not None:
                    return Puzzle(numbers, target, self.rules)
                continue
            for draws in (Draws(self.seed, split, k, "target"), Draws("probe", *numbers)):
                target = self._target(numbers, split in HELD_OUT, draws)
                if target is not None:
                    return Puzzle(numbers, target, self.rules)
        raise GamegenError(f"splits.{split}: row {i} has no puzzle; ask for a wider puzzles.target or for another seed")

    def _candidates(self, split: str, i: int, stride: int) -> Iterator[int]:
        """The multisets of the split that are row i's own to try."""
        if self._multisets.size(EVERY) <= LISTABLE:
            yield _offering(self.spec, self.rules, split)[self._order(split, stride)[i]]
            return
        size = self._multisets.size(OWNERS[split])
        order = self._order(split, size)
        yield from (order[k] for k in range(i, size, stride))

    def _order(self, split: str, size: int) -> Permutation:
        if split not in self._orders:
            self._orders[split] = Permutation(size, self.seed, split, "order")
        return self._orders[split]

    def offers(self, classes: range, k: int, held: bool) -> bool:
        """Whether the k-th multiset of the classes has a target to offer."""
        numbers = self._multisets.multiset(classes, k)
        return self._target(numbers, held, Draws("probe", *numbers)) is not None

    def _target(self, numbers: tuple[int, ...], held: bool, draws: Draws) -> int | None:
        """A target for the numbers, uniform among those that can be reached, are as hard as asked and leave room to search."""
        targets = self._targets(self.game.oracle(numbers), held, draws)
        if self.game.shapes:
            targets = (target for target in targets if self._is_won(numbers, target))
        if dialled(self.spec.difficulty):
            targets = self._as_hard(numbers, targets)
        for target in islice(targets, MOST_REFUSED):
            if not self.for_suites and leads_to_reserved(self.game, State(numbers, target)):
                continue
            if has_room(self.game, numbers, target, self.spec.capacity):
                return target
        return None

    def _out_of_reach(self, numbers: tuple[int, ...], held: bool, draws: Draws) -> int | None:
        """A target that other numbers reach, so that targets tell nothing, and these do not."""
        size, oracle = self._multisets.size(EVERY), self.game.oracle(numbers)
        for _ in range(MOST_TARGETS):
            target = self._target(self._multisets.multiset(EVERY, draws.below(size)), held, draws)
            if target is not None and not oracle.reaches(target) and target not in (() if self.rules.use_all else numbers):
                return target
        return None

    def _is_won(self, numbers: tuple[int, ...], target: int) -> bool:
        """Whether there is a solution of a shape that was asked for."""
        try:
            return bool(self.game.win(State(numbers, target), Draws("shape")))
        except ValueError:
            return False

    def _as_hard(self, numbers: tuple[int, ...], targets: Iterator[int]) -> Iterator[int]:
        """Those of the targets that meet the dials of difficulty."""
        for target in islice(targets, MOST_MEASURED):
            short = missed(self.spec.difficulty, measure(self.game, State(numbers, target)))
            if not short:
                yield target
            elif "states" in short and self.rules.use_all:  # these are the same whatever the target
                return

    def _targets(self, oracle: Oracle, held: bool, draws: Draws) -> Iterator[int]:
        """The goals that can be reached and may be asked for, in random order."""
        low, high = self.spec.target
        trivial = () if self.rules.use_all else oracle.numbers
        if self.spec.count <= LISTED:
            if high - low < NARROW:
                inside = {target for target in _askable(low, high, held) if oracle.reaches(target)}
            elif high - low < MOST_ASKABLE:
                inside = oracle.targets() & _askable(low, high, held)
            else:
                inside = {t for t in oracle.targets() if low <= t <= high and t.denominator == 1 and held_out(int(t)) == held}
            yield from map(int, draws.shuffled(sorted(inside.difference(trivial))))
        else:
            order = Permutation(high - low + 1, draws.below(1 << 63))
            sums_only = self.spec.difficulty.needs_multiplication is False
            for i in range(min(len(order), MOST_TARGETS)):
                target = low + order[i]
                if sums_only and needs_multiplication(self.game, State(oracle.numbers, target)):
                    continue  # said at less cost than what the oracle says
                if held_out(target) == held and target not in trivial and oracle.reaches(target):
                    yield target

    def refusal(self, split: str, rows: int) -> SpecError:
        """Why the split cannot have so many rows."""
        low, high = self.spec.target
        if capacity := self.capacity(split):
            widened = f"{'puzzles.difficulty or ' if dialled(self.spec.difficulty) else ''}puzzles.numbers"
            return SpecError(
                f"splits.{split}", f"{rows} rows given, {capacity} are possible; ask for at most that many, or widen {widened}"
            )
        if low == high and held_out(low) != (split in HELD_OUT):
            whose = "no training row may have" if held_out(low) else "is not one of the held-out"
            return SpecError("puzzles.target", f"{low} given, which for {split} {whose} targets; choose another or a range")
        reach = self.reach()
        if reach is None or high < reach[0] or low > reach[1]:
            possible = f"the numbers reach {reach[0]} to {reach[1]}" if reach else "the numbers reach nothing at all"
            return SpecError("puzzles.target", f"[{low}, {high}] given, but {possible}")
        if too_hard := self.too_hard(split in HELD_OUT):
            return too_hard
        return SpecError(
            f"splits.{split}",
            f"{rows} rows given, but hardly a puzzle with puzzles.target [{low}, {high}] and puzzles.capacity "
            f"{self.spec.capacity} belongs to this split; widen the one or lower the other, or leave the split out",
        )

    def too_hard(self, held: bool) -> SpecError | None:
        """Why hardly a puzzle meets the dials of difficulty, by what some chosen without them have; None where none is."""
        plain = PuzzleSpace(replace(self.spec, difficulty=DifficultySpec()), self.rules, self.seed)
        size = plain._multisets.size(EVERY)
        order = Permutation(size, "probe")
        found = []
        for i in range(min(size, FEW)):
            numbers = plain._multisets.multiset(EVERY, order[i])
            target = plain._target(numbers, held, Draws("probe", *numbers))
            if target is not None:
                found.append(measure(plain.game, State(numbers, target)))
        return _refusal(self.spec.difficulty, found) if found else None

    def reach(self) -> tuple[int, int] | None:
        """The least and the greatest goal that any of the probed multisets can reach; None where there is no goal."""
        size = self._multisets.size(EVERY)
        order = Permutation(size, "probe")
        multisets = [(self.spec.numbers.low,) * self.spec.count, (self.spec.numbers.high,) * self.spec.count]
        if self.spec.count <= LISTED:
            multisets += [self._multisets.multiset(EVERY, order[i]) for i in range(min(size, REACH_PROBES))]
        goals = {int(t) for numbers in multisets for t in self.game.oracle(numbers).targets() if t == int(t)}
        return (min(goals), max(goals)) if goals else None


def _refusal(dials: DifficultySpec, found: list[Difficulty]) -> SpecError | None:
    """A refusal of a dial that none of the difficulties meets, or else of all the dials together."""
    given = dialled(dials)
    unmet = [name for name in given if all(name in missed(dials, difficulty) for difficulty in found)]
    names = unmet[:1] or list(given)
    if not names:
        return None
    asked = ", ".join((f"{given[name]}" if unmet else f"{name} {given[name]}").lower() for name in names)
    seen = ", ".join(f"{name} {_span([getattr(difficulty, name) for difficulty in found])}" for name in names)
    return SpecError(
        f"puzzles.difficulty.{names[0]}" if unmet else "puzzles.difficulty",
        f"{asked} given, but hardly a puzzle is so; the {len(found)} that were tried have {seen}",
    )


def _span(values: list[float]) -> str:
    """From the least to the greatest, rounded."""
    low, high = (str(end).lower() if isinstance(end, bool) else f"{end:.4g}" for end in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"


@lru_cache(maxsize=8)
def _askable(low: int, high: int, held: bool) -> frozenset[Value]:
    """The targets in a range that are held out, or those that are not."""
    return frozenset(t for t in range(low, high + 1) if held_out(t) == held)


@lru_cache(maxsize=64)
def _tries(spec: PuzzleSpec, rules: Rules, held: bool) -> int:
    """How many candidates a row needs, so that one of them offers a target; 0 where hardly any does."""
    space = PuzzleSpace(spec, rules, seed=0, for_suites=True)  # which puzzles are reserved changes no capacity
    order = Permutation(space._multisets.size(EVERY), "probe")
    rejected = 0
    for i in range(PROBES):
        rejected += not space.offers(EVERY, order[i], held)
        if i == FEW and rejected > i:  # none of so many: no use in looking on
            return 0
    # What was seen and three standard errors more, so that a lucky probe promises no rows that are not there.
    likely = (rejected + 1 + 3 * sqrt(rejected * (1 - rejected / PROBES))) / (PROBES + 1)
    return max(2, ceil(log(DEAD_ROW) / log(likely))) if likely < 1 else 0


@lru_cache(maxsize=64)
def _offering(spec: PuzzleSpec, rules: Rules, split: str) -> tuple[int, ...]:
    """The multisets of a split, in a small space, that offer a target."""
    space = PuzzleSpace(spec, rules, seed=0, for_suites=split not in OWNED)
    size = space._multisets.size(OWNERS[split])
    return tuple(k for k in range(size) if space.offers(OWNERS[split], k, split in HELD_OUT))
