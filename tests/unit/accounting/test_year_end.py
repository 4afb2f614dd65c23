"""What a closing posts: accrual, commitment, reversal, and what it leaves alone."""

from decimal import Decimal

import pytest

from services.accounting.domain.grant_values import Advance
from services.accounting.domain.grants import Grant
from shared.contracts.accounting import AccountingEntryPosted
from shared.kernel.decision import OutgoingEvent, StateRef
from tests.support.samples import DOSSIER, advance_granted, exercise_closed, funding_granted
from tests.unit.accounting.ledger import (
    ACCRUED,
    COMMITMENT,
    CONTRA,
    EXPENSE,
    EXPENSE_PREVIOUS,
    GRANT,
    THIRD_PARTY,
    Ledger,
    lines,
    net,
)


def test_part_n_is_accrued_net_of_its_advances() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(advance_granted(order_id="ORD-1", amount="500.00"))
    ledger.handle(advance_granted(order_id="ORD-2", amount="272.31"))

    ledger.close(2025)

    entry = ledger.only_posted("accrual")
    assert lines(entry) == [
        ("SF", EXPENSE, "330.99", "0.00", 2025, "81512214"),
        ("T", ACCRUED, "0.00", "330.99", None, None),
    ]
    assert (entry.exercise, entry.period, str(entry.booked_on)) == (2025, 13, "2025-12-31")
    assert entry.label == "Charge à payer Clas 2025-2026 – Les Amis de l'école"
    assert (entry.cause.id, entry.cause.type) == ("close-2025", "fr.caf.clas.ExerciseClosed.v1")
    assert ledger.grant().year_end == "passed"


def test_an_advance_on_part_n_1_is_not_taken_off_the_accrual() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(advance_granted(exercise=2026, amount="1158.46", ordered_on="2026-01-10"))

    ledger.close(2025)

    assert net([ledger.only_posted("accrual")], ACCRUED).to_eng_string() == "-1103.30"


def test_only_advances_of_the_exercise_that_it_booked_itself_are_taken_off() -> None:
    recorded = Ledger()
    recorded.handle(funding_granted())
    advances = (
        Advance(order_id="A", origin=2025, booked=2025, amount=Decimal("500.00")),
        Advance(order_id="B", origin=2025, booked=2026, amount=Decimal("200.00")),
        Advance(order_id="C", origin=2026, booked=2025, amount=Decimal("100.00")),
    )
    ledger = Ledger(recorded.books(), recorded.grant().with_changes(advances=advances))

    ledger.close(2025)

    assert str(ledger.grant().accrued) == "603.30"


def test_closing_entries_are_in_the_name_that_the_grant_gives() -> None:
    ledger = Ledger()
    ledger.handle(advance_granted(gestionnaire__name="Ancien nom"))
    ledger.handle(funding_granted(gestionnaire__name="Nouveau nom"))

    ledger.close(2025)

    assert ledger.only_posted("advance").label == "Acompte Clas 2025-2026 – Ancien nom"
    assert ledger.only_posted("accrual").label == "Charge à payer Clas 2025-2026 – Nouveau nom"


def test_part_n_1_is_committed_without_its_bonus() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())

    ledger.close(2025)

    entry = ledger.only_posted("commitment")
    assert lines(entry) == [
        ("T", COMMITMENT, "0.00", "1654.95", None, None),
        ("T", CONTRA, "1654.95", "0.00", None, None),
    ]
    assert (entry.exercise, entry.period, str(entry.booked_on)) == (2025, 13, "2025-12-31")
    assert entry.label == "Engagement 6/10 Clas 2025-2026 – Les Amis de l'école"


def test_the_commitment_is_reversed_in_month_12_of_the_next_exercise() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.close(2025)

    ledger.close(2026)

    entry = ledger.only_posted("commitment_reversal")
    assert lines(entry) == [
        ("T", COMMITMENT, "1654.95", "0.00", None, None),
        ("T", CONTRA, "0.00", "1654.95", None, None),
    ]
    assert (entry.exercise, entry.period, str(entry.booked_on)) == (2026, 12, "2026-12-31")
    assert entry.cause.id == "close-2026"
    assert str(ledger.grant().committed) == "1654.95"
    assert str(ledger.grant().commitment_left) == "0.00"


def test_nothing_is_accrued_for_part_n_1_at_the_end_of_n_1() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.close(2025)

    ledger.close(2026)

    assert [entry.exercise for entry in ledger.posted("accrual")] == [2025]
    assert [entry.exercise for entry in ledger.posted("commitment")] == [2025]


def test_a_reversal_is_posted_once() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())

    for exercise in (2025, 2026, 2027):
        ledger.close(exercise)

    assert len(ledger.posted("commitment_reversal")) == 1


@pytest.mark.parametrize("advanced", ["1103.30", "1200.00"])
def test_nothing_is_accrued_when_the_advances_reach_part_n(advanced: str) -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(advance_granted(amount=advanced))

    ledger.close(2025)

    assert ledger.posted("accrual") == []
    assert len(ledger.posted("commitment")) == 1
    assert str(ledger.grant().accrual_left) == "0.00"


def test_a_grant_of_nothing_gives_no_entry_and_is_passed_all_the_same() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted(part_n="0.00", part_n1="0.00"))

    ledger.close(2025)

    assert ledger.entries == []
    assert ledger.grant().year_end == "passed"


