"""Rules that an imported agrement must meet."""

from dataclasses import dataclass

from services.eligibility.domain.states import Agrement, Dossier
from shared.contracts.common import Reason
from shared.contracts.corrections import AgrementImported
from shared.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class ImportContext:
    """An agrement to import, and what is known of its dossier."""

    imported: AgrementImported
    dossier: Dossier | None
    agrement: Agrement | None


def imported_otherwise(case: ImportContext) -> Reason | None:
    """TEC-01: an agrement is imported once."""
    if not (case.agrement and case.agrement.imported):
        return None
    return Reason(
        rule="TEC-01",
        message=f"L'agrément du dossier {case.imported.dossier_id} a déjà été repris avec un autre"
        " contenu ; une décision de modification peut le réduire ou le retirer.",
    )


def known_here(case: ImportContext) -> Reason | None:
    """COM-10: the system decides on the dossiers that it assesses."""
    if not (case.agrement or case.dossier):
        return None
    return Reason(
        rule="COM-10",
        message=f"Le dossier {case.imported.dossier_id} est instruit dans ce système :"
        " son agrément ne peut pas être repris d'ailleurs.",
    )


def nothing_imported(case: ImportContext) -> Reason | None:
    """COM-04: an agrement has collectifs."""
    if case.imported.collectifs:
        return None
    return Reason(rule="COM-04", message="L'agrément à reprendre ne comporte aucun collectif.")


def ends_before_it_starts(case: ImportContext) -> Reason | None:
    """AGR-01: an agrement covers its own school year at least."""
    first, last = case.imported.school_year, case.imported.multi_year_until
    if first <= last:
        return None
    return Reason(
        rule="AGR-01",
        message=f"L'agrément à reprendre finirait en {last}, avant sa première année scolaire"
        f" {first}.",
    )


ALONE: tuple[Rule, ...] = (
    Rule("TEC-01", "L'agrément n'a pas encore été repris.", imported_otherwise),
    Rule("COM-10", "Le dossier n'est pas instruit dans ce système.", known_here),
)


CHECKS: tuple[Rule, ...] = (
    Rule("COM-04", "L'agrément comporte des collectifs.", nothing_imported),
    Rule("AGR-01", "L'agrément couvre sa première année scolaire.", ends_before_it_starts),
)
