"""Random lives of dossiers, by seed: one Caf, from its campaigns to the committee and after.

Dossiers come before and after their campaign, again and again, signed late or not at all; years
follow each other, so that agrements cover what is filed again.
"""

from random import Random

from tests.oracle import projects
from tests.oracle.draws import Dated, day
from tests.oracle.lives import Life, shaken
from tests.oracle.sittings import decisions, ending
from tests.oracle.wire import Json, school_year, year_of

SIRETS = ("51037643738412", "28203610201806")


def life(seed: int) -> Life:
    """The messages of a life: name, data, attributes (`id`, `time`)."""
    draw = Random(seed)
    caf = draw.choices(list(projects.CAFS), (90, 5, 5))[0]
    start = draw.choices((2021, 2025, 2025, 2030, 2019), (30, 30, 20, 15, 5))[0]
    dated = campaigns(draw, caf, start) + reports(draw, caf, start) + imports(draw, caf, start)
    for n in range(draw.choice((1, 2, 2, 3, 3))):
        dated += dossier(draw, caf, f"D{n + 1}", start + draw.choice((0, 0, 1)))
    dated.sort(key=lambda message: message[0])
    if draw.random() < 0.3:
        dated = shaken(draw, dated)
    return [
        (name, data, {"id": f"m{n:03}", "time": f"{when}T08:00:{draw.randrange(60):02}Z"})
        for n, (when, name, data) in enumerate(dated)
    ]


# The Caf


def campaigns(draw: Random, caf: str, base: int) -> list[Dated]:
    """The campaign of each year: early, late, twice or never."""
    messages: list[Dated] = []
    for start in (base, base + 1):
        for _ in range(draw.choices((0, 1, 2), (6, 80, 14))[0]):
            on = draw.choices((f"{start}-06-01", day(draw, f"{start}-06-20", 0, 90)), (75, 25))[0]
            messages.append((on, "CampaignOpened", campaign(draw, caf, start)))
    return messages


def campaign(draw: Random, caf: str, start: int) -> Json:
    return {
        "caf": caf,
        "school_year": school_year(start),
        "opens_on": f"{start}-06-13",
        "closes_on": draw.choice((f"{start}-08-31", f"{start}-08-31", f"{start}-08-01")),
        "form_version": str(start) if draw.random() < 0.95 else "autre",
        "multi_year_until": draw.choice((None, school_year(start + 1), school_year(start + 2))),
        "symbolic_fee_ceiling": draw.choice((None, "10.00")),
        "priorities": draw.choice(([], ["ctg", "ecole"])),
        "committee": ["CAF", "EN"],
    }


def reports(draw: Random, caf: str, base: int) -> list[Dated]:
    messages: list[Dated] = []
    for siret in SIRETS:
        for start in (base - 1, base):
            if draw.random() < 0.7:
                on = day(draw, f"{start + 1}-05-01", 0, draw.choice((60, 200)))
                request = {
                    "caf": caf,
                    "siret": siret,
                    "school_year": school_year(start),
                    "received_on": on,
                    **({"nothing_ran": True} if draw.random() < 0.2 else {}),
                }
                messages.append((on, "InterimReportReceived", request))
    return messages


def imports(draw: Random, caf: str, base: int) -> list[Dated]:
    """An agrement of the years before, which may still cover this one, and what ends it."""
    if draw.random() < 0.5:
        return []
    first = base - draw.choice((1, 1, 2))
    until = first + draw.choice((0, 1, 1, 2, 2))
    level = draw.choice(projects.LEVELS)
    request = {
        "caf": caf,
        "dossier_id": "I1",
        "school_year": school_year(first),
        "decided_on": f"{first}-10-02",
        "gestionnaire": {"siret": draw.choice(SIRETS), "name": "Club", "kind": "association"},
        "project": {
            "title": "Projet",
            "school_level": level,
            "communes": projects.communes(draw, projects.CAFS[caf]),
        },
        "collectifs": [
            {
                "collectif_id": "C1",
                "children": 10,
                "forecast_cost": "9000.00",
                "bonuses": [],
                "derogations": [],
            }
        ],
        "budget": {"total_annual_cost": "9000.00", "resources": []},
        "multi_year_until": school_year(until),
        "reference": "Registre",
    }
    on = day(draw, f"{base}-05-01", 0, draw.choice((20, 120)))
    messages: list[Dated] = [(on, "AgrementImported", request)]
    if draw.random() < 0.3:
        messages.append(
            ending(draw, {"caf": caf, "dossier_id": "I1"}, first, until, day(draw, on, 0, 60))
        )
    return messages


