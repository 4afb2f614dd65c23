"""Costs, budgets and days, drawn where a rule could go wrong."""

from datetime import date, timedelta
from random import Random

from tests.oracle.prices import Bareme
from tests.oracle.wire import Json, euros, school_year

CAF = "761"
PUBLISHED: Bareme = (860025, 279511, 33501, 31007)

Dated = tuple[str, str, Json]
"""Day of a message, its type and its data."""


def day(draw: Random, after: str, least: int, most: int) -> str:
    return str(date.fromisoformat(after) + timedelta(days=draw.randint(least, most)))


def cost_of(draw: Random) -> int:
    plafond = draw.choice((788500, 848700, PUBLISHED[0]))
    return draw.choice(
        (
            0,
            draw.randrange(1, 8),
            20 + 40 * draw.randrange(25_000),
            plafond + draw.choice((-1, 0, 1)),
            draw.randrange(300_000, 1_000_000),
            draw.randrange(300_000, 1_000_000),
            draw.randrange(300_000, 1_000_000),
            999_999_999,
        )
    )


def budget_of(draw: Random, costs: list[int]) -> Json:
    """A budget around the sum of the costs, so that the cap often bites, often to the cent."""
    total = sum(costs) * draw.choice((0, 20, 40, 41, 60, 100, 100, 100, 130)) // 100
    total = max(0, total + draw.choice((0, 0, 0, -1, 1, 2)))
    resources = [
        {
            "funder": draw.choice(("Commune", "Etat", "Fonds locaux")),
            "branche_famille": draw.random() < 0.4,
            "amount": euros(draw.choice((0, 1, total // 10, total // 3, total * 8 // 10, 40_000))),
        }
        for _ in range(draw.randrange(4))
    ]
    return {"total_annual_cost": euros(total), "resources": resources}


def kinds_of(draw: Random) -> list[str]:
    return draw.choice(([], ["enfants"], ["parents"], ["enfants", "parents"]))


def about(name: str, start: int | None = None) -> Json:
    year = {} if start is None else {"school_year": school_year(start)}
    return {"caf": CAF, "dossier_id": name, **year}


def report_of(draw: Random) -> Json:
    whole = draw.random() < 0.93
    return {p: whole or draw.random() < 0.5 for p in ("qualitative", "quantitative", "financial")}
