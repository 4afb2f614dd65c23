"""The formats of the journal that `clas export` offers, one line each."""

from dataclasses import dataclass
from pathlib import Path

from services.accounting.exports.base import Head, Opening, Writer
from services.accounting.exports.csv_file import for_excel, for_programs
from services.accounting.exports.events import EventLines
from services.accounting.exports.journal import Form


@dataclass(frozen=True, slots=True)
class Offer:
    """A format: its command and help, the ending of its file, what writes it."""

    name: str
    ending: str
    opening: Opening
    help: str
    closed_only: bool = False
    whole: bool = False

    def form(self, caf: str, exercise: int) -> Form:
        """Return the format for the journal of an exercise."""
        return Form(
            name=self.name,
            opening=self.opening,
            file=f"clas-{caf}-{exercise}.{self.ending}",
            closed_only=self.closed_only,
            whole=self.whole,
        )


def _parquet(path: Path, head: Head) -> Writer:
    from services.accounting.exports.parquet import ParquetFile  # noqa: PLC0415 - slow to load

    return ParquetFile(path, head)


def _xlsx(path: Path, head: Head) -> Writer:
    from services.accounting.exports.xlsx import LedgerWorkbook  # noqa: PLC0415 - slow to load

    return LedgerWorkbook(path, head)


OFFERS = (
    Offer(
        "events",
        "jsonl",
        EventLines,
        "Write the data of the events AccountingEntryPosted as JSON lines.",
    ),
    Offer(
        "validated",
        "jsonl",
        EventLines,
        "Write a closed exercise as JSON lines, whole, for anyone to verify (docs/verify.py).",
        closed_only=True,
    ),
    Offer(
        "csv",
        "csv",
        for_programs,
        "Write the journal as CSV for programs: UTF-8, commas, decimal points.\n\nA row per line "
        "of an entry. A text that a spreadsheet would take for a formula gets an apostrophe "
        "before it.",
    ),
    Offer(
        "csv-excel",
        "csv",
        for_excel,
        "Write the same CSV for a French Excel: semicolons, decimal commas, a byte order mark.",
    ),
    Offer(
        "parquet",
        "parquet",
        _parquet,
        "Write the journal as Parquet, a row per line of an entry: typed, exact amounts.",
    ),
    Offer(
        "xlsx",
        "xlsx",
        _xlsx,
        "Write a workbook: journal, general ledger and trial balance, with totals as formulas.\n\n"
        "Each batch holds the whole exercise as it stands; before the closing it says that it is "
        "provisional, and there is a new batch when there are new entries.",
        whole=True,
    ),
)
