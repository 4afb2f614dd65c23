"""Handler of reversals: an advance granted by mistake is reversed whole; nothing is deleted."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.common_rules import no_grant
from services.funding.domain.refusals import refused
from services.funding.domain.reversal_rules import GATES, RULES, ReversalContext
from services.funding.domain.states import AcceptedOrder, AcceptedReversal, Grant, grant_key
from shared.contracts.base import content_hash
from shared.contracts.corrections import AdvanceReversalOrdered
from shared.contracts.funding import AdvanceReversalRefused, AdvanceReversed
from shared.french import euros
from shared.kernel.decision import Decision, Finding, Message, StateRef, States
from shared.kernel.requests import Request
from shared.kernel.rules import computed, reasons


def required_states(
    message: Message[AdvanceReversalOrdered],
    states: States,  # noqa: ARG001 - every `required_states` has this signature
) -> Iterable[StateRef[Any]]:
    """Yield the grant, the reversal and the advance."""
    reversal = message.data
    yield StateRef(Grant, grant_key(reversal.dossier_id, reversal.school_year))
    yield StateRef(AcceptedReversal, reversal.reversal_id)
    yield StateRef(AcceptedOrder, reversal.order_id)


def _context(
    message: Message[AdvanceReversalOrdered],
    states: States,
    parameters: object,  # noqa: ARG001
) -> ReversalContext | Finding:
    reversal = message.data
    grant = states.get(Grant, grant_key(reversal.dossier_id, reversal.school_year))
    if grant is None or grant.funding is None:
        ban = "il n'y a aucun acompte à annuler"
        return no_grant(reversal.dossier_id, reversal.school_year, grant, ban)
    return ReversalContext(
        reversal=reversal,
        grant=grant,
        accepted=states.get(AcceptedReversal, reversal.reversal_id),
        advance=_of_grant(grant, states.get(AcceptedOrder, reversal.order_id)),
    )


def _of_grant(grant: Grant, order: AcceptedOrder | None) -> AcceptedOrder | None:
    return order if order and order.grant == grant.key else None


def _reverse(context: ReversalContext, findings: tuple[Finding, ...]) -> Decision:
    reversal, grant, advance = context.reversal, context.grant, context.advance
    assert advance is not None, "ACO-05 refuses a reversal without its advance"
    accepted = AcceptedReversal(reversal_id=reversal.reversal_id, content=content_hash(reversal))
    event = AdvanceReversed(
        caf=reversal.caf,
        dossier_id=reversal.dossier_id,
        school_year=reversal.school_year,
        reversal_id=reversal.reversal_id,
        order_id=advance.order_id,
        exercise=advance.exercise,
        amount=advance.amount,
        reversed_on=reversal.ordered_on,
        motive=reversal.motive,
        gestionnaire=grant.agrement.gestionnaire,
    )
    return Decision(
        states=(
            grant.advanced(advance.exercise, -advance.amount),
            advance.with_changes(reversed_by=reversal.reversal_id),
            accepted,
        ),
        events=(event,),
        findings=(*findings, _released_ceiling(event)),
    )


def _released_ceiling(reversed_: AdvanceReversed) -> Finding:
    return computed(
        "ACO-01",
        f"L'acompte de {euros(reversed_.amount)} sur {reversed_.exercise} est annulé en entier : "
        "son montant est de nouveau disponible sous le plafond de l'exercice.",
        amount=reversed_.amount,
    )


def _refuse(
    message: Message[AdvanceReversalOrdered],
    states: States,  # noqa: ARG001
    findings: tuple[Finding, ...],
) -> Decision:
    request = message.data
    refusal = AdvanceReversalRefused(
        caf=request.caf,
        dossier_id=request.dossier_id,
        school_year=request.school_year,
        reversal_id=request.reversal_id,
        reasons=reasons(findings),
    )
    return refused(refusal, findings)


ADVANCE_REVERSAL = Request(
    context=_context, gates=GATES, rules=RULES, accept=_reverse, refuse=_refuse
)
"""Answers `AdvanceReversed`, or `AdvanceReversalRefused` with all reasons.

COM-05 ends the evaluation where there is no grant. The amount reversed is available again under
the ceiling of its exercise.
"""
