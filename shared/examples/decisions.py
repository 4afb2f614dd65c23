"""The campaign, and what is decided on the agrement of a dossier."""

from shared.examples.changes import Document
from shared.kernel.calendar import previous, school_year, start_year

GROUND = "Convention d'objectifs et de financement, article 6"


def campaign(dossier: Document) -> Document:
    """Return the campaign of a dossier's Caf and year, from 13 June to 31 August."""
    return {
        "caf": dossier["caf"],
        "school_year": dossier["school_year"],
        "opens_on": day(dossier, "06-13"),
        "closes_on": day(dossier, "08-31"),
        "form_version": dossier["form"]["version"],
        "multi_year_until": school_year(start_year(dossier["school_year"]) + 2),
        "symbolic_fee_ceiling": "30.00",
        "priorities": ["ctg", "ecole"],
        "committee": ["CAF", "EN", "DDETS"],
    }


def interim_report(dossier: Document) -> Document:
    """Return the report of the gestionnaire on the year before, received on 1 July."""
    return {
        "caf": dossier["caf"],
        "siret": dossier["gestionnaire"]["siret"],
        "school_year": previous(dossier["school_year"]),
        "received_on": day(dossier, "07-01"),
    }


def committee(dossier: Document) -> Document:
    """Return the decision of 7 October: all collectifs and requested bonuses, for one year."""
    return {
        **scope(dossier),
        "decided_on": day(dossier, "10-07"),
        "outcome": "granted",
        "motive": None,
        "members_present": ["CAF", "EN", "DDETS"],
        "collectifs": collectif_ids(dossier),
        "derogations_granted": [],
        "bonuses": [
            {"collectif_id": collectif_id, "kind": request["kind"]}
            for request in dossier["bonus_requests"]
            for collectif_id in request["collectifs"]
        ],
        "multi_year_until": None,
    }


def withdrawal(dossier: Document) -> Document:
    """Return the withdrawal before the committee."""
    return {
        **scope(dossier),
        "requested_on": day(dossier, "09-15"),
        "motive": "Départ de la coordinatrice",
    }


def complements(dossier: Document) -> Document:
    """Return the complements that the Caf asks for, by 30 September."""
    return {
        **scope(dossier),
        "asked": [{"rule": "ELI-22", "message": "Corriger la date de fin de l’action"}],
        "due_on": day(dossier, "09-30"),
    }


def convention(dossier: Document) -> Document:
    """Return the convention, signed on 20 October."""
    return {**scope(dossier), "signed_on": day(dossier, "10-20")}


def amendment(dossier: Document) -> Document:
    """Return the reduction of the agrement to the collectifs that a dossier names."""
    return {
        **scope(dossier),
        "amendment_id": "AVN-1",
        "decided_on": day(dossier, "02-10", later=1),
        "effect": "reduced",
        "from_school_year": dossier["school_year"],
        "collectifs": collectif_ids(dossier),
        "legal_ground": GROUND,
        "motive": "Un collectif a fermé",
    }


def imported_agrement(dossier: Document) -> Document:
    """Return an agrement older than the system, of three years from the year before."""
    year = start_year(dossier["school_year"])
    return {
        **scope(dossier),
        "school_year": school_year(year - 1),
        "decided_on": day(dossier, "10-03", later=-1),
        "gestionnaire": payee(dossier),
        "project": {key: dossier["project"][key] for key in ("title", "school_level", "communes")},
        "collectifs": [granted_collectif(dossier, each) for each in dossier["collectifs"]],
        "budget": dossier["budget"],
        "multi_year_until": school_year(year + 1),
        "reference": f"Registre papier {year - 1}, n° 12",
    }


def renewal(dossier: Document) -> Document:
    """Return the next school year, on the forecast of the first one, with a complete bilan."""
    return {
        **scope(dossier),
        "school_year": school_year(start_year(dossier["school_year"]) + 1),
        "filed_on": day(dossier, "07-10", later=1),
        "report": report(),
        "collectifs": [
            {"collectif_id": collectif["collectif_id"], "forecast_cost": collectif["forecast_cost"]}
            for collectif in dossier["collectifs"]
        ],
        "budget": dossier["budget"],
    }


def day(dossier: Document, month_and_day: str, later: int = 0) -> str:
    """Return a day of the start year of a dossier, or of a year `later`: `10-07`."""
    return f"{start_year(dossier['school_year']) + later}-{month_and_day}"


def scope(dossier: Document) -> Document:
    """Return the fields of every event about a dossier."""
    return {"caf": dossier["caf"], "dossier_id": dossier["dossier_id"]}


def payee(dossier: Document) -> Document:
    """Return the gestionnaire of a dossier, as an agrement names it."""
    return {key: dossier["gestionnaire"][key] for key in ("siret", "name", "kind")}


def granted_collectif(dossier: Document, collectif: Document) -> Document:
    """Return a collectif as an agrement grants it, with the bonuses requested for it."""
    granted = {key: collectif[key] for key in ("collectif_id", "children", "forecast_cost")}
    return {
        **granted,
        "bonuses": requested_bonuses(dossier, collectif["collectif_id"]),
        "derogations": [],
    }


def report() -> Document:
    """Return a complete bilan."""
    return {"qualitative": True, "quantitative": True, "financial": True}


def collectif_ids(dossier: Document) -> list[str]:
    """Return the ids of the collectifs of a dossier."""
    return [collectif["collectif_id"] for collectif in dossier["collectifs"]]


def requested_bonuses(dossier: Document, collectif_id: str) -> list[str]:
    """Return the kinds of bonus that a dossier requests for a collectif."""
    requests = dossier["bonus_requests"]
    return [request["kind"] for request in requests if collectif_id in request["collectifs"]]
