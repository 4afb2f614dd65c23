"""The hash chain of an exercise: changing a number or an entry afterwards changes its head.

Anyone can verify it: the hash of an entry is the SHA-256 of the hash before it, in hexadecimal,
followed by the entry's JSON in UTF-8, keys sorted, without spaces. The first entry follows the
SHA-256 of `caf|exercise`, which is also the head of an exercise without entries.
"""

import hashlib

import orjson

from shared.contracts.accounting import AccountingEntryPosted


def seed(caf: str, exercise: int) -> str:
    """Return the hash before the first entry of an exercise."""
    return hashlib.sha256(f"{caf}|{exercise}".encode()).hexdigest()


def link(previous: str, posted: AccountingEntryPosted) -> str:
    """Return the hash of an entry that follows the one whose hash is `previous`."""
    canonical = orjson.dumps(posted.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(previous.encode() + canonical).hexdigest()
