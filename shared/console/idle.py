"""Waiting until the services are idle: their queues and outboxes are empty.

A message in processing is in neither. Only one message can be tracked: it is in processing while
a consumer has no record of it, or of an answer to it, and so on.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from shared.contracts.registry import BY_NAME, SERVICES
from shared.kernel.inbound import parse
from shared.kernel.messages import IncomingMessage
from shared.kernel.outbox import queue_of
from shared.kernel.read_port import Reads
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import Connection, connected, missing_topology, queue_stats
from shared.rabbitmq.errors import TopologyError
from shared.rabbitmq.management import actual_bindings
from shared.rabbitmq.topology import bindings

PROBES = 3
PACE_S = 0.2
"""A message that a service is handling shows nowhere: idle means several empty probes in a row."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """The backlog by service: messages in its queue, records in its outbox.

    Where one message is tracked, also the messages that a service must be processing.
    """

    queues: dict[str, int]
    outboxes: dict[str, int]
    in_hand: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """The sum of all counts."""
        return sum(sum(of.values()) for of in (self.queues, self.outboxes, self.in_hand))

    def __str__(self) -> str:
        """Return `accounting: 3 in its queue, 1 in its outbox; …`."""
        texts = (self._of(service) for service in self.queues)
        return "; ".join(text for text in texts if text) or "nothing waits"

    def _of(self, service: str) -> str:
        places = (("queue", self.queues[service]), ("outbox", self.outboxes[service]))
        counted = [f"{count} in its {place}" for place, count in places if count]
        if in_hand := self.in_hand.get(service):
            counted.append(f"{in_hand} in hand")
        return f"{service}: {', '.join(counted)}" if counted else ""


class BacklogProbe(Protocol):
    """Counts what waits in all queues and outboxes."""

    async def __call__(self) -> Backlog:
        """Return what waits now."""
        ...


async def wait_until_idle(
    probe: BacklogProbe,
    timeout_s: float,
    report: Callable[[Backlog], None],
    *,
    probes: int = PROBES,
    pace_s: float = PACE_S,
) -> Backlog | None:
    """Return None once the services are idle, or the backlog that is left after the timeout.

    `report` gets every backlog. A probe that misses no message needs one empty look only.
    """
    deadline, empty = time.monotonic() + timeout_s, 0
    while True:
        backlog = await probe()
        report(backlog)
        empty = 0 if backlog.total else empty + 1
        if empty == probes:
            return None
        if time.monotonic() > deadline:
            return backlog
        await asyncio.sleep(pace_s)


class MessageTracker:
    """A message and all that the services publish because of it, until everything is handled."""

    def __init__(
        self, sent: IncomingMessage, reads: Mapping[str, Reads], body_bytes_max: int
    ) -> None:
        self._reads, self._body_bytes_max = reads, body_bytes_max
        self._awaited = _by_consumer(sent)

    async def in_hand(self) -> Counter[str]:
        """Count what was not handled yet, by service."""
        awaited, self._awaited = self._awaited, []
        while awaited:
            service, message = awaited.pop()
            key = parse(message, service, self._body_bytes_max).key
            record = await self._reads[service].record(key)
            if record is None:
                self._awaited.append((service, message))
                continue
            for output in record.outputs:
                if output.queue is None:
                    answer = IncomingMessage(output.body, output.routing_key, output.id)
                    awaited += _by_consumer(answer)
        return Counter(service for service, _ in self._awaited)


def _by_consumer(message: IncomingMessage) -> list[tuple[str, IncomingMessage]]:
    """Return the message once for each service that consumes it."""
    spec = BY_NAME.get(message.routing_key.partition(".")[0])
    return [(service, message) for service in (spec.consumers if spec else ())]


async def _check_topology(connection: Connection, settings: Settings) -> None:
    """Compare the seal of the bindings, and where the management interface is known all of them."""
    if absent := await missing_topology(connection, settings):
        msg = f"not there: {', '.join(absent)}; run `clas topology`"
        raise TopologyError(msg)
    if not settings.amqp_management_url:
        return
    if missing := set(bindings(settings)) - await actual_bindings(settings):
        texts = sorted(f"{each.queue} to {each.key}" for each in missing)
        msg = f"not bound: {', '.join(texts)}; run `clas topology`, then `clas redrive`"
        raise TopologyError(msg)


@asynccontextmanager
async def open_probe(
    settings: Settings, reads: Mapping[str, Reads], sent: IncomingMessage | None = None
) -> AsyncIterator[BacklogProbe]:
    """Open the broker for a probe; what follows from `sent` is tracked.

    Raises:
        TopologyError: when the topology is not complete: an event that no queue takes is lost, and
            no queue or outbox would show it.
    """
    async with connected(settings) as connection:
        await _check_topology(connection, settings)
        tracker = MessageTracker(sent, reads, settings.body_bytes_max) if sent else None

        async def probe() -> Backlog:
            queues = {name: await waiting(name) for name in SERVICES}
            outboxes = {name: await reads[name].count_unpublished() for name in SERVICES}
            return Backlog(queues, outboxes, await tracker.in_hand() if tracker else {})

        async def waiting(service: str) -> int:
            stats = await queue_stats(connection, queue_of(service))
            if stats is None:
                msg = f"there is no queue {queue_of(service)}; run `clas topology`"
                raise TopologyError(msg)
            return stats.messages

        yield probe
