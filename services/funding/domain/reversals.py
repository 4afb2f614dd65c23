"""An advance granted by mistake is taken back whole, by an opposite entry; nothing is deleted."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.common_rules import no_grant
from services.funding.domain.refusals import refused
from services.funding.domain.reversal_rules import CHECKS, ReversalContext
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
    states: States,  # noqa: ARG001 - every handler has this signature
) -> Iterable[StateRef[Any]]:
    """Name the grant, the reversal and the advance."""
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

    Without a grant that reason stands alone [COM-05]; a reversal already done is old news with
    the same content and refused with another one, alone [TEC-01]. What is taken back is free
    again under the ceiling of its exercise.
    """
    reversal = message.data
    grant = states.get(Grant, grant_key(reversal.dossier_id, reversal.school_year))
    if grant is None or grant.funding is None:
        return _refused(reversal, (_without_grant(reversal, grant),))
    if done := states.get(AcceptedReversal, reversal.reversal_id):
        same = done.content == content_hash(reversal)
        return NO_CHANGE if same else _refused(reversal, (_other_content(reversal),))
    advance = _of_grant(grant, states.get(AcceptedOrder, reversal.order_id))
    weighed = evaluate_all(CHECKS, ReversalContext(reversal=reversal, grant=grant, advance=advance))
    if advance is None or weighed.reasons:
        return _refused(reversal, weighed.reasons, weighed.steps)
    return _reversed(reversal, grant, advance, weighed.steps)


def _of_grant(grant: Grant, order: AcceptedOrder | None) -> AcceptedOrder | None:
    return order if order and order.grant == grant.key else None


def _reversed(
    reversal: AdvanceReversalOrdered, grant: Grant, advance: AcceptedOrder, steps: tuple[Step, ...]
) -> Decision:
    done = AcceptedReversal(reversal_id=reversal.reversal_id, content=content_hash(reversal))
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
            done,
        ),
        events=(event,),
        steps=(*steps, _freed(event)),
    )


def _freed(taken_back: AdvanceReversed) -> Step:
    return computed(
        "ACO-01",
        f"L'acompte de {euros(taken_back.amount)} sur {taken_back.exercise} est annulé en entier : "
        "son montant est de nouveau disponible sous le plafond de l'exercice.",
        amount=taken_back.amount,
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
