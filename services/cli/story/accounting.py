"""What accounting booked and closed."""

from services.cli.french import counted, day, euros
from services.cli.ledger_tables import KINDS
from services.cli.story.told import Told, item, reasons, told
from shared.contracts.accounting import (
    AccountingEntryPosted,
    ClosingCompleted,
    ClosingContinued,
    ClosingRefused,
    EntryLine,
)

CLOSING_PERIOD = 13
STEPS = {"grants": "ses droits sont passés en revue", "entries": "ses écritures sont validées"}


def accounting_entry_posted(data: AccountingEntryPosted) -> Told:
    """Tell of an entry with its lines."""
    period = "mois 13" if data.period == CLOSING_PERIOD else f"période {data.period}"
    return told(
        f"Écriture : {KINDS.get(data.kind, data.kind)}, exercice {data.exercise}, {period}",
        f"« {data.label} », au {day(data.booked_on)}.",
        *(item(_line(each)) for each in data.lines),
    )


def closing_continued(data: ClosingContinued) -> Told:
    """Tell of a page of a running closing."""
    return told(f"Clôture de l’exercice {data.exercise} : {STEPS[data.step]}")


def closing_completed(data: ClosingCompleted) -> Told:
    """Tell of an exercise is closed."""
    return told(
        f"Exercice {data.exercise} de la Caf {data.caf} clôturé",
        *(
            item(
                f"{KINDS.get(each.kind, each.kind)} :"
                f" {counted(each.count, 'écriture')}, {euros(each.amount)}"
            )
            for each in data.totals
        ),
        (
            f"Écritures {data.first_sequence} à {data.last_sequence}, empreinte de tête"
            f" {data.head_hash}."
        ),
    )


def closing_refused(data: ClosingRefused) -> Told:
    """Tell of an exercise that cannot be closed yet."""
    return told(f"Clôture de l’exercice {data.exercise} refusée", *reasons(data.reasons))


def _line(of: EntryLine) -> str:
    side, amount = ("débit", of.debit) if of.debit else ("crédit", of.credit)
    origin = "" if of.origin_exercise is None else f" (origine {of.origin_exercise}"
    code = (
        f", code {of.statistical_code})" if origin and of.statistical_code else ")" * bool(origin)
    )
    return f"{side} {of.ledger} {of.account} {euros(amount)}{origin}{code}"
