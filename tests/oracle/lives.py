"""Random lives of rights, by seed: one Caf, one to three dossiers, from agrement to last control.

Amounts stand where a rule could go wrong (nothing, one cent, half a cent, around the plafond and
the ceilings), dates around the ends of years, and everything may come twice, late or wrong.
"""

from random import Random

from tests.oracle.draws import (
    CAF,
    PUBLISHED,
    Dated,
    about,
    budget_of,
    cost_of,
    day,
    kinds_of,
    report_of,
)
from tests.oracle.prices import KNOWN_BAREMES
from tests.oracle.wire import Json, cents, euros, school_year, year_of
from tests.oracle.years import a_year

PAYEES = (
    ("51037643738412", "association"),
    ("28203610201806", "commune"),
    ("31755383269398", "epci"),
    ("51037643738412", "ccas"),
    ("28203610201806", "centre_social"),
    ("31755383269398", "caf"),
    ("51037643738412", "entreprise"),
)


ONCE = ("EnvelopeAllotted", "ExerciseClosed", "EligibilityAssessed", "AgrementAmended")
"""What does not come again as it was: each of them is a fact of its own."""

Life = list[tuple[str, Json, Json]]


def life(seed: int, start: int | None = None, count: int | None = None) -> Life:
    """The messages of a life: name, data, attributes (`id`, `time`).

    `start`: its first year; `count`: how many dossiers it has; both are drawn where not given.
    """
    draw = Random(seed)
    start = draw.choice((2021, 2025, 2025, 2025, 2030)) if start is None else start
    count = draw.choices((1, 2, 3), (70, 20, 10))[0] if count is None else count
    dated = [message for n in range(count) for message in dossier(draw, f"D{n + 1}", start)]
    dated += baremes(draw, start) + closings(draw, start)
    if draw.random() < 0.3:
        dated += envelopes(draw, start, count)
    dated = repeated(draw, dated)
    dated.sort(key=lambda message: message[0])
    if draw.random() < 0.3:
        dated = shaken(draw, dated)
    return [
        (name, data, {"id": f"m{n:03}", "time": f"{when}T08:00:{draw.randrange(60):02}Z"})
        for n, (when, name, data) in enumerate(dated)
    ]


def shaken(draw: Random, dated: list[Dated]) -> list[Dated]:
    """Let some messages come earlier or later than they should."""
    placed = [(n + draw.choice((0, 0, 0, -3, 3, 8)), n, each) for n, each in enumerate(dated)]
    return [each for *_, each in sorted(placed, key=lambda p: p[:2])]


def repeated(draw: Random, dated: list[Dated]) -> list[Dated]:
    """Let some requests come again, sooner or later, their lists in another order."""
    doubles = []
    for when, name, data in dated:
        if name not in ONCE and draw.random() < 0.08:
            doubles.append((day(draw, when, 0, 400), name, turned(draw, data)))
    return dated + doubles


def turned(draw: Random, data: Json) -> Json:
    again = dict(data)
    for key, value in data.items():
        if isinstance(value, list):
            again[key] = draw.sample(value, len(value))
    if "collectifs" in data and "decided_on" in data and "gestionnaire" in data:
        return data
    return again


def dossier(draw: Random, name: str, base: int) -> list[Dated]:
    start = base + draw.choice((0, 0, 0, 0, 0, 1))
    until = start + draw.choice((0, 0, 0, 1, 2))
    siret, kind = draw.choice(PAYEES)
    costs = [cost_of(draw) for _ in range(draw.randint(1, 4))]
    names = [f"C{n + 1}" for n in range(len(costs))]
    decided = day(draw, f"{start}-09-20", 0, draw.choice((60, 60, 160)))
    agrement = {
        "caf": CAF,
        "dossier_id": name,
        "school_year": school_year(start),
        "decided_on": decided,
        "gestionnaire": {"siret": siret, "name": "Association", "kind": kind},
        "project": {"title": "Projet", "school_level": "college", "communes": ["76540"]},
        "collectifs": [
            {
                "collectif_id": c,
                "children": 10,
                "forecast_cost": euros(cost),
                "bonuses": kinds_of(draw),
                "derogations": [],
                **period_of(draw, start),
            }
            for c, cost in zip(names, costs, strict=True)
        ],
        "budget": budget_of(draw, costs),
        "multi_year_until": school_year(until),
    }
    if draw.random() < 0.3:
        agrement["cap_justification"] = "Commune sans autre financeur"
    messages: list[Dated] = [(decided, "AgrementGranted", agrement)]
    messages += assessments(draw, agrement)
    if draw.random() < 0.15:
        messages += never_granted(draw, agrement)
    if until == start and draw.random() < 0.25:
        messages += stops(draw, agrement, names)
    if draw.random() < 0.95:
        signed = day(draw, decided, -20, draw.choice((20, 20, 20, 200)))
        messages.append((signed, "ConventionSigned", {**about(name), "signed_on": signed}))
    messages += a_year(draw, agrement, start, agrement)
    for later in range(start + 1, until + draw.choices((1, 2), (9, 1))[0]):
        messages += renewal(draw, agrement, names, later)
    return messages


