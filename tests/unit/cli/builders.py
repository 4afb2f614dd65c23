"""Records of services, built for tests; and sentences as plain text."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from shared.contracts.base import WireModel
from shared.contracts.envelope import encode, routing_key
from shared.contracts.sentences.text import Sentences
from shared.kernel.messages import DEVELOPMENT, InboxKey, MessageRecord, OutgoingMessage
from shared.kernel.position import position_of
from tests.support.samples import DOSSIER

OTHER = "ELAN-2025-761-000002"
NARROW, SPACE = "\u202f", "\u00a0"


def at(minute: int, second: int = 0) -> datetime:
    """Return a time of 10 July 2025; 8 h UTC is 10 h in Paris."""
    return datetime(2025, 7, 10, 8, minute, second, tzinfo=UTC)


def body(data: WireModel, event_id: str, source: str = "/elan", cause: str | None = None) -> bytes:
    """Return the bytes of an event."""
    return encode(data, id=event_id, source=source, time="2025-07-10T08:00:00Z", causationid=cause)


def output(data: WireModel, event_id: str, service: str, cause: str) -> OutgoingMessage:
    """Return the answer of a service to the event `cause`."""
    subject = getattr(data, "dossier_id", None)
    key = routing_key(type(data).__name__, getattr(data, "caf", None))
    return OutgoingMessage(
        event_id, key, body(data, event_id, f"/clas/{service}", cause), subject=subject
    )


def record(
    message: bytes, *outputs: OutgoingMessage, when: datetime, outcome: str = "decided"
) -> MessageRecord:
    """Return the record of a message about the dossier."""
    digest = hashlib.sha256(message).hexdigest()
    return MessageRecord(
        key=InboxKey(DEVELOPMENT, "", f"sha256:{digest}"),
        sha256=digest,
        size=len(message),
        body=message,
        routing_key="DossierSubmitted.v1.761",
        handled_at=when,
        position=position_of(when),
        outcome=outcome,
        type="fr.caf.clas.DossierSubmitted.v1",
        dossier_ids=(DOSSIER,),
        outputs=outputs,
    )


def text_of(sentences: Sentences) -> str:
    """Return the title and the lines, with plain spaces."""
    text = "\n".join((sentences.title, *sentences.lines))
    return text.replace(NARROW, " ").replace(SPACE, " ")


def built(model: type[WireModel], **fields: Any) -> WireModel:
    """Return an event from its fields, as JSON or as Python."""
    return model.model_validate(fields, strict=False)
