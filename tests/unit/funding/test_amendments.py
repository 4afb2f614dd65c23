"""An amended agrement: open school years are priced again or cancelled, settled ones stay."""

from itertools import permutations

import pytest

from services.funding.domain.envelopes import Envelopes
from services.funding.domain.states import Dossier, Grant
from shared.contracts.eligibility import AgrementRegistered
from shared.contracts.funding import (
    AdvanceGranted,
    AdvanceRefused,
    BalanceRefused,
    BalanceSettled,
    CancellationRefused,
    EnvelopeReleaseContinued,
    FundingAmended,
    FundingCancelled,
    FundingGranted,
    FundingRefused,
)
from shared.kernel.decision import NO_CHANGE, Decision, OutgoingEvent, StateRef
from tests.support.decide import Story, events_of, only_event
from tests.support.life import (
    actual_collectif,
    agrement_amended,
    annual_renewal_filed,
    envelope_allotted,
    funding_cancellation_ordered,
    result_account_filed,
)
from tests.support.samples import (
    CAF,
    DOSSIER,
    OTHER_DOSSIER,
    advance_order,
    agrement,
    bareme,
    convention,
)
from tests.unit.funding.builders import BOTH, euros, project, story

GRANT = f"{DOSSIER}|2025-2026"
REDUCED = {"effect": "reduced", "collectifs": ["C2"], "multi_year_until": "2025-2026"}
TWO = [{"collectif_id": name, "forecast_cost": "5000.00"} for name in ("C1", "C2")]


def granted() -> Story:
    """Collectifs C1 of 4 000 and C2 of 9 000 euros, both bonuses, the convention signed."""
    scenario = story()
    scenario.when(project("4000.00", "9000.00", bonuses=BOTH))
    scenario.when(convention())
    return scenario


def test_what_stays_is_priced_again_at_its_forecast_with_the_same_budget() -> None:
    scenario = granted()
    before = scenario.get(Grant, GRANT).funding

    decision = scenario.when(agrement_amended(**REDUCED))

    amended = only_event(decision, FundingAmended)
    assert before is not None
    assert (before.ps_total, before.bonus_total) == euros("4058.25", "1268.00")
    assert (amended.ps_total, amended.part_n, amended.part_n1) == euros(
        "2758.25", "1103.30", "1654.95"
    )
    assert (amended.bonus_total, amended.bonus_enfants) == euros("634.00", "329.00")
    assert (amended.advance_ceiling_n, amended.advance_ceiling_n1) == euros("772.31", "1158.46")
    assert [each.collectif_id for each in amended.collectifs] == ["C2"]
    assert (amended.cap80, amended.bareme) == (before.cap80, before.bareme)
    assert (amended.amendment_id, str(amended.amended_on), amended.rank) == (
        "AVN-1",
        "2026-02-10",
        1,
    )
    (event,) = decision.events
    assert isinstance(event, OutgoingEvent)
    assert event.about == StateRef(Grant, GRANT)


def test_an_amendment_keeps_what_was_reserved_in_the_envelopes() -> None:
    scenario = granted()
    before = scenario.get(Grant, GRANT).funding

    amended = only_event(scenario.when(agrement_amended(**REDUCED)), FundingAmended)

    assert before is not None
    assert amended.envelopes == before.envelopes
    assert [str(each.amount) for each in amended.envelopes] == ["1623.30", "3702.95"]


def test_the_new_ceilings_hold_for_later_advances_and_what_was_paid_stays() -> None:
    scenario = granted()
    scenario.when(advance_order(amount="900.00"))  # Within 28 % of 4058.25: 1136.31.
    scenario.when(agrement_amended(**REDUCED))

    (reason,) = only_event(
        scenario.when(advance_order(order_id="B", amount="0.01")), AdvanceRefused
    ).reasons

    assert (reason.rule, "772,31" in reason.message) == ("ACO-01", True)
    second = advance_order(order_id="C", exercise=2026, amount="1158.46", ordered_on="2026-03-10")
    only_event(scenario.when(second), AdvanceGranted)
    assert scenario.get(Grant, GRANT).advances_n == 900


def test_each_amendment_has_its_rank_and_goes_on_from_the_last_one() -> None:
    scenario = story()
    scenario.when(project("1000.00", "2000.00", "4000.00"))
    scenario.when(agrement_amended(**{**REDUCED, "collectifs": ["C1", "C3"]}))

    second = agrement_amended(**{**REDUCED, "collectifs": ["C3", "C2"], "amendment_id": "AVN-2"})
    amended = only_event(scenario.when(second), FundingAmended)

    assert (amended.rank, amended.ps_total) == (2, *euros("1300.00"))


