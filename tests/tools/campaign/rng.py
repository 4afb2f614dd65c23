"""Deterministic random generator, seeded per object."""

import random
from collections.abc import Sequence
from typing import TypeVar

SEED = "clas-76-2025-2026"

T = TypeVar("T")


class SeededRandom:
    """Random numbers seeded by the names of an object; from `random()`, stable across Pythons."""

    def __init__(self, *names: object) -> None:
        self._random = random.Random("|".join(map(str, (SEED, *names))))

    def below(self, bound: int) -> int:
        """Return a number from 0 to `bound` - 1."""
        return int(self._random.random() * bound)

    def between(self, low: int, high: int, step: int = 1) -> int:
        """Return a number from `low` to `high`, both included, in steps."""
        return low + step * self.below((high - low) // step + 1)

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[self.below(len(choices))]

    def chance(self, percent: int) -> bool:
        """Return True in `percent` cases out of a hundred."""
        return self.below(100) < percent
