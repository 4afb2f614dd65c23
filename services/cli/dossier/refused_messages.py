"""Sentences of the two refusals that any service may answer."""

from services.cli.dossier.text import Sentences, item, reason_lines, sentences
from shared.contracts.common import MessageRefused, RequestRefused
from shared.contracts.registry import BY_TYPE


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


def event_name(event_type: str | None) -> str:
    """Return the name of an event, or its type where the contract has no such event."""
    spec = BY_TYPE.get(event_type or "")
    return spec.name if spec else event_type or "type illisible"
