"""Handler of cancellations: a grant that will not be settled ends, or all reasons are given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.funding.domain.admission import envelopes_of, leave_waiting_list
from services.funding.domain.balance import indus, results
from services.funding.domain.cancellation_rules import GATES, RULES, CancellationContext
from services.funding.domain.common_rules import no_grant
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.explanations import indu_findings
from services.funding.domain.grant_values import Cancellation, Due
from services.funding.domain.refusals import refused
from services.funding.domain.states import Grant, grant_key
from shared.contracts.base import content_hash
from shared.contracts.corrections import FundingCancellationOrdered
from shared.contracts.funding import CancellationRefused, FundingCancelled
from shared.french import euros
from shared.kernel.decision import Decision, Finding, Message, OutgoingEvent, StateRef, States
from shared.kernel.money import ZERO
from shared.kernel.requests import Request
from shared.kernel.rules import computed, reasons

NOTHING_DUE = Due(part_n=ZERO, part_n1=ZERO, bonus_enfants=ZERO, bonus_parents=ZERO)


@dataclass(frozen=True, slots=True)
class CancellationGround:
    """Legal ground and date of a cancellation; `content` is the hash of the order or amendment."""

    content: str
    cancelled_on: date
    legal_ground: str
    motive: str


def required_states(
    message: Message[FundingCancellationOrdered], states: States
) -> Iterable[StateRef[Any]]:
    """Yield the grant, then the envelopes that it may wait for."""
    of_grant = grant_key(message.data.dossier_id, message.data.school_year)
    yield StateRef(Grant, of_grant)
    if grant := states.get_if_loaded(Grant, of_grant):
        yield StateRef(Envelopes, grant.agrement.caf)


def _context(
    message: Message[FundingCancellationOrdered],
    states: States,
    parameters: object,  # noqa: ARG001
) -> CancellationContext | Finding:
    order = message.data
    grant = states.get(Grant, grant_key(order.dossier_id, order.school_year))
    if grant is None or grant.status == "refused":
        return no_grant(order.dossier_id, order.school_year, None, "il n'y a rien à annuler")
    return CancellationContext(order, grant, envelopes_of(grant.agrement.caf, states))


def _cancel(context: CancellationContext, findings: tuple[Finding, ...]) -> Decision:
    order, grant = context.order, context.grant
    ground = CancellationGround(
        content_hash(order), order.ordered_on, order.legal_ground, order.motive
    )
    state, event, indus_found = cancel_grant(grant, ground)
    envelopes, continuation = leave_waiting_list(grant, context.envelopes)
    return Decision(
        states=(state, *envelopes),
        events=(event, *continuation),
        findings=(*findings, *indus_found),
    )


def cancel_grant(
    grant: Grant, ground: CancellationGround
) -> tuple[Grant, OutgoingEvent, tuple[Finding, ...]]:
    """Return the cancelled grant, the event to publish and the findings of its indus.

    It is a balance in which nothing is due [SOL-02]; like a balance, it changes no envelope.
    """
    event = FundingCancelled(
        caf=grant.agrement.caf,
        dossier_id=grant.agrement.dossier_id,
        school_year=grant.agrement.school_year,
        cancelled_on=ground.cancelled_on,
        gestionnaire=grant.agrement.gestionnaire,
        advances_n=grant.advances_n,
        advances_n1=grant.advances_n1,
        indus=indus(grant.start_year, results(grant, NOTHING_DUE)),
        legal_ground=ground.legal_ground,
        motive=ground.motive,
    )
    cancellation = Cancellation(content=ground.content, cancelled_on=ground.cancelled_on)
    state = grant.with_changes(status="cancelled", waits_for=None, cancellation=cancellation)
    return (
        state,
        OutgoingEvent(event, about=StateRef(Grant, grant.key)),
        (_step(event), *indu_findings(event.indus)),
    )


def _step(event: FundingCancelled) -> Finding:
    return computed(
        "SOL-02",
        f"{event.school_year} : plus rien n'est dû, acomptes de {euros(event.advances_n)} et "
        f"{euros(event.advances_n1)} à récupérer.",
        advances_n=event.advances_n,
        advances_n1=event.advances_n1,
    )


def _refuse(
    message: Message[FundingCancellationOrdered],
    states: States,  # noqa: ARG001
    findings: tuple[Finding, ...],
) -> Decision:
    request = message.data
    refusal = CancellationRefused(
        caf=request.caf,
        dossier_id=request.dossier_id,
        school_year=request.school_year,
        reasons=reasons(findings),
    )
    return refused(refusal, findings)


CANCELLATION_ORDER = Request(
    context=_context, gates=GATES, rules=RULES, accept=_cancel, refuse=_refuse
)
"""Answers `FundingCancelled`, or `CancellationRefused` with all reasons.

COM-05 ends the evaluation where nothing is granted or deferred. A grant is cancelled once. A grant
that waits for an envelope leaves the waiting list, and the list is served.
"""
