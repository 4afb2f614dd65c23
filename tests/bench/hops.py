"""The hops that are measured, with their messages made ahead.

A hop: a service takes one event and publishes another. What differs between two messages of a hop
is put into the bytes of one sample, so that filling a queue costs little.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.contracts.base import WireModel
from shared.kernel.messages import OutgoingMessage
from tests.bench.exercise import payee
from tests.support import samples
from tests.support.client import event, key_of

CONVENTION_BYTES = 1_200
RANK = "RANK-0"


@dataclass(frozen=True)
class Input:
    """An event to send many times; `payees`: each of another gestionnaire."""

    name: str
    data: dict[str, Any]
    payees: bool = False

    def messages(self, count: int, first: int = 0) -> Iterator[OutgoingMessage]:
        """Yield messages with the ranks from `first` on, each with ids of its own."""
        sample = event(self.name, self.data, f"{self.name}-{RANK}")
        text, key = json.dumps(sample), key_of(sample)
        for rank in range(first, first + count):
            body = text.replace(RANK, f"{rank:06}")
            if self.payees:
                body = body.replace(samples.SIRET, payee(rank).siret)
            yield OutgoingMessage(f"{self.name}-{rank:06}", key, body.encode())


@dataclass(frozen=True)
class Hop:
    """A service, what it takes, the event it publishes (none: empty), what it must know before.

    `opening` is sent once, `prior` once for each message.
    """

    name: str
    service: str
    takes: Input
    publishes: str
    opening: Input | None = None
    prior: Input | None = None
    compared: bool = False
    """Whether the usual ways are measured too."""


def _input(wire: WireModel, *, payees: bool = False) -> Input:
    return Input(type(wire).__name__, wire.model_dump(mode="json"), payees)


def _convention() -> Input:
    data = {"caf": "761", "dossier_id": f"D-{RANK}", "signed_on": "2025-11-05"}
    return Input("ConventionSigned", data | {"unknown_to_us": "x" * (CONVENTION_BYTES - 330)})


_ID = {"dossier_id": f"D-{RANK}"}
_RECEIVED = _input(samples.dossier_received(**_ID), payees=True)
CONVENTION = Hop("convention", "funding", _convention(), "ConventionRegistered", compared=True)
DOSSIER = Hop(
    "dossier",
    "submission",
    _input(samples.dossier(**_ID)),
    "DossierReceived",
    opening=_input(samples.campaign()),
    compared=True,
)
GRANT = Hop("grant", "accounting", _input(samples.funding_granted(**_ID), payees=True), "")
HOPS = (
    CONVENTION,
    DOSSIER,
    Hop("assessment", "eligibility", _RECEIVED, "EligibilityAssessed"),
    Hop(
        "committee",
        "eligibility",
        _input(samples.committee_decision(**_ID)),
        "AgrementGranted",
        prior=_RECEIVED,
    ),
    Hop("agrement", "funding", _input(samples.agrement(**_ID), payees=True), "FundingGranted"),
    GRANT,
)
