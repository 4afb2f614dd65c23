"""What submission and eligibility wait for, by dossier: the last word of each counts."""

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
    """A dossier before its agrement. `awaits` is empty when it waits for nothing any more."""

    gestionnaire: str = ""
    school_year: str = ""
    awaits: str = ""
    detail: str = ""


def pending(
    submission: Iterable[Envelope], eligibility: Iterable[Envelope]
) -> dict[str, PendingDossier]:
    """Return the dossiers that wait before their agrement, by id."""
    found: dict[str, PendingDossier] = {}
    withdrawn: set[str] = set()
    for event in (*submission, *eligibility):
        data: Any = event.data
        if isinstance(data, DossierWithdrawn):
            withdrawn.add(data.dossier_id)
        else:
            one = found.get(data.dossier_id, PendingDossier())
            found[data.dossier_id] = CHANGES[type(data)](one, data)
    return {key: one for key, one in found.items() if one.awaits and key not in withdrawn}


def _filed(one: PendingDossier, event: DossierSubmitted) -> PendingDossier:
    """Keep the first revision's: a later one that changes them is refused."""
    if one.gestionnaire:
        return one
    return replace(one, gestionnaire=event.gestionnaire.name, school_year=event.school_year)


def _held(one: PendingDossier, event: DossierHeld) -> PendingDossier:
    return replace(one, awaits="le bilan intermédiaire", detail=event.waits_for)


def _to_complete(one: PendingDossier, event: ComplementsRequested) -> PendingDossier:
    return replace(one, awaits="des compléments", detail=_told(event.grounds))


def _received(one: PendingDossier, event: DossierReceived) -> PendingDossier:  # noqa: ARG001
    return replace(one, awaits="l'examen d'éligibilité", detail="")


def _assessed(one: PendingDossier, event: EligibilityAssessed) -> PendingDossier:
    return replace(one, awaits="la décision du comité", detail=VERDICTS[event.verdict])


def _rejected(one: PendingDossier, event: DossierRejected) -> PendingDossier:
    """End a dossier; a revision that is refused for itself leaves it as it was."""
    only_a_revision = all(ground.rule in OF_A_REVISION for ground in event.grounds)
    return one if only_a_revision else _over(one, event)


def _adjourned(one: PendingDossier, event: CommitteeAdjourned) -> PendingDossier:  # noqa: ARG001
    return replace(one, awaits="une nouvelle séance du comité", detail="décision ajournée")


def _to_decide_again(one: PendingDossier, event: CommitteeDecisionRejected) -> PendingDossier:
    """Wait for a decision that can stand; one on a dossier that waits for none changes nothing."""
    if any(reason.rule in OUT_OF_PLACE for reason in event.reasons):
        return one
    return replace(one, awaits="une décision rectifiée du comité", detail=_told(event.reasons))


def _over(one: PendingDossier, event: WireModel) -> PendingDossier:  # noqa: ARG001
    return replace(one, awaits="", detail="")


def _told(reasons: Iterable[Reason]) -> str:
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
    CommitteeDecisionRejected: _to_decide_again,
    AgrementGranted: _over,
    AgrementRefused: _over,
}
WANTED_OF_SUBMISSION: tuple[type[WireModel], ...] = (*OF_SUBMISSION, DossierWithdrawn)
CHANGES = OF_SUBMISSION | OF_ELIGIBILITY
