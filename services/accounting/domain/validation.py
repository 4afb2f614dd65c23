"""Validation of entries: numbers without gap, hash chain and totals."""

from collections.abc import Iterable

from services.accounting.domain.chain import link
from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from shared.contracts.accounting import (
    AccountingEntryPosted,
    AccountTotal,
    ClosingCompleted,
    EntryKind,
    KindTotal,
)
from shared.kernel.money import ZERO, total


def validate(closing: Closing, entries: Iterable[Entry]) -> tuple[Closing, tuple[Entry, ...]]:
    """Number and chain entries in their order, after those validated before; add up the totals."""
    validated: list[Entry] = []
    for entry in entries:
        numbered = entry.with_changes(
            sequence=closing.sequence + 1,
            previous_hash=closing.head_hash,
            hash=link(closing.head_hash, entry.posted),
        )
        validated.append(numbered)
        closing = closing.with_changes(sequence=numbered.sequence, head_hash=numbered.hash)
    posted = [entry.posted for entry in validated]
    counted = closing.with_changes(
        totals=_by_kind(closing.totals, posted),
        trial_balance=_by_account(closing.trial_balance, posted),
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


def _by_kind(
    before: Iterable[KindTotal], posted: Iterable[AccountingEntryPosted]
) -> tuple[KindTotal, ...]:
    totals: dict[EntryKind, KindTotal] = {line.kind: line for line in before}
    for entry in posted:
        so_far = totals.get(entry.kind) or KindTotal(kind=entry.kind, count=0, amount=ZERO)
        amount = so_far.amount + total(line.debit for line in entry.lines)
        totals[entry.kind] = so_far.with_changes(count=so_far.count + 1, amount=amount)
    return tuple(totals[kind] for kind in sorted(totals))


def _by_account(
    before: Iterable[AccountTotal], posted: Iterable[AccountingEntryPosted]
) -> tuple[AccountTotal, ...]:
    totals = {(line.ledger, line.account): line for line in before}
    for line in (line for entry in posted for line in entry.lines):
        account = (line.ledger, line.account)
        so_far = totals.get(account) or AccountTotal(
            ledger=line.ledger, account=line.account, debit=ZERO, credit=ZERO
        )
        totals[account] = so_far.with_changes(
            debit=so_far.debit + line.debit, credit=so_far.credit + line.credit
        )
    return tuple(totals[account] for account in sorted(totals))
