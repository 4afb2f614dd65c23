"""A dossier that meets every condition: one collectif of 9 000 €, both bonuses requested.

The gestionnaire is an association of Seine-Maritime, the total cost 9 000 €, of which the commune
pays 3 600 €. A case, a sample or a test names only its differences.
"""

from shared.examples.changes import Document
from shared.kernel.calendar import school_year

CAF, OTHER_CAF = "761", "771"
SIRET, OTHER_SIRET = "76573991749305", "77380118874019"
"""Invented numbers with a valid check digit."""
OBJECTIVES = (
    *("AXE-E1", "AXE-E2", "AXE-E3", "AXE-E4", "AXE-E5"),
    *("AXE-P1", "AXE-P2", "AXE-P3", "AXE-P4", "AXE-P5"),
    *("AXE-C1", "AXE-C2", "AXE-C3", "AXE-T1"),
)


def dossier(year: int = 2025) -> Document:
    """Return the dossier of a start year, signed on 10 July."""
    return {
        "caf": CAF,
        "dossier_id": f"ELAN-{year}-{CAF}-000001",
        "school_year": school_year(year),
        "revision": 1,
        "channel": "ELAN",
        "form": {"id": "clas-national", "version": str(year)},
        "deposited_at": f"{year}-06-20T10:00:00+02:00",
        "signed_at": f"{year}-07-10T09:30:00+02:00",
        "previous_clas": False,
        "renews": None,
        "transition_commitment": False,
        "gestionnaire": gestionnaire(),
        "multi_year": None,
        "project": project(),
        "collectifs": [collectif(year)],
        "bonus_requests": [
            bonus_request("enfants", "Projet d’écriture"),
            bonus_request("parents", "Ateliers avec les parents"),
        ],
        "budget": budget(),
    }


def gestionnaire() -> Document:
    """Return an association that the Caf has supported for five years."""
    return {
        "siret": SIRET,
        "name": "Les Amis de l’école",
        "kind": "association",
        "supported_since": "2020-2021",
        "centre_social_agrement": None,
    }


def project() -> Document:
    """Return the project of a primary school in a town."""
    return {
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
        "coordinator": coordinator(),
        "objectives": dict.fromkeys(OBJECTIVES, "Action prévue"),
        "schools": [{"name": "École Jean-Jaurès"}],
        "partners": ["Médiathèque"],
    }


def coordinator() -> Document:
    """Return a coordinator with a diploma of level 5."""
    return {
        "name": "Camille Durand",
        "diploma_level": 5,
        "equivalent_experience": False,
        "professional_experience": True,
    }


def collectif(year: int = 2025, name: str = "C1") -> Document:
    """Return a collectif of ten children, two sessions a week for 28 weeks."""
    return {
        "collectif_id": name,
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
        "starts_on": f"{year}-11-04",
        "ends_on": f"{year + 1}-06-12",
        "intervenants": 2,
        "home_share": "0.00",
        "collective_events_per_month": 1,
        "premises_constraint": False,
        "forecast_cost": "9000.00",
    }


def bonus_request(kind: str, description: str) -> Document:
    """Return the request of a bonus for the collectif."""
    return {"kind": kind, "collectifs": ["C1"], "description": description}


def budget() -> Document:
    """Return a budget below the 80 % cap."""
    return {"total_annual_cost": "9000.00", "resources": [resource()]}


def resource() -> Document:
    """Return a resource from outside the branche Famille."""
    return {"funder": "Commune", "branche_famille": False, "amount": "3600.00"}
