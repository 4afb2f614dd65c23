"""The committee decides; a decision that cannot stand is rejected with all its reasons."""

from collections.abc import Iterable

from services.eligibility.domain.agrement import granted
from services.eligibility.domain.committee_reasons import Sitting, reasons_against
from services.eligibility.domain.findings import named
from services.eligibility.domain.referentiel import Parameters
from services.eligibility.domain.states import CommitteeRecord, Dossier
from shared.contracts.base import Wire, fingerprint
from shared.contracts.caf import CommitteeDecided
from shared.contracts.common import Reason
from shared.contracts.eligibility import (
    AgrementRefused,
    CommitteeAdjourned,
    CommitteeDecisionRejected,
)
from shared.kernel.decision import SILENT, Decision, Known, Message, Ref


def reads(message: Message[CommitteeDecided], known: Known) -> Iterable[Ref[Dossier]]:  # noqa: ARG001
    """Name the dossier."""
    yield Ref(Dossier, message.data.dossier_id)


def decide(message: Message[CommitteeDecided], known: Known, parameters: Parameters) -> Decision:
    """Grant, refuse, put off or reject [COM-09, COM-10, TEC-03, then all others together].

    A dossier is granted or refused once; the same decision again is old news. A rejected one
    leaves the dossier as it was, but for its version: each answer has a sequence of its own.
    """
    decided = message.data
    if not (dossier := known.get(Dossier, decided.dossier_id)):
        return Decision(events=(_rejected(decided, (_not_assessed(decided),)),))
    if dossier.decision and fingerprint(dossier.decision.decided) == fingerprint(decided):
        return SILENT
    sitting = Sitting(decided=decided, dossier=dossier, parameters=parameters)
    if reasons := _ending(dossier, decided) or reasons_against(sitting):
        return Decision(states=(dossier,), events=(_rejected(decided, reasons),))
    return Decision(states=(_recorded(dossier, decided),), events=(_answer(dossier, decided),))


def _ending(dossier: Dossier, decided: CommitteeDecided) -> tuple[Reason, ...]:
    """Return the reason that ends the check, if there is one."""
    if decided.caf != dossier.caf:
        return (_other_caf(decided),)
    return (_decided_otherwise(dossier, dossier.decision),) if dossier.decision else ()


def _answer(dossier: Dossier, decided: CommitteeDecided) -> Wire:
    caf, dossier_id = decided.caf, decided.dossier_id
    if decided.outcome == "granted":
        return granted(dossier, decided)
    if decided.outcome == "refused":
        return AgrementRefused(caf=caf, dossier_id=dossier_id, motive=decided.motive or "")
    return CommitteeAdjourned(caf=caf, dossier_id=dossier_id)


def _recorded(dossier: Dossier, decided: CommitteeDecided) -> Dossier:
    record = CommitteeRecord(decided=decided, outsiders=_outsiders(dossier, decided))
    if decided.outcome == "adjourned":
        return dossier.but(adjourned=record)
    return dossier.but(decision=record)


def _outsiders(dossier: Dossier, decided: CommitteeDecided) -> tuple[str, ...]:
    """Return who was present without being named; nobody when the campaign names nobody."""
    if not dossier.committee:
        return ()
    present = named(decided.members_present)
    return tuple(member for member in present if member not in dossier.committee)


def _rejected(decided: CommitteeDecided, reasons: tuple[Reason, ...]) -> CommitteeDecisionRejected:
    return CommitteeDecisionRejected(
        caf=decided.caf, dossier_id=decided.dossier_id, reasons=reasons
    )


def _not_assessed(decided: CommitteeDecided) -> Reason:
    return Reason(
        rule="COM-09",
        message=f"Le dossier {decided.dossier_id} n'a pas été instruit :"
        " le comité ne peut pas encore se prononcer.",
    )


def _other_caf(decided: CommitteeDecided) -> Reason:
    return Reason(
        rule="TEC-03",
        message=f"Le dossier {decided.dossier_id} n'est pas un dossier de la Caf {decided.caf}.",
    )


def _decided_otherwise(dossier: Dossier, decision: CommitteeRecord) -> Reason:
    outcome = "accordé" if decision.decided.outcome == "granted" else "refusé"
    return Reason(
        rule="COM-10",
        message=f"L'agrément du dossier {dossier.dossier_id} a été {outcome} par décision du"
        f" {decision.decided.decided_on:%d/%m/%Y} : une autre décision ne peut pas la remplacer.",
    )
