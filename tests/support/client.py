"""Partners of the system: one with AMQP and JSON only, one on the in-process bus."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Protocol

import aio_pika

from shared.contracts.registry import BY_NAME, EVENTS
from shared.kernel.memory.system import MemorySystem
from shared.kernel.messages import OutgoingMessage
from shared.kernel.settings import Settings
from shared.rabbitmq.topology_declaration import declare_or_verify

Event = dict[str, Any]
LONGEST_S = 120.0
"""An upper bound for a busy machine: it detects what hangs, and is no performance target."""
INTERNAL = {spec.name for spec in EVENTS if spec.internal}


class Client(Protocol):
    """Sends events and receives every published event."""

    async def send(self, body: bytes, key: str, message_id: str | None = None) -> None:
        """Publish bytes under a routing key."""
        ...

    def events(self) -> list[Event]:
        """Return every event received so far, in order."""
        ...


def event(name: str, data: dict[str, Any], event_id: str | None = None, **attributes: str) -> Event:
    """Return a CloudEvent of a producer outside."""
    return {
        "specversion": "1.0",
        "id": event_id or str(uuid.uuid4()),
        "source": "/elan/test",
        "type": f"fr.caf.clas.{name}.v1",
        "time": "2026-01-01T00:00:00Z",
        "datacontenttype": "application/json",
        **attributes,
        "data": data,
    }


def name_of(event: Event) -> str:
    """Return `DossierReceived` of an event."""
    return str(event["type"]).removeprefix("fr.caf.clas.").removesuffix(".v1")


def key_of(sent: Event) -> str:
    """Return the routing key that an event travels under."""
    return f"{name_of(sent)}.v1.{sent['data'].get('caf', 'national')}"


async def send(client: Client, sent: Event) -> Event:
    """Send one event as its producer would."""
    await client.send(json.dumps(sent).encode(), key_of(sent), sent["id"])
    return sent


async def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until a condition holds, or fail with its description."""
    deadline = asyncio.get_running_loop().time() + LONGEST_S
    while not holds():
        if asyncio.get_running_loop().time() > deadline:
            msg = f"not within {LONGEST_S} s: {what}"
            raise AssertionError(msg)
        await asyncio.sleep(0.01)


def once(bodies: Iterable[bytes]) -> list[Event]:
    """Return events without repetition: after a late confirm a service publishes twice."""
    return [json.loads(body) for body in dict.fromkeys(bodies)]


class MemoryClient:
    """A partner on the in-process bus."""

    def __init__(self, system: MemorySystem) -> None:
        self._broker = system.broker

    async def send(self, body: bytes, key: str, message_id: str | None = None) -> None:
        """Publish bytes under a routing key."""
        self._broker.publish(OutgoingMessage(id=message_id or "", routing_key=key, body=body))

    def events(self) -> list[Event]:
        """Return every event that the exchange saw."""
        return once(each.body for each in self._broker.log)


class RabbitClient:
    """A partner that uses aio-pika and JSON only."""

    def __init__(self, channel: aio_pika.abc.AbstractRobustChannel, exchange: Any) -> None:
        self.channel, self._exchange = channel, exchange
        self._events: dict[bytes, Event] = {}

    async def send(self, body: bytes, key: str, message_id: str | None = None) -> None:
        """Publish bytes under a routing key, with a confirm."""
        message = aio_pika.Message(body, message_id=message_id, delivery_mode=2)
        await self._exchange.publish(message, key, mandatory=True)

    async def send_to_queue(
        self,
        queue: str,
        body: bytes,
        message_id: str | None = None,
        headers: dict[str, Any] | None = None,
    ) -> None:
        """Publish bytes straight to a queue, under no event's name."""
        message = aio_pika.Message(body, message_id=message_id, headers=headers)
        await self.channel.default_exchange.publish(message, queue)

    def events(self) -> list[Event]:
        """Return every event published since this partner connected, without repetition."""
        return list(self._events.values())

    async def listen(self) -> None:
        """Bind an exclusive queue to every known event."""
        queue = await self.channel.declare_queue(exclusive=True)
        for name in BY_NAME:
            await queue.bind(self._exchange, f"{name}.v1.*")
        await queue.consume(self._on_message, no_ack=True)

    async def _on_message(self, message: aio_pika.abc.AbstractIncomingMessage) -> None:
        try:
            self._events.setdefault(message.body, json.loads(message.body))
        except ValueError:
            return  # Not JSON: the services reject it.


@asynccontextmanager
async def rabbit_client(url: str) -> AsyncIterator[RabbitClient]:
    """Connect to the exchange of a broker as a partner."""
    connection = await aio_pika.connect_robust(url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await declare_or_verify(connection, Settings(amqp_url=url))  # No service may have yet.
        exchange = await channel.get_exchange("clas.events")
        client = RabbitClient(channel, exchange)
        await client.listen()
        yield client
