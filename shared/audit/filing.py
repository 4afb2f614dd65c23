"""The indexed fields of a record: key, type, Caf, dossiers and instants match its content.

No hash covers these fields, and queries select records by them.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from shared.audit.findings import CheckRule, Violation
from shared.audit.records import Document, ParsedRecord, parse_object
from shared.contracts.envelope import routing_key
from shared.contracts.registry import BY_TYPE
from shared.kernel.messages import MessageRecord, OutgoingMessage
from shared.kernel.outbox import dead_letters_of

RESTORE = (
    "l’enregistrement est classé sous autre chose que ce qu’il dit : le rétablir depuis une"
    " sauvegarde"
)
UNDECIDED = {"refused", "poison"}
Comparison = tuple[str, Any, Any]
"""A French label, the expected value and the stored one."""


def _indexed_fields(parsed: ParsedRecord) -> Iterable[Violation]:
    """Compare the indexed fields with the message and the events of the record."""
    comparisons = [*_message(parsed.record, _with_scope(parsed.message or {}))]
    for output in parsed.record.outputs:
        comparisons += _event(parsed, output)
    for label, expected, actual in comparisons:
        if expected != actual:
            text = f"{label} : attendu {_text(expected)}, trouvé {_text(actual)}"
            yield Violation(parsed.subject, text, parsed.location)
    for part in parsed.stored.altered:
        text = f"{part} : les octets conservés n’ont pas leur empreinte"
        yield Violation(parsed.subject, text, parsed.location)


def _message(record: MessageRecord, message: Document) -> Iterator[Comparison]:
    """Compare with the attributes and data of the message."""
    # A refusal has the reason of its dead letter; a decision has none.
    reasons = [output.headers.get("clas-reason") for output in record.outputs if output.queue]
    default = None if record.outcome == "decided" else record.reason
    yield "issue", _outcome(record), record.outcome
    yield "motif", reasons[0] if reasons else default, record.reason
    if record.outcome == "refused":
        yield "identifiant", f"sha256:{record.sha256}", record.key.id
        return
    yield "source", message.get("source"), record.key.source
    yield "identifiant", message.get("id"), record.key.id
    yield "type", message.get("type"), record.type
    yield "Caf", message["caf"], record.caf
    yield "clé de routage", _key(message), record.routing_key
    named = {str(message["dossier_id"] or ""), *(output.subject for output in record.outputs)}
    yield "dossiers", sorted(name for name in named if name), sorted(record.dossier_ids)


def _outcome(record: MessageRecord) -> str:
    """Return the outcome that the record must have: only a decision leaves a receipt."""
    if record.receipt is not None:
        return "decided"
    return record.outcome if record.outcome in UNDECIDED else " ou ".join(sorted(UNDECIDED))


def _event(parsed: ParsedRecord, output: OutgoingMessage) -> Iterator[Comparison]:
    if output.queue is not None:
        yield "file", None if parsed.decided else dead_letters_of(parsed.service), output.queue
        return
    event = _with_scope(parse_object(output.body) or {})
    yield "identifiant d’événement", event.get("id"), output.id
    yield "dossier d’événement", event.get("subject"), output.subject
    yield "clé d’événement", _key(event), output.routing_key
    yield "en-têtes d’événement", {}, dict(output.headers)
    yield "instant d’événement", _instant(event.get("time")), parsed.record.handled_at


def _with_scope(event: Document) -> Document:
    data = event.get("data")
    data = data if isinstance(data, dict) else {}
    return {**event, "caf": data.get("caf"), "dossier_id": data.get("dossier_id")}


def _key(message: Document) -> str | None:
    spec = BY_TYPE.get(str(message.get("type")))
    return routing_key(spec.name, message["caf"]) if spec else None


def _instant(time: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(time)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "rien"
    return "rien" if value is None else str(value)


def _readable(parsed: ParsedRecord) -> bool:
    return parsed.readable


INDEXED_FIELDS: CheckRule[ParsedRecord] = CheckRule(
    "enregistrement classé sous ce qu’il dit",
    "enregistrements classés sous ce qu’ils disent",
    "clés, types, Caf, dossiers, instants",
    "inbox",
    RESTORE,
    _indexed_fields,
    _readable,
)
