"""Later school years of an agrement: each with its own bareme, on what the renewal forecasts."""

from typing import Any

import pytest

from services.funding.domain.states import Dossier, Grant
from shared.contracts.eligibility import AgrementRegistered
from shared.contracts.funding import AdvanceGranted, FundingDeferred, FundingGranted, FundingRefused
from shared.kernel.decision import NO_CHANGE, Decision, OutgoingEvent, RequestRef, StateRef
from tests.support.building import build
from tests.support.decide import Story, events_of, only_event
from tests.support.life import annual_renewal_filed, result_account_filed
from tests.support.samples import (
    DOSSIER,
    OTHER_CAF,
    OTHER_DOSSIER,
    advance_order,
    agrement,
    bareme,
    convention,
    granted_collectif,
)
from tests.unit.funding.builders import euros, story
from tests.unit.funding.envelope_builders import allot, at, charges, drain, small, waiting, why

SECOND = f"{DOSSIER}|2026-2027"


def several_years(**changes: object) -> Story:
    """An agrement of 2025 to 2028: C1 with both bonuses, C2 with none; its first year granted."""
    scenario = story()
    scenario.when(bareme())
    collectifs = [
        granted_collectif(),
        granted_collectif(collectif_id="C2", forecast_cost="4000.00", bonuses=[]),
    ]
    terms = {"multi_year_until": "2027-2028", "collectifs": collectifs} | changes
    scenario.when(agrement(**terms))
    return scenario


def registered(**changes: object) -> AgrementRegistered:
    """An agrement of 2024 to 2027 that was decided before the system."""
    content = agrement(school_year="2024-2025", decided_on="2024-10-03").model_dump(mode="json")
    content |= {"multi_year_until": "2026-2027", "reference": "Registre papier 2024, n° 12"}
    return build(AgrementRegistered, content, changes)


def rules(decision: Decision) -> list[str]:
    """Return the rules of a refused renewal, which must change nothing."""
    assert decision.states == ()
    return [reason.rule for reason in only_event(decision, FundingRefused).reasons]


def test_a_later_year_is_priced_with_its_own_bareme_and_the_bonuses_of_the_agrement() -> None:
    scenario = several_years()

    granted = only_event(scenario.when(annual_renewal_filed()), FundingGranted)

    assert (granted.school_year, granted.bareme.start_year) == ("2026-2027", 2026)
    assert (granted.ps_total, granted.part_n, granted.part_n1) == euros(
        "2795.00", "1118.00", "1677.00"
    )
    assert (granted.bonus_enfants, granted.bonus_parents) == euros("335.00", "310.00")
    assert str(granted.decided_on) == "2025-10-02"
    assert granted.gestionnaire == agrement().gestionnaire
    assert charges(granted) == [(2026, "1118.00", "unchecked"), (2027, "2322.00", "unchecked")]


def test_a_later_year_is_priced_on_its_own_costs_and_budget() -> None:
    scenario = several_years()
    filed = annual_renewal_filed(
        collectifs=[
            {"collectif_id": "C1", "forecast_cost": "2000.00"},
            {"collectif_id": "C2", "forecast_cost": "1000.00"},
        ],
        budget={
            "total_annual_cost": "2000.00",
            "resources": [{"funder": "Caf", "branche_famille": True, "amount": "700.00"}],
        },
    )

    granted = only_event(scenario.when(filed), FundingGranted)

    # 650.00 + 325.00 of Ps, 645.00 of bonuses, 700.00 beside: 720.00 over 80 % of 2 000.00.
    assert [(c.collectif_id, str(c.ps)) for c in granted.collectifs] == [
        *(("C1", "650.00"), ("C2", "325.00")),
    ]
    assert (granted.cap80.excess, granted.bonus_total, granted.ps_total) == euros(
        "720.00", "0.00", "900.00"
    )


def test_only_the_collectifs_that_go_on_are_priced() -> None:
    scenario = several_years()
    grant = [{"collectif_id": "C2", "forecast_cost": "2000.00"}]

    granted = only_event(scenario.when(annual_renewal_filed(collectifs=grant)), FundingGranted)

    assert [each.collectif_id for each in granted.collectifs] == ["C2"]
    assert (granted.ps_total, granted.bonus_total) == euros("650.00", "0.00")


