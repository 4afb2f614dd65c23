"""Effective-dated parameters: one value per start year, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

P = TypeVar("P")


class UnknownYearError(LookupError):
    """No published value applies to this year; none is ever assumed."""


@dataclass(frozen=True, slots=True)
class ByStartYear(Generic[P]):
    """Values by start year."""

    name: str
    values: Mapping[int, P]

    def for_year(self, year: int) -> P | None:
        """Return the value whose start year is this year, or None."""
        return self.values.get(year)

    def in_force_on(self, year: int) -> P:
        """Return the value with the latest start year up to this year.

        Raises:
            UnknownYearError: before the first start year.
        """
        if not (start_years := [start for start in self.values if start <= year]):
            msg = f"{self.name}: no value for {year}, the first dated year is {min(self.values)}"
            raise UnknownYearError(msg)
        return self.values[max(start_years)]
