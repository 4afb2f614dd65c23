"""Entries: movements summed into lines, balanced and labelled.

The id of an entry is derived from its cause, so that posting it again gives the same id.
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
"""Kinds booked in the exercise being closed; a release is booked in an open one."""
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
    """A posted entry; its number and hashes are set by the validation of its exercise.

    `place` is its period and day as text: with the id, the order of numbering.
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
        """The id derived from the entry's cause."""
        return self.entry_id

    @property
    def write_precondition(self) -> WritePrecondition:
        """An open exercise takes entries, a closing one those of the closing, a closed one none.

        An entry of a closed exercise is not changed either.
        """
        of_closing = self.sequence is not None or self.posted.kind in KINDS_OF_CLOSING
        return WritePrecondition(
            model=Books,
            id=self.caf,
            items="exercises",
            field="year",
            value=self.exercise,
            allowed=("closing",) if of_closing else ("open",),
            absent="open",
        )


@dataclass(frozen=True, slots=True)
class EntryHeader:
    """Kind and cause of an entry, and where it is booked."""

    kind: EntryKind
    cause: Cause
    booking: Booking


def build_entry(
    header: EntryHeader,
    grant: GrantScoped,
    movements: Iterable[Movement],
    parameters: Parameters,
) -> tuple[Entry, ...]:
    """Return the one entry of these movements, or none when all of them are zero.

    Movements on the same account, side and origin make one line; lines are sorted as text. Every
    entry balances, and its class 8 balances by itself.
    """
    nonzero = [movement for movement in movements if movement.amount]
    if not nonzero:
        return ()
    _assert_balanced(nonzero)
    _assert_balanced([movement for movement in nonzero if movement.account.is_off_balance_sheet])
    payee = grant.gestionnaire
    code = parameters.statistical_code(grant.school_year, payee.kind)
    return (_entry(header, grant, _lines(nonzero, code)),)


def _assert_balanced(movements: Iterable[Movement]) -> None:
    sides = defaultdict[str, Decimal](Decimal)
    for movement in movements:
        sides[movement.side] += movement.amount
    assert sides["debit"] == sides["credit"], f"unbalanced entry: {dict(sides)}"


def _lines(movements: Iterable[Movement], statistical_code: str) -> tuple[EntryLine, ...]:
    sums = defaultdict[Movement, Decimal](Decimal)
    for movement in movements:
        sums[Movement(movement.account, movement.side, ZERO, movement.origin)] += movement.amount
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


def _entry(header: EntryHeader, grant: GrantScoped, lines: tuple[EntryLine, ...]) -> Entry:
    booking = header.booking
    posted = AccountingEntryPosted(
        entry_id=_entry_id(header, grant),
        caf=grant.caf,
        exercise=booking.exercise,
        period=booking.period,
        booked_on=booking.booked_on,
        kind=header.kind,
        label=_label(header.kind, grant),
        dossier_id=grant.dossier_id,
        school_year=grant.school_year,
        siret=grant.gestionnaire.siret,
        lines=lines,
        cause=header.cause,
    )
    return Entry(
        entry_id=posted.entry_id,
        caf=posted.caf,
        exercise=posted.exercise,
        place=f"{booking.period:02}|{booking.booked_on.isoformat()}",
        posted=posted,
    )


def _entry_id(header: EntryHeader, grant: GrantScoped) -> str:
    parts = (grant.dossier_id, grant.school_year)
    return derived_id(header.cause.id, header.kind, *parts)


def _label(kind: EntryKind, grant: GrantScoped) -> str:
    """Return a label of one line without pipes: the FEC separates columns by tabs or pipes."""
    name = " ".join(grant.gestionnaire.name.replace("|", " ").split())
    return f"{LABELS[kind]} {grant.school_year} – {name}"[:LABEL_LENGTH_MAX].rstrip()
