"""The answers expected of funding to each message of a life, from all of its past."""

from collections.abc import Callable

from tests.oracle import committee, forecasts, grants, intake, rights
from tests.oracle.past import Answers, Fact, Past
from tests.oracle.wire import Json

Request = tuple[str, Json, Json]
"""A message: the name of the event, its data, its time and id."""

DECISIONS: dict[str, Callable[[Past, Json], Answers]] = {
    "EligibilityAssessed": forecasts.assessed,
    "AgrementGranted": grants.agrement_granted,
    "AnnualRenewalFiled": grants.renewal_filed,
    "ConventionSigned": grants.convention_signed,
    "EnvelopeAllotted": grants.envelope_allotted,
    "BaremePublished": grants.bareme_published,
    "AdvanceOrdered": rights.advance_ordered,
    "ResultAccountFiled": rights.accounts_filed,
    "ControlConcluded": rights.control_concluded,
    "FundingCancellationOrdered": rights.cancellation_ordered,
    "AdvanceReversalOrdered": rights.reversal_ordered,
}


OF_DOSSIERS: dict[str, Callable[[Past, Json], Answers]] = {
    "CampaignOpened": intake.campaign_opened,
    "InterimReportReceived": intake.report_received,
    "DossierSubmitted": intake.submitted,
    "WithdrawalRequested": intake.withdrawal_requested,
    "CommitteeDecided": committee.committee_decided,
    "ComplementsOrdered": committee.complements_ordered,
    "AgrementImported": committee.imported,
    "AmendmentDecided": committee.amendment_decided,
}


def answers_on_dossiers(messages: list[Request]) -> list[list[Fact]]:
    """Return the answers expected of submission and eligibility to each message, in order."""
    past = Past()
    answered = []
    for place, message in enumerate(messages):
        past.messages.append(message)
        before = len(past.facts)
        for name, right, data in OF_DOSSIERS[message[0]](past, message[1]):
            past.facts.append(Fact(place, name, right, data))
            if name == "DossierReceived":
                dossier = committee.current(past, right[0])
                for further in committee.received(past, dossier, data["campaign"]):
                    past.facts.append(Fact(place, *further))
        answered.append(past.facts[before:])
    return answered


def answers(messages: list[Request]) -> list[list[Fact]]:
    """Return the answers expected of funding to each message of a life, in order."""
    past = Past()
    answered = []
    for place, message in enumerate(messages):
        past.messages.append(message)
        before = len(past.facts)
        if decide := DECISIONS.get(message[0]):
            # Lazily: an answer is recorded before the next one is computed.
            for name, right, data in decide(past, message[1]):
                past.facts.append(Fact(place, name, right, data))
        answered.append(past.facts[before:])
    return answered
