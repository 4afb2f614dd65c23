"""What holds for any accounts: parts add up, more cost is never less, an absence never helps."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.base import WireModel
from shared.contracts.funding import (
    AdjustmentDecided,
    AdjustmentRefused,
    BalanceRefused,
    BalanceSettled,
)
from tests.support.decide import Story, only_event
from tests.support.life import actual_collectif, control_concluded, result_account_filed
from tests.support.samples import advance_order, convention
from tests.unit.funding.builders import BOTH, project, story

QUICK = settings(max_examples=60, deadline=None)
CENT = Decimal("0.01")
NO_BONUS: tuple[str, ...] = ()


def euros(cents_max: int) -> st.SearchStrategy[str]:
    """Draw an amount as the wire writes it."""
    return st.integers(0, cents_max).map(lambda cents: f"{cents * CENT:.2f}")


COSTS = euros(1_200_000)
TOTALS = euros(3_000_000)
DAYS = st.dates(date(2025, 9, 1), date(2027, 12, 31)).map(str)
BONUSES = st.sampled_from((NO_BONUS, ("enfants",), ("parents",), BOTH))


@st.composite
def accounts(draw: st.DrawFn) -> dict[str, Any]:
    """Draw accounts of C1, C2 and C3, some of them not run."""
    collectifs = [
        actual_collectif(
            collectif_id=name,
            ran=draw(st.booleans()),
            actual_cost=draw(COSTS),
            bonus_done=draw(BONUSES),
        )
        for name in ("C1", "C2", "C3")
    ]
    theirs = {"funder": "Fonds locaux", "branche_famille": True, "amount": draw(euros(300_000))}
    return {
        "collectifs": collectifs,
        "budget": {"total_annual_cost": draw(TOTALS), "resources": [theirs]},
    }


def granted(*advances: str) -> Story:
    """Three collectifs with both bonuses, the convention signed, an advance of each exercise."""
    scenario = story()
    scenario.when(project("4000.00", "9000.00", "6000.00", bonuses=BOTH))
    scenario.when(convention())
    for rank, (exercise, amount) in enumerate(zip((2025, 2026), advances, strict=False)):
        order = advance_order(
            order_id=f"ORD-{rank}",
            exercise=exercise,
            amount=amount,
            ordered_on=f"{exercise}-12-05",
        )
        scenario.when(order)
    return scenario


def settled(scenario: Story, **filed: Any) -> BalanceSettled:
    """Return what settles the balance."""
    return only_event(scenario.when(result_account_filed(**filed)), BalanceSettled)


def alone(cost: str, total: str = "1000000.00") -> BalanceSettled:
    """Return the balance of one collectif with both bonuses at this cost."""
    scenario = story()
    scenario.when(project("8000.00", bonuses=BOTH))
    scenario.when(convention())
    budget = {"total_annual_cost": total, "resources": []}
    return settled(scenario, collectifs=[actual_collectif(actual_cost=cost)], budget=budget)


@QUICK
@given(accounts(), euros(160_000), euros(240_000))
def test_parts_bonuses_advances_and_indus_always_add_up(
    filed: dict[str, Any], first: str, second: str
) -> None:
    balance = settled(granted(first, second), **filed)

    assert balance.final_part_n + balance.final_part_n1 == balance.final_ps
    assert balance.final_bonus_enfants + balance.final_bonus_parents == balance.final_bonus
    cap, before = balance.cap80, balance.collectifs
    assert sum(each.ps for each in before) - cap.cut_from_ps == balance.final_ps
    assert sum(each.bonus for each in before) - cap.cut_from_bonus == balance.final_bonus
    indus = {each.exercise: each.amount for each in balance.indus}
    left_n = balance.final_part_n - balance.advances_n
    left_n1 = balance.final_part_n1 + balance.final_bonus - balance.advances_n1
    assert left_n + left_n1 == balance.net
    assert indus == {y: -left for y, left in ((2025, left_n), (2026, left_n1)) if left < 0}


@QUICK
@given(accounts())
def test_what_did_not_run_costs_nothing_and_no_one_exceeds_the_ceilings(
    filed: dict[str, Any],
) -> None:
    balance = settled(granted(), **filed)

    for collectif in balance.collectifs:
        assert collectif.ran or collectif.cost == collectif.ps == collectif.bonus == 0
        assert collectif.ps <= Decimal("2758.25")
        assert collectif.bonus == 0 or collectif.ps > 0
    paid = balance.final_ps + balance.final_bonus
    assert paid == 0 or paid <= balance.cap80.ceiling


@QUICK
@given(COSTS, COSTS)
def test_more_cost_is_never_less_ps_and_always_more_below_the_plafond(a: str, b: str) -> None:
    low, high = sorted((a, b), key=Decimal)

    first, second = alone(low).final_ps, alone(high).final_ps

    assert first <= second
    if Decimal(high) - Decimal(low) >= Decimal("0.04") and Decimal(high) <= Decimal("8486.00"):
        assert first < second


@QUICK
@given(TOTALS, TOTALS)
def test_a_higher_total_cost_never_lowers_what_is_due(a: str, b: str) -> None:
    low, high = sorted((a, b), key=Decimal)

    first, second = alone("9000.00", low), alone("9000.00", high)

    assert first.final_ps <= second.final_ps
    assert first.final_bonus <= second.final_bonus


@QUICK
@given(accounts(), st.lists(accounts(), max_size=3))
def test_balance_and_controls_add_up_to_the_last_decided_amounts(
    filed: dict[str, Any], controlled: list[dict[str, Any]]
) -> None:
    scenario = granted()
    balance = settled(scenario, **filed)
    due = balance.final_ps + balance.final_bonus

    for rank, result in enumerate(controlled):
        concluded = control_concluded(control_id=f"CONTROLE-{rank}", **result)
        decided = only_event(scenario.when(concluded), AdjustmentDecided)
        due += decided.amount
        assert sum(each.amount for each in decided.by_origin) == decided.amount
        assert sum(decided.components.model_dump().values()) == decided.amount
        afresh = settled(granted(), **result)
        assert afresh.final_ps + afresh.final_bonus == due


@QUICK
@given(accounts())
def test_a_control_that_finds_the_accounts_changes_nothing(filed: dict[str, Any]) -> None:
    scenario = granted()
    settled(scenario, **filed)

    decided = only_event(scenario.when(control_concluded(**filed)), AdjustmentDecided)

    assert decided.kind == "none"
    assert {each.amount for each in decided.by_origin} == {0}


@QUICK
@given(DAYS, st.booleans(), st.tuples(st.booleans(), st.booleans(), st.booleans()))
def test_without_a_convention_or_a_part_of_the_bilan_refused_accounts_stay_refused(
    filed_on: str, signed: bool, parts: tuple[bool, bool, bool]
) -> None:
    def answer(*, convened: bool, whole: tuple[bool, ...]) -> WireModel:
        scenario = story()
        scenario.when(project("9000.00"))
        if convened:
            scenario.when(convention(signed_on="2026-02-01"))
        report = dict(zip(("qualitative", "quantitative", "financial"), whole, strict=True))
        (events,) = scenario.says(result_account_filed(filed_on=filed_on, report=report))
        return events

    if isinstance(answer(convened=signed, whole=parts), BalanceRefused):
        for rank in range(3):
            fewer = tuple(had and at != rank for at, had in enumerate(parts))
            assert isinstance(answer(convened=signed, whole=fewer), BalanceRefused)
        assert isinstance(answer(convened=False, whole=parts), BalanceRefused)


@QUICK
@given(DAYS, DAYS, DAYS)
def test_without_its_answer_a_refused_control_stays_refused(
    sent: str, answered: str, decided: str
) -> None:
    scenario = granted()
    scenario.when(result_account_filed())
    dates = {"observations_sent_on": sent, "answered_on": answered, "decided_on": decided}
    before = scenario.states

    (answer,) = scenario.says(control_concluded(**dates))
    scenario.states = before
    (unanswered,) = scenario.says(control_concluded(**{**dates, "answered_on": None}))

    assert isinstance(answer, AdjustmentDecided) or isinstance(unanswered, AdjustmentRefused)
