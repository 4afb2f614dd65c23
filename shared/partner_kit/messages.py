"""A valid message of each event that partners send: the base of all samples."""

import copy
from typing import Any

from shared.contracts.envelope import routing_key
from shared.contracts.registry import BY_NAME
from shared.partner_kit.sample import CAF, RUN, Document, set_at

TIME = "2025-06-13T09:00:00+02:00"
DOSSIER, REVISED, FOREIGN, TWO, REFUSED, OLD, KNOWN = (f"{RUN}-D{n}" for n in range(1, 8))
"""The dossiers of the scenario, by what happens to them."""
SCHOOL_YEAR = "2025-2026"
SIRET = "76573991749305"
"""An invented number with a valid check digit."""

_SCOPE: Document = {"caf": CAF, "dossier_id": DOSSIER}
_GRANT: Document = {**_SCOPE, "school_year": SCHOOL_YEAR}
_REPORT: Document = {"qualitative": True, "quantitative": True, "financial": True}
_ACTUAL: Document = {
    "collectif_id": "C1",
    "ran": True,
    "actual_cost": "9000.00",
    "bonus_done": ["enfants", "parents"],
}
BUDGET: Document = {
    "total_annual_cost": "9000.00",
    "resources": [{"funder": "Commune", "branche_famille": False, "amount": "3600.00"}],
}
_BONUSES = [{"collectif_id": "C1", "kind": "enfants"}, {"collectif_id": "C1", "kind": "parents"}]
_PAYEE: Document = {"siret": SIRET, "name": "Les Amis de l’école", "kind": "association"}
_ENTRY: Document = {"caf": CAF, "entry_id": f"{RUN}-ecriture", "system": "compta-essai"}
_GROUND = "Convention d’objectifs et de financement, article 6"

COLLECTIF: Document = {
    "collectif_id": "C1",
    "children": 10,
    "grades": ["CE1", "CE2"],
    "disabled_child_with_reinforced_attention": False,
    "single_place": True,
    "accessible_to_parents": True,
    "whole_year": True,
    "outside_school_time": True,
    "place_type": "associatif",
    "sessions_per_week": 2,
    "minutes_per_session": 90,
    "weeks": 28,
    "starts_on": "2025-11-04",
    "ends_on": "2026-06-12",
    "intervenants": 2,
    "home_share": "0.00",
    "collective_events_per_month": 1,
    "premises_constraint": False,
    "forecast_cost": "9000.00",
}
GRANTED: Document = {
    "collectif_id": "C1",
    "children": 10,
    "forecast_cost": "9000.00",
    "bonuses": ["enfants", "parents"],
    "derogations": [],
}
OBJECTIVES = (
    *("AXE-E1", "AXE-E2", "AXE-E3", "AXE-E4", "AXE-E5"),
    *("AXE-P1", "AXE-P2", "AXE-P3", "AXE-P4", "AXE-P5"),
    *("AXE-C1", "AXE-C2", "AXE-C3", "AXE-T1"),
)
PROJECT: Document = {
    "title": "Un coup de pouce",
    "school_level": "elementaire",
    "communes": ["76540"],
    "rural": False,
    "descriptions": {
        "children": "Ateliers de lecture",
        "parents": "Cafés des parents",
        "schools": "Réunions avec les enseignants",
        "local_resources": "Médiathèque",
    },
    "diagnosis": "Diagnostic partagé avec la commune",
    "priorities": ["ctg"],
    "charter": {
        "laicite": True,
        "gratuite": True,
        "egalite_des_droits": True,
        "developpement_des_personnalites": True,
    },
    "activities": ["methodologie", "culturelle", "ludique"],
    "need_identified_with_schools": True,
    "parents_agreement": True,
    "fee_per_child_year": "0.00",
    "coordinator": {
        "name": "Camille Durand",
        "diploma_level": 5,
        "equivalent_experience": False,
        "professional_experience": True,
    },
    "objectives": dict.fromkeys(OBJECTIVES, "Action prévue"),
    "schools": [{"name": "École Jean-Jaurès"}],
    "partners": ["Médiathèque"],
}

