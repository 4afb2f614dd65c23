"""Parameters that tell what was read of them: for the receipt of a decision.

A decision is synchronous and a worker has a view of its own, so one log is enough: it is
emptied before each decision.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic_core import to_json

from shared.kernel.effective_dated import Dated

P = TypeVar("P")


class Read(NamedTuple):
    """A value that a decision read: for which year, and from which dated year it comes.

    `dated` is None, and `value` the JSON `null`, where no text gives a value.
    """

    name: str
    asked: int
    dated: int | None
    value: bytes


Log = dict[Read, None]
"""What was read, in order, each once."""


@dataclass(frozen=True)
class _WatchedDated(Dated[P]):
    """Dated values that note each value read, as the JSON it has always had."""

    field: str
    written: Mapping[int, bytes]
    log: Log

    def exact(self, year: int) -> P | None:
        value = super().exact(year)
        self._note(year, None if value is None else year)
        return value

    def in_force(self, year: int) -> P:
        self._note(year, max((known for known in self.values if known <= year), default=None))
        return super().in_force(year)

    def _note(self, asked: int, dated: int | None) -> None:
        value = b"null" if dated is None else self.written[dated]
        self.log[Read(self.field, asked, dated, value)] = None


class _WatchedMapping(Mapping[int, P], Generic[P]):
    """Values by year that note each value looked up."""

    def __init__(self, name: str, values: Mapping[int, P], log: Log) -> None:
        self._name, self._values, self._log = name, values, log

    def __getitem__(self, year: int) -> P:
        value = self._values.get(year)
        dated = None if value is None else year
        self._log[Read(self._name, year, dated, to_json(value))] = None
        return self._values[year]

    def __iter__(self) -> Iterator[int]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Watched:
    """A service's parameters under watch: `view` is what decisions get."""

    def __init__(self, parameters: Any) -> None:
        self._log: Log = {}
        written = _written(parameters)
        self.view = _watching(parameters, written, self._log)
        self.digest = _digest(written)

    def forget(self) -> None:
        """Empty the log, before a decision."""
        self._log.clear()

    def reads(self) -> tuple[Read, ...]:
        """Return what was read since, in order, each once."""
        return tuple(self._log)


Written = dict[str, dict[int, bytes]]
"""By field, the JSON of each dated value."""


def _written(parameters: Any) -> Written:
    if not is_dataclass(parameters):
        return {}
    values = {field.name: getattr(parameters, field.name) for field in fields(parameters)}
    by_year = {
        name: each.values if isinstance(each, Dated) else each for name, each in values.items()
    }
    return {
        name: {year: to_json(value) for year, value in each.items()}
        for name, each in by_year.items()
        if isinstance(each, Mapping)
    }


def _watching(parameters: Any, written: Written, log: Log) -> Any:
    """Return the parameters with everything dated under watch."""
    watched = {
        name: _watch(name, getattr(parameters, name), written[name], log) for name in written
    }
    return replace(parameters, **watched) if watched else parameters


def _watch(name: str, values: Any, written: dict[int, bytes], log: Log) -> Any:
    if isinstance(values, Dated):
        return _WatchedDated(values.name, values.values, name, written, log)
    return _WatchedMapping(name, values, log)


def _digest(written: Written) -> str:
    """Return the SHA-256 of all values; two sets of parameters with one digest are the same."""
    lines = sorted(
        b"%s %d %s" % (name.encode(), year, value)
        for name, values in written.items()
        for year, value in values.items()
    )
    return hashlib.sha256(b"\n".join(lines)).hexdigest()
