"""The collections of a service and their indexes: every query of the product has one."""

from collections.abc import Iterable
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ASCENDING

from shared.kernel.decision import State
from shared.mongodb import outbox

RECORDS: tuple[tuple[str, ...], ...] = (
    ("position",),
    ("caf", "position"),
    ("dossier_ids", "position"),
)


async def create_collections(
    database: AsyncIOMotorDatabase[dict[str, Any]], states: Iterable[type[State]]
) -> None:
    """Create collections and indexes, whatever the form of the database; again is safe."""
    for fields in RECORDS:
        await database["inbox"].create_index(index_keys(fields))
    await database[outbox.NAME].create_index(index_keys(outbox.INDEX))
    existing = set(await database.list_collection_names())
    for name in {"fences", "attempts", *(state.collection for state in states)} - existing:
        await database.create_collection(name)
    for state in states:
        for fields in state.indexes:
            await database[state.collection].create_index(index_keys((*fields, "_id")))


def index_keys(fields: Iterable[str]) -> list[tuple[str, int]]:
    """Return an ascending index of fields as the driver takes it."""
    return [(field, ASCENDING) for field in fields]
