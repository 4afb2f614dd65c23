"""The collectifs of a dossier: groups of 8 to 12 children, smaller ones in the country."""

from typing import Any

from tests.tools.campaign.organisations import Body
from tests.tools.campaign.rng import Dice

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


def collectifs(
    dice: Dice, level: str, body: Body, asked: int | None = None
) -> list[dict[str, Any]]:
    """Return one to five collectifs, or as many as are asked for."""
    usual = dice.pick(COUNTS[body.kind])
    count = usual if asked is None else asked
    return [_collectif(dice, f"C{rank}", level, body) for rank in range(1, count + 1)]


def _collectif(dice: Dice, collectif_id: str, level: str, body: Body) -> dict[str, Any]:
    children = dice.between(5, 10) if body.rural else dice.between(8, 12)
    one_long_session = body.rural and dice.chance(50)
    return {
        "collectif_id": collectif_id,
        "children": children,
        "grades": dice.pick(GRADES[level]),
        "disabled_child_with_reinforced_attention": False,
        "single_place": True,
        "accessible_to_parents": True,
        "whole_year": True,
        "outside_school_time": True,
        "place_type": _place(dice, body),
        "sessions_per_week": 1 if one_long_session else dice.pick((2, 2, 2, 3)),
        "minutes_per_session": 120 if one_long_session else 90,
        "weeks": dice.between(27, 31),
        "starts_on": dice.pick(("2025-11-03", "2025-11-04", "2025-11-06")),
        "ends_on": dice.pick(("2026-06-11", "2026-06-12", "2026-06-15")),
        "intervenants": 1 if body.rural and children < SMALL else dice.pick((2, 2, 3)),
        "home_share": "0.00",
        "collective_events_per_month": dice.between(0, 2),
        "premises_constraint": False,
        "forecast_cost": _cost(dice, small=children < SMALL),
    }


def _place(dice: Dice, body: Body) -> str:
    """A few meet at school, which a person should look at [ELI-30]."""
    if dice.chance(3):
        return "scolaire"
    return "communal" if body.kind in {"commune", "ccas", "epci"} else "associatif"


def _cost(dice: Dice, *, small: bool) -> str:
    """Return a forecast cost around the plafond of 8 487.00 euros: more often above it."""
    if small:
        return f"{dice.between(5200, 8450, 50)}.00"
    if dice.chance(5):
        return "8487.00"
    return (
        f"{dice.between(6100, 8450, 50) if dice.chance(28) else dice.between(8500, 12400, 50)}.00"
    )
