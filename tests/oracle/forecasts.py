"""What a dossier would be worth before the committee decides, and what the envelopes would hold."""

from collections import Counter

from tests.oracle import grants
from tests.oracle.past import Answers, Past, Right
from tests.oracle.prices import Award, award
from tests.oracle.wire import Json, cents, famille, year_of

GAP = 5
"""Percent of the whole cost that may be missing before a person is asked about it."""

ENDS = ("AgrementGranted", "AgrementRefused", "DossierWithdrawn")

Envelope = tuple[int, int, int | None, int, int, int | None]
"""Exercise, amount, allotted, granted, waiting, left."""


def assessed(past: Past, request: Json) -> Answers:
    """Forecast at once where the bareme is known."""
    if past.bareme(_right(request)[1]) is not None:
        yield from _forecast(past, request)


def released(past: Past, start: int) -> Answers:
    """The forecasts that waited for the bareme of a start year: the last assessment of each."""
    last = {a["dossier_id"]: a for a in past.requests("EligibilityAssessed")}
    for _, request in sorted(last.items()):
        right = _right(request)
        if right[1] == start and not past.answers("FundingForecast", right):
            yield from _forecast(past, request)


def _right(request: Json) -> Right:
    return request["dossier_id"], year_of(request["school_year"])


def _forecast(past: Past, request: Json) -> Answers:
    """The price of what is not ineligible; nothing once the dossier is decided or withdrawn."""
    right, budget = _right(request), request["budget"]
    bareme = past.bareme(right[1])
    if budget is None or any(any(past.requests(name, dossier_id=right[0])) for name in ENDS):
        return
    assert bareme is not None
    total = cents(budget["total_annual_cost"])
    collectifs = [
        (c["collectif_id"], cents(c["forecast_cost"]), frozenset(c["bonuses_requested"]))
        for c in request["collectifs"]
        if c["verdict"] != "ineligible"
    ]
    worth = award(collectifs, total, famille(budget), bareme)
    held = envelopes(past, grants.charges(worth, right[1]))
    yield (
        "FundingForecast",
        right,
        {
            "verdict": request["verdict"],
            "collectifs": sorted(worth.rows),
            "ps_total": worth.ps,
            "bonus_total": worth.bonus,
            "parts": worth.parts,
            "ceilings": worth.ceilings,
            "cap80": worth.cap,
            "bareme": right[1],
            "envelopes": held,
            "remarks": remarks(worth, budget, held),
        },
    )


def envelopes(past: Past, charges: dict[int, int]) -> list[Envelope]:
    """What each exercise that would be charged holds: nothing is reserved by looking."""
    limits, granted, waiting = grants.allotted(past), Counter[int](), Counter[int]()
    for fact in past.answers("FundingGranted"):
        granted.update({exercise: amount for exercise, amount, _ in fact.data["envelopes"]})
    for right in grants.waiting(past, "ENV-03"):
        waiting.update(grants.needs(past, right))
    return [
        (e, amount, limits.get(e), granted[e], waiting[e], _left(limits.get(e), taken))
        for e, amount in charges.items()
        if amount
        for taken in [granted[e] + waiting[e] + amount]
    ]


def _left(allotted: int | None, taken: int) -> int | None:
    return None if allotted is None else allotted - taken


def remarks(worth: Award, budget: Json, held: list[Envelope]) -> list[str]:
    """What a person must settle before the committee sits."""
    total = cents(budget["total_annual_cost"])
    brought = sum(cents(resource["amount"]) for resource in budget["resources"])
    missing = total - brought - worth.ps - worth.bonus
    reasons = {
        "COF-03": worth.cap[4],
        "COF-05": missing * 100 > total * GAP,
        "ENV-03": any(left is not None and left < 0 for *_, left in held),
    }
    return sorted(rule for rule, applies in reasons.items() if applies)
