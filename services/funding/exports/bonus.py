"""The bonuses of a school year, project by project: granted, then paid [STA-02, STA-03]."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from services.funding.rights import Right, Rights
from shared.contracts.funding import FundingGranted
from shared.kernel.money import ZERO, total


@dataclass(frozen=True, slots=True)
class Bonuses:
    """Both bonuses of a project, in euros."""

    enfants: Decimal = ZERO
    parents: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Project:
    """A funded project of a school year: its granted collectifs, what became of its bonuses."""

    caf: str
    gestionnaire: str
    siret: str
    dossier_id: str
    title: str
    collectifs: int
    situation: str
    granted: Bonuses
    paid: Bonuses


def bonus_rows(lives: Rights, school_year: str) -> Iterator[Project]:
    """Yield the funded projects of one Caf, by dossier.

    Granted is what the last decision of funding says, after the 80 % cap. Paid is what the
    balance settled, as controls changed it: nothing before the balance. A cancelled right has
    neither any more.
    """
    for life in lives.of_year(school_year):
        if life.granted:
            yield _project(lives, life, life.granted)


def _project(lives: Rights, life: Right, granted: FundingGranted) -> Project:
    agrement = lives.agrements.get(life.dossier_id)
    cancelled = life.cancelled is not None
    return Project(
        caf=granted.caf,
        gestionnaire=granted.gestionnaire.name,
        siret=granted.gestionnaire.siret,
        dossier_id=life.dossier_id,
        title=agrement.project.title if agrement else "",
        collectifs=0 if cancelled else len(granted.collectifs),
        situation=_situation(life),
        granted=Bonuses() if cancelled else _granted(granted),
        paid=_paid(life),
    )


def _situation(life: Right) -> str:
    if life.cancelled:
        return "annulé"
    if life.settled is None:
        return "solde attendu"
    return "soldé et contrôlé" if life.adjustments else "soldé"


def _granted(granted: FundingGranted) -> Bonuses:
    return Bonuses(granted.bonus_enfants, granted.bonus_parents)


def _paid(life: Right) -> Bonuses:
    if life.settled is None:
        return Bonuses()
    changes = [control.components for control in life.adjustments]
    return Bonuses(
        life.settled.final_bonus_enfants + total(each.bonus_enfants for each in changes),
        life.settled.final_bonus_parents + total(each.bonus_parents for each in changes),
    )
