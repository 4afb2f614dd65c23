"""The bonuses of a school year by project: granted and paid [STA-02, STA-03]."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from services.funding.amounts import Amounts
from services.funding.right import Right
from services.funding.rights import Rights
from shared.contracts.funding import FundingGranted
from shared.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class Bonuses:
    """Both bonuses of a project, in euros."""

    enfants: Decimal = ZERO
    parents: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Project:
    """A funded project of a school year: its granted collectifs and its bonuses."""

    caf: str
    gestionnaire: str
    siret: str
    dossier_id: str
    title: str
    collectifs: int
    situation: str
    granted: Bonuses
    paid: Bonuses


def bonus_rows(rights: Rights, school_year: str) -> Iterator[Project]:
    """Yield the funded projects of one Caf, by dossier.

    Granted is the amount of the last funding decision, after the 80 % cap. Paid is the amount of
    the balance with the adjustments of controls: zero before the balance. Both are zero for a
    cancelled right.
    """
    for right in rights.of_year(school_year):
        if right.granted:
            yield _project(rights, right, right.granted)


def _project(rights: Rights, right: Right, granted: FundingGranted) -> Project:
    agrement = rights.agrements.get(right.dossier_id)
    cancelled = right.cancelled is not None
    return Project(
        caf=granted.caf,
        gestionnaire=granted.gestionnaire.name,
        siret=granted.gestionnaire.siret,
        dossier_id=right.dossier_id,
        title=agrement.project.title if agrement else "",
        collectifs=0 if cancelled else len(granted.collectifs),
        situation=_situation(right),
        granted=Bonuses() if cancelled else _bonuses(right.forecast),
        paid=_bonuses(right.settled_due),
    )


def _situation(right: Right) -> str:
    if right.cancelled:
        return "annulé"
    if right.settled is None:
        return "solde attendu"
    return "soldé et contrôlé" if right.adjustments else "soldé"


def _bonuses(amounts: Amounts) -> Bonuses:
    return Bonuses(amounts.bonus_enfants, amounts.bonus_parents)
