"""Totals of the entries of each right, by account, origin exercise and kind. Amounts in euros."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from services.accounting.domain.chart import Account, Parameters
from shared.contracts.accounting import AccountingEntryPosted, EntryLine
from shared.kernel.money import ZERO, total


@dataclass(slots=True)
class LedgerTotals:
    """Totals of the entries of one right, debit less credit.

    `expense` is by origin exercise, without `adjusted`, the expense of the adjustments; `kinds`
    are debits by kind of entry.
    """

    accrued: Decimal = ZERO
    commitment: Decimal = ZERO
    contra: Decimal = ZERO
    advanced: Decimal = ZERO
    adjusted: Decimal = ZERO
    expense: defaultdict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    kinds: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, posted: AccountingEntryPosted, parameters: Parameters) -> None:
        """Add one entry."""
        chart = parameters.chart_of(posted.school_year)
        self.accrued += net(posted.lines, chart.accrued_expense)
        self.commitment += net(posted.lines, chart.commitment)
        self.contra += net(posted.lines, chart.commitment_contra)
        if posted.kind in {"advance", "advance_reversal"}:
            self.advanced -= net(posted.lines, chart.third_party)
        self.kinds[posted.kind] += total(line.debit for line in posted.lines)
        self._add_expense(posted)

    def _add_expense(self, posted: AccountingEntryPosted) -> None:
        for line in posted.lines:
            amount = line.debit - line.credit
            if line.origin_exercise is None:
                continue
            if posted.kind == "adjustment":
                self.adjusted += amount
            else:
                self.expense[line.origin_exercise] += amount


def net(lines: Iterable[EntryLine], account: Account) -> Decimal:
    """Return debit less credit of an account."""
    key = (account.ledger, account.account)
    of_account = (line for line in lines if (line.ledger, line.account) == key)
    return sum((line.debit - line.credit for line in of_account), start=ZERO)
