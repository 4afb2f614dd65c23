"""Valid dossiers; `mistakes` then changes some of them."""

from dataclasses import dataclass
from typing import Any

from shared.examples import dossier as catalogue
from tests.tools.campaign import texts
from tests.tools.campaign.collectifs import make_collectifs
from tests.tools.campaign.organisations import Organisation
from tests.tools.campaign.rng import SeededRandom

CAF = catalogue.CAF
SCHOOL_YEAR = "2025-2026"
PRIORITIES = ("ctg", "continuite_ecole", "articulation_parentalite")
PS_MAX = 2758
UNTIL = (*(11 * ("2027-2028",)), "2026-2027", "2028-2029", *(7 * (None,)))

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A dossier: its number, its gestionnaire and the data of its event."""

    number: int
    gestionnaire: Organisation
    data: Json

    @property
    def dossier_id(self) -> str:
        """The id in the data."""
        return str(self.data["dossier_id"])


def dossier_id(number: int, year: int = 2025) -> str:
    """Return the id of a dossier of the sample."""
    return f"DEMO-76-{year}-{number:03}"


def valid_dossier(
    number: int, gestionnaire: Organisation, *, collectif_count: int | None = None
) -> Dossier:
    """Return a dossier that every check accepts, with `collectif_count` collectifs if given."""
    rng = SeededRandom("dossier", number)
    level = _level(rng, second=number != gestionnaire.numbers[0])
    collectifs = make_collectifs(rng, level, gestionnaire, collectif_count)
    day = f"2025-{rng.pick(('06-2', '07-0', '07-1', '08-1', '08-2'))}{rng.between(1, 9)}"
    signed = f"{day}T{rng.between(9, 18):02}:{rng.between(10, 59)}:00+02:00"
    until = rng.pick(UNTIL)
    example = catalogue.dossier() | {
        "dossier_id": dossier_id(number),
        "deposited_at": signed,
        "signed_at": signed,
        "previous_clas": gestionnaire.supported_since is not None,
        "renews": _renews(rng, number, gestionnaire),
        "gestionnaire": gestionnaire.data,
        "multi_year": until and {"until": until},
        "project": _project(rng, level, gestionnaire),
        "collectifs": collectifs,
        "bonus_requests": _bonus_requests(rng, collectifs),
        "budget": budget(rng, collectifs, gestionnaire),
    }
    data = {name: example[name] for name in ("dossier_id", "revision")} | example
    return Dossier(number=number, gestionnaire=gestionnaire, data=data)


def budget(rng: SeededRandom, collectifs: list[Json], gestionnaire: Organisation) -> Json:
    """Return a budget paid by local funders, one in four with a part of the branche Famille.

    With the Ps it is balanced, but for one in ten, which a person must look at [COF-05].
    """
    total = sum(int(collectif["forecast_cost"][:-3]) for collectif in collectifs) + rng.between(
        0, 1500, 250
    )
    from_branch = total * rng.between(3, 8) // 100 if rng.chance(25) else 0
    ps = sum(min(int(c["forecast_cost"][:-3]) * 325 // 1000, PS_MAX) for c in collectifs)
    funded = 80 if SeededRandom("unfunded", total, ps).chance(10) else 100
    local = (total - ps) * funded // 100 - from_branch
    funders = texts.FUNDERS[gestionnaire.kind]
    share = local // len(funders)
    resources = [
        {"funder": funder, "branche_famille": False, "amount": f"{share}.00"} for funder in funders
    ]
    if from_branch:
        branch_funder = {"funder": texts.BRANCH_FUNDER, "branche_famille": True}
        resources.append({**branch_funder, "amount": f"{from_branch}.00"})
    return {"total_annual_cost": f"{total}.00", "resources": resources}


def _level(rng: SeededRandom, *, second: bool) -> str:
    if second:
        return "college"
    return rng.pick((*(8 * ("elementaire",)), *(2 * ("college",)), "lycee"))


def _renews(rng: SeededRandom, number: int, gestionnaire: Organisation) -> str | None:
    long_supported = gestionnaire.supported_since not in {None, "2024-2025"}
    return dossier_id(200 + number, 2024) if long_supported and rng.chance(30) else None


def _project(rng: SeededRandom, level: str, gestionnaire: Organisation) -> Json:
    return catalogue.project() | {
        "title": rng.pick(texts.TITLES[level]),
        "school_level": level,
        "communes": [commune.code for commune in gestionnaire.communes],
        "rural": gestionnaire.rural,
        "descriptions": {
            "children": rng.pick(texts.CHILDREN),
            "parents": rng.pick(texts.PARENTS),
            "schools": rng.pick(texts.SCHOOLS),
            "local_resources": rng.pick(texts.LOCAL_RESOURCES),
        },
        "diagnosis": rng.pick(texts.DIAGNOSES),
        "priorities": [rng.pick(PRIORITIES)],
        "activities": list(rng.pick(texts.ACTIVITIES)),
        "fee_per_child_year": rng.pick(("0.00", "0.00", "5.00", "10.00", "20.00", "30.00")),
        "coordinator": _coordinator(rng),
        "objectives": dict(texts.OBJECTIVES),
        "schools": [{"name": rng.pick(texts.SCHOOL_NAMES[level])}],
        "partners": [rng.pick(texts.PARTNERS)],
    }


def _coordinator(rng: SeededRandom) -> Json:
    level = rng.pick((5, 5, 6, 6, 4))
    return catalogue.coordinator() | {
        "name": rng.pick(texts.COORDINATORS),
        "diploma_level": level,
        "equivalent_experience": level == 4,
    }


def _bonus_requests(rng: SeededRandom, collectifs: list[Json]) -> list[Json]:
    ids = [collectif["collectif_id"] for collectif in collectifs]
    kinds = [kind for kind, percent in (("enfants", 65), ("parents", 50)) if rng.chance(percent)]
    return [
        {
            "kind": kind,
            "collectifs": ids if rng.chance(80) else ids[:1],
            "description": rng.pick(texts.BONUS_PROJECTS[kind]),
        }
        for kind in kinds
    ]
