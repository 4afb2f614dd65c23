"""The digest of a frozen batch: it shows that somebody changed what is stored of it."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson


class KeysDigest:
    """The hash of the pages of keys of a batch, page after page in their order."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, page: Mapping[str, Any]) -> None:
        """Add the next page, as it is stored."""
        parts = [page.get(name) for name in ("series", "number", "first", "last", "keys")]
        self._digest.update(orjson.dumps(parts, default=str))

    @property
    def sha256(self) -> str:
        """The hash so far, in hexadecimal."""
        return self._digest.hexdigest()


def batch_digest(batch: Mapping[str, Any], keys: KeysDigest) -> str:
    """Return the hash of all that is stored of a batch beside its file, keys included.

    A manifest has the hash of its file, and the next one that of the manifest before; the last
    manifest, its name and its keys have only this.
    """
    manifest = batch.get("manifest")
    manifest_hash = hashlib.sha256(manifest if isinstance(manifest, bytes) else b"").hexdigest()
    parts = [batch.get(name) for name in ("_id", "token", "file", "fingerprint")]
    content = orjson.dumps([*parts, manifest_hash, keys.sha256], default=str)
    return hashlib.sha256(content).hexdigest()


def bytes_of(piece: Mapping[str, Any]) -> bytes:
    """Return the bytes of a chunk; one that was changed may hold anything, or nothing."""
    content = piece.get("bytes")
    return content if isinstance(content, bytes) else b""
