"""Four cohorts of dossiers, each one step further: under a fault, all four services have work."""

import asyncio
import json
import random
from collections.abc import Iterator, Sequence

import aio_pika
from aio_pika.exceptions import AMQPError, ChannelInvalidStateError

from tests.support.campaign import Calm, Campaign, calm_run
from tests.support.client import Event, key_of

STEPS = 4
"""Dossier, decision, convention, advance: the phases of a life after the opening."""
AT_ONCE = 50
CONFIRM_S_MAX = 5.0
RETRY_S = 0.3
LOST_CONNECTION = (AMQPError, ChannelInvalidStateError, OSError, TimeoutError, asyncio.TimeoutError)
Phases = list[list[Event]]
_CALM: dict[int, Calm] = {}
"""By dossiers of a cohort: scenarios of one size share a run without faults."""


class Load:
    """Requests on four cohorts of `dossiers` dossiers, before, during and after a fault."""

    def __init__(self, dossiers: int) -> None:
        self.dossiers = dossiers
        self.whole = Campaign(dossiers=STEPS * dossiers)
        cohorts = [Campaign(dossiers=dossiers, first=n * dossiers) for n in range(STEPS)]
        self._lives = [cohort.phases[1 : STEPS + 1] for cohort in cohorts]

    @property
    def before(self) -> Phases:
        """The opening, then the first steps: cohort n takes n of them."""
        return [self.whole.phases[0], *([*self._step(step, step + 1)] for step in range(STEPS - 1))]

    @property
    def during(self) -> list[Event]:
        """The next step of every cohort, in an order drawn from a fixed seed."""
        events = [event for rank, life in enumerate(self._lives) for event in life[rank]]
        random.Random(self.dossiers).shuffle(events)
        return events

    @property
    def after(self) -> Phases:
        """The steps that are left, and the closings."""
        left = [[*self._step(step, 0, step)] for step in range(1, STEPS)]
        return [*left, *self.whole.phases[STEPS + 1 :]]

    async def calm(self) -> Calm:
        """Return events and books of a run without faults."""
        if self.dossiers not in _CALM:
            _CALM[self.dossiers] = await calm_run(self.whole)
        return _CALM[self.dossiers]

    def _step(self, step: int, first: int, stop: int = STEPS) -> Iterator[Event]:
        for life in self._lives[first:stop]:
            yield from life[step]


async def send_confirmed(
    url: str, events: Sequence[Event], *, over_s: float = 0.0, copies: int = 1
) -> None:
    """Publish every event until the broker confirms it, as a careful partner does.

    After a lost connection it publishes what was not confirmed again, under the same ids. The
    events are spread over `over_s` seconds; all copies of one are published at the same time.
    """
    chunks = [events[first : first + AT_ONCE] for first in range(0, len(events), AT_ONCE)]
    if over_s:
        chunks = [[event] for event in events]
    partner = _Partner(url)
    for chunk in chunks:
        await partner.publish([event for event in chunk for _ in range(copies)])
        await asyncio.sleep(over_s / len(chunks))
    await partner.close()


class _Partner:
    """One connection at a time, opened again whenever it is lost."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: aio_pika.abc.AbstractConnection | None = None
        self._exchange: aio_pika.abc.AbstractExchange | None = None

    async def publish(self, events: Sequence[Event]) -> None:
        """Return once every event is confirmed."""
        while True:
            try:
                async with asyncio.timeout(CONFIRM_S_MAX):
                    return await self._publish_once(events)
            except LOST_CONNECTION:
                await self.close()
                await asyncio.sleep(RETRY_S)

    async def close(self) -> None:
        """Leave the broker; a connection that is lost already is no fault."""
        connection, self._connection, self._exchange = self._connection, None, None
        if connection is not None:
            await asyncio.wait([asyncio.ensure_future(connection.close())], timeout=CONFIRM_S_MAX)

    async def _publish_once(self, events: Sequence[Event]) -> None:
        exchange = self._exchange or await self._open()
        sending = [exchange.publish(_message(event), key_of(event)) for event in events]
        results = await asyncio.gather(*sending, return_exceptions=True)
        for fault in (each for each in results if isinstance(each, BaseException)):
            raise fault

    async def _open(self) -> aio_pika.abc.AbstractExchange:
        self._connection = await aio_pika.connect(self._url)
        channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
        self._exchange = await channel.get_exchange("clas.events")
        return self._exchange


def _message(event: Event) -> aio_pika.Message:
    return aio_pika.Message(json.dumps(event).encode(), message_id=event["id"], delivery_mode=2)
