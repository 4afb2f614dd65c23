"""The refusal of a request whose type has no refusal event."""

from typing import Any

from shared.contracts.common import Reason, RequestRefused
from shared.kernel.decision import Message


def request_refused(message: Message[Any], reasons: tuple[Reason, ...]) -> RequestRefused:
    """Return the refusal of a request about a dossier."""
    return RequestRefused(
        event_id=message.id, event_type=message.type, caf=message.data.caf, reasons=reasons
    )
