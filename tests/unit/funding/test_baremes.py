"""A bareme is published: registered once, and what waited for it is granted page after page."""

from typing import Any

import pytest

from services.funding.domain.envelopes import Envelopes
from services.funding.domain.states import Grant, PublishedBareme
from shared.contracts.common import RequestRefused
from shared.contracts.forecasts import ForecastReleaseContinued
from shared.contracts.funding import (
    AdvanceGranted,
    BaremeRegistered,
    BaremeReleaseContinued,
    FundingDeferred,
    FundingGranted,
)
from shared.kernel.decision import NO_CHANGE, Decision, OutgoingEvent, RequestRef, StateRef
from tests.support.decide import Story, events_of, only_event
from tests.support.life import envelope_allotted
from tests.support.samples import advance_order, agrement, bareme, convention
from tests.unit.funding.builders import BOTH, euros, project, rules, story

START = BaremeReleaseContinued(start_year=2026, after="")


def waiting(count: int, school_year: str = "2026-2027") -> Story:
    """Return a story of so many deferred dossiers, D-001 first; their requests are R-001…"""
    scenario = story()
    for rank in range(count, 0, -1):
        scenario.when(
            agrement(dossier_id=f"D-{rank:03}", school_year=school_year),
            id=f"A-{rank:03}",
            origin=RequestRef(request=f"R-{rank:03}", correlation=f"C-{rank:03}"),
        )
    return scenario


def granted(decision: Decision) -> list[str]:
    """Return the dossiers that a decision grants."""
    return [event.dossier_id for event in events_of(decision) if isinstance(event, FundingGranted)]


def test_the_bareme_of_an_unknown_year_is_registered_and_starts_the_release() -> None:
    scenario = story()

    decision = scenario.when(bareme())

    assert events_of(decision) == (
        BaremeRegistered(start_year=2026),
        START,
        ForecastReleaseContinued(start_year=2026, after=""),
    )
    (state,) = decision.states
    assert isinstance(state, PublishedBareme)
    assert state.bareme.prices == euros("8600.00", "2795.00", "335.00", "310.00")


@pytest.mark.parametrize("source", ["Circulaire fictive 2026", "La même, autrement citée"])
def test_the_same_amounts_again_are_silent_whatever_the_source(source: str) -> None:
    scenario = story()
    scenario.when(bareme())

    assert scenario.when(bareme(source=source), id="again") == NO_CHANGE


def test_the_amounts_of_a_built_in_year_are_silent() -> None:
    built_in = bareme(
        start_year=2021,
        plafond="7885.00",
        ps_max="2563.00",
        bonus_enfants="300.00",
        bonus_parents="300.00",
    )

    assert story().when(built_in) == NO_CHANGE


@pytest.mark.parametrize(
    "change",
    [
        {"plafond": "8600.01"},
        {"ps_max": "2795.01"},
        {"bonus_enfants": "335.01"},
        {"bonus_parents": "310.01"},
    ],
)
def test_a_published_bareme_is_never_replaced(change: dict[str, Any]) -> None:
    scenario = story()
    scenario.when(bareme())
    before = scenario.states

    refused = only_event(scenario.when(bareme(**change), id="other"), RequestRefused)

    assert (refused.event_id, refused.caf) == ("other", None)
    assert refused.event_type == "fr.caf.clas.BaremePublished.v1"
    assert [reason.rule for reason in refused.reasons] == ["TEC-01"]
    assert scenario.states == before


def test_a_built_in_bareme_is_never_replaced_and_the_refusal_shows_both() -> None:
    scenario = story()

    refused = only_event(scenario.when(bareme(start_year=2025)), RequestRefused)

    (reason,) = refused.reasons
    assert reason.rule == "TEC-01"
    assert "2\u202f758,25\u00a0€" in reason.message
    assert "2\u202f795,00\u00a0€" in reason.message
    assert scenario.states == ()


def test_a_source_as_long_as_a_text_may_be_leaves_room_for_the_refusal() -> None:
    scenario = story()
    scenario.when(bareme(source="é" * 10_000))

    (reason,) = only_event(scenario.when(bareme(plafond="8600.01")), RequestRefused).reasons

    assert reason.rule == "TEC-01"
    assert f"({'é' * 1_000}…) ; observé plafond 8\u202f600,01\u00a0€" in reason.message


