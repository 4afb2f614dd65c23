"""Handler of controls: a rappel, an indu or nothing, compared with the last decided amounts."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal

from services.funding.domain.balance import due, recompute
from services.funding.domain.common_rules import no_grant
from services.funding.domain.control_rules import GATES, ControlContext
from services.funding.domain.explanations import adjustment_finding, price_findings
from services.funding.domain.grant_values import Due
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.refusals import refused
from services.funding.domain.states import AcceptedControl, Grant, PublishedBareme, grant_key
from shared.contracts.base import content_hash
from shared.contracts.caf import ControlConcluded
from shared.contracts.funding import (
    AdjustmentComponents,
    AdjustmentDecided,
    AdjustmentRefused,
    SignedExerciseAmount,
)
from shared.kernel.decision import Decision, Finding, Message, StateRef, States
from shared.kernel.money import ZERO
from shared.kernel.requests import Request
from shared.kernel.rules import breach, reasons

Kind = Literal["rappel", "indu", "none"]


def required_states(message: Message[ControlConcluded], states: States) -> Iterable[StateRef[Any]]:
    """Yield the grant and the control, then the bareme of the grant's year."""
    control = message.data
    of_grant = grant_key(control.dossier_id, control.school_year)
    yield StateRef(Grant, of_grant)
    yield StateRef(AcceptedControl, control.control_id)
    if grant := states.get_if_loaded(Grant, of_grant):
        yield StateRef(PublishedBareme, str(grant.start_year))


def _context(
    message: Message[ControlConcluded], states: States, parameters: FundingParameters
) -> ControlContext | Finding:
    control = message.data
    grant = states.get(Grant, grant_key(control.dossier_id, control.school_year))
    if grant is None or grant.status != "granted":
        ban = "aucun contrôle ne peut rien y changer"
        return no_grant(control.dossier_id, control.school_year, grant, ban)
    if grant.settlement is None:
        return _nothing_settled(control)
    return ControlContext(
        control=control,
        grant=grant,
        settlement=grant.settlement,
        accepted=states.get(AcceptedControl, control.control_id),
        published=states.get(PublishedBareme, str(grant.start_year)),
        parameters=parameters,
    )


def _adjust(context: ControlContext, findings: tuple[Finding, ...]) -> Decision:
    control, grant, settlement, terms = (
        context.control,
        context.grant,
        context.settlement,
        context.terms,
    )
    priced = recompute(grant, control, terms)
    amounts_due = due(priced)
    event = _adjustment(control, grant, settlement.due, amounts_due)
    return Decision(
        states=(
            grant.with_changes(settlement=settlement.model_copy(update={"due": amounts_due})),
            AcceptedControl(control_id=control.control_id, content=content_hash(control)),
        ),
        events=(event,),
        findings=(*findings, *price_findings(priced, terms), adjustment_finding(event)),
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


def _nothing_settled(control: ControlConcluded) -> Finding:
    return breach(
        "SOL-02",
        f"Aucun solde n'est arrêté pour le dossier {control.dossier_id} et l'année "
        f"scolaire {control.school_year} : il n'y a rien à redresser.",
    )


def _refuse(
    message: Message[ControlConcluded],
    states: States,  # noqa: ARG001
    findings: tuple[Finding, ...],
) -> Decision:
    request = message.data
    refusal = AdjustmentRefused(
        caf=request.caf,
        dossier_id=request.dossier_id,
        school_year=request.school_year,
        control_id=request.control_id,
        reasons=reasons(findings),
    )
    return refused(refusal, findings)


CONTROL = Request(context=_context, gates=GATES, accept=_adjust, refuse=_refuse)
"""Answers `AdjustmentDecided`, or `AdjustmentRefused` with the first reason that applies.

In order: no grant [COM-05]; nothing settled [SOL-02]; another content [TEC-01]; then the others.
"""
