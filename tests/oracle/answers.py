"""The answers expected of funding to each message of a life, from all of its past."""

from collections.abc import Callable

from tests.oracle import forecasts, grants, rights
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