def test_a_renewed_year_is_a_grant_of_its_own() -> None:
    scenario = several_years()
    scenario.when(convention())
    scenario.when(annual_renewal_filed())
    order = advance_order(school_year="2026-2027", exercise=2026, ordered_on="2026-11-05")

    assert only_event(scenario.when(order), AdvanceGranted).school_year == "2026-2027"
    assert scenario.get(Grant, SECOND).advances_n == euros("700.00")[0]
    assert scenario.get(Grant, f"{DOSSIER}|2025-2026").advances_n == euros("0.00")[0]
    unknown = result_account_filed(
        school_year="2026-2027",
        filed_on="2027-09-15",
        collectifs=[
            {"collectif_id": "C2", "ran": True, "actual_cost": "1.00", "bonus_done": []},
        ],
    )
    (refused,) = events_of(scenario.when(unknown))
    assert "COM-04" in [reason.rule for reason in refused.reasons]  # type: ignore[attr-defined]


def test_a_renewal_waits_for_its_bareme_and_its_late_answer_is_its_own() -> None:
    scenario = story()
    scenario.when(agrement(multi_year_until="2027-2028"))
    origin = RequestRef(request="REN", correlation="COR")

    deferred = only_event(scenario.when(annual_renewal_filed(), origin=origin), FundingDeferred)
    _, start, _ = events_of(scenario.when(bareme()))
    (answer,) = scenario.when(start).events

    assert [reason.rule for reason in deferred.reasons] == ["PRX-07"]
    assert isinstance(answer, OutgoingEvent)
    assert (answer.origin, answer.about) == (origin, StateRef(Grant, SECOND))
    assert answer.data == scenario.get(Grant, SECOND).funding


def test_a_renewal_stands_in_the_list_at_its_agrements_decision_date() -> None:
    scenario = several_years()
    allot(scenario, "0.00", 2026, time=at(8), id="E-1")
    scenario.when(small("D-0", "2025-10-03", school_year="2026-2027"))

    assert len(why(scenario.when(annual_renewal_filed()))) == 3
    assert waiting(scenario) == [DOSSIER, "D-0"]
    raised = allot(scenario, "10000.00", 2026, time=at(9), id="E-2")
    assert drain(scenario, raised) == [DOSSIER, "D-0"]


def test_the_same_renewal_again_is_silent_granted_or_deferred() -> None:
    for scenario in (several_years(), story()):
        scenario.when(agrement(multi_year_until="2027-2028"))
        scenario.when(annual_renewal_filed())
        before = scenario.states

        assert scenario.when(annual_renewal_filed(), id="again") == NO_CHANGE
        assert scenario.states == before


@pytest.mark.parametrize(
    "change",
    [
        {"filed_on": "2026-07-11"},
        {"caf": OTHER_CAF},
        {"collectifs": []},
        {"report__financial": False},
    ],
)
def test_another_renewal_of_an_accepted_year_is_refused_for_that_alone(
    change: dict[str, Any],
) -> None:
    scenario = several_years()
    scenario.when(annual_renewal_filed())

    assert rules(scenario.when(annual_renewal_filed(**change))) == ["TEC-01"]


def test_without_an_agrement_that_reason_stands_alone() -> None:
    scenario = several_years()
    filed = annual_renewal_filed(dossier_id=OTHER_DOSSIER, caf=OTHER_CAF, collectifs=[])

    decision = scenario.when(filed)

    assert rules(decision) == ["COM-05"]
    assert OTHER_DOSSIER in only_event(decision, FundingRefused).reasons[0].message


@pytest.mark.parametrize(
    ("until", "year", "words"),
    [
        ("2027-2028", "2025-2026", "vaut de 2025-2026 à 2027-2028 : sa première année est déjà"),
        ("2027-2028", "2024-2025", "aucun agrément n'est en vigueur pour 2024-2025"),
        ("2027-2028", "2028-2029", "aucun agrément n'est en vigueur pour 2028-2029"),
        ("2025-2026", "2026-2027", "vaut pour 2025-2026 seulement : aucun agrément"),
    ],
)
def test_a_renewal_is_for_a_year_after_the_first_within_the_period(
    until: str, year: str, words: str
) -> None:
    scenario = several_years(multi_year_until=until)

    decision = scenario.when(annual_renewal_filed(school_year=year))

    assert rules(decision) == ["COM-05"]
    assert words in only_event(decision, FundingRefused).reasons[0].message


