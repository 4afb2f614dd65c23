"""The collections of a service and their indexes: every query of the product has one."""

from collections.abc import Iterable
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ASCENDING

from shared.kernel.decision import State

RECORDS: tuple[tuple[str, ...], ...] = (
    ("position",),
    ("caf", "position"),
    ("dossier_ids", "position"),
)
UNPUBLISHED = ("pending", "due")
"""Only records with events to publish are in this index."""


async def create_collections(
    database: AsyncIOMotorDatabase[dict[str, Any]], states: Iterable[type[State]]
) -> None:
    """Create collections and indexes, whatever the form of the database; again is safe."""
    inbox = database["inbox"]
    await inbox.create_index(_keys(UNPUBLISHED), partialFilterExpression={"pending": True})
    for fields in RECORDS:
        await inbox.create_index(_keys(fields))
    existing = set(await database.list_collection_names())
    for name in {"fences", "attempts", *(state.collection for state in states)} - existing:
        await database.create_collection(name)
    for state in states:
        for fields in state.indexes:
            await database[state.collection].create_index(_keys((*fields, "_id")))


def _keys(fields: Iterable[str]) -> list[tuple[str, int]]:
    return [(field, ASCENDING) for field in fields]
