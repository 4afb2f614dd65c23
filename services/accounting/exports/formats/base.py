"""The protocol of a journal format: a header, the entries in their order, one file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry


@dataclass(frozen=True, slots=True)
class ExportHeader:
    """The content of a batch. `closing` is None, or not done, while the exercise is open.

    `gestionnaires` maps a SIRET to a name; `accounts` maps ledger and account to a label.
    """

    caf: str
    exercise: int
    number: int
    closing: Closing | None
    gestionnaires: Mapping[str, str]
    accounts: Mapping[tuple[str, str], str]

    @property
    def closed(self) -> bool:
        """Whether the exercise is closed: its entries are numbered, chained, and all there."""
        return self.closing is not None and self.closing.is_done


class Writer(Protocol):
    """A file being written; entries are added in the order of their numbers."""

    def add(self, entry: Entry) -> None:
        """Write one entry. Memory must not grow with their number."""
        ...

    def close(self) -> None:
        """Complete the file at its path.

        Raises:
            UnrepresentableContentError: the format cannot represent the content.
        """
        ...


WriterFactory = Callable[[Path, ExportHeader], Writer]


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of an entry, with the columns of its entry. Amounts in euros."""

    sequence: int | None
    entry_id: str
    caf: str
    exercise: int
    period: int
    booked_on: date
    kind: str
    label: str
    dossier_id: str
    school_year: str
    siret: str
    gestionnaire: str
    ledger: str
    account: str
    account_label: str
    debit: Decimal
    credit: Decimal
    origin_exercise: int | None
    statistical_code: str | None
    cause_id: str
    cause_type: str


def journal_lines(entry: Entry, head: ExportHeader) -> Iterable[JournalLine]:
    """Yield the lines of an entry."""
    posted = entry.posted
    for line in posted.lines:
        yield JournalLine(
            sequence=entry.sequence,
            entry_id=posted.entry_id,
            caf=posted.caf,
            exercise=posted.exercise,
            period=posted.period,
            booked_on=posted.booked_on,
            kind=posted.kind,
            label=posted.label,
            dossier_id=posted.dossier_id,
            school_year=posted.school_year,
            siret=posted.siret,
            gestionnaire=head.gestionnaires.get(posted.siret, ""),
            ledger=line.ledger,
            account=line.account,
            account_label=head.accounts.get((line.ledger, line.account), ""),
            debit=line.debit,
            credit=line.credit,
            origin_exercise=line.origin_exercise,
            statistical_code=line.statistical_code,
            cause_id=posted.cause.id,
            cause_type=posted.cause.type,
        )
