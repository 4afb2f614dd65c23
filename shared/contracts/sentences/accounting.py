"""Sentences of the events of accounting."""

from shared.contracts.accounting import (
    AccountingEntryPosted,
    ClosingCompleted,
    ClosingContinued,
    ClosingRefused,
    DeliveryRegistered,
    EntryLine,
)
from shared.contracts.labels import CLOSING_STEPS, DELIVERY_STATUSES, ENTRY_KINDS
from shared.contracts.sentences.text import Builders, Sentences, item, reason_lines, sentences
from shared.french import counted, euros, long_date

CLOSING_PERIOD = 13
EXPENSES = ("CPT-01", "CPT-02", "CPT-03")
"""The rule of an expense account, by the number of exercises since its origin."""
RULES = {"accrual": " [CPT-06]", "commitment": " [CPT-07]", "commitment_reversal": " [CPT-11]"}


def accounting_entry_posted(data: AccountingEntryPosted) -> Sentences:
    """Describe a posted entry, with its lines."""
    period = "mois 13" if data.period == CLOSING_PERIOD else f"période {data.period}"
    return sentences(
        f"Écriture : {ENTRY_KINDS[data.kind]}, exercice {data.exercise}, {period}",
        f"« {data.label} », au {long_date(data.booked_on)}{RULES.get(data.kind, '')}.",
        *(item(_line(line, data.exercise)) for line in data.lines),
    )


def closing_continued(data: ClosingContinued) -> Sentences:
    """Describe a page of a running closing."""
    return sentences(f"Clôture de l’exercice {data.exercise} : {CLOSING_STEPS[data.step]}")


def closing_completed(data: ClosingCompleted) -> Sentences:
    """State that an exercise is closed."""
    return sentences(
        f"Exercice {data.exercise} de la Caf {data.caf} clôturé",
        *(
            item(
                f"{ENTRY_KINDS[total.kind]} :"
                f" {counted(total.count, 'écriture')}, {euros(total.amount)}"
            )
            for total in data.totals
        ),
        (
            f"Écritures {data.first_sequence} à {data.last_sequence}, empreinte de tête"
            f" {data.head_hash}."
        ),
    )


def closing_refused(data: ClosingRefused) -> Sentences:
    """Describe an exercise that cannot be closed yet."""
    return sentences(f"Clôture de l’exercice {data.exercise} refusée", *reason_lines(data.reasons))


def delivery_registered(data: DeliveryRegistered) -> Sentences:
    """Describe the last reply of an accounting system on an entry."""
    status = DELIVERY_STATUSES[data.status]
    return sentences(
        f"Écriture {status} par {data.system}, le {long_date(data.told_on)}",
        f"Écriture {data.entry_id} de l’exercice {data.exercise} [LIV-03].",
    )


def _line(line: EntryLine, exercise: int) -> str:
    side, amount = ("débit", line.debit) if line.debit else ("crédit", line.credit)
    notes = []
    if line.origin_exercise is not None:
        age = min(exercise - line.origin_exercise, len(EXPENSES) - 1)
        notes.append(f"origine {line.origin_exercise} [{EXPENSES[age]}]")
    if line.statistical_code:
        notes.append(f"code {line.statistical_code} [STA-01]")
    suffix = f" ({', '.join(notes)})" if notes else ""
    return f"{side} {line.ledger} {line.account} {euros(amount)}{suffix}"


SENTENCES: Builders = {
    AccountingEntryPosted: accounting_entry_posted,
    DeliveryRegistered: delivery_registered,
    ClosingCompleted: closing_completed,
    ClosingRefused: closing_refused,
    ClosingContinued: closing_continued,
}
