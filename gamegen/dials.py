"""What the run of a row is to have, from the dials of its spec.

Each dial draws under a name of its own, so turning one leaves what the others draw as it was.
"""

from collections.abc import Sequence

from gamegen import games
from gamegen.assembly import Asked
from gamegen.errors import SpecError
from gamegen.region import are_promised, conceivable, nearest, steps
from gamegen.rng import Draws
from gamegen.spec import Range, Spec, TraceSpec

BACKTRACKS = Range(2, 12)  # where nothing is asked for
MOVES_OF_TWO, MOVES_OF_THREE = 3, 8  # from a state of two, of three numbers; most have some more


class Dials:
    """The dials of a spec. Raises SpecError where they contradict each other, or what the puzzles are chosen for."""

    def __init__(self, spec: Spec, room: int) -> None:
        self.trace, self.seed = spec.trace, spec.seed
        self.numbers, self.capacity = spec.puzzles.count, room
        trace = spec.trace
        if not spec.is_countdown:
            self._check_small(spec)
        if trace.backtracks and trace.backtracks.high > self.capacity:
            raise SpecError(
                "trace.backtracks",
                f"{trace.backtracks} given, but each puzzle is only chosen to give up to {self.capacity}; "
                f"ask for at most {self.capacity}, or for puzzles that give more with puzzles.capacity",
            )
        if trace.density is not None and trace.steps:
            raise SpecError("trace.density", f"{trace.density} given beside trace.steps; leave one of them out")
        self.by_events = trace.tokens_by == "events"
        if self.by_events and (trace.tokens is None or trace.backtracks or trace.steps or trace.density is not None):
            given = "without trace.tokens" if trace.tokens is None else "beside trace.backtracks, trace.steps or trace.density"
            raise SpecError("trace.tokens_by", f"events given {given}; then trace.tokens alone says how many events there are")
        ends = trace.dead_ends
        self.shares = (ends.exhausted_two, ends.exhausted_three, ends.bounded, ends.set_aside)
        self._check_kinds(spec)
        low, high = trace.backtracks or (Range(0, self.capacity) if trace.steps else BACKTRACKS)
        self.backtracks: Sequence[int] = range(min(low, self.capacity), min(high, self.capacity) + 1)
        self.pairs: dict[int, Sequence[int]] | None = None
        if trace.steps is not None or trace.density is not None:
            if not are_promised(spec.rules):
                dial, value = ("density", trace.density) if trace.steps is None else ("steps", trace.steps)
                raise SpecError(
                    f"trace.{dial}", f"{value} given; it is possible with rules.operations '+-*/' and rules.use_all true"
                )
            self.pairs = self._pairs()

    def _check_small(self, spec: Spec) -> None:
        """Raise SpecError for a dial of what a small game promises nothing of."""
        trace, ends, plain = spec.trace, spec.trace.dead_ends, TraceSpec()
        dials = {name: (getattr(trace, name), getattr(plain, name)) for name in ("steps", "density", "depth", "subgoals")}
        dials |= {f"dead_ends.{name}": (getattr(ends, name), 0) for name in ("exhausted_two", "exhausted_three", "bounded")}
        for name, (given, usual) in dials.items():
            if given != usual:
                raise SpecError(
                    f"trace.{name}", f"{given} given beside game={spec.game}; it is a dial of {games.COUNTDOWN}, leave it out"
                )

    def _check_kinds(self, spec: Spec) -> None:
        """Raise SpecError for what no puzzle of the spec can give."""
        trace, ends, n = spec.trace, spec.trace.dead_ends, spec.puzzles.count
        if trace.depth and trace.depth.high >= n:
            raise SpecError("trace.depth", f"{trace.depth} given; with {n} numbers 1 to {n - 1} is possible")
        if ends.exhausted_three and n < 4:
            raise SpecError("trace.dead_ends.exhausted_three", f"{ends.exhausted_three:g} given; that takes 4 numbers and more")
        for key, share in (("dead_ends.bounded", ends.bounded), ("subgoals", trace.subgoals)):
            if share and not spec.rules.use_all:
                raise SpecError(f"trace.{key}", f"{share:g} given; it is possible where rules.use_all is true")
        if not are_promised(spec.rules) or not spec.is_countdown:
            return
        rest = 1 - ends.exhausted_three - ends.bounded - ends.set_aside
        if ends.exhausted_two > rest / (1 + MOVES_OF_TWO):
            raise SpecError(
                "trace.dead_ends.exhausted_two",
                f"{ends.exhausted_two:g} given, but each takes about {MOVES_OF_TWO} missed dead ends; "
                f"beside the other shares at most {rest / (1 + MOVES_OF_TWO):.3g} is possible",
            )
        if ends.exhausted_three > ends.exhausted_two / MOVES_OF_THREE:
            raise SpecError(
                "trace.dead_ends.exhausted_three",
                f"{ends.exhausted_three:g} given, but each takes about {MOVES_OF_THREE} of exhausted_two; "
                f"beside {ends.exhausted_two:g} of these at most {ends.exhausted_two / MOVES_OF_THREE:.3g} is possible",
            )

    def asked(self, split: str, i: int) -> Asked:
        """What the run of row i of the split is to have."""
        backtracks = Draws(self.seed, split, i, "backtracks").choice(self.backtracks)
        wanted = None
        if self.pairs is not None:
            wanted = Draws(self.seed, split, i, "steps").choice(self.pairs[backtracks])
        return self.with_shares(backtracks, wanted)

    def with_shares(self, backtracks: int, wanted: int | None) -> Asked:
        """So many backtracks and steps, with the kinds of dead ends and the remarks by their shares."""
        trace = self.trace
        one_left, two_left, bounded, set_aside = apportioned(backtracks, self.shares) if any(self.shares) else (0, 0, 0, 0)
        return Asked(
            backtracks, wanted, trace.depth, (one_left, two_left), bounded, set_aside, trace.subgoals, trace.checks
        )  # fmt: skip

    def tokens(self, split: str, i: int) -> int | None:
        """How many tokens the completion of row i of the split is to have in the arm ``procedure``; None: as it comes."""
        wanted = self.trace.tokens
        return None if wanted is None else Draws(self.seed, split, i, "tokens").between(*wanted)

    def _pairs(self) -> dict[int, Sequence[int]]:
        """The steps to draw from, for each number of backtracks; where those were left to chance, for each that fits."""
        pairs = {backtracks: self._steps(backtracks) for backtracks in self.backtracks}
        if self.trace.backtracks is None:
            pairs = {backtracks: found for backtracks, found in pairs.items() if found}
            self.backtracks = list(pairs)
        bad = next((backtracks for backtracks, found in pairs.items() if not found), None if pairs else self.capacity)
        if bad is not None:
            raise self._refusal(bad)
        return pairs

    def _steps(self, backtracks: int) -> Sequence[int]:
        """The steps that are asked for and promised with so many backtracks."""
        trace, promised = self.trace, steps(self.numbers, backtracks)
        inside = [s for s in promised if trace.steps is None or trace.steps.low <= s <= trace.steps.high]
        if trace.density is None:
            return inside
        return [min(inside, key=lambda s: abs(backtracks / s - trace.density))] if inside else []  # type: ignore[operator]

    def _refusal(self, backtracks: int) -> SpecError:
        """Why the steps cannot be had, and the nearest that can."""
        trace, n = self.trace, self.numbers
        if trace.steps is None:
            last = max(b for b in range(self.capacity + 1) if steps(n, b))
            return SpecError("trace.density", f"{trace.density} given; with {n} numbers it is possible up to {last} backtracks")
        wanted = trace.steps.low if trace.backtracks else trace.steps.high
        b, s = nearest(n, self.capacity, backtracks, wanted)
        few, many = conceivable(n, backtracks)[0], conceivable(n, backtracks)[-1]
        promised = steps(n, backtracks)
        possible = (
            f"{promised[0]} to {promised[-1]} are possible (conceivable are {few} to {many})"
            if promised
            else "none are possible"
        )
        return SpecError(
            "trace.steps", f"{trace.steps} given, but with {n} numbers and {backtracks} backtracks {possible}; "
            f"the nearest that is possible: trace.backtracks={b}, trace.steps={s}",
        )  # fmt: skip


def apportioned(total: int, shares: Sequence[float]) -> list[int]:
    """The total split by shares that sum to 1 at most, exact up to rounding, by largest remainders; the rest is left over.

    >>> apportioned(10, (0.25, 0.25))
    [3, 2]
    """
    exact = [total * share for share in shares]
    whole = [int(part + 1e-9) for part in exact]
    spare = round(sum(exact)) - sum(whole)
    for k in sorted(range(len(shares)), key=lambda k: whole[k] - exact[k])[: max(spare, 0)]:
        whole[k] += 1
    return whole