# A dossier


def dossier(draw: Random, caf: str, name: str, start: int) -> list[Dated]:
    """A dossier, its revisions, what the Caf asks for, and the decisions of the committee."""
    request = projects.dossier(draw, caf, name, start, draw.choice(SIRETS))
    signed = signature(draw, start)
    request["signed_at"] = signed
    on = day(draw, f"{start}-06-13", -5, 70)
    messages: list[Dated] = [(on, "DossierSubmitted", request)]
    last = request
    for _ in range(draw.choices((0, 1, 2, 3), (45, 30, 15, 10))[0]):
        on = day(draw, on, 0, 40)
        last = revised(draw, last)
        messages.append((on, "DossierSubmitted", last))
        if draw.random() < 0.1:
            messages.append((day(draw, on, 0, 60), "DossierSubmitted", last))
    on = max(on, f"{start}-09-15")
    if draw.random() < 0.25:
        messages += reopening(draw, last, on)
    if draw.random() < 0.08:
        about = {"caf": caf, "dossier_id": name, "requested_on": on, "motive": None}
        messages.append((day(draw, on, -40, 150), "WithdrawalRequested", about))
    return messages + decisions(draw, last, on)


def signature(draw: Random, start: int) -> str | None:
    """An instant in the window, around midnight in Paris at its ends, or none."""
    return draw.choice(
        (
            *([f"{start}-07-{draw.randint(1, 28):02}T10:00:00+02:00"] * 12),
            f"{start}-06-13T00:10:00+02:00",
            f"{start}-06-12T23:50:00+02:00",
            f"{start}-08-31T21:50:00+00:00",
            f"{start}-08-31T22:10:00+00:00",
            f"{start}-09-20T10:00:00+02:00",
            None,
        )
    )


def revised(draw: Random, request: Json) -> Json:
    """The next revision: better, other or worse; some take a number or a date they may not."""
    start = year_of(request["school_year"])
    fresh = projects.dossier(
        draw,
        request["caf"],
        request["dossier_id"],
        start,
        request["gestionnaire"]["siret"],
    )
    after = {**draw.choice((request, fresh, fresh)), "revision": request["revision"] + 1}
    after["signed_at"] = draw.choice(
        (
            request["signed_at"],
            f"{start}-09-{draw.randint(1, 30):02}T10:00:00+02:00",
            f"{start}-10-{draw.randint(1, 30):02}T10:00:00+02:00",
            signature(draw, start),
            None,
        )
    )
    slips: tuple[tuple[float, Json], ...] = (
        (0.05, {"revision": request["revision"]}),
        (0.03, {"revision": max(1, request["revision"] - 1)}),
        (0.03, {"school_year": school_year(start + 1)}),
    )
    for often, change in slips:
        if draw.random() < often:
            after |= change
    return after


def reopening(draw: Random, last: Json, on: str) -> list[Dated]:
    """The Caf asks for complements, and the next revision comes, or not."""
    ordered = day(draw, on, -20, 40)
    request = {
        "caf": last["caf"],
        "dossier_id": last["dossier_id"],
        "asked": [{"rule": draw.choice(("ELI-22", "ELI-27")), "message": "Corriger les dates"}],
        "due_on": day(draw, ordered, 5, 30),
    }
    messages: list[Dated] = [(ordered, "ComplementsOrdered", request)]
    if draw.random() < 0.1:
        messages.append((day(draw, ordered, 0, 60), "ComplementsOrdered", request))
    if draw.random() < 0.1:
        other = {**request, "due_on": day(draw, ordered, 31, 60)}
        messages.append((day(draw, ordered, 0, 60), "ComplementsOrdered", other))
    if draw.random() < 0.8:
        start = year_of(last["school_year"])
        mended = projects.sound(draw, last)
        mended["revision"] = last["revision"] + 1
        mended["signed_at"] = draw.choice(
            (last["signed_at"], f"{start}-11-{draw.randint(1, 30):02}T10:00:00+01:00")
        )
        messages.append((day(draw, ordered, 1, 30), "DossierSubmitted", mended))
    return messages
