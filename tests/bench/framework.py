"""The same job as plain FastStream handlers: a transaction for each message, IN_FLIGHT at a time.

Decode, drop what was handled, decide through the service's own handlers, store, publish with
confirms, mark, acknowledge. It writes no receipt and takes no read lock, which a service does.
"""

import asyncio
import random
import sys
from datetime import UTC, datetime
from importlib import import_module

import uvloop
from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, RabbitBroker, RabbitExchange, RabbitQueue
from faststream.rabbit.message import RabbitMessage
from faststream.rabbit.schemas import QueueType

from shared.contracts.envelope import CONTENT_TYPE
from shared.kernel.inbound import parse
from shared.kernel.messages import (
    InboundMessage,
    IncomingMessage,
    MessageRecord,
    OutgoingMessage,
    outbox_batch,
)
from shared.kernel.outbox import queue_of
from shared.kernel.ports import ConflictError
from shared.kernel.position import next_position
from shared.kernel.service import Service
from shared.kernel.session import Session
from shared.kernel.settings import Settings
from shared.kernel.unit_of_work import message_of, run_decision
from shared.mongodb.store import MongoStore, connect
from shared.rabbitmq.topology import EXCHANGE

IN_FLIGHT = 100


class Handlers:
    """The handlers of one service around its decisions."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service, self._settings = service, settings
        self._publisher = RabbitBroker(
            settings.amqp_url, default_channel=Channel(on_return_raises=True), logger=None
        )
        database = connect(settings.mongo_url)[f"{settings.database_prefix}{service.name}"]
        self._store = MongoStore(database)
        self._exchange = RabbitExchange(EXCHANGE, declare=False)
        self._position = 0

    async def start(self) -> None:
        """Create the collections and connect."""
        await self._store.prepare(self._service.states)
        await self._publisher.start()

    async def handle(self, message: RabbitMessage) -> None:
        """Handle one message, again after each conflict."""
        raw = message.raw_message
        delivery = IncomingMessage(message.body, raw.routing_key or "", message.message_id)
        inbound = parse(delivery, self._service.name, self._settings.body_bytes_max)
        while True:
            try:
                record = await self._commit(inbound)
                break
            except ConflictError:
                await asyncio.sleep(random.uniform(0.002, 0.02))
        if record and (batch := outbox_batch([record])):
            await asyncio.gather(*map(self._publish, record.outputs))
            await self._store.mark_published([batch])
        await message.ack()

    async def _commit(self, inbound: InboundMessage) -> MessageRecord | None:
        event = inbound.event
        assert event is not None
        async with self._store.transaction() as transaction:
            if await transaction.already_handled([inbound.key]):
                return None
            handler = self._service.by_event[type(event.data)]
            inputs = await Session(transaction).inputs(handler, message_of(event))
            now = datetime.now(UTC).replace(microsecond=0)
            parameters = self._service.parameters
            result = run_decision(
                self._service, now, event, inputs, parameters=parameters, reads={}
            )
            record = self._record(inbound, now, result.outputs)
            await transaction.write(result.written, [record], self._service.name)
        return record

    def _record(
        self, inbound: InboundMessage, now: datetime, outputs: tuple[OutgoingMessage, ...]
    ) -> MessageRecord:
        delivery, self._position = inbound.delivery, next_position(self._position, now)
        return MessageRecord(
            key=inbound.key,
            sha256=inbound.sha256,
            size=len(delivery.body),
            body=delivery.body,
            routing_key=delivery.routing_key,
            handled_at=now,
            position=self._position,
            outcome="decided",
            outputs=outputs,
        )

    async def _publish(self, outgoing: OutgoingMessage) -> None:
        await self._publisher.publish(
            outgoing.body,
            exchange=self._exchange,
            routing_key=outgoing.routing_key,
            message_id=outgoing.id,
            content_type=CONTENT_TYPE,
            persist=True,
        )


async def main(name: str) -> None:
    """Handle a service's queue until a signal."""
    settings = Settings()
    service: Service = import_module(f"services.{name}.service").SERVICE
    handlers = Handlers(service, settings)
    broker = RabbitBroker(
        settings.amqp_url,
        default_channel=Channel(prefetch_count=IN_FLIGHT),
        decoder=_undecoded,
        apply_types=False,
        logger=None,
    )
    queue = RabbitQueue(queue_of(name), QueueType.QUORUM, durable=True, declare=False)
    broker.subscriber(queue, ack_policy=AckPolicy.MANUAL)(handlers.handle)
    await handlers.start()
    await FastStream(broker, logger=None).run()


async def _undecoded(message: RabbitMessage) -> RabbitMessage:
    return message


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
