"""Keyed randomness: every draw is a pure function of the key it is asked under.

A *key* is a tuple of integers and names, such as ``(seed, "train", 7, "target")``. Two keys that differ anywhere
give unrelated draws, so seeds 42 and 43 share nothing and a new purpose disturbs no old one.

Keys are hashed with the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
2014); draws come from wyrand (Wang Yi, 2019, public domain), which has the fewest operations of what passes the test suites.
"""

from collections.abc import Iterable, Iterator, MutableSequence, Sequence
from functools import lru_cache
from hashlib import blake2b
from math import isqrt
from typing import TypeVar

T = TypeVar("T")

_MASK = (1 << 64) - 1
_UNIT = 1 << 53  # a float has so many different steps in [0, 1)
_STEP = 0x9E3779B97F4A7C15  # 2**64 divided by the golden ratio, made odd


def _mix(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


@lru_cache(maxsize=4096)
def _number(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


def hash64(*key: int | str) -> int:
    """The 64-bit hash of a key, the same on every machine and in every process."""
    h = len(key)
    for part in key:
        z = (h + _STEP + (part if type(part) is int else _number(part))) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK  # the finaliser, as in _mix; a call of its own costs as much
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        h = z ^ (z >> 31)
    return h


class Draws:
    """An endless sequence of draws that depends on its key alone."""

    __slots__ = ("_state",)

    def __init__(self, *key: int | str) -> None:
        self._state = hash64(*key)

    def below(self, n: int) -> int:
        """A uniform integer in [0, n); the bias is under n / 2**64."""
        self._state = s = (self._state + 0xA0761D6478BD642F) & _MASK
        product = s * (s ^ 0xE7037ED1A0B428DB)
        return (((product >> 64 ^ product) & _MASK) * n) >> 64

    def between(self, low: int, high: int) -> int:
        """A uniform integer in [low, high]."""
        return low + self.below(high - low + 1)

    def unit(self) -> float:
        """A uniform number in [0, 1)."""
        return self.below(_UNIT) / _UNIT

    def choice(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Put the items in a uniformly random order, in place."""
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]

    def shuffled(self, items: Iterable[T]) -> Iterator[T]:
        """The items in a uniformly random order, drawn only as far as they are taken."""
        left = list(items)
        while left:
            i = self.below(len(left))
            left[i], left[-1] = left[-1], left[i]
            yield left.pop()


class Permutation:
    """A keyed permutation of range(size) with random access both ways: ``p[i]`` and ``p.index(j)``.

    A Feistel network over Z_a × Z_b with a·b just above size; what falls outside is walked on until it is inside
    (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002). Raises IndexError outside the range.
    """

    ROUNDS = 6

    def __init__(self, size: int, *key: int | str) -> None:
        self.size = size
        self._a = isqrt(max(size - 1, 0)) + 1
        self._b = -(-size // self._a) if size else 1
        self._keys = [hash64(*key, r) for r in range(self.ROUNDS)]

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, i: int) -> int:
        self._check(i)
        while True:
            i = self._forward(i)
            if i < self.size:
                return i

    def index(self, j: int) -> int:
        """The i for which ``self[i] == j``."""
        self._check(j)
        while True:
            j = self._backward(j)
            if j < self.size:
                return j

    def _check(self, i: int) -> None:
        if not 0 <= i < self.size:
            raise IndexError(f"{i} is outside range({self.size})")

    def _forward(self, x: int) -> int:
        a, b = self._a, self._b
        left, right = divmod(x, b)
        for r, k in enumerate(self._keys):
            if r % 2:
                left = (left + _mix((k + right * _STEP) & _MASK)) % a
            else:
                right = (right + _mix((k + left * _STEP) & _MASK)) % b
        return left * b + right

    def _backward(self, x: int) -> int:
        a, b = self._a, self._b
        left, right = divmod(x, b)
        for r in range(self.ROUNDS - 1, -1, -1):
            k = self._keys[r]
            if r % 2:
                left = (left - _mix((k + right * _STEP) & _MASK)) % a
            else:
                right = (right - _mix((k + left * _STEP) & _MASK)) % b
        return left * b + right