def test_the_last_year_of_the_period_is_renewed() -> None:
    scenario = several_years()
    scenario.when(bareme(start_year=2027))

    granted = only_event(
        scenario.when(annual_renewal_filed(school_year="2027-2028")), FundingGranted
    )

    assert granted.bareme.start_year == 2027


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("qualitative", "manque : qualitatif."),
        ("quantitative", "manque : quantitatif."),
        ("financial", "manque : financier."),
    ],
)
def test_each_part_of_the_past_bilan_is_needed(part: str, words: str) -> None:
    decision = several_years().when(annual_renewal_filed(**{f"report__{part}": False}))

    assert rules(decision) == ["PLU-03"]
    assert words in only_event(decision, FundingRefused).reasons[0].message


def test_all_reasons_are_told_together() -> None:
    filed = annual_renewal_filed(
        caf=OTHER_CAF,
        school_year="2030-2031",
        report={"qualitative": False, "quantitative": False, "financial": False},
        collectifs=[{"collectif_id": f"X{n}", "forecast_cost": "1.00"} for n in range(22)],
    )

    decision = several_years().when(filed)

    assert rules(decision) == ["TEC-03", "COM-05", "PLU-03", "COM-04"]
    messages = [reason.message for reason in only_event(decision, FundingRefused).reasons]
    assert "Caf 771" in messages[0]
    assert "manque : qualitatif, quantitatif, financier." in messages[2]
    assert messages[3].startswith(f"Hors de l'agrément du dossier {DOSSIER} : X0, X1,")
    assert messages[3].endswith("X9 et 12 autres.")
    assert [step.outcome for step in decision.findings] == [
        *("breach", "breach", "ok", "breach", "ok", "breach"),
    ]


def test_at_least_one_collectif_goes_on() -> None:
    assert rules(several_years().when(annual_renewal_filed(collectifs=[]))) == ["COM-04"]


def test_a_refusal_leaves_no_trace_and_is_judged_anew() -> None:
    scenario = several_years()
    decision = scenario.when(annual_renewal_filed(collectifs=[]))

    (event,) = decision.events
    assert isinstance(event, OutgoingEvent)
    assert event.about == StateRef(Grant, SECOND)
    granted = only_event(scenario.when(annual_renewal_filed()), FundingGranted)
    assert granted.school_year == "2026-2027"


def test_a_renewal_tells_its_checks_then_its_price() -> None:
    steps = several_years().when(annual_renewal_filed()).findings

    assert [step.rule for step in steps[:7]] == [
        *("TEC-03", "COM-05", "CAL-05", "PLU-03", "COM-04", "COM-04", "PRX-07"),
    ]


@pytest.mark.parametrize(
    ("filed_on", "expected"),
    [
        ("2026-01-01", []),
        ("2027-08-31", []),
        ("2025-12-31", ["CAL-05"]),
        ("2027-09-01", ["CAL-05"]),
        ("2035-07-10", ["CAL-05"]),
    ],
)
def test_a_renewal_is_filed_from_january_to_the_end_of_its_school_year(
    filed_on: str, expected: list[str]
) -> None:
    decision = several_years().when(annual_renewal_filed(filed_on=filed_on))

    assert [step.rule for step in decision.findings if step.outcome == "breach"] == expected


def test_an_imported_agrement_is_known_without_a_grant_for_its_first_year() -> None:
    scenario = story()
    scenario.when(bareme())

    assert events_of(scenario.when(registered())) == ()

    assert scenario.get(Dossier, DOSSIER).caf == "761"
    assert scenario.find(Grant, f"{DOSSIER}|2024-2025") is None
    assert (
        only_event(scenario.when(annual_renewal_filed()), FundingGranted).ps_total
        == (euros("2795.00")[0])
    )


def test_the_first_year_of_an_imported_agrement_is_not_renewed() -> None:
    scenario = story()
    scenario.when(registered())

    assert rules(scenario.when(annual_renewal_filed(school_year="2024-2025"))) == ["COM-05"]


def test_an_imported_agrement_never_replaces_one_that_is_known() -> None:
    scenario = several_years()

    assert scenario.when(registered()) == NO_CHANGE
    agreed = scenario.get(Dossier, DOSSIER).agrement
    assert agreed is not None
    assert agreed.school_year == "2025-2026"
