"""One right: what its events decide, from the grant to controls, cancellation and deferral."""

from decimal import Decimal

from services.funding.amounts import NO_AMOUNTS, Amounts
from services.funding.right import Right
from services.funding.rights import rights_of
from shared.contracts.base import WireModel
from shared.contracts.common import Reason
from shared.contracts.funding import FundingDeferred, FundingRefused
from tests.support import samples, settled

YEAR = "2025-2026"
LACKING = Reason(rule="ENV-03", message="Il manque des crédits.")
DEFERRED = FundingDeferred(
    caf="761", dossier_id=samples.DOSSIER, school_year=YEAR, reasons=(LACKING, LACKING)
)
REFUSED = FundingRefused(
    caf="761",
    dossier_id=samples.DOSSIER,
    school_year=YEAR,
    reasons=(Reason(rule="COM-05", message="L'agrément est retiré."),),
)
SECOND = samples.advance_granted(order_id="ORD-2", exercise=2026, amount="1158.46")


def amounts(*parts: str) -> Amounts:
    return Amounts(*map(Decimal, parts))


def euros(*values: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, values))


def right_after(*events: WireModel) -> Right:
    return rights_of(events).by_key[(samples.DOSSIER, YEAR)]


def test_a_grant_decides_amounts_by_exercise_and_ceilings() -> None:
    right = right_after(samples.funding_granted())

    assert (right.caf, right.exercises) == ("761", (2025, 2026))
    assert right.due == right.forecast == amounts("1103.30", "1654.95", "329.00", "305.00")
    assert (right.due.ps, right.due.bonus, right.due.total) == euros("2758.25", "634.00", "3392.25")
    assert right.due.by_origin == euros("1103.30", "2288.95")
    assert right.ceilings == {2025: Decimal("772.31"), 2026: Decimal("1158.46")}
    assert right.final is None
    assert right.settled_due == NO_AMOUNTS


def test_the_amendment_of_the_highest_rank_counts_and_the_highest_ceilings_stay() -> None:
    second = settled.funding_amended(rank=2, amendment_id="AVN-2", part_n="500.00")
    right = right_after(samples.funding_granted(), second, settled.funding_amended())

    assert right.granted == second
    assert right.due == amounts("500.00", "780.00", "0.00", "0.00")
    assert right.ceilings == {2025: Decimal("364.00"), 2026: Decimal("546.00")}
    assert right.highest_ceilings == euros("772.31", "1158.46")


def test_a_reversed_advance_no_longer_counts_but_stays_an_order() -> None:
    right = right_after(
        samples.funding_granted(), samples.advance_granted(), SECOND, settled.advance_reversed()
    )

    assert right.advances == (SECOND,)
    assert [order.order_id for order in right.orders] == ["ORD-1", "ORD-2"]
    assert right.advanced == Decimal("1158.46")
    assert (right.advanced_on(2025), right.advanced_on(2026)) == euros("0.00", "1158.46")


def test_a_balance_then_a_control_change_what_is_due() -> None:
    balance = settled.balance_settled(final_part_n="1000.00", final_bonus_parents="0.00")
    right = right_after(samples.funding_granted(), balance)

    assert right.due == right.final == amounts("1000.00", "1654.95", "329.00", "0.00")
    assert right.final_advances == Decimal("1930.77")

    controlled = right_after(samples.funding_granted(), balance, settled.adjustment_decided())

    assert controlled.final == right.final
    assert controlled.due == amounts("1078.00", "1771.95", "329.00", "0.00")
    assert controlled.settled_due.by_origin == euros("1078.00", "2100.95")


def test_nothing_is_due_once_it_is_cancelled() -> None:
    right = right_after(samples.funding_granted(), settled.funding_cancelled())

    assert right.due == right.settled_due == NO_AMOUNTS
    assert right.forecast.total == Decimal("3392.25")
    assert (right.running_grant, right.granted) == (None, samples.funding_granted())
    assert right.final_advances == Decimal("772.31")


def test_a_deferred_right_waits_until_it_is_granted_refused_or_cancelled() -> None:
    assert right_after(DEFERRED).deferral_rules == ("ENV-03",)
    assert right_after(DEFERRED).due == NO_AMOUNTS
    assert right_after(DEFERRED, samples.funding_granted()).deferral_rules == ()
    assert right_after(DEFERRED, REFUSED).deferral_rules == ()
    assert right_after(REFUSED, DEFERRED).deferral_rules == ("ENV-03",)


def test_the_caf_of_a_right_is_the_one_that_decides_it() -> None:
    foreign = REFUSED.with_changes(caf="271")

    assert right_after(foreign, samples.funding_granted()).caf == "761"
