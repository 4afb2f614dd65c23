"""The formats of the journal that `clas export` offers, one line each."""

from dataclasses import dataclass
from pathlib import Path

from services.accounting.exports.formats.base import ExportHeader, Writer, WriterFactory
from services.accounting.exports.formats.csv_file import for_excel, for_programs
from services.accounting.exports.formats.events import EventLines
from services.accounting.exports.journal import JournalFormat


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format: its command and help, the extension of its file, its writer."""

    name: str
    extension: str
    writer: WriterFactory
    help: str
    requires_closed_exercise: bool = False
    full_each_time: bool = False

    def journal_format(self, caf: str, exercise: int) -> JournalFormat:
        """Return the format for the journal of an exercise."""
        return JournalFormat(
            name=self.name,
            writer=self.writer,
            file=f"clas-{caf}-{exercise}.{self.extension}",
            requires_closed_exercise=self.requires_closed_exercise,
            full_each_time=self.full_each_time,
        )


def _parquet(path: Path, head: ExportHeader) -> Writer:
    from services.accounting.exports.formats.parquet import ParquetFile  # noqa: PLC0415 - slow to load

    return ParquetFile(path, head)


def _xlsx(path: Path, head: ExportHeader) -> Writer:
    from services.accounting.exports.formats.xlsx import LedgerWorkbook  # noqa: PLC0415 - slow to load

    return LedgerWorkbook(path, head)


FORMATS = (
    ExportFormat(
        "events",
        "jsonl",
        EventLines,
        "Write the data of the events AccountingEntryPosted as JSON lines.",
    ),
    ExportFormat(
        "validated",
        "jsonl",
        EventLines,
        "Write a closed exercise as JSON lines, whole, for anyone to verify (docs/verify.py).",
        requires_closed_exercise=True,
    ),
    ExportFormat(
        "csv",
        "csv",
        for_programs,
        "Write the journal as CSV for programs: UTF-8, commas, decimal points.\n\nA row per line "
        "of an entry. A text that a spreadsheet would take for a formula gets an apostrophe "
        "before it.",
    ),
    ExportFormat(
        "csv-excel",
        "csv",
        for_excel,
        "Write the same CSV for a French Excel: semicolons, decimal commas, a byte order mark.",
    ),
    ExportFormat(
        "parquet",
        "parquet",
        _parquet,
        "Write the journal as Parquet, a row per line of an entry: typed, exact amounts.",
    ),
    ExportFormat(
        "xlsx",
        "xlsx",
        _xlsx,
        "Write a workbook: journal, general ledger and trial balance, with totals as formulas.\n\n"
        "Each batch holds the whole exercise as it stands; before the closing it says that it is "
        "provisional, and there is a new batch when there are new entries.",
        full_each_time=True,
    ),
)
