"""Whole lives to the cent: the worked example, an indu at the balance, a control, no advance."""

from shared.contracts.base import WireModel
from tests.support.samples import advance_granted, funding_granted
from tests.support.settled import adjustment_decided, balance_settled
from tests.unit.accounting.ledger import Ledger, lines

CODE = "81512214"


def booked(ledger: Ledger) -> list[tuple[int, int, str, list[tuple[object, ...]]]]:
    """Return every entry as (exercise, period, kind, lines), in the order of the numbering."""
    return sorted(
        (e.exercise, e.posted.period, e.posted.kind, [*lines(e.posted)]) for e in ledger.entries
    )


def lived(*events: WireModel) -> Ledger:
    ledger = Ledger()
    for event in events:
        ledger.handle(event)
    return ledger


def test_one_collectif_at_the_ceiling_from_its_advance_to_the_reversal() -> None:
    ledger = lived(funding_granted(), advance_granted(amount="772.31", ordered_on="2025-11-20"))
    ledger.close(2025)
    ledger.handle(
        advance_granted(order_id="B1", exercise=2026, amount="1158.46", ordered_on="2026-03-10")
    )
    ledger.handle(balance_settled())
    ledger.close(2026)

    assert booked(ledger) == [
        (
            *(2025, 11, "advance"),
            [
                ("SF", "6562322410", "772.31", "0.00", 2025, CODE),
                ("T", "467", "0.00", "772.31", None, None),
            ],
        ),
        (
            *(2025, 13, "accrual"),
            [
                ("SF", "6562322410", "330.99", "0.00", 2025, CODE),
                ("T", "408143111", "0.00", "330.99", None, None),
            ],
        ),
        (
            *(2025, 13, "commitment"),
            [
                ("T", "80182", "0.00", "1654.95", None, None),
                ("T", "8091", "1654.95", "0.00", None, None),
            ],
        ),
        (
            *(2026, 3, "advance"),
            [
                ("SF", "6562322410", "1158.46", "0.00", 2026, CODE),
                ("T", "467", "0.00", "1158.46", None, None),
            ],
        ),
        (
            *(2026, 9, "balance"),
            [
                ("SF", "6562322410", "1130.49", "0.00", 2026, CODE),
                ("T", "408143111", "330.99", "0.00", None, None),
                ("T", "467", "0.00", "1461.48", None, None),
            ],
        ),
        (
            *(2026, 12, "commitment_reversal"),
            [
                ("T", "80182", "1654.95", "0.00", None, None),
                ("T", "8091", "0.00", "1654.95", None, None),
            ],
        ),
    ]


def test_a_reduced_activity_leaves_an_indu_on_part_n_and_pays_part_n_1() -> None:
    ledger = lived(
        funding_granted(part_n="1040.00", part_n1="1560.00"),
        advance_granted(amount="728.00", ordered_on="2025-11-20"),
    )
    ledger.close(2025)
    ledger.handle(
        balance_settled(
            final_part_n="260.00",
            final_part_n1="390.00",
            final_bonus="0.00",
            advances_n="728.00",
            advances_n1="0.00",
        )
    )

    assert booked(ledger) == [
        (
            *(2025, 11, "advance"),
            [
                ("SF", "6562322410", "728.00", "0.00", 2025, CODE),
                ("T", "467", "0.00", "728.00", None, None),
            ],
        ),
        (
            *(2025, 13, "accrual"),
            [
                ("SF", "6562322410", "312.00", "0.00", 2025, CODE),
                ("T", "408143111", "0.00", "312.00", None, None),
            ],
        ),
        (
            *(2025, 13, "commitment"),
            [
                ("T", "80182", "0.00", "1560.00", None, None),
                ("T", "8091", "1560.00", "0.00", None, None),
            ],
        ),
        (
            *(2026, 9, "balance"),
            [
                ("SF", "6562322410", "390.00", "0.00", 2026, CODE),
                ("SF", "65623224191", "0.00", "780.00", 2025, CODE),
                ("T", "408143111", "312.00", "0.00", None, None),
                ("T", "409", "468.00", "0.00", None, None),
                ("T", "467", "0.00", "390.00", None, None),
            ],
        ),
    ]


def test_a_control_two_years_later_falls_on_the_older_account_by_origin() -> None:
    ledger = lived(funding_granted(part_n="1040.00", part_n1="1560.00"))
    ledger.close(2025)
    ledger.handle(
        balance_settled(
            final_part_n="910.00",
            final_part_n1="1365.00",
            final_bonus="0.00",
            advances_n="0.00",
            advances_n1="0.00",
        )
    )
    ledger.close(2026)
    ledger.handle(adjustment_decided())

    assert booked(ledger) == [
        (
            *(2025, 13, "accrual"),
            [
                ("SF", "6562322410", "1040.00", "0.00", 2025, CODE),
                ("T", "408143111", "0.00", "1040.00", None, None),
            ],
        ),
        (
            *(2025, 13, "commitment"),
            [
                ("T", "80182", "0.00", "1560.00", None, None),
                ("T", "8091", "1560.00", "0.00", None, None),
            ],
        ),
        (
            *(2026, 9, "balance"),
            [
                ("SF", "6562322410", "1365.00", "0.00", 2026, CODE),
                ("SF", "65623224191", "0.00", "130.00", 2025, CODE),
                ("T", "408143111", "1040.00", "0.00", None, None),
                ("T", "467", "0.00", "2275.00", None, None),
            ],
        ),
        (
            *(2026, 12, "commitment_reversal"),
            [
                ("T", "80182", "1560.00", "0.00", None, None),
                ("T", "8091", "0.00", "1560.00", None, None),
            ],
        ),
        (
            *(2028, 4, "adjustment"),
            [
                ("SF", "65623224192", "117.00", "0.00", 2026, CODE),
                ("SF", "65623224192", "78.00", "0.00", 2025, CODE),
                ("T", "467", "0.00", "195.00", None, None),
            ],
        ),
    ]


def test_a_forecast_of_8000_without_any_advance_over_two_closings() -> None:
    ledger = lived(funding_granted(part_n="1040.00", part_n1="1560.00"))
    ledger.close(2025)
    ledger.close(2026)

    assert booked(ledger) == [
        (
            *(2025, 13, "accrual"),
            [
                ("SF", "6562322410", "1040.00", "0.00", 2025, CODE),
                ("T", "408143111", "0.00", "1040.00", None, None),
            ],
        ),
        (
            *(2025, 13, "commitment"),
            [
                ("T", "80182", "0.00", "1560.00", None, None),
                ("T", "8091", "1560.00", "0.00", None, None),
            ],
        ),
        (
            *(2026, 12, "commitment_reversal"),
            [
                ("T", "80182", "1560.00", "0.00", None, None),
                ("T", "8091", "0.00", "1560.00", None, None),
            ],
        ),
    ]
