"""How long the oldest message of a queue waits, without a delivery from the queue of a service.

A message that is taken from a quorum queue and given back was delivered once more, and too many
deliveries make it a dead letter. So the age of what waits for a service is read from the stream:
its queue has the last of the events that the stream has for it.
"""

import asyncio
from collections import deque
from datetime import UTC, datetime, timedelta

import orjson

from shared.contracts.registry import consumed_by
from shared.rabbitmq.broker_admin import Connection
from shared.rabbitmq.dead_letter_queue import open_dead_letters
from shared.rabbitmq.event_log import EventLog

WINDOWS = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=2),
    timedelta(days=1),
    timedelta(days=7),
)
READ_S_MAX = 4.0


async def oldest_in_queue(log: EventLog, service: str, waiting: int) -> timedelta | None:
    """Return how long the oldest of so many messages waits, None where the stream does not say.

    Messages that were redriven are not in the stream: the age is then too small.
    """
    now = datetime.now(UTC)
    try:
        async with asyncio.timeout(READ_S_MAX):
            for window in WINDOWS:
                times = await _last_times(log, service, now - window, waiting)
                if len(times) == waiting:
                    return min(now - times[0], window)
    except TimeoutError:
        return None
    return None


async def oldest_dead_letter(connection: Connection, service: str) -> timedelta | None:
    """Return the age of the first dead letter of a service, None where it does not say.

    A queue of dead letters has no limit of deliveries.
    """
    async with open_dead_letters(connection, service, most=1) as letters:
        async for letter in letters.letters(1):
            since = letter.waits_since
            return datetime.now(UTC) - since if since else None
    return None


async def _last_times(log: EventLog, service: str, since: datetime, most: int) -> deque[datetime]:
    """Return the times of the last events for a service, at most so many, the earliest first."""
    names = {spec.name for spec in consumed_by(service)}
    times: deque[datetime] = deque(maxlen=most)
    async for message in log.messages(since):
        if message.routing_key.partition(".")[0] in names:
            times.append(_time(message.body) or since)
    return times


def _time(body: bytes) -> datetime | None:
    try:
        time = datetime.fromisoformat(orjson.loads(body)["time"])
    except (ValueError, KeyError, TypeError):
        return None
    return time if time.tzinfo else None
