"""A hand in the databases, behind the services' back; all that it did can be undone."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from pymongo import MongoClient

from shared.kernel.settings import Settings

Document = dict[str, Any]
Change = Callable[[Document], None]
ByHand = Callable[["Hand"], None]
Found = dict[ByHand, tuple[tuple[str, str], ...]]
"""What is changed by hand; for each check that finds it, how its name begins and what it says."""


class Hand:
    """Changes documents, and remembers them as they were."""

    def __init__(self, client: MongoClient[Document], prefix: str) -> None:
        self._client, self._prefix = client, prefix
        self._before: dict[tuple[str, str, str], tuple[Any, Document | None]] = {}

    def all(self, service: str, collection: str, where: Document) -> list[Document]:
        """Return documents in the order of their ids."""
        return list(self._of(service, collection).find(where).sort("_id"))

    def one(self, service: str, collection: str, where: Document) -> Document:
        """Return the only document that there is."""
        (found,) = self.all(service, collection, where)
        return found

    def change(self, service: str, collection: str, where: Document, change: Change) -> None:
        """Change the only document that there is."""
        document = self.one(service, collection, where)
        change(document)
        self.put(service, collection, document)

    def put(self, service: str, collection: str, document: Document) -> None:
        """Write a document whole, new or not."""
        self._remember(service, collection, document["_id"])
        where = {"_id": document["_id"]}
        self._of(service, collection).replace_one(where, document, upsert=True)

    def delete(self, service: str, collection: str, where: Document) -> None:
        """Delete the only document that there is."""
        document = self.one(service, collection, where)
        self._remember(service, collection, document["_id"])
        self._of(service, collection).delete_one({"_id": document["_id"]})

    def undo(self) -> None:
        """Put everything back as it was."""
        for (service, collection, _), (key, document) in self._before.items():
            self._of(service, collection).delete_one({"_id": key})
            if document:
                self._of(service, collection).insert_one(document)
        self._before.clear()

    def _remember(self, service: str, collection: str, key: Any) -> None:
        name = (service, collection, str(key))
        if name not in self._before:
            self._before[name] = (key, self._of(service, collection).find_one({"_id": key}))

    def _of(self, service: str, collection: str) -> Any:
        return self._client[f"{self._prefix}{service}"][collection]


@contextmanager
def a_hand(settings: Settings) -> Iterator[Hand]:
    """Yield a hand, and undo what it did."""
    with MongoClient[Document](settings.mongo_url, tz_aware=True) as client:
        hand = Hand(client, settings.database_prefix)
        try:
            yield hand
        finally:
            hand.undo()


def rewrite(record: Document, change: Change) -> None:
    """Change the JSON of a record's receipt, and take its hash anew."""
    receipt = record["receipt"]
    document = orjson.loads(receipt["content"])
    change(document)
    receipt["content"] = orjson.dumps(document)
    receipt["hash"] = hashlib.sha256(receipt["content"]).hexdigest()
