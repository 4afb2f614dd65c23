"""Rules that an imported agrement must meet."""

from dataclasses import dataclass

from services.eligibility.domain.states import Agrement, Dossier
from shared.contracts.corrections import AgrementImported
from shared.kernel.decision import Finding
from shared.kernel.requests import Once
from shared.kernel.rules import Rule, breach


@dataclass(frozen=True, slots=True)
class ImportContext:
    """An agrement to import, and the dossier and agrement recorded for it."""

    imported: AgrementImported
    dossier: Dossier | None
    agrement: Agrement | None


def _accepted(context: ImportContext) -> str | None:
    return context.agrement.imported if context.agrement else None


def _other_content(context: ImportContext) -> str:
    return (
        f"L'agrément du dossier {context.imported.dossier_id} a déjà été repris avec un"
        " autre contenu ; une décision de modification peut le réduire ou le retirer."
    )


def handled_by_system(context: ImportContext) -> Finding | None:
    """COM-10: a dossier handled by the system takes no imported agrement."""
    if not (context.agrement or context.dossier):
        return None
    return breach(
        "COM-10",
        f"Le dossier {context.imported.dossier_id} est instruit dans ce système :"
        " son agrément ne peut pas être repris d'ailleurs.",
    )


def no_collectif(context: ImportContext) -> Finding | None:
    """COM-04: an agrement has at least one collectif."""
    if context.imported.collectifs:
        return None
    return breach("COM-04", "L'agrément à reprendre ne comporte aucun collectif.")


def ends_before_it_starts(context: ImportContext) -> Finding | None:
    """AGR-01: an agrement covers at least its first school year."""
    first, last = context.imported.school_year, context.imported.multi_year_until
    if first <= last:
        return None
    return breach(
        "AGR-01",
        f"L'agrément à reprendre finirait en {last}, avant sa première année scolaire {first}.",
    )


GATES = (
    Once(
        accepted=_accepted,
        sentence=_other_content,
        success_text="L'agrément n'a pas encore été repris.",
    ),
    Rule("COM-10", handled_by_system, "Le dossier n'est pas instruit dans ce système."),
)

RULES: tuple[Rule[ImportContext], ...] = (
    Rule("COM-04", no_collectif, "L'agrément comporte des collectifs."),
    Rule("AGR-01", ends_before_it_starts, "L'agrément couvre sa première année scolaire."),
)
