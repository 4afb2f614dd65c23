"""Sends what is missing in waves: what follows from one is handled before the next one."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from services.cli.redrive.deliveries import Delivery, Logged, Stored
from services.cli.redrive.plan import first_of_scopes
from services.cli.redrive.scan import Scan
from shared.console.idle import Backlog, BacklogProbe, wait_until_idle
from shared.kernel.messages import InboxKey
from shared.rabbitmq.event_log import EventLog, LoggedMessage
from shared.rabbitmq.redriver import RedrivenMessage, Redriver

AT_ONCE = 100
"""Messages whose bytes are in memory, and that wait for their confirms."""
PACE_S = 0.1
SKEW_MAX = timedelta(minutes=5)
"""How far the clock of a service may be behind ours."""
Identity = tuple[str, InboxKey]


class UnhandledError(Exception):
    """What was sent, or what followed from it, was not handled in time."""


@dataclass(slots=True)
class Sender:
    """Sends missing deliveries to their consumers and waits until they are handled.

    `report` takes how many were sent just now.
    """

    scan: Scan
    log: EventLog
    redriver: Redriver
    probe: BacklogProbe
    timeout_s: float
    report: Callable[[int], None]
    _not_ours: set[Identity] = field(default_factory=set)

    async def send_all(self, missing: Sequence[Delivery]) -> None:
        """Send all deliveries that have bytes, while the services are otherwise idle.

        One without bytes holds up its scope until its producer has decided it again. Where nothing
        is in transit any more its producer never will, and those after it are sent.

        Raises:
            UnhandledError: what was sent was not handled in time.
            BrokerUnavailableError, StoreError: a server is not there.
        """
        since = datetime.now(UTC) - SKEW_MAX
        self._not_ours = {each.identity for each in await self.scan.in_transit(since)}
        while missing:
            first = first_of_scopes(missing)
            wave = [delivery for delivery in first if delivery.origin]
            since = datetime.now(UTC) - SKEW_MAX
            await self._send(wave)
            await self._settle(wave, since)
            done = {delivery.identity for delivery in first}
            rest = [delivery for delivery in missing if delivery.identity not in done]
            missing = await self.scan.unrecorded(rest)

    async def _send(self, wave: Sequence[Delivery]) -> None:
        offsets = [each.origin.offset for each in wave if isinstance(each.origin, Logged)]
        async with aclosing(self.log.messages(min(offsets, default=0))) as messages:
            source = _Source(self.scan, messages)
            for start in range(0, len(wave), AT_ONCE):
                chunk = [await source.message(each) for each in wave[start : start + AT_ONCE]]
                await self.redriver.send([message for message in chunk if message])
                self.report(len(chunk))

    async def _settle(self, wave: Sequence[Delivery], since: datetime) -> None:
        """Return once the wave and all that was decided because of it is handled."""
        deadline = time.monotonic() + self.timeout_s
        while wave:
            left_s = deadline - time.monotonic()
            backlog = await wait_until_idle(self.probe, left_s, _ignore, probes=1)
            unhandled = await self.scan.unrecorded(wave)
            if not unhandled and not backlog:
                transit = await self.scan.in_transit(since)
                unhandled = [each for each in transit if each.identity not in self._not_ours]
                if not unhandled:
                    return
            if time.monotonic() > deadline:
                raise UnhandledError(_unhandled_text(unhandled, backlog))
            await asyncio.sleep(PACE_S)


@dataclass(slots=True)
class _Source:
    """The bytes of deliveries in order: from records, or from the stream, read forward once."""

    scan: Scan
    messages: AsyncIterator[LoggedMessage]
    last: LoggedMessage | None = None

    async def message(self, delivery: Delivery) -> RedrivenMessage | None:
        """Return the message of a delivery, None where its bytes are gone."""
        match delivery.origin:
            case Stored():
                return await self._of_record(delivery.consumer, delivery.origin)
            case Logged():
                return await self._of_log(delivery.consumer, delivery.origin.offset)
        return None

    async def _of_record(self, consumer: str, stored: Stored) -> RedrivenMessage | None:
        record = await self.scan.reads[stored.service].record(stored.record)
        outputs = record.outputs if record else ()
        for output in outputs:
            if output.id == stored.output:
                return RedrivenMessage(consumer, output.body, output.routing_key, output.id)
        return None

    async def _of_log(self, consumer: str, offset: int) -> RedrivenMessage | None:
        while self.last is None or self.last.offset < offset:
            self.last = await anext(self.messages, None)
            if self.last is None:
                return None
        if self.last.offset > offset:  # The stream dropped its oldest messages meanwhile.
            return None
        return RedrivenMessage(
            consumer, self.last.body, self.last.routing_key, self.last.message_id
        )


def _ignore(_backlog: Backlog) -> None:
    """Report no backlog: the bar shows what was sent."""


def _unhandled_text(unhandled: Sequence[Delivery], backlog: Backlog | None) -> str:
    names = sorted({f"{each.name} for {each.consumer}" for each in unhandled})
    events = f"{len(unhandled)} not handled: {', '.join(names)}" if unhandled else ""
    return "; ".join(text for text in (events, str(backlog or "")) if text)
