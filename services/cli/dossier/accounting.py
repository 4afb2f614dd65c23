"""What accounting booked and closed."""

from services.accounting.ledger_tables import KINDS
from services.cli.dossier.entries import Sentences, item, reasons, sentences
from shared.contracts.accounting import (
    AccountingEntryPosted,
    ClosingCompleted,
    ClosingContinued,
    ClosingRefused,
    EntryLine,
)
from shared.french import counted, euros, long_date

CLOSING_PERIOD = 13
EXPENSES = ("CPT-01", "CPT-02", "CPT-03")
"""The rule of an expense account, by the age of what it is spent on in exercises."""
RULES = {"accrual": " [CPT-06]", "commitment": " [CPT-07]", "commitment_reversal": " [CPT-11]"}
STEPS = {"grants": "ses droits sont passés en revue", "entries": "ses écritures sont validées"}


def accounting_entry_posted(data: AccountingEntryPosted) -> Sentences:
    """Tell of an entry with its lines."""
    period = "mois 13" if data.period == CLOSING_PERIOD else f"période {data.period}"
    return sentences(
        f"Écriture : {KINDS.get(data.kind, data.kind)}, exercice {data.exercise}, {period}",
        f"« {data.label} », au {long_date(data.booked_on)}{RULES.get(data.kind, '')}.",
        *(item(_line(each, data.exercise)) for each in data.lines),
    )


def closing_continued(data: ClosingContinued) -> Sentences:
    """Tell of a page of a running closing."""
    return sentences(f"Clôture de l’exercice {data.exercise} : {STEPS[data.step]}")


def closing_completed(data: ClosingCompleted) -> Sentences:
    """Tell that an exercise is closed."""
    return sentences(
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


def closing_refused(data: ClosingRefused) -> Sentences:
    """Tell of an exercise that cannot be closed yet."""
    return sentences(f"Clôture de l’exercice {data.exercise} refusée", *reasons(data.reasons))


def _line(of: EntryLine, booked: int) -> str:
    side, amount = ("débit", of.debit) if of.debit else ("crédit", of.credit)
    notes = []
    if of.origin_exercise is not None:
        age = min(booked - of.origin_exercise, len(EXPENSES) - 1)
        notes.append(f"origine {of.origin_exercise} [{EXPENSES[age]}]")
    if of.statistical_code:
        notes.append(f"code {of.statistical_code} [STA-01]")
    noted = f" ({', '.join(notes)})" if notes else ""
    return f"{side} {of.ledger} {of.account} {euros(amount)}{noted}"
