"""What a gestionnaire may file: a sound dossier, and dossiers where each rule could go wrong."""

from random import Random

from tests.oracle.referentiel import OBJECTIVES
from tests.oracle.slips import OF_COLLECTIF, OF_DOSSIER, OF_PROJECT, changed
from tests.oracle.wire import Json, euros, school_year, year_of

CAFS = {"761": "76540", "974": "97415", "202": "2A004"}
"""A Caf, and a commune of it."""

LEVELS = ("elementaire", "elementaire", "college", "lycee")
GRADES = {"elementaire": ["CP", "CM2"], "college": ["6e", "3e"], "lycee": ["2nde", "Tle"]}
DESCRIPTIONS = ("children", "parents", "schools", "local_resources")
KINDS = ("association", "association", "commune", "centre_social")


def communes(draw: Random, home: str) -> list[str]:
    """One or two communes of the department, seldom one of another."""
    near = home[:-1] + "1"
    there = draw.choice(([home], [home], [near], [home, near]))
    return draw.choices((there, ["45234"], [*there, "27229"]), (94, 3, 3))[0]


def dossier(draw: Random, caf: str, name: str, start: int, siret: str) -> Json:
    """A dossier: sound, but for a few of its fields."""
    home = CAFS[caf]
    names = [f"C{n + 1}" for n in range(draw.choice((1, 1, 2, 3)))]
    level = draw.choice(LEVELS)
    collectifs = [collectif(draw, c, level, start) for c in names]
    kind = draw.choice(KINDS)
    request: Json = {
        "dossier_id": name,
        "revision": 1,
        "caf": caf,
        "school_year": school_year(start),
        "channel": "ELAN",
        "form": {"id": "clas-national", "version": str(start)},
        "deposited_at": f"{start}-06-20T10:00:00+02:00",
        "signed_at": None,
        "previous_clas": draw.random() < 0.3,
        "renews": draw.choice((None, None, None, "I1", "D1")),
        "transition_commitment": draw.random() < 0.5,
        "gestionnaire": {
            "siret": siret,
            "name": "Club",
            "kind": kind,
            "supported_since": draw.choice(
                (None, *map(school_year, (start - 3, start - 2, start - 1)))
            ),
            "centre_social_agrement": own_agrement(draw, start)
            if kind == "centre_social"
            else None,
        },
        "multi_year": draw.choice((None, {"until": school_year(start + draw.randint(0, 4))})),
        "project": project(draw, home, level),
        "collectifs": collectifs,
        "bonus_requests": bonuses(draw, names),
        "budget": budget(draw, collectifs),
    }
    if request["renews"] == name:
        request["renews"] = None
    if draw.random() < 0.15 and request["renews"] is None:
        apart = draw.choice(("I1", "D1" if name != "D1" else "D2"))
        request["distinct_from"] = [{"dossier_id": apart, "motive": "Autre lieu"}]
    return changed(draw, request, OF_DOSSIER)


def own_agrement(draw: Random, start: int) -> Json | None:
    to = draw.choice(("12-31", "06-30", "06-29"))
    return draw.choice(
        (None, {"from": f"{start - 2}-01-01", "to": f"{start + draw.randint(0, 4)}-{to}"})
    )


def project(draw: Random, home: str, level: str) -> Json:
    texts = dict.fromkeys(DESCRIPTIONS, "Actions")
    charter = ("laicite", "gratuite", "egalite_des_droits", "developpement_des_personnalites")
    return changed(
        draw,
        {
            "title": "Projet",
            "school_level": level,
            "communes": communes(draw, home),
            "rural": draw.random() < 0.3,
            "descriptions": texts,
            "diagnosis": "Partage",
            "priorities": draw.choice((["ctg"], ["ctg"], ["autre"], [])),
            "charter": dict.fromkeys(charter, True),
            "activities": ["methodologie", "culturelle"],
            "need_identified_with_schools": True,
            "parents_agreement": True,
            "fee_per_child_year": draw.choice(("0.00", "10.00", "10.01", "30.00", "30.01")),
            "coordinator": {
                "name": "Coordination",
                "diploma_level": 5,
                "equivalent_experience": False,
                "professional_experience": True,
            },
            "objectives": dict.fromkeys(OBJECTIVES, "Action"),
            "schools": [{"name": "Ecole"}],
            "partners": ["Mediatheque"],
        },
        OF_PROJECT,
    )


def collectif(draw: Random, name: str, level: str, start: int) -> Json:
    return changed(
        draw,
        {
            "collectif_id": name,
            "children": draw.choice((8, 10, 12)),
            "grades": GRADES[level],
            "disabled_child_with_reinforced_attention": draw.random() < 0.2,
            "single_place": True,
            "accessible_to_parents": True,
            "whole_year": True,
            "outside_school_time": True,
            "place_type": draw.choice(("associatif", "communal")),
            "sessions_per_week": 2,
            "minutes_per_session": 90,
            "weeks": draw.choice((27, 28, 30)),
            "starts_on": f"{start}-11-{draw.choice(('09', '12'))}",
            "ends_on": f"{start + 1}-06-{draw.choice(('11', '15'))}",
            "intervenants": 2,
            "home_share": "0.00",
            "collective_events_per_month": 1,
            "premises_constraint": draw.random() < 0.4,
            "forecast_cost": euros(draw.choice((900_000, 850_000, 412_345))),
        },
        OF_COLLECTIF,
    )


def bonuses(draw: Random, names: list[str]) -> list[Json]:
    requests: list[Json] = [
        {
            "kind": kind,
            "collectifs": draw.sample(names, draw.randint(1, len(names))),
            "description": "Projet" if draw.random() < 0.93 else "  ",
        }
        for kind in ("enfants", "parents")
        if draw.random() < 0.6
    ]
    for request in requests:
        if draw.random() < 0.06:
            request["collectifs"].append("C8")
    return requests


def budget(draw: Random, collectifs: list[Json]) -> Json:
    """A budget around the forecast costs, so that each limit is met to the cent."""
    costs = sum(int(c["forecast_cost"].replace(".", "")) for c in collectifs)
    total = max(0, costs + draw.choice((0, 0, 0, 100_000, -1)))
    parts = draw.choice(((total // 2,), (total // 3, 5_000), (total,), (total, 1), (0,)))
    resources = [
        {"funder": "Commune", "branche_famille": n == 1, "amount": euros(part)}
        for n, part in enumerate(parts)
    ]
    return {"total_annual_cost": euros(total), "resources": resources}


def sound(draw: Random, request: Json) -> Json:
    """The dossier with the slips mended that a Caf may ask about."""
    start, level = year_of(request["school_year"]), request["project"]["school_level"]
    names = [c["collectif_id"] for c in request["collectifs"]]
    rows = [{**collectif(draw, n, level, start), **calendar(start)} for n in names]
    return {**request, "channel": "ELAN", "collectifs": rows}


def calendar(start: int) -> Json:
    return {
        "whole_year": True,
        "weeks": 27,
        "starts_on": f"{start}-11-09",
        "ends_on": f"{start + 1}-06-11",
    }
