"""Validation of entries: numbers without gap, hash chain and totals."""

from collections.abc import Iterable

from services.accounting.domain.chain import link
from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from services.accounting.domain.totals import Totals
from shared.contracts.accounting import ClosingCompleted


def validate(closing: Closing, entries: Iterable[Entry]) -> tuple[Closing, tuple[Entry, ...]]:
    """Number and chain entries in their order, after those validated before; add up the totals."""
    validated: list[Entry] = []
    totals = Totals(closing.totals, closing.trial_balance)
    sequence, head = closing.sequence, closing.head_hash
    for entry in entries:
        sequence, previous, head = sequence + 1, head, link(head, entry.posted)
        validated.append(entry.with_changes(sequence=sequence, previous_hash=previous, hash=head))
        totals.add(entry.posted)
    counted = closing.with_changes(
        sequence=sequence,
        head_hash=head,
        totals=totals.by_kind,
        trial_balance=totals.trial_balance,
    )
    return counted, tuple(validated)


def build_completion(closing: Closing) -> ClosingCompleted:
    """Return the result of a closing; the numbers of an exercise without entries are 0 to 0."""
    return ClosingCompleted(
        caf=closing.caf,
        exercise=closing.exercise,
        totals=closing.totals,
        trial_balance=closing.trial_balance,
        first_sequence=min(closing.sequence, 1),
        last_sequence=closing.sequence,
        head_hash=closing.head_hash,
    )
