"""What the adapter uses of the client library beyond its documented interface.

An upgrade of aiormq, aio-pika or pamqp that changes one of these shows here first.
"""

import inspect

import aio_pika
from aiormq.abc import ChannelFrame
from aiormq.base import Base
from aiormq.channel import Channel
from aiormq.connection import Connection

from shared.kernel.settings import Settings
from shared.rabbitmq.connections import url_with_heartbeat


def parameters(function: object) -> list[str]:
    assert callable(function)
    return list(inspect.signature(function).parameters)


def test_a_channel_passes_deliveries_confirms_and_returned_messages_to_these_methods() -> None:
    assert inspect.iscoroutinefunction(Channel._on_confirm_frame)
    assert inspect.iscoroutinefunction(Channel._on_return_frame)
    reader = inspect.getsource(Channel._reader)
    assert "await self._on_confirm_frame(frame)" in reader
    assert "await self._on_return_frame(frame)" in reader
    assert "await self._on_deliver_frame(frame)" in reader
    assert parameters(Channel._get_frame) == ["self"]


def test_bytes_are_written_as_they_are_and_in_order() -> None:
    assert parameters(ChannelFrame) == ["payload", "should_close", "drain_future"]
    writer = inspect.getsource(Connection._Connection__writer)  # type: ignore[attr-defined]
    assert "writer.write(channel_frame.payload)" in writer


def test_silence_ends_a_connection_after_two_heartbeats() -> None:
    assert Connection.HEARTBEAT_GRACE_MULTIPLIER == 2
    source = inspect.getsource(Connection.__init__)
    assert "(self.heartbeat_timeout + 1) * self.HEARTBEAT_GRACE_MULTIPLIER" in source


def test_ready_waits_while_the_broker_blocks_publishers() -> None:
    assert "__connection_unblocked.wait()" in inspect.getsource(Connection.ready)
    assert "ready" in vars(aio_pika.abc.UnderlayConnection)


def test_a_closed_connection_closes_its_channels() -> None:
    assert "_future_store_child" in inspect.getsource(Base)
    assert issubclass(Channel, Base)


def test_the_heartbeat_is_that_of_the_settings_unless_the_address_names_one() -> None:
    plain = Settings(amqp_url="amqp://u:p%40ss@host/office%2Fone?name=x", amqp_heartbeat_s=7)
    assert url_with_heartbeat(plain) == "amqp://u:p%40ss@host/office%2Fone?name=x&heartbeat=7"
    named = Settings(amqp_url="amqp://host/?heartbeat=30")
    assert url_with_heartbeat(named) == "amqp://host/?heartbeat=30"
