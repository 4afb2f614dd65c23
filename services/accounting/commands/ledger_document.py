"""The JSON document of `clas ledger`."""

from dataclasses import dataclass
from typing import Literal

from services.accounting.domain.books import Books
from services.accounting.domain.entries import Entry
from services.accounting.queries import Ledger
from shared.contracts.accounting import AccountingEntryPosted, AccountTotal
from shared.contracts.types import Money, SignedMoney


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """An entry as it was posted; its number and hashes are null until the exercise is closed."""

    sequence: int | None
    previous_hash: str | None
    hash: str | None
    posted: AccountingEntryPosted


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """What an account of a ledger received on each side; `balance` is debit less credit."""

    ledger: str
    account: str
    debit: Money
    credit: Money
    balance: SignedMoney


@dataclass(frozen=True, slots=True)
class ValidatedChain:
    """How many entries the closing validated, and the hash of the last one."""

    entries: int
    head_hash: str


@dataclass(frozen=True, slots=True)
class LedgerDocument:
    """An exercise of a Caf: entries in the order of their numbers, and the whole trial balance.

    `count` is the number of entries before --limit; `chain` is null until the exercise is closed;
    `problem` says what does not balance or was changed after validation (exit code 1), else null.
    """

    caf: str
    exercise: int
    status: Literal["open", "closing", "closed"]
    count: int
    entries: tuple[LedgerEntry, ...]
    trial_balance: tuple[TrialBalanceRow, ...]
    chain: ValidatedChain | None
    problem: str | None


def ledger_document(content: Ledger, books: Books, problem: str | None) -> LedgerDocument:
    """Return the document of an exercise."""
    closing = content.status.closing if content.status.closed else None
    return LedgerDocument(
        caf=content.caf,
        exercise=content.year,
        status=books.exercise(content.year).status,
        count=content.count,
        entries=tuple(map(_entry, content.listed)),
        trial_balance=tuple(map(_balance, content.exercise.trial_balance)),
        chain=ValidatedChain(closing.sequence, closing.head_hash) if closing else None,
        problem=problem,
    )


def _entry(entry: Entry) -> LedgerEntry:
    return LedgerEntry(entry.sequence, entry.previous_hash, entry.hash, entry.posted)


def _balance(row: AccountTotal) -> TrialBalanceRow:
    return TrialBalanceRow(row.ledger, row.account, row.debit, row.credit, row.debit - row.credit)
