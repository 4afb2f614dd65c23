"""Rules that an imported agrement must meet."""

from dataclasses import dataclass

from services.eligibility.domain.states import Agrement, Dossier
from shared.contracts.common import Reason
from shared.contracts.corrections import AgrementImported
from shared.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class ImportContext:
    """An agrement to import, and the dossier and agrement recorded for it."""

    imported: AgrementImported
    dossier: Dossier | None
    agrement: Agrement | None


def imported_with_other_content(context: ImportContext) -> Reason | None:
    """TEC-01: an agrement is imported with one content."""
    if not (context.agrement and context.agrement.imported):
        return None
    return Reason(
        rule="TEC-01",
        message=f"L'agrément du dossier {context.imported.dossier_id} a déjà été repris avec un"
        " autre contenu ; une décision de modification peut le réduire ou le retirer.",
    )


def handled_by_system(context: ImportContext) -> Reason | None:
    """COM-10: a dossier handled by the system takes no imported agrement."""
    if not (context.agrement or context.dossier):
        return None
    return Reason(
        rule="COM-10",
        message=f"Le dossier {context.imported.dossier_id} est instruit dans ce système :"
        " son agrément ne peut pas être repris d'ailleurs.",
    )


def no_collectif(context: ImportContext) -> Reason | None:
    """COM-04: an agrement has at least one collectif."""
    if context.imported.collectifs:
        return None
    return Reason(rule="COM-04", message="L'agrément à reprendre ne comporte aucun collectif.")


def ends_before_it_starts(context: ImportContext) -> Reason | None:
    """AGR-01: an agrement covers at least its first school year."""
    first, last = context.imported.school_year, context.imported.multi_year_until
    if first <= last:
        return None
    return Reason(
        rule="AGR-01",
        message=f"L'agrément à reprendre finirait en {last}, avant sa première année scolaire"
        f" {first}.",
    )


PRELIMINARY_RULES: tuple[Rule, ...] = (
    Rule("TEC-01", "L'agrément n'a pas encore été repris.", imported_with_other_content),
    Rule("COM-10", "Le dossier n'est pas instruit dans ce système.", handled_by_system),
)


RULES: tuple[Rule, ...] = (
    Rule("COM-04", "L'agrément comporte des collectifs.", no_collectif),
    Rule("AGR-01", "L'agrément couvre sa première année scolaire.", ends_before_it_starts),
)
