"""Records and states as documents."""

import zlib
from typing import Any

from bson import Binary

from shared.kernel.ports import InboxKey, MessageRecord, OutgoingMessage, Receipt, StoredDocument

PACKED_FROM = 16 * 1024
"""Bytes from which a receipt is compressed."""


def inbox_id(key: InboxKey) -> dict[str, Any]:
    """Return the `_id` of a record; the order of its fields matters to the server."""
    return {"s": key.source, "i": key.id, "n": key.replay}


def inbox_key(document: dict[str, Any]) -> InboxKey:
    """Return the key of an `_id`."""
    return InboxKey(document["s"], document["i"], document["n"])


def record_to_document(record: MessageRecord) -> dict[str, Any]:
    """Return a record as a document; `pending` stands only on what is still to be sent."""
    document = {
        "_id": inbox_id(record.key),
        "sha256": record.sha256,
        "size": record.size,
        "body": record.body and Binary(record.body),
        "routing_key": record.routing_key,
        "at": record.handled_at,
        "outcome": record.outcome,
        "type": record.type,
        "caf": record.caf,
        "subjects": list(record.dossier_ids),
        "outputs": [_output_to_document(output) for output in record.outputs],
        "note": record.reason,
        "receipt": record.receipt and _receipt_to_document(record.receipt),
    }
    return document | {"pending": True, "due": record.handled_at} if record.outputs else document


def document_to_record(document: dict[str, Any]) -> MessageRecord:
    """Return the record of a document."""
    body = document["body"]
    return MessageRecord(
        key=inbox_key(document["_id"]),
        sha256=document["sha256"],
        size=document["size"],
        body=body,
        routing_key=document["routing_key"],
        handled_at=document["at"],
        outcome=document["outcome"],
        type=document["type"],
        caf=document["caf"],
        dossier_ids=tuple(document["subjects"]),
        outputs=tuple(_document_to_output(output, body) for output in document["outputs"]),
        reason=document["note"],
        receipt=document["receipt"] and _document_to_receipt(document["receipt"]),
    )


def state_to_document(state_id: str, version: int, document: dict[str, Any]) -> dict[str, Any]:
    """Return a state's document with its id and version."""
    return {"_id": state_id, "_v": version, **document}


def document_to_stored(document: dict[str, Any]) -> StoredDocument:
    """Split a state's document into id, version and content."""
    state_id, version = document.pop("_id"), document.pop("_v")
    return StoredDocument(state_id, version, document)


def _receipt_to_document(receipt: Receipt) -> dict[str, Any]:
    """Keep the very bytes: a nested document would be another content, and slower.

    A large one is a list that a decision saw, and lists compress well; a small one would only
    take time.
    """
    packed = len(receipt.content) >= PACKED_FROM
    content = zlib.compress(receipt.content, level=1) if packed else receipt.content
    return {"content": Binary(content), "packed": packed, "hash": receipt.hash}


def _document_to_receipt(document: dict[str, Any]) -> Receipt:
    content = document["content"]
    whole = zlib.decompress(content) if document["packed"] else content
    return Receipt(content=whole, hash=document["hash"])


def _output_to_document(output: OutgoingMessage) -> dict[str, Any]:
    """A dead letter's body is the record's own: it is not stored twice."""
    return {
        "id": output.id,
        "key": output.routing_key,
        "queue": output.queue,
        "subject": output.subject,
        "headers": dict(output.headers),
        "body": None if output.queue else Binary(output.body),
    }


def _document_to_output(output: dict[str, Any], body: bytes) -> OutgoingMessage:
    return OutgoingMessage(
        id=output["id"],
        routing_key=output["key"],
        queue=output["queue"],
        subject=output["subject"],
        headers=output["headers"],
        body=output["body"] if output["body"] is not None else body,
    )
