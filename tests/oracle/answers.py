"""What funding should answer to each message of a life, all of its past being looked through."""

from collections.abc import Callable

from tests.oracle import grants, rights
from tests.oracle.past import Fact, Past, Told
from tests.oracle.wire import Json

Asking = tuple[str, Json, Json]
"""A message: the name of the event, its data, its time and id."""

JUDGED: dict[str, Callable[[Past, Json], Told]] = {
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


def answers(messages: list[Asking]) -> list[list[Fact]]:
    """What funding should answer to each message of a life, in its order."""
    past = Past()
    told = []
    for place, message in enumerate(messages):
        past.messages.append(message)
        before = len(past.facts)
        if judge := JUDGED.get(message[0]):
            # Lazily: each answer is known before the next one is thought of.
            for name, right, data in judge(past, message[1]):
                past.facts.append(Fact(place, name, right, data))
        told.append(past.facts[before:])
    return told
