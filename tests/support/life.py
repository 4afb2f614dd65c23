"""Valid requests after the grant, to be changed by tests, as in `samples`.

The years after the first, the accounts and the control, what a Caf or ELAN corrects, and what an
accounting system says of an entry.
"""

from shared.contracts.accounting_systems import EntryAcknowledged, EntryRejected
from shared.contracts.caf import ControlConcluded, EnvelopeAllotted
from shared.contracts.corrections import (
    AdvanceReversalOrdered,
    AgrementImported,
    AmendmentDecided,
    FundingCancellationOrdered,
)
from shared.contracts.elan import AnnualRenewalFiled, ResultAccountFiled, WithdrawalRequested
from shared.contracts.eligibility import AgrementAmended
from shared.partner_kit.messages import BUDGET
from tests.support.building import Document, bent, build
from tests.support.samples import CAF, DOSSIER, SCHOOL_YEAR, agrement_document

_REPORT: Document = {"qualitative": True, "quantitative": True, "financial": True}

ENTRY = "5a1c54a5-0d1c-5f0e-9d3c-3f0f4f1d2a10"
SYSTEM = "compta-761"

_ACTUAL: Document = {
    "collectif_id": "C1",
    "ran": True,
    "actual_cost": "9000.00",
    "bonus_done": ["enfants", "parents"],
}


def envelope_allotted(**changes: object) -> EnvelopeAllotted:
    """The credits of the Caf for 2025: 100 000 euros."""
    return build(EnvelopeAllotted, {"caf": CAF, "exercise": 2025, "amount": "100000.00"}, changes)


def annual_renewal_filed(**changes: object) -> AnnualRenewalFiled:
    """The second school year of the agrement, at the same cost; the past bilan is whole."""
    filed = {
        "caf": CAF,
        "dossier_id": DOSSIER,
        "school_year": "2026-2027",
        "filed_on": "2026-07-10",
        "report": _REPORT,
        "collectifs": [{"collectif_id": "C1", "forecast_cost": "9000.00"}],
        "budget": BUDGET,
    }
    return build(AnnualRenewalFiled, filed, changes)


def actual_collectif(**changes: object) -> Document:
    """Return the JSON of one collectif as it was, for a list of several."""
    return bent(_ACTUAL, changes)


def result_account_filed(**changes: object) -> ResultAccountFiled:
    """The accounts of the school year: all ran as planned, at the forecast cost."""
    filed = {
        "caf": CAF,
        "dossier_id": DOSSIER,
        "school_year": SCHOOL_YEAR,
        "filed_on": "2026-09-15",
        "report": _REPORT,
        "collectifs": [_ACTUAL],
        "budget": BUDGET,
    }
    return build(ResultAccountFiled, filed, changes)


def control_concluded(**changes: object) -> ControlConcluded:
    """A control that confirms the accounts; the gestionnaire answered."""
    concluded = {
        "caf": CAF,
        "dossier_id": DOSSIER,
        "school_year": SCHOOL_YEAR,
        "control_id": "CONTROLE-1",
        "observations_sent_on": "2027-02-01",
        "answered_on": "2027-02-15",
        "decided_on": "2027-03-01",
        "collectifs": [_ACTUAL],
        "budget": BUDGET,
        "measures": [],
    }
    return build(ControlConcluded, concluded, changes)


def withdrawal_requested(**changes: object) -> WithdrawalRequested:
    """The gestionnaire withdraws the dossier before the committee sits."""
    requested = {
        "caf": CAF,
        "dossier_id": DOSSIER,
        "requested_on": "2025-09-15",
        "motive": "Départ de la coordinatrice",
    }
    return build(WithdrawalRequested, requested, changes)


def amendment_decided(**changes: object) -> AmendmentDecided:
    """The Caf withdraws the agrement from its own school year on."""
    decided = {
        "caf": CAF,
        "dossier_id": DOSSIER,
        "amendment_id": "AVN-1",
        "decided_on": "2026-02-10",
        "effect": "withdrawn",
        "from_school_year": SCHOOL_YEAR,
        "collectifs": [],
        "legal_ground": "Convention d'objectifs et de financement, article 6",
        "motive": "Cessation d'activité",
    }
    return build(AmendmentDecided, decided, changes)


def agrement_amended(**changes: object) -> AgrementAmended:
    """What eligibility makes of that amendment: no school year is covered any more."""
    amended: Document = {
        "caf": CAF,
        "dossier_id": DOSSIER,
        "amendment_id": "AVN-1",
        "decided_on": "2026-02-10",
        "effect": "withdrawn",
        "from_school_year": SCHOOL_YEAR,
        "collectifs": [],
        "multi_year_until": None,
        "legal_ground": "Convention d'objectifs et de financement, article 6",
        "motive": "Cessation d'activité",
    }
    return build(AgrementAmended, amended, changes)


def agrement_imported(**changes: object) -> AgrementImported:
    """An agrement of 2024 to 2027 that was decided before the system."""
    imported = {**agrement_document(), "school_year": "2024-2025", "decided_on": "2024-10-03"}
    imported |= {"multi_year_until": "2026-2027", "reference": "Registre papier 2024, n° 12"}
    return build(AgrementImported, imported, changes)


def advance_reversal_ordered(**changes: object) -> AdvanceReversalOrdered:
    """The advance ordered above was a mistake."""
    ordered = {
        "caf": CAF,
        "dossier_id": DOSSIER,
        "school_year": SCHOOL_YEAR,
        "reversal_id": "ANN-1",
        "order_id": "ORD-1",
        "ordered_on": "2025-11-20",
        "motive": "Montant saisi pour un autre dossier",
    }
    return build(AdvanceReversalOrdered, ordered, changes)


def funding_cancellation_ordered(**changes: object) -> FundingCancellationOrdered:
    """The right will never be settled: no accounts came."""
    ordered = {
        "caf": CAF,
        "dossier_id": DOSSIER,
        "school_year": SCHOOL_YEAR,
        "ordered_on": "2027-06-30",
        "legal_ground": "Convention d'objectifs et de financement, article 6",
        "motive": "Comptes jamais produits malgré deux relances",
    }
    return build(FundingCancellationOrdered, ordered, changes)


def entry_acknowledged(**changes: object) -> EntryAcknowledged:
    """The accounting system of the Caf booked an entry under its own voucher number."""
    acknowledged = {
        "caf": CAF,
        "entry_id": ENTRY,
        "system": SYSTEM,
        "acknowledged_on": "2025-11-21",
        "reference": "OD-2025-000417",
    }
    return build(EntryAcknowledged, acknowledged, changes)


def entry_rejected(**changes: object) -> EntryRejected:
    """The same system does not know the account of the entry's second line."""
    rejected = {
        "caf": CAF,
        "entry_id": ENTRY,
        "system": SYSTEM,
        "rejected_on": "2025-11-21",
        "reasons": [{"code": "COMPTE", "message": "Compte T 467 inconnu au plan", "line": 2}],
    }
    return build(EntryRejected, rejected, changes)
