"""Changes of stored documents that bypass the services, and that can be undone."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from pymongo import MongoClient

from services.cli.services import SERVICES_BY_NAME
from shared.kernel.personal import join, personal_fields, split
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
        """Return documents in the order of their ids, personal values in their places."""
        documents = self.stored(service, collection, where)
        return [join(each, each.pop("_personal", {})) for each in documents]

    def stored(self, service: str, collection: str, where: Document) -> list[Document]:
        """Return documents as they are stored, in the order of their ids."""
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
        stored = _split(service, collection, document)
        self._of(service, collection).replace_one(where, stored, upsert=True)

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


def _split(service: str, collection: str, document: Document) -> Document:
    """Return a document as it is stored; one that is already split stays as it is."""
    states = SERVICES_BY_NAME[service].states if service in SERVICES_BY_NAME else ()
    models = {model.collection: model for model in states}
    fields = personal_fields(models[collection]) if collection in models else {}
    if not fields or "_personal" in document:
        return document
    rest, values = split(document, fields)
    return rest | {"_personal": values}


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
    document = orjson.loads(receipt["personal"]["content"])
    change(document)
    content = orjson.dumps(document)
    receipt["personal"]["content"] = content
    receipt["hash"] = receipt["sha256"] = hashlib.sha256(content).hexdigest()
