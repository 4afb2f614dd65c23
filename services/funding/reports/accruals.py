"""What was accrued at a closing, against what was then due for that exercise."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.funding.rights import Key, Right, Rights
from shared.console.tables import Cell, Sheet, summed
from shared.contracts.accounting import AccountingEntryPosted
from shared.contracts.envelope import Envelope
from shared.kernel.calendar import school_year
from shared.kernel.money import ZERO, total

COLUMNS = (
    *("Dossier", "Gestionnaire", "Part N prévue", "Acomptes de l'exercice", "Charge à payer"),
    *("Dû ensuite", "Écart", "État"),
)
WANTED = (AccountingEntryPosted,)
NOTE = (
    "Écart : charge à payer moins ce qui restait dû au titre de l'exercice (part N définitive moins"
    " les acomptes de l'exercice). Positif : trop provisionné ; négatif : pas assez."
)


@dataclass(frozen=True, slots=True)
class BookedAmounts:
    """What one right has in the books of its first exercise, in euros."""

    advanced: Decimal = ZERO
    accrued: Decimal = ZERO


def booked(entries: Iterable[Envelope], exercise: int) -> dict[Key, BookedAmounts]:
    """Return advances and accrual of each right that began in an exercise, booked in it."""
    found: dict[Key, BookedAmounts] = {}
    for event in entries:
        posted = event.data
        assert isinstance(posted, AccountingEntryPosted)
        if posted.exercise == exercise and posted.school_year == school_year(exercise):
            key = (posted.dossier_id, posted.school_year)
            found[key] = _with(found.get(key, BookedAmounts()), posted)
    return found


def accruals(lives: Rights, books: dict[Key, BookedAmounts], caf: str, exercise: int) -> Sheet:
    """Return one row per right that began in the exercise, accrued or not."""
    found = [life for life in lives.of(school_year(exercise)) if life.granted]
    rows = tuple(_row(lives, life, books.get(life.key, BookedAmounts())) for life in found)
    return Sheet(
        title=f"Charges à payer de l'exercice {exercise}, Caf {caf}",
        columns=COLUMNS,
        rows=rows,
        total=summed(rows, "Total"),
        notes=(NOTE,),
    )


def _row(lives: Rights, life: Right, books: BookedAmounts) -> tuple[Cell, ...]:
    """Compare an accrual with the definitive part N; nothing to compare before the balance."""
    payee = lives.payee(life)
    part_n, state = _definitive(life)
    due = None if part_n is None else max(part_n - books.advanced, ZERO)
    return (
        life.dossier_id,
        payee.name if payee else "",
        life.granted.part_n if life.granted else ZERO,
        books.advanced,
        books.accrued,
        due,
        None if due is None else books.accrued - due,
        state,
    )


def _definitive(life: Right) -> tuple[Decimal | None, str]:
    if life.settled:
        return life.settled.final_part_n, f"soldé le {_day(life.settled.settled_on)}"
    if life.cancelled:
        return ZERO, f"annulé le {_day(life.cancelled.cancelled_on)}"
    return None, "comptes attendus"


def _with(known: BookedAmounts, posted: AccountingEntryPosted) -> BookedAmounts:
    amount = total(line.debit for line in posted.lines)
    if posted.kind == "accrual":
        return replace(known, accrued=known.accrued + amount)
    if posted.kind in {"advance", "advance_reversal"}:
        return replace(known, advanced=known.advanced + _expense(posted))
    return known


def _expense(posted: AccountingEntryPosted) -> Decimal:
    """Return what an entry adds to the expense of its own exercise; a reversal takes away."""
    own = [line for line in posted.lines if line.origin_exercise == posted.exercise]
    return total(line.debit for line in own) - total(line.credit for line in own)


def _day(of: date) -> str:
    return f"{of:%d/%m/%Y}"