def test_the_same_amendment_again_is_old_news() -> None:
    scenario = granted()
    scenario.when(agrement_amended(**REDUCED))
    before = scenario.states

    assert scenario.when(agrement_amended(**REDUCED)) == NO_CHANGE
    assert scenario.states == before


def test_accounts_settle_what_stays() -> None:
    scenario = granted()
    scenario.when(agrement_amended(**REDUCED))
    removed = [actual_collectif(collectif_id=name) for name in ("C1", "C2")]

    refused = only_event(scenario.when(result_account_filed(collectifs=removed)), BalanceRefused)
    settled = only_event(
        scenario.when(result_account_filed(collectifs=removed[1:])), BalanceSettled
    )

    assert [reason.rule for reason in refused.reasons] == ["COM-04"]
    assert [each.collectif_id for each in settled.collectifs] == ["C2"]
    assert (settled.final_ps,) == euros("2758.25")


def test_a_withdrawn_year_is_cancelled_and_its_advances_are_to_be_recovered() -> None:
    scenario = granted()
    scenario.when(advance_order(amount="900.00"))

    decision = scenario.when(agrement_amended())

    event = only_event(decision, FundingCancelled)
    assert [(each.exercise, str(each.amount)) for each in event.indus] == [(2025, "900.00")]
    assert (str(event.cancelled_on), event.motive) == ("2026-02-10", "Cessation d'activité")
    assert event.legal_ground == "Convention d'objectifs et de financement, article 6"
    assert scenario.get(Grant, GRANT).status == "cancelled"
    assert [step.rule for step in decision.findings] == ["SOL-02", "CPT-05"]
    order = funding_cancellation_ordered()
    (reason,) = only_event(scenario.when(order), CancellationRefused).reasons
    assert reason.rule == "TEC-01"


@pytest.mark.parametrize("change", [REDUCED, {}])
def test_settled_and_cancelled_years_stay_as_they_are(change: dict[str, object]) -> None:
    for last in (
        result_account_filed(collectifs=[actual_collectif(collectif_id=n) for n in ("C1", "C2")]),
        funding_cancellation_ordered(),
    ):
        scenario = granted()
        scenario.when(last)
        before = scenario.get(Grant, GRANT)

        assert scenario.when(agrement_amended(**change)).events == ()
        assert scenario.get(Grant, GRANT) == before


def test_years_before_the_amendment_stay_as_they_are() -> None:
    scenario = granted()
    before = scenario.get(Grant, GRANT)

    decision = scenario.when(agrement_amended(from_school_year="2026-2027"))

    assert decision.events == ()
    assert scenario.get(Grant, GRANT) == before
    assert len(scenario.get(Dossier, DOSSIER).amendments) == 1


def test_a_withdrawn_year_that_waits_is_refused_and_leaves_the_list() -> None:
    scenario = story()
    scenario.when(agrement(school_year="2026-2027"))

    decision = scenario.when(agrement_amended(from_school_year="2026-2027"))

    (reason,) = only_event(decision, FundingRefused).reasons
    assert (reason.rule, "retiré pour 2026-2027" in reason.message) == ("COM-05", True)
    _, release, _ = scenario.says(bareme())
    assert scenario.when(release) == NO_CHANGE
    order = funding_cancellation_ordered(school_year="2026-2027")
    (reason,) = only_event(scenario.when(order), CancellationRefused).reasons
    assert reason.rule == "COM-05"


def test_a_reduced_year_that_waits_is_granted_with_what_stays() -> None:
    scenario = story()
    scenario.when(project("4000.00", "9000.00", school_year="2026-2027"))

    assert scenario.when(agrement_amended(**REDUCED)).events == ()
    _, release, _ = scenario.says(bareme())

    granted = only_event(scenario.when(release), FundingGranted)
    assert granted.dossier_id == DOSSIER
    assert [each.collectif_id for each in granted.collectifs] == ["C2"]


def test_a_year_that_loses_nothing_stays_as_it_is() -> None:
    scenario = granted()
    before = scenario.get(Grant, GRANT)

    decision = scenario.when(agrement_amended(**{**REDUCED, "collectifs": ["C1", "C2"]}))

    assert (decision.events, scenario.get(Grant, GRANT)) == ((), before)


def queued() -> Story:
    """An envelope of 2025 with 1 000 euros: the first right waits, the second one behind it.

    The first needs 1 623.30 (C1 of 4 000, C2 of 9 000 euros), the second 260.00.
    """
    scenario = story()
    scenario.when(envelope_allotted(amount="1000.00"))
    scenario.when(project("4000.00", "9000.00"))
    scenario.when(project("2000.00", dossier_id=OTHER_DOSSIER))
    assert [each.key for each in scenario.get(Envelopes, CAF).waiting] == [
        GRANT,
        f"{OTHER_DOSSIER}|2025-2026",
    ]
    return scenario


