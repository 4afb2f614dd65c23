"""Records under what they say: key, type, Caf, dossiers and instants agree with message and events.

No hash covers these fields, and it is by them that a record is found.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from shared.audit.findings import CheckRule, Violation
from shared.audit.records import Document, ParsedRecord, parsed_receipt
from shared.contracts.envelope import routing_key
from shared.contracts.registry import BY_TYPE
from shared.kernel.ports import MessageRecord, OutgoingMessage

RESTORE = (
    "l’enregistrement est classé sous autre chose que ce qu’il dit : le rétablir depuis une"
    " sauvegarde"
)
UNDECIDED = {"refused", "poison"}
Pair = tuple[str, Any, Any]
"""What it is, as expected, as found."""


def _filed(filed: ParsedRecord) -> Iterable[Violation]:
    """Hold what a record is found by against what it holds."""
    pairs = [*_message(filed.record, _named(filed.message or {}))]
    pairs += [pair for output in filed.record.outputs for pair in _event(filed, output)]
    for what, expected, found in pairs:
        if expected != found:
            wrong = f"{what} : attendu {_shown(expected)}, trouvé {_shown(found)}"
            yield Violation(filed.about, wrong, filed.where)


def _message(record: MessageRecord, said: Document) -> Iterator[Pair]:
    """Compare with what the message says of itself: ids and codes are kept letter by letter."""
    # The reason of a refusal is that of its dead letter; a decision has none.
    reasons = [each.headers.get("clas-reason") for each in record.outputs if each.queue]
    default = None if record.outcome == "decided" else record.reason
    yield "issue", _outcome(record), record.outcome
    yield "motif", reasons[0] if reasons else default, record.reason
    if record.outcome == "refused":
        yield "identifiant", f"sha256:{record.sha256}", record.key.id
        return
    yield "source", said.get("source"), record.key.source
    yield "identifiant", said.get("id"), record.key.id
    yield "type", said.get("type"), record.type
    yield "Caf", said["caf"], record.caf
    yield "clé de routage", _key(said), record.routing_key
    named = {str(said["dossier_id"] or ""), *(each.subject for each in record.outputs)}
    yield "dossiers", sorted(each for each in named if each), sorted(record.dossier_ids)


def _outcome(record: MessageRecord) -> str:
    """Return what became of the message: only a decision leaves a receipt."""
    if record.receipt is not None:
        return "decided"
    return record.outcome if record.outcome in UNDECIDED else " ou ".join(sorted(UNDECIDED))


def _event(filed: ParsedRecord, output: OutgoingMessage) -> Iterator[Pair]:
    if output.queue is not None:
        return
    said = _named(parsed_receipt(output.body) or {})
    yield "identifiant d’événement", said.get("id"), output.id
    yield "dossier d’événement", said.get("subject"), output.subject
    yield "clé d’événement", _key(said), output.routing_key
    yield "en-têtes d’événement", {}, dict(output.headers)
    yield "instant d’événement", _instant(said.get("time")), filed.record.handled_at


def _named(event: Document) -> Document:
    data = event.get("data")
    data = data if isinstance(data, dict) else {}
    return {**event, "caf": data.get("caf"), "dossier_id": data.get("dossier_id")}


def _key(said: Document) -> str | None:
    spec = BY_TYPE.get(str(said.get("type")))
    return routing_key(spec.name, said["caf"]) if spec else None


def _instant(time: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(time)).astimezone(UTC)
    except ValueError:
        return None


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "rien"
    return "rien" if value is None else str(value)


def _readable(filed: ParsedRecord) -> bool:
    return filed.readable


FILED: CheckRule[ParsedRecord] = CheckRule(
    "enregistrement classé sous ce qu’il dit",
    "enregistrements classés sous ce qu’ils disent",
    "clés, types, Caf, dossiers, instants",
    _filed,
    RESTORE,
    _readable,
)
