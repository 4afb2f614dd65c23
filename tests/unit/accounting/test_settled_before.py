"""What was settled before its closing: accrued and committed as settled, and released."""

import pytest

from tests.support.samples import advance_granted, exercise_closed, funding_granted
from tests.support.settled import balance_settled
from tests.unit.accounting.ledger import (
    ACCRUED,
    COMMITMENT,
    EXPENSE,
    EXPENSE_OLDER,
    EXPENSE_PREVIOUS,
    Ledger,
    lines,
    net,
)

CODE = "81512214"


def test_a_grant_settled_before_the_closing_is_accrued_and_released_on_new_years_day() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(advance_granted(amount="772.31", ordered_on="2025-11-20"))
    ledger.handle(balance_settled(settled_on="2026-01-20"))

    ledger.close(2025)

    assert lines(ledger.only_posted("accrual")) == [
        ("SF", EXPENSE, "330.99", "0.00", 2025, CODE),
        ("T", ACCRUED, "0.00", "330.99", None, None),
    ]
    release = ledger.only_posted("accrual_release")
    assert lines(release) == [
        ("SF", EXPENSE_PREVIOUS, "0.00", "330.99", 2025, CODE),
        ("T", ACCRUED, "330.99", "0.00", None, None),
    ]
    assert (release.exercise, release.period) == (2026, 1)
    assert str(release.booked_on) == "2026-01-01"
    assert release.label == "Reprise de la charge à payer Clas 2025-2026 – Les Amis de l'école"
    assert (release.cause.id, release.cause.type) == ("close-2025", "fr.caf.clas.ExerciseClosed.v1")
    assert str(ledger.grant().accrual_left) == "0.00"


def test_a_closing_takes_the_final_parts_once_they_are_settled() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(
        balance_settled(
            settled_on="2026-01-20",
            final_part_n="910.00",
            final_part_n1="1365.00",
            advances_n="0.00",
            advances_n1="0.00",
        )
    )

    ledger.close(2025)

    assert str(net([ledger.only_posted("accrual")], ACCRUED)) == "-910.00"
    assert str(net([ledger.only_posted("commitment")], COMMITMENT)) == "-1365.00"


def test_a_grant_known_by_its_balance_only_is_closed_and_its_late_grant_changes_nothing() -> None:
    ledger = Ledger()
    ledger.handle(balance_settled(settled_on="2026-01-20"))
    ledger.close(2025)
    before = ledger.entries

    decision = ledger.handle(funding_granted(part_n="1.00", part_n1="2.00"))
    ledger.close(2026)

    kinds = [entry.posted.kind for entry in before]
    assert sorted(kinds) == ["accrual", "accrual_release", "balance", "commitment"]
    assert str(net([ledger.only_posted("accrual")], ACCRUED)) == "-1103.30"
    assert decision.events == ()
    assert ledger.grant().year_end == "passed"
    assert [e.posted.kind for e in ledger.entries if e not in before and not e.sequence] == []
    assert len(ledger.posted("commitment_reversal")) == 1


@pytest.mark.parametrize("pages_turned", [0, 1, 2, 3])
def test_a_balance_alone_that_comes_after_the_acceptance_is_late(pages_turned: int) -> None:
    ledger = Ledger()
    ledger.handle(advance_granted(amount="772.31"))
    ledger.handle(exercise_closed())
    for _ in range(pages_turned):
        ledger.next_page()

    ledger.handle(balance_settled(settled_on="2026-01-20"))
    ledger.handle(funding_granted())
    ledger.run()

    assert [entry.posted.kind for entry in ledger.entries] == ["advance", "balance"]
    assert ledger.grant().year_end == "missed"


def test_a_release_goes_to_the_first_exercise_that_is_open() -> None:
    ledger = Ledger()
    ledger.close(2026)
    ledger.handle(balance_settled(settled_on="2026-01-20"))

    ledger.close(2025)

    release = ledger.only_posted("accrual_release")
    assert (release.exercise, release.period, str(release.booked_on)) == (2027, 1, "2027-01-01")
    assert lines(release)[0] == ("SF", EXPENSE_OLDER, "0.00", "1103.30", 2025, CODE)


def test_a_release_makes_its_exercise_active() -> None:
    ledger = Ledger()
    ledger.handle(
        balance_settled(
            settled_on="2025-12-30",
            final_part_n1="0.00",
            final_bonus="0.00",
            advances_n="0.00",
            advances_n1="0.00",
        )
    )

    ledger.close(2025)

    assert ledger.posted("commitment") == []
    assert [(each.year, each.status) for each in ledger.books().exercises] == [
        (2025, "closed"),
        (2026, "open"),
    ]
