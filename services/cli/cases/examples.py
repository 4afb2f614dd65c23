"""A default dossier that meets every condition: a case names only the differences.

One collectif of ten children in a town of Seine-Maritime, 9 000 € of forecast cost, no bonus
requested, a total cost of 20 000 € of which other funders pay 3 600 €.
"""

from services.cli.cases.mapping import Document

DOSSIER_ID = "CAS"
OTHER_DOSSIER_ID = "CAS-SEMBLABLE"
OLD_DOSSIER_ID = "ANCIEN"
THE_CAF, OTHER_CAF = "761", "771"
THE_SIRET, OTHER_SIRET = "76573991749305", "77380118874019"
OBJECTIVES = (
    *("AXE-E1", "AXE-E2", "AXE-E3", "AXE-E4", "AXE-E5"),
    *("AXE-P1", "AXE-P2", "AXE-P3", "AXE-P4", "AXE-P5"),
    *("AXE-C1", "AXE-C2", "AXE-C3", "AXE-T1"),
)
COORDINATOR: Document = {
    "name": "Coordination",
    "diploma_level": 5,
    "equivalent_experience": False,
    "professional_experience": True,
}


def campaign(year: int) -> Document:
    """The campaign of a start year, from 13 June to 31 August."""
    return {
        "caf": THE_CAF,
        "school_year": f"{year}-{year + 1}",
        "opens_on": f"{year}-06-13",
        "closes_on": f"{year}-08-31",
        "form_version": "campagne",
        "multi_year_until": None,
        "symbolic_fee_ceiling": None,
        "priorities": ["priorité 1"],
        "committee": ["membre 1", "membre 2", "membre 3"],
    }


def dossier(year: int) -> Document:
    """The dossier of a start year, signed on 10 July."""
    return {
        "dossier_id": DOSSIER_ID,
        "revision": 1,
        "caf": THE_CAF,
        "school_year": f"{year}-{year + 1}",
        "channel": "ELAN",
        "form": {"id": "clas-national", "version": "campagne"},
        "deposited_at": f"{year}-06-20T10:00:00+02:00",
        "signed_at": f"{year}-07-10T09:30:00+02:00",
        "previous_clas": False,
        "renews": None,
        "transition_commitment": False,
        "gestionnaire": gestionnaire(),
        "multi_year": None,
        "project": project(),
        "collectifs": [collectif(year)],
        "bonus_requests": [],
        "budget": budget(),
    }


def gestionnaire() -> Document:
    """An association that the Caf never supported before."""
    return {
        "siret": THE_SIRET,
        "name": "Gestionnaire",
        "kind": "association",
        "supported_since": None,
        "centre_social_agrement": None,
    }


def project() -> Document:
    """A project that meets every condition."""
    return {
        "title": "Projet",
        "school_level": "elementaire",
        "communes": ["76540"],
        "rural": False,
        "descriptions": dict.fromkeys(
            ("children", "parents", "schools", "local_resources"), "Renseigné"
        ),
        "diagnosis": "Renseigné",
        "priorities": ["priorité 1"],
        "charter": dict.fromkeys(
            ("laicite", "gratuite", "egalite_des_droits", "developpement_des_personnalites"), True
        ),
        "activities": ["methodologie", "culturelle"],
        "need_identified_with_schools": True,
        "parents_agreement": True,
        "fee_per_child_year": "0.00",
        "coordinator": dict(COORDINATOR),
        "objectives": dict.fromkeys(OBJECTIVES, "Renseigné"),
        "schools": [{"name": "École 1"}],
        "partners": ["Partenaire 1"],
    }


def collectif(year: int, name: str = "C1") -> Document:
    """A collectif that meets every condition."""
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
        "starts_on": f"{year}-11-10",
        "ends_on": f"{year + 1}-06-12",
        "intervenants": 2,
        "home_share": "0.00",
        "collective_events_per_month": 1,
        "premises_constraint": False,
        "forecast_cost": "9000.00",
    }


def budget() -> Document:
    """A budget below the 80 % cap."""
    return {"total_annual_cost": "20000.00", "resources": [resource()]}


def resource() -> Document:
    """A resource from outside the branche Famille."""
    return {"funder": "Financeur", "branche_famille": False, "amount": "3600.00"}
