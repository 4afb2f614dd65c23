"""Totals of entries by kind and by account. Amounts in euros."""

from collections.abc import Iterable
from decimal import Decimal

from shared.contracts.accounting import AccountingEntryPosted, AccountTotal, KindTotal
from shared.kernel.money import ZERO, total


class Totals:
    """Adds up entries one after the other, after `kinds` and `accounts` of those before."""

    def __init__(
        self, kinds: Iterable[KindTotal] = (), accounts: Iterable[AccountTotal] = ()
    ) -> None:
        self._kinds: dict[str, tuple[int, Decimal]] = {
            row.kind: (row.count, row.amount) for row in kinds
        }
        self._accounts: dict[tuple[str, str], tuple[Decimal, Decimal]] = {
            (row.ledger, row.account): (row.debit, row.credit) for row in accounts
        }

    def add(self, posted: AccountingEntryPosted) -> None:
        """Add one entry."""
        count, amount = self._kinds.get(posted.kind, (0, ZERO))
        debits = total(line.debit for line in posted.lines)
        self._kinds[posted.kind] = (count + 1, amount + debits)
        for line in posted.lines:
            account = (line.ledger, line.account)
            debit, credit = self._accounts.get(account, (ZERO, ZERO))
            self._accounts[account] = (debit + line.debit, credit + line.credit)

    @property
    def by_kind(self) -> tuple[KindTotal, ...]:
        """The count and the debits of each kind, sorted."""
        return tuple(
            KindTotal.model_validate({"kind": kind, "count": count, "amount": amount})
            for kind, (count, amount) in sorted(self._kinds.items())
        )

    @property
    def trial_balance(self) -> tuple[AccountTotal, ...]:
        """Both sides of each account, sorted by ledger and account."""
        return tuple(
            AccountTotal.model_validate(
                {"ledger": ledger, "account": account, "debit": debit, "credit": credit}
            )
            for (ledger, account), (debit, credit) in sorted(self._accounts.items())
        )


def totals_of(entries: Iterable[AccountingEntryPosted]) -> Totals:
    """Return the totals of entries."""
    totals = Totals()
    for posted in entries:
        totals.add(posted)
    return totals
