"""Default data of the events beside a dossier: a case names only the differences."""

from services.cli.cases import examples
from services.cli.cases.mapping import Document


def _event_data(dossier: Document, **fields: object) -> Document:
    return {"caf": examples.THE_CAF, "dossier_id": dossier["dossier_id"], **fields}


def _start(dossier: Document) -> int:
    return int(dossier["school_year"][:4])


def interim_report(dossier: Document) -> Document:
    """The report on the year before, received in June."""
    year = _start(dossier)
    return {
        "caf": examples.THE_CAF,
        "siret": dossier["gestionnaire"]["siret"],
        "school_year": f"{year - 1}-{year}",
        "received_on": f"{year}-06-15",
    }


def committee(dossier: Document) -> Document:
    """The committee grants everything and no bonus, with two members present."""
    return _event_data(
        dossier,
        decided_on=f"{_start(dossier)}-10-07",
        outcome="granted",
        motive=None,
        members_present=["membre 1", "membre 2"],
        collectifs=_names(dossier),
        derogations_granted=[],
        bonuses=[],
        multi_year_until=None,
    )


def convention(dossier: Document) -> Document:
    """The convention is signed in October."""
    return _event_data(dossier, signed_on=f"{_start(dossier)}-10-20")


def advance(dossier: Document) -> Document:
    """An advance on the first exercise, in November; the case gives its amount."""
    year = _start(dossier)
    return _event_data(
        dossier,
        school_year=dossier["school_year"],
        order_id="A1",
        exercise=year,
        amount="0.00",
        ordered_on=f"{year}-11-20",
    )


def _full_report() -> Document:
    return dict.fromkeys(("qualitative", "quantitative", "financial"), True)


def accounts(dossier: Document) -> Document:
    """The accounts of September: each collectif ran at its forecast cost, the bilan is complete."""
    return _event_data(
        dossier,
        school_year=dossier["school_year"],
        filed_on=f"{_start(dossier) + 1}-09-15",
        report=_full_report(),
        **_as_forecast(dossier),
    )


def _as_forecast(dossier: Document) -> Document:
    """Every collectif ran at its forecast cost, without bonus."""
    return {
        "collectifs": [
            {
                "collectif_id": collectif["collectif_id"],
                "ran": True,
                "actual_cost": collectif["forecast_cost"],
                "bonus_done": [],
            }
            for collectif in dossier["collectifs"]
        ],
        "budget": dossier["budget"],
    }


def control(dossier: Document) -> Document:
    """A control that finds the forecast costs, after the contradictory period."""
    year = _start(dossier) + 1
    return _event_data(
        dossier,
        school_year=dossier["school_year"],
        control_id="K1",
        observations_sent_on=f"{year}-10-01",
        answered_on=None,
        decided_on=f"{year}-11-15",
        measures=[],
        **_as_forecast(dossier),
    )


def renewal(dossier: Document) -> Document:
    """The next school year, on the forecast of the first one, with a complete bilan."""
    year = _start(dossier) + 1
    return _event_data(
        dossier,
        school_year=f"{year}-{year + 1}",
        filed_on=f"{year}-09-10",
        report=_full_report(),
        collectifs=[
            {"collectif_id": collectif["collectif_id"], "forecast_cost": collectif["forecast_cost"]}
            for collectif in dossier["collectifs"]
        ],
        budget=dossier["budget"],
    )


def envelope(dossier: Document) -> Document:
    """The credits of the first exercise; the case gives their amount."""
    return {"caf": examples.THE_CAF, "exercise": _start(dossier), "amount": "0.00"}


def bareme(dossier: Document) -> Document:
    """A bareme of the start year; the case gives its amounts."""
    amounts = dict.fromkeys(("plafond", "ps_max", "bonus_enfants", "bonus_parents"), "0.00")
    return {"start_year": _start(dossier), "source": "Publication de la Cnaf", **amounts}


def closing(dossier: Document) -> Document:
    """The closing of the first exercise, in January."""
    year = _start(dossier)
    return {"caf": examples.THE_CAF, "exercise": year, "closed_on": f"{year + 1}-01-20"}


def withdrawal(dossier: Document) -> Document:
    """The gestionnaire withdraws in September."""
    return _event_data(dossier, requested_on=f"{_start(dossier)}-09-10", motive="Renseigné")


def amendment(dossier: Document) -> Document:
    """The agrement is reduced to collectifs that the case gives."""
    return _event_data(
        dossier,
        amendment_id="M1",
        decided_on=f"{_start(dossier) + 1}-02-10",
        effect="reduced",
        from_school_year=dossier["school_year"],
        collectifs=_names(dossier),
        legal_ground="Renseigné",
        motive="Renseigné",
    )


def cancellation(dossier: Document) -> Document:
    """The right is cancelled two years later."""
    return _event_data(
        dossier,
        school_year=dossier["school_year"],
        ordered_on=f"{_start(dossier) + 2}-02-10",
        legal_ground="Renseigné",
        motive="Renseigné",
    )


def reversal(dossier: Document) -> Document:
    """The first advance is reversed in December."""
    return _event_data(
        dossier,
        school_year=dossier["school_year"],
        reversal_id="R1",
        order_id="A1",
        ordered_on=f"{_start(dossier)}-12-05",
        motive="Renseigné",
    )


def old_agrement(dossier: Document) -> Document:
    """An agrement older than the system, of the same gestionnaire, that covers this year."""
    year = _start(dossier)
    payee = {key: dossier["gestionnaire"][key] for key in ("siret", "name", "kind")}
    collectif = {"collectif_id": "C1", "children": 10, "forecast_cost": "9000.00"}
    return {
        "caf": examples.THE_CAF,
        "dossier_id": examples.OLD_DOSSIER_ID,
        "school_year": f"{year - 1}-{year}",
        "decided_on": f"{year - 1}-10-07",
        "gestionnaire": payee,
        "project": {key: dossier["project"][key] for key in ("title", "school_level", "communes")},
        "collectifs": [{**collectif, "bonuses": [], "derogations": []}],
        "budget": examples.budget(),
        "multi_year_until": dossier["school_year"],
        "reference": "Registre",
    }


def dossier_alike(dossier: Document) -> Document:
    """Another dossier of the same gestionnaire, level and commune."""
    return {**dossier, "dossier_id": examples.OTHER_DOSSIER_ID, "revision": 1}


def _names(dossier: Document) -> list[str]:
    return [each["collectif_id"] for each in dossier["collectifs"]]
