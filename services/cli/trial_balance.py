"""The trial balance of entries, and whether their chain still holds. Amounts in euros."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.accounting.domain.chain import link, seed
from services.accounting.domain.entries import Entry
from shared.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class Row:
    """What one account received on each side."""

    account: str
    debit: Decimal
    credit: Decimal

    @property
    def balance(self) -> Decimal:
        """Debit less credit."""
        return self.debit - self.credit


def trial_balance(entries: Iterable[Entry]) -> list[Row]:
    """Return one row per ledger and account, sorted."""
    debits: dict[str, Decimal] = {}
    credits_: dict[str, Decimal] = {}
    for line in (line for entry in entries for line in entry.posted.lines):
        account = f"{line.ledger} {line.account}"
        debits[account] = debits.get(account, ZERO) + line.debit
        credits_[account] = credits_.get(account, ZERO) + line.credit
    return [Row(account, debits[account], credits_[account]) for account in sorted(debits)]


def broken_link(entries: Sequence[Entry], caf: str, exercise: int) -> Entry | None:
    """Return the first entry whose number or hash does not follow from those before."""
    head = seed(caf, exercise)
    for expected, entry in enumerate(entries, 1):
        head = link(head, entry.posted)
        if (entry.sequence, entry.hash) != (expected, head):
            return entry
    return None
