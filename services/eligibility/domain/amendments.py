"""A Caf reduces or withdraws an agrement, from a school year on."""

from collections.abc import Iterable
from typing import Any

from services.eligibility.domain.amendment_rules import Amendment, against
from services.eligibility.domain.referentiel import Parameters
from services.eligibility.domain.states import AcceptedAmendment, Agrement
from shared.contracts.base import fingerprint
from shared.contracts.common import Reason
from shared.contracts.corrections import AmendmentDecided
from shared.contracts.eligibility import AgrementAmended, AmendmentRejected
from shared.kernel.decision import SILENT, Decision, Emit, Known, Message, Ref
from shared.kernel.rules import breached


def reads(message: Message[AmendmentDecided], known: Known) -> Iterable[Ref[Any]]:  # noqa: ARG001
    """Name the agrement and the amendment."""
    yield Ref(Agrement, message.data.dossier_id)
    yield Ref(AcceptedAmendment, message.data.amendment_id)


def amend(
    message: Message[AmendmentDecided],
    known: Known,
    parameters: Parameters,  # noqa: ARG001 - an amendment depends on no parameter
) -> Decision:
    """Amend what is left of an agrement, or reject the amendment with all reasons.

    No agrement [COM-05], another content [TEC-01] and another Caf [TEC-03] end the check.
    """
    decided = message.data
    if not (agrement := known.get(Agrement, decided.dossier_id)):
        reason = _no_agrement(decided)
        return Decision(events=(_rejected(decided, (reason,)),), steps=(breached(reason),))
    content, accepted = fingerprint(decided), known.get(AcceptedAmendment, decided.amendment_id)
    if accepted and accepted.content == content:
        return SILENT
    weighed = against(Amendment(decided, agrement, accepted))
    if weighed.reasons:
        rejection = Emit(_rejected(decided, weighed.reasons), about=Ref(Agrement, agrement.key))
        return Decision(events=(rejection,), steps=weighed.steps)
    after = _amended(agrement, decided)
    kept = AcceptedAmendment(amendment_id=decided.amendment_id, content=content)
    return Decision(states=(after, kept), events=(_event(decided, after),), steps=weighed.steps)


def _amended(agrement: Agrement, decided: AmendmentDecided) -> Agrement:
    if decided.effect == "withdrawn":
        return agrement.withdrawn(decided.from_school_year)
    return agrement.reduced(decided.from_school_year, decided.collectifs)


def _event(decided: AmendmentDecided, after: Agrement) -> AgrementAmended:
    return AgrementAmended(
        caf=decided.caf,
        dossier_id=decided.dossier_id,
        amendment_id=decided.amendment_id,
        decided_on=decided.decided_on,
        effect=decided.effect,
        from_school_year=decided.from_school_year,
        collectifs=decided.collectifs,
        multi_year_until=after.until,
        legal_ground=decided.legal_ground,
        motive=decided.motive,
    )


def _rejected(decided: AmendmentDecided, reasons: tuple[Reason, ...]) -> AmendmentRejected:
    return AmendmentRejected(
        caf=decided.caf,
        dossier_id=decided.dossier_id,
        amendment_id=decided.amendment_id,
        reasons=reasons,
    )


def _no_agrement(decided: AmendmentDecided) -> Reason:
    return Reason(
        rule="COM-05",
        message=f"Le dossier {decided.dossier_id} n'a pas d'agrément : il n'y a rien à modifier.",
    )