def followed(scenario: Story, decision: Decision) -> list[FundingGranted]:
    """Follow the pages that a decision starts; return what they grant."""
    (page,) = (each for each in events_of(decision) if isinstance(each, EnvelopeReleaseContinued))
    return [each for each in scenario.says(page) if isinstance(each, FundingGranted)]


def test_a_right_that_leaves_the_list_lets_in_those_behind_it() -> None:
    scenario = queued()

    decision = scenario.when(agrement_amended())

    refused = next(each for each in events_of(decision) if isinstance(each, FundingRefused))
    assert (refused.dossier_id, refused.reasons[0].rule) == (DOSSIER, "COM-05")
    assert scenario.get(Grant, GRANT).status == "refused"
    assert [(step.rule, step.outcome) for step in decision.findings] == [("COM-05", "breach")]
    assert [each.dossier_id for each in followed(scenario, decision)] == [OTHER_DOSSIER]
    assert scenario.get(Envelopes, CAF).waiting == ()


def test_a_reduced_right_keeps_its_place_and_is_let_in_when_it_fits() -> None:
    scenario = queued()

    decision = scenario.when(agrement_amended(**{**REDUCED, "collectifs": ["C1"]}))

    # 4000.00: Ps 1300.00, 520.00 in 2025; then 260.00 of the other: 220.00 are left.
    granted = followed(scenario, decision)
    assert [(each.dossier_id, each.ps_total) for each in granted] == [
        (DOSSIER, *euros("1300.00")),
        (OTHER_DOSSIER, *euros("650.00")),
    ]
    assert scenario.get(Envelopes, CAF).line(2025).left == 220
    assert [step.rule for step in decision.findings][:2] == ["PRX-07", "PRX-01"]


def test_a_reduced_right_that_still_does_not_fit_goes_on_waiting() -> None:
    scenario = queued()

    decision = scenario.when(agrement_amended(**REDUCED))

    # 9000.00: 1103.30 in 2025, more than 1000.00.
    assert decision.events == ()
    assert [each.dossier_id for each in scenario.get(Envelopes, CAF).waiting] == [
        DOSSIER,
        OTHER_DOSSIER,
    ]
    assert scenario.get(Envelopes, CAF).waiting[0].charges[0].amount == euros("1103.30")[0]


def test_a_right_let_in_but_not_told_yet_is_granted_with_what_stays() -> None:
    scenario = queued()
    *_, page = scenario.says(envelope_allotted(amount="5000.00"), id="m9")

    assert scenario.when(agrement_amended(**{**REDUCED, "collectifs": ["C1"]})).events == ()

    granted = [each for each in scenario.says(page) if isinstance(each, FundingGranted)]
    (first,) = (each for each in granted if each.dossier_id == DOSSIER)
    assert len(granted) == 2
    assert (first.ps_total, first.envelopes[0].amount) == euros("1300.00", "520.00")
    assert scenario.get(Envelopes, CAF).line(2025).granted == 780


def several_years(until: str = "2027-2028") -> Story:
    """An agrement of several years, its second one renewed with both collectifs, and priced."""
    scenario = story()
    scenario.when(bareme())
    scenario.when(convention())
    scenario.when(project("4000.00", "9000.00", multi_year_until=until))
    scenario.when(annual_renewal_filed(collectifs=TWO))
    return scenario


def test_an_amendment_reaches_each_school_year_from_its_first_one_on() -> None:
    scenario = several_years()

    events = scenario.says(agrement_amended(**REDUCED))

    assert [type(each) for each in events] == [FundingAmended, FundingAmended]
    assert [getattr(each, "school_year", None) for each in events] == ["2025-2026", "2026-2027"]


def test_a_year_that_loses_its_last_collectif_ends() -> None:
    scenario = story()
    scenario.when(bareme())
    scenario.when(project("4000.00", "9000.00", multi_year_until="2026-2027"))
    scenario.when(annual_renewal_filed(collectifs=TWO[:1]))  # C1 alone goes on.

    first, second = scenario.says(agrement_amended(**REDUCED))

    assert isinstance(first, FundingAmended)
    assert isinstance(second, FundingCancelled)
    assert second.school_year == "2026-2027"


def test_a_withdrawal_from_the_second_year_on_leaves_the_first_one() -> None:
    scenario = several_years()

    event = only_event(
        scenario.when(agrement_amended(from_school_year="2026-2027", multi_year_until="2025-2026")),
        FundingCancelled,
    )

    assert event.school_year == "2026-2027"
    assert scenario.get(Grant, GRANT).status == "granted"


