"""Changes of stored documents that bypass the services, and that can be undone."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from pymongo import MongoClient

from shared.kernel.settings import Settings

Document = dict[str, Any]
Change = Callable[[Document], None]
Tampering = Callable[["DatabaseEditor"], None]
Expectations = dict[Tampering, tuple[tuple[str, str], ...]]
"""By tampering: the start of the label of each rule that detects it, and a part of the message."""


class DatabaseEditor:
    """Changes documents of all services; keeps the originals for `undo`."""

    def __init__(self, client: MongoClient[Document], prefix: str) -> None:
        self._client, self._prefix = client, prefix
        self._originals: dict[tuple[str, str, str], tuple[Any, Document | None]] = {}

    def all(self, service: str, collection: str, where: Document) -> list[Document]:
        """Return the matching documents, ordered by id."""
        return list(self._of(service, collection).find(where).sort("_id"))

    def one(self, service: str, collection: str, where: Document) -> Document:
        """Return the only matching document."""
        (document,) = self.all(service, collection, where)
        return document

    def change(self, service: str, collection: str, where: Document, change: Change) -> None:
        """Change the only matching document."""
        document = self.one(service, collection, where)
        change(document)
        self.put(service, collection, document)

    def put(self, service: str, collection: str, document: Document) -> None:
        """Insert or replace a document."""
        self._save_original(service, collection, document["_id"])
        where = {"_id": document["_id"]}
        self._of(service, collection).replace_one(where, document, upsert=True)

    def delete(self, service: str, collection: str, where: Document) -> None:
        """Delete the only matching document."""
        document = self.one(service, collection, where)
        self._save_original(service, collection, document["_id"])
        self._of(service, collection).delete_one({"_id": document["_id"]})

    def undo(self) -> None:
        """Restore the original documents."""
        for (service, collection, _), (key, document) in self._originals.items():
            self._of(service, collection).delete_one({"_id": key})
            if document:
                self._of(service, collection).insert_one(document)
        self._originals.clear()

    def _save_original(self, service: str, collection: str, key: Any) -> None:
        name = (service, collection, str(key))
        if name not in self._originals:
            self._originals[name] = (key, self._of(service, collection).find_one({"_id": key}))

    def _of(self, service: str, collection: str) -> Any:
        return self._client[f"{self._prefix}{service}"][collection]


@contextmanager
def editing(settings: Settings) -> Iterator[DatabaseEditor]:
    """Yield an editor; its changes are undone at the end."""
    with MongoClient[Document](settings.mongo_url, tz_aware=True) as client:
        editor = DatabaseEditor(client, settings.database_prefix)
        try:
            yield editor
        finally:
            editor.undo()


def rewrite(record: Document, change: Change) -> None:
    """Change the JSON of the receipt of a record, and update its hash."""
    receipt = record["receipt"]
    document = orjson.loads(receipt["content"])
    change(document)
    receipt["content"] = orjson.dumps(document)
    receipt["hash"] = hashlib.sha256(receipt["content"]).hexdigest()
