"""Copies the stores of an in-process run into a real MongoDB, as the services would have."""

from collections.abc import Iterable
from typing import Any

from pymongo import MongoClient

from services.cli.services import SERVICES_BY_NAME
from shared.kernel.decision import State
from shared.kernel.memory.store import MemoryStore
from shared.kernel.memory.system import MemorySystem
from shared.kernel.settings import Settings
from shared.mongodb.documents import record_to_document, state_to_document
from shared.mongodb.store import MongoStore, connect

Document = dict[str, Any]


async def copy_to_mongo(system: MemorySystem, settings: Settings) -> None:
    """Write records and states, all outputs marked as published."""
    client = connect(settings.mongo_url)
    try:
        for service, store in system.stores.items():
            database = client[f"{settings.database_prefix}{service}"]
            await MongoStore(database).prepare(SERVICES_BY_NAME[service].states)
            if records := [record_to_document(each) for each in store.records.values()]:
                await database["inbox"].insert_many(records)
            for model in SERVICES_BY_NAME[service].states:
                if states := await _states(store, model):
                    await database[model.collection].insert_many(states)
    finally:
        client.close()


def drop_databases(settings: Settings) -> None:
    """Drop the databases."""
    with MongoClient[Document](settings.mongo_url) as client:
        for service in (*SERVICES_BY_NAME, "exports"):
            client.drop_database(f"{settings.database_prefix}{service}")


Backup = dict[str, dict[str, list[Document]]]
"""Documents by database and collection."""


def backup(settings: Settings, services: Iterable[str]) -> Backup:
    """Return all documents of these services."""
    with MongoClient[Document](settings.mongo_url, tz_aware=True) as client:
        databases = [client[f"{settings.database_prefix}{service}"] for service in services]
        return {
            database.name: {
                name: list(database[name].find()) for name in database.list_collection_names()
            }
            for database in databases
        }


def restore(settings: Settings, saved: Backup) -> None:
    """Put databases back as they were; their service must not run, and creates the indexes."""
    with MongoClient[Document](settings.mongo_url) as client:
        for database, collections in saved.items():
            client.drop_database(database)
            for name, documents in collections.items():
                if documents:
                    client[database][name].insert_many(documents)


async def _states(store: MemoryStore, model: type[State]) -> list[Document]:
    async with store.transaction() as transaction:
        states = await transaction.find(model, store.keys(model.collection))
    return [state_to_document(each) for each in states]
