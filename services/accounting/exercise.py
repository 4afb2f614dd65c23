"""The trial balance of entries, and the verification of their chain. Amounts in euros."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from services.accounting.domain.chain import link, seed
from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from shared.contracts.accounting import AccountingEntryPosted, ClosingCompleted
from shared.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """The totals of one account on each side."""

    account: str
    debit: Decimal
    credit: Decimal

    @property
    def balance(self) -> Decimal:
        """Debit less credit."""
        return self.debit - self.credit


class TrialBalance:
    """The totals of each account, entry after entry."""

    def __init__(self) -> None:
        self._sides: dict[str, tuple[Decimal, Decimal]] = {}

    def add(self, posted: AccountingEntryPosted) -> None:
        """Add the lines of an entry."""
        for line in posted.lines:
            account = f"{line.ledger} {line.account}"
            debit, credit = self._sides.get(account, (ZERO, ZERO))
            self._sides[account] = (debit + line.debit, credit + line.credit)

    def rows(self) -> list[AccountBalance]:
        """Return one row per ledger and account, sorted."""
        return [AccountBalance(account, *self._sides[account]) for account in sorted(self._sides)]


@dataclass(frozen=True, slots=True)
class ChainLink:
    """The result of an entry's validation: its number, the previous hash and its own."""

    sequence: int
    previous_hash: str
    hash: str

    def holds(self, entry: Entry) -> bool:
        """Return whether an entry has this link."""
        return (entry.sequence, entry.previous_hash, entry.hash) == (
            self.sequence,
            self.previous_hash,
            self.hash,
        )


class Chain:
    """The links of an exercise, computed again entry after entry, in the order of numbering."""

    def __init__(self, caf: str, exercise: int) -> None:
        self.head, self.sequence = seed(caf, exercise), 0

    def follow(self, entry: Entry) -> ChainLink:
        """Return the link that the next entry ought to have."""
        made = ChainLink(self.sequence + 1, self.head, link(self.head, entry.posted))
        self.head, self.sequence = made.hash, made.sequence
        return made


def trial_balance(entries: Iterable[Entry]) -> list[AccountBalance]:
    """Return one row per ledger and account, sorted."""
    return trial_balance_of_events(entry.posted for entry in entries)


def trial_balance_of_events(entries: Iterable[AccountingEntryPosted]) -> list[AccountBalance]:
    """Return the trial balance of published entries: one row per ledger and account, sorted."""
    totals = TrialBalance()
    for posted in entries:
        totals.add(posted)
    return totals.rows()


def closing_balance(closing: Closing | ClosingCompleted) -> list[AccountBalance]:
    """Return the trial balance that a closing computed, in its order."""
    return [
        AccountBalance(f"{row.ledger} {row.account}", row.debit, row.credit)
        for row in closing.trial_balance
    ]


def broken_link(entries: Iterable[Entry], caf: str, exercise: int) -> Entry | None:
    """Return the first entry whose number or hash does not follow from those before."""
    return next(_broken(entries, Chain(caf, exercise)), None)


def _broken(entries: Iterable[Entry], chain: Chain) -> Iterator[Entry]:
    return (entry for entry in entries if not chain.follow(entry).holds(entry))
