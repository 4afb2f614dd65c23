"""Accounting run step by step: events are handled, pages of a closing on request."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from services.accounting.domain.books import Books
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from services.accounting.service import SERVICE
from shared.contracts.accounting import (
    AccountingEntryPosted,
    ClosingCompleted,
    ClosingContinued,
)
from shared.contracts.base import WireModel
from shared.kernel.decision import Decision, OutgoingEvent, State
from tests.support.decide import Story
from tests.support.samples import CAF, DOSSIER, SCHOOL_YEAR, exercise_closed, funding_granted

GRANT = f"{DOSSIER}|{SCHOOL_YEAR}"

EXPENSE = "6562322410"
EXPENSE_PREVIOUS = "65623224191"
EXPENSE_OLDER = "65623224192"
ACCRUED = "408143111"
CONTRA = "8091"
COMMITMENT = "80182"
THIRD_PARTY = "467"
RECEIVABLE = "409"

FAMILIES = {
    "expense": (EXPENSE, EXPENSE_PREVIOUS, EXPENSE_OLDER),
    "third party": (THIRD_PARTY,),
    "receivable": (RECEIVABLE,),
    "accrued": (ACCRUED,),
    "commitment": (CONTRA,),
}
"""Accounts by what they stand for: an expense is one whatever its age."""

Line = tuple[str, str, str, str, int | None, str | None]


class Ledger(Story):
    """A story that records the published events, and the pages that wait."""

    def __init__(self, *states: State, grants_per_page: int = 2, entries_per_page: int = 2) -> None:
        parameters = replace(
            SERVICE.parameters, grants_per_page=grants_per_page, entries_per_page=entries_per_page
        )
        super().__init__(replace(SERVICE, parameters=parameters), *states)
        self.waiting: deque[ClosingContinued] = deque()
        self.published: list[WireModel] = []
        self.requests: list[str | None] = []

    def handle(self, data: WireModel, message_id: str | None = None) -> Decision:
        """Decide on one event; its messages to itself wait for `next_page`."""
        decision = self.when(data, id=message_id)
        for event in decision.events:
            published = event.data if isinstance(event, OutgoingEvent) else event
            self.published.append(published)
            self.requests.append(_request(event))
            if isinstance(published, ClosingContinued):
                self.waiting.append(published)
        return decision

    def next_page(self) -> Decision | None:
        """Handle the next page of a closing, if one waits."""
        return self.handle(self.waiting.popleft()) if self.waiting else None

    def run(self) -> None:
        """Handle pages until none waits."""
        while self.next_page():
            pass

    def close(self, exercise: int, **changes: object) -> tuple[WireModel, ...]:
        """Close an exercise to the end, and return all events published meanwhile."""
        before = len(self.published)
        closed_on = f"{exercise + 1}-01-31"
        closed = exercise_closed(exercise=exercise, closed_on=closed_on, **changes)
        self.handle(closed, f"close-{exercise}")
        self.run()
        return tuple(self.published[before:])

    @property
    def entries(self) -> list[Entry]:
        """Every entry there is, in the order of the numbering."""
        entries = [state for state in self.states if isinstance(state, Entry)]
        return sorted(entries, key=lambda entry: (entry.exercise, entry.place, entry.entry_id))

    @property
    def grants(self) -> list[Grant]:
        """Every grant there is."""
        return [state for state in self.states if isinstance(state, Grant)]

    @property
    def completed(self) -> list[ClosingCompleted]:
        """Every closing that was completed."""
        return [event for event in self.published if isinstance(event, ClosingCompleted)]

    def grant(self) -> Grant:
        """The grant of the samples."""
        return self.get(Grant, GRANT)

    def books(self) -> Books:
        """The books of the samples' Caf."""
        return self.get(Books, CAF)

    def booked(self) -> list[AccountingEntryPosted]:
        """Every entry as it was posted."""
        return [entry.posted for entry in self.entries]

    def posted(self, kind: str) -> list[AccountingEntryPosted]:
        """Every entry of a kind."""
        return [entry.posted for entry in self.entries if entry.posted.kind == kind]

    def only_posted(self, kind: str) -> AccountingEntryPosted:
        """The only entry of a kind."""
        (entry,) = self.posted(kind)
        return entry


def closed_with_an_accrual() -> Ledger:
    """Return the books after a grant and the closing of 2025: 1 103.30 accrued, no advance."""
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.close(2025)
    return ledger


def lines(entry: AccountingEntryPosted) -> list[Line]:
    """Return the lines of an entry as they would be written down."""
    return [
        (
            line.ledger,
            line.account,
            str(line.debit),
            str(line.credit),
            line.origin_exercise,
            line.statistical_code,
        )
        for line in entry.lines
    ]


def net(entries: Iterable[AccountingEntryPosted], *accounts: str) -> Decimal:
    """Return debits less credits of some accounts."""
    every = [line for entry in entries for line in entry.lines if line.account in accounts]
    return sum((line.debit - line.credit for line in every), start=Decimal("0.00"))


def balances(
    entries: Iterable[AccountingEntryPosted],
) -> dict[tuple[int, str, int | None], Decimal]:
    """Return debits less credits by exercise, account and origin; zeros are left out."""
    sums: dict[tuple[int, str, int | None], Decimal] = {}
    for entry in entries:
        for line in entry.lines:
            key = (entry.exercise, line.account, line.origin_exercise)
            sums[key] = sums.get(key, Decimal("0.00")) + line.debit - line.credit
    return {key: amount for key, amount in sums.items() if amount}


def families(entries: Iterable[AccountingEntryPosted]) -> dict[str, str]:
    """Return debits less credits by family of accounts."""
    booked = list(entries)
    return {name: str(net(booked, *accounts)) for name, accounts in FAMILIES.items()}


def _request(event: WireModel | OutgoingEvent) -> str | None:
    return event.origin.request if isinstance(event, OutgoingEvent) and event.origin else None
