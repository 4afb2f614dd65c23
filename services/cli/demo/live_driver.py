"""The stage on real servers: a partner on the broker, and inboxes that tell when all is done."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from services.cli.demo.driver import STALLED_S, StageError
from shared.contracts.registry import BY_NAME, SERVICES
from shared.kernel.decision import State
from shared.kernel.inbound import read
from shared.kernel.outbox import queue_of
from shared.kernel.ports import InboxKey, Outgoing
from shared.kernel.settings import Settings
from shared.mongodb.store import MongoStore, connect
from shared.rabbitmq.broker_admin import Connection, Depth, connected, depth
from shared.rabbitmq.event_tap import Listener, listening
from shared.rabbitmq.publisher import Partner, partner

PACE_S = 0.05
PUBLISHED_AT_ONCE = 200
ASKED_AT_ONCE = 500

Watch = Callable[[], None]
"""Raises when it is no use to go on: a service has ended, or somebody wants to stop."""


class RealStage:
    """A broker to publish on and listen to, and the services' stores, which are only read."""

    def __init__(
        self,
        publisher: Partner,
        listener: Listener,
        stores: Mapping[str, MongoStore],
        body_bytes_max: int,
        watch: Watch,
    ) -> None:
        self._publisher, self._listener, self._stores = publisher, listener, stores
        self._body_bytes_max, self._watch = body_bytes_max, watch
        self._awaited: defaultdict[str, set[InboxKey]] = defaultdict(set)
        self._noted = 0

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Publish messages with confirms, some at a time."""
        for first in range(0, len(messages), PUBLISHED_AT_ONCE):
            some = messages[first : first + PUBLISHED_AT_ONCE]
            sending = (self._publisher.publish(m.body, m.routing_key, m.id) for m in some)
            await asyncio.gather(*sending)

    async def quiet(self) -> None:
        """Wait until every event heard is in the inbox of each service that it goes to.

        Once all that was heard is handled and no outbox waits, whatever followed from it was
        published; if catching up then brings nothing new, nothing is on its way any more.

        Raises:
            StageError: when nothing moves any more.
        """
        clock = asyncio.get_running_loop()
        before, since = (0, 0), clock.time()
        while not await self._is_quiet():
            self._watch()
            look = (self._noted, sum(map(len, self._awaited.values())))
            if look != before:
                before, since = look, clock.time()
            elif clock.time() - since > STALLED_S:
                msg = f"plus rien n'avance depuis {STALLED_S:.0f} s ; {self._waiting()}"
                raise StageError(msg)
            await asyncio.sleep(PACE_S)

    def heard(self) -> Sequence[bytes]:
        """Return what was heard."""
        return [delivery.body for delivery in self._listener.heard]

    async def knows(self, service: str, state: type[State], key: str) -> bool:
        """Tell whether a service keeps a state."""
        async with self._stores[service].transaction() as transaction:
            return bool(await transaction.find(state.collection, [key]))

    async def _is_quiet(self) -> bool:
        await self._listener.catch_up()
        self._note()
        for service in SERVICES:
            await self._strike_off(service)
        if any(self._awaited.values()) or await self._outboxes():
            return False
        await self._listener.catch_up()
        return len(self._listener.heard) == self._noted

    def _note(self) -> None:
        """Remember under which key each service will know what was heard."""
        for delivery in self._listener.heard[self._noted :]:
            spec = BY_NAME.get(delivery.routing_key.partition(".")[0])
            for service in spec.consumers if spec else ():
                item = read(delivery, service, self._body_bytes_max)
                self._awaited[service].add(item.key)
        self._noted = len(self._listener.heard)

    async def _strike_off(self, service: str) -> None:
        """Forget what a service has handled."""
        awaited = self._awaited[service]
        if keys := list(awaited)[:ASKED_AT_ONCE]:
            async with self._stores[service].transaction() as transaction:
                awaited.difference_update(await transaction.seen(keys))

    async def _outboxes(self) -> int:
        return sum([await store.pending() for store in self._stores.values()])

    def _waiting(self) -> str:
        waiting = [f"{service} : {len(keys)}" for service, keys in self._awaited.items() if keys]
        told = ", ".join(waiting) or "des envois restent à publier"
        return f"messages que les services n'ont pas traités : {told}"


@asynccontextmanager
async def on_servers(settings: Settings, watch: Watch) -> AsyncIterator[RealStage]:
    """Join the broker and the stores of the services that run with these settings.

    Raises:
        BusAway, StoreError: when the servers are not there, or no longer.
        TopologyError: when the exchange is not there.
    """
    client = connect(settings.mongo_url)
    stores = {name: MongoStore(client[f"{settings.database_prefix}{name}"]) for name in SERVICES}
    try:
        async with (
            connected(settings) as connection,
            partner(settings) as publisher,
            listening(connection) as listener,
        ):
            yield RealStage(publisher, listener, stores, settings.body_bytes_max, watch)
    finally:
        client.close()


async def until_all_consume(connection: Connection, watch: Watch) -> None:
    """Return once every service consumes its queue; its bindings stand before it does.

    Raises:
        StageError: when one takes too long.
    """
    try:
        async with asyncio.timeout(STALLED_S):
            while not all_consume(await standing(connection)):
                watch()
                await asyncio.sleep(PACE_S)
    except TimeoutError:
        msg = f"les services ne sont pas prêts après {STALLED_S:.0f} s"
        raise StageError(msg) from None


async def standing(connection: Connection) -> dict[str, Depth]:
    """Return how full the services' queues are, and who consumes them."""
    found = {service: await depth(connection, queue_of(service)) for service in SERVICES}
    return {service: one or Depth(messages=0, consumers=0) for service, one in found.items()}


def all_consume(found: Mapping[str, Depth]) -> bool:
    """Tell whether each service has a consumer on its queue."""
    return all(one.consumers for one in found.values())
