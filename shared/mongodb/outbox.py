"""The outbox: one document for each unit of work with events to publish, removed by its mark.

It names records of the inbox. The server's clock dates it: those of two workers may differ.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog
from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import DeleteOne, UpdateOne
from pymongo.read_concern import ReadConcern

from shared.kernel.messages import FORM, InboxKey, MessageRecord, OutboxBatch
from shared.mongodb.documents import check_form, document_to_record, inbox_id, inbox_key

NAME = "outbox"
INDEX = ("due", "since", "count")
"""What is due, and all that is counted: counting reads no document."""
Document = dict[str, Any]

logger = structlog.get_logger(__name__)


def insertion(batch: OutboxBatch) -> UpdateOne:
    """Return the operation that puts a batch into the outbox, dated by the server."""
    return UpdateOne(
        {"_id": inbox_id(batch.id)},
        {
            "$setOnInsert": content([inbox_id(record.key) for record in batch.records]),
            "$currentDate": {"due": True, "since": True},
        },
        upsert=True,
    )


def mark(batch: OutboxBatch, left: Sequence[InboxKey], token: str | None) -> DeleteOne | UpdateOne:
    """Return the operation that takes all records of a batch but these out of the outbox."""
    where = {"_id": inbox_id(batch.id)} | ({"token": token} if token else {})
    return (
        UpdateOne(where, {"$set": content([inbox_id(key) for key in left])})
        if left
        else DeleteOne(where)
    )


def content(ids: Sequence[Document]) -> Document:
    """Return what the document of a batch holds beside its id, its dates and its lease."""
    return {"_form": FORM, "count": len(ids), "records": list(ids)}


def waiting_since(grace: timedelta, lease: timedelta) -> Document:
    """Return the filter of batches that wait longer than `grace`, by the server's clock.

    One that is due after the longest lease was dated by a clock that was set back since: it waits
    too.
    """
    late, ahead = from_now(-grace), from_now(lease + grace)
    is_late, is_ahead = {"$lte": ["$due", late]}, {"$gt": ["$due", ahead]}
    return {"$or": [{"$expr": is_late}, {"$expr": is_ahead}]}


def from_now(period: timedelta) -> Document:
    """Return an expression: so long after the server's time, before it when negative."""
    return {"$add": ["$$NOW", int(period.total_seconds() * 1000)]}


def keys_by_batch(document: Document) -> dict[InboxKey, list[InboxKey]]:
    """Return a batch with the keys of its records; one that cannot be read is logged."""
    try:
        check_form(document)
        return {inbox_key(document["_id"]): [inbox_key(each) for each in document["records"]]}
    except Exception as fault:  # noqa: BLE001 - whatever it is, the others are published
        _log_unreadable(document["_id"], fault)
        return {}


async def read_batches(
    database: AsyncIOMotorDatabase[Document], batches: Mapping[InboxKey, Sequence[InboxKey]]
) -> list[OutboxBatch]:
    """Return batches with their records; one of which no record can be read is left out.

    Read is what a majority has: a primary that is cut off has commits that will be undone.
    """
    ids = [inbox_id(key) for keys in batches.values() for key in keys]
    inbox = database.get_collection("inbox", read_concern=ReadConcern("majority"))
    stored = await inbox.find({"_id": {"$in": ids}}).to_list(None)
    documents = {inbox_key(document["_id"]): document for document in stored}
    read = (_batch(batch, keys, documents) for batch, keys in batches.items())
    return [batch for batch in read if batch.records]


def _batch(
    batch: InboxKey, keys: Sequence[InboxKey], documents: Mapping[InboxKey, Document]
) -> OutboxBatch:
    records = {key: record for key in keys if (record := _record(key, documents))}
    unreadable = tuple(key for key in keys if key not in records)
    return OutboxBatch(batch, tuple(records.values()), unreadable)


def _record(key: InboxKey, documents: Mapping[InboxKey, Document]) -> MessageRecord | None:
    if key not in documents:
        logger.info("not_committed_yet", id=str(inbox_id(key)))
        return None
    try:
        return document_to_record(documents[key])
    except Exception as fault:  # noqa: BLE001 - whatever it is, the others are published
        _log_unreadable(inbox_id(key), fault)
        return None


def _log_unreadable(document_id: Any, fault: Exception) -> None:
    error = f"{type(fault).__name__}: {fault}"[:200]
    logger.error("left_in_outbox", id=str(document_id), error=error)
