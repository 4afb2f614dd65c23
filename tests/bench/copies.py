"""A service's database of any size: the sample campaign's documents, copied with new ids.

Documents are copied as bytes: an id is replaced by one of the same length, so nothing is decoded,
and records, states and their indexes are as large and as varied as those of real lives.
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import count, islice
from uuid import UUID

from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

from deploy.embedded import Servers
from shared.mongodb.store import MongoStore, connect
from tests.bench.sample import TOKEN
from tests.support.processes import Processes

AT_ONCE = 1_000
ID_MIN, UUID_LENGTH = 12, 36
"""A shorter id is that of a whole Caf: such a state exists once."""
APART_US = 10_000_000
"""Positions of a copy lie so far before those of the copy before."""
POSITION = b"\x12position\x00"
Sample = dict[str, Sequence[RawBSONDocument]]
"""Documents by collection."""


def read_sample(stage: Processes, service: str) -> Sample:
    """Return a service's documents about dossiers, as bytes."""
    url = stage.servers.mongo_url
    with MongoClient[RawBSONDocument](url, document_class=RawBSONDocument) as client:
        database = client[f"{stage.prefix}{service}"]
        names = database.list_collection_names()
        return {name: list(filter(is_copied, database[name].find())) for name in names}


async def write_copies(
    servers: Servers, service: str, prefix: str, sample: Sample, records: int
) -> None:
    """Make a database with so many records, and the states that belong to them."""
    store_client = connect(servers.mongo_url)
    states = import_module(f"services.{service}.service").SERVICE.states
    await MongoStore(store_client[f"{prefix}{service}"]).prepare(states)
    store_client.close()
    with MongoClient[RawBSONDocument](servers.mongo_url) as client:
        for name, documents in sample.items():
            collection = client[f"{prefix}{service}"][name]
            copies = islice(copies_of(documents), len(documents) * records // len(sample["inbox"]))
            while batch := list(islice(copies, AT_ONCE)):
                collection.insert_many(batch, ordered=False)


def is_copied(document: RawBSONDocument) -> bool:
    """Return whether a document is about a dossier; its bytes may be a view of the answer's."""
    return TOKEN in bytes(document.raw) and len(_own_id(document)) >= ID_MIN


def copies_of(documents: Sequence[RawBSONDocument]) -> Iterator[RawBSONDocument]:
    """Yield copies without end: first one of each document, then another of each."""
    for number in count(1):
        if not documents:
            return
        for document in documents:
            yield RawBSONDocument(_copy(bytes(document.raw), _own_id(document), number))


def _own_id(document: RawBSONDocument) -> bytes:
    """Return the id of a state, or that of a record's message."""
    own = document["_id"]
    return str(own if isinstance(own, str) else own["i"]).encode()


def _copy(raw: bytes, own: bytes, number: int) -> bytes:
    if TOKEN not in own:
        raw = raw.replace(own, _other_id(own, number))
    head, name, rest = raw.replace(TOKEN, b"%07d" % number).partition(POSITION)
    if not name:
        return head
    (position,) = struct.unpack_from("<q", rest)
    return head + name + struct.pack("<q", position - number * APART_US) + rest[8:]


def _other_id(own: bytes, number: int) -> bytes:
    """Return another id of the same length, a UUID for a UUID."""
    if len(own) == UUID_LENGTH:
        return str(
            UUID(hashlib.md5(b"%d" % number + own, usedforsecurity=False).hexdigest())
        ).encode()
    return b"%07d" % number + own[7:]
