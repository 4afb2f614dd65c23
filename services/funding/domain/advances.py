"""Handler of orders of advance: granted whole, or refused with all reasons."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.advance_rules import GATES, RULES, AdvanceContext
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
from shared.contracts.funding import AdvanceGranted, AdvanceRefused
from shared.kernel.decision import Decision, Finding, Message, StateRef, States
from shared.kernel.requests import Request
from shared.kernel.rules import reasons


def required_states(message: Message[AdvanceOrdered], states: States) -> Iterable[StateRef[Any]]:
    """Yield the grant and the order, then the convention with the Caf of the grant."""
    order = message.data
    of_grant = grant_key(order.dossier_id, order.school_year)
    yield StateRef(Grant, of_grant)
    yield StateRef(AcceptedOrder, order.order_id)
    if grant := states.get_if_loaded(Grant, of_grant):
        yield StateRef(Convention, convention_key(order.dossier_id, grant.agrement.caf))


def _context(
    message: Message[AdvanceOrdered],
    states: States,
    parameters: object,  # noqa: ARG001
) -> AdvanceContext | Finding:
    order = message.data
    grant = states.get(Grant, grant_key(order.dossier_id, order.school_year))
    if grant is None or grant.funding is None:
        ban = "aucun acompte ne peut être versé avant qu'il soit accordé"
        return no_grant(order.dossier_id, order.school_year, grant, ban)
    return AdvanceContext(
        order=order,
        grant=grant,
        funding=grant.funding,
        accepted=states.get(AcceptedOrder, order.order_id),
        convention=states.get(Convention, convention_key(order.dossier_id, grant.agrement.caf)),
    )


def _grant(context: AdvanceContext, findings: tuple[Finding, ...]) -> Decision:
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
        findings=findings,
    )


def _refuse(
    message: Message[AdvanceOrdered],
    states: States,  # noqa: ARG001
    findings: tuple[Finding, ...],
) -> Decision:
    order = message.data
    refusal = AdvanceRefused(
        caf=order.caf,
        dossier_id=order.dossier_id,
        school_year=order.school_year,
        order_id=order.order_id,
        exercise=order.exercise,
        reasons=reasons(findings),
    )
    return refused(refusal, findings)


ADVANCE_ORDER = Request(context=_context, gates=GATES, rules=RULES, accept=_grant, refuse=_refuse)
"""Answers `AdvanceGranted`, or `AdvanceRefused` with all reasons.

COM-05 ends the evaluation where the grant is missing or deferred. An order id is accepted once, of
whatever dossier. A refused order is not recorded and is evaluated again when repeated.
"""
