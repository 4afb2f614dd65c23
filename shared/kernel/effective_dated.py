"""Parameters that change from year to year: one value per start year, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

P = TypeVar("P")


class UnknownYearError(LookupError):
    """No text gives a value for this year, and none is ever guessed."""


@dataclass(frozen=True, slots=True)
class ByStartYear(Generic[P]):
    """Values by start year."""

    name: str
    values: Mapping[int, P]

    def for_year(self, year: int) -> P | None:
        """Return the value published for this very year, or None."""
        return self.values.get(year)

    def in_force_on(self, year: int) -> P:
        """Return the value of the latest dated year up to this one.

        Raises:
            UnknownYearError: before the first dated year.
        """
        if not (dated := [known for known in self.values if known <= year]):
            msg = f"{self.name}: no value for {year}, the first dated year is {min(self.values)}"
            raise UnknownYearError(msg)
        return self.values[max(dated)]
