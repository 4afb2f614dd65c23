"""The journal as Parquet, for analysts: one row per line of an entry, every column typed.

Amounts are decimals with room for all that the contract lets an amount be, never floats; days are
days; texts that repeat are dictionary-encoded. Row groups are small and written as they
fill, so memory does not grow with the journal. The schema's metadata name the batch. The same
entries give the same bytes with the same version of pyarrow.
"""

from operator import attrgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from services.accounting.domain.entries import Entry
from services.accounting.exports.formats.base import ExportHeader, journal_lines

ROWS_PER_GROUP, ROWS_PER_BATCH = 65_536, 4_096
"""Rows of a row group, and rows that are held as Python objects before they are packed."""
REPEATED_TEXT = pa.dictionary(pa.int32(), pa.string())
AMOUNT = pa.decimal128(20, 2)
TYPES: dict[str, tuple[Any, bool]] = {
    "sequence": (pa.int32(), True),
    "entry_id": (pa.string(), False),
    "caf": (REPEATED_TEXT, False),
    "exercise": (pa.int16(), False),
    "period": (pa.int16(), False),
    "booked_on": (pa.date32(), False),
    "kind": (REPEATED_TEXT, False),
    "label": (pa.string(), False),
    "dossier_id": (pa.string(), False),
    "school_year": (REPEATED_TEXT, False),
    "siret": (REPEATED_TEXT, False),
    "gestionnaire": (REPEATED_TEXT, False),
    "ledger": (REPEATED_TEXT, False),
    "account": (REPEATED_TEXT, False),
    "account_label": (REPEATED_TEXT, False),
    "debit": (AMOUNT, False),
    "credit": (AMOUNT, False),
    "origin_exercise": (pa.int16(), True),
    "statistical_code": (REPEATED_TEXT, True),
    "cause_id": (pa.string(), False),
    "cause_type": (REPEATED_TEXT, False),
}
"""The type of each column, and whether it may be null."""
SCHEMA = pa.schema([pa.field(name, kind, nullable=empty) for name, (kind, empty) in TYPES.items()])
VALUES_OF = attrgetter(*TYPES)
UNIQUE_COLUMNS = ("entry_id", "label", "dossier_id", "cause_id")
"""Columns whose values hardly repeat: a dictionary would only cost space."""


class ParquetFile:
    """A Parquet file of the journal being written."""

    def __init__(self, path: Path, head: ExportHeader) -> None:
        self._head, self._schema = head, SCHEMA.with_metadata(_metadata(head))
        self._rows: list[tuple[Any, ...]] = []
        self._batches: list[Any] = []
        self._waiting = 0
        self._writer = pq.ParquetWriter(
            path,
            self._schema,
            compression="zstd",
            use_dictionary=[name for name in TYPES if name not in UNIQUE_COLUMNS],
            write_page_checksum=True,
        )

    def add(self, entry: Entry) -> None:
        """Add the lines of an entry; they are written when their row group is full."""
        self._rows.extend(VALUES_OF(row) for row in journal_lines(entry, self._head))
        if len(self._rows) >= ROWS_PER_BATCH:
            self._pack()
        if self._waiting >= ROWS_PER_GROUP:
            self._write()

    def close(self) -> None:
        """Write the remaining rows, and complete the file."""
        self._pack()
        self._write()
        self._writer.close()

    def _pack(self) -> None:
        """Convert the rows to columns, which take less memory than objects."""
        columns = [
            pa.array([row[place] for row in self._rows], type=field.type)
            for place, field in enumerate(self._schema)
        ]
        self._batches.append(pa.RecordBatch.from_arrays(columns, schema=self._schema))
        self._waiting += len(self._rows)
        self._rows.clear()

    def _write(self) -> None:
        if self._waiting:
            group = pa.Table.from_batches(self._batches).unify_dictionaries()
            self._writer.write_table(group, row_group_size=self._waiting)
        self._batches.clear()
        self._waiting = 0


def _metadata(head: ExportHeader) -> dict[str, str]:
    """Return the metadata of the schema; `head_hash` is blank for an open exercise."""
    return {
        "caf": head.caf,
        "exercise": str(head.exercise),
        "batch": str(head.number),
        "head_hash": head.closing.head_hash if head.closing and head.closed else "",
    }
