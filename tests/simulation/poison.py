"""Messages that no service can handle, and services that fail at some of them."""

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from shared.contracts.base import WireModel
from shared.kernel.decision import Message
from shared.kernel.messages import OutgoingMessage
from shared.kernel.service import Handler, Service
from tests.simulation.injector import ProcessKilled
from tests.simulation.loop import PROCESS
from tests.support import samples
from tests.support.client import event, key_of

RAISES, KILLS = "raises-", "kills-"
BODY_BYTES_MAX = 1024 * 1024
OTHER_DOSSIER = "D-poison"
DECIDED: dict[str, Callable[[], WireModel]] = {
    "submission": lambda: samples.dossier(dossier_id=OTHER_DOSSIER),
    "eligibility": lambda: samples.committee_decision(dossier_id=OTHER_DOSSIER),
    "funding": lambda: samples.convention(dossier_id=OTHER_DOSSIER),
    "accounting": samples.exercise_closed,
}


@dataclass(frozen=True)
class Poison:
    """A message, and the service that must put it into its dead letters."""

    service: str
    message: OutgoingMessage

    @property
    def dead_letter(self) -> tuple[str, str]:
        """The service and the hash of the body."""
        return self.service, hashlib.sha256(self.message.body).hexdigest()


def drawn(rng: random.Random, rank: int) -> Poison:
    """Draw one kind of poison."""
    kind = rng.choice((_not_json, _unknown, _too_large, _raising, _killing))
    return kind(rng, f"{rank}")


def _not_json(_rng: random.Random, name: str) -> Poison:
    message = OutgoingMessage(f"not-json-{name}", "DossierSubmitted.v1.761", b'{"' + name.encode())
    return Poison("submission", message)


def _unknown(_rng: random.Random, name: str) -> Poison:
    sent = event("DossierLost", {"caf": "761"}, event_id=f"unknown-{name}")
    return Poison("submission", _message(sent))


def _too_large(_rng: random.Random, name: str) -> Poison:
    message = _message(event("AdvanceOrdered", {"caf": "761"}, event_id=f"too-large-{name}"))
    return Poison("funding", replace(message, body=message.body.ljust(BODY_BYTES_MAX + 1)))


def _raising(rng: random.Random, name: str) -> Poison:
    return _decided(rng, RAISES + name)


def _killing(rng: random.Random, name: str) -> Poison:
    return _decided(rng, KILLS + name)


def _decided(rng: random.Random, event_id: str) -> Poison:
    service = rng.choice([*DECIDED])
    data = DECIDED[service]()
    sent = event(type(data).__name__, data.model_dump(mode="json"), event_id=event_id)
    return Poison(service, _message(sent))


def _message(sent: dict[str, Any]) -> OutgoingMessage:
    return OutgoingMessage(sent["id"], key_of(sent), json.dumps(sent).encode())


def failing(service: Service) -> Service:
    """Return a service whose decisions raise, or kill the process, at such messages."""
    return replace(service, handlers=tuple(_failing(handler) for handler in service.handlers))


def _failing(handler: Handler) -> Handler:
    decide = handler.decide

    def decide_or_fail(message: Message[Any], states: Any, parameters: Any) -> Any:
        if message.id.startswith(RAISES):
            raise ValueError(message.id)
        if message.id.startswith(KILLS):
            PROCESS.get().kill()
            raise ProcessKilled
        return decide(message, states, parameters)

    return replace(handler, decide=decide_or_fail)
