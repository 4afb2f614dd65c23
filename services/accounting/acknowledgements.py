"""Acknowledgements of entries by accounting systems: entry by entry, and counted by exercise."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from services.accounting.domain.acknowledgements import EntryAcknowledgement
from services.accounting.domain.entries import Entry
from shared.console.tables import Cell, Sheet
from shared.contracts.accounting_systems import RejectionReason
from shared.contracts.labels import DELIVERY_STATUSES, ENTRY_KINDS
from shared.contracts.sentences.accounting_systems import rejection_text
from shared.contracts.types import Money
from shared.kernel.money import ZERO, total

State = Literal["acknowledged", "rejected", "waiting"]
STATES: dict[State, str] = {
    "acknowledged": DELIVERY_STATUSES["acknowledged"],
    "rejected": DELIVERY_STATUSES["rejected"],
    "waiting": "sans réponse",
}
COUNTED = (
    *("Système", "Exercice", "Comptabilisées", "Montant"),
    *("Rejetées", "Montant", "Sans réponse", "Montant"),
)
LISTED = (
    *("Écriture", "Système", "Exercice", "Période", "Date", "Nature", "Dossier", "Montant"),
    *("État", "Depuis le", "Jours", "Motif"),
)
SHORT = ("Écriture", "Système", "Date", "Nature", "Montant", "État", "Jours", "Motif")


@dataclass(frozen=True, slots=True)
class SentEntry:
    """One entry to one system, and the reply of that system, if any. Amounts in euros."""

    entry: Entry
    system: str
    delivery: EntryAcknowledgement | None

    @property
    def state(self) -> State:
        """Whether it was booked, rejected, or not answered."""
        return self.delivery.word.status if self.delivery else "waiting"

    @property
    def since(self) -> date:
        """The day of the system's reply; without one, that of the booking."""
        return self.delivery.word.told_on if self.delivery else self.entry.posted.booked_on

    @property
    def amount(self) -> Decimal:
        """The sum of its debits, equal to that of its credits."""
        return total(line.debit for line in self.entry.posted.lines)

    @property
    def reasons(self) -> tuple[RejectionReason, ...]:
        """The reasons of a rejection."""
        return self.delivery.word.reasons if self.delivery else ()

    def days(self, today: date) -> int:
        """Return the days since the reply or the booking."""
        return max((today - self.since).days, 0)

    def row(self, today: date) -> tuple[Cell, ...]:
        """Return its row of the list."""
        posted = self.entry.posted
        return (
            posted.entry_id,
            self.system,
            str(posted.exercise),
            str(posted.period),
            posted.booked_on,
            ENTRY_KINDS[posted.kind],
            posted.dossier_id,
            self.amount,
            STATES[self.state],
            self.since,
            self.days(today),
            " ; ".join(map(rejection_text, self.reasons)),
        )


@dataclass(slots=True)
class Count:
    """How many entries, and the sum of their debits in euros."""

    entries: int = 0
    amount: Money = ZERO


@dataclass(slots=True)
class AcknowledgementCounts:
    """Entries sent, by system and exercise; it does not grow with the entries."""

    by_key: dict[tuple[str, int], dict[State, Count]] = field(default_factory=dict)

    def add(self, sent: SentEntry) -> None:
        """Count one entry to one system."""
        key = (sent.system, sent.entry.exercise)
        count = self.by_key.setdefault(key, {state: Count() for state in STATES})[sent.state]
        count.entries += 1
        count.amount += sent.amount

    def number(self, state: State) -> int:
        """Count the entries in a state, those of two systems twice."""
        return sum(each[state].entries for each in self.by_key.values())

    def sheet(self, caf: str) -> Sheet:
        """Return one row per system and exercise, and the totals."""
        rows = tuple(
            (system, str(exercise), *_cells(counts))
            for (system, exercise), counts in sorted(self.by_key.items())
        )
        return Sheet(f"Écritures de la Caf {caf} et réponses reçues", COUNTED, rows)


def shortened(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Return the cells of a row of the list that a terminal has room for."""
    return tuple(cell for name, cell in zip(LISTED, row, strict=True) if name in SHORT)


def _cells(counts: dict[State, Count]) -> Iterator[Cell]:
    for count in counts.values():
        yield from (count.entries, count.amount)
