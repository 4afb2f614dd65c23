"""The departmental report of a school year [REP-09]: projects and amounts by level."""

from collections.abc import Sequence

from services.funding.right import Right
from services.funding.rights import Rights
from shared.console.tables import Cell, Sheet
from shared.contracts.labels import SCHOOL_LEVELS
from shared.kernel.money import total

COLUMNS = (
    *("Niveau", "Gestionnaires", "Projets", "Collectifs", "Enfants", "Ps accordée"),
    *("Bonus accordés", "Acomptes", "Soldé", "En attente"),
)


def departement(rights: Rights, caf: str, school_year: str) -> Sheet:
    """Return one row per level and the total: granted rights, and how many are deferred.

    A cancelled right is not counted. The settled amount includes balance and controls.
    """
    counted = [
        right for right in rights.of_year(school_year) if right.running_grant or right.deferred
    ]
    by_level = {
        label: [right for right in counted if _level(rights, right) == level]
        for level, label in SCHOOL_LEVELS.items()
    }
    rows = [_row(label, rights, of_level) for label, of_level in by_level.items() if of_level]
    return Sheet(
        title=f"Bilan départemental de la Caf {caf}, année scolaire {school_year}",
        columns=COLUMNS,
        rows=tuple(rows),
        total=_row("Total", rights, counted),
    )


def children(rights: Rights, right: Right) -> int:
    """Return the number of children in the granted collectifs of a right."""
    agrement = rights.agrements.get(right.dossier_id)
    granted = (
        {collectif.collectif_id for collectif in right.running_grant.collectifs}
        if right.running_grant
        else set()
    )
    planned = agrement.collectifs if agrement else ()
    return sum(collectif.children for collectif in planned if collectif.collectif_id in granted)


def _row(label: str, rights: Rights, of_level: Sequence[Right]) -> tuple[Cell, ...]:
    running = [(right, right.running_grant) for right in of_level if right.running_grant]
    return (
        label,
        len({granted.gestionnaire.siret for _, granted in running}),
        len(running),
        sum(len(granted.collectifs) for _, granted in running),
        sum(children(rights, right) for right, _ in running),
        total(granted.ps_total for _, granted in running),
        total(granted.bonus_total for _, granted in running),
        total(right.advanced for right, _ in running),
        total(right.settled_due.total for right, _ in running),
        len(of_level) - len(running),
    )


def _level(rights: Rights, right: Right) -> str:
    return rights.agrements[right.dossier_id].project.school_level
