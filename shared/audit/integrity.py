"""Receipts against records: the message, the decision and its events are as they were written."""

from collections.abc import Iterable
from datetime import timedelta

from shared.audit.findings import CheckRule, Violation, no_violations
from shared.audit.records import ParsedRecord
from shared.french import moment
from shared.kernel.receipts import sha256

WAITS_MAX = timedelta(minutes=1)
"""How long an event may wait for its dispatch while all is well."""
RESTORE = (
    "l’archive n’est plus ce qui a été écrit : chercher qui écrit dans la base, rétablir cet"
    " enregistrement depuis une sauvegarde"
)


def _unreadable(filed: ParsedRecord) -> Iterable[Violation]:
    if not filed.readable:
        yield Violation(filed.about, "l’enregistrement ne peut plus être lu", filed.where)


def _body(filed: ParsedRecord) -> Iterable[Violation]:
    """Hold the message against the hash and the size that were taken of it."""
    record = filed.record
    if record.body is None:
        return
    if (now := sha256(record.body)) != record.sha256:
        yield Violation(filed.about, _hashes("le message", record.sha256, now), filed.where)
    elif len(record.body) != record.size:
        told = f"le message fait {len(record.body)} octets au lieu de {record.size}"
        yield Violation(filed.about, told, filed.where)


def _receipt(filed: ParsedRecord) -> Iterable[Violation]:
    """Hold the receipt against its own hash, the message and the service."""
    record, receipt = filed.record, filed.receipt
    if record.receipt is None or receipt is None:
        yield Violation(
            filed.about, "le reçu de la décision manque ou ne peut plus être lu", filed.where
        )
        return
    if (now := sha256(record.receipt.content)) != record.receipt.hash:
        yield Violation(filed.about, _hashes("le reçu", record.receipt.hash, now), filed.where)
    if receipt.get("message") != record.sha256:
        yield Violation(filed.about, "le reçu est celui d’un autre message", filed.where)
    if receipt.get("service") != filed.service:
        yield Violation(filed.about, "le reçu est celui d’un autre service", filed.where)


def _outputs(filed: ParsedRecord) -> Iterable[Violation]:
    """Hold the events against the hashes that the decision's receipt has of them."""
    told = (filed.receipt or {}).get("outputs") or []
    expected = {each["id"]: each["sha256"] for each in told}
    kept = {each.id: sha256(each.body) for each in filed.record.outputs}
    if len(kept) != len(filed.record.outputs):
        yield Violation(filed.about, "un événement y est conservé deux fois", filed.where)
    for event_id in dict.fromkeys((*expected, *kept)):
        if event_id not in kept:
            wrong = f"l’événement {event_id} que la décision a dit n’est plus conservé"
            yield Violation(filed.about, wrong, filed.where)
        elif event_id not in expected:
            wrong = f"l’événement {event_id} n’est pas de cette décision"
            yield Violation(filed.about, wrong, filed.where)
        elif kept[event_id] != expected[event_id]:
            wrong = _hashes(f"l’événement {event_id}", expected[event_id], kept[event_id])
            yield Violation(filed.about, wrong, filed.where)


def _outbox(filed: ParsedRecord) -> Iterable[Violation]:
    record = filed.record
    if filed.stored.unpublished and filed.now - record.handled_at > WAITS_MAX:
        wrong = f"un événement attend d’être publié depuis le {moment(record.handled_at)}"
        yield Violation(filed.about, wrong, filed.where)


def _decided(filed: ParsedRecord) -> bool:
    return filed.decided


def _readable(filed: ParsedRecord) -> bool:
    return filed.readable


def _hashes(what: str, kept: str, now: str) -> str:
    return f"{what} a changé : empreinte attendue {kept[:12]}…, trouvée {now[:12]}…"


def poisoned(filed: ParsedRecord) -> Violation:
    """Return the breach of a message that made its service fail and was not replayed since."""
    wrong = "le message a mis le service en échec et n’a pas été rejoué"
    return Violation(filed.about, wrong, filed.where)


READABLE = CheckRule(
    "enregistrement lisible",
    "enregistrements lisibles",
    "archive",
    _unreadable,
    RESTORE,
)
POISON = CheckRule(
    "message traité sans échec du service",
    "messages traités sans échec du service",
    "boîte de réception",
    no_violations,
    "`clas dead-letters show SERVICE ID` dit l’échec ; une fois corrigé, `clas dead-letters"
    " replay SERVICE ID --yes`",
    _readable,
)
CHECKS: tuple[CheckRule[ParsedRecord], ...] = (
    CheckRule(
        "message conservé tel qu’il est arrivé",
        "messages conservés tels qu’ils sont arrivés",
        "empreinte du message",
        _body,
        RESTORE,
        _readable,
    ),
    CheckRule(
        "décision dont le reçu est intact",
        "décisions dont le reçu est intact",
        "empreinte du reçu",
        _receipt,
        RESTORE,
        _decided,
    ),
    CheckRule(
        "décision dont les événements sont ceux de son reçu",
        "décisions dont les événements sont ceux de leur reçu",
        "empreintes des événements",
        _outputs,
        RESTORE,
        _decided,
    ),
    CheckRule(
        "enregistrement dont tout est publié",
        "enregistrements dont tout est publié",
        "boîte d’envoi",
        _outbox,
        "le service tourne-t-il ? `clas serve SERVICE`, puis `clas wait`",
        _readable,
    ),
    POISON,
)
