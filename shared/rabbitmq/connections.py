"""Connections that notice a silent network, and that no odd property kills."""

from aio_pika.abc import AbstractConnection
from aio_pika.connection import make_url
from aiormq.connection import Connection

from shared.kernel.settings import Settings
from shared.rabbitmq import tolerant_decoding

CONNECT_S_MAX = 5.0
MISSED_HEARTBEATS_MAX = 2
"""Without a frame for so many intervals a connection is lost; the broker does the same."""

Connection.HEARTBEAT_GRACE_MULTIPLIER = MISSED_HEARTBEATS_MAX
tolerant_decoding.install()


def url_with_heartbeat(settings: Settings) -> str:
    """Return the broker's address with the heartbeat of the settings, unless it names one."""
    url = make_url(settings.amqp_url)
    if "heartbeat" not in url.query:
        url = url.update_query(heartbeat=settings.amqp_heartbeat_s)
    return str(url)


def is_open(connection: AbstractConnection) -> bool:
    """Return whether a connection is there at this moment."""
    return connection.transport is not None and not connection.transport.connection.is_closed
