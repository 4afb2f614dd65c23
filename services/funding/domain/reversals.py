"""An advance granted by mistake is taken back whole, by an opposite entry; nothing is deleted."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.funding.domain.refusals import closed, no_grant, other_caf, refused
from services.funding.domain.states import AcceptedOrder, AcceptedReversal, Grant, grant_key
from shared.contracts.base import content_hash
from shared.contracts.common import Reason
from shared.contracts.corrections import AdvanceReversalOrdered
from shared.contracts.funding import AdvanceReversalRefused, AdvanceReversed
from shared.french import euros, short_date
from shared.kernel.decision import NO_CHANGE, Decision, Message, StateRef, States
from shared.kernel.rules import Rule, Step, computed, evaluate_all


@dataclass(frozen=True, slots=True)
class ReversalContext:
    """A reversal, the grant that it gives back to, the advance if that grant has it."""

    reversal: AdvanceReversalOrdered
    grant: Grant
    advance: AcceptedOrder | None


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


def _other_caf(case: ReversalContext) -> Reason | None:
    return other_caf(case.reversal.caf, case.grant.agrement.caf, "L'ordre d'annulation vient")


def _unknown(case: ReversalContext) -> Reason | None:
    """Take back an advance of this dossier and school year [ACO-05]."""
    if case.advance:
        return None
    reversal = case.reversal
    return Reason(
        rule="ACO-05",
        message=f"Aucun acompte n'a été accordé par l'ordre {reversal.order_id} au dossier "
        f"{reversal.dossier_id} pour {reversal.school_year}.",
    )


def _reversed_before(case: ReversalContext) -> Reason | None:
    """Take an advance back once [ACO-06]."""
    if not (case.advance and case.advance.reversed_by):
        return None
    return Reason(
        rule="ACO-06",
        message=f"L'acompte {case.advance.order_id} est déjà annulé par "
        f"{case.advance.reversed_by}.",
    )


def _before_the_advance(case: ReversalContext) -> Reason | None:
    """Take an advance back on its own day or after [ACO-06]."""
    ordered_on = case.reversal.ordered_on
    if case.advance is None or ordered_on >= case.advance.ordered_on:
        return None
    return Reason(
        rule="ACO-06",
        message=f"L'annulation est ordonnée le {short_date(ordered_on)}, avant l'acompte "
        f"{case.advance.order_id}, du {short_date(case.advance.ordered_on)}.",
    )


def _closed(case: ReversalContext) -> Reason | None:
    return closed(case.grant, "aucun acompte ne peut plus y être annulé")


CHECKS: tuple[Rule, ...] = (
    Rule("TEC-03", "L'ordre d'annulation vient de la Caf du dossier.", _other_caf),
    Rule("ACO-05", "L'acompte est de ce dossier et de cette année scolaire.", _unknown),
    Rule("ACO-06", "L'acompte n'est pas encore annulé.", _reversed_before),
    Rule("ACO-06", "L'annulation n'est pas antérieure à l'acompte.", _before_the_advance),
    Rule("SOL-02", "L'année scolaire n'est ni soldée ni annulée.", _closed),
)


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
