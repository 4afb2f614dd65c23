"""The verdict on a partner's file, event by event, without any server."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from shared.contracts.envelope import CONTENT_TYPE
from shared.contracts.event_file import EventFault, RawEvent, ValidEvent, event_name, validate_each
from shared.contracts.registry import BY_NAME, BY_TYPE
from shared.partner_kit.sample import PERSISTENT, Document
from shared.partner_kit.unknown_fields import nearest, unknown_fields


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a place of an event; `path` is empty where it is the whole of it."""

    path: str
    message: str

    def __str__(self) -> str:
        """Return `data.caf : …`."""
        return f"{self.path} : {self.message}" if self.path else self.message


@dataclass(frozen=True, slots=True)
class Verdict:
    """One event of a file: whether it conforms, how it must travel, what to look at."""

    line: int
    event: str
    id: str | None
    errors: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
    routing_key: str | None

    @property
    def conforms(self) -> bool:
        """Warnings do not count."""
        return not self.errors

    def document(self) -> Document:
        """Return it for a machine."""
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
    """Return the AMQP properties that an event must travel with."""
    return {
        "content_type": CONTENT_TYPE,
        "delivery_mode": PERSISTENT,
        "message_id": event_id,
    }


def verdicts(events: Iterable[RawEvent], bytes_max: int) -> Iterator[Verdict]:
    """Yield the verdict on each event of a file, whoever is to publish it."""
    for written, found in validate_each(events, bytes_max=bytes_max, from_anyone=True):
        if isinstance(found, ValidEvent):
            yield _fitting(written, found)
        else:
            yield _faulty(written, found)


def _fitting(written: RawEvent, found: ValidEvent) -> Verdict:
    errors = (Remark("type", _internal(found.name)),) if BY_NAME[found.name].internal else ()
    warnings = tuple(_warnings(written.body))
    return Verdict(written.line, found.name, found.id, errors, warnings, found.routing_key)


def _internal(name: str) -> str:
    return f"message interne du service {BY_NAME[name].producer}, aucun partenaire ne le publie"


def _faulty(written: RawEvent, faults: list[EventFault]) -> Verdict:
    document = _parsed(written.body)
    event_id = document.get("id")
    return Verdict(
        line=written.line,
        event=event_name(written.body),
        id=event_id if isinstance(event_id, str) else None,
        errors=tuple(Remark(each.path, each.message) for each in faults),
        warnings=tuple(_warnings(written.body)),
        routing_key=None,
    )


def _warnings(body: bytes) -> Iterator[Remark]:
    """Yield what is ignored, and what was perhaps meant."""
    document = _parsed(body)
    told = str(document.get("type"))
    if told not in BY_TYPE:
        if meant := nearest(told, list(BY_TYPE)):
            yield Remark("type", f"vouliez-vous dire « {meant} » ?")
        return
    for path, meant in unknown_fields(document, BY_TYPE[told]):
        hint = f" ; vouliez-vous dire « {meant} » ?" if meant else ""
        yield Remark(path, f"champ inconnu, ignoré{hint}")


def _parsed(body: bytes) -> Document:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}
