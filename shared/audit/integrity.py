"""Receipts against records: the message, the decision and its events are as they were written."""

from collections.abc import Iterable
from datetime import timedelta

from shared.audit.findings import Breach, Check, none
from shared.audit.records import Filed
from shared.french import moment
from shared.kernel.receipts import sha256

WAITS_MAX = timedelta(minutes=1)
"""How long an event may wait for its dispatch while all is well."""
RESTORE = (
    "l’archive n’est plus ce qui a été écrit : chercher qui écrit dans la base, rétablir cet"
    " enregistrement depuis une sauvegarde"
)


def _unreadable(filed: Filed) -> Iterable[Breach]:
    if not filed.readable:
        yield Breach(filed.about, "l’enregistrement ne peut plus être lu", filed.where)


def _body(filed: Filed) -> Iterable[Breach]:
    """Hold the message against the hash and the size that were taken of it."""
    record = filed.record
    if record.body is None:
        return
    if (now := sha256(record.body)) != record.sha256:
        yield Breach(filed.about, _hashes("le message", record.sha256, now), filed.where)
    elif len(record.body) != record.size:
        told = f"le message fait {len(record.body)} octets au lieu de {record.size}"
        yield Breach(filed.about, told, filed.where)


def _receipt(filed: Filed) -> Iterable[Breach]:
    """Hold the receipt against its own hash, the message and the service."""
    record, receipt = filed.record, filed.receipt
    if record.receipt is None or receipt is None:
        yield Breach(
            filed.about, "le reçu de la décision manque ou ne peut plus être lu", filed.where
        )
        return
    if (now := sha256(record.receipt.content)) != record.receipt.hash:
        yield Breach(filed.about, _hashes("le reçu", record.receipt.hash, now), filed.where)
    if receipt.get("message") != record.sha256:
        yield Breach(filed.about, "le reçu est celui d’un autre message", filed.where)
    if receipt.get("service") != filed.service:
        yield Breach(filed.about, "le reçu est celui d’un autre service", filed.where)


def _outputs(filed: Filed) -> Iterable[Breach]:
    """Hold the events against the hashes that the decision's receipt has of them."""
    told = (filed.receipt or {}).get("outputs") or []
    expected = {each["id"]: each["sha256"] for each in told}
    kept = {each.id: sha256(each.body) for each in filed.record.outputs}
    if len(kept) != len(filed.record.outputs):
        yield Breach(filed.about, "un événement y est conservé deux fois", filed.where)
    for event_id in dict.fromkeys((*expected, *kept)):
        if event_id not in kept:
            wrong = f"l’événement {event_id} que la décision a dit n’est plus conservé"
            yield Breach(filed.about, wrong, filed.where)
        elif event_id not in expected:
            wrong = f"l’événement {event_id} n’est pas de cette décision"
            yield Breach(filed.about, wrong, filed.where)
        elif kept[event_id] != expected[event_id]:
            wrong = _hashes(f"l’événement {event_id}", expected[event_id], kept[event_id])
            yield Breach(filed.about, wrong, filed.where)


def _outbox(filed: Filed) -> Iterable[Breach]:
    record = filed.record
    if filed.kept.waiting and filed.now - record.at > WAITS_MAX:
        wrong = f"un événement attend d’être publié depuis le {moment(record.at)}"
        yield Breach(filed.about, wrong, filed.where)


def _decided(filed: Filed) -> bool:
    return filed.decided


def _readable(filed: Filed) -> bool:
    return filed.readable


def _hashes(what: str, kept: str, now: str) -> str:
    return f"{what} a changé : empreinte attendue {kept[:12]}…, trouvée {now[:12]}…"


def poisoned(filed: Filed) -> Breach:
    """Return the breach of a message that made its service fail and was not replayed since."""
    wrong = "le message a mis le service en échec et n’a pas été rejoué"
    return Breach(filed.about, wrong, filed.where)


READABLE = Check(
    "enregistrement lisible",
    "enregistrements lisibles",
    "archive",
    _unreadable,
    RESTORE,
)
POISON = Check(
    "message traité sans échec du service",
    "messages traités sans échec du service",
    "boîte de réception",
    none,
    "`clas dead-letters show SERVICE ID` dit l’échec ; une fois corrigé, `clas dead-letters"
    " replay SERVICE ID --yes`",
    _readable,
)
CHECKS: tuple[Check[Filed], ...] = (
    Check(
        "message conservé tel qu’il est arrivé",
        "messages conservés tels qu’ils sont arrivés",
        "empreinte du message",
        _body,
        RESTORE,
        _readable,
    ),
    Check(
        "décision dont le reçu est intact",
        "décisions dont le reçu est intact",
        "empreinte du reçu",
        _receipt,
        RESTORE,
        _decided,
    ),
    Check(
        "décision dont les événements sont ceux de son reçu",
        "décisions dont les événements sont ceux de leur reçu",
        "empreintes des événements",
        _outputs,
        RESTORE,
        _decided,
    ),
    Check(
        "enregistrement dont tout est publié",
        "enregistrements dont tout est publié",
        "boîte d’envoi",
        _outbox,
        "le service tourne-t-il ? `clas serve SERVICE`, puis `clas wait`",
        _readable,
    ),
    POISON,
)