def test_a_grant_of_another_year_or_another_caf_is_left_alone() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted(dossier_id="D-2026", school_year="2026-2027"))
    ledger.handle(funding_granted(dossier_id="D-2024", school_year="2024-2025"))
    ledger.handle(funding_granted(dossier_id="D-771", caf="771"))
    ledger.close(2024)

    ledger.close(2025)

    assert {entry.posted.dossier_id for entry in ledger.entries} == {"D-2024"}
    year_ends = {grant.dossier_id: grant.year_end for grant in ledger.grants}
    assert year_ends == {"D-2024": "passed", "D-2026": "ahead", "D-771": "ahead"}


def test_a_grant_decided_in_january_is_accrued_if_the_closing_comes_after_it() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted(decided_on="2026-01-12"))

    ledger.close(2025)

    assert len(ledger.posted("accrual")) == 1


@pytest.mark.parametrize("pages_turned", [0, 1, 2, 3])
def test_a_grant_that_comes_after_the_acceptance_is_late(pages_turned: int) -> None:
    ledger = Ledger()
    ledger.handle(exercise_closed())
    for _ in range(pages_turned):
        ledger.next_page()

    ledger.handle(funding_granted())
    ledger.run()
    ledger.close(2026)

    assert ledger.entries == []
    assert ledger.grant().year_end == "missed"


def test_a_late_grant_has_its_advances_expensed_when_they_are_paid() -> None:
    ledger = Ledger()
    ledger.close(2025)
    ledger.handle(funding_granted())

    ledger.handle(advance_granted(amount="700.00", ordered_on="2025-12-20"))

    assert lines(ledger.only_posted("advance")) == [
        ("SF", EXPENSE_PREVIOUS, "700.00", "0.00", 2025, "81512214"),
        ("T", THIRD_PARTY, "0.00", "700.00", None, None),
    ]


def test_a_grant_known_by_an_advance_only_gets_nothing_and_is_late_afterwards() -> None:
    ledger = Ledger()
    ledger.handle(advance_granted(amount="700.00"))

    ledger.close(2025)
    ledger.handle(funding_granted())
    ledger.close(2026)

    assert [entry.posted.kind for entry in ledger.entries] == ["advance"]
    assert ledger.grant().year_end == "missed"


def test_no_commitment_when_the_next_exercise_is_closed_already() -> None:
    ledger = Ledger()
    ledger.close(2026)
    ledger.handle(funding_granted())

    ledger.close(2025)

    assert len(ledger.posted("accrual")) == 1
    assert ledger.posted("commitment") == []
    assert str(ledger.grant().committed) == "0.00"


def test_a_late_advance_meets_a_grant_not_yet_passed_and_posts_its_closing_first() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(exercise_closed(), "close-2025")

    decision = ledger.handle(advance_granted(amount="700.00", ordered_on="2025-12-20"))

    *closing, advance = decision.events
    assert isinstance(advance, AccountingEntryPosted), "it answers its own event"
    assert lines(advance)[0] == ("T", ACCRUED, "700.00", "0.00", None, None)
    for event, kind in zip(closing, ["accrual", "commitment"], strict=True):
        assert isinstance(event, OutgoingEvent)
        assert isinstance(event.data, AccountingEntryPosted)
        assert event.data.kind == kind
        assert event.origin is not None
        assert event.origin.request == "close-2025"
        assert event.about == StateRef(Grant, GRANT)
    assert net([ledger.only_posted("accrual")], ACCRUED).to_eng_string() == "-1103.30"
    ledger.run()
    assert len(ledger.posted("accrual")) == len(ledger.posted("commitment")) == 1


def test_an_advance_during_the_next_closing_posts_the_reversal_first() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.close(2025)
    ledger.handle(exercise_closed(exercise=2026, closed_on="2027-01-15"), "close-2026")

    ledger.handle(advance_granted(exercise=2026, amount="900.00", ordered_on="2026-12-20"))

    assert ledger.only_posted("commitment_reversal").cause.id == "close-2026"
    assert (ledger.only_posted("advance").exercise, ledger.only_posted("advance").period) == (
        2027,
        1,
    )
    ledger.run()
    assert len(ledger.posted("commitment_reversal")) == 1


def test_an_advance_during_the_closing_of_another_year_posts_only_itself() -> None:
    ledger = Ledger()
    ledger.handle(exercise_closed())
    ledger.handle(funding_granted(school_year="2026-2027"))

    ledger.handle(advance_granted(school_year="2026-2027", exercise=2026, ordered_on="2026-10-01"))

    assert [entry.posted.kind for entry in ledger.entries] == ["advance"]


def test_several_grants_are_closed_in_the_order_of_their_ids() -> None:
    ledger = Ledger()
    for dossier in ("D-3", "D-1", "D-2"):
        ledger.handle(funding_granted(dossier_id=dossier))

    events = ledger.close(2025)

    accruals = [s for s in events if isinstance(s, AccountingEntryPosted) and s.kind == "accrual"]
    assert [accrual.dossier_id for accrual in accruals] == ["D-1", "D-2", "D-3"]
    assert DOSSIER not in {accrual.dossier_id for accrual in accruals}
