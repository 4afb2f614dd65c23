"""The frames written by hand are those of the client library."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.frame import marshal
from pamqp.header import ContentHeader

from shared.kernel.messages import OutgoingMessage
from shared.rabbitmq.publication_frames import publication

SHORT = st.text(min_size=1, max_size=60)
FRAME_BYTES = 4096


def frames_of_the_library(message: OutgoingMessage) -> bytes:
    exchange, key = ("clas.events", message.routing_key)
    if message.queue is not None:
        exchange, key = "clas.dead", message.queue
    properties = Basic.Properties(
        message_id=message.id,
        content_type="application/cloudevents+json",
        delivery_mode=2,
        headers=dict(message.headers) or None,
    )
    part = FRAME_BYTES - 8
    frames: list[Any] = [
        Basic.Publish(exchange=exchange, routing_key=key, mandatory=True),
        ContentHeader(properties=properties, body_size=len(message.body)),
        *(ContentBody(message.body[at : at + part]) for at in range(0, len(message.body), part)),
    ]
    return b"".join(marshal(frame, 7) for frame in frames)


@given(
    st.builds(
        OutgoingMessage,
        id=SHORT,
        routing_key=SHORT,
        body=st.binary(max_size=50) | st.integers(4_000, 9_000).map(bytes),
        headers=st.dictionaries(SHORT, SHORT | st.integers(-(2**40), 2**40), max_size=3),
        queue=st.none() | st.just("clas.funding.dead-letters"),
    )
)
def test_they_are_those_of_the_library(message: OutgoingMessage) -> None:
    assert publication(7, message, FRAME_BYTES) == frames_of_the_library(message)


@pytest.mark.parametrize(
    "message",
    [
        OutgoingMessage("é" * 128, "key", b""),
        OutgoingMessage("id", "k" * 256, b""),
        OutgoingMessage("id", "key", b"", {"header": "x" * FRAME_BYTES}),
    ],
    ids=["id", "key", "headers"],
)
def test_what_amqp_cannot_carry_is_refused(message: OutgoingMessage) -> None:
    with pytest.raises(ValueError, match="over the"):
        publication(7, message, FRAME_BYTES)


def test_without_a_bound_on_frames_a_body_is_one_frame() -> None:
    whole = publication(7, OutgoingMessage("id", "key", bytes(500_000)), 0)
    assert whole.count(b"\x03\x00\x07" + (500_000).to_bytes(4)) == 1
