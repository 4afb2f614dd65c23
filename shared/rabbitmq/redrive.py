"""Publishing a message again to one service alone, through the exchange of redrives."""

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelNotFoundEntity, DeliveryError

from shared.contracts.envelope import CONTENT_TYPE
from shared.kernel.messages import IncomingMessage, amqp_id
from shared.kernel.outbox import queue_of
from shared.rabbitmq.errors import TopologyError
from shared.rabbitmq.topology import REDRIVE


async def publish_redrive(
    channel: AbstractChannel, service: str, redriven: IncomingMessage
) -> None:
    """Publish to a service's queue; its headers name the routing key and the number of redrives.

    Only what comes through this exchange counts as redriven. The channel has confirms, and raises
    for what is returned.

    Raises:
        TopologyError: when the exchange or its binding does not exist.
    """
    message = Message(
        redriven.body,
        message_id=amqp_id(redriven.message_id),
        content_type=CONTENT_TYPE,
        delivery_mode=DeliveryMode.PERSISTENT,
        headers=dict(redriven.headers),
    )
    exchange = await channel.get_exchange(REDRIVE, ensure=False)
    try:
        await exchange.publish(message, queue_of(service), mandatory=True)
    except (DeliveryError, ChannelNotFoundEntity) as fault:
        msg = f"{REDRIVE} does not reach {queue_of(service)}; run `clas topology`"
        raise TopologyError(msg) from fault
