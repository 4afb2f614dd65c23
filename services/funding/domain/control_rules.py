"""Rules that a control must meet; the first violation ends the evaluation."""

from dataclasses import dataclass
from datetime import timedelta

from services.funding.domain.common_rules import not_granted, other_caf
from services.funding.domain.grant_values import Settlement
from services.funding.domain.parameters import ContradictoryPeriod
from services.funding.domain.states import Grant
from shared.contracts.caf import ControlConcluded
from shared.contracts.common import Reason
from shared.french import short_date
from shared.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class ControlContext:
    """A control, its grant, the accounts that it examines, and the contradictory period."""

    control: ControlConcluded
    grant: Grant
    settlement: Settlement
    period: ContradictoryPeriod


def _other_caf(context: ControlContext) -> Reason | None:
    return other_caf(context.control.caf, context.grant.agrement.caf, "Le contrôle vient")


def _foreign_collectif(context: ControlContext) -> Reason | None:
    return not_granted(context.control, context.grant)


def _before_the_accounts(context: ControlContext) -> Reason | None:
    """CTL-04: the control is decided on or after the day the accounts were filed."""
    decided_on, filed_on = context.control.decided_on, context.settlement.filed_on
    if decided_on >= filed_on:
        return None
    return Reason(
        rule="CTL-04",
        message=f"Le contrôle est décidé le {short_date(decided_on)}, avant le dépôt des comptes "
        f"qu'il contrôle, le {short_date(filed_on)}.",
    )


def _period_not_over(context: ControlContext) -> Reason | None:
    """CTL-02: the gestionnaire has answered, or the contradictory period is over."""
    control = context.control
    end = control.observations_sent_on + timedelta(days=context.period.days)
    answered = control.answered_on is not None and control.answered_on <= control.decided_on
    if answered or control.decided_on >= end:
        return None
    return Reason(
        rule="CTL-02",
        message=f"Le contrôle est décidé le {short_date(control.decided_on)}, sans réponse du "
        "partenaire à cette date : il ne peut l'être qu'à partir du "
        f"{short_date(end)}, {context.period.days} jours après l'envoi des observations le "
        f"{short_date(control.observations_sent_on)}.",
    )


RULES: tuple[Rule, ...] = (
    Rule("TEC-03", "Le contrôle vient de la Caf du dossier.", _other_caf),
    Rule("COM-04", "Tous les collectifs contrôlés sont accordés.", _foreign_collectif),
    Rule("CTL-04", "Le contrôle est décidé après le dépôt des comptes.", _before_the_accounts),
    Rule("CTL-02", "Le partenaire a répondu, ou le délai est passé.", _period_not_over),
)
