"""Which school years should be granted: prices, envelopes, and the lists of those that wait.

An envelope is what all grants took; a waiting list is what was deferred and not granted since.
"""

from tests.oracle import forecasts
from tests.oracle.past import Answers, Past, Right
from tests.oracle.prices import KNOWN_BAREMES, Award, Bareme, CostedCollectif, award
from tests.oracle.wire import Json, cents, famille, school_year, year_of

FATES = ("FundingDeferred", "FundingGranted", "FundingCancelled")
PARTS = ("qualitative", "quantitative", "financial")


def forecast(past: Past, right: Right) -> tuple[list[CostedCollectif], Json]:
    """The collectifs of a right with forecast costs and bonuses, and their budget."""
    dossier, start = right
    agrement = past.agrement(dossier)
    assert agrement is not None
    if start == year_of(agrement["school_year"]):
        year = agrement
    else:
        renewals = past.requests(
            "AnnualRenewalFiled", dossier_id=dossier, school_year=school_year(start)
        )
        year = next(r for r in renewals if not renewal_faults(past, agrement, r))
    bonuses = {c["collectif_id"]: frozenset(c["bonuses"]) for c in agrement["collectifs"]}
    rows = [(c["collectif_id"], cents(c["forecast_cost"])) for c in year["collectifs"]]
    return [(name, cost, bonuses[name]) for name, cost in rows], year["budget"]


def priced(past: Past, right: Right, bareme: Bareme) -> Award:
    collectifs, budget = forecast(past, right)
    return award(collectifs, cents(budget["total_annual_cost"]), famille(budget), bareme)


def charges(worth: Award, start: int) -> dict[int, int]:
    return {start: worth.parts[0], start + 1: worth.parts[1] + worth.bonus}


def allotted(past: Past, *, before_last: bool = False) -> dict[int, int]:
    """The total of each exercise: the allotment with the latest time, then the greatest id."""
    sent = [
        (data["exercise"], (attributes["time"], attributes["id"]), cents(data["amount"]))
        for name, data, attributes in past.messages[: -1 if before_last else None]
        if name == "EnvelopeAllotted"
    ]
    return {exercise: amount for exercise, _, amount in sorted(sent)}


def room(past: Past) -> dict[int, int]:
    """What is left of each exercise that is limited."""
    left = allotted(past)
    for fact in past.answers("FundingGranted"):
        for exercise, amount, _ in fact.data["envelopes"]:
            if exercise in left:
                left[exercise] -= amount
    return left


def waiting(past: Past, rule: str) -> list[Right]:
    """The rights that wait for this, in the order of decision then dossier."""
    last = {f.right: f for f in past.facts if f.name in FATES}
    held = [r for r, f in last.items() if f.name == "FundingDeferred" and f.data["rules"] == [rule]]
    return sorted(held, key=lambda right: (decided_on(past, right), *right))


def decided_on(past: Past, right: Right) -> str:
    agrement = past.agrement(right[0])
    assert agrement is not None
    day: str = agrement["decided_on"]
    return day


def needs(past: Past, right: Right) -> dict[int, int]:
    bareme = past.bareme(right[1])
    assert bareme is not None
    every = charges(priced(past, right, bareme), right[1])
    return {exercise: amount for exercise, amount in every.items() if amount}


def fits(need: dict[int, int], left: dict[int, int]) -> bool:
    return all(left.get(exercise, amount) >= amount for exercise, amount in need.items())


def arriving(past: Past, right: Right) -> Answers:
    """A right that has to be priced now."""
    if past.bareme(right[1]) is None:
        yield "FundingDeferred", right, {"rules": ["PRX-07"]}
        return
    need = needs(past, right)
    claimed = {e for other in waiting(past, "ENV-03") for e in needs(past, other)}
    if claimed & need.keys() or not fits(need, room(past)):
        yield "FundingDeferred", right, {"rules": ["ENV-03"]}
    else:
        yield from granting(past, right)


def granting(past: Past, right: Right) -> Answers:
    bareme = past.bareme(right[1])
    assert bareme is not None
    worth = priced(past, right, bareme)
    limited = allotted(past)
    yield (
        "FundingGranted",
        right,
        {
            "collectifs": sorted(worth.rows),
            "ps_total": worth.ps,
            "bonus_total": worth.bonus,
            "bonus_enfants": worth.enfants,
            "bonus_parents": worth.parents,
            "decided_on": decided_on(past, right),
            "parts": worth.parts,
            "ceilings": worth.ceilings,
            "cap80": worth.cap,
            "bareme": right[1],
            "remarks": remarks(past, right[0], worth),
            "envelopes": [
                (e, amount, "reserved" if e in limited else "unchecked")
                for e, amount in charges(worth, right[1]).items()
                if amount
            ],
        },
    )


