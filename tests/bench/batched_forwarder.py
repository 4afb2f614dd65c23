"""The limit now: a forwarder on the service's own bus, without any database.

It receives, publishes and acknowledges batch by batch through the very adapter that services use.
"""

import sys

import uvloop

from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.ports import Published
from shared.kernel.settings import Settings
from shared.rabbitmq.bus import RabbitBus


async def main(service: str, publishes: str) -> None:
    """Forward a service's queue until killed."""
    settings = Settings()
    bus = RabbitBus(service, settings)
    await bus.start()
    await bus.consume(one_at_a_time=False)
    while True:
        batch = await bus.receive(
            most=settings.batch_max, bytes_most=settings.batch_bytes_max, linger=settings.linger
        )
        results = await bus.publish([_copy(message, publishes) for message in batch])
        assert set(results) <= {Published.CONFIRMED}
        await bus.ack(batch)


def _copy(message: IncomingMessage, publishes: str) -> OutgoingMessage:
    return OutgoingMessage(message.message_id or "", f"{publishes}.v1.761", message.body)


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
