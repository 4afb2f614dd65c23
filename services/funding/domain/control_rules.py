"""May this control lead to a decision? The first reason that applies is told."""

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
    """A control, the grant and the accounts that it is about, the time to answer it."""

    control: ControlConcluded
    grant: Grant
    settlement: Settlement
    period: ContradictoryPeriod


def _other_caf(case: ControlContext) -> Reason | None:
    return other_caf(case.control.caf, case.grant.agrement.caf, "Le contrôle vient")


def _foreign_collectif(case: ControlContext) -> Reason | None:
    return not_granted(case.control, case.grant)


def _before_the_accounts(case: ControlContext) -> Reason | None:
    """Compare controlled data to accounts that were filed [CTL-04]."""
    decided_on, filed_on = case.control.decided_on, case.settlement.filed_on
    if decided_on >= filed_on:
        return None
    return Reason(
        rule="CTL-04",
        message=f"Le contrôle est décidé le {short_date(decided_on)}, avant le dépôt des comptes "
        f"qu'il contrôle, le {short_date(filed_on)}.",
    )


def _period_not_over(case: ControlContext) -> Reason | None:
    """Wait for the answer, or for the end of the contradictory period [CTL-02]."""
    control = case.control
    end = control.observations_sent_on + timedelta(days=case.period.days)
    answered = control.answered_on is not None and control.answered_on <= control.decided_on
    if answered or control.decided_on >= end:
        return None
    return Reason(
        rule="CTL-02",
        message=f"Le contrôle est décidé le {short_date(control.decided_on)}, sans réponse du "
        "partenaire à cette date : il ne peut l'être qu'à partir du "
        f"{short_date(end)}, {case.period.days} jours après l'envoi des observations le "
        f"{short_date(control.observations_sent_on)}.",
    )


CHECKS: tuple[Rule, ...] = (
    Rule("TEC-03", "Le contrôle vient de la Caf du dossier.", _other_caf),
    Rule("COM-04", "Tous les collectifs contrôlés sont accordés.", _foreign_collectif),
    Rule("CTL-04", "Le contrôle est décidé après le dépôt des comptes.", _before_the_accounts),
    Rule("CTL-02", "Le partenaire a répondu, ou le délai est passé.", _period_not_over),
)
