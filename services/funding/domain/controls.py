"""Handler of controls: a rappel, an indu or nothing, compared with the last decided amounts."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal

from services.funding.domain.balance import due, recompute, terms_of
from services.funding.domain.common_rules import no_grant
from services.funding.domain.control_rules import RULES, ControlContext
from services.funding.domain.explanations import adjustment_step, price_steps
from services.funding.domain.grant_values import Due
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.refusals import refused
from services.funding.domain.states import AcceptedControl, Grant, PublishedBareme, grant_key
from shared.contracts.base import content_hash
from shared.contracts.caf import ControlConcluded
from shared.contracts.common import Reason
from shared.contracts.funding import (
    AdjustmentComponents,
    AdjustmentDecided,
    AdjustmentRefused,
    SignedExerciseAmount,
)
from shared.kernel.decision import NO_CHANGE, Decision, Message, StateRef, States
from shared.kernel.money import ZERO
from shared.kernel.rules import Step, evaluate_until_first

Kind = Literal["rappel", "indu", "none"]


def required_states(message: Message[ControlConcluded], states: States) -> Iterable[StateRef[Any]]:
    """Yield the grant and the control, then the bareme of the grant's year."""
    control = message.data
    of_grant = grant_key(control.dossier_id, control.school_year)
    yield StateRef(Grant, of_grant)
    yield StateRef(AcceptedControl, control.control_id)
    if grant := states.get_if_loaded(Grant, of_grant):
        yield StateRef(PublishedBareme, str(grant.start_year))


def conclude(
    message: Message[ControlConcluded], states: States, parameters: FundingParameters
) -> Decision:
    """Answer `AdjustmentDecided`, or `AdjustmentRefused` with the first reason that applies.

    In order: no grant [COM-05]; nothing settled [SOL-02]; a control accepted with other content
    [TEC-01], a duplicate changes nothing; then the table of rules.
    """
    control = message.data
    grant = states.get(Grant, grant_key(control.dossier_id, control.school_year))
    if grant is None or grant.status != "granted":
        return _refused(control, _without_grant(control, grant))
    if (settlement := grant.settlement) is None:
        return _refused(control, _nothing_settled(control))
    if accepted := states.get(AcceptedControl, control.control_id):
        same = accepted.content == content_hash(control)
        return NO_CHANGE if same else _refused(control, _other_content(control))
    period = parameters.contradictory_periods.in_force_on(grant.start_year)
    evaluation = evaluate_until_first(RULES, ControlContext(control, grant, settlement, period))
    if evaluation.reasons:
        return _refused(control, evaluation.reasons[0], evaluation.steps)
    terms = terms_of(grant, states, parameters)
    priced = recompute(grant, control, terms)
    amounts_due = due(priced)
    event = _adjustment(control, grant, settlement.due, amounts_due)
    return Decision(
        states=(
            grant.with_changes(settlement=settlement.model_copy(update={"due": amounts_due})),
            AcceptedControl(control_id=control.control_id, content=content_hash(control)),
        ),
        events=(event,),
        steps=(*evaluation.steps, *price_steps(priced, terms), adjustment_step(event)),
    )


def _adjustment(
    control: ControlConcluded, grant: Grant, before: Due, after: Due
) -> AdjustmentDecided:
    """Return the difference between the amounts due now and the last decided ones, by exercise."""
    pairs = zip(after.by_exercise, before.by_exercise, strict=True)
    first, second = (now - then for now, then in pairs)
    return AdjustmentDecided(
        caf=control.caf,
        dossier_id=control.dossier_id,
        school_year=control.school_year,
        control_id=control.control_id,
        decided_on=control.decided_on,
        kind=_kind(first + second),
        amount=first + second,
        by_origin=(
            SignedExerciseAmount(exercise=grant.start_year, amount=first),
            SignedExerciseAmount(exercise=grant.start_year + 1, amount=second),
        ),
        components=AdjustmentComponents(
            part_n=after.part_n - before.part_n,
            part_n1=after.part_n1 - before.part_n1,
            bonus_enfants=after.bonus_enfants - before.bonus_enfants,
            bonus_parents=after.bonus_parents - before.bonus_parents,
        ),
        measures=control.measures,
        gestionnaire=grant.agrement.gestionnaire,
    )


def _kind(amount: Decimal) -> Kind:
    """Return the kind of an adjustment: the sign of its total [CTL-04, CTL-05]."""
    if amount > ZERO:
        return "rappel"
    return "indu" if amount < ZERO else "none"


def _without_grant(control: ControlConcluded, grant: Grant | None) -> Reason:
    ban = "aucun contrôle ne peut rien y changer"
    return no_grant(control.dossier_id, control.school_year, grant, ban)


def _nothing_settled(control: ControlConcluded) -> Reason:
    return Reason(
        rule="SOL-02",
        message=f"Aucun solde n'est arrêté pour le dossier {control.dossier_id} et l'année "
        f"scolaire {control.school_year} : il n'y a rien à redresser.",
    )


def _other_content(control: ControlConcluded) -> Reason:
    return Reason(
        rule="TEC-01",
        message=f"Le contrôle {control.control_id} a déjà été décidé avec un autre contenu : "
        "il ne change plus, un nouveau contrôle demande un nouvel identifiant.",
    )


def _refused(control: ControlConcluded, reason: Reason, steps: tuple[Step, ...] = ()) -> Decision:
    refusal = AdjustmentRefused(
        caf=control.caf,
        dossier_id=control.dossier_id,
        school_year=control.school_year,
        control_id=control.control_id,
        reasons=(reason,),
    )
    return refused(refusal, steps)
