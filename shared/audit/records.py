"""One record as checks see it: what was kept, the receipt opened, the events it says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from shared.contracts.registry import BY_TYPE
from shared.french import listed
from shared.kernel.ports import MessageRecord, OutgoingMessage
from shared.kernel.receipts import sha256
from shared.mongodb.snapshot import StoredRecord

Document = dict[str, Any]
SUBJECTS_SHOWN = 3


class PublishedEvent(NamedTuple):
    """An event that a service published: its parts, whom it concerns, the hash of its body."""

    name: str
    id: str
    caf: str | None
    dossier_id: str | None
    data: Document
    body: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class ParsedRecord:
    """A record of a service, read once for all checks; `now` is the moment of the look.

    `receipt` and `message` are None where there is none, or none that can be read.
    """

    service: str
    stored: StoredRecord
    now: datetime
    receipt: Document | None = None
    message: Document | None = None
    published: tuple[PublishedEvent, ...] = field(default=())

    @property
    def record(self) -> MessageRecord:
        """The record; asked where it can be read."""
        assert self.stored.record is not None
        return self.stored.record

    @property
    def readable(self) -> bool:
        """Whether the record can be read."""
        return self.stored.record is not None

    @property
    def decided(self) -> bool:
        """Whether the message was decided on, so that there must be a receipt."""
        return self.stored.record is not None and self.stored.record.outcome == "decided"

    @property
    def about(self) -> str:
        """The dossiers that the record concerns, the first of many."""
        return about(self.stored.record.dossier_ids if self.stored.record else ())

    @property
    def where(self) -> str:
        """The service, the event and the key of the record."""
        record = self.stored.record
        if record is None:
            return f"{self.service}, inbox, {self.stored.name}"
        spec = BY_TYPE.get(record.type or "")
        name = spec.name if spec else record.type or "message illisible"
        return f"{self.service}, inbox, {name} {record.key.id}"


def parse_record(service: str, kept: StoredRecord, now: datetime) -> ParsedRecord:
    """Return a record with its receipt, its message and its events opened."""
    record = kept.record
    if record is None:
        return ParsedRecord(service, kept, now)
    receipt = parsed_receipt(record.receipt.content) if record.receipt else None
    receipt = receipt if _whole(receipt) else None
    return ParsedRecord(
        service, kept, now, receipt, parsed_receipt(record.body), tuple(_said(record.outputs))
    )


def parsed_receipt(content: bytes | None) -> Document | None:
    """Return a JSON object, None for anything else."""
    try:
        document = orjson.loads(content) if content else None
    except (orjson.JSONDecodeError, TypeError):
        return None
    return document if isinstance(document, dict) else None


def _whole(receipt: Document | None) -> bool:
    """Tell whether a receipt has the parts that checks look at."""
    try:
        parts = receipt or {}
        named = [(each["collection"], each["id"], each["version"]) for each in parts["inputs"]]
        left = [bytes.fromhex(each["sha256"]) for each in (*parts["after"], *parts["outputs"])]
    except (KeyError, TypeError, ValueError):
        return False
    return len(named) == len(parts["inputs"]) and len(left) >= len(parts["after"])


def about(subjects: tuple[str, ...]) -> str:
    """Return `D-1 et D-2`; of many only the first, and how many more."""
    shown, more = subjects[:SUBJECTS_SHOWN], len(subjects) - SUBJECTS_SHOWN
    return listed([*shown, f"{more} autres"] if more > 0 else shown, "aucun dossier")


def _said(outputs: tuple[OutgoingMessage, ...]) -> Iterator[PublishedEvent]:
    """Yield the events among the outputs; a dead letter is none."""
    for output in outputs:
        if output.queue is None:
            document = parsed_receipt(output.body) or {}
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
