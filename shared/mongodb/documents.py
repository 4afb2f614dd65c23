"""Records and states as documents, in the form of this release (`shared.kernel.ports.FORM`).

What may be about a person stands apart from the rest: in `personal` of a record, of its outputs and
of its receipt, in `_personal` of a state. Hashes are over stored bytes. So a later release can
encrypt or drop personal values, and nothing else moves.
"""

import zlib
from hashlib import sha256
from typing import Any, TypeVar

from bson import Binary, Int64

from shared.kernel.decision import State, StoredState
from shared.kernel.messages import FORM, InboxKey, MessageRecord, OutgoingMessage, Receipt
from shared.kernel.personal import join, personal_fields, split

Document = dict[str, Any]
S = TypeVar("S", bound=State)
PACKED_FROM = 16 * 1024
"""Bytes from which a receipt is compressed."""


def inbox_id(key: InboxKey) -> Document:
    """Return the `_id` of a record; the order of its fields matters to the server."""
    return {"p": key.principal, "s": key.source, "i": key.id, "n": key.replay}


def inbox_key(document: Document) -> InboxKey:
    """Return the key of an `_id`."""
    return InboxKey(document["p"], document["s"], document["i"], document["n"])


def record_to_document(record: MessageRecord) -> Document:
    """Return a record as a document."""
    return {
        "_id": inbox_id(record.key),
        "_form": FORM,
        "sha256": record.sha256,
        "size": record.size,
        "routing_key": record.routing_key,
        "handled_at": record.handled_at,
        "position": Int64(record.position),
        "outcome": record.outcome,
        "type": record.type,
        "caf": record.caf,
        "dossier_ids": list(record.dossier_ids),
        "outputs": [_output_to_document(output) for output in record.outputs],
        "reason": record.reason,
        "receipt": record.receipt and _receipt_to_document(record.receipt),
        "personal": {"body": record.body and Binary(record.body)},
    }


def document_to_record(document: Document) -> MessageRecord:
    """Return the record of a document.

    Raises:
        ValueError: the document has another form.
    """
    check_form(document)
    body = document["personal"]["body"]
    return MessageRecord(
        key=inbox_key(document["_id"]),
        sha256=document["sha256"],
        size=document["size"],
        body=body,
        routing_key=document["routing_key"],
        handled_at=document["handled_at"],
        position=document["position"],
        outcome=document["outcome"],
        type=document["type"],
        caf=document["caf"],
        dossier_ids=tuple(document["dossier_ids"]),
        outputs=tuple(_document_to_output(output, body) for output in document["outputs"]),
        reason=document["reason"],
        receipt=document["receipt"] and _document_to_receipt(document["receipt"]),
    )


def check_form(document: Document) -> None:
    """Pass when a document has the form of this release.

    Raises:
        ValueError: the document has another form.
    """
    if document["_form"] != FORM:
        msg = f"form {document['_form']}, not {FORM}"
        raise ValueError(msg)


def altered_parts(document: Document) -> tuple[str, ...]:
    """Name the parts of a record whose stored bytes do not have their stored hash.

    The hash of the body, which is the record's own, is not looked at here.
    """
    outputs, receipt = document["outputs"], document["receipt"]
    altered = [each["id"] for each in outputs if each["sha256"] != _output_hash(each, document)]
    if receipt and receipt["sha256"] != _hash(receipt["personal"]["content"]):
        altered.append("receipt")
    return tuple(altered)


def state_to_document(stored: StoredState[Any]) -> Document:
    """Return a state's document: its content with id, version, form, personal values apart."""
    model: type[State] = stored.model
    fields = personal_fields(model)
    rest, personal = split(stored.document, fields)
    document = {"_id": stored.key, "_v": stored.version, "_form": FORM, **rest}
    return document | {"_personal": personal} if fields else document


def document_to_state(model: type[S], document: Document) -> StoredState[S]:
    """Return the state of a document, which is changed.

    Raises:
        ValueError: the document has another form.
    """
    check_form(document)
    key, version = document.pop("_id"), document.pop("_v")
    del document["_form"]
    personal = document.pop("_personal", None)
    content = join(document, personal) if personal else document
    return StoredState(model, key, version, content, version)


def _receipt_to_document(receipt: Receipt) -> Document:
    """Keep the very bytes: a nested document would be another content, and slower.

    A large one is a list that a decision read, and lists compress well; compressing a small one
    would only take time. `hash` is that of the whole content, `sha256` that of the stored bytes.
    """
    packed = len(receipt.content) >= PACKED_FROM
    content = zlib.compress(receipt.content, level=1) if packed else receipt.content
    return {
        "packed": packed,
        "hash": receipt.hash,
        "sha256": _hash(content) if packed else receipt.hash,
        "personal": {"content": Binary(content)},
    }


def _document_to_receipt(document: Document) -> Receipt:
    content = document["personal"]["content"]
    whole = zlib.decompress(content) if document["packed"] else content
    return Receipt(content=whole, hash=document["hash"])


def _output_to_document(output: OutgoingMessage) -> Document:
    """A dead letter's body is the record's own: it is not stored twice."""
    body = None if output.queue else Binary(output.body)
    return {
        "id": output.id,
        "routing_key": output.routing_key,
        "queue": output.queue,
        "dossier_id": output.subject,
        "sha256": _hash(output.body),
        "personal": {"headers": dict(output.headers), "body": body},
    }


def _document_to_output(output: Document, body: bytes) -> OutgoingMessage:
    personal = output["personal"]
    return OutgoingMessage(
        id=output["id"],
        routing_key=output["routing_key"],
        queue=output["queue"],
        subject=output["dossier_id"],
        headers=personal["headers"],
        body=personal["body"] if personal["body"] is not None else body,
    )


def _output_hash(output: Document, record: Document) -> str | None:
    body = output["personal"]["body"]
    return record["sha256"] if body is None else _hash(body)


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
