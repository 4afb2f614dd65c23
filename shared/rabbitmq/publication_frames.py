"""The bytes that publish one message: method, header and body frames of AMQP 0-9-1.

Written by hand: the client library's frame objects cost ten times as much for each message.
"""

from struct import Struct

from pamqp.constants import FRAME_BODY, FRAME_END_CHAR, FRAME_HEADER, FRAME_METHOD
from pamqp.encode import field_table

from shared.contracts.envelope import CONTENT_TYPE
from shared.kernel.messages import OutgoingMessage
from shared.rabbitmq.topology import DEAD, EXCHANGE

BASIC, PUBLISH = 60, 40
MANDATORY = b"\x01"
PERSISTENT = b"\x02"
HAS_CONTENT_TYPE, HAS_HEADERS, HAS_DELIVERY_MODE, HAS_ID = 1 << 15, 1 << 13, 1 << 12, 1 << 7
FRAME_OVERHEAD = 8
SHORT_STRING_BYTES_MAX = 255
_FRAME = Struct(">BHI")
_METHOD = Struct(">HHH")
_HEADER = Struct(">HHQH")


def target_of(message: OutgoingMessage) -> tuple[str, str]:
    """Return the exchange and the routing key that a message is published to."""
    if message.queue is None:
        return EXCHANGE, message.routing_key
    return DEAD, message.queue


def publication(channel: int, message: OutgoingMessage, frame_bytes_max: int) -> bytes:
    """Return the frames that publish a message, persistent and mandatory.

    Raises:
        ValueError, TypeError: when AMQP cannot carry its id, its key or its headers.
    """
    method = _METHOD.pack(BASIC, PUBLISH, 0) + b"".join(map(_short, target_of(message)))
    return b"".join(
        (
            _frame(FRAME_METHOD, channel, method + MANDATORY),
            _frame(FRAME_HEADER, channel, _content_header(message, frame_bytes_max)),
            *(_frame(FRAME_BODY, channel, part) for part in _parts(message.body, frame_bytes_max)),
        )
    )


def _content_header(message: OutgoingMessage, frame_bytes_max: int) -> bytes:
    flags = HAS_CONTENT_TYPE | HAS_DELIVERY_MODE | HAS_ID
    headers = b""
    if message.headers:
        flags |= HAS_HEADERS
        headers = field_table(dict(message.headers))
    fixed = _HEADER.pack(BASIC, 0, len(message.body), flags)
    header = b"".join((fixed, _short(CONTENT_TYPE), headers, PERSISTENT, _short(message.id)))
    if 0 < frame_bytes_max < len(header) + FRAME_OVERHEAD:
        msg = f"headers of {len(headers)} bytes, over the {frame_bytes_max} of a frame"
        raise ValueError(msg)
    return header


def _parts(body: bytes, frame_bytes_max: int) -> list[bytes]:
    """Cut a body into what fits into a frame; a bound of 0 is none."""
    part = frame_bytes_max - FRAME_OVERHEAD if frame_bytes_max else max(1, len(body))
    return [body[start : start + part] for start in range(0, len(body), part)]


def _frame(kind: int, channel: int, payload: bytes) -> bytes:
    return _FRAME.pack(kind, channel, len(payload)) + payload + FRAME_END_CHAR


def _short(text: str) -> bytes:
    encoded = text.encode()
    if len(encoded) > SHORT_STRING_BYTES_MAX:
        msg = f"{len(encoded)} bytes, over the {SHORT_STRING_BYTES_MAX} of AMQP: {text[:50]!r}..."
        raise ValueError(msg)
    return len(encoded).to_bytes() + encoded
