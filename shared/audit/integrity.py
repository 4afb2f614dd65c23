"""Hashes of records: message, receipt and events are as they were written."""

from collections.abc import Iterable
from datetime import timedelta

from shared.audit.findings import CheckRule, Violation
from shared.audit.records import ParsedRecord
from shared.french import moment
from shared.kernel.receipts import sha256

PUBLICATION_MAX = timedelta(minutes=1)
"""How long an event may wait for its publication in normal operation."""
RESTORE = (
    "l’archive n’est plus ce qui a été écrit : chercher qui écrit dans la base, rétablir cet"
    " enregistrement depuis une sauvegarde"
)


def _unreadable(parsed: ParsedRecord) -> Iterable[Violation]:
    if not parsed.readable:
        yield Violation(parsed.subject, "l’enregistrement ne peut plus être lu", parsed.location)


def _body(parsed: ParsedRecord) -> Iterable[Violation]:
    """Compare the message with its hash and size."""
    record = parsed.record
    if record.body is None:
        return
    if (actual := sha256(record.body)) != record.sha256:
        yield Violation(
            parsed.subject, _hash_text("le message", record.sha256, actual), parsed.location
        )
    elif len(record.body) != record.size:
        text = f"le message fait {len(record.body)} octets au lieu de {record.size}"
        yield Violation(parsed.subject, text, parsed.location)


def _receipt(parsed: ParsedRecord) -> Iterable[Violation]:
    """Compare the receipt with its own hash, the message and the service."""
    record, receipt = parsed.record, parsed.receipt
    if record.receipt is None or receipt is None:
        yield Violation(
            parsed.subject, "le reçu de la décision manque ou ne peut plus être lu", parsed.location
        )
        return
    if (actual := sha256(record.receipt.content)) != record.receipt.hash:
        yield Violation(
            parsed.subject, _hash_text("le reçu", record.receipt.hash, actual), parsed.location
        )
    if receipt.get("message") != record.sha256:
        yield Violation(parsed.subject, "le reçu est celui d’un autre message", parsed.location)
    if receipt.get("service") != parsed.service:
        yield Violation(parsed.subject, "le reçu est celui d’un autre service", parsed.location)


def _outputs(parsed: ParsedRecord) -> Iterable[Violation]:
    """Compare the events with their hashes in the receipt."""
    outputs = (parsed.receipt or {}).get("outputs") or []
    expected = {each["id"]: each["sha256"] for each in outputs}
    actual = {each.id: sha256(each.body) for each in parsed.record.outputs}
    if len(actual) != len(parsed.record.outputs):
        yield Violation(parsed.subject, "un événement y est conservé deux fois", parsed.location)
    for event_id in dict.fromkeys((*expected, *actual)):
        if event_id not in actual:
            text = f"l’événement {event_id} que la décision a dit n’est plus conservé"
            yield Violation(parsed.subject, text, parsed.location)
        elif event_id not in expected:
            text = f"l’événement {event_id} n’est pas de cette décision"
            yield Violation(parsed.subject, text, parsed.location)
        elif actual[event_id] != expected[event_id]:
            text = _hash_text(f"l’événement {event_id}", expected[event_id], actual[event_id])
            yield Violation(parsed.subject, text, parsed.location)


def _outbox(parsed: ParsedRecord) -> Iterable[Violation]:
    record = parsed.record
    if parsed.stored.unpublished and parsed.now - record.handled_at > PUBLICATION_MAX:
        text = f"un événement attend d’être publié depuis le {moment(record.handled_at)}"
        yield Violation(parsed.subject, text, parsed.location)


def _decided(parsed: ParsedRecord) -> bool:
    return parsed.decided


def _readable(parsed: ParsedRecord) -> bool:
    return parsed.readable


def _hash_text(label: str, expected: str, actual: str) -> str:
    return f"{label} a changé : empreinte attendue {expected[:12]}…, trouvée {actual[:12]}…"


def poison_violation(parsed: ParsedRecord) -> Violation:
    """Return the violation of a poison message that was not redriven with success."""
    text = "le message a mis le service en échec et n’a pas été rejoué"
    return Violation(parsed.subject, text, parsed.location)


READABLE = CheckRule(
    "enregistrement lisible",
    "enregistrements lisibles",
    "archive",
    "inbox",
    RESTORE,
    _unreadable,
)
POISON = CheckRule(
    "message traité sans échec du service",
    "messages traités sans échec du service",
    "boîte de réception",
    "inbox",
    "`clas dead-letters show SERVICE ID` dit l’échec ; une fois corrigé, `clas dead-letters"
    " replay SERVICE ID --yes`",
    applies_to=_readable,
)
CHECKS: tuple[CheckRule[ParsedRecord], ...] = (
    CheckRule(
        "message conservé tel qu’il est arrivé",
        "messages conservés tels qu’ils sont arrivés",
        "empreinte du message",
        "inbox",
        RESTORE,
        _body,
        _readable,
    ),
    CheckRule(
        "décision dont le reçu est intact",
        "décisions dont le reçu est intact",
        "empreinte du reçu",
        "inbox",
        RESTORE,
        _receipt,
        _decided,
    ),
    CheckRule(
        "décision dont les événements sont ceux de son reçu",
        "décisions dont les événements sont ceux de leur reçu",
        "empreintes des événements",
        "inbox",
        RESTORE,
        _outputs,
        _decided,
    ),
    CheckRule(
        "enregistrement dont tout est publié",
        "enregistrements dont tout est publié",
        "boîte d’envoi",
        "inbox",
        "le service tourne-t-il ? `clas serve SERVICE`, puis `clas wait`",
        _outbox,
        _readable,
    ),
    POISON,
)
