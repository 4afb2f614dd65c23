"""The refusal of a request whose type has no refusal event."""

from typing import Any

from shared.contracts.common import RequestRefused
from shared.kernel.decision import Decision, Finding, Message, States
from shared.kernel.rules import reasons


def refuse_request(
    message: Message[Any],
    states: States,  # noqa: ARG001
    findings: tuple[Finding, ...],
) -> Decision:
    """Return the decision that refuses a request about a dossier and changes no state."""
    refused = RequestRefused(
        event_id=message.id,
        event_type=message.type,
        caf=message.data.caf,
        reasons=reasons(findings),
    )
    return Decision(events=(refused,), findings=findings)
