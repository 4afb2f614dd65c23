"""Copies of stored documents under other Cafs, years and ids: a store of any size, quickly.

A copy is consistent by itself: the same substitutions are made in keys, fields and messages.
Receipts and headers stay as they are.
"""

import re
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from bson import Binary
from pymongo import MongoClient
from pymongo.errors import BulkWriteError

from shared.kernel.settings import Settings

Document = dict[str, Any]
UNCHANGED = {"_form", "receipt", "headers", "sha256", "size", "_v", "sequence"}
UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
DOSSIER = re.compile(r"\bD-(?=\d)|\bvie-")
CAF = re.compile(r"\b761\b")
YEAR = re.compile(r"\b20[23]\d\b")
YEARS = range(2020, 2040)
DAYS, DAY_US = 365, 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy for another Caf, `years` later than the original; `number` tells those apart."""

    caf: str
    years: int = 0
    number: int = 0

    def of(self, value: Any) -> Any:
        """Return the copy of a stored value."""
        if isinstance(value, dict):
            return {
                name: part if name in UNCHANGED else self.of(part) for name, part in value.items()
            }
        return [self.of(part) for part in value] if isinstance(value, list) else self._scalar(value)

    def _scalar(self, value: Any) -> Any:
        match value:
            case str():
                return self._text(value)
            case bytes():
                return Binary(self._text(value.decode()).encode())
            case datetime():
                return value + timedelta(days=DAYS * self.years)
            case int() if value in YEARS:
                return value + self.years
            case int() if value > YEARS.stop:
                return value + DAYS * DAY_US * self.years
        return value

    def _text(self, text: str) -> str:
        name = f"{self.caf}-{self.years}-{self.number}"
        text = UUID.sub(lambda match: str(uuid.uuid5(uuid.UUID(match[0]), name)), text)
        text = DOSSIER.sub(f"D{name}-", text)
        text = CAF.sub(self.caf, text)
        return YEAR.sub(lambda match: str(int(match[0]) + self.years), text)


def documents_of(settings: Settings, services: Iterable[str]) -> Mapping[str, list[Document]]:
    """Return all documents but the forms, by `database.collection`; nothing of empty ones."""
    with MongoClient[Document](settings.mongo_url, tz_aware=True) as client:
        return {
            f"{database.name}.{name}": documents
            for database in (client[f"{settings.database_prefix}{name}"] for name in services)
            for name in database.list_collection_names()
            if name != "meta" and (documents := list(database[name].find()))
        }


def add_copies(
    settings: Settings, originals: Mapping[str, list[Document]], copies: Iterable[Copy]
) -> None:
    """Insert copies; what two copies share, such as the books of a Caf, is inserted once."""
    with MongoClient[Document](settings.mongo_url) as client:
        for copy, (place, documents) in product(copies, originals.items()):
            database, _, collection = place.partition(".")
            new = [copy.of(document) for document in documents]
            with suppress(BulkWriteError):
                client[database][collection].insert_many(new, ordered=False)
