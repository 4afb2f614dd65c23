"""Rows set aside on disk: all in their order, and again account by account."""

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
    """What both sides come to, in euros."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        """Debit less credit."""
        return self.debit - self.credit

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(self.debit + other.debit, self.credit + other.credit)


@dataclass(slots=True)
class Tally:
    """One account: its name, what its rows come to, and the file that they lie in."""

    label: str
    file: IO[bytes]
    amounts: Amounts = Amounts()


class RowBuffer:
    """Rows in a folder beside the file that they are for; gone with `drop`, or with the spool."""

    def __init__(self, beside: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f".{beside.name}.", dir=beside.parent))
        self.accounts: dict[Account, Tally] = {}
        self.lines, self.amounts = 0, Amounts()
        files = ExitStack()
        files.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.drop = weakref.finalize(self, _drop, files)
        self._files = files
        self._all = self._file("all")

    def add(self, row: JournalLine, *, keep: bool) -> None:
        """Count a row, and keep it if asked."""
        tally = self._tally(row)
        moved = Amounts(row.debit, row.credit)
        self.lines += 1
        self.amounts += moved
        tally.amounts += moved
        if keep:
            line = orjson.dumps(row, default=str, option=orjson.OPT_APPEND_NEWLINE)
            self._all.write(line)
            tally.file.write(line)

    def rows(self, account: Account | None = None) -> Iterator[JournalLine]:
        """Yield all rows, or those of an account, in the order they came."""
        file = self.accounts[account].file if account else self._all
        file.seek(0)
        return map(_row, file)

    def _tally(self, row: JournalLine) -> Tally:
        account = (row.ledger, row.account)
        if account not in self.accounts:
            file = self._file(str(len(self.accounts)))
            self.accounts[account] = Tally(row.account_label, file)
        return self.accounts[account]

    def _file(self, name: str) -> IO[bytes]:
        return self._files.enter_context((self.folder / name).open("w+b"))


def _drop(files: ExitStack) -> None:
    """Close and remove; that a full disk takes no more of it is told by whoever wrote last."""
    with suppress(OSError):
        files.close()


def _row(line: bytes) -> JournalLine:
    found = orjson.loads(line)
    booked_on = date.fromisoformat(found.pop("booked_on"))
    debit, credit = Decimal(found.pop("debit")), Decimal(found.pop("credit"))
    return JournalLine(**found, booked_on=booked_on, debit=debit, credit=credit)