@pytest.mark.parametrize(
    ("from_year", "expected", "words"),
    [
        ("2025-2026", ["COM-05"], "est retiré : aucun agrément n'est en vigueur pour 2027-2028"),
        ("2026-2027", ["COM-05"], "vaut pour 2025-2026 seulement"),
        ("2027-2028", ["COM-05"], "vaut de 2025-2026 à 2026-2027"),
    ],
)
def test_a_later_year_is_not_renewed_once_withdrawn(
    from_year: str, expected: list[str], words: str
) -> None:
    scenario = several_years()
    scenario.when(agrement_amended(from_school_year=from_year))

    renewal = annual_renewal_filed(school_year="2027-2028", filed_on="2027-07-10", collectifs=TWO)
    refused = only_event(scenario.when(renewal), FundingRefused)

    assert [reason.rule for reason in refused.reasons] == expected
    assert words in refused.reasons[0].message


def test_a_later_year_is_renewed_with_the_collectifs_that_stay_only() -> None:
    scenario = several_years()
    scenario.when(bareme(start_year=2027))
    scenario.when(agrement_amended(**REDUCED))
    year = {"school_year": "2027-2028", "filed_on": "2027-07-10"}

    refused = only_event(
        scenario.when(annual_renewal_filed(**year, collectifs=TWO)), FundingRefused
    )
    granted = only_event(
        scenario.when(annual_renewal_filed(**year, collectifs=TWO[1:])), FundingGranted
    )

    assert [(r.rule, r.message[-3:]) for r in refused.reasons] == [("COM-04", "C1.")]
    assert [each.collectif_id for each in granted.collectifs] == ["C2"]


def test_an_amendment_of_a_later_year_does_not_limit_an_earlier_one() -> None:
    scenario = story()
    scenario.when(agrement_amended(from_school_year="2026-2027"))

    granted = only_event(scenario.when(agrement(multi_year_until="2027-2028")), FundingGranted)

    assert granted.school_year == "2025-2026"
    assert scenario.get(Dossier, DOSSIER).school_years == ("2025-2026",)


def test_an_amendment_that_overtakes_an_imported_agrement_is_not_missed() -> None:
    scenario = story()
    scenario.when(bareme())
    scenario.when(agrement_amended(from_school_year="2026-2027"))
    renewal = annual_renewal_filed(collectifs=TWO[:1])
    before = only_event(scenario.when(renewal), FundingRefused)
    imported = dict(agrement(multi_year_until="2027-2028"))
    scenario.when(AgrementRegistered(**imported, reference="Registre papier"))

    refused = only_event(scenario.when(renewal), FundingRefused)

    assert "Aucun agrément" in before.reasons[0].message
    assert [reason.rule for reason in refused.reasons] == ["COM-05"]
    assert "vaut pour 2025-2026 seulement" in refused.reasons[0].message


def test_a_withdrawal_that_overtakes_its_agrement_is_not_missed() -> None:
    scenario = story()
    assert scenario.when(agrement_amended()).events == ()

    (reason,) = only_event(scenario.when(agrement()), FundingRefused).reasons

    assert reason.rule == "COM-05"
    assert scenario.find(Grant, GRANT) is None
    assert scenario.get(Dossier, DOSSIER).school_years == ()


def test_an_agrement_and_its_reductions_end_alike_in_every_order() -> None:
    events = (
        project("1000.00", "2000.00", "4000.00"),
        agrement_amended(**{**REDUCED, "collectifs": ["C2", "C3"]}),
        agrement_amended(**{**REDUCED, "collectifs": ["C3"], "amendment_id": "AVN-2"}),
    )
    ends = set()
    for order in permutations(events):
        scenario = story()
        last_event = [each for event in order for each in events_of(scenario.when(event))][-1]
        assert isinstance(last_event, FundingGranted)
        ends.add((last_event.ps_total, last_event.part_n, scenario.get(Grant, GRANT).agrement))

    ((ps_total, part_n, _),) = ends
    assert (ps_total, part_n) == euros("1300.00", "520.00")


def test_another_dossier_is_left_alone() -> None:
    scenario = granted()
    scenario.when(agrement(dossier_id=OTHER_DOSSIER))

    scenario.when(agrement_amended(dossier_id=OTHER_DOSSIER))

    assert scenario.get(Grant, GRANT).status == "granted"
    assert scenario.get(Grant, f"{OTHER_DOSSIER}|2025-2026").status == "cancelled"


def test_an_amendment_tells_the_new_price() -> None:
    steps = granted().when(agrement_amended(**REDUCED)).findings

    assert [step.rule for step in steps] == [
        *("PRX-07", "PRX-01", "BON-02", "COF-02", "ENV-01", "ACO-01", "ACO-03")
    ]
    assert steps[4].amounts == {
        "ps_total": "2758.25",
        "part_n": "1103.30",
        "part_n1": "1654.95",
        "bonus_total": "634.00",
    }
