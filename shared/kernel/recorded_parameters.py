"""Parameters that tell what was read of them: for the receipt of a decision.

A decision is synchronous and a worker has a view of its own, so one log is enough: it is
emptied before each decision.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic_core import to_json

from shared.kernel.effective_dated import ByStartYear

P = TypeVar("P")


class ParameterRead(NamedTuple):
    """A value that a decision read: for which year, and from which dated year it comes.

    `dated` is None, and `value` the JSON `null`, where no text gives a value.
    """

    name: str
    asked: int
    dated: int | None
    value: bytes


Log = dict[ParameterRead, None]
"""What was read, in order, each once."""


@dataclass(frozen=True)
class _RecordingByStartYear(ByStartYear[P]):
    """Dated values that note each value read, as the JSON it has always had."""

    field: str
    written: Mapping[int, bytes]
    log: Log

    def for_year(self, year: int) -> P | None:
        value = super().for_year(year)
        self._note(year, None if value is None else year)
        return value

    def in_force_on(self, year: int) -> P:
        self._note(year, max((known for known in self.values if known <= year), default=None))
        return super().in_force_on(year)

    def _note(self, asked: int, dated: int | None) -> None:
        value = b"null" if dated is None else self.written[dated]
        self.log[ParameterRead(self.field, asked, dated, value)] = None


class _RecordingMapping(Mapping[int, P], Generic[P]):
    """Values by year that note each value looked up."""

    def __init__(self, name: str, values: Mapping[int, P], log: Log) -> None:
        self._name, self._values, self._log = name, values, log

    def __getitem__(self, year: int) -> P:
        value = self._values.get(year)
        dated = None if value is None else year
        self._log[ParameterRead(self._name, year, dated, to_json(value))] = None
        return self._values[year]

    def __iter__(self) -> Iterator[int]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class RecordingParameters:
    """A service's parameters under watch: `view` is what decisions get."""

    def __init__(self, parameters: Any) -> None:
        self._log: Log = {}
        written = _written(parameters)
        self.parameters = _recording(parameters, written, self._log)
        self.digest = _digest(written)

    def reset(self) -> None:
        """Empty the log, before a decision."""
        self._log.clear()

    def reads(self) -> tuple[ParameterRead, ...]:
        """Return what was read since, in order, each once."""
        return tuple(self._log)


Written = dict[str, dict[int, bytes]]
"""By field, the JSON of each dated value."""


def _written(parameters: Any) -> Written:
    if not is_dataclass(parameters):
        return {}
    values = {field.name: getattr(parameters, field.name) for field in fields(parameters)}
    by_year = {
        name: each.values if isinstance(each, ByStartYear) else each
        for name, each in values.items()
    }
    return {
        name: {year: to_json(value) for year, value in each.items()}
        for name, each in by_year.items()
        if isinstance(each, Mapping)
    }


def _recording(parameters: Any, written: Written, log: Log) -> Any:
    """Return the parameters with everything dated under watch."""
    watched = {
        name: _recorded(name, getattr(parameters, name), written[name], log) for name in written
    }
    return replace(parameters, **watched) if watched else parameters


def _recorded(name: str, values: Any, written: dict[int, bytes], log: Log) -> Any:
    if isinstance(values, ByStartYear):
        return _RecordingByStartYear(values.name, values.values, name, written, log)
    return _RecordingMapping(name, values, log)


def _digest(written: Written) -> str:
    """Return the SHA-256 of all values; two sets of parameters with one digest are the same."""
    lines = sorted(
        b"%s %d %s" % (name.encode(), year, value)
        for name, values in written.items()
        for year, value in values.items()
    )
    return hashlib.sha256(b"\n".join(lines)).hexdigest()
