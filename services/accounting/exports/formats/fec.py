"""The FEC of a closed exercise: the 18 columns of article A47 A-1, written line by line.

All entries are in one journal: an entry holds lines of the ledgers SF and T together, and must
balance in its journal. Data without a column are appended to the label.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

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
from shared.identifiers import siren_fault

JOURNAL = "CLAS"
JOURNAL_LABEL = "Journal des subventions Clas"
THIRD_PARTY_CLASS = "4"
"""The class of third-party accounts: the gestionnaire is their subsidiary account."""
ZERO_AMOUNT = "0,00"
LINES_PER_WRITE = 2_000


def fec_format(
    siren: str, separator: Separator, encoding: Encoding
) -> Callable[[Path, ExportHeader], "FecWriter"]:
    """Return the FEC format of a company: UTF-8 without byte order mark, or ISO 8859-15; CR LF.

    Opening a file raises UnrepresentableContentError when the exercise is not closed.

    Raises:
        UnrepresentableContentError: the SIREN is not valid.
    """
    if siren_fault(siren):
        raise UnrepresentableContentError(
            [f"« {siren} » n’est pas un numéro SIREN : neuf chiffres, clé comprise."]
        )

    def open_writer(path: Path, head: ExportHeader) -> FecWriter:
        return FecWriter(path, head, separator, encoding)

    return open_writer


class FecWriter:
    """A FEC being written."""

    def __init__(
        self, path: Path, head: ExportHeader, separator: Separator, encoding: Encoding
    ) -> None:
        self._valid_date = _valid_date(head)
        self._head, self._separator, self._encoding = head, separator, encoding
        self._errors = ErrorList()
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
            message = f"l’écriture {entry.entry_id} porte le numéro {entry.sequence}"
            self._errors.add(f"{message} au lieu de {self._number} : la séquence est rompue.")
        self._lines.extend(self._entry_lines(entry.posted))
        if len(self._lines) >= LINES_PER_WRITE:
            self._flush()

    def close(self) -> None:
        """Complete the file.

        Raises:
            UnrepresentableContentError: the layout cannot hold something, or entries are missing.
        """
        self._flush()
        self._file.close()
        assert self._head.closing is not None
        if self._number != (last := self._head.closing.sequence):
            self._errors.add(f"{self._number} écritures reçues ; la clôture en a validé {last}.")
        self._errors.check()

    @property
    def notes(self) -> tuple[str, ...]:
        """The characters that were replaced, one French sentence each."""
        return self._typography.notes

    def _entry_lines(self, posted: AccountingEntryPosted) -> Iterator[str]:
        separator, day = self._separator, _day(posted.booked_on)
        before = separator.join((JOURNAL, JOURNAL_LABEL, str(self._number), day))
        middle = separator.join((self._piece_ref(posted), day, one_line(posted.label)))
        for line in posted.lines:
            yield separator.join(
                (
                    before,
                    self._account(line.ledger, line.account),
                    self._third_party(posted.siret)
                    if line.account[0] == THIRD_PARTY_CLASS
                    else separator,
                    f"{middle} ({_label_suffix(posted.period, *_suffix_fields(line))})",
                    _amount(line.debit),
                    _amount(line.credit),
                    separator,
                    self._valid_date,
                    separator,
                )
            )

    def _piece_ref(self, posted: AccountingEntryPosted) -> str:
        """Return the reference of an entry: its dossier, and the id of the event behind it."""
        piece = one_key(f"{posted.dossier_id} {posted.cause.id}")
        if not piece.isprintable():
            where = f"écriture {self._number}, PieceRef"
            self._errors.add(f"{where} : {piece!a} porte un caractère de contrôle.")
        return piece

    def _account(self, ledger: str, account: str) -> str:
        """Return number and label of an account; report an invalid account once."""
        key = (ledger, account)
        if (fields := self._accounts.get(key)) is None:
            label = one_line(self._head.accounts.get(key, ""))
            where = f"écriture {self._number}, compte {ledger} {account}"
            for fault in _faults(account, label):
                self._errors.add(f"{where} : {fault}")
            fields = self._accounts[key] = f"{account}{self._separator}{label}"
        return fields

    def _third_party(self, siret: str) -> str:
        """Return SIRET and name of a gestionnaire, or the SIRET twice when it has no name."""
        if (fields := self._third_parties.get(siret)) is None:
            name = one_line(self._head.gestionnaires.get(siret, "")).strip() or siret
            fields = self._third_parties[siret] = f"{siret}{self._separator}{name}"
        return fields

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
                self._report_unencodable(line)

    def _report_unencodable(self, line: str) -> None:
        for column, field in zip(COLUMNS, line.split(self._separator), strict=False):
            try:
                field.encode(self._encoding)
            except UnicodeEncodeError as fault:
                character = field[fault.start]
                number = line.split(self._separator)[2]
                self._errors.add(
                    f"écriture {number}, {column} : « {field} » porte « {character} » "
                    f"(U+{ord(character):04X}), absent de la norme {ENCODINGS[self._encoding]} ; "
                    "un export en UTF-8 le tient."
                )


def _valid_date(head: ExportHeader) -> str:
    """Return the validation date.

    Raises:
        UnrepresentableContentError: the exercise is not closed.
    """
    if head.closing is None or not head.closed:
        message = f"l’exercice {head.exercise} de la Caf {head.caf} n’est pas clôturé"
        raise UnrepresentableContentError(
            [f"{message} : seules des écritures validées vont au FEC."]
        )
    return _day(head.closing.closed_on)


@cache
def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _amount(euros: Decimal) -> str:
    return str(euros).replace(".", ",") if euros else ZERO_AMOUNT


def _suffix_fields(line: EntryLine) -> tuple[str, int | None, str | None]:
    return (line.ledger, line.origin_exercise, line.statistical_code)


@lru_cache(maxsize=10_000)
def _label_suffix(period: int, ledger: str, origin: int | None, code: str | None) -> str:
    """Return data without a column: ledger, period, and origin and code of expenses."""
    text = f"{ledger}, période {period}"
    if origin is not None:
        text = f"{text}, origine {origin}"
    if code is not None:
        text = f"{text}, spécificité {code}"
    return text


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