def period_of(draw: Random, start: int) -> Json:
    """When a collectif runs, where it is known."""
    last = f"{start + 1}-{draw.choice(('05-20', '05-31', '06-12', '06-30', '07-10'))}"
    return draw.choice(({}, *([{"starts_on": f"{start}-11-04", "ends_on": last}] * 4)))


def assessments(draw: Random, agrement: Json) -> list[Dated]:
    """None, one or two assessments of a dossier, sometimes heard of after the decision."""
    messages: list[Dated] = []
    complete = draw.random() < 0.97
    for _ in range(draw.choice((0, 1, 1, 1, 2))):
        on = day(draw, agrement["decided_on"], -60, draw.choice((-1, -1, -1, 10)))
        messages.append((on, "EligibilityAssessed", assessment(draw, agrement, complete=complete)))
    return messages


def never_granted(draw: Random, agrement: Json) -> list[Dated]:
    """Another dossier that was assessed, then refused or withdrawn."""
    other = agrement | {"dossier_id": f"{agrement['dossier_id']}R"}
    on = day(draw, agrement["decided_on"], -10, 10)
    refused = draw.choice((True, False))
    name = "AgrementRefused" if refused else "DossierWithdrawn"
    data = {"motive": "Hors du quartier"} if refused else {"withdrawn_on": on, "motive": None}
    end: Dated = (on, name, {**about(other["dossier_id"]), **data})
    return [*assessments(draw, other), end]


def assessment(draw: Random, agrement: Json, *, complete: bool) -> Json:
    """What was found of a dossier, with more collectifs than were granted in the end.

    `complete`: with gestionnaire and budget, which release 0.3.0 did not publish.
    """
    others = [("X1", euros(cost_of(draw)), kinds_of(draw))] * (draw.random() < 0.3)
    rows = [(c["collectif_id"], c["forecast_cost"], c["bonuses"]) for c in agrement["collectifs"]]
    verdicts = ("eligible", "eligible", "eligible", "derogation", "ineligible")
    return {
        **about(agrement["dossier_id"], year_of(agrement["school_year"])),
        "verdict": draw.choice(verdicts),
        "findings": [],
        "collectifs": [
            {
                "collectif_id": name,
                "verdict": draw.choice(verdicts),
                "findings": [],
                "children": draw.randint(5, 12),
                "forecast_cost": cost,
                "bonuses_requested": kinds,
            }
            for name, cost, kinds in rows + others
        ],
        "multi_year_allowed_until": agrement["multi_year_until"],
        "rules_version": "2021-2022",
        "gestionnaire": agrement["gestionnaire"] if complete else None,
        "budget": balanced(draw, agrement["budget"]) if complete else None,
    }


