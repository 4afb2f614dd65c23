"""The chart and the codes: every account and every kind of gestionnaire has its source."""

import typing
from collections.abc import Callable

import pytest
from pydantic import ValidationError

from services.accounting.domain.chart import Account, Parameters
from services.accounting.service import SERVICE
from shared.contracts.types import GestionnaireKind
from shared.kernel.effective_dated import ByStartYear, UnknownYearError

PARAMETERS: Parameters = SERVICE.parameters


def test_the_chart_is_that_of_the_circular_and_of_the_choices_made() -> None:
    chart = PARAMETERS.chart_of("2021-2022")

    assert {name: (each.ledger, each.account) for name, each in chart if name != "source"} == {
        "expense_current": ("SF", "6562322410"),
        "expense_previous": ("SF", "65623224191"),
        "expense_older": ("SF", "65623224192"),
        "accrued_expense": ("T", "408143111"),
        "commitment_contra": ("T", "8091"),
        "commitment": ("T", "80182"),
        "third_party": ("T", "467"),
        "receivable": ("T", "409"),
    }


def test_every_account_names_its_source() -> None:
    sources = [each.source for _, each in PARAMETERS.chart_of("2025-2026")]

    assert sum(source.startswith("Circulaire Cnaf 2021-006") for source in sources) == 6
    assert sum(source.startswith("Choix du projet") for source in sources) == 2


def test_every_kind_of_gestionnaire_has_a_code() -> None:
    assert PARAMETERS.statistics.values[2021].codes.keys() == set(typing.get_args(GestionnaireKind))


@pytest.mark.parametrize(
    ("origin", "account"),
    [(2028, "6562322410"), (2027, "65623224191"), (2026, "65623224192"), (2021, "65623224192")],
)
def test_the_expense_account_goes_by_age(origin: int, account: str) -> None:
    assert PARAMETERS.chart_of("2025-2026").expense(origin, booking=2028).account == account


def test_there_is_no_chart_before_the_circular() -> None:
    unknown: Callable[[str], object] = PARAMETERS.chart_of

    with pytest.raises(UnknownYearError):
        unknown("2020-2021")


def test_a_grant_keeps_the_chart_of_its_school_year() -> None:
    first = PARAMETERS.chart_of("2025-2026")
    other = first.model_copy(
        update={
            "accrued_expense": Account(ledger="T", account="408999", label="Essai", source="Essai")
        }
    )
    dated = Parameters(
        chart=ByStartYear(name="chart", values={2021: first, 2026: other}),
        statistics=PARAMETERS.statistics,
    )

    assert dated.chart_of("2025-2026").accrued_expense.account == "408143111"
    assert dated.chart_of("2026-2027").accrued_expense.account == "408999"


def test_an_account_is_a_number() -> None:
    with pytest.raises(ValidationError, match="account"):
        Account(ledger="T", account="467 gestionnaires", label="Essai", source="Essai")


def test_pages_are_bounded() -> None:
    assert (PARAMETERS.grants_per_page, PARAMETERS.entries_per_page) == (100, 250)
