"""Decodes AMQP properties that the client library cannot: one odd property kills no connection.

A producer may send a short string that is not UTF-8, a timestamp in microseconds, or a table with
odd keys or values. The library would close the connection, the broker would deliver the message
again, and so on until the delivery limit. Here the message arrives, and is judged by its body.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from pamqp import decode
from pamqp.common import FieldArray, FieldTable, FieldValue

DEPTH_MAX = 16
"""Tables and arrays nested deeper are dropped: decoding them would exceed the call stack."""
SIZED = {b"S", b"x", b"F", b"A"}
VALUE_BYTES_MAX = 8
"""The longest value that has no length of its own."""


def install() -> None:
    """Replace the decoders of the client library, for every connection of this process."""
    decode.METHODS.update(shortstr=short_string, timestamp=timestamp, table=table)
    decode.TABLE_MAPPING.update({b"T": timestamp, b"F": table, b"A": array})


def short_string(value: bytes) -> tuple[int, str]:
    """Decode a short string; bytes that are not UTF-8 become U+FFFD."""
    end = int.from_bytes(value[:1]) + 1
    return end, value[1:end].decode("utf-8", "replace")


def timestamp(value: bytes) -> tuple[int, datetime | None]:
    """Decode a timestamp; None for one that is no date."""
    try:
        return decode.timestamp(value)
    except (ValueError, OverflowError, OSError):
        return VALUE_BYTES_MAX, None


def table(value: bytes, depth: int = 0) -> tuple[int, FieldTable]:
    """Decode a table, without its entries from the first on that cannot be read."""
    end, offset = _end(value, 0), 4
    entries: FieldTable = {}
    while offset < end and depth < DEPTH_MAX:
        used, key = short_string(value[offset : offset + 256])
        item = _item(value, offset + used, depth)
        if item is None:
            break
        offset, entries[key] = item
    return end, entries


def array(value: bytes, depth: int = 0) -> tuple[int, FieldArray]:
    """Decode an array, without its items from the first on that cannot be read."""
    end, offset = _end(value, 0), 4
    items: FieldArray = []
    while offset < end and depth < DEPTH_MAX:
        item = _item(value, offset, depth)
        if item is None:
            break
        offset, content = item
        items.append(content)
    return end, items


def _item(value: bytes, offset: int, depth: int) -> tuple[int, FieldValue] | None:
    """Decode the typed value at an offset; return the offset behind it, None when unreadable."""
    kind, start = value[offset : offset + 1], offset + 1
    decoder: Callable[[bytes], tuple[int, FieldValue]] | None = decode.TABLE_MAPPING.get(kind)
    if decoder is None:
        return None
    content = value[start : _end(value, start) if kind in SIZED else start + VALUE_BYTES_MAX]
    if kind == b"F":
        decoder = partial(table, depth=depth + 1)
    elif kind == b"A":
        decoder = partial(array, depth=depth + 1)
    try:
        used, item = decoder(content)
    except (ValueError, ArithmeticError):
        return None
    return start + used, item


def _end(value: bytes, start: int) -> int:
    """Return the end of what begins with its length in four bytes."""
    return start + 4 + int.from_bytes(value[start : start + 4])
