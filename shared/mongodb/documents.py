"""Records and states as documents."""

import zlib
from typing import Any

from bson import Binary

from shared.kernel.ports import Found, InboxKey, Outgoing, Receipt, Record

PACKED_FROM = 16 * 1024
"""Bytes from which a receipt is compressed."""


def inbox_id(key: InboxKey) -> dict[str, Any]:
    """Return the `_id` of a record; the order of its fields matters to the server."""
    return {"s": key.source, "i": key.id, "n": key.replay}


def inbox_key(document: dict[str, Any]) -> InboxKey:
    """Return the key of an `_id`."""
    return InboxKey(document["s"], document["i"], document["n"])


def of_record(record: Record) -> dict[str, Any]:
    """Return a record as a document; `pending` stands only on what is still to be sent."""
    document = {
        "_id": inbox_id(record.key),
        "sha256": record.sha256,
        "size": record.size,
        "body": record.body and Binary(record.body),
        "routing_key": record.routing_key,
        "at": record.at,
        "outcome": record.outcome,
        "type": record.type,
        "caf": record.caf,
        "subjects": list(record.subjects),
        "outputs": [_of_output(output) for output in record.outputs],
        "note": record.note,
        "receipt": record.receipt and _of_receipt(record.receipt),
    }
    return document | {"pending": True, "due": record.at} if record.outputs else document


def to_record(document: dict[str, Any]) -> Record:
    """Return the record of a document."""
    body = document["body"]
    return Record(
        key=inbox_key(document["_id"]),
        sha256=document["sha256"],
        size=document["size"],
        body=body,
        routing_key=document["routing_key"],
        at=document["at"],
        outcome=document["outcome"],
        type=document["type"],
        caf=document["caf"],
        subjects=tuple(document["subjects"]),
        outputs=tuple(_to_output(output, body) for output in document["outputs"]),
        note=document["note"],
        receipt=document["receipt"] and _to_receipt(document["receipt"]),
    )


def of_state(state_id: str, version: int, document: dict[str, Any]) -> dict[str, Any]:
    """Return a state's document with its id and version."""
    return {"_id": state_id, "_v": version, **document}


def to_found(document: dict[str, Any]) -> Found:
    """Split a state's document into id, version and content."""
    state_id, version = document.pop("_id"), document.pop("_v")
    return Found(state_id, version, document)


def _of_receipt(receipt: Receipt) -> dict[str, Any]:
    """Keep the very bytes: a nested document would be another content, and slower.

    A large one is a list that a decision saw, and lists compress well; a small one would only
    take time.
    """
    packed = len(receipt.content) >= PACKED_FROM
    content = zlib.compress(receipt.content, level=1) if packed else receipt.content
    return {"content": Binary(content), "packed": packed, "hash": receipt.hash}


def _to_receipt(document: dict[str, Any]) -> Receipt:
    content = document["content"]
    whole = zlib.decompress(content) if document["packed"] else content
    return Receipt(content=whole, hash=document["hash"])


def _of_output(output: Outgoing) -> dict[str, Any]:
    """A dead letter's body is the record's own: it is not stored twice."""
    return {
        "id": output.id,
        "key": output.routing_key,
        "queue": output.queue,
        "subject": output.subject,
        "headers": dict(output.headers),
        "body": None if output.queue else Binary(output.body),
    }


def _to_output(output: dict[str, Any], body: bytes) -> Outgoing:
    return Outgoing(
        id=output["id"],
        routing_key=output["key"],
        queue=output["queue"],
        subject=output["subject"],
        headers=output["headers"],
        body=output["body"] if output["body"] is not None else body,
    )