def remarks(past: Past, dossier: str, worth: Award) -> list[str]:
    """What a grant leaves to a person: 80 % without a reason, a convention before the decision."""
    agrement = past.agrement(dossier)
    assert agrement is not None
    signed = [c["signed_on"] for c in past.requests("ConventionSigned", dossier_id=dossier)]
    reasons = {
        "CAL-05": bool(signed) and min(signed) < agrement["decided_on"],
        "COF-03": worth.cap[4] and not agrement.get("cap_justification"),
    }
    return sorted(rule for rule, applies in reasons.items() if applies)


def serving(past: Past) -> Answers:
    """The waiting list, in order: who cannot be served holds back those behind."""
    left, held = room(past), set[int]()
    for right in waiting(past, "ENV-03"):
        need = needs(past, right)
        if held & need.keys() or not fits(need, left):
            held |= need.keys()
            continue
        left = {e: amount - need.get(e, 0) for e, amount in left.items()}
        yield from granting(past, right)


# One function per request


def agrement_granted(past: Past, request: Json) -> Answers:
    right = (request["dossier_id"], year_of(request["school_year"]))
    if len(list(past.requests("AgrementGranted", dossier_id=right[0]))) == 1:
        yield from arriving(past, right)


def renewal_faults(past: Past, agrement: Json, request: Json) -> list[str]:
    start, first = year_of(request["school_year"]), year_of(agrement["school_year"])
    names = {c["collectif_id"] for c in request["collectifs"]}
    in_time = f"{start}-01-01" <= request["filed_on"] <= f"{start + 1}-08-31"
    faults = {
        "CAL-05": not in_time,
        "PLU-03": not all(request["report"][part] for part in PARTS),
        "COM-05": not first < start <= year_of(agrement["multi_year_until"]),
        "COM-04": not names or bool(names - staying(past, agrement)),
    }
    return sorted(rule for rule, broken in faults.items() if broken)


def staying(past: Past, agrement: Json) -> set[str]:
    """The collectifs that a later school year may take up again: without those taken away."""
    names = {c["collectif_id"] for c in agrement["collectifs"]}
    for change in past.requests("AgrementAmended", dossier_id=agrement["dossier_id"]):
        if change["effect"] == "reduced":
            names &= set(change["collectifs"])
    return names


def renewal_filed(past: Past, request: Json) -> Answers:
    right = (request["dossier_id"], year_of(request["school_year"]))
    agrement = past.agrement(right[0])
    if agrement is None:
        yield "FundingRefused", right, {"rules": ["COM-05"]}
        return
    if agrement["caf"] != request["caf"]:
        yield "FundingRefused", right, {"rules": ["TEC-03"]}
        return
    accepted = [f for f in past.facts if f.right == right and f.name == "FundingDeferred"]
    accepted += past.answers("FundingGranted", right)
    first = min((f for f in accepted), default=None, key=lambda f: f.place)
    if first is not None and past.messages[first.place][0] == "AnnualRenewalFiled":
        if not past.repeats(first):
            yield "FundingRefused", right, {"rules": ["TEC-01"]}
        return
    if faults := renewal_faults(past, agrement, request):
        yield "FundingRefused", right, {"rules": faults}
    else:
        yield from arriving(past, right)


def convention_signed(past: Past, request: Json) -> Answers:
    agrement = past.agrement(request["dossier_id"])
    early = agrement is not None and request["signed_on"] < agrement["decided_on"]
    remarks = ["CAL-05"] if early else []
    yield "ConventionRegistered", (request["dossier_id"], 0), {"remarks": remarks}


def envelope_allotted(past: Past, request: Json) -> Answers:
    nowhere = ("", request["exercise"])
    yield "EnvelopeRegistered", nowhere, {}
    exercise = request["exercise"]
    before, now = allotted(past, before_last=True), allotted(past)
    if now[exercise] > before.get(exercise, now[exercise]):
        yield from serving(past)


def bareme_published(past: Past, request: Json) -> Answers:
    start = request["start_year"]
    values = tuple(
        cents(request[key]) for key in ("plafond", "ps_max", "bonus_enfants", "bonus_parents")
    )
    earlier = len(list(past.requests("BaremePublished", start_year=start))) > 1
    if start in KNOWN_BAREMES or earlier:
        if past.bareme(start) != values:
            yield "RequestRefused", ("", start), {"rules": ["TEC-01"]}
        return
    yield "BaremeRegistered", ("", start), {}
    for right in waiting(past, "PRX-07"):
        if right[1] == start:
            yield from arriving(past, right)
    yield from forecasts.released(past, start)
