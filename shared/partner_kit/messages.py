"""A valid message of each event that partners send: the base of all samples."""

import copy

from shared.contracts.envelope import routing_key
from shared.contracts.registry import BY_NAME
from shared.examples import BY_EVENT
from shared.examples.changes import changed, set_at
from shared.examples.decisions import granted_collectif
from shared.examples.dossier import dossier
from shared.partner_kit.sample import CAF, RUN, Document

TIME = "2025-06-13T09:00:00+02:00"
DOSSIER, REVISED, FOREIGN, TWO, REFUSED, OLD, KNOWN, REOPENED = (f"{RUN}-D{n}" for n in range(1, 9))
"""The dossiers of the scenario, by what happens to them."""
SUBMITTED = dossier() | {"caf": CAF, "dossier_id": DOSSIER}
SCHOOL_YEAR: str = SUBMITTED["school_year"]
(COLLECTIF,) = SUBMITTED["collectifs"]
GRANTED = granted_collectif(SUBMITTED, COLLECTIF)

_GROUND = "Convention d’objectifs et de financement, article 6"
_ENTRY: Document = {"entry_id": f"{RUN}-ecriture", "system": "compta-essai"}
_CHANGES: dict[str, Document] = {
    "AmendmentDecided": {"amendment_id": f"{RUN}-AVN-1", "legal_ground": _GROUND},
    "ConventionSigned": {"signed_on": "2025-11-05"},
    # The credits of a run never end, and no exercise with entries is closed.
    "EnvelopeAllotted": {"amount": "999999999.00"},
    "ExerciseClosed": {"closed_on": "2025-12-31"},
    # The renewed agrement is an imported one, of 2024.
    "AnnualRenewalFiled": {"school_year": SCHOOL_YEAR, "filed_on": "2025-07-10"},
    "AdvanceOrdered": {"order_id": f"{RUN}-A1"},
    "AdvanceReversalOrdered": {"reversal_id": f"{RUN}-R1", "order_id": f"{RUN}-A1"},
    "ControlConcluded": {"control_id": f"{RUN}-CTL-1"},
    "FundingCancellationOrdered": {"legal_ground": _GROUND},
    "EntryAcknowledged": {
        **_ENTRY,
        "acknowledged_on": "2025-12-02",
        "reference": "PIECE-2025-0042",
    },
    "EntryRejected": {
        **_ENTRY,
        "rejected_on": "2026-09-20",
        "reasons": [{"code": "COMPTE", "message": "Compte absent du plan", "line": 1}],
    },
}
DATA: dict[str, Document] = {
    event: changed(example(SUBMITTED), _CHANGES.get(event, {}))
    for event, example in BY_EVENT.items()
}


def message(event: str, name: str, changes: Document) -> Document:
    """Return a message with some fields of its data replaced or added, by path.

    Raises:
        LookupError: a path does not exist above its last step.
    """
    data = copy.deepcopy(DATA[event])
    for path, value in changes.items():
        set_at(data, path, value)
    return {
        "specversion": "1.0",
        "id": f"{RUN}-{name}",
        "source": f"/kit/{BY_NAME[event].producer.lower().replace('/', '-').replace(' ', '-')}",
        "type": BY_NAME[event].type,
        "time": TIME,
        "datacontenttype": "application/json",
        "data": data,
    }


def key_of(event: str) -> str:
    """Return the routing key of an event for the Caf of the kit."""
    return routing_key(event, DATA[event].get("caf"))
