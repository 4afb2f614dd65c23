"""A decision that is run again on changed inputs: what no trial changes is built once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.contracts.base import WireModel
from shared.contracts.envelope import Envelope
from shared.counterfactual.search import Trial
from shared.kernel.decision import (
    Message,
    OutgoingEvent,
    Query,
    State,
    StateRef,
    States,
    StoredState,
)
from shared.kernel.receipts import Document, inputs_from_receipt
from shared.kernel.service import Handler, Service
from shared.kernel.unit_of_work import message_of


@dataclass(frozen=True, slots=True)
class Rerun:
    """The handler, the message, the states and pages of a stored decision, and the parameters.

    The parameters are those of the running program: a receipt holds only the values read.
    """

    handler: Handler
    message: Message[Any]
    states: Mapping[StateRef[Any], State | None]
    pages: Mapping[Query[Any], tuple[StateRef[Any], ...]]
    parameters: Any

    @classmethod
    def of(cls, service: Service, event: Envelope, receipt: Document) -> "Rerun":
        """Return the decision on an event, with the states of its receipt."""
        inputs = inputs_from_receipt(receipt, service)
        return cls(
            handler=service.by_event[type(event.data)],
            message=message_of(event),
            states={ref: stored.state for ref, stored in inputs.stored.items()},
            pages=inputs.pages,
            parameters=service.parameters,
        )

    def events(self, trial: Trial) -> tuple[WireModel, ...]:
        """Return the events of the decision on a trial.

        Raises:
            KeyError: the decision reads a state that is not in the receipt.
        """
        stored = {ref: StoredState.only_read(ref, state) for ref, state in trial.states.items()}
        message = replace(self.message, data=trial.data)
        decision = self.handler.decide(message, States(stored, self.pages), self.parameters)
        return tuple(e.data if isinstance(e, OutgoingEvent) else e for e in decision.events)
