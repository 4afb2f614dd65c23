"""The parameters of accounting: the dated chart of accounts and the statistical codes."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from shared.contracts.types import GestionnaireKind
from shared.kernel.calendar import start_year
from shared.kernel.effective_dated import ByStartYear

AccountNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,11}$")]
StatisticalCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]


class _FrozenModel(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Account(_FrozenModel):
    """One account of a ledger, its label and its source."""

    ledger: Literal["SF", "T"]
    account: AccountNumber
    label: str
    source: str

    @property
    def is_off_balance_sheet(self) -> bool:
        """Whether it is of class 8, commitments, which balance by themselves."""
        return self.account.startswith("8")


class Chart(_FrozenModel):
    """The accounts by use [CPT-01…04, CPT-09, CPT-10]."""

    expense_current: Account
    expense_previous: Account
    expense_older: Account
    accrued_expense: Account
    commitment_contra: Account
    commitment: Account
    third_party: Account
    receivable: Account

    def expense(self, origin: int, booking: int) -> Account:
        """Return the expense account by age: current, previous or older exercise [CPT-01…03]."""
        age = booking - origin
        assert age >= 0, f"an expense of {origin} cannot be booked in {booking}"
        return (self.expense_current, self.expense_previous, self.expense_older)[min(age, 2)]


class StatisticalCodes(_FrozenModel):
    """The statistical code of expense lines, by kind of gestionnaire [STA-01]."""

    codes: dict[GestionnaireKind, StatisticalCode]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The parameters of the decisions.

    `grants_per_page` and `entries_per_page` bound the units of work of a closing.
    """

    chart: ByStartYear[Chart]
    statistics: ByStartYear[StatisticalCodes]
    grants_per_page: int = 100
    entries_per_page: int = 250

    def chart_of(self, school_year: str) -> Chart:
        """Return the chart of a school year.

        It is chosen by school year, not by exercise, so that an accrual or a commitment is reversed
        on the accounts where it was booked, even under a new chart.
        """
        return self.chart.in_force_on(start_year(school_year))

    def statistical_code(self, school_year: str, kind: GestionnaireKind) -> str:
        """Return the code of the expenses for this kind of gestionnaire [STA-01]."""
        return self.statistics.in_force_on(start_year(school_year)).codes[kind]
