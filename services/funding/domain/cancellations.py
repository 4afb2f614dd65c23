"""A right that will never be settled is cancelled, on a legal ground, or every reason is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.funding.domain.admission import leave_waiting_list
from services.funding.domain.balance import indus, results
from services.funding.domain.cancellation_rules import CHECKS, CancellationContext
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

NOTHING = Due(part_n=ZERO, part_n1=ZERO, bonus_enfants=ZERO, bonus_parents=ZERO)


@dataclass(frozen=True, slots=True)
class CancellationGround:
    """Why a right is cancelled, since when; `content` is the fingerprint of what cancels it."""

    content: str
    cancelled_on: date
    legal_ground: str
    motive: str


def required_states(
    message: Message[FundingCancellationOrdered], states: States
) -> Iterable[StateRef[Any]]:
    """Name the grant, then the envelopes that it may wait for."""
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

    Without a grant, given or waiting, that reason stands alone [COM-05]. A right is cancelled
    once: the same order again is old news, another one is refused, alone [TEC-01]. One that waits
    for an envelope leaves the list, and those behind it are served.
    """
    order = message.data
    grant = states.get(Grant, grant_key(order.dossier_id, order.school_year))
    if grant is None or grant.status == "refused":
        return _refused(order, (_without_grant(order),))
    content = content_hash(order)
    if done := grant.cancellation:
        return NO_CHANGE if done.content == content else _refused(order, (_other_content(order),))
    weighed = evaluate_all(CHECKS, CancellationContext(order=order, grant=grant))
    if weighed.reasons:
        return _refused(order, weighed.reasons, weighed.steps)
    ground = CancellationGround(content, order.ordered_on, order.legal_ground, order.motive)
    state, event, steps = cancel_grant(grant, ground)
    envelopes, going_on = leave_waiting_list(grant, states)
    return Decision(
        states=(state, *envelopes),
        events=(event, *going_on),
        steps=(*weighed.steps, *steps),
    )


def cancel_grant(
    grant: Grant, ground: CancellationGround
) -> tuple[Grant, OutgoingEvent, tuple[Step, ...]]:
    """Return the grant once cancelled, what is said of it, and how its indus come about.

    It is a balance in which nothing ran [SOL-02]: it moves the envelope no more than a balance.
    """
    event = FundingCancelled(
        caf=grant.agrement.caf,
        dossier_id=grant.agrement.dossier_id,
        school_year=grant.agrement.school_year,
        cancelled_on=ground.cancelled_on,
        gestionnaire=grant.agrement.gestionnaire,
        advances_n=grant.advances_n,
        advances_n1=grant.advances_n1,
        indus=indus(grant.start_year, results(grant, NOTHING)),
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
