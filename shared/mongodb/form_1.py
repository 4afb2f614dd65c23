"""Documents of form 1, which release 0.3.0 wrote, as documents of the form of this release."""

from hashlib import sha256
from typing import Any

from bson import Int64

from shared.kernel.decision import State, StoredState
from shared.kernel.messages import FORM, LEGACY
from shared.kernel.position import next_position
from shared.mongodb import outbox
from shared.mongodb.documents import state_to_document

Document = dict[str, Any]
OLD_INDEXES = ("subjects_1_at_1", "pending")
"""Indexes of the inbox that the form of this release replaces."""
UNNUMBERED: Document = {"_form": {"$exists": False}}
"""The filter of documents of form 1."""


def record_from_form_1(old: Document, previous: int) -> Document:
    """Return a record; its principal is `legacy`, its position the next one after `previous`.

    Raises:
        KeyError, TypeError: when it is not a record of form 1.
    """
    receipt = old["receipt"]
    return {
        "_id": {"p": LEGACY, **old["_id"]},
        "_form": FORM,
        "sha256": old["sha256"],
        "size": old["size"],
        "routing_key": old["routing_key"],
        "handled_at": old["at"],
        "position": Int64(next_position(previous, old["at"])),
        "outcome": old["outcome"],
        "type": old["type"],
        "caf": old["caf"],
        "dossier_ids": old["subjects"],
        "outputs": [_output(output, old["sha256"]) for output in old["outputs"]],
        "reason": old["note"],
        "receipt": receipt and _receipt(receipt),
        "personal": {"body": old["body"]},
    }


def outbox_from_form_1(old: Document, record: Document) -> Document | None:
    """Return the outbox's document of a record, None when its events are published."""
    if not old.get("pending"):
        return None
    since = {"due": old["due"], "since": old["at"]}
    return {"_id": record["_id"], **since, **outbox.content([record["_id"]])}


def state_from_form_1(old: Document, model: type[State]) -> Document:
    """Return a state, its personal values apart.

    Raises:
        KeyError, TypeError: when it is not a state of form 1.
    """
    content = {name: value for name, value in old.items() if name not in {"_id", "_v"}}
    return state_to_document(StoredState(model, old["_id"], old["_v"], content))


def _output(old: Document, record_hash: str) -> Document:
    body = old["body"]
    return {
        "id": old["id"],
        "routing_key": old["key"],
        "queue": old["queue"],
        "dossier_id": old["subject"],
        "sha256": record_hash if body is None else sha256(body).hexdigest(),
        "personal": {"headers": old["headers"], "body": body},
    }


def _receipt(old: Document) -> Document:
    return {
        "packed": old["packed"],
        "hash": old["hash"],
        "sha256": sha256(old["content"]).hexdigest(),
        "personal": {"content": old["content"]},
    }
