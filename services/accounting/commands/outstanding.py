"""Outstanding entries of `clas deliveries`: counted, written to a file, the first ones listed."""

import csv as csv_format
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from services.accounting.acknowledgements import LISTED, AcknowledgementCounts, SentEntry, State
from services.accounting.commands.deliveries_document import (
    DeliveriesDocument,
    outstanding_entries,
    system_counts,
)
from shared.console.csv_injection import neutralise
from shared.console.files import writing
from shared.console.tables import Cell

Row = tuple[Cell, ...]


@dataclass(slots=True)
class Outstanding:
    """All entries counted, the outstanding ones written, and the first of them to list.

    `states` are those that are outstanding; `limit` 0 lists all entries.
    """

    write: Callable[[Row], None]
    today: date
    states: frozenset[State]
    limit: int
    counts: AcknowledgementCounts = field(default_factory=AcknowledgementCounts)
    count: int = 0
    listed: list[SentEntry] = field(default_factory=list)

    def add(self, sent: SentEntry) -> None:
        """Take in one entry to one system."""
        self.counts.add(sent)
        if sent.state in self.states:
            self.count += 1
            self.write(sent.row(self.today))
            if not self.limit or len(self.listed) < self.limit:
                self.listed.append(sent)

    @property
    def left_out(self) -> int:
        """How many outstanding entries are not listed."""
        return self.count - len(self.listed)

    def document(self, caf: str, systems: Iterable[str]) -> DeliveriesDocument:
        """Return it as the JSON document."""
        return DeliveriesDocument(
            caf,
            tuple(systems),
            system_counts(self.counts),
            self.count,
            outstanding_entries(self.listed, self.today),
        )


@contextmanager
def open_rows_file(path: Path | None, *, as_json: bool) -> Iterator[Callable[[Row], None]]:
    """Take rows into a CSV: UTF-8, commas, ISO days, amounts such as 2758.25; or nowhere."""
    if path is None:
        yield write_nowhere
        return
    with writing(path, as_json=as_json), path.open("w", encoding="utf-8", newline="") as file:
        writer = csv_format.writer(file)
        writer.writerow(LISTED)

        def write(row: Row) -> None:
            writer.writerow(neutralise(cell) if isinstance(cell, str) else cell for cell in row)

        yield write


def write_nowhere(row: Row) -> None:
    """Write a row nowhere."""
