"""What a case starts from: the catalogue's dossier and events, anonymous and without any bonus.

A case names only its differences from them. The total cost is 20 000 €, below the 80 % cap also for
several collectifs.
"""

from shared.examples import BY_EVENT
from shared.examples import dossier as catalogue
from shared.examples.changes import Document, changed
from shared.kernel.calendar import school_year, start_year

DOSSIER_ID = "CAS"
OTHER_DOSSIER_ID = "CAS-SEMBLABLE"
OLD_DOSSIER_ID = "ANCIEN"
FORM_VERSION = "campagne"
FREE_TEXT = "Renseigné"
"""What stands for every text of a dossier that is not blank: a case has none of them."""
PRIORITIES = ["priorité 1"]
NO_AMOUNTS = dict.fromkeys(("plafond", "ps_max", "bonus_enfants", "bonus_parents"), "0.00")


def dossier(year: int) -> Document:
    """Return the dossier of a start year: a gestionnaire that was never supported before."""
    return changed(
        catalogue.dossier(year),
        {
            "dossier_id": DOSSIER_ID,
            "form.version": FORM_VERSION,
            "gestionnaire.supported_since": None,
            "project.priorities": PRIORITIES,
            "project.activities": ["methodologie", "culturelle"],
            "collectifs": [collectif(year)],
            "bonus_requests": [],
            "budget.total_annual_cost": "20000.00",
        },
    )


def distinct_from() -> list[Document]:
    """Return the dossiers that a project is said to be distinct from: the one of the agrement."""
    return [{"dossier_id": OLD_DOSSIER_ID, "motive": FREE_TEXT}]


def collectif(year: int, name: str = "C1") -> Document:
    """Return a collectif of a start year, from 10 November."""
    return catalogue.collectif(year, name) | {"starts_on": f"{year}-11-10"}


def campaign(year: int) -> Document:
    """Return the campaign of a start year."""
    return follow_up("CampaignOpened", dossier(year))


def follow_up(event: str, dossier_data: Document) -> Document:
    """Return the default data of an event beside a dossier; the case gives amounts and bonuses."""
    plain = dossier_data | {"caf": catalogue.CAF, "bonus_requests": []}
    changes = _changes(start_year(dossier_data["school_year"]))
    return changed(BY_EVENT[event](plain), changes.get(event, {}))


def _changes(year: int) -> dict[str, Document]:
    """Return the values of a case that are not those of the catalogue, by event and path."""
    return {
        "CampaignOpened": {
            "multi_year_until": None,
            "symbolic_fee_ceiling": None,
            "priorities": PRIORITIES,
            "committee": ["membre 1", "membre 2", "membre 3"],
        },
        "InterimReportReceived": {"received_on": f"{year}-06-15"},
        "DossierSubmitted": {"dossier_id": OTHER_DOSSIER_ID, "revision": 1},
        "AgrementImported": {
            "dossier_id": OLD_DOSSIER_ID,
            "decided_on": f"{year - 1}-10-07",
            "multi_year_until": school_year(year),
        },
        "CommitteeDecided": {"members_present": ["membre 1", "membre 2"]},
        "WithdrawalRequested": {"requested_on": f"{year}-09-10"},
        "AmendmentDecided": {"amendment_id": "M1"},
        "AnnualRenewalFiled": {"filed_on": f"{year + 1}-09-10"},
        "EnvelopeAllotted": {"amount": "0.00"},
        "BaremePublished": NO_AMOUNTS,
        "AdvanceOrdered": {"order_id": "A1", "amount": "0.00"},
        "AdvanceReversalOrdered": {
            "reversal_id": "R1",
            "order_id": "A1",
            "ordered_on": f"{year}-12-05",
        },
        "ControlConcluded": {
            "control_id": "K1",
            "observations_sent_on": f"{year + 1}-10-01",
            "answered_on": None,
            "decided_on": f"{year + 1}-11-15",
        },
        "FundingCancellationOrdered": {"ordered_on": f"{year + 2}-02-10"},
        "ExerciseClosed": {"closed_on": f"{year + 1}-01-20"},
    }
