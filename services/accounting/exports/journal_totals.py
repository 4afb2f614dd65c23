"""Counts and sums of the entries in a batch, as its manifest states them."""

from dataclasses import dataclass
from decimal import Decimal

from services.accounting.domain.entries import Entry
from services.accounting.exports.formats.base import ExportHeader
from shared.exports.pipeline import Control
from shared.kernel.money import ZERO


@dataclass(slots=True)
class JournalTotals:
    """The totals of a batch, for its manifest. Amounts in euros."""

    count: int = 0
    lines: int = 0
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    first: int | None = None
    last: int | None = None

    def add(self, entry: Entry) -> None:
        """Count one entry."""
        self.count += 1
        self.first, self.last = self.first or entry.sequence, entry.sequence
        for line in entry.posted.lines:
            self.lines += 1
            self.debit += line.debit
            self.credit += line.credit

    @property
    def totals(self) -> Control:
        """The totals as fields of the manifest."""
        return {
            "count": self.count,
            "lines": self.lines,
            "debit": str(self.debit),
            "credit": str(self.credit),
            "first_sequence": self.first,
            "last_sequence": self.last,
        }

    def control(self, head: ExportHeader) -> Control:
        """Return the control of the manifest."""
        return {
            "caf": head.caf,
            "exercise": head.exercise,
            "closed": head.closed,
            **self.totals,
            "head_hash": head.closing.head_hash if head.closing and head.closed else None,
        }
