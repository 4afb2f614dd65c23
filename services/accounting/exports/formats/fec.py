"""The FEC of a closed exercise: the 18 columns of article A47 A-1, written line by line.

All entries stand in one journal: an entry holds lines of the ledgers SF and T together, and must
balance in its journal. What the layout has no column for goes to the end of the line's label.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from stdnum.fr import siren as siren_number

from services.accounting.domain.entries import Entry
from services.accounting.exports.formats.base import ExportHeader
from services.accounting.exports.formats.fec_texts import Typography, one_key, one_line
from shared.contracts.accounting import AccountingEntryPosted, EntryLine
from shared.exports.error_list import ErrorList, UnrepresentableContentError
from shared.fec_validator import (
    ACCOUNT_DIGITS,
    CLASSES,
    COLUMNS,
    ENCODINGS,
    LINE_END,
    Encoding,
    Separator,
)

JOURNAL = "CLAS"
JOURNAL_LABEL = "Journal des subventions Clas"
THIRD_PARTIES = "4"
"""The class whose accounts are held by gestionnaire: theirs is the subsidiary account."""
NOTHING = "0,00"
LINES_AT_ONCE = 2_000


def fec(
    siren: str, separator: Separator, encoding: Encoding
) -> Callable[[Path, ExportHeader], "FecWriter"]:
    """Return the format: UTF-8 without mark, or ISO 8859-15; lines end with CR LF.

    What it opens raises Unfit at once when the exercise is not closed.

    Raises:
        Unfit: when the SIREN is none.
    """
    if not siren_number.is_valid(siren):
        raise UnrepresentableContentError(
            [f"« {siren} » n’est pas un numéro SIREN : neuf chiffres, clé comprise."]
        )

    def opening(path: Path, head: ExportHeader) -> FecWriter:
        return FecWriter(path, head, separator, encoding)

    return opening


class FecWriter:
    """A FEC being written. `notes` tells what equivalents stand in it."""

    def __init__(
        self, path: Path, head: ExportHeader, separator: Separator, encoding: Encoding
    ) -> None:
        self._valid_date = _valid_date(head)
        self._head, self._separator, self._encoding = head, separator, encoding
        self._reasons = ErrorList()
        self._typography = Typography()
        self._accounts: dict[tuple[str, str], str] = {}
        self._third_parties: dict[str, str] = {}
        self._number = 0
        self._lines = [separator.join(COLUMNS)]
        self._file = path.open("wb")

    def add(self, entry: Entry) -> None:
        """Write one entry; its number must follow the one before."""
        self._number += 1
        if entry.sequence != self._number:
            told = f"l’écriture {entry.entry_id} porte le numéro {entry.sequence}"
            self._reasons.add(f"{told} au lieu de {self._number} : la séquence est rompue.")
        self._lines.extend(self._written(entry.posted))
        if len(self._lines) >= LINES_AT_ONCE:
            self._flush()

    def close(self) -> None:
        """Complete the file.

        Raises:
            Unfit: when the layout cannot hold something, or entries are missing.
        """
        self._flush()
        self._file.close()
        assert self._head.closing is not None
        if self._number != (last := self._head.closing.sequence):
            self._reasons.add(f"{self._number} écritures reçues ; la clôture en a validé {last}.")
        self._reasons.check()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was written otherwise than it is kept, one French sentence each."""
        return self._typography.notes

    def _written(self, posted: AccountingEntryPosted) -> Iterator[str]:
        between, day = self._separator, _day(posted.booked_on)
        before = between.join((JOURNAL, JOURNAL_LABEL, str(self._number), day))
        middle = between.join((self._piece(posted), day, one_line(posted.label)))
        for line in posted.lines:
            yield between.join(
                (
                    before,
                    self._account(line.ledger, line.account),
                    self._third_party(posted.siret)
                    if line.account[0] == THIRD_PARTIES
                    else between,
                    f"{middle} ({_beyond(posted.period, *_told(line))})",
                    _amount(line.debit),
                    _amount(line.credit),
                    between,
                    self._valid_date,
                    between,
                )
            )

    def _piece(self, posted: AccountingEntryPosted) -> str:
        """Return the key that leads back: the dossier, and the event that made the entry."""
        piece = one_key(f"{posted.dossier_id} {posted.cause.id}")
        if not piece.isprintable():
            where = f"écriture {self._number}, PieceRef"
            self._reasons.add(f"{where} : {piece!a} porte un caractère de contrôle.")
        return piece

    def _account(self, ledger: str, account: str) -> str:
        """Return number and name of an account, told once when the layout cannot hold it."""
        key = (ledger, account)
        if (known := self._accounts.get(key)) is None:
            label = one_line(self._head.accounts.get(key, ""))
            where = f"écriture {self._number}, compte {ledger} {account}"
            for fault in _faults(account, label):
                self._reasons.add(f"{where} : {fault}")
            known = self._accounts[key] = f"{account}{self._separator}{label}"
        return known

    def _third_party(self, siret: str) -> str:
        """Return SIRET and name of a gestionnaire; without a name, the SIRET stands for it."""
        if (known := self._third_parties.get(siret)) is None:
            name = one_line(self._head.gestionnaires.get(siret, "")).strip() or siret
            known = self._third_parties[siret] = f"{siret}{self._separator}{name}"
        return known

    def _flush(self) -> None:
        lines = self._lines
        self._lines = []
        text = "".join(f"{line}{LINE_END}" for line in lines)
        if self._encoding != "utf-8":
            text = self._typography.apply(text)
        try:
            self._file.write(text.encode(self._encoding))
        except UnicodeEncodeError:
            for line in text.split(LINE_END):
                self._tell_unwritable(line)

    def _tell_unwritable(self, line: str) -> None:
        for column, field in zip(COLUMNS, line.split(self._separator), strict=False):
            try:
                field.encode(self._encoding)
            except UnicodeEncodeError as fault:
                sign = field[fault.start]
                number = line.split(self._separator)[2]
                self._reasons.add(
                    f"écriture {number}, {column} : « {field} » porte « {sign} » "
                    f"(U+{ord(sign):04X}), absent de la norme {ENCODINGS[self._encoding]} ; "
                    "un export en UTF-8 le tient."
                )


