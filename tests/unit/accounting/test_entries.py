"""Entries: summed lines in a stable order, balance, identity, label."""

from datetime import date
from decimal import Decimal

import pytest

from services.accounting.domain.books import Booking
from services.accounting.domain.entries import Entry, EntryHeader, build_entry
from services.accounting.domain.movements import Movement, credit, debit
from services.accounting.service import SERVICE
from shared.contracts.common import Cause
from tests.support.samples import advance_granted
from tests.unit.accounting.ledger import (
    COMMITMENT,
    CONTRA,
    EXPENSE,
    EXPENSE_OLDER,
    THIRD_PARTY,
    lines,
)

CHART = SERVICE.parameters.chart.values[2021]
BOOKING = Booking(exercise=2028, period=4, booked_on=date(2028, 4, 15))


def drawn_up(*movements: Movement, cause: str = "c1", **changes: object) -> tuple[Entry, ...]:
    voucher = EntryHeader("advance", Cause(id=cause, type="fr.caf.clas.AdvanceGranted.v1"), BOOKING)
    return build_entry(voucher, advance_granted(**changes), movements, SERVICE.parameters)


def advance(cause: str = "c1", **changes: object) -> Entry:
    amount = Decimal("100.00")
    (entry,) = drawn_up(
        debit(CHART.expense_current, amount, 2028),
        credit(CHART.third_party, amount),
        cause=cause,
        **changes,
    )
    return entry


def test_movements_of_one_account_side_and_origin_make_one_line() -> None:
    (entry,) = drawn_up(
        debit(CHART.expense_older, Decimal("60.00"), 2025),
        debit(CHART.expense_older, Decimal("18.00"), 2025),
        debit(CHART.expense_older, Decimal("117.00"), 2026),
        credit(CHART.third_party, Decimal("78.00")),
        credit(CHART.third_party, Decimal("117.00")),
    )

    assert lines(entry.posted) == [
        ("SF", EXPENSE_OLDER, "117.00", "0.00", 2026, "81512214"),
        ("SF", EXPENSE_OLDER, "78.00", "0.00", 2025, "81512214"),
        ("T", THIRD_PARTY, "0.00", "195.00", None, None),
    ]


def test_debits_and_credits_of_one_account_stay_apart() -> None:
    (entry,) = drawn_up(
        credit(CHART.third_party, Decimal("30.00")), debit(CHART.third_party, Decimal("30.00"))
    )

    assert lines(entry.posted) == [
        ("T", THIRD_PARTY, "0.00", "30.00", None, None),
        ("T", THIRD_PARTY, "30.00", "0.00", None, None),
    ]


def test_zero_movements_give_no_line() -> None:
    (entry,) = drawn_up(
        debit(CHART.accrued_expense, Decimal("0.00")),
        debit(CHART.expense_current, Decimal("5.00"), 2028),
        credit(CHART.third_party, Decimal("5.00")),
    )

    assert [line[1] for line in lines(entry.posted)] == [EXPENSE, THIRD_PARTY]


def test_an_entry_without_lines_is_not_posted() -> None:
    zero = Decimal("0.00")

    assert drawn_up(debit(CHART.commitment, zero), credit(CHART.commitment_contra, zero)) == ()


def test_an_entry_that_does_not_balance_is_a_fault_of_the_program() -> None:
    with pytest.raises(AssertionError, match="unbalanced entry"):
        drawn_up(
            debit(CHART.expense_current, Decimal("5.00"), 2028),
            credit(CHART.third_party, Decimal("4.99")),
        )


def test_class_8_never_balances_the_other_classes() -> None:
    with pytest.raises(AssertionError, match="unbalanced entry"):
        drawn_up(
            debit(CHART.commitment_contra, Decimal("5.00")),
            credit(CHART.third_party, Decimal("5.00")),
        )


def test_commitments_carry_neither_origin_nor_code() -> None:
    amount = Decimal("1654.95")

    (entry,) = drawn_up(debit(CHART.commitment_contra, amount), credit(CHART.commitment, amount))

    assert lines(entry.posted) == [
        ("T", COMMITMENT, "0.00", "1654.95", None, None),
        ("T", CONTRA, "1654.95", "0.00", None, None),
    ]


def test_the_id_is_given_by_the_cause_and_the_grant() -> None:
    entry = advance(cause="c1")

    assert entry.entry_id == entry.posted.entry_id == advance(cause="c1").entry_id
    others = [
        advance(cause="c2"),
        advance(dossier_id="ELAN-2025-761-000009"),
        advance(school_year="2026-2027"),
    ]
    assert len({entry.entry_id, *(other.entry_id for other in others)}) == 4


def test_the_place_of_an_entry_sorts_as_its_period_and_day_do() -> None:
    assert advance().place == "04|2028-04-15"


def test_the_label_names_the_school_year_and_the_gestionnaire() -> None:
    assert advance().posted.label == "Acompte Clas 2025-2026 – Les Amis de l'école"


@pytest.mark.parametrize("name", ["Les|Amis", "Les\tAmis", "Les\r\nAmis", " Les  Amis "])
def test_the_label_holds_nothing_that_separates_columns_or_lines(name: str) -> None:
    assert advance(gestionnaire__name=name).posted.label == "Acompte Clas 2025-2026 – Les Amis"


def test_a_name_without_end_does_not_make_a_label_without_end() -> None:
    label = advance(gestionnaire__name="x" * 10_000).posted.label

    assert len(label) == 200
    assert label.startswith("Acompte Clas 2025-2026 – xxx")


def test_a_gestionnaire_without_a_name_has_a_label_all_the_same() -> None:
    assert advance(gestionnaire__name=" ").posted.label == "Acompte Clas 2025-2026 –"
