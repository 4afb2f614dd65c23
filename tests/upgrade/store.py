"""Databases as one file, in the form of mongodump: `<database>/<collection>.bson` in a tar archive.

`python -m tests.upgrade.store FILE` freezes the databases of CLAS_MONGO_URL, to be the fixture of
the release that wrote them.
"""

import io
import os
import sys
import tarfile
from pathlib import Path

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

RAW = bson.CodecOptions(document_class=RawBSONDocument)
PREFIX = "clas_"


def freeze(client: MongoClient[RawBSONDocument], path: Path) -> None:
    """Write every database of CLAS into an archive, documents in the order they were written."""
    names = (name for name in client.list_database_names() if name.startswith(PREFIX))
    with tarfile.open(path, "w:xz") as archive:
        for name in sorted(names):
            database = client.get_database(name, codec_options=RAW)
            for collection in sorted(database.list_collection_names()):
                documents = database[collection].find().sort("$natural", 1)
                content = b"".join(document.raw for document in documents)
                _add(archive, f"{name.removeprefix(PREFIX)}/{collection}.bson", content)


def restore(path: Path, client: MongoClient[RawBSONDocument], prefix: str) -> None:
    """Write the documents of an archive, byte for byte, into databases with this prefix."""
    with tarfile.open(path, "r:xz") as archive:
        for member in archive:
            service, collection = member.name.removesuffix(".bson").split("/")
            file = archive.extractfile(member)
            assert file is not None
            documents = bson.decode_all(file.read(), RAW)
            database = client.get_database(f"{prefix}{service}", codec_options=RAW)
            if documents:
                database[collection].insert_many(documents)
            else:
                database.create_collection(collection)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


if __name__ == "__main__":
    with MongoClient[RawBSONDocument](os.environ["CLAS_MONGO_URL"]) as connected:
        freeze(connected, Path(sys.argv[1]))
