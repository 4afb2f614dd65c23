"""The credits, advances, accounts, controls and closings that follow a dossier, and the entries."""

from shared.examples.changes import Document
from shared.examples.decisions import GROUND, day, report, requested_bonuses, scope
from shared.kernel.calendar import start_year

ENTRY_ID = "5a1c54a5-0d1c-5f0e-9d3c-3f0f4f1d2a10"
SYSTEM = "compta-761"


def envelope(dossier: Document) -> Document:
    """Return the credits of the first exercise: 100 000 €."""
    exercise = start_year(dossier["school_year"])
    return {"caf": dossier["caf"], "exercise": exercise, "amount": "100000.00"}


def bareme(dossier: Document) -> Document:
    """Return the prices of 2025, for the start year of a dossier."""
    return {
        "start_year": start_year(dossier["school_year"]),
        "plafond": "8487.00",
        "ps_max": "2758.25",
        "bonus_enfants": "329.00",
        "bonus_parents": "305.00",
        "source": f"Note de cadrage Seine-Maritime {dossier['school_year']}",
    }


def advance(dossier: Document) -> Document:
    """Return an order on the first exercise, at the ceiling of one collectif of 9 000 €."""
    return {
        **grant_scope(dossier),
        "order_id": "ORD-1",
        "exercise": start_year(dossier["school_year"]),
        "amount": "772.31",
        "ordered_on": day(dossier, "11-20"),
    }


def reversal(dossier: Document) -> Document:
    """Return the reversal of that advance, five days later."""
    return {
        **grant_scope(dossier),
        "reversal_id": "ANN-1",
        "order_id": "ORD-1",
        "ordered_on": day(dossier, "11-25"),
        "motive": "Montant saisi pour un autre dossier",
    }


def accounts(dossier: Document) -> Document:
    """Return the accounts of September: all ran at the forecast cost, the bilan is complete."""
    return {
        **grant_scope(dossier),
        "filed_on": day(dossier, "09-15", later=1),
        "report": report(),
        **as_forecast(dossier),
    }


def control(dossier: Document) -> Document:
    """Return a control that confirms the forecast; the gestionnaire answered."""
    return {
        **grant_scope(dossier),
        "control_id": "CONTROLE-1",
        "observations_sent_on": day(dossier, "02-01", later=2),
        "answered_on": day(dossier, "02-15", later=2),
        "decided_on": day(dossier, "03-01", later=2),
        **as_forecast(dossier),
        "measures": [],
    }


def cancellation(dossier: Document) -> Document:
    """Return the cancellation of a right whose accounts never came, two years later."""
    return {
        **grant_scope(dossier),
        "ordered_on": day(dossier, "06-30", later=2),
        "legal_ground": GROUND,
        "motive": "Comptes jamais produits malgré deux relances",
    }


def closing(dossier: Document) -> Document:
    """Return the closing of the first exercise, on 15 January."""
    exercise = start_year(dossier["school_year"])
    closed_on = day(dossier, "01-15", later=1)
    return {"caf": dossier["caf"], "exercise": exercise, "closed_on": closed_on}


def acknowledgement(dossier: Document) -> Document:
    """Return the answer of an accounting system that booked the entry of the advance."""
    return {
        **_entry(dossier),
        "acknowledged_on": day(dossier, "11-21"),
        "reference": f"OD-{start_year(dossier['school_year'])}-000417",
    }


def rejection(dossier: Document) -> Document:
    """Return the answer of one that does not know the account of the entry's second line."""
    return {
        **_entry(dossier),
        "rejected_on": day(dossier, "11-21"),
        "reasons": [{"code": "COMPTE", "message": "Compte T 467 inconnu au plan", "line": 2}],
    }


def grant_scope(dossier: Document) -> Document:
    """Return the fields of every event about the right of a dossier for its first year."""
    return {**scope(dossier), "school_year": dossier["school_year"]}


def as_forecast(dossier: Document) -> Document:
    """Return accounts in which each collectif ran at its forecast cost, with its bonuses."""
    return {
        "collectifs": [
            {
                "collectif_id": collectif["collectif_id"],
                "ran": True,
                "actual_cost": collectif["forecast_cost"],
                "bonus_done": requested_bonuses(dossier, collectif["collectif_id"]),
            }
            for collectif in dossier["collectifs"]
        ],
        "budget": dossier["budget"],
    }


def _entry(dossier: Document) -> Document:
    return {"caf": dossier["caf"], "entry_id": ENTRY_ID, "system": SYSTEM}
