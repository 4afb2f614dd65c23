"""The motive and the conditions of a decision, for every audience: committee, Caf, amounts."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from services.eligibility.committee_remarks import (
    bonuses_requested,
    collectifs_not_granted,
    members_not_in_the_call,
)
from shared.contracts.base import WireModel
from shared.contracts.common import Reason
from shared.contracts.eligibility import (
    AgrementAmended,
    AgrementGranted,
    AgrementRefused,
    CommitteeAdjourned,
    EligibilityAssessed,
)
from shared.contracts.forecasts import FundingForecast
from shared.contracts.funding import BalanceSettled, ConventionRegistered, FundingGranted
from shared.contracts.sentences.agrements import bonus_not_granted_texts
from shared.contracts.sentences.by_event import sentences_of
from shared.contracts.submission import DossierReceived
from shared.counterfactual.decision import StoredDecision
from shared.french import listed, unended


def condition_texts(decision: StoredDecision) -> Iterator[str]:
    """Yield the motive and each condition of the events that have any."""
    for event in decision.events:
        for model, conditions in CONDITIONS.items():
            if isinstance(event, model):
                yield from conditions(event, decision)


def _of_assessment(assessed: EligibilityAssessed, decision: StoredDecision) -> Iterator[str]:
    received = decision.event.data
    if isinstance(received, DossierReceived) and received.campaign.priorities:
        priorities = listed(received.campaign.priorities)
        yield f"Priorités de l’appel à projets : {priorities} [ELI-17]."
    if assessed.verdict != "ineligible":
        yield f"Agrément possible jusqu’à {assessed.multi_year_allowed_until}."


def _of_committee(_answer: WireModel, decision: StoredDecision) -> Iterator[str]:
    """Yield the decision as it was sent: members, motive, derogations, bonuses, criteria."""
    yield from sentences_of(decision.event.data).lines
    if outside := members_not_in_the_call(decision):
        yield f"Présents sans être membres selon l’appel à projets : {listed(outside)} [COM-01]."


def _of_grant(granted: AgrementGranted, decision: StoredDecision) -> Iterator[str]:
    yield from _of_committee(granted, decision)
    yield from _remarks(granted.remarks)
    if left_out := collectifs_not_granted(decision):
        yield f"Collectifs non retenus : {listed(left_out)}."
    yield from bonus_not_granted_texts(granted, bonuses_requested(decision))
    yield "Aucun acompte n’est versé avant la signature de la convention [CNV-01]."
    if granted.multi_year_until != granted.school_year:
        yield (
            "Chaque année après la première se demande dans ELAN, avec le bilan entier de l’année"
            " écoulée [PLU-03, PLU-06]."
        )


def _of_amendment(amended: AgrementAmended, _decision: StoredDecision) -> Iterator[str]:
    """Yield the decision of the Caf: its date, what stays covered, its legal ground and motive."""
    yield from sentences_of(amended).lines


def _of_convention(registered: ConventionRegistered, _decision: StoredDecision) -> Iterator[str]:
    yield from _remarks(registered.remarks)


def _of_forecast(forecast: FundingForecast, _decision: StoredDecision) -> Iterator[str]:
    yield "Prévision : rien n’est réservé, et le comité reste libre de sa décision [COM-07]."
    yield from _remarks(forecast.remarks)


def _of_funding(granted: FundingGranted, decision: StoredDecision) -> Iterator[str]:
    yield from _remarks(granted.remarks)
    justification = getattr(decision.event.data, "cap_justification", None)
    if granted.cap80.reached and justification:
        reason = unended(justification)
        yield f"Les 80 % du coût sont atteints. Le comité le justifie : {reason} [COF-03]."


def _of_balance(settled: BalanceSettled, _decision: StoredDecision) -> Iterator[str]:
    if settled.cap80.reached:
        yield "Les 80 % du coût du projet sont atteints : le comité le justifie [COF-03]."


def _remarks(remarks: Iterable[Reason]) -> Iterator[str]:
    return (f"À régler par une personne : {each.message} [{each.rule}]" for each in remarks)


CONDITIONS: dict[type[WireModel], Callable[[Any, StoredDecision], Iterator[str]]] = {
    EligibilityAssessed: _of_assessment,
    AgrementGranted: _of_grant,
    AgrementRefused: _of_committee,
    CommitteeAdjourned: _of_committee,
    AgrementAmended: _of_amendment,
    ConventionRegistered: _of_convention,
    FundingForecast: _of_forecast,
    FundingGranted: _of_funding,
    BalanceSettled: _of_balance,
}
"""By answer; its subclasses have the same conditions."""
