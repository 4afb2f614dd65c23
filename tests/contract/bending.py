"""How a valid message becomes invalid: one field replaced, left out, or written as raw JSON."""

import copy
import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from shared.contracts.base import WireModel
from shared.contracts.envelope import encode, routing_key
from shared.contracts.registry import BY_NAME
from shared.examples.changes import remove_at, set_at
from tests.support import life, samples

Document = dict[str, Any]
MISSING: Final = object()
DOSSIER = "DossierSubmitted"
BUILDERS = {
    "CampaignOpened": samples.campaign,
    "InterimReportReceived": samples.interim_report,
    "DossierSubmitted": samples.dossier,
    "DossierReceived": samples.dossier_received,
    "CommitteeDecided": samples.committee_decision,
    "ConventionSigned": samples.convention,
    "BaremePublished": samples.bareme,
    "AdvanceOrdered": samples.advance_order,
    "ExerciseClosed": samples.exercise_closed,
    "EnvelopeAllotted": life.envelope_allotted,
    "AnnualRenewalFiled": life.annual_renewal_filed,
    "ResultAccountFiled": life.result_account_filed,
    "ControlConcluded": life.control_concluded,
    "WithdrawalRequested": life.withdrawal_requested,
    "AmendmentDecided": life.amendment_decided,
    "AgrementImported": life.agrement_imported,
    "AdvanceReversalOrdered": life.advance_reversal_ordered,
    "FundingCancellationOrdered": life.funding_cancellation_ordered,
    "EntryAcknowledged": life.entry_acknowledged,
    "EntryRejected": life.entry_rejected,
    "ComplementsOrdered": samples.complements_ordered,
}


@dataclass(frozen=True, slots=True)
class Raw:
    """JSON to be written as it is, also where no writer would write it so."""

    text: str


@dataclass(frozen=True, slots=True)
class Bad:
    """A message that `service` must refuse, why, and the path that it must name."""

    name: str
    body: bytes
    reason: str
    path: str = ""
    routing_key: str = f"{DOSSIER}.v1.{samples.CAF}"
    message_id: str | None = None
    service: str = "submission"


def bent(name: str, where: str, value: Any, /, event: str = DOSSIER, **expected: str) -> Bad:
    """Return the event with one field replaced, refused as invalid at that field."""
    document = replaced(envelope(event), where, value)
    outcome = {"reason": "invalid", "path": where} | expected
    return Bad(
        name, written(document), **outcome, routing_key=key(event), service=service_of(event)
    )


def raw(name: str, body: bytes | str, reason: str = "not_json", path: str = "") -> Bad:
    """Return bytes that come instead of a dossier."""
    return Bad(name, body if isinstance(body, bytes) else body.encode(), reason, path)


def added(name: str, members: str, reason: str, path: str = "") -> Bad:
    """Return a dossier whose envelope has more members, written as raw JSON."""
    return raw(name, with_members(members), reason, path)


def with_members(members: str) -> bytes:
    """Return a good dossier with more members in its envelope."""
    return written(envelope()).removesuffix(b"}") + b", " + members.encode() + b"}"


def envelope(event: str = DOSSIER) -> Document:
    """Return a good message of an event, as a document."""
    document: Document = json.loads(_body(event))
    return document


def replaced(document: Document, path: str, value: Any) -> Document:
    """Return the document with one field replaced, or left out where it is MISSING."""
    result = copy.deepcopy(document)
    if value is MISSING:
        remove_at(result, path)
    else:
        set_at(result, path, value)
    return result


def written(document: Document) -> bytes:
    """Return the document as UTF-8 JSON; what is Raw stands as it is."""
    hand: dict[str, str] = {}

    def mark(value: Any) -> str:
        assert isinstance(value, Raw)
        hand[f'"@{len(hand)}@"'] = value.text
        return f"@{len(hand) - 1}@"

    text = json.dumps(document, ensure_ascii=False, default=mark)
    for placeholder, by_hand in hand.items():
        text = text.replace(placeholder, by_hand)
    return text.encode()


def key(event: str) -> str:
    """Return the routing key of the good message."""
    return routing_key(event, getattr(_good(event), "caf", None))


def service_of(event: str) -> str:
    """Return the first service that an event goes to."""
    return BY_NAME[event].consumers[0]


@cache
def _good(event: str) -> WireModel:
    return BUILDERS[event]()


def _body(event: str) -> bytes:
    return encode(_good(event), id="m-1", source="/elan", time="2025-07-10T09:30:00+02:00")
