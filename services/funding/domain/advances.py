"""Handler of orders of advance: granted whole, or refused with all reasons."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.advance_rules import RULES, AdvanceContext
from services.funding.domain.common_rules import no_grant
from services.funding.domain.refusals import refused
from services.funding.domain.states import (
    AcceptedOrder,
    Convention,
    Grant,
    convention_key,
    grant_key,
)
from shared.contracts.base import content_hash
from shared.contracts.caf import AdvanceOrdered
from shared.contracts.common import Reason
from shared.contracts.funding import AdvanceGranted, AdvanceRefused
from shared.kernel.decision import NO_CHANGE, Decision, Message, StateRef, States
from shared.kernel.rules import Step, evaluate_all


def required_states(message: Message[AdvanceOrdered], states: States) -> Iterable[StateRef[Any]]:
    """Yield the grant and the order, then the convention with the Caf of the grant."""
    order = message.data
    of_grant = grant_key(order.dossier_id, order.school_year)
    yield StateRef(Grant, of_grant)
    yield StateRef(AcceptedOrder, order.order_id)
    if grant := states.get_if_loaded(Grant, of_grant):
        yield StateRef(Convention, convention_key(order.dossier_id, grant.agrement.caf))


def order_advance(
    message: Message[AdvanceOrdered],
    states: States,
    parameters: object,  # noqa: ARG001
) -> Decision:
    """Answer `AdvanceGranted`, or `AdvanceRefused` with all reasons.

    COM-05 ends the evaluation where the grant is missing or deferred. An accepted order id, of any
    dossier, changes nothing with the same content and is refused with another [TEC-01]. A refused
    order is not recorded and is evaluated again when repeated.
    """
    order = message.data
    grant = states.get(Grant, grant_key(order.dossier_id, order.school_year))
    if grant is None or grant.funding is None:
        return _refused(order, (_no_grant(order, grant),))
    if accepted := states.get(AcceptedOrder, order.order_id):
        same = accepted.content == content_hash(order)
        return NO_CHANGE if same else _refused(order, (_other_content(order),))
    convention = states.get(Convention, convention_key(order.dossier_id, grant.agrement.caf))
    context = AdvanceContext(order=order, grant=grant, funding=grant.funding, convention=convention)
    evaluation = evaluate_all(RULES, context)
    if evaluation.reasons:
        return _refused(order, evaluation.reasons, evaluation.steps)
    return _granted(context, evaluation.steps)


def _no_grant(order: AdvanceOrdered, grant: Grant | None) -> Reason:
    ban = "aucun acompte ne peut être versé avant qu'il soit accordé"
    return no_grant(order.dossier_id, order.school_year, grant, ban)


def _other_content(order: AdvanceOrdered) -> Reason:
    return Reason(
        rule="TEC-01",
        message=f"L'ordre {order.order_id} a déjà été accepté avec un autre contenu : "
        "il ne change plus, un nouvel acompte demande un nouvel identifiant.",
    )


def _granted(context: AdvanceContext, steps: tuple[Step, ...]) -> Decision:
    order = context.order
    accepted = AcceptedOrder(
        order_id=order.order_id,
        content=content_hash(order),
        grant=context.grant.key,
        exercise=order.exercise,
        amount=order.amount,
        ordered_on=order.ordered_on,
    )
    event = AdvanceGranted(
        caf=order.caf,
        dossier_id=order.dossier_id,
        school_year=order.school_year,
        order_id=order.order_id,
        exercise=order.exercise,
        amount=order.amount,
        ordered_on=order.ordered_on,
        gestionnaire=context.grant.agrement.gestionnaire,
    )
    return Decision(
        states=(context.grant.advanced(order.exercise, order.amount), accepted),
        events=(event,),
        steps=steps,
    )


def _refused(
    order: AdvanceOrdered, reasons: tuple[Reason, ...], steps: tuple[Step, ...] = ()
) -> Decision:
    refusal = AdvanceRefused(
        caf=order.caf,
        dossier_id=order.dossier_id,
        school_year=order.school_year,
        order_id=order.order_id,
        exercise=order.exercise,
        reasons=reasons,
    )
    return refused(refusal, steps)