def test_the_greatest_amounts_that_may_be_stated_are_priced_and_kept() -> None:
    scenario = story()
    most = "9999999999999.99"
    scenario.when(bareme(plafond=most, ps_max=most, bonus_enfants=most, bonus_parents=most))
    costs = [most] * 200
    year = {"school_year": "2026-2027", "multi_year_until": "2026-2027"}

    funding = only_event(
        scenario.when(
            project(*costs, bonuses=BOTH, total_cost=most, branche_famille=(most,), **year)
        ),
        FundingGranted,
    )

    assert FundingGranted.model_validate_json(funding.model_dump_json()) == funding
    assert funding.cap80.excess == euros("4651999999999996.00")[0]
    assert funding.ps_total == euros("0.00")[0]


def test_2019_has_no_built_in_bareme() -> None:
    decision = story().when(bareme(start_year=2019))

    assert BaremeRegistered(start_year=2019) in events_of(decision)


def test_what_waited_is_granted_at_the_published_prices() -> None:
    scenario = waiting(1)
    scenario.when(bareme())

    decision = scenario.when(START)

    funding = only_event(decision, FundingGranted)
    assert (funding.ps_total, funding.bonus_total) == euros("2795.00", "645.00")
    assert (funding.bareme.start_year, funding.bareme.source) == (2026, "Circulaire fictive 2026")
    grant = scenario.get(Grant, "D-001|2026-2027")
    assert (grant.status, grant.funding) == ("granted", funding)


def test_fifty_one_dossiers_are_granted_in_two_pages_in_the_order_of_the_list() -> None:
    scenario = waiting(51)
    scenario.when(bareme())

    first = scenario.when(START, id="page-1")
    following = events_of(first)[-1]
    second = scenario.when(following, id="page-2")

    assert granted(first) == [f"D-{rank:03}" for rank in range(1, 51)]
    assert following == BaremeReleaseContinued(start_year=2026, after="2025-10-02 D-050")
    assert events_of(second) == (scenario.get(Grant, "D-051|2026-2027").funding,)
    assert all(state.status == "granted" for state in scenario.states if isinstance(state, Grant))


def test_each_late_answer_belongs_to_the_request_that_was_deferred() -> None:
    scenario = waiting(3)
    scenario.when(bareme())

    decision = scenario.when(
        START, id="page-1", origin=RequestRef(request="bareme", correlation="cnaf")
    )

    answers = [event for event in decision.events if isinstance(event, OutgoingEvent)]
    assert [(answer.origin, answer.about) for answer in answers] == [
        (RequestRef(request="R-001", correlation="C-001"), StateRef(Grant, "D-001|2026-2027")),
        (RequestRef(request="R-002", correlation="C-002"), StateRef(Grant, "D-002|2026-2027")),
        (RequestRef(request="R-003", correlation="C-003"), StateRef(Grant, "D-003|2026-2027")),
    ]


def test_exactly_one_full_page_asks_for_a_next_one_that_is_silent() -> None:
    scenario = waiting(50)
    scenario.when(bareme())

    following = events_of(scenario.when(START))[-1]

    assert isinstance(following, BaremeReleaseContinued)
    assert scenario.when(following) == NO_CHANGE


def test_a_page_starts_after_the_last_dossier_of_the_page_before() -> None:
    scenario = waiting(3)
    scenario.when(bareme())

    decision = scenario.when(BaremeReleaseContinued(start_year=2026, after="2025-10-02 D-002"))

    assert granted(decision) == ["D-003"]
    assert scenario.get(Grant, "D-002|2026-2027").status == "deferred"


def test_a_page_that_comes_twice_grants_nothing_twice() -> None:
    scenario = waiting(2)
    scenario.when(bareme())
    scenario.when(START)
    before = scenario.states

    assert scenario.when(START, id="again") == NO_CHANGE
    assert scenario.states == before


def test_grants_of_other_years_keep_waiting() -> None:
    scenario = waiting(1, school_year="2027-2028")
    scenario.when(bareme())

    assert scenario.when(START) == NO_CHANGE
    assert scenario.get(Grant, "D-001|2027-2028").status == "deferred"


def test_a_grant_that_did_not_wait_keeps_its_advances() -> None:
    scenario = story()
    scenario.when(bareme())
    scenario.when(agrement(school_year="2026-2027"))
    scenario.when(convention())
    order = advance_order(school_year="2026-2027", exercise=2026, ordered_on="2026-11-05")
    assert isinstance(events_of(scenario.when(order))[0], AdvanceGranted)

    assert scenario.when(START) == NO_CHANGE
    (grant,) = (state for state in scenario.states if isinstance(state, Grant))
    assert (grant.advances_n,) == euros("700.00")


