"""Report of accruals: the accrual of each right at a closing, against the definitive amount due."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.funding.right import Key, Right
from services.funding.rights import Rights
from shared.console.tables import Cell, Sheet, summed
from shared.contracts.accounting import AccountingEntryPosted
from shared.kernel.calendar import school_year
from shared.kernel.money import ZERO, total

COLUMNS = (
    *("Dossier", "Gestionnaire", "Part N prévue", "Acomptes de l'exercice", "Charge à payer"),
    *("Dû ensuite", "Écart", "État"),
)
NOTE = (
    "Écart : charge à payer moins ce qui restait dû au titre de l'exercice (part N définitive moins"
    " les acomptes de l'exercice). Positif : trop provisionné ; négatif : pas assez."
)


@dataclass(frozen=True, slots=True)
class BookedAmounts:
    """Advances and accrual of one right in the books of its first exercise, in euros."""

    advanced: Decimal = ZERO
    accrued: Decimal = ZERO


def booked(entries: Iterable[AccountingEntryPosted], exercise: int) -> dict[Key, BookedAmounts]:
    """Return the amounts booked in an exercise, by right that began in it."""
    by_right: dict[Key, BookedAmounts] = {}
    for posted in entries:
        if posted.exercise == exercise and posted.school_year == school_year(exercise):
            key = (posted.dossier_id, posted.school_year)
            by_right[key] = _add(by_right.get(key, BookedAmounts()), posted)
    return by_right


def accruals(rights: Rights, books: dict[Key, BookedAmounts], caf: str, exercise: int) -> Sheet:
    """Return one row per right that began in the exercise, accrued or not."""
    granted = [right for right in rights.of_year(school_year(exercise)) if right.granted]
    rows = tuple(_row(rights, right, books.get(right.key, BookedAmounts())) for right in granted)
    return Sheet(
        title=f"Charges à payer de l'exercice {exercise}, Caf {caf}",
        columns=COLUMNS,
        rows=rows,
        total=summed(rows, "Total"),
        notes=(NOTE,),
    )


def _row(rights: Rights, right: Right, books: BookedAmounts) -> tuple[Cell, ...]:
    """Return the row of a right; amount due and difference are empty before the balance."""
    payee = rights.payee(right)
    part_n, state = _definitive(right)
    due = None if part_n is None else max(part_n - books.advanced, ZERO)
    return (
        right.dossier_id,
        payee.name if payee else "",
        right.granted.part_n if right.granted else ZERO,
        books.advanced,
        books.accrued,
        due,
        None if due is None else books.accrued - due,
        state,
    )


def _definitive(right: Right) -> tuple[Decimal | None, str]:
    if right.settled:
        return right.settled.final_part_n, f"soldé le {_day(right.settled.settled_on)}"
    if right.cancelled:
        return ZERO, f"annulé le {_day(right.cancelled.cancelled_on)}"
    return None, "comptes attendus"


def _add(amounts: BookedAmounts, posted: AccountingEntryPosted) -> BookedAmounts:
    debits = total(line.debit for line in posted.lines)
    if posted.kind == "accrual":
        return replace(amounts, accrued=amounts.accrued + debits)
    if posted.kind in {"advance", "advance_reversal"}:
        return replace(amounts, advanced=amounts.advanced + _expense(posted))
    return amounts


def _expense(posted: AccountingEntryPosted) -> Decimal:
    """Return the expense of an entry on its own exercise, negative for a reversal."""
    own = [line for line in posted.lines if line.origin_exercise == posted.exercise]
    return total(line.debit for line in own) - total(line.credit for line in own)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
