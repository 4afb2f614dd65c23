"""A dossier as a careful gestionnaire files it; `flaws` then bends some of them."""

from dataclasses import dataclass
from typing import Any

from tests.tools.campaign import texts as wording
from tests.tools.campaign.collectifs import collectifs
from tests.tools.campaign.organisations import Body
from tests.tools.campaign.rng import Dice

CAF = "761"
SCHOOL_YEAR = "2025-2026"
PRIORITIES = ("ctg", "continuite_ecole", "articulation_parentalite")
UNTIL = (*(11 * ("2027-2028",)), "2026-2027", "2028-2029", *(7 * (None,)))

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A dossier as it is filed: its number, who files it, and the data of its event."""

    number: int
    body: Body
    data: Json

    @property
    def dossier_id(self) -> str:
        """Its id."""
        return str(self.data["dossier_id"])


def dossier_id(number: int, year: int = 2025) -> str:
    """Return the id of a dossier of the sample."""
    return f"DEMO-76-{year}-{number:03}"


def careful(number: int, body: Body, *, groups_asked: int | None = None) -> Filed:
    """Return a dossier that every check accepts, with so many groups where it matters."""
    dice = Dice("dossier", number)
    level = _level(dice, second=number != body.numbers[0])
    groups = collectifs(dice, level, body, groups_asked)
    day = f"2025-{dice.pick(('06-2', '07-0', '07-1', '08-1', '08-2'))}{dice.between(1, 9)}"
    signed = f"{day}T{dice.between(9, 18):02}:{dice.between(10, 59)}:00+02:00"
    until = dice.pick(UNTIL)
    data = {
        "dossier_id": dossier_id(number),
        "revision": 1,
        "caf": CAF,
        "school_year": SCHOOL_YEAR,
        "channel": "ELAN",
        "form": {"id": "clas-national", "version": "2025"},
        "deposited_at": signed,
        "signed_at": signed,
        "previous_clas": body.supported_since is not None,
        "renews": _renews(dice, number, body),
        "transition_commitment": False,
        "gestionnaire": body.data,
        "multi_year": until and {"until": until},
        "project": _project(dice, level, body),
        "collectifs": groups,
        "bonus_requests": _bonus_requests(dice, groups),
        "budget": budget(dice, groups, body),
    }
    return Filed(number=number, body=body, data=data)


def budget(dice: Dice, groups: list[Json], body: Body) -> Json:
    """Return a budget that local funders carry, one in four with help of the branche Famille."""
    total = sum(int(group["forecast_cost"][:-3]) for group in groups) + dice.between(0, 1500, 250)
    helped = total * dice.between(3, 8) // 100 if dice.chance(25) else 0
    local = total * 6 // 10 - helped
    funders = wording.FUNDERS[body.kind]
    share = local // len(funders)
    resources = [
        {"funder": funder, "branche_famille": False, "amount": f"{share}.00"} for funder in funders
    ]
    if helped:
        of_the_branch = {"funder": wording.OF_THE_BRANCH, "branche_famille": True}
        resources.append({**of_the_branch, "amount": f"{helped}.00"})
    return {"total_annual_cost": f"{total}.00", "resources": resources}


def _level(dice: Dice, *, second: bool) -> str:
    if second:
        return "college"
    return dice.pick((*(8 * ("elementaire",)), *(2 * ("college",)), "lycee"))


def _renews(dice: Dice, number: int, body: Body) -> str | None:
    old_hand = body.supported_since not in {None, "2024-2025"}
    return dossier_id(200 + number, 2024) if old_hand and dice.chance(30) else None


def _project(dice: Dice, level: str, body: Body) -> Json:
    return {
        "title": dice.pick(wording.TITLES[level]),
        "school_level": level,
        "communes": [commune.code for commune in body.communes],
        "rural": body.rural,
        "descriptions": {
            "children": dice.pick(wording.CHILDREN),
            "parents": dice.pick(wording.PARENTS),
            "schools": dice.pick(wording.SCHOOLS),
            "local_resources": dice.pick(wording.LOCAL_RESOURCES),
        },
        "diagnosis": dice.pick(wording.DIAGNOSES),
        "priorities": [dice.pick(PRIORITIES)],
        "charter": {
            "laicite": True,
            "gratuite": True,
            "egalite_des_droits": True,
            "developpement_des_personnalites": True,
        },
        "activities": list(dice.pick(wording.ACTIVITIES)),
        "need_identified_with_schools": True,
        "parents_agreement": True,
        "fee_per_child_year": dice.pick(("0.00", "0.00", "5.00", "10.00", "20.00", "30.00")),
        "coordinator": _coordinator(dice),
        "objectives": dict(wording.OBJECTIVES),
        "schools": [{"name": dice.pick(wording.SCHOOL_NAMES[level])}],
        "partners": [dice.pick(wording.PARTNERS)],
    }


def _coordinator(dice: Dice) -> Json:
    level = dice.pick((5, 5, 6, 6, 4))
    return {
        "name": dice.pick(wording.COORDINATORS),
        "diploma_level": level,
        "equivalent_experience": level == 4,
        "professional_experience": True,
    }


def _bonus_requests(dice: Dice, groups: list[Json]) -> list[Json]:
    ids = [group["collectif_id"] for group in groups]
    asked = [kind for kind, percent in (("enfants", 65), ("parents", 50)) if dice.chance(percent)]
    return [
        {
            "kind": kind,
            "collectifs": ids if dice.chance(80) else ids[:1],
            "description": dice.pick(wording.BONUS_PROJECTS[kind]),
        }
        for kind in asked
    ]
