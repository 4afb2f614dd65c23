"""The stage on real servers: a partner on the broker, and inboxes that tell when all is done."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from services.cli.demo.driver import STALLED_S, DemoError
from shared.contracts.registry import BY_NAME, SERVICES
from shared.kernel.decision import State
from shared.kernel.inbound import parse
from shared.kernel.outbox import queue_of
from shared.kernel.ports import InboxKey, OutgoingMessage
from shared.kernel.settings import Settings
from shared.mongodb.store import MongoStore, connect
from shared.rabbitmq.broker_admin import Connection, QueueStats, connected, queue_stats
from shared.rabbitmq.event_tap import EventTap, open_event_tap
from shared.rabbitmq.publisher import ConfirmingPublisher, open_publisher

PACE_S = 0.05
PUBLISHED_AT_ONCE = 200
ASKED_AT_ONCE = 500

Watch = Callable[[], None]
"""Raises when it is no use to go on: a service has ended, or somebody wants to stop."""


class LiveDriver:
    """A broker to publish on and listen to, and the services' stores, which are only read."""

    def __init__(
        self,
        publisher: ConfirmingPublisher,
        listener: EventTap,
        stores: Mapping[str, MongoStore],
        body_bytes_max: int,
        watch: Watch,
    ) -> None:
        self._publisher, self._listener, self._stores = publisher, listener, stores
        self._body_bytes_max, self._watch = body_bytes_max, watch
        self._awaited: defaultdict[str, set[InboxKey]] = defaultdict(set)
        self._noted = 0

    async def send(self, messages: Sequence[OutgoingMessage]) -> None:
        """Publish messages with confirms, some at a time."""
        for first in range(0, len(messages), PUBLISHED_AT_ONCE):
            some = messages[first : first + PUBLISHED_AT_ONCE]
            sending = (self._publisher.publish(m.body, m.routing_key, m.id) for m in some)
            await asyncio.gather(*sending)

    async def wait_until_idle(self) -> None:
        """Wait until every event heard is in the inbox of each service that it goes to.

        Once all that was heard is handled and no outbox waits, whatever followed from it was
        published; if catching up then brings nothing new, nothing is on its way any more.

        Raises:
            StageError: when nothing moves any more.
        """
        clock = asyncio.get_running_loop()
        before, since = (0, 0), clock.time()
        while not await self._is_idle():
            self._watch()
            look = (self._noted, sum(map(len, self._awaited.values())))
            if look != before:
                before, since = look, clock.time()
            elif clock.time() - since > STALLED_S:
                msg = f"plus rien n'avance depuis {STALLED_S:.0f} s ; {self._waiting()}"
                raise DemoError(msg)
            await asyncio.sleep(PACE_S)

    def received(self) -> Sequence[bytes]:
        """Return what was heard."""
        return [delivery.body for delivery in self._listener.received]

    async def knows(self, service: str, state: type[State], key: str) -> bool:
        """Tell whether a service keeps a state."""
        async with self._stores[service].transaction() as transaction:
            return bool(await transaction.find(state.collection, [key]))

    async def _is_idle(self) -> bool:
        await self._listener.sync_barrier()
        self._note()
        for service in SERVICES:
            await self._strike_off(service)
        if any(self._awaited.values()) or await self._outboxes():
            return False
        await self._listener.sync_barrier()
        return len(self._listener.received) == self._noted

    def _note(self) -> None:
        """Remember under which key each service will know what was heard."""
        for delivery in self._listener.received[self._noted :]:
            spec = BY_NAME.get(delivery.routing_key.partition(".")[0])
            for service in spec.consumers if spec else ():
                item = parse(delivery, service, self._body_bytes_max)
                self._awaited[service].add(item.key)
        self._noted = len(self._listener.received)

    async def _strike_off(self, service: str) -> None:
        """Forget what a service has handled."""
        awaited = self._awaited[service]
        if keys := list(awaited)[:ASKED_AT_ONCE]:
            async with self._stores[service].transaction() as transaction:
                awaited.difference_update(await transaction.already_handled(keys))

    async def _outboxes(self) -> int:
        return sum([await store.count_unpublished() for store in self._stores.values()])

    def _waiting(self) -> str:
        waiting = [f"{service} : {len(keys)}" for service, keys in self._awaited.items() if keys]
        told = ", ".join(waiting) or "des envois restent à publier"
        return f"messages que les services n'ont pas traités : {told}"


@asynccontextmanager
async def live_driver(settings: Settings, watch: Watch) -> AsyncIterator[LiveDriver]:
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
            open_publisher(settings) as publisher,
            open_event_tap(connection) as listener,
        ):
            yield LiveDriver(publisher, listener, stores, settings.body_bytes_max, watch)
    finally:
        client.close()


async def until_all_consume(connection: Connection, watch: Watch) -> None:
    """Return once every service consumes its queue; its bindings stand before it does.

    Raises:
        StageError: when one takes too long.
    """
    try:
        async with asyncio.timeout(STALLED_S):
            while not all_consume(await queue_stats_by_service(connection)):
                watch()
                await asyncio.sleep(PACE_S)
    except TimeoutError:
        msg = f"les services ne sont pas prêts après {STALLED_S:.0f} s"
        raise DemoError(msg) from None


async def queue_stats_by_service(connection: Connection) -> dict[str, QueueStats]:
    """Return how full the services' queues are, and who consumes them."""
    found = {service: await queue_stats(connection, queue_of(service)) for service in SERVICES}
    return {service: one or QueueStats(messages=0, consumers=0) for service, one in found.items()}


def all_consume(found: Mapping[str, QueueStats]) -> bool:
    """Tell whether each service has a consumer on its queue."""
    return all(one.consumers for one in found.values())
