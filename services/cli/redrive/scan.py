"""Compares outboxes and the stream with the inboxes of the consumers.

In memory are one batch of messages, and what is missing, without its bytes: about 1 KiB each.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypeVar

from services.cli.reads import ReadsByService
from services.cli.redrive.deliveries import (
    Delivery,
    Selection,
    deliveries_of_log,
    deliveries_of_output,
    merged,
)
from shared.kernel.messages import DEVELOPMENT, InboxKey
from shared.rabbitmq.broker_admin import Connection
from shared.rabbitmq.dead_letter_queue import LOOK_MAX, open_dead_letters
from shared.rabbitmq.event_log import EventLog

BATCH = 500
RELAY_MAX = timedelta(days=1)
"""How long before `since` a message may have been decided that was published after it."""
Progress = Callable[[str, int, int | None], None]
"""Takes what is read, how much of it was, and how much there is, None where that is not known."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scan:
    """Reads what the services and the stream have; `dead` are messages in dead letters.

    A dead letter may be in no inbox: the broker made it one. `clas dead-letters` is for those.
    """

    reads: ReadsByService
    selection: Selection
    dead: frozenset[tuple[str, InboxKey]] = frozenset()

    async def missing(self, log: EventLog, report: Progress) -> list[Delivery]:
        """Return, in order, the deliveries that their consumers have no record of.

        Raises:
            StoreError: when a database does not answer.
            BrokerUnavailableError: when the stream cannot be read.
        """
        stored = [each async for each in self._missing_of_outboxes(report)]
        logged = [each async for each in self._missing_of_log(log, report)]
        return merged(stored, logged)

    async def unrecorded(self, deliveries: Iterable[Delivery]) -> list[Delivery]:
        """Return those of these deliveries that their consumers have no record of."""
        missing: list[Delivery] = []
        rest = list(deliveries)
        for start in range(0, len(rest), BATCH):
            missing += await self._unrecorded(rest[start : start + BATCH])
        return missing

    async def in_transit(self, since: datetime) -> list[Delivery]:
        """Return what was produced since then and is not recorded by its consumers yet."""
        everything = Selection()
        produced = [
            delivery
            for service, reads in self.reads.items()
            async for output in reads.outputs(since=since)
            for delivery in deliveries_of_output(service, output, everything)
        ]
        return await self.unrecorded(produced)

    async def _missing_of_outboxes(self, report: Progress) -> AsyncIterator[Delivery]:
        since = self.selection.since and self.selection.since - RELAY_MAX
        for service, reads in self.reads.items():
            count = 0
            async for outputs in _batches(reads.outputs(since=since)):
                for missing in await self._unrecorded(
                    delivery
                    for output in outputs
                    for delivery in deliveries_of_output(service, output, self.selection)
                ):
                    yield missing
                count += len(outputs)
                report(f"outbox of {service}", count, None)

    async def _missing_of_log(self, log: EventLog, report: Progress) -> AsyncIterator[Delivery]:
        async for messages in _batches(log.messages(self.selection.since or "first")):
            for missing in await self._unrecorded(
                delivery
                for message in messages
                for delivery in deliveries_of_log(
                    message.offset, message.routing_key, message.body, self.selection
                )
            ):
                yield missing
            report("clas.log", messages[-1].offset, log.last)

    async def _unrecorded(self, deliveries: Iterable[Delivery]) -> list[Delivery]:
        by_consumer: defaultdict[str, list[Delivery]] = defaultdict(list)
        for delivery in deliveries:
            by_consumer[delivery.consumer].append(delivery)
        missing: list[Delivery] = []
        for consumer, of_consumer in by_consumer.items():
            keys = {key for delivery in of_consumer for key in delivery.keys}
            recorded = await self.reads[consumer].recorded(keys)
            missing += (d for d in of_consumer if recorded.isdisjoint(d.keys))
        return [d for d in missing if self.dead.isdisjoint((d.consumer, key) for key in d.keys)]


async def dead_letters(
    connection: Connection, services: Collection[str]
) -> frozenset[tuple[str, InboxKey]]:
    """Return services and keys of the messages in their dead letters, the oldest `LOOK_MAX` each.

    Raises:
        TopologyError: when a queue does not exist.
    """
    dead: set[tuple[str, InboxKey]] = set()
    for service in services:
        async with open_dead_letters(connection, service) as letters:
            async for letter in letters.letters(LOOK_MAX):
                digest = sha256(letter.body).hexdigest()
                dead.add((service, InboxKey(DEVELOPMENT, "", f"sha256:{digest}")))
    return frozenset(dead)


async def _batches(items: AsyncIterator[T]) -> AsyncIterator[list[T]]:
    batch: list[T] = []
    async for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