def test_an_advance_is_refused_while_the_grant_waits_and_judged_anew_after() -> None:
    scenario = waiting(1)
    scenario.when(convention(dossier_id="D-001"))
    order = advance_order(
        dossier_id="D-001", school_year="2026-2027", exercise=2026, ordered_on="2026-11-05"
    )

    refused = scenario.when(order, id="early")
    scenario.when(bareme())
    scenario.when(START)
    accepted = scenario.when(order, id="late")

    assert rules(refused) == ["COM-05"]
    assert isinstance(events_of(accepted)[0], AdvanceGranted)


@pytest.mark.parametrize("year", [2018, 2022])
def test_a_release_without_all_the_texts_grants_nothing(year: int) -> None:
    scenario = waiting(1, school_year=f"{year}-{year + 1}")
    if year == 2018:  # Its bareme is published, but no text gives the shares before 2019.
        scenario.when(bareme(start_year=2018))

    assert scenario.when(BaremeReleaseContinued(start_year=year, after="")) == NO_CHANGE
    assert scenario.get(Grant, f"D-001|{year}-{year + 1}").status == "deferred"


def test_grants_are_released_by_decision_date_then_dossier_across_pages() -> None:
    scenario = story()
    names = [f"D-{rank:03}" for rank in range(60)]
    for rank, name in enumerate(names):
        day = f"2026-10-{30 - rank % 3:02}"
        scenario.when(agrement(dossier_id=name, school_year="2026-2027", decided_on=day))
    scenario.when(bareme())

    first = scenario.when(START)
    second = scenario.when(events_of(first)[-1])

    assert events_of(first)[-1] == BaremeReleaseContinued(start_year=2026, after="2026-10-30 D-027")
    assert granted(first) + granted(second) == [*names[2::3], *names[1::3], *names[0::3]]


def test_a_dossier_whose_name_begins_anothers_comes_first() -> None:
    scenario = story()
    for name in ("D-1-B", "D-1"):
        scenario.when(agrement(dossier_id=name, school_year="2026-2027"))
    scenario.when(bareme())

    assert granted(scenario.when(START)) == ["D-1", "D-1-B"]
    after = BaremeReleaseContinued(start_year=2026, after="2025-10-02 D-1")
    assert scenario.when(after) == NO_CHANGE


def test_a_released_grant_arrives_at_its_envelope_and_may_wait_again() -> None:
    scenario = waiting(3)
    scenario.when(envelope_allotted(exercise=2026, amount="2236.00"))
    scenario.when(bareme())

    decision = scenario.when(START)

    first, second, third = events_of(decision)
    assert isinstance(first, FundingGranted)
    assert isinstance(second, FundingGranted)
    assert isinstance(third, FundingDeferred)
    assert (third.dossier_id, {reason.rule for reason in third.reasons}) == ("D-003", {"ENV-03"})
    assert [str(each.amount) for each in second.envelopes] == ["1118.00", "2322.00"]
    answers = [event for event in decision.events if isinstance(event, OutgoingEvent)]
    assert [(answer.origin, answer.earlier) for answer in answers] == [
        (RequestRef(request="R-001", correlation="C-001"), 0),
        (RequestRef(request="R-002", correlation="C-002"), 0),
        (RequestRef(request="R-003", correlation="C-003"), 1),
    ]
    assert scenario.get(Grant, "D-003|2026-2027").waits_for == "envelope"
    assert scenario.when(START) == NO_CHANGE
    assert [step.outcome for step in decision.findings].count("breach") == 1


def test_each_caf_of_a_page_has_its_own_envelope() -> None:
    scenario = story()
    for name, caf in (("D-1", "771"), ("D-2", "761"), ("D-3", "771")):
        scenario.when(agrement(dossier_id=name, caf=caf, school_year="2026-2027"))
    scenario.when(envelope_allotted(exercise=2026, amount="0.00"))
    scenario.when(bareme())

    assert granted(scenario.when(START)) == ["D-1", "D-3"]
    assert scenario.get(Envelopes, "771").line(2026).granted == euros("2236.00")[0]


def test_a_grant_that_waits_for_its_bareme_holds_back_nobody() -> None:
    scenario = waiting(1)
    scenario.when(envelope_allotted(exercise=2026, amount="2288.95"))

    assert isinstance(only_event(scenario.when(agrement()), FundingGranted), FundingGranted)
