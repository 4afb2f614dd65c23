"""The driver on real servers: a publisher, a tap on the exchange, and the services' inboxes."""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from services.cli.demo.driver import NO_PROGRESS_S, DemoError
from services.cli.reads import ReadsByService, open_all_reads
from shared.console.idle import Backlog, wait_until_idle
from shared.contracts.registry import BY_NAME, SERVICES
from shared.kernel.inbound import parse
from shared.kernel.messages import InboxKey, OutgoingMessage
from shared.kernel.outbox import queue_of
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import Connection, QueueStats, connected, queue_stats
from shared.rabbitmq.event_tap import EventTap, open_event_tap
from shared.rabbitmq.publisher import ConfirmingPublisher, open_publisher

PACE_S = 0.05
PUBLISHED_AT_ONCE = 200
LOOKED_UP_AT_ONCE = 500

Watch = Callable[[], None]
"""Raises when it is no use to go on: a service has ended, or somebody wants to stop."""


class LiveDriver:
    """A broker to publish on and listen to, and the services' databases, which are only read."""

    def __init__(
        self,
        publisher: ConfirmingPublisher,
        tap: EventTap,
        reads: ReadsByService,
        body_bytes_max: int,
        watch: Watch,
    ) -> None:
        self._publisher, self._tap, self._reads = publisher, tap, reads
        self._body_bytes_max, self._watch = body_bytes_max, watch
        self._awaited: defaultdict[str, set[InboxKey]] = defaultdict(set)
        self._noted = 0

    async def send(self, messages: Sequence[OutgoingMessage]) -> None:
        """Publish messages with confirms, a number of them at a time."""
        for first in range(0, len(messages), PUBLISHED_AT_ONCE):
            batch = messages[first : first + PUBLISHED_AT_ONCE]
            sending = (self._publisher.publish(m.body, m.routing_key, m.id) for m in batch)
            await asyncio.gather(*sending)

    async def wait_until_idle(self) -> None:
        """Wait until every published event is in the inbox of each service that it goes to.

        Raises:
            DemoError: when nothing moves any more.
        """
        before, since = (0, 0), time.monotonic()

        def report(backlog: Backlog) -> None:
            nonlocal before, since
            self._watch()
            progress = (self._noted, sum(backlog.in_hand.values()))
            if progress != before:
                before, since = progress, time.monotonic()
            elif time.monotonic() - since > NO_PROGRESS_S:
                raise DemoError(_no_progress_text(backlog))

        await wait_until_idle(self._probe, math.inf, report, probes=1, pace_s=PACE_S)

    def received(self) -> Sequence[bytes]:
        """Return the body of every event published so far, in order."""
        return [message.body for message in self._tap.received]

    async def _probe(self) -> Backlog:
        """Return what waits; a backlog of nothing misses no message.

        Once every event is handled and no outbox waits, whatever followed was published: if the
        tap then has nothing new, nothing is on its way.
        """
        await self._note_published()
        for service in SERVICES:
            await self._strike_off(service)
        outboxes = {name: await self._reads[name].count_unpublished() for name in SERVICES}
        await self._note_published()
        in_hand = {service: len(keys) for service, keys in self._awaited.items()}
        return Backlog({}, outboxes, in_hand)

    async def _note_published(self) -> None:
        """Note under which key each service will have the events published since."""
        await self._tap.sync_barrier()
        for message in self._tap.received[self._noted :]:
            spec = BY_NAME.get(message.routing_key.partition(".")[0])
            for service in spec.consumers if spec else ():
                inbound = parse(message, service, self._body_bytes_max)
                self._awaited[service].add(inbound.key)
        self._noted = len(self._tap.received)

    async def _strike_off(self, service: str) -> None:
        """Forget what a service has handled."""
        awaited = self._awaited[service]
        if keys := list(awaited)[:LOOKED_UP_AT_ONCE]:
            awaited.difference_update(await self._reads[service].handled(keys))


def _no_progress_text(backlog: Backlog) -> str:
    counts = [f"{service} : {count}" for service, count in backlog.in_hand.items() if count]
    left = ", ".join(counts) or "des envois restent à publier"
    no_progress = f"plus rien n'avance depuis {NO_PROGRESS_S:.0f} s"
    return f"{no_progress} ; messages que les services n'ont pas traités : {left}"


@asynccontextmanager
async def live_driver(settings: Settings, watch: Watch) -> AsyncIterator[LiveDriver]:
    """Open the broker and the databases of the services that run with these settings.

    Raises:
        BrokerUnavailableError, StoreError: when the servers are not there, or no longer.
        TopologyError: when the exchange is not there.
    """
    async with (
        open_all_reads(settings) as reads,
        connected(settings) as connection,
        open_publisher(settings) as publisher,
        open_event_tap(connection) as tap,
    ):
        yield LiveDriver(publisher, tap, reads, settings.body_bytes_max, watch)


async def until_all_consume(connection: Connection, watch: Watch) -> None:
    """Return once every service consumes its queue; its bindings stand before it does.

    Raises:
        DemoError: when one takes too long.
    """
    try:
        async with asyncio.timeout(NO_PROGRESS_S):
            while not all_consume(await queue_stats_by_service(connection)):
                watch()
                await asyncio.sleep(PACE_S)
    except TimeoutError:
        msg = f"les services ne sont pas prêts après {NO_PROGRESS_S:.0f} s"
        raise DemoError(msg) from None


async def queue_stats_by_service(connection: Connection) -> dict[str, QueueStats]:
    """Return how full the services' queues are, and who consumes them."""
    nothing = QueueStats(messages=0, consumers=0)
    return {name: await queue_stats(connection, queue_of(name)) or nothing for name in SERVICES}


def all_consume(stats: Mapping[str, QueueStats]) -> bool:
    """Return whether each service has a consumer on its queue."""
    return all(queue.consumers for queue in stats.values())
