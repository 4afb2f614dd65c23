"""Projection of the dossiers before their agrement, with the items they wait for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from shared.contracts.base import WireModel
from shared.contracts.common import Reason
from shared.contracts.elan import DossierSubmitted
from shared.contracts.eligibility import (
    AgrementGranted,
    AgrementRefused,
    CommitteeAdjourned,
    CommitteeDecisionRejected,
    EligibilityAssessed,
)
from shared.contracts.envelope import Envelope
from shared.contracts.submission import (
    ComplementsRequested,
    DossierHeld,
    DossierReceived,
    DossierRejected,
    DossierWithdrawn,
)

VERDICTS = {
    "eligible": "dossier éligible",
    "derogation": "dérogation à accorder ou à refuser",
    "ineligible": "dossier inéligible, à refuser ou à réduire",
}
OF_A_REVISION = {"TEC-01", "TEC-02"}
OUT_OF_PLACE = {"COM-09", "COM-10", "RET-04", "TEC-03"}


@dataclass(frozen=True, slots=True)
class PendingDossier:
    """A dossier before its agrement. `awaits` (French) is empty once it waits for nothing."""

    gestionnaire: str = ""
    school_year: str = ""
    awaits: str = ""
    detail: str = ""


def pending(
    submission: Iterable[Envelope], eligibility: Iterable[Envelope]
) -> dict[str, PendingDossier]:
    """Return the dossiers that wait before their agrement, by id, after these events in order."""
    dossiers: dict[str, PendingDossier] = {}
    withdrawn: set[str] = set()
    for event in (*submission, *eligibility):
        data: Any = event.data
        if isinstance(data, DossierWithdrawn):
            withdrawn.add(data.dossier_id)
        else:
            dossier = dossiers.get(data.dossier_id, PendingDossier())
            dossiers[data.dossier_id] = CHANGES[type(data)](dossier, data)
    return {
        key: dossier for key, dossier in dossiers.items() if dossier.awaits and key not in withdrawn
    }


def _filed(dossier: PendingDossier, event: DossierSubmitted) -> PendingDossier:
    """Keep the values of the first revision: a later one that changes them is refused."""
    if dossier.gestionnaire:
        return dossier
    return replace(dossier, gestionnaire=event.gestionnaire.name, school_year=event.school_year)


def _held(dossier: PendingDossier, event: DossierHeld) -> PendingDossier:
    return replace(dossier, awaits="le bilan intermédiaire", detail=event.waits_for)


def _to_complete(dossier: PendingDossier, event: ComplementsRequested) -> PendingDossier:
    return replace(dossier, awaits="des compléments", detail=_reason_text(event.grounds))


def _received(dossier: PendingDossier, event: DossierReceived) -> PendingDossier:  # noqa: ARG001
    return replace(dossier, awaits="l'examen d'éligibilité", detail="")


def _assessed(dossier: PendingDossier, event: EligibilityAssessed) -> PendingDossier:
    return replace(dossier, awaits="la décision du comité", detail=VERDICTS[event.verdict])


def _rejected(dossier: PendingDossier, event: DossierRejected) -> PendingDossier:
    """End a dossier; the refusal of one revision alone changes nothing."""
    only_this_revision = all(ground.rule in OF_A_REVISION for ground in event.grounds)
    return dossier if only_this_revision else _over(dossier, event)


def _adjourned(dossier: PendingDossier, event: CommitteeAdjourned) -> PendingDossier:  # noqa: ARG001
    return replace(dossier, awaits="une nouvelle séance du comité", detail="décision ajournée")


def _wait_for_committee_again(
    dossier: PendingDossier, event: CommitteeDecisionRejected
) -> PendingDossier:
    """Wait for a corrected decision; one on a dossier that waits for none changes nothing."""
    if any(reason.rule in OUT_OF_PLACE for reason in event.reasons):
        return dossier
    return replace(
        dossier, awaits="une décision rectifiée du comité", detail=_reason_text(event.reasons)
    )


def _over(dossier: PendingDossier, event: WireModel) -> PendingDossier:  # noqa: ARG001
    return replace(dossier, awaits="", detail="")


def _reason_text(reasons: Iterable[Reason]) -> str:
    return " ; ".join(f"[{reason.rule}] {reason.message}" for reason in reasons)


OF_SUBMISSION: dict[type[WireModel], Callable[[PendingDossier, Any], PendingDossier]] = {
    DossierSubmitted: _filed,
    DossierHeld: _held,
    ComplementsRequested: _to_complete,
    DossierReceived: _received,
    DossierRejected: _rejected,
}
OF_ELIGIBILITY: dict[type[WireModel], Callable[[PendingDossier, Any], PendingDossier]] = {
    EligibilityAssessed: _assessed,
    CommitteeAdjourned: _adjourned,
    CommitteeDecisionRejected: _wait_for_committee_again,
    AgrementGranted: _over,
    AgrementRefused: _over,
}
CHANGES = OF_SUBMISSION | OF_ELIGIBILITY
