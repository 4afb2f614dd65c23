"""Journal lines buffered on disk: all in their order, and account by account."""

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO

import orjson

from services.accounting.exports.formats.base import JournalLine
from shared.kernel.money import ZERO

Account = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Amounts:
    """A debit total and a credit total, in euros."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        """Debit less credit."""
        return self.debit - self.credit

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(self.debit + other.debit, self.credit + other.credit)


@dataclass(slots=True)
class AccountRows:
    """The lines of one account: its label, their file, their totals."""

    label: str
    file: IO[bytes]
    amounts: Amounts = Amounts()


class RowBuffer:
    """Buffers lines in a folder beside the file to be written; `drop` removes it."""

    def __init__(self, beside: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f".{beside.name}.", dir=beside.parent))
        self.accounts: dict[Account, AccountRows] = {}
        self.lines, self.amounts = 0, Amounts()
        files = ExitStack()
        files.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.drop = weakref.finalize(self, _drop, files)
        self._files = files
        self._all = self._file("all")

    def add(self, row: JournalLine, *, keep: bool) -> None:
        """Add a line to the totals, and to the files when `keep` is set."""
        tally = self._tally(row)
        amounts = Amounts(row.debit, row.credit)
        self.lines += 1
        self.amounts += amounts
        tally.amounts += amounts
        if keep:
            line = orjson.dumps(row, default=str, option=orjson.OPT_APPEND_NEWLINE)
            self._all.write(line)
            tally.file.write(line)

    def rows(self, account: Account | None = None) -> Iterator[JournalLine]:
        """Yield all lines, or those of one account, in the order they were added."""
        file = self.accounts[account].file if account else self._all
        file.seek(0)
        return map(_row, file)

    def _tally(self, row: JournalLine) -> AccountRows:
        account = (row.ledger, row.account)
        if account not in self.accounts:
            file = self._file(str(len(self.accounts)))
            self.accounts[account] = AccountRows(row.account_label, file)
        return self.accounts[account]

    def _file(self, name: str) -> IO[bytes]:
        return self._files.enter_context((self.folder / name).open("w+b"))


def _drop(files: ExitStack) -> None:
    """Close and remove the files. A full disk was already reported by the write that failed."""
    with suppress(OSError):
        files.close()


def _row(line: bytes) -> JournalLine:
    values = orjson.loads(line)
    booked_on = date.fromisoformat(values.pop("booked_on"))
    debit, credit = Decimal(values.pop("debit")), Decimal(values.pop("credit"))
    return JournalLine(**values, booked_on=booked_on, debit=debit, credit=credit)
