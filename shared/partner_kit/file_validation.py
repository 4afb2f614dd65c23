"""Validation of a partner's file against the contract, event by event, without any server."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from shared.contracts.envelope import CONTENT_TYPE
from shared.contracts.event_file import EventFault, RawEvent, ValidEvent, event_name, validate_each
from shared.contracts.nearest import similar
from shared.contracts.registry import BY_NAME, BY_TYPE
from shared.partner_kit.sample import PERSISTENT, Document
from shared.partner_kit.unknown_fields import unknown_fields


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on a field of an event; `path` is empty for the whole event."""

    path: str
    message: str

    def __str__(self) -> str:
        """Return `data.caf: …`."""
        return f"{self.path}: {self.message}" if self.path else self.message


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one event of a file: errors, warnings, and how it must be published."""

    line: int
    event: str
    id: str | None
    errors: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
    routing_key: str | None

    @property
    def conforms(self) -> bool:
        """Whether there are no errors; warnings do not count."""
        return not self.errors

    def document(self) -> Document:
        """Return the verdict as JSON."""
        return {
            "line": self.line,
            "event": self.event,
            "id": self.id,
            "conforms": self.conforms,
            "exchange": "clas.events",
            "routing_key": self.routing_key,
            "properties": properties(self.id) if self.conforms else None,
            "errors": [{"path": each.path, "message": each.message} for each in self.errors],
            "warnings": [{"path": each.path, "message": each.message} for each in self.warnings],
        }


def properties(event_id: str | None) -> Document:
    """Return the AMQP properties that an event must be published with."""
    return {
        "content_type": CONTENT_TYPE,
        "delivery_mode": PERSISTENT,
        "message_id": event_id,
    }


def verdicts(events: Iterable[RawEvent], bytes_max: int) -> Iterator[Verdict]:
    """Yield the verdict on each event of a file, from any producer."""
    for raw, result in validate_each(events, bytes_max=bytes_max, from_anyone=True):
        if isinstance(result, ValidEvent):
            yield _valid_verdict(raw, result)
        else:
            yield _invalid_verdict(raw, result)


def _valid_verdict(raw: RawEvent, event: ValidEvent) -> Verdict:
    errors = (
        (Remark("type", _internal_message(event.name)),) if BY_NAME[event.name].internal else ()
    )
    warnings = tuple(warnings_of(raw.body))
    return Verdict(raw.line, event.name, event.id, errors, warnings, event.routing_key)


def _internal_message(name: str) -> str:
    return f"an internal message of {BY_NAME[name].producer}: no partner publishes it"


def _invalid_verdict(raw: RawEvent, faults: list[EventFault]) -> Verdict:
    document = _parsed(raw.body)
    event_id = document.get("id")
    return Verdict(
        line=raw.line,
        event=event_name(raw.body),
        id=event_id if isinstance(event_id, str) else None,
        errors=tuple(Remark(each.path, each.message) for each in faults),
        warnings=tuple(warnings_of(raw.body)),
        routing_key=None,
    )


def warnings_of(body: bytes) -> Iterator[Remark]:
    """Yield the fields that are ignored, with a suggestion for a misspelt name."""
    document = _parsed(body)
    event_type = str(document.get("type"))
    if event_type not in BY_TYPE:
        if suggestion := similar(event_type, BY_TYPE):
            yield Remark("type", f"did you mean {suggestion!r}?")
        return
    for path, suggestion in unknown_fields(document, BY_TYPE[event_type]):
        hint = f"; did you mean {suggestion!r}?" if suggestion else ""
        yield Remark(path, f"unknown field, ignored{hint}")


def _parsed(body: bytes) -> Document:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}
