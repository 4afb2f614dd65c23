"""A Caf imports an agrement older than the system, for its renewals and for REC-11."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.eligibility.domain.referentiel import Parameters
from services.eligibility.domain.refusals import request_refused
from services.eligibility.domain.states import Agrement, Dossier
from shared.contracts.base import fingerprint
from shared.contracts.common import Reason
from shared.contracts.corrections import AgrementImported
from shared.contracts.eligibility import AgrementRegistered
from shared.kernel.decision import SILENT, Decision, Known, Message, Ref
from shared.kernel.rules import Check, weigh, weigh_in_turn


@dataclass(frozen=True, slots=True)
class Import:
    """An agrement to import, and what is known of its dossier."""

    imported: AgrementImported
    dossier: Dossier | None
    agrement: Agrement | None


def reads(message: Message[AgrementImported], known: Known) -> Iterable[Ref[Any]]:  # noqa: ARG001
    """Name the dossier and its agrement."""
    yield Ref(Dossier, message.data.dossier_id)
    yield Ref(Agrement, message.data.dossier_id)


def register(
    message: Message[AgrementImported],
    known: Known,
    parameters: Parameters,  # noqa: ARG001 - it was granted under the texts of its time
) -> Decision:
    """Register an agrement once [TEC-01, COM-10: alone; COM-04 and AGR-01 together]."""
    imported, content = message.data, fingerprint(message.data)
    agrement = known.get(Agrement, imported.dossier_id)
    if agrement and agrement.imported == content:
        return SILENT
    case = Import(imported, known.get(Dossier, imported.dossier_id), agrement)
    weighed = weigh_in_turn(ALONE, case)
    steps = weighed.steps
    if not weighed.reasons:
        weighed = weigh(CHECKS, case)
        steps += weighed.steps
    if weighed.reasons:
        return Decision(events=(request_refused(message, weighed.reasons),), steps=steps)
    registered = AgrementRegistered(**dict(imported))
    return Decision(states=(Agrement.of(imported, content),), events=(registered,), steps=steps)


def imported_otherwise(case: Import) -> Reason | None:
    """TEC-01: an agrement is imported once."""
    if not (case.agrement and case.agrement.imported):
        return None
    return Reason(
        rule="TEC-01",
        message=f"L'agrément du dossier {case.imported.dossier_id} a déjà été repris avec un autre"
        " contenu ; une décision de modification peut le réduire ou le retirer.",
    )


def known_here(case: Import) -> Reason | None:
    """COM-10: the system decides on the dossiers that it assesses."""
    if not (case.agrement or case.dossier):
        return None
    return Reason(
        rule="COM-10",
        message=f"Le dossier {case.imported.dossier_id} est instruit dans ce système :"
        " son agrément ne peut pas être repris d'ailleurs.",
    )


def nothing_imported(case: Import) -> Reason | None:
    """COM-04: an agrement has collectifs."""
    if case.imported.collectifs:
        return None
    return Reason(rule="COM-04", message="L'agrément à reprendre ne comporte aucun collectif.")


def ends_before_it_starts(case: Import) -> Reason | None:
    """AGR-01: an agrement covers its own school year at least."""
    first, last = case.imported.school_year, case.imported.multi_year_until
    if first <= last:
        return None
    return Reason(
        rule="AGR-01",
        message=f"L'agrément à reprendre finirait en {last}, avant sa première année scolaire"
        f" {first}.",
    )


ALONE: tuple[Check, ...] = (
    Check("TEC-01", "L'agrément n'a pas encore été repris.", imported_otherwise),
    Check("COM-10", "Le dossier n'est pas instruit dans ce système.", known_here),
)

CHECKS: tuple[Check, ...] = (
    Check("COM-04", "L'agrément comporte des collectifs.", nothing_imported),
    Check("AGR-01", "L'agrément couvre sa première année scolaire.", ends_before_it_starts),
)
