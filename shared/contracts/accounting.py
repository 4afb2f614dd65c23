"""What accounting publishes. Amounts are euros."""

from typing import Literal

from shared.contracts.base import WireModel
from shared.contracts.common import CafScoped, Cause, DossierScoped, Reason
from shared.contracts.types import Count, Day, Exercise, Id, Money, SchoolYear, Siret, Text

EntryKind = Literal[
    "advance",
    "advance_reversal",
    "accrual",
    "accrual_release",
    "commitment",
    "commitment_reversal",
    "balance",
    "cancellation",
    "adjustment",
]
Ledger = Literal["SF", "T"]
DeliveryStatus = Literal["acknowledged", "rejected"]
ClosingStep = Literal["grants", "entries"]


class EntryLine(WireModel):
    """One line of an entry; the unused side is zero. Origin and code on expense lines only."""

    ledger: Ledger
    account: str
    debit: Money
    credit: Money
    origin_exercise: Exercise | None
    statistical_code: str | None


class AccountingEntryPosted(CafScoped):
    """A balanced entry; period 13 is the closing."""

    entry_id: str
    exercise: Exercise
    period: int
    booked_on: Day
    kind: EntryKind
    label: Text
    dossier_id: Id
    school_year: SchoolYear
    siret: Siret
    lines: tuple[EntryLine, ...]
    cause: Cause


class DeliveryRegistered(DossierScoped):
    """What an accounting system said of an entry is kept.

    `status` and `told_on` are those of its last word by the events' `time`: not of the word that
    is answered, when that one is older.
    """

    entry_id: Id
    exercise: Exercise
    system: Id
    status: DeliveryStatus
    told_on: Day


class KindTotal(WireModel):
    """How many entries of a kind, and the sum of their debits."""

    kind: EntryKind
    count: Count
    amount: Money


class AccountTotal(WireModel):
    """One row of the trial balance."""

    ledger: Ledger
    account: str
    debit: Money
    credit: Money


class ClosingCompleted(CafScoped):
    """An exercise is closed and its entries validated: sequence gapless, hashes chained."""

    exercise: Exercise
    totals: tuple[KindTotal, ...]
    trial_balance: tuple[AccountTotal, ...]
    first_sequence: int
    last_sequence: int
    head_hash: str


class ClosingRefused(CafScoped):
    """An exercise cannot be closed; all reasons are listed."""

    exercise: Exercise
    reasons: tuple[Reason, ...]


class ClosingContinued(CafScoped):
    """Accounting to itself: the next page of a running closing.

    `step` is `grants` (closing entries) then `entries` (validation); `after` is the cursor.
    """

    exercise: Exercise
    step: ClosingStep
    after: str
