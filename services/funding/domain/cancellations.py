"""Handler of cancellations: a grant that will not be settled ends, or all reasons are given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.funding.domain.admission import leave_waiting_list
from services.funding.domain.balance import indus, results
from services.funding.domain.cancellation_rules import RULES, CancellationContext
from services.funding.domain.common_rules import no_grant
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.explanations import indu_steps
from services.funding.domain.grant_values import Cancellation, Due
from services.funding.domain.refusals import refused
from services.funding.domain.states import Grant, grant_key
from shared.contracts.base import content_hash
from shared.contracts.common import Reason
from shared.contracts.corrections import FundingCancellationOrdered
from shared.contracts.funding import CancellationRefused, FundingCancelled
from shared.french import euros
from shared.kernel.decision import NO_CHANGE, Decision, Message, OutgoingEvent, StateRef, States
from shared.kernel.money import ZERO
from shared.kernel.rules import Step, computed, evaluate_all

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


def cancel(
    message: Message[FundingCancellationOrdered],
    states: States,
    parameters: object,  # noqa: ARG001
) -> Decision:
    """Answer `FundingCancelled`, or `CancellationRefused` with all reasons.

    COM-05 ends the evaluation where nothing is granted or deferred. A grant is cancelled once: a
    duplicate changes nothing, another order is refused [TEC-01]. A grant that waits for an
    envelope leaves the waiting list, and the list is served.
    """
    order = message.data
    grant = states.get(Grant, grant_key(order.dossier_id, order.school_year))
    if grant is None or grant.status == "refused":
        return _refused(order, (_without_grant(order),))
    content = content_hash(order)
    if cancellation := grant.cancellation:
        return (
            NO_CHANGE
            if cancellation.content == content
            else _refused(order, (_other_content(order),))
        )
    evaluation = evaluate_all(RULES, CancellationContext(order=order, grant=grant))
    if evaluation.reasons:
        return _refused(order, evaluation.reasons, evaluation.steps)
    ground = CancellationGround(content, order.ordered_on, order.legal_ground, order.motive)
    state, event, steps = cancel_grant(grant, ground)
    envelopes, continuation = leave_waiting_list(grant, states)
    return Decision(
        states=(state, *envelopes),
        events=(event, *continuation),
        steps=(*evaluation.steps, *steps),
    )


def cancel_grant(
    grant: Grant, ground: CancellationGround
) -> tuple[Grant, OutgoingEvent, tuple[Step, ...]]:
    """Return the cancelled grant, the event to publish and the steps of its indus.

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
        (_step(event), *indu_steps(event.indus)),
    )


def _step(event: FundingCancelled) -> Step:
    return computed(
        "SOL-02",
        f"{event.school_year} : plus rien n'est dû, acomptes de {euros(event.advances_n)} et "
        f"{euros(event.advances_n1)} à récupérer.",
        advances_n=event.advances_n,
        advances_n1=event.advances_n1,
    )


def _without_grant(order: FundingCancellationOrdered) -> Reason:
    return no_grant(order.dossier_id, order.school_year, None, "il n'y a rien à annuler")


def _other_content(order: FundingCancellationOrdered) -> Reason:
    return Reason(
        rule="TEC-01",
        message=f"Le financement du dossier {order.dossier_id} pour {order.school_year} est déjà "
        "annulé par une autre décision : elle ne change plus.",
    )


def _refused(
    order: FundingCancellationOrdered, reasons: tuple[Reason, ...], steps: tuple[Step, ...] = ()
) -> Decision:
    refusal = CancellationRefused(
        caf=order.caf,
        dossier_id=order.dossier_id,
        school_year=order.school_year,
        reasons=reasons,
    )
    return refused(refusal, steps)
