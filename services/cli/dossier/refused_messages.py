"""The two answers that any service may give."""

from services.cli.dossier.entries import Sentences, item, reasons, sentences
from shared.contracts.common import MessageRefused, RequestRefused
from shared.contracts.registry import BY_TYPE


def request_refused(data: RequestRefused) -> Sentences:
    """Tell of a well-formed request that is refused."""
    return sentences(f"Demande refusée ({named(data.event_type)})", *reasons(data.reasons))


def message_refused(data: MessageRefused) -> Sentences:
    """Tell of a message that breaks the contract."""
    return sentences(
        f"Message hors contrat mis de côté ({named(data.event_type)})",
        *(item(f"{each.path or 'message'} : {each.message}") for each in data.errors),
        f"Il attend dans {data.queue}.dead-letters ; rien n’a changé.",
    )


def named(event_type: str | None) -> str:
    """Return the event's name, as far as it is known."""
    spec = BY_TYPE.get(event_type or "")
    return spec.name if spec else event_type or "type illisible"
