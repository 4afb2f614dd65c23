"""Partners in the simulated world: they publish requests once they have seen their causes."""

import asyncio
import json
from collections import defaultdict

import orjson

from shared.contracts.registry import BY_NAME
from shared.kernel.messages import OutgoingMessage
from tests.simulation.broker import Broker
from tests.simulation.injector import Injector
from tests.simulation.loop import PARTNERS
from tests.simulation.requests import ANSWERS, Plan, Request, Seen
from tests.simulation.store import Database
from tests.support.client import Event, key_of

POLL_S, AT_ONCE = 0.2, 0.3
NOT_BOOKED = {"CampaignRegistered", "EligibilityAssessed", "ConventionRegistered"}
ANSWERED = set(ANSWERS.values())
BOOKED = ("FundingGranted", "AdvanceGranted")
TYPES = {BY_NAME[name].type for name in BOOKED}


class Partners:
    """Publishes a plan, up to `pause_s` seconds between two requests on a dossier."""

    def __init__(self, requests: Plan, injector: Injector, pause_s: float, *, racing: bool) -> None:
        self._plan, self._injector, self._pause_s = requests, injector, pause_s
        self._racing = racing
        self._seen: defaultdict[Seen, asyncio.Event] = defaultdict(asyncio.Event)
        self.broker = Broker(self._published)

    async def publish_all(self, database: Database) -> None:
        """Publish everything; `database` is accounting's."""
        chains = [self._chain(chain) for chain in self._plan.chains]
        await asyncio.gather(*chains, self._close(database))

    def publish(self, request: Event) -> None:
        """Publish one event as its producer would."""
        message = OutgoingMessage(request["id"], key_of(request), json.dumps(request).encode())
        self._injector.trace(PARTNERS.name, "publish", request["id"])
        self.broker.publish(message)

    async def _chain(self, chain: tuple[Request, ...]) -> None:
        for request in chain:
            await self._send(request)

    async def _send(self, request: Request) -> None:
        if request.after:
            await self._seen[request.after].wait()
        await self._pause()
        self.publish(request.event)
        while self._injector.happens("duplicates"):
            await self._pause()
            self.publish(request.event)

    async def _pause(self) -> None:
        """Wait, or send at once, so that requests meet what caused them."""
        if self._injector.rng.random() < AT_ONCE:
            await asyncio.sleep(0)
        else:
            await asyncio.sleep(self._injector.rng.uniform(0, self._pause_s))

    async def _close(self, database: Database) -> None:
        if self._racing:
            await self._seen[self._drawn_cause()].wait()
        while not self._racing and _booked(database) < (self._plan.booked or 0):
            await asyncio.sleep(POLL_S)
        await self._chain(self._plan.closings)

    def _drawn_cause(self) -> Seen:
        """Draw an answer after which the first closing comes: an event that accounting books."""
        causes = [request.after for chain in self._plan.chains for request in chain]
        booked = [cause for cause in causes if cause and cause[0] not in NOT_BOOKED]
        return self._injector.rng.choice(booked)

    def _published(self, message: OutgoingMessage) -> None:
        """Note an answer; the opening of the campaign is published by every chain."""
        name = message.routing_key.partition(".")[0]
        if name in ANSWERED:
            self._seen[name, orjson.loads(message.body)["correlationid"]].set()


def _booked(database: Database) -> int:
    """Count what accounting must have handled before a closing."""
    return sum(record.type in TYPES for record in database.content.records.values())
