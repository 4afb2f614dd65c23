"""Parameters that record which of their values a decision read, for its receipt.

A decision is synchronous and each worker has its own instance, so one log is enough: it is
reset before each decision.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic_core import to_json

from shared.kernel.effective_dated import ByStartYear

P = TypeVar("P")


class ParameterRead(NamedTuple):
    """A value that a decision read: the requested year, and the start year of the value.

    Without a value for the year, `start_year` is None and `value` is the JSON `null`.
    """

    name: str
    year: int
    start_year: int | None
    value: bytes


Log = dict[ParameterRead, None]
"""The values read, in order, without repetition."""


@dataclass(frozen=True)
class _RecordingByStartYear(ByStartYear[P]):
    """Values by start year that record each read, with the value as JSON."""

    field: str
    json_by_year: Mapping[int, bytes]
    log: Log

    def for_year(self, year: int) -> P | None:
        value = super().for_year(year)
        self._note(year, None if value is None else year)
        return value

    def in_force_on(self, year: int) -> P:
        self._note(year, max((start for start in self.values if start <= year), default=None))
        return super().in_force_on(year)

    def _note(self, year: int, start_year: int | None) -> None:
        value = b"null" if start_year is None else self.json_by_year[start_year]
        self.log[ParameterRead(self.field, year, start_year, value)] = None


class _RecordingMapping(Mapping[int, P], Generic[P]):
    """Values by year that record each lookup."""

    def __init__(self, name: str, values: Mapping[int, P], log: Log) -> None:
        self._name, self._values, self._log = name, values, log

    def __getitem__(self, year: int) -> P:
        value = self._values.get(year)
        start_year = None if value is None else year
        self._log[ParameterRead(self._name, year, start_year, to_json(value))] = None
        return self._values[year]

    def __iter__(self) -> Iterator[int]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class RecordingParameters:
    """Records the reads of a service's parameters; decisions get `parameters`."""

    def __init__(self, parameters: Any) -> None:
        self._log: Log = {}
        json_by_year = _json_by_year(parameters)
        self.parameters = _recording(parameters, json_by_year, self._log)
        self.digest = _digest(json_by_year)

    def reset(self) -> None:
        """Empty the log, before a decision."""
        self._log.clear()

    def reads(self) -> tuple[ParameterRead, ...]:
        """Return the values read since the reset, in order, without repetition."""
        return tuple(self._log)


JsonByYear = dict[str, dict[int, bytes]]
"""The JSON of each value, by field and start year."""


def _json_by_year(parameters: Any) -> JsonByYear:
    if not is_dataclass(parameters):
        return {}
    values = {field.name: getattr(parameters, field.name) for field in fields(parameters)}
    by_year = {
        name: field.values if isinstance(field, ByStartYear) else field
        for name, field in values.items()
    }
    return {
        name: {year: to_json(value) for year, value in field.items()}
        for name, field in by_year.items()
        if isinstance(field, Mapping)
    }


def _recording(parameters: Any, json_by_year: JsonByYear, log: Log) -> Any:
    """Return the parameters with all values by year recorded."""
    recording = {
        name: _recorded(name, getattr(parameters, name), json_by_year[name], log)
        for name in json_by_year
    }
    return replace(parameters, **recording) if recording else parameters


def _recorded(name: str, values: Any, json_by_year: dict[int, bytes], log: Log) -> Any:
    if isinstance(values, ByStartYear):
        return _RecordingByStartYear(values.name, values.values, name, json_by_year, log)
    return _RecordingMapping(name, values, log)


def _digest(json_by_year: JsonByYear) -> str:
    """Return the SHA-256 of all values: equal for equal parameters."""
    lines = sorted(
        b"%s %d %s" % (name.encode(), year, value)
        for name, values in json_by_year.items()
        for year, value in values.items()
    )
    return hashlib.sha256(b"\n".join(lines)).hexdigest()
