"""Properties that the client library cannot decode arrive replaced, and kill nothing."""

import struct
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import decode
from pamqp.commands import Basic
from pamqp.frame import marshal, unmarshal
from pamqp.header import ContentHeader

from shared.rabbitmq.connections import url_with_heartbeat
from shared.rabbitmq.tolerant_decoding import DEPTH_MAX, array, short_string, table, timestamp

MICROSECONDS = 1_764_000_000_000_000


def sized(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def entry(key: bytes, value: bytes) -> bytes:
    return bytes([len(key)]) + key + value


def test_who_connects_has_the_library_use_these_decoders() -> None:
    assert url_with_heartbeat.__module__ in sys.modules
    methods: dict[str, Any] = decode.METHODS
    assert (methods["shortstr"], methods["timestamp"], methods["table"]) == (
        short_string,
        timestamp,
        table,
    )
    kinds: dict[bytes, Any] = decode.TABLE_MAPPING
    assert (kinds[b"T"], kinds[b"F"], kinds[b"A"]) == (timestamp, table, array)


def test_a_header_frame_with_odd_properties_is_decoded() -> None:
    properties = Basic.Properties(app_id="Xid", message_id="m", headers={"key": 1})
    properties.timestamp = datetime(2026, 1, 1, tzinfo=UTC)
    frame = marshal(ContentHeader(properties=properties, body_size=3), 1)
    seconds = struct.pack(">Q", int(properties.timestamp.timestamp()))
    odd = frame.replace(b"\x03Xid", b"\x03\xe9\xe8\xff").replace(b"\x03key", b"\x03k\xe9y")
    odd = odd.replace(seconds, struct.pack(">Q", MICROSECONDS))

    _, _, header = unmarshal(odd)
    assert isinstance(header, ContentHeader)
    assert header.properties.app_id == "\ufffd\ufffd\ufffd"
    assert header.properties.timestamp is None
    assert header.properties.headers == {"k\ufffdy": 1}
    assert (header.properties.message_id, header.body_size) == ("m", 3)


def test_a_routing_key_that_is_not_utf_8_is_decoded() -> None:
    deliver = Basic.Deliver("tag", 1, exchange="clas.events", routing_key="Key.v1.761")
    _, _, frame = unmarshal(marshal(deliver, 1).replace(b"Key.v1.761", b"K\xe9y.v1.761"))
    assert isinstance(frame, Basic.Deliver)
    assert frame.routing_key == "K\ufffdy.v1.761"


def test_ordinary_tables_are_decoded_as_before() -> None:
    nested = entry(b"a", b"F" + sized(entry(b"b", b"t\x01")))
    listed = entry(b"c", b"A" + sized(b"I\x00\x00\x00\x07" + b"S" + sized("é".encode())))
    raw = sized(nested + listed + entry(b"d", b"V") + entry(b"e", b"b\xff"))
    expected = {"a": {"b": True}, "c": [7, "é"], "d": None, "e": -1}
    assert table(raw) == (len(raw), expected) == decode.field_table(raw)


def test_a_table_keeps_its_entries_before_one_that_cannot_be_read() -> None:
    raw = sized(entry(b"a", b"t\x01") + entry(b"b", b"?abc") + entry(b"c", b"t\x01"))
    assert table(raw + b"rest") == (len(raw), {"a": True})
    raw = sized(b"t\x01" + b"?")
    assert array(raw + b"rest") == (len(raw), [True])


@pytest.mark.parametrize("kind", [b"F", b"A"])
def test_what_is_nested_too_deep_is_dropped(kind: bytes) -> None:
    content = b""
    for _ in range(DEPTH_MAX * 100):
        item = kind + sized(content)
        content = entry(b"k", item) if kind == b"F" else item
    used, _ = table(sized(content)) if kind == b"F" else array(sized(content))
    assert used == len(content) + 4


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_and_never_a_fault(content: bytes) -> None:
    used, _ = table(sized(content) + b"rest")
    assert used == len(content) + 4


@given(st.integers(0, 2**64 - 1))
def test_any_timestamp_is_a_date_or_none(value: int) -> None:
    used, date = timestamp(struct.pack(">Q", value))
    assert used == 8
    assert date is None or date.tzinfo is UTC


@given(st.binary(max_size=255))
def test_any_bytes_are_a_short_string(content: bytes) -> None:
    used, text = short_string(bytes([len(content)]) + content + b"rest")
    assert used == len(content) + 1
    assert text == content.decode("utf-8", "replace")
