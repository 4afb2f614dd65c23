"""The departmental report of a school year [REP-09]: who, how much, by level."""

from collections.abc import Sequence

from services.funding.rights import Right, Rights
from shared.console.tables import Cell, Sheet
from shared.kernel.money import total

COLUMNS = (
    *("Niveau", "Gestionnaires", "Projets", "Collectifs", "Enfants", "Ps accordée"),
    *("Bonus accordés", "Acomptes", "Soldé", "En attente"),
)
LEVELS = {"elementaire": "élémentaire", "college": "collège", "lycee": "lycée"}


def departement(lives: Rights, caf: str, school_year: str) -> Sheet:
    """Return one row per level and the whole: granted rights, and how many still wait.

    A right that was cancelled counts nowhere. What is settled holds balance and controls.
    """
    found = [life for life in lives.of(school_year) if life.is_running or life.deferred]
    by_level = {level: [one for one in found if _level(lives, one) == level] for level in LEVELS}
    rows = [_row(LEVELS[level], lives, some) for level, some in by_level.items() if some]
    return Sheet(
        title=f"Bilan départemental de la Caf {caf}, année scolaire {school_year}",
        columns=COLUMNS,
        rows=tuple(rows),
        total=_row("Total", lives, found),
    )


def children(lives: Rights, life: Right) -> int:
    """Return the children of the collectifs that are granted."""
    agrement = lives.agrements.get(life.dossier_id)
    granted = (
        {each.collectif_id for each in life.is_running.collectifs} if life.is_running else set()
    )
    planned = agrement.collectifs if agrement else ()
    return sum(each.children for each in planned if each.collectif_id in granted)


def _row(label: str, lives: Rights, found: Sequence[Right]) -> tuple[Cell, ...]:
    running = [(life, life.is_running) for life in found if life.is_running]
    return (
        label,
        len({granted.gestionnaire.siret for _, granted in running}),
        len(running),
        sum(len(granted.collectifs) for _, granted in running),
        sum(children(lives, life) for life, _ in running),
        total(granted.ps_total for _, granted in running),
        total(granted.bonus_total for _, granted in running),
        total(life.amount_advanced for life, _ in running),
        total(life.amount_settled for life, _ in running),
        len(found) - len(running),
    )


def _level(lives: Rights, life: Right) -> str:
    return lives.agrements[life.dossier_id].project.school_level
