"""The collectifs of a dossier: 8 to 12 children, fewer in rural communes."""

from typing import Any

from shared.examples import dossier as catalogue
from tests.tools.campaign.organisations import Organisation
from tests.tools.campaign.rng import SeededRandom

COUNTS = {
    "association": (1, 1, 2, 2),
    "commune": (1, 2, 3, 5),
    "centre_social": (2, 2, 3, 4),
    "ccas": (1, 2),
    "epci": (2, 3, 4),
}
GRADES = {
    "elementaire": (["CP", "CE1"], ["CE1", "CE2"], ["CE2", "CM1"], ["CM1", "CM2"]),
    "college": (["6e"], ["6e", "5e"], ["4e", "3e"]),
    "lycee": (["2nde"], ["1re", "Tle"]),
}
SMALL = 8


def make_collectifs(
    rng: SeededRandom, level: str, gestionnaire: Organisation, count: int | None = None
) -> list[dict[str, Any]]:
    """Return the collectifs of a dossier: `count`, or one to five by kind of gestionnaire."""
    usual = rng.pick(COUNTS[gestionnaire.kind])
    ranks = range(1, (usual if count is None else count) + 1)
    return [_collectif(rng, f"C{rank}", level, gestionnaire) for rank in ranks]


def _collectif(
    rng: SeededRandom, collectif_id: str, level: str, gestionnaire: Organisation
) -> dict[str, Any]:
    children = rng.between(5, 10) if gestionnaire.rural else rng.between(8, 12)
    one_long_session = gestionnaire.rural and rng.chance(50)
    return catalogue.collectif(name=collectif_id) | {
        "children": children,
        "grades": rng.pick(GRADES[level]),
        "place_type": _place(rng, gestionnaire),
        "sessions_per_week": 1 if one_long_session else rng.pick((2, 2, 2, 3)),
        "minutes_per_session": 120 if one_long_session else 90,
        "weeks": rng.between(27, 31),
        "starts_on": rng.pick(("2025-11-03", "2025-11-04", "2025-11-06")),
        "ends_on": rng.pick(("2026-06-11", "2026-06-12", "2026-06-15")),
        "intervenants": 1 if gestionnaire.rural and children < SMALL else rng.pick((2, 2, 3)),
        "collective_events_per_month": rng.between(0, 2),
        "forecast_cost": _cost(rng, small=children < SMALL),
    }


def _place(rng: SeededRandom, gestionnaire: Organisation) -> str:
    """Return the place; three in a hundred are at school, for a person to examine [ELI-30]."""
    if rng.chance(3):
        return "scolaire"
    return "communal" if gestionnaire.kind in {"commune", "ccas", "epci"} else "associatif"


def _cost(rng: SeededRandom, *, small: bool) -> str:
    """Return a forecast cost around the plafond of 8 487.00 euros: more often above it."""
    if small:
        return f"{rng.between(5200, 8450, 50)}.00"
    if rng.chance(5):
        return "8487.00"
    return f"{rng.between(6100, 8450, 50) if rng.chance(28) else rng.between(8500, 12400, 50)}.00"
