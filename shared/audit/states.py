"""A stored state as checks read it: its digest, its Caf and its dossier, whatever it contains."""

import hashlib
from typing import Any

import orjson

from shared.kernel.decision import StoredState


def digest(document: Any) -> bytes:
    """Return the SHA-256 of the content of a state, also of a tampered one."""
    return hashlib.sha256(orjson.dumps(document, default=str)).digest()


def caf_of(stored: StoredState[Any]) -> str | None:
    """Return the Caf of a state, None where its content has none."""
    document = stored.document
    for part in (document, document.get("agrement")):
        if isinstance(part, dict) and isinstance(part.get("caf"), str):
            return str(part["caf"])
    return None


def dossier_of(stored: StoredState[Any]) -> str:
    """Return the dossier of a state, or the first part of its id where the content has none."""
    document = stored.document
    for part in (document, document.get("agrement"), document.get("posted")):
        if isinstance(part, dict) and isinstance(part.get("dossier_id"), str):
            return str(part["dossier_id"])
    return str(document.get("grant") or stored.key).partition("|")[0]
