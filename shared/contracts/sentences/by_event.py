"""The sentences of any event of the contract."""

from shared.contracts.base import WireModel
from shared.contracts.sentences import (
    accounting,
    accounting_systems,
    caf,
    committee,
    corrections,
    elan,
    eligibility,
    forecasts,
    funding,
    grants,
    refused_messages,
    settlements,
    submission,
)
from shared.contracts.sentences.text import Builders, Sentences

SENTENCES: Builders = {
    **accounting.SENTENCES,
    **accounting_systems.SENTENCES,
    **caf.SENTENCES,
    **committee.SENTENCES,
    **corrections.SENTENCES,
    **elan.SENTENCES,
    **eligibility.SENTENCES,
    **forecasts.SENTENCES,
    **funding.SENTENCES,
    **grants.SENTENCES,
    **refused_messages.SENTENCES,
    **settlements.SENTENCES,
    **submission.SENTENCES,
}
"""Every event of the registry, which a test compares."""


def sentences_of(data: WireModel) -> Sentences:
    """Return the sentences of an event, in French."""
    return SENTENCES[type(data)](data)