def balanced(draw: Random, budget: Json) -> Json:
    """Bring what is missing around 5 % of the whole, to the cent, or leave it."""
    if draw.random() < 0.5:
        return budget
    total = cents(budget["total_annual_cost"])
    brought = max(0, total * draw.choice((55, 60, 65, 70, 95)) // 100 + draw.choice((-1, 0, 1)))
    resource = {"funder": "Commune", "branche_famille": False, "amount": euros(brought)}
    return {**budget, "resources": [resource]}


def stops(draw: Random, agrement: Json, names: list[str]) -> list[Dated]:
    """The action stops early, whole or first in part; the right of the year is not lost."""
    start, messages = year_of(agrement["school_year"]), list[Dated]()
    on = day(draw, f"{start}-10-01", 0, 150)
    for place, stays in enumerate(draw.choice(([[]], [names[:1]], [names[:1], []]))):
        if stays == names:
            continue
        change = {
            **about(agrement["dossier_id"]),
            "amendment_id": f"{agrement['dossier_id']}-V{place}",
            "decided_on": on,
            "effect": "reduced" if stays else "withdrawn",
            "from_school_year": school_year(start),
            "ended_on": on,
            "collectifs": stays,
            "multi_year_until": school_year(start),
            "legal_ground": "Convention, article 6",
            "motive": "Arret de l'action",
        }
        messages.append((day(draw, on, 0, 20), "AgrementAmended", change))
        on = day(draw, on, 0, 90)
    return messages


def renewal(draw: Random, agrement: Json, names: list[str], start: int) -> list[Dated]:
    filed = draw.choice(
        (
            *(day(draw, f"{start}-09-01", 0, 60) for _ in range(16)),
            *(f"{start - 1}-12-31", f"{start}-01-01", f"{start + 1}-08-31", f"{start + 1}-09-01"),
        )
    )
    renewed = draw.sample(names, draw.randint(draw.choice((0, 1, 1, 1, 1, 1, 1, 1)), len(names)))
    costs = [cost_of(draw) for _ in renewed]
    renewed += ["C9"] * (draw.random() < 0.03)
    costs += [100] * (len(renewed) - len(costs))
    request = {
        **about(agrement["dossier_id"], start),
        "filed_on": filed,
        "report": report_of(draw),
        "collectifs": [
            {"collectif_id": c, "forecast_cost": euros(cost)}
            for c, cost in zip(renewed, costs, strict=True)
        ],
        "budget": budget_of(draw, costs),
    }
    return [(filed, "AnnualRenewalFiled", request), *a_year(draw, agrement, start, request)]


def baremes(draw: Random, base: int) -> list[Dated]:
    """Baremes of years without a built-in one: late, twice or never."""
    messages: list[Dated] = []
    for start in range(base, base + 3):
        if draw.random() < 0.9:
            on = draw.choice((f"{start}-06-01", f"{start}-10-20", f"{start + 1}-03-01"))
            messages.append((on, "BaremePublished", _bareme(start, draw.choice((0, 0, 0, 1)))))
        if draw.random() < 0.05:
            messages.append((f"{start + 1}-04-01", "BaremePublished", _bareme(start, 1)))
    return messages


def _bareme(start: int, more: int) -> Json:
    plafond, ps_max, enfants, parents = KNOWN_BAREMES.get(start, PUBLISHED)
    return {
        "start_year": start,
        "plafond": euros(plafond + more),
        "ps_max": euros(ps_max),
        "bonus_enfants": euros(enfants),
        "bonus_parents": euros(parents),
        "source": "Circulaire",
    }


def closings(draw: Random, base: int) -> list[Dated]:
    messages: list[Dated] = []
    for exercise in range(base - 1, base + draw.randint(0, 5)):
        if draw.random() < 0.08:
            continue
        first = draw.choice((-31, 0, 1, 10))
        closed = day(draw, f"{exercise + 1}-01-01", first, draw.choice((30, 30, 30, 300)))
        messages += [
            (closed, "ExerciseClosed", {"caf": CAF, "exercise": exercise, "closed_on": on})
            for on in (closed, *([closed] * (draw.random() < 0.1)))
        ]
        if draw.random() < 0.2:
            later = day(draw, closed, 1, 200)
            request = {"caf": CAF, "exercise": exercise, "closed_on": later}
            messages.append((later, "ExerciseClosed", request))
    return messages


def envelopes(draw: Random, base: int, dossiers: int) -> list[Dated]:
    messages: list[Dated] = []
    for exercise in range(base, base + draw.randint(1, 3)):
        on = day(draw, f"{base}-08-01", 0, 60)
        for _ in range(draw.randint(1, 3)):
            amount = draw.choice((0, 50_000, 110_330, 165_495, 300_000, 10_000_000)) * dossiers
            request = {"caf": CAF, "exercise": exercise, "amount": euros(amount)}
            messages.append((on, "EnvelopeAllotted", request))
            on = day(draw, on, 0, 120)
    return messages
