"""Sentences of the two refusals that any service may answer."""

from shared.contracts.common import MessageRefused, RequestRefused
from shared.contracts.registry import event_name
from shared.contracts.sentences.text import Builders, Sentences, item, reason_lines, sentences


def request_refused(data: RequestRefused) -> Sentences:
    """Describe a well-formed request that is refused."""
    return sentences(
        f"Demande refusée ({event_name(data.event_type)})", *reason_lines(data.reasons)
    )


def message_refused(data: MessageRefused) -> Sentences:
    """Describe a message that breaks the contract."""
    return sentences(
        f"Message hors contrat mis de côté ({event_name(data.event_type)})",
        *(item(f"{error.path or 'message'} : {error.message}") for error in data.errors),
        f"Il attend dans {data.queue}.dead-letters ; rien n’a changé.",
    )


SENTENCES: Builders = {
    RequestRefused: request_refused,
    MessageRefused: message_refused,
}
