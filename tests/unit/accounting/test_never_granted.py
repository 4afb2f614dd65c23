"""A right that waited for its envelope and is cancelled was never granted: it holds up nothing."""

from shared.contracts.accounting import ClosingCompleted, ClosingRefused
from tests.support.settled import funding_cancelled
from tests.unit.accounting.ledger import Ledger

NEVER_GRANTED = {"advances_n": "0.00", "advances_n1": "0.00", "indus": []}


def test_the_exercise_after_it_can_be_closed() -> None:
    ledger = Ledger()
    ledger.handle(funding_cancelled(**NEVER_GRANTED))

    events = ledger.close(2026)

    assert any(isinstance(event, ClosingCompleted) for event in events)
    assert ledger.entries == []


def test_one_that_was_granted_and_advanced_holds_up_the_exercise_after_it() -> None:
    ledger = Ledger()
    ledger.handle(funding_cancelled())

    (refused,) = ledger.close(2027)

    assert isinstance(refused, ClosingRefused)
    assert [reason.rule for reason in refused.reasons] == ["CLO-01"]