DATA: dict[str, Document] = {
    "CampaignOpened": {
        "caf": CAF,
        "school_year": SCHOOL_YEAR,
        "opens_on": "2025-06-13",
        "closes_on": "2025-08-31",
        "form_version": "2025",
        "multi_year_until": "2027-2028",
        "symbolic_fee_ceiling": "30.00",
        "priorities": ["ctg", "ecole"],
        "committee": ["CAF", "EN", "DDETS"],
    },
    "InterimReportReceived": {
        "caf": CAF,
        "siret": SIRET,
        "school_year": "2024-2025",
        "received_on": "2025-07-01",
    },
    "DossierSubmitted": {
        **_GRANT,
        "revision": 1,
        "channel": "ELAN",
        "form": {"id": "clas-national", "version": "2025"},
        "deposited_at": "2025-06-20T10:00:00+02:00",
        "signed_at": "2025-07-10T09:30:00+02:00",
        "previous_clas": False,
        "renews": None,
        "transition_commitment": False,
        "gestionnaire": {
            **_PAYEE,
            "supported_since": "2020-2021",
            "centre_social_agrement": None,
        },
        "multi_year": None,
        "project": PROJECT,
        "collectifs": [COLLECTIF],
        "bonus_requests": [
            {"kind": "enfants", "collectifs": ["C1"], "description": "Projet d’écriture"},
            {"kind": "parents", "collectifs": ["C1"], "description": "Ateliers avec les parents"},
        ],
        "budget": BUDGET,
    },
    "CommitteeDecided": {
        **_SCOPE,
        "decided_on": "2025-10-07",
        "outcome": "granted",
        "motive": None,
        "members_present": ["CAF", "EN", "DDETS"],
        "collectifs": ["C1"],
        "derogations_granted": [],
        "bonuses": _BONUSES,
        "multi_year_until": None,
    },
    "WithdrawalRequested": {
        **_SCOPE,
        "requested_on": "2025-09-15",
        "motive": "Départ de la coordinatrice",
    },
    "AmendmentDecided": {
        **_SCOPE,
        "amendment_id": f"{RUN}-AVN-1",
        "decided_on": "2026-02-10",
        "effect": "reduced",
        "from_school_year": SCHOOL_YEAR,
        "collectifs": ["C1"],
        "legal_ground": _GROUND,
        "motive": "Un collectif a fermé",
    },
    "AgrementImported": {
        **_SCOPE,
        "school_year": "2024-2025",
        "decided_on": "2024-10-03",
        "gestionnaire": _PAYEE,
        "project": {
            "title": "Un coup de pouce",
            "school_level": "elementaire",
            "communes": ["76540"],
        },
        "collectifs": [GRANTED],
        "budget": BUDGET,
        "multi_year_until": "2026-2027",
        "reference": "Registre papier 2024, n° 12",
    },
    "ConventionSigned": {**_SCOPE, "signed_on": "2025-11-05"},
    "EnvelopeAllotted": {"caf": CAF, "exercise": 2025, "amount": "999999999.00"},
    "AnnualRenewalFiled": {
        **_GRANT,
        "filed_on": "2025-07-10",
        "report": _REPORT,
        "collectifs": [{"collectif_id": "C1", "forecast_cost": "9000.00"}],
        "budget": BUDGET,
    },
    "BaremePublished": {
        "start_year": 2025,
        "plafond": "8487.00",
        "ps_max": "2758.25",
        "bonus_enfants": "329.00",
        "bonus_parents": "305.00",
        "source": "Note de cadrage Seine-Maritime 2025-2026",
    },
    "AdvanceOrdered": {
        **_GRANT,
        "order_id": f"{RUN}-A1",
        "exercise": 2025,
        "amount": "772.31",
        "ordered_on": "2025-11-20",
    },
    "AdvanceReversalOrdered": {
        **_GRANT,
        "reversal_id": f"{RUN}-R1",
        "order_id": f"{RUN}-A1",
        "ordered_on": "2025-11-25",
        "motive": "Montant saisi pour un autre dossier",
    },
    "ResultAccountFiled": {
        **_GRANT,
        "filed_on": "2026-09-15",
        "report": _REPORT,
        "collectifs": [_ACTUAL],
        "budget": BUDGET,
    },
    "ControlConcluded": {
        **_GRANT,
        "control_id": f"{RUN}-CTL-1",
        "observations_sent_on": "2027-02-01",
        "answered_on": "2027-02-15",
        "decided_on": "2027-03-01",
        "collectifs": [_ACTUAL],
        "budget": BUDGET,
        "measures": [],
    },
    "FundingCancellationOrdered": {
        **_GRANT,
        "ordered_on": "2027-06-30",
        "legal_ground": _GROUND,
        "motive": "Comptes jamais produits malgré deux relances",
    },
    "ExerciseClosed": {"caf": CAF, "exercise": 2025, "closed_on": "2025-12-31"},
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


def message(event: str, name: str, changes: Document) -> Document:
    """Return a message with some fields of its data replaced, by path.

    Raises:
        LookupError: a path does not exist.
    """
    data = copy.deepcopy(DATA[event])
    for path, value in changes.items():
        set_at(data, path, value)
    document: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"{RUN}-{name}",
        "source": f"/kit/{BY_NAME[event].producer.lower().replace('/', '-').replace(' ', '-')}",
        "type": BY_NAME[event].type,
        "time": TIME,
        "datacontenttype": "application/json",
        "data": data,
    }
    return document


def key_of(event: str) -> str:
    """Return the routing key of an event for the Caf of the kit."""
    return routing_key(event, DATA[event].get("caf"))
