"""Effective-dated parameters: one value per start year, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

P = TypeVar("P")


class UnknownYearError(LookupError):
    """No published value applies to this year; none is ever assumed."""


class ParameterRead(NamedTuple):
    """A value that a decision read: the requested year, the start year and JSON of the value.

    Without a value for the year, `start_year` is None and `value` is the JSON `null`.
    """

    name: str
    year: int
    start_year: int | None
    value: bytes


@dataclass(frozen=True, slots=True)
class ByStartYear(Generic[P]):
    """Values by start year.

    Each read is recorded in `reads`, once and in order, with the text of the value in `json` by
    start year; see `shared.kernel.parameters.recorded`. Without `reads` nothing is recorded.
    """

    name: str
    values: Mapping[int, P]
    json: Mapping[int, bytes] = field(default_factory=dict, compare=False, repr=False)
    reads: dict[ParameterRead, None] | None = field(default=None, compare=False, repr=False)

    def for_year(self, year: int) -> P | None:
        """Return the value whose start year is this year, or None."""
        self._record(year, year if year in self.values else None)
        return self.values.get(year)

    def in_force_on(self, year: int) -> P:
        """Return the value with the latest start year up to this year.

        Raises:
            UnknownYearError: before the first start year.
        """
        start_year = max((start for start in self.values if start <= year), default=None)
        self._record(year, start_year)
        if start_year is None:
            msg = f"{self.name}: no value for {year}, the first dated year is {min(self.values)}"
            raise UnknownYearError(msg)
        return self.values[start_year]

    def first_year(self) -> int:
        """Return the first start year."""
        first = min(self.values)
        self._record(first, first)
        return first

    def _record(self, year: int, start_year: int | None) -> None:
        if self.reads is not None:
            value = b"null" if start_year is None else self.json[start_year]
            self.reads[ParameterRead(self.name, year, start_year, value)] = None
