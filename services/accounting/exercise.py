"""Projection of an exercise, built in a stream from its entries. Amounts in euros.

Entries come in the order of their numbering; memory does not grow with their number.
"""

from dataclasses import dataclass
from decimal import Decimal

from services.accounting.domain.chain import link, seed
from services.accounting.domain.entries import Entry
from services.accounting.domain.totals import Totals
from shared.contracts.accounting import AccountTotal, KindTotal
from shared.kernel.money import total


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """What the entries of an exercise, or of a batch of it, add up to.

    `totals` by kind and `trial_balance` by account are sorted. The numbers are None before the
    validation. With a chain, `head_hash` is its head as computed from the entries, and
    `broken_at` the first entry whose number or hash does not follow from those before.
    """

    count: int
    lines: int
    totals: tuple[KindTotal, ...]
    trial_balance: tuple[AccountTotal, ...]
    first_sequence: int | None
    last_sequence: int | None
    head_hash: str | None
    broken_at: Entry | None

    @property
    def debit(self) -> Decimal:
        """The sum of all debits."""
        return total(row.debit for row in self.trial_balance)

    @property
    def credit(self) -> Decimal:
        """The sum of all credits."""
        return total(row.credit for row in self.trial_balance)


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


class ExerciseBuilder:
    """Takes the entries of an exercise one by one; `chain` is that of a validated one."""

    def __init__(self, chain: Chain | None = None) -> None:
        self.chain, self.totals = chain, Totals()
        self.count = self.lines = 0
        self.broken_at: Entry | None = None
        self._numbers: tuple[int | None, int | None] = (None, None)

    def add(self, entry: Entry) -> None:
        """Add the next entry."""
        self.count += 1
        self.lines += len(entry.posted.lines)
        self.totals.add(entry.posted)
        self._numbers = (self._numbers[0] or entry.sequence, entry.sequence)
        if self.chain and not self.chain.follow(entry).holds(entry):
            self.broken_at = self.broken_at or entry

    @property
    def exercise(self) -> Exercise:
        """The exercise so far."""
        return Exercise(
            count=self.count,
            lines=self.lines,
            totals=self.totals.by_kind,
            trial_balance=self.totals.trial_balance,
            first_sequence=self._numbers[0],
            last_sequence=self._numbers[1],
            head_hash=self.chain.head if self.chain else None,
            broken_at=self.broken_at,
        )
