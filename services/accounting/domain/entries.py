"""Entries: movements summed into lines, balanced, named and labelled.

The id of an entry is derived from its cause: whoever posts it, and however often, it is the same.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from services.accounting.domain.books import Booking, Books
from services.accounting.domain.chart import Parameters
from services.accounting.domain.grants import GrantScoped
from services.accounting.domain.movements import Movement
from shared.contracts.accounting import AccountingEntryPosted, EntryKind, EntryLine
from shared.contracts.common import Cause
from shared.contracts.types import CafCode, Exercise
from shared.kernel.decision import State, WritePrecondition, derived_id
from shared.kernel.money import ZERO

LABEL_LENGTH_MAX = 200
KINDS_OF_CLOSING: frozenset[EntryKind] = frozenset({"accrual", "commitment", "commitment_reversal"})
"""Booked in the exercise that is being closed. A release is booked in one that is open."""
LABELS: dict[EntryKind, str] = {
    "advance": "Acompte Clas",
    "advance_reversal": "Annulation d’acompte Clas",
    "accrual": "Charge à payer Clas",
    "accrual_release": "Reprise de la charge à payer Clas",
    "commitment": "Engagement 6/10 Clas",
    "commitment_reversal": "Contrepassation de l’engagement 6/10 Clas",
    "balance": "Solde Clas",
    "cancellation": "Annulation du droit Clas",
    "adjustment": "Régularisation après contrôle Clas",
}


class Entry(State):
    """A posted entry. Its number and hashes come with the validation of its exercise.

    `place` is its period and day as text: with the id, the order of the numbering.
    """

    collection = "entries"
    indexes = (("caf", "exercise", "place"),)

    entry_id: str
    caf: CafCode
    exercise: Exercise
    place: str
    posted: AccountingEntryPosted
    sequence: int | None = None
    previous_hash: str | None = None
    hash: str | None = None

    @property
    def key(self) -> str:
        """The id that the entry's cause gives it."""
        return self.entry_id

    @property
    def write_precondition(self) -> WritePrecondition:
        """An exercise takes entries while it is open, from its closing what is the closing's.

        Once it is closed it takes none, and those that it holds stay as they are.
        """
        of_closing = self.sequence is not None or self.posted.kind in KINDS_OF_CLOSING
        return WritePrecondition(
            collection=Books.collection,
            id=self.caf,
            items="exercises",
            field="year",
            value=self.exercise,
            allowed=("closing",) if of_closing else ("open",),
            absent="open",
        )


@dataclass(frozen=True, slots=True)
class EntryHeader:
    """What an entry is for: its kind, its cause, and where it is booked."""

    kind: EntryKind
    cause: Cause
    booking: Booking


def build_entry(
    voucher: EntryHeader,
    concerned: GrantScoped,
    movements: Iterable[Movement],
    parameters: Parameters,
) -> tuple[Entry, ...]:
    """Return the one entry of these movements, or none when all of them are zero.

    Movements on the same account, side and origin make one line; lines stand in the order of
    their text. Every entry balances, and its class 8 balances by itself.
    """
    moved = [each for each in movements if each.amount]
    if not moved:
        return ()
    _assert_balanced(moved)
    _assert_balanced([each for each in moved if each.account.is_off_balance_sheet])
    payee = concerned.gestionnaire
    code = parameters.statistical_code(concerned.school_year, payee.kind)
    return (_entry(voucher, concerned, _lines(moved, code)),)


def _assert_balanced(movements: Iterable[Movement]) -> None:
    sides = defaultdict[str, Decimal](Decimal)
    for each in movements:
        sides[each.side] += each.amount
    assert sides["debit"] == sides["credit"], f"unbalanced entry: {dict(sides)}"


def _lines(movements: Iterable[Movement], statistical_code: str) -> tuple[EntryLine, ...]:
    sums = defaultdict[Movement, Decimal](Decimal)
    for each in movements:
        sums[Movement(each.account, each.side, ZERO, each.origin)] += each.amount
    lines = [_line(movement, amount, statistical_code) for movement, amount in sums.items()]
    return tuple(sorted(lines, key=_as_text))


def _line(movement: Movement, amount: Decimal, statistical_code: str) -> EntryLine:
    return EntryLine(
        ledger=movement.account.ledger,
        account=movement.account.account,
        debit=amount if movement.side == "debit" else ZERO,
        credit=amount if movement.side == "credit" else ZERO,
        origin_exercise=movement.origin,
        statistical_code=None if movement.origin is None else statistical_code,
    )


def _as_text(line: EntryLine) -> tuple[str, ...]:
    amounts = (str(line.debit), str(line.credit))
    return (line.ledger, line.account, *amounts, str(line.origin_exercise))


def _entry(voucher: EntryHeader, concerned: GrantScoped, lines: tuple[EntryLine, ...]) -> Entry:
    booking = voucher.booking
    posted = AccountingEntryPosted(
        entry_id=_entry_id(voucher, concerned),
        caf=concerned.caf,
        exercise=booking.exercise,
        period=booking.period,
        booked_on=booking.booked_on,
        kind=voucher.kind,
        label=_label(voucher.kind, concerned),
        dossier_id=concerned.dossier_id,
        school_year=concerned.school_year,
        siret=concerned.gestionnaire.siret,
        lines=lines,
        cause=voucher.cause,
    )
    return Entry(
        entry_id=posted.entry_id,
        caf=posted.caf,
        exercise=posted.exercise,
        place=f"{booking.period:02}|{booking.booked_on.isoformat()}",
        posted=posted,
    )


def _entry_id(voucher: EntryHeader, concerned: GrantScoped) -> str:
    subject = (concerned.dossier_id, concerned.school_year)
    return derived_id(voucher.cause.id, voucher.kind, *subject)


def _label(kind: EntryKind, concerned: GrantScoped) -> str:
    """Name the entry in one line: the FEC separates its columns by tabs or pipes."""
    name = " ".join(concerned.gestionnaire.name.replace("|", " ").split())
    return f"{LABELS[kind]} {concerned.school_year} – {name}"[:LABEL_LENGTH_MAX].rstrip()
