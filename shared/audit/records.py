"""A stored record as checks read it: its message, receipt and published events, parsed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from shared.contracts.envelope import InvalidMessageError, decode
from shared.contracts.registry import BY_TYPE
from shared.french import listed
from shared.kernel.messages import MessageRecord, OutgoingMessage
from shared.kernel.receipts import sha256
from shared.mongodb.snapshot import StoredRecord

Document = dict[str, Any]
SUBJECTS_LISTED = 3


class PublishedEvent(NamedTuple):
    """An event that a service published, with the SHA-256 of its body."""

    name: str
    id: str
    caf: str | None
    dossier_id: str | None
    data: Document
    body: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class ParsedRecord:
    """A record of a service, parsed once for all checks; `now` is the moment of the audit.

    `receipt` and `message` are None where they are missing or cannot be parsed.
    """

    service: str
    stored: StoredRecord
    now: datetime
    receipt: Document | None = None
    message: Document | None = None
    published: tuple[PublishedEvent, ...] = field(default=())

    @property
    def record(self) -> MessageRecord:
        """The record of a readable one."""
        assert self.stored.record is not None
        return self.stored.record

    @property
    def readable(self) -> bool:
        """Whether the record can be read."""
        return self.stored.record is not None

    @property
    def decided(self) -> bool:
        """Whether the message was decided, so that there must be a receipt."""
        return self.stored.record is not None and self.stored.record.outcome == "decided"

    @property
    def subject(self) -> str:
        """The dossiers of the record, as text."""
        return subject_of(self.stored.record.dossier_ids if self.stored.record else ())

    @property
    def location(self) -> str:
        """The service, the event and the key of the record, as text."""
        record = self.stored.record
        if record is None:
            return f"{self.service}, inbox, {self.stored.name}"
        spec = BY_TYPE.get(record.type or "")
        name = spec.name if spec else record.type or "message illisible"
        return f"{self.service}, inbox, {name} {record.key.id}"


def parse_record(service: str, stored: StoredRecord, now: datetime) -> ParsedRecord:
    """Return a record with its receipt, message and events parsed."""
    record = stored.record
    if record is None:
        return ParsedRecord(service, stored, now)
    receipt = parse_object(record.receipt.content) if record.receipt else None
    receipt = receipt if _is_complete(receipt) else None
    return ParsedRecord(
        service,
        stored,
        now,
        receipt,
        parse_object(record.body),
        tuple(_published_events(record.outputs)),
    )


def data_of(body: bytes | None) -> Any:
    """Return the data of a valid message, None for any other: the check of hashes reports that."""
    try:
        return decode(body).data if body else None
    except InvalidMessageError:
        return None


def parse_object(content: bytes | None) -> Document | None:
    """Return the JSON object in a text, None for anything else."""
    try:
        document = orjson.loads(content) if content else None
    except (orjson.JSONDecodeError, TypeError):
        return None
    return document if isinstance(document, dict) else None


def _is_complete(receipt: Document | None) -> bool:
    """Return whether a receipt has the parts that checks read."""
    try:
        parts = receipt or {}
        inputs, after, outputs = parts["inputs"], parts["after"], parts["outputs"]
        states = [(each["collection"], each["id"], each["version"]) for each in (*inputs, *after)]
        for written in (*after, *outputs):
            bytes.fromhex(written["sha256"])
        read = all("content" in each for each in inputs)
    except (KeyError, TypeError, ValueError):
        return False
    return read and all([type(part) for part in state] == [str, str, int] for state in states)


def subject_of(dossier_ids: tuple[str, ...]) -> str:
    """Return `D-1 et D-2`; of many the first three and the number of others."""
    first, more = dossier_ids[:SUBJECTS_LISTED], len(dossier_ids) - SUBJECTS_LISTED
    return listed([*first, f"{more} autres"] if more > 0 else first, "aucun dossier")


def _published_events(outputs: tuple[OutgoingMessage, ...]) -> Iterator[PublishedEvent]:
    """Yield the events among the outputs; dead letters are left out."""
    for output in outputs:
        if output.queue is None:
            document = parse_object(output.body) or {}
            data = document.get("data")
            data = data if isinstance(data, dict) else {}
            yield PublishedEvent(
                name=output.routing_key.partition(".")[0],
                id=output.id,
                caf=data.get("caf"),
                dossier_id=data.get("dossier_id"),
                data=data,
                body=output.body,
                sha256=sha256(output.body),
            )
