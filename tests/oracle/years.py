"""What follows the grant of one school year: advances, accounts, controls, corrections."""

from collections.abc import Callable
from random import Random

from tests.oracle.draws import (
    PUBLISHED,
    Dated,
    about,
    budget_of,
    cost_of,
    day,
    kinds_of,
    report_of,
)
from tests.oracle.prices import KNOWN_BAREMES, award
from tests.oracle.wire import Json, cents, euros, famille

DAYS = (("11-20", "12-01", "12-31", "12-31", "01-01"), ("03-10", "01-01", "06-30", "12-31"))
"""When advances of part N and of part N+1 are ordered."""


def a_year(draw: Random, agrement: Json, start: int, year: Json) -> list[Dated]:
    """What follows the grant of one school year: advances, accounts, controls, corrections."""
    of_year = about(agrement["dossier_id"], start)
    messages = advances(draw, agrement, of_year, ceilings(agrement, year, start), start)
    ends: list[Callable[[Random, Json, Json, int], list[Dated]]] = []
    if draw.random() < 0.85:
        ends.append(accounts)
    if draw.random() < 0.3:
        ends.append(controls)
    if draw.random() < 0.1:
        ends.append(cancellation)
    for end in ends:
        messages += end(draw, agrement, of_year, start)
    for _, _, request in messages:
        if draw.random() < 0.005:
            request["caf"] = "771"
    return messages


def ceilings(agrement: Json, year: Json, start: int) -> tuple[int, int]:
    kinds = {c["collectif_id"]: frozenset(c["bonuses"]) for c in agrement["collectifs"]}
    collectifs = [
        (c["collectif_id"], cents(c["forecast_cost"]), kinds.get(c["collectif_id"], frozenset()))
        for c in year["collectifs"]
    ]
    budget, bareme = year["budget"], KNOWN_BAREMES.get(start, PUBLISHED)
    return award(collectifs, cents(budget["total_annual_cost"]), famille(budget), bareme).ceilings


def advances(
    draw: Random, agrement: Json, of_year: Json, most: tuple[int, int], start: int
) -> list[Dated]:
    messages: list[Dated] = []
    for n in range(draw.choice((0, 1, 2, 2, 3, 4))):
        part = draw.randrange(2)
        exercise = start + part
        year = exercise + draw.choices((0, 1, -1), (90, 5, 5))[0]
        on = f"{year}-{draw.choice(DAYS[part])}"
        if draw.random() < 0.1:
            on = day(draw, agrement["decided_on"], -1, 1)
        if draw.random() < 0.03:
            exercise = start + draw.choice((-1, 2))
        top = most[part]
        amount = draw.choice((top, top + 1, top // 2, top // 2 + 1, top // 3, 1, 0, top))
        order = {
            **of_year,
            "order_id": f"{of_year['dossier_id']}-{start}-A{n}",
            "exercise": exercise,
            "amount": euros(amount),
            "ordered_on": on,
        }
        messages.append(
            (day(draw, on, 0, draw.choice((0, 0, 0, 60, 200))), "AdvanceOrdered", order)
        )
        if draw.random() < 0.04:
            changed = {**order, "amount": euros(amount + 1)}
            messages.append((day(draw, on, 0, 60), "AdvanceOrdered", changed))
        if draw.random() < 0.15:
            messages += reversals(draw, of_year, order, n)
    return messages


def reversals(draw: Random, of_year: Json, order: Json, n: int) -> list[Dated]:
    messages: list[Dated] = []
    for again in range(draw.choice((1, 1, 1, 2))):
        on = day(draw, order["ordered_on"], draw.choice((-1, 0, 0, 0)), 200)
        request = {
            **of_year,
            "reversal_id": f"{order['order_id']}-R{draw.choice((n, again))}",
            "order_id": order["order_id"] + draw.choice(("", "", "", "", "", "-unknown")),
            "ordered_on": on,
            "motive": "Erreur de saisie",
        }
        messages.append((on, "AdvanceReversalOrdered", request))
    return messages


def actual(draw: Random, agrement: Json) -> tuple[list[Json], Json]:
    """The collectifs and the budget as they were: some did not run, some are not named."""
    rows = [
        {
            "collectif_id": c["collectif_id"],
            "ran": draw.random() < 0.88,
            "actual_cost": draw.choice((c["forecast_cost"], euros(cost_of(draw)))),
            "bonus_done": draw.choice((c["bonuses"], kinds_of(draw))),
        }
        for c in agrement["collectifs"]
        if draw.random() < 0.98
    ]
    if draw.random() < 0.02:
        rows.append({"collectif_id": "C9", "ran": True, "actual_cost": "1.00", "bonus_done": []})
    return rows, budget_of(draw, [cents(row["actual_cost"]) for row in rows])


def accounts(draw: Random, agrement: Json, of_year: Json, start: int) -> list[Dated]:
    messages: list[Dated] = []
    for _ in range(draw.choice((1, 1, 1, 1, 2))):
        filed = draw.choice(
            (
                f"{start}-12-31",
                f"{start + 1}-01-01",
                f"{start + 1}-02-20",
                f"{start + 1}-05-31",
                f"{start + 1}-06-01",
                f"{start + 1}-06-13",
                f"{start + 1}-06-30",
                f"{start + 1}-07-01",
                f"{start + 1}-09-15",
                f"{start + 1}-09-15",
                f"{start + 1}-09-15",
                f"{start + 1}-09-15",
                f"{start + 1}-12-31",
                f"{start + 2}-02-10",
                f"{start + 3}-05-05",
            )
        )
        rows, budget = actual(draw, agrement)
        request = {
            **of_year,
            "filed_on": filed,
            "report": report_of(draw),
            "collectifs": rows,
            "budget": budget,
        }
        messages.append((filed, "ResultAccountFiled", request))
    return messages


def controls(draw: Random, agrement: Json, of_year: Json, start: int) -> list[Dated]:
    messages: list[Dated] = []
    for _ in range(draw.choice((1, 1, 2, 3))):
        sent = day(draw, f"{start + 1}-06-01", 0, 900)
        decided = day(draw, sent, *draw.choice(((0, 40), (29, 31), (30, 200))))
        answered = draw.choice((None, None, sent, decided, day(draw, decided, 1, 1)))
        rows, budget = actual(draw, agrement)
        request = {
            **of_year,
            "control_id": f"{of_year['dossier_id']}-{start}-K{draw.randrange(3)}",
            "observations_sent_on": sent,
            "answered_on": answered,
            "decided_on": decided,
            "collectifs": rows,
            "budget": budget,
            "measures": draw.choice(([], ["Recalcul"])),
        }
        messages.append((decided, "ControlConcluded", request))
    return messages


def cancellation(draw: Random, _agrement: Json, of_year: Json, start: int) -> list[Dated]:
    on = day(draw, f"{start}-12-15", -60, 900)
    request = {
        **of_year,
        "ordered_on": on,
        "legal_ground": draw.choice(("Convention, article 7", "Convention, article 7", " ")),
        "motive": "Action abandonnee",
    }
    return [(on, "FundingCancellationOrdered", request)]
