"""Valid wire data, ready to be bent: one plain dossier of Seine-Maritime and what follows from it.

    dossier()                                          as it is
    dossier(revision=2, previous_clas=True)            some fields replaced
    dossier(project__descriptions__parents=" ")        a field further down
    dossier(collectifs=[collectif(), collectif(collectif_id="C2", children=8)])

Values are those of JSON (dates and amounts as text); what is built went through validation.
The amounts agree with each other: one collectif of 9 000 €, both bonuses, bareme of 2025.
"""

from shared.contracts.accounting import ClosingContinued
from shared.contracts.caf import (
    AdvanceOrdered,
    BaremePublished,
    CampaignOpened,
    CommitteeDecided,
    ConventionSigned,
    ExerciseClosed,
    InterimReportReceived,
)
from shared.contracts.elan import DossierSubmitted
from shared.contracts.eligibility import AgrementGranted
from shared.contracts.funding import AdvanceGranted, FundingGranted
from shared.contracts.submission import DossierReceived
from shared.partner_kit.messages import BUDGET, COLLECTIF, PROJECT
from tests.support.building import Document, bent, build

CAF = "761"
OTHER_CAF = "771"
SCHOOL_YEAR = "2025-2026"
DOSSIER = "ELAN-2025-761-000001"
OTHER_DOSSIER = "ELAN-2025-761-000002"
SIRET = "76573991749305"
OTHER_SIRET = "77380118874019"

_GESTIONNAIRE: Document = {
    "siret": SIRET,
    "name": "Les Amis de l'école",
    "kind": "association",
    "supported_since": "2020-2021",
    "centre_social_agrement": None,
}

_PAYEE: Document = {"siret": SIRET, "name": "Les Amis de l'école", "kind": "association"}

_DOSSIER: Document = {
    "dossier_id": DOSSIER,
    "revision": 1,
    "caf": CAF,
    "school_year": SCHOOL_YEAR,
    "channel": "ELAN",
    "form": {"id": "clas-national", "version": "2025"},
    "deposited_at": "2025-06-20T10:00:00+02:00",
    "signed_at": "2025-07-10T09:30:00+02:00",
    "previous_clas": False,
    "renews": None,
    "transition_commitment": False,
    "gestionnaire": _GESTIONNAIRE,
    "multi_year": None,
    "project": PROJECT,
    "collectifs": [COLLECTIF],
    "bonus_requests": [
        {"kind": "enfants", "collectifs": ["C1"], "description": "Projet annuel d'écriture"},
        {"kind": "parents", "collectifs": ["C1"], "description": "Ateliers parents-enfants"},
    ],
    "budget": BUDGET,
}

_TERMS: Document = {
    "multi_year_until": "2027-2028",
    "symbolic_fee_ceiling": "30.00",
    "priorities": ["ctg", "ecole"],
    "committee": ["CAF", "EN", "DDETS"],
}

_CAMPAIGN: Document = {
    "caf": CAF,
    "school_year": SCHOOL_YEAR,
    "opens_on": "2025-06-13",
    "closes_on": "2025-08-31",
    "form_version": "2025",
    **_TERMS,
}


def collectif(**changes: object) -> Document:
    """Return the JSON of one collectif, for a list of several."""
    return bent(COLLECTIF, changes)


def campaign(**changes: object) -> CampaignOpened:
    """The campaign of Seine-Maritime, 13 June to 31 August 2025."""
    return build(CampaignOpened, _CAMPAIGN, changes)


def interim_report(**changes: object) -> InterimReportReceived:
    """The interim report on 2024-2025."""
    report = {
        "caf": CAF,
        "siret": SIRET,
        "school_year": "2024-2025",
        "received_on": "2025-07-01",
    }
    return build(InterimReportReceived, report, changes)


def dossier(**changes: object) -> DossierSubmitted:
    """A dossier that every check accepts, signed within the window."""
    return build(DossierSubmitted, _DOSSIER, changes)


def dossier_received(**changes: object) -> DossierReceived:
    """The same dossier once received."""
    received = {**_DOSSIER, "deposited_on": "2025-07-10", "campaign": _TERMS}
    return build(DossierReceived, received, changes)


def committee_decision(**changes: object) -> CommitteeDecided:
    """The committee grants the dossier's one collectif and both bonuses, for one year."""
    decided = {
        "caf": CAF,
        "dossier_id": DOSSIER,
        "decided_on": "2025-10-02",
        "outcome": "granted",
        "motive": None,
        "members_present": ["CAF", "EN", "DDETS"],
        "collectifs": ["C1"],
        "derogations_granted": [],
        "bonuses": [
            {"collectif_id": "C1", "kind": "enfants"},
            {"collectif_id": "C1", "kind": "parents"},
        ],
        "multi_year_until": None,
    }
    return build(CommitteeDecided, decided, changes)


