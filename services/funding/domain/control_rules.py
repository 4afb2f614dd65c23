"""Rules that a control must meet; the first violation ends the evaluation."""

from dataclasses import dataclass
from datetime import timedelta

from services.funding.domain.balance import terms_of
from services.funding.domain.common_rules import (
    accepted_content,
    caf_of_grant,
    not_granted,
    not_named,
    other_caf,
)
from services.funding.domain.grant_values import Settlement
from services.funding.domain.parameters import ContradictoryPeriod, FundingParameters, Terms
from services.funding.domain.states import AcceptedControl, Grant, PublishedBareme
from shared.contracts.caf import ControlConcluded
from shared.french import short_date
from shared.kernel.decision import Finding
from shared.kernel.requests import Once, Owner
from shared.kernel.rules import Rule, breach


@dataclass(frozen=True, slots=True)
class ControlContext:
    """A control, its grant with its terms, the accounts that it examines, and its period.

    `accepted` is the control accepted under its id.
    """

    control: ControlConcluded
    grant: Grant
    settlement: Settlement
    accepted: AcceptedControl | None
    published: PublishedBareme | None
    parameters: FundingParameters

    @property
    def period(self) -> ContradictoryPeriod:
        """The contradictory period of the grant's year."""
        return self.parameters.contradictory_periods.in_force_on(self.grant.start_year)

    @property
    def terms(self) -> Terms:
        """The terms that priced the grant."""
        return terms_of(self.grant, self.published, self.parameters)


def _other_content(context: ControlContext) -> str:
    return (
        f"Le contrôle {context.control.control_id} a déjà été décidé avec un autre contenu : "
        "il ne change plus, un nouveau contrôle demande un nouvel identifiant."
    )


def _other_caf(context: ControlContext) -> str:
    return other_caf(context.control.caf, context.grant.agrement.caf, "Le contrôle vient")


def _foreign_collectif(context: ControlContext) -> Finding | None:
    return not_granted(context.control, context.grant)


def _collectif_not_named(context: ControlContext) -> Finding | None:
    return not_named(context.control, context.grant)


def _before_the_accounts(context: ControlContext) -> Finding | None:
    """CTL-04: the control is decided on or after the day the accounts were filed."""
    decided_on, filed_on = context.control.decided_on, context.settlement.filed_on
    if decided_on >= filed_on:
        return None
    return breach(
        "CTL-04",
        f"Le contrôle est décidé le {short_date(decided_on)}, avant le dépôt des comptes "
        f"qu'il contrôle, le {short_date(filed_on)}.",
    )


def _period_not_over(context: ControlContext) -> Finding | None:
    """CTL-02: the gestionnaire has answered, or the contradictory period is over."""
    control = context.control
    end = control.observations_sent_on + timedelta(days=context.period.days)
    answered = control.answered_on is not None and control.answered_on <= control.decided_on
    if answered or control.decided_on >= end:
        return None
    return breach(
        "CTL-02",
        f"Le contrôle est décidé le {short_date(control.decided_on)}, sans réponse du "
        "partenaire à cette date : il ne peut l'être qu'à partir du "
        f"{short_date(end)}, {context.period.days} jours après l'envoi des observations le "
        f"{short_date(control.observations_sent_on)}.",
    )


GATES = (
    Once(accepted=accepted_content, sentence=_other_content),
    Owner(
        caf=caf_of_grant,
        sentence=_other_caf,
        success_text="Le contrôle vient de la Caf du dossier.",
    ),
    Rule("COM-04", _foreign_collectif, "Tous les collectifs contrôlés sont accordés."),
    Rule("SOL-03", _collectif_not_named, "Tous les collectifs accordés sont nommés."),
    Rule("CTL-04", _before_the_accounts, "Le contrôle est décidé après le dépôt des comptes."),
    Rule("CTL-02", _period_not_over, "Le partenaire a répondu, ou le délai est passé."),
)
