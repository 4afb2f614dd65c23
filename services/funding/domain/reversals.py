"""Handler of reversals: an advance granted by mistake is reversed whole; nothing is deleted."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.common_rules import no_grant
from services.funding.domain.refusals import refused
from services.funding.domain.reversal_rules import RULES, ReversalContext
from services.funding.domain.states import AcceptedOrder, AcceptedReversal, Grant, grant_key
from shared.contracts.base import content_hash
from shared.contracts.common import Reason
from shared.contracts.corrections import AdvanceReversalOrdered
from shared.contracts.funding import AdvanceReversalRefused, AdvanceReversed
from shared.french import euros
from shared.kernel.decision import NO_CHANGE, Decision, Message, StateRef, States
from shared.kernel.rules import Step, computed, evaluate_all


def required_states(
    message: Message[AdvanceReversalOrdered],
    states: States,  # noqa: ARG001 - every `required_states` has this signature
) -> Iterable[StateRef[Any]]:
    """Yield the grant, the reversal and the advance."""
    reversal = message.data
    yield StateRef(Grant, grant_key(reversal.dossier_id, reversal.school_year))
    yield StateRef(AcceptedReversal, reversal.reversal_id)
    yield StateRef(AcceptedOrder, reversal.order_id)


def reverse(
    message: Message[AdvanceReversalOrdered],
    states: States,
    parameters: object,  # noqa: ARG001
) -> Decision:
    """Answer `AdvanceReversed`, or `AdvanceReversalRefused` with all reasons.

    COM-05 ends the evaluation where there is no grant. An accepted reversal changes nothing with
    the same content and is refused with another [TEC-01]. The amount reversed is available again
    under the ceiling of its exercise.
    """
    reversal = message.data
    grant = states.get(Grant, grant_key(reversal.dossier_id, reversal.school_year))
    if grant is None or grant.funding is None:
        return _refused(reversal, (_without_grant(reversal, grant),))
    if accepted := states.get(AcceptedReversal, reversal.reversal_id):
        same = accepted.content == content_hash(reversal)
        return NO_CHANGE if same else _refused(reversal, (_other_content(reversal),))
    advance = _of_grant(grant, states.get(AcceptedOrder, reversal.order_id))
    evaluation = evaluate_all(
        RULES, ReversalContext(reversal=reversal, grant=grant, advance=advance)
    )
    if advance is None or evaluation.reasons:
        return _refused(reversal, evaluation.reasons, evaluation.steps)
    return _reversed(reversal, grant, advance, evaluation.steps)


def _of_grant(grant: Grant, order: AcceptedOrder | None) -> AcceptedOrder | None:
    return order if order and order.grant == grant.key else None


def _reversed(
    reversal: AdvanceReversalOrdered, grant: Grant, advance: AcceptedOrder, steps: tuple[Step, ...]
) -> Decision:
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
        steps=(*steps, _step_of_released_ceiling(event)),
    )


def _step_of_released_ceiling(reversed_: AdvanceReversed) -> Step:
    return computed(
        "ACO-01",
        f"L'acompte de {euros(reversed_.amount)} sur {reversed_.exercise} est annulé en entier : "
        "son montant est de nouveau disponible sous le plafond de l'exercice.",
        amount=reversed_.amount,
    )


def _without_grant(reversal: AdvanceReversalOrdered, grant: Grant | None) -> Reason:
    ban = "il n'y a aucun acompte à annuler"
    return no_grant(reversal.dossier_id, reversal.school_year, grant, ban)


def _other_content(reversal: AdvanceReversalOrdered) -> Reason:
    return Reason(
        rule="TEC-01",
        message=f"L'annulation {reversal.reversal_id} a déjà été faite avec un autre contenu : "
        "elle ne change plus, une nouvelle annulation demande un nouvel identifiant.",
    )


def _refused(
    reversal: AdvanceReversalOrdered, reasons: tuple[Reason, ...], steps: tuple[Step, ...] = ()
) -> Decision:
    refusal = AdvanceReversalRefused(
        caf=reversal.caf,
        dossier_id=reversal.dossier_id,
        school_year=reversal.school_year,
        reversal_id=reversal.reversal_id,
        reasons=reasons,
    )
    return refused(refusal, steps)
