"""Valid wire data, to be changed by tests: one plain dossier of Seine-Maritime and what follows.

    dossier()                                          as it is
    dossier(revision=2, previous_clas=True)            some fields replaced
    dossier(project__descriptions__parents=" ")        a field further down
    dossier(collectifs=[collectif(), collectif(collectif_id="C2", children=8)])

Events of partners are those of the catalogue `shared.examples`; each function names where it
differs. Values are those of JSON (dates and amounts as text), and validated.
The amounts agree with each other: one collectif of 9 000 €, both bonuses, bareme of 2025.
"""

from shared.contracts.accounting import ClosingContinued
from shared.contracts.caf import (
    AdvanceOrdered,
    BaremePublished,
    CampaignOpened,
    CommitteeDecided,
    ComplementsOrdered,
    ConventionSigned,
    ExerciseClosed,
    InterimReportReceived,
)
from shared.contracts.elan import DossierSubmitted
from shared.contracts.eligibility import AgrementGranted
from shared.contracts.funding import AdvanceGranted, FundingGranted
from shared.contracts.submission import DossierReceived
from shared.examples import decisions, payments
from shared.examples import dossier as catalogue
from shared.examples.changes import Document
from tests.support.building import DOSSIER as EXAMPLE
from tests.support.building import build, example, with_values

CAF, OTHER_CAF = catalogue.CAF, catalogue.OTHER_CAF
SCHOOL_YEAR = "2025-2026"
DOSSIER = "ELAN-2025-761-000001"
OTHER_DOSSIER = "ELAN-2025-761-000002"
SIRET, OTHER_SIRET = catalogue.SIRET, catalogue.OTHER_SIRET

_TERMS = ("multi_year_until", "symbolic_fee_ceiling", "priorities", "committee")

NOT_CAPPED: Document = {
    "ceiling": "7200.00",
    "excess": "0.00",
    "cut_from_bonus": "0.00",
    "cut_from_ps": "0.00",
    "reached": False,
}
"""The 80 % of a budget of 9 000 €, not reached."""


def collectif(**changes: object) -> Document:
    """Return the JSON of one collectif, for a list of several."""
    return with_values(catalogue.collectif(), changes)


def campaign(**changes: object) -> CampaignOpened:
    """The campaign of Seine-Maritime, 13 June to 31 August 2025."""
    return example(CampaignOpened, changes)


def interim_report(**changes: object) -> InterimReportReceived:
    """The interim report on 2024-2025."""
    return example(InterimReportReceived, changes)


def dossier(**changes: object) -> DossierSubmitted:
    """A dossier that every check accepts, signed within the window."""
    return example(DossierSubmitted, changes)


def dossier_received(**changes: object) -> DossierReceived:
    """The same dossier once received."""
    campaign_terms = {name: decisions.campaign(EXAMPLE)[name] for name in _TERMS}
    received = {**EXAMPLE, "deposited_on": "2025-07-10", "campaign": campaign_terms}
    return build(DossierReceived, received, changes)


def committee_decision(**changes: object) -> CommitteeDecided:
    """The committee grants the dossier's one collectif and both bonuses, for one year."""
    return example(CommitteeDecided, changes, decided_on="2025-10-02")


def granted_collectif(**changes: object) -> Document:
    """Return the JSON of one granted collectif, for a list of several."""
    (granted,) = decisions.imported_agrement(EXAMPLE)["collectifs"]
    return with_values(granted, changes)


def agrement(**changes: object) -> AgrementGranted:
    """The agrement of the dossier, for its own school year only."""
    document = decisions.imported_agrement(EXAMPLE) | {
        "school_year": SCHOOL_YEAR,
        "decided_on": "2025-10-02",
        "multi_year_until": SCHOOL_YEAR,
    }
    return build(AgrementGranted, document, changes)


def convention(**changes: object) -> ConventionSigned:
    """The convention of the dossier, signed on 20 October 2025."""
    return example(ConventionSigned, changes)


def complements_ordered(**changes: object) -> ComplementsOrdered:
    """The Caf asks for a corrected date, by 30 September 2025."""
    return example(ComplementsOrdered, changes)


def bareme(**changes: object) -> BaremePublished:
    """Prices of 2026, which no text of the project knows; the values are made up."""
    return example(
        BaremePublished,
        changes,
        start_year=2026,
        plafond="8600.00",
        ps_max="2795.00",
        bonus_enfants="335.00",
        bonus_parents="310.00",
        source="Circulaire fictive 2026",
    )


def advance_order(**changes: object) -> AdvanceOrdered:
    """An advance of 700.00 on the exercise of part N."""
    return example(AdvanceOrdered, changes, amount="700.00", ordered_on="2025-11-05")


def funding_granted(**changes: object) -> FundingGranted:
    """What the agrement above is worth: Ps 2 758.25 and 634.00 of bonus, nothing cut."""
    granted = {
        **payments.grant_scope(EXAMPLE),
        "gestionnaire": decisions.payee(EXAMPLE),
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
        "cap80": NOT_CAPPED,
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
    ordered = advance_order().model_dump(mode="json", exclude_unset=True)
    granted = {**ordered, "gestionnaire": decisions.payee(EXAMPLE)}
    return build(AdvanceGranted, granted, changes)


def exercise_closed(**changes: object) -> ExerciseClosed:
    """The closing of 2025."""
    return example(ExerciseClosed, changes)


def closing_continued(**changes: object) -> ClosingContinued:
    """The first page of the closing of 2025."""
    continued = {"caf": CAF, "exercise": 2025, "step": "grants", "after": ""}
    return build(ClosingContinued, continued, changes)