def _valid_date(head: ExportHeader) -> str:
    """Return the day of the validation: an open exercise has none."""
    if head.closing is None or not head.closed:
        told = f"l’exercice {head.exercise} de la Caf {head.caf} n’est pas clôturé"
        raise UnrepresentableContentError([f"{told} : seules des écritures validées vont au FEC."])
    return _day(head.closing.closed_on)


@cache
def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _amount(euros: Decimal) -> str:
    return str(euros).replace(".", ",") if euros else NOTHING


def _told(line: EntryLine) -> tuple[str, int | None, str | None]:
    return (line.ledger, line.origin_exercise, line.statistical_code)


@lru_cache(maxsize=10_000)
def _beyond(period: int, ledger: str, origin: int | None, code: str | None) -> str:
    """Return what no column is for: ledger, period, and on expenses origin and code."""
    told = f"{ledger}, période {period}"
    if origin is not None:
        told = f"{told}, origine {origin}"
    if code is not None:
        told = f"{told}, spécificité {code}"
    return told


def _faults(account: str, label: str) -> Iterator[str]:
    first = account[:ACCOUNT_DIGITS]
    if len(first) < ACCOUNT_DIGITS or not (first.isascii() and first.isdigit()):
        yield "les trois premiers caractères d’un compte sont des chiffres."
    elif first[0] not in CLASSES:
        yield f"la classe {first[0]} n’est pas du plan comptable (classes 1 à 8)."
    if not label.strip():
        yield "un compte doit être nommé (CompteLib)."
    if one_key(account) != account or not account.isprintable():
        yield "le numéro porte un séparateur ou un caractère de contrôle."
