"""The balance: what the definitive accounts make due, or every reason why they settle nothing."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.funding.domain.states import Grant
from shared.contracts.common import ExerciseAmount
from shared.contracts.elan import ResultAccountFiled
from shared.contracts.funding import BalanceRefused, BalanceSettled
from shared.kernel.decision import NO_CHANGE, Decision, OutgoingEvent, StateRef
from tests.support.decide import Story, only_event
from tests.support.life import (
    actual_collectif,
    advance_reversal_ordered,
    agrement_amended,
    result_account_filed,
)
from tests.support.samples import (
    CAF,
    DOSSIER,
    OTHER_CAF,
    OTHER_DOSSIER,
    advance_order,
    agrement,
    bareme,
    convention,
    granted_collectif,
)
from tests.unit.funding.builders import BOTH, euros, project, story

GRANT = f"{DOSSIER}|2025-2026"
FAR = {"total_annual_cost": "1000000.00", "resources": []}


def signed(*costs: str, **changes: Any) -> Story:
    """A grant of collectifs C1, C2… of these costs, its convention signed."""
    scenario = story()
    scenario.when(project(*(costs or ("9000.00",)), **changes))
    scenario.when(convention())
    return scenario


def accounts(
    *collectifs: tuple[str, str, tuple[str, ...]], total: str = "1000000.00", **changes: Any
) -> ResultAccountFiled:
    """Accounts of collectifs that ran: id, actual cost in euros, bonuses done."""
    actual = [
        actual_collectif(collectif_id=name, actual_cost=cost, bonus_done=done)
        for name, cost, done in collectifs
    ]
    budget = {**FAR, "total_annual_cost": total}
    return result_account_filed(collectifs=actual, budget=budget, **changes)


def settled(scenario: Story, filed: ResultAccountFiled) -> BalanceSettled:
    """Return what settles the balance."""
    return only_event(scenario.when(filed), BalanceSettled)


def rules(decision: Decision) -> list[str]:
    """Return the rules of refused accounts, which must change nothing."""
    assert decision.states == ()
    return [reason.rule for reason in only_event(decision, BalanceRefused).reasons]


def test_a_full_life_at_the_ceiling_is_settled_with_what_is_left_to_pay() -> None:
    scenario = signed(bonuses=BOTH)
    scenario.when(advance_order(amount="772.31", ordered_on="2025-11-20"))
    scenario.when(
        advance_order(order_id="ORD-2", exercise=2026, amount="1158.46", ordered_on="2026-03-10")
    )

    balance = settled(scenario, accounts(("C1", "9000.00", BOTH), total="9000.00"))

    assert (balance.final_ps, balance.final_part_n, balance.final_part_n1) == euros(
        "2758.25", "1103.30", "1654.95"
    )
    assert (balance.final_bonus, balance.final_bonus_enfants, balance.final_bonus_parents) == (
        euros("634.00", "329.00", "305.00")
    )
    assert (balance.advances_n, balance.advances_n1, balance.net) == euros(
        "772.31", "1158.46", "1461.48"
    )
    assert (balance.indus, str(balance.settled_on)) == ((), "2026-09-15")
    assert (balance.caf, balance.gestionnaire) == (CAF, agrement().gestionnaire)
    assert str(balance.cap80.ceiling) == "7200.00"


def test_a_part_that_was_advanced_beyond_its_due_is_to_be_recovered() -> None:
    scenario = signed("8000.00")
    scenario.when(advance_order(amount="728.00"))

    balance = settled(scenario, accounts(("C1", "2000.00", ()), total="2000.00"))

    assert (balance.final_ps, balance.final_part_n, balance.final_part_n1) == euros(
        "650.00", "260.00", "390.00"
    )
    assert (balance.net,) == euros("-78.00")
    assert [(i.exercise, str(i.amount)) for i in balance.indus] == [(2025, "468.00")]


def test_an_indu_of_one_exercise_is_never_netted_against_the_other() -> None:
    scenario = signed("8000.00", bonuses=BOTH)
    scenario.when(advance_order(amount="728.00"))

    balance = settled(scenario, accounts(("C1", "2000.00", BOTH)))

    assert (balance.net,) == euros("556.00")  # 650.00 + 634.00 - 728.00
    assert [(i.exercise, str(i.amount)) for i in balance.indus] == [(2025, "468.00")]


def test_both_exercises_may_be_recovered_n_first() -> None:
    scenario = signed("8000.00", bonuses=("parents",))
    scenario.when(advance_order(amount="728.00"))
    scenario.when(
        advance_order(order_id="B", exercise=2026, amount="900.00", ordered_on="2026-02-01")
    )

    balance = settled(scenario, accounts(("C1", "1000.00", ("parents",))))

    # Ps 325.00: 130.00 and 195.00, and 305.00 of bonus with the second.
    assert balance.indus == (
        ExerciseAmount(exercise=2025, amount=euros("598.00")[0]),
        ExerciseAmount(exercise=2026, amount=euros("400.00")[0]),
    )
    assert (balance.net,) == euros("-998.00")


def test_a_result_of_zero_is_no_indu() -> None:
    scenario = signed("8000.00")
    scenario.when(advance_order(amount="260.00"))

    assert settled(scenario, accounts(("C1", "2000.00", ()))).indus == ()


def test_a_reversed_advance_no_longer_counts() -> None:
    scenario = signed("8000.00")
    scenario.when(advance_order(amount="728.00"))
    scenario.when(advance_reversal_ordered())

    balance = settled(scenario, accounts(("C1", "2000.00", ())))

    assert (balance.advances_n, balance.net) == euros("0.00", "650.00")
    assert balance.indus == ()


def test_each_granted_collectif_is_told_in_the_order_of_the_grant() -> None:
    scenario = signed("4000.00", "9000.00", "5000.00", bonuses=BOTH)

    balance = settled(
        scenario,
        result_account_filed(
            collectifs=[
                actual_collectif(collectif_id="C2", actual_cost="4000.00", bonus_done=["parents"]),
                actual_collectif(collectif_id="C1", actual_cost="3000.00", ran=False),
                actual_collectif(collectif_id="C3", actual_cost="0.00", ran=False),
            ],
            budget=FAR,
        ),
    )

    assert [(c.collectif_id, c.ran, c.cost, c.ps, c.bonus) for c in balance.collectifs] == [
        ("C1", False, *euros("0.00", "0.00", "0.00")),
        ("C2", True, *euros("4000.00", "1300.00", "305.00")),
        ("C3", False, *euros("0.00", "0.00", "0.00")),
    ]
    assert (balance.final_ps, balance.final_bonus) == euros("1300.00", "305.00")


@pytest.mark.parametrize(
    ("granted", "done", "enfants", "parents"),
    [
        (BOTH, BOTH, "329.00", "305.00"),
        (BOTH, ("parents",), "0.00", "305.00"),
        (("enfants",), BOTH, "329.00", "0.00"),
        (BOTH, (), "0.00", "0.00"),
        ((), BOTH, "0.00", "0.00"),
    ],
)
def test_a_bonus_is_due_where_it_was_granted_and_done(
    granted: tuple[str, ...], done: tuple[str, ...], enfants: str, parents: str
) -> None:
    balance = settled(signed(bonuses=granted), accounts(("C1", "9000.00", done)))

    assert (balance.final_bonus_enfants, balance.final_bonus_parents) == euros(enfants, parents)


def test_the_final_ps_may_exceed_the_forecast_within_the_plafond() -> None:
    balance = settled(signed("8000.00"), accounts(("C1", "12000.00", ())))

    assert (balance.final_ps, balance.final_part_n, balance.final_part_n1) == euros(
        "2758.25", "1103.30", "1654.95"
    )


def test_the_actual_total_cost_caps_what_is_due() -> None:
    scenario = signed("9000.00", bonuses=BOTH)

    balance = settled(scenario, accounts(("C1", "9000.00", BOTH), total="4000.00"))

    # 80 % of 4000.00 is 3200.00; 2758.25 + 634.00 is 192.25 too much, taken from the bonuses.
    assert (balance.final_ps, balance.final_bonus) == euros("2758.25", "441.75")
    assert (balance.final_bonus_enfants, balance.final_bonus_parents) == euros("229.24", "212.51")
    assert (balance.cap80.excess, balance.cap80.cut_from_bonus) == euros("192.25", "192.25")
    assert balance.collectifs[0].bonus == 634  # Before the cap.


def test_nothing_is_due_when_nothing_ran() -> None:
    scenario = signed(bonuses=BOTH)

    stopped = [actual_collectif(collectif_id="C1", actual_cost="0.00", ran=False)]
    balance = settled(scenario, result_account_filed(collectifs=stopped, budget=FAR))

    assert (balance.final_ps, balance.final_bonus, balance.net) == euros("0.00", "0.00", "0.00")


def test_a_published_bareme_settles_what_it_granted() -> None:
    scenario = story()
    scenario.when(bareme())
    scenario.when(convention())
    scenario.when(project("9000.00", bonuses=BOTH, school_year="2026-2027"))

    balance = settled(
        scenario, accounts(("C1", "9000.00", BOTH), school_year="2026-2027", filed_on="2027-09-15")
    )

    assert (balance.final_ps, balance.final_bonus) == euros("2795.00", "645.00")


def test_accounts_settle_once_and_the_same_ones_again_are_silent() -> None:
    scenario = signed()
    scenario.when(accounts(("C1", "9000.00", ())))
    before = scenario.states

    assert scenario.when(accounts(("C1", "9000.00", ()))) == NO_CHANGE
    assert scenario.states == before


@pytest.mark.parametrize(
    "change",
    [
        {"filed_on": "2026-09-16"},
        {"caf": OTHER_CAF},
        {"report": {"qualitative": False, "quantitative": True, "financial": True}},
        {"collectifs": []},
    ],
)
def test_other_accounts_for_a_settled_year_are_refused_alone(change: dict[str, Any]) -> None:
    scenario = signed()
    scenario.when(result_account_filed())

    assert rules(scenario.when(result_account_filed(**change))) == ["TEC-01"]


@pytest.mark.parametrize(
    ("change", "rule", "words"),
    [
        ({"caf": OTHER_CAF}, "TEC-03", "Caf 771, mais le dossier relève de la Caf 761"),
        ({"filed_on": "2026-05-31"}, "SOL-01", "à partir du 01/06/2026"),
        ({"report__qualitative": False}, "SOL-03", "manque : qualitatif."),
        ({"report__quantitative": False}, "SOL-03", "manque : quantitatif."),
        ({"report__financial": False}, "SOL-03", "manque : financier."),
        ({"collectifs": []}, "SOL-03", "ne sont pas nommés : C1."),
        (
            {"collectifs": [actual_collectif(), actual_collectif(collectif_id="C9")]},
            "COM-04",
            "C9.",
        ),
    ],
)
def test_each_reason_by_itself(change: dict[str, Any], rule: str, words: str) -> None:
    scenario = signed()
    before = scenario.states

    decision = scenario.when(result_account_filed(**change))

    assert rules(decision) == [rule]
    assert words in only_event(decision, BalanceRefused).reasons[0].message
    assert scenario.states == before


def test_accounts_of_the_first_of_june_settle_where_no_period_is_known() -> None:
    filed = result_account_filed(filed_on="2026-06-01")

    assert str(settled(signed(), filed).settled_on) == "2026-06-01"


@pytest.mark.parametrize(("filed_on", "early"), [("2026-06-30", True), ("2026-07-01", False)])
def test_accounts_come_after_the_last_day_of_the_last_collectif(
    filed_on: str, *, early: bool
) -> None:
    scenario = story()
    ends = [("C1", "2026-06-30"), ("C2", "2026-06-15")]
    granted = [granted_collectif(collectif_id=name) | {"ends_on": end} for name, end in ends]
    scenario.when(agrement(collectifs=granted))
    scenario.when(convention())
    both = [actual_collectif(collectif_id=name) for name, _ in ends]

    findings = scenario.when(result_account_filed(collectifs=both, filed_on=filed_on)).findings

    assert ("SOL-01", "breach" if early else "ok") in [(f.rule, f.outcome) for f in findings]


@pytest.mark.parametrize(
    ("change", "first"),
    [
        ({"effect": "withdrawn", "collectifs": []}, "2025-12-20"),
        ({"effect": "reduced", "collectifs": ["C2"]}, "2026-06-16"),
        ({"effect": "reduced", "collectifs": ["C1"]}, "2026-07-01"),
    ],
)
def test_accounts_may_come_once_the_action_has_stopped(change: dict[str, Any], first: str) -> None:
    scenario = story()
    ends = [("C1", "2026-06-30"), ("C2", "2026-06-15")]
    granted = [granted_collectif(collectif_id=name) | {"ends_on": end} for name, end in ends]
    stopped = agrement_amended(**change, ended_on="2025-12-19", multi_year_until="2025-2026")
    scenario.when(stopped)
    scenario.when(agrement(collectifs=granted))
    scenario.when(convention())
    both = [actual_collectif(collectif_id=name) for name, _ in ends]
    the_day_before = str(date.fromisoformat(first) - timedelta(days=1))

    early = scenario.when(result_account_filed(collectifs=both, filed_on=the_day_before))
    in_time = scenario.when(result_account_filed(collectifs=both, filed_on=first))

    assert rules(early) == ["SOL-01"]
    balance = only_event(in_time, BalanceSettled)
    assert [(c.collectif_id, c.ran) for c in balance.collectifs] == [("C1", True), ("C2", True)]


def test_the_convention_counts_from_the_day_of_its_signature() -> None:
    scenario = story()
    scenario.when(agrement())
    filed = result_account_filed(filed_on="2026-09-15")

    assert rules(scenario.when(filed)) == ["CNV-01"]
    scenario.when(convention(signed_on="2026-09-16"))
    assert rules(scenario.when(filed)) == ["CNV-01"]
    scenario.when(convention(signed_on="2026-09-15"))
    assert settled(scenario, filed).settled_on == filed.filed_on


def test_all_reasons_are_told_together() -> None:
    scenario = story()
    scenario.when(agrement())
    filed = result_account_filed(
        caf=OTHER_CAF,
        filed_on="2025-12-31",
        report={"qualitative": False, "quantitative": True, "financial": False},
        collectifs=[actual_collectif(collectif_id=f"X{rank}") for rank in range(21)],
    )

    decision = scenario.when(filed)

    assert rules(decision) == ["TEC-03", "CNV-01", "SOL-03", "SOL-01", "SOL-03", "COM-04"]
    *_, report, _, _, foreign = only_event(decision, BalanceRefused).reasons
    assert "manque : qualitatif, financier" in report.message
    assert foreign.message.endswith("X8, X9 et 11 autres.")


def test_without_a_grant_that_reason_stands_alone() -> None:
    scenario = story()
    scenario.when(agrement(school_year="2026-2027"))  # Deferred: no grant.

    for filed, words in (
        (result_account_filed(caf=OTHER_CAF, filed_on="2020-01-01"), "n'est pas accordé"),
        (result_account_filed(dossier_id=OTHER_DOSSIER), "n'est pas accordé"),
        (result_account_filed(school_year="2026-2027"), "est encore différé"),
    ):
        decision = scenario.when(filed)
        assert rules(decision) == ["COM-05"]
        assert [(step.rule, step.outcome) for step in decision.findings] == [("COM-05", "breach")]
        assert words in only_event(decision, BalanceRefused).reasons[0].message


def test_refused_accounts_may_come_again_with_other_content() -> None:
    scenario = signed()
    assert rules(scenario.when(result_account_filed(filed_on="2025-12-31"))) == ["SOL-01"]

    assert settled(scenario, result_account_filed()).school_year == "2025-2026"


def test_a_refusal_is_about_the_grant_and_goes_to_the_caf_that_sent_it() -> None:
    decision = signed().when(result_account_filed(caf=OTHER_CAF))

    refused = only_event(decision, BalanceRefused)
    assert (refused.caf, refused.dossier_id, refused.school_year) == (
        OTHER_CAF,
        DOSSIER,
        "2025-2026",
    )
    (event,) = decision.events
    assert isinstance(event, OutgoingEvent)
    assert event.about == StateRef(Grant, GRANT)


def test_a_balance_tells_each_check_and_each_amount() -> None:
    scenario = signed("8000.00")
    scenario.when(advance_order(amount="728.00"))

    steps = scenario.when(accounts(("C1", "2000.00", ()), total="2000.00")).findings

    assert [(step.rule, step.outcome) for step in steps] == [
        *((rule, "ok") for rule in ("TEC-03", "CNV-01", "SOL-03", "SOL-01", "SOL-03", "COM-04")),
        *((rule, "computed") for rule in ("PRX-07", "PRX-01", "COF-02", "ENV-01")),
        ("SOL-02", "computed"),
        ("CPT-05", "computed"),
    ]
    ps, *_, net, indu = steps[7:]
    assert ps.message == (
        "C1 : 32,5\u00a0% de 2\u202f000,00\u00a0€, au plus 2\u202f758,25\u00a0€ : "
        "Ps de 650,00\u00a0€."
    )
    assert net.amounts["net"] == "-78.00"
    assert indu.amounts == {"indu": "468.00"}


def test_refused_accounts_tell_what_was_right_too() -> None:
    steps = signed().when(result_account_filed(filed_on="2025-12-31")).findings

    assert [step.rule for step in steps if step.outcome == "breach"] == ["SOL-01"]
    assert [step.rule for step in steps if step.outcome == "ok"] == [
        *("TEC-03", "CNV-01", "SOL-03", "SOL-03", "COM-04")
    ]
