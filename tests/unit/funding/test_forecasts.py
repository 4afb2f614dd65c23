"""The forecast: what a dossier would get, before the committee decides, and nothing reserved."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.eligibility.service import SERVICE as ELIGIBILITY
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.states import ForecastInputs
from shared.contracts.base import WireModel
from shared.contracts.caf import EnvelopeAllotted
from shared.contracts.eligibility import AgrementRefused, EligibilityAssessed
from shared.contracts.forecasts import ForecastReleaseContinued, FundingForecast
from shared.contracts.submission import DossierWithdrawn
from shared.kernel.decision import NO_CHANGE, OutgoingEvent, RequestRef
from tests.support.decide import Story, decide, only_event
from tests.support.samples import DOSSIER, agrement, bareme, collectif, dossier_received
from tests.unit.funding.builders import euros, story


def assessed(**changes: Any) -> EligibilityAssessed:
    """Return the assessment of the sample dossier with some fields replaced."""
    return only_event(decide(ELIGIBILITY, dossier_received(**changes)), EligibilityAssessed)


def forecast(scenario: Story | None = None, **changes: Any) -> FundingForecast:
    """Return the forecast for the sample dossier."""
    return only_event((scenario or story()).when(assessed(**changes)), FundingForecast)


def allotted(exercise: int, amount: str) -> EnvelopeAllotted:
    return EnvelopeAllotted(caf="761", exercise=exercise, amount=Decimal(amount))


def test_it_is_the_price_of_what_may_be_granted() -> None:
    """9 000 € at 32.5 % of at most 8 487 € is 2 758.28, above the published 2 758.25."""
    price = forecast()

    assert (price.caf, price.dossier_id, price.verdict) == ("761", DOSSIER, "eligible")
    assert (price.ps_total, price.bonus_total) == euros("2758.25", "634.00")
    assert (price.part_n, price.part_n1) == euros("1103.30", "1654.95")
    assert (price.advance_ceiling_n, price.advance_ceiling_n1) == euros("772.31", "1158.46")
    assert not price.cap80.reached
    assert price.bareme.start_year == 2025


def test_ineligible_collectifs_and_bonuses_without_a_project_are_left_out() -> None:
    price = forecast(
        collectifs=[
            collectif(),
            collectif(collectif_id="C2", children=3),
            collectif(collectif_id="C3", forecast_cost="4000.00"),
        ],
        bonus_requests=[
            {"kind": "enfants", "collectifs": ["C1", "C2"], "description": "Théâtre"},
            {"kind": "parents", "collectifs": ["C1", "C3"], "description": " "},
        ],
        budget__total_annual_cost="20000.00",
    )

    assert [each.collectif_id for each in price.collectifs] == ["C1", "C3"]
    assert [(each.ps, each.bonus) for each in price.collectifs] == [
        euros("2758.25", "329.00"),
        euros("1300.00", "0.00"),
    ]


def test_an_ineligible_project_is_priced_all_the_same() -> None:
    price = forecast(project__activities=["aide_aux_devoirs"])

    assert price.verdict == "ineligible"
    assert price.ps_total == Decimal("2758.25")


def test_nothing_is_priced_where_no_collectif_may_be_granted() -> None:
    price = forecast(collectifs__0__children=3)

    assert (price.collectifs, price.envelopes) == ((), ())
    assert price.ps_total == Decimal("0.00")


def test_it_tells_what_the_envelopes_would_still_hold_and_reserves_nothing() -> None:
    scenario = story()
    scenario.when(allotted(2025, "5000.00"), id="e1")
    scenario.when(agrement(dossier_id="D-other", decided_on="2025-10-01"), id="other")
    before = scenario.get(Envelopes, "761")

    first, second = forecast(scenario).envelopes

    assert (first.exercise, second.exercise) == (2025, 2026)
    assert (first.amount, first.allotted, first.granted) == euros("1103.30", "5000.00", "1103.30")
    assert (first.waiting, first.left) == euros("0.00", "2793.40")
    assert (second.allotted, second.left) == (None, None)
    assert scenario.get(Envelopes, "761") == before


def test_who_waits_counts_and_too_little_is_told() -> None:
    scenario = story()
    scenario.when(allotted(2025, "1000.00"), id="e1")
    scenario.when(agrement(dossier_id="D-other", decided_on="2025-10-01"), id="other")

    price = forecast(scenario)

    first = price.envelopes[0]
    assert (first.granted, first.waiting, first.left) == euros("0.00", "1103.30", "-1206.60")
    assert "ENV-03" in [remark.rule for remark in price.remarks]


@pytest.mark.parametrize(
    ("amount", "rules"),
    [
        # 9 000 less 2 758.25, 634.00 and 450 (5 %) is 5 157.75.
        ("5157.75", []),
        ("5157.74", ["COF-05"]),
    ],
)
def test_what_is_missing_to_balance_the_budget_is_told_above_5_percent(
    amount: str, rules: list[str]
) -> None:
    resources = [{"funder": "Commune", "branche_famille": False, "amount": amount}]

    price = forecast(budget__resources=resources)

    assert [remark.rule for remark in price.remarks] == rules


def test_the_cap_that_is_reached_is_told() -> None:
    resources = [
        {"funder": "Fonds locaux", "branche_famille": True, "amount": "4000.00"},
        {"funder": "Commune", "branche_famille": False, "amount": "5000.00"},
    ]

    price = forecast(budget__resources=resources)

    assert price.cap80.reached
    assert [remark.rule for remark in price.remarks] == ["COF-03"]


def test_without_a_bareme_it_waits_and_the_bareme_brings_it_under_its_own_request() -> None:
    scenario = story()
    origin = RequestRef(request="deposit", correlation="deposit")
    decision = scenario.when(assessed(school_year="2026-2027"), id="assessed", origin=origin)
    assert decision.events == ()
    assert scenario.get(ForecastInputs, DOSSIER).waits_for == "bareme"

    scenario.when(bareme(start_year=2026), id="bareme")
    page = ForecastReleaseContinued(start_year=2026, after="")
    released = scenario.when(page, id="page")
    (answer,) = released.events

    assert isinstance(answer, OutgoingEvent)
    assert isinstance(answer.data, FundingForecast)
    assert (answer.data.school_year, answer.origin) == ("2026-2027", origin)
    assert [finding.rule for finding in released.findings][:2] == ["PRX-07", "PRX-01"]
    assert scenario.get(ForecastInputs, DOSSIER).waits_for is None


ENDS = [
    agrement(),
    AgrementRefused(caf="761", dossier_id=DOSSIER, motive="Hors du quartier."),
    DossierWithdrawn(caf="761", dossier_id=DOSSIER, withdrawn_on=date(2025, 9, 30), motive=None),
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: type(end).__name__)
def test_after_the_decision_or_the_withdrawal_there_is_none(end: WireModel) -> None:
    scenario = story()
    scenario.when(end, id="end")

    assert scenario.when(assessed(), id="late") == NO_CHANGE


@pytest.mark.parametrize("end", ENDS[1:], ids=lambda end: type(end).__name__)
def test_the_bareme_brings_none_for_a_dossier_that_is_over(end: WireModel) -> None:
    scenario = story()
    scenario.when(assessed(school_year="2026-2027"), id="assessed")
    scenario.when(end, id="end")
    scenario.when(bareme(start_year=2026), id="bareme")

    page = ForecastReleaseContinued(start_year=2026, after="")

    assert scenario.when(page, id="page").events == ()
    assert scenario.get(ForecastInputs, DOSSIER).waits_for is None


def test_an_assessment_of_the_release_before_has_none() -> None:
    old = assessed().with_changes(budget=None, gestionnaire=None)

    assert story().when(old) == NO_CHANGE