def granted_collectif(**changes: object) -> Document:
    """Return the JSON of one granted collectif, for a list of several."""
    granted = {
        "collectif_id": "C1",
        "children": 10,
        "forecast_cost": "9000.00",
        "bonuses": ["enfants", "parents"],
        "derogations": [],
    }
    return bent(granted, changes)


def agrement(**changes: object) -> AgrementGranted:
    """The agrement of the dossier, for its own school year only."""
    return build(AgrementGranted, agrement_document(), changes)


def agrement_document() -> Document:
    """Return the JSON of the agrement."""
    return {
        "caf": CAF,
        "dossier_id": DOSSIER,
        "school_year": SCHOOL_YEAR,
        "decided_on": "2025-10-02",
        "gestionnaire": _PAYEE,
        "project": {
            "title": "Un coup de pouce",
            "school_level": "elementaire",
            "communes": ["76540"],
        },
        "collectifs": [granted_collectif()],
        "budget": BUDGET,
        "multi_year_until": SCHOOL_YEAR,
    }


def convention(**changes: object) -> ConventionSigned:
    """The convention of the dossier, signed on 20 October 2025."""
    signed = {"caf": CAF, "dossier_id": DOSSIER, "signed_on": "2025-10-20"}
    return build(ConventionSigned, signed, changes)


def bareme(**changes: object) -> BaremePublished:
    """Prices of 2026, which no text of the project knows; the values are made up."""
    published = {
        "start_year": 2026,
        "plafond": "8600.00",
        "ps_max": "2795.00",
        "bonus_enfants": "335.00",
        "bonus_parents": "310.00",
        "source": "Circulaire fictive 2026",
    }
    return build(BaremePublished, published, changes)


def advance_order(**changes: object) -> AdvanceOrdered:
    """An advance of 700.00 on the exercise of part N."""
    ordered = {
        "caf": CAF,
        "dossier_id": DOSSIER,
        "school_year": SCHOOL_YEAR,
        "order_id": "ORD-1",
        "exercise": 2025,
        "amount": "700.00",
        "ordered_on": "2025-11-05",
    }
    return build(AdvanceOrdered, ordered, changes)


def funding_granted(**changes: object) -> FundingGranted:
    """What the agrement above is worth: Ps 2 758.25 and 634.00 of bonus, nothing cut."""
    granted = {
        "caf": CAF,
        "dossier_id": DOSSIER,
        "school_year": SCHOOL_YEAR,
        "gestionnaire": _PAYEE,
        "collectifs": [
            {"collectif_id": "C1", "cost": "9000.00", "ps": "2758.25", "bonus": "634.00"}
        ],
        "ps_total": "2758.25",
        "bonus_total": "634.00",
        "bonus_enfants": "329.00",
        "bonus_parents": "305.00",
        "decided_on": "2025-10-02",
        "part_n": "1103.30",
        "part_n1": "1654.95",
        "advance_ceiling_n": "772.31",
        "advance_ceiling_n1": "1158.46",
        "cap80": {
            "ceiling": "7200.00",
            "excess": "0.00",
            "cut_from_bonus": "0.00",
            "cut_from_ps": "0.00",
            "reached": False,
        },
        "bareme": {
            "start_year": 2025,
            "source": "Note de cadrage Seine-Maritime 2025-2026",
        },
        "envelopes": [
            {"exercise": 2025, "amount": "1103.30", "status": "unchecked"},
            {"exercise": 2026, "amount": "2288.95", "status": "unchecked"},
        ],
    }
    return build(FundingGranted, granted, changes)


def advance_granted(**changes: object) -> AdvanceGranted:
    """The advance ordered above, granted."""
    granted = {
        "caf": CAF,
        "dossier_id": DOSSIER,
        "school_year": SCHOOL_YEAR,
        "order_id": "ORD-1",
        "exercise": 2025,
        "amount": "700.00",
        "ordered_on": "2025-11-05",
        "gestionnaire": _PAYEE,
    }
    return build(AdvanceGranted, granted, changes)


def exercise_closed(**changes: object) -> ExerciseClosed:
    """The closing of 2025."""
    closed = {"caf": CAF, "exercise": 2025, "closed_on": "2026-01-15"}
    return build(ExerciseClosed, closed, changes)


def closing_continued(**changes: object) -> ClosingContinued:
    """The first page of the closing of 2025."""
    continued = {"caf": CAF, "exercise": 2025, "step": "grants", "after": ""}
    return build(ClosingContinued, continued, changes)
