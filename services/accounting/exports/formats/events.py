"""JSON lines: the data of each AccountingEntryPosted, with its number and its hashes.

One object a line, UTF-8, keys sorted, no spaces: `data` has the very bytes that the hash chain
covers, so that anyone can verify it (docs/verify.py).
"""

from pathlib import Path

import orjson

from services.accounting.domain.entries import Entry
from services.accounting.exports.formats.base import ExportHeader
from shared.contracts.registry import BY_NAME

TYPE = BY_NAME["AccountingEntryPosted"].type


class EventLines:
    """A file of JSON lines being written."""

    def __init__(self, path: Path, head: ExportHeader) -> None:  # noqa: ARG002 - every format takes a header
        self._file = path.open("wb")

    def add(self, entry: Entry) -> None:
        """Write one entry."""
        self._file.write(line_of(entry))

    def close(self) -> None:
        """Complete the file."""
        self._file.close()


def line_of(entry: Entry) -> bytes:
    """Return the line of an entry, line end included."""
    record = {
        "type": TYPE,
        "subject": entry.posted.dossier_id,
        "sequence": entry.sequence,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
        "data": entry.posted.model_dump(mode="json"),
    }
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
