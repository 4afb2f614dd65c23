"""A dossier waits for the interim report, and the two never miss each other [REC-09, REC-10]."""

import pytest

from services.submission.domain.states import Dossier, InterimReport
from services.submission.service import SERVICE
from shared.contracts.eligibility import AgrementAmended
from shared.contracts.submission import (
    DossierHeld,
    DossierReceived,
    InterimReportRegistered,
)
from shared.kernel.decision import Decision, OutgoingEvent, RequestRef, State, StateRef
from tests.support.decide import Story, decide, events_of, only_event
from tests.support.life import amendment_decided
from tests.support.samples import (
    DOSSIER,
    OTHER_DOSSIER,
    OTHER_SIRET,
    SIRET,
    agrement,
    campaign,
    dossier,
    interim_report,
)
from tests.unit.submission.builders import REPORT, campaign_open, dossier_state, waiting


def late_answers(decision: Decision) -> list[OutgoingEvent]:
    return [event for event in decision.events if isinstance(event, OutgoingEvent)]


def test_a_dossier_waits_for_last_years_report() -> None:
    story = campaign_open()

    held = only_event(story.when(dossier(previous_clas=True)), DossierHeld)

    assert (held.caf, held.dossier_id, held.revision) == ("761", DOSSIER, 1)
    assert held.waits_for == "interim_report"
    assert [reason.rule for reason in held.reasons] == ["REC-09"]
    assert "2024-2025" in held.reasons[0].message
    assert held.reasons[0].message.endswith("la Caf le déclare à la place du bilan.")
    assert dossier_state(story).status == "held"
    assert waiting(story) == (DOSSIER,)


def test_a_newcomer_waits_for_nothing() -> None:
    story = campaign_open()

    only_event(story.when(dossier(previous_clas=False)), DossierReceived)

    assert story.find(InterimReport, REPORT) is None


def test_a_report_that_came_before_the_deposit_is_enough() -> None:
    story = campaign_open()
    story.when(interim_report())

    only_event(story.when(dossier(previous_clas=True)), DossierReceived)

    assert waiting(story) == ()


def test_a_report_frees_the_dossier_under_its_own_request() -> None:
    story = campaign_open()
    waits = RequestRef(request="request of ELAN", correlation="campaign of ELAN")
    story.when(dossier(previous_clas=True), origin=waits)

    decision = story.when(interim_report(received_on="2025-09-02"), id="report")

    registered, late = decision.events
    assert registered == InterimReportRegistered(caf="761", siret=SIRET, school_year="2024-2025")
    assert isinstance(late, OutgoingEvent)
    assert (late.origin, late.about) == (waits, StateRef(Dossier, DOSSIER))
    assert isinstance(late.data, DossierReceived)
    assert late.data.deposited_on.isoformat() == "2025-07-10"
    assert late.data.previous_clas
    assert isinstance(decision.states[0], InterimReport), (
        "the report's version goes with its answer"
    )
    assert dossier_state(story).status == "received"
    assert dossier_state(story).held is None
    assert waiting(story) == ()


def test_a_report_frees_every_dossier_that_waits_for_it_and_no_other() -> None:
    story = campaign_open()
    story.when(campaign(caf="771"))
    story.when(dossier(dossier_id="B", previous_clas=True), id="b")
    story.when(dossier(dossier_id="A", previous_clas=True), id="a")
    story.when(dossier(dossier_id="C", previous_clas=True, gestionnaire__siret=OTHER_SIRET))
    story.when(dossier(dossier_id="D", previous_clas=True, caf="771"))

    freed = late_answers(story.when(interim_report()))

    requests = [(_dossier_id(event), event.origin and event.origin.request) for event in freed]
    assert requests == [("A", "a"), ("B", "b")]
    assert [dossier_state(story, name).status for name in "ABCD"] == [
        *("received", "received"),
        *("held", "held"),
    ]


def test_the_report_on_another_year_frees_nobody() -> None:
    story = campaign_open()
    story.when(dossier(previous_clas=True))

    answer = story.says(interim_report(school_year="2023-2024"))

    assert [type(event) for event in answer] == [InterimReportRegistered]
    assert dossier_state(story).status == "held"


def test_a_report_is_answered_each_time_and_the_earliest_date_counts() -> None:
    story = campaign_open()
    story.when(dossier(previous_clas=True))
    for day in ("2025-07-05", "2025-07-01", "2025-07-09"):
        story.when(interim_report(received_on=day))

    answer = story.says(interim_report(received_on="2025-07-09"))

    assert answer == (InterimReportRegistered(caf="761", siret=SIRET, school_year="2024-2025"),)
    stored = story.get(InterimReport, REPORT).received_on
    assert stored is not None
    assert stored.isoformat() == "2025-07-01"


def test_a_freed_dossier_gets_the_terms_known_now_and_the_campaign_judges_nothing_again() -> None:
    story = campaign_open()
    story.when(dossier(previous_clas=True))
    story.when(campaign(closes_on="2025-06-30", form_version="2026", priorities=["qpv"]), id="z")

    (late,) = late_answers(story.when(interim_report()))

    assert isinstance(late.data, DossierReceived)
    assert late.data.campaign.priorities == ("qpv",)
    assert late.data.deposited_on.isoformat() == "2025-07-10"


def test_the_declaration_that_nothing_ran_frees_it_too() -> None:
    story = campaign_open()
    story.when(dossier(previous_clas=True))

    (late,) = late_answers(story.when(interim_report(nothing_ran=True)))

    assert isinstance(late.data, DossierReceived)
    assert story.get(InterimReport, REPORT).nothing_ran


@pytest.mark.parametrize("order", [1, -1])
def test_a_report_outweighs_the_declaration_that_nothing_ran(order: int) -> None:
    story = campaign_open()
    for ran in (interim_report(), interim_report(nothing_ran=True))[::order]:
        story.when(ran)

    assert not story.get(InterimReport, REPORT).nothing_ran


PAST_YEAR = {"school_year": "2024-2025", "multi_year_until": "2024-2025"}


def test_an_agrement_of_the_year_before_makes_the_report_due_whatever_was_declared() -> None:
    story = campaign_open()
    story.when(agrement(dossier_id="OLD", **PAST_YEAR))

    held = only_event(story.when(dossier(previous_clas=False)), DossierHeld)

    assert held.waits_for == "interim_report"
    assert waiting(story) == (DOSSIER,)
    assert isinstance(late_answers(story.when(interim_report()))[0].data, DossierReceived)


@pytest.mark.parametrize(
    "agreed",
    [
        {"gestionnaire__siret": OTHER_SIRET},
        {"caf": "771"},
        {"school_year": "2023-2024", "multi_year_until": "2023-2024"},
        {"school_year": "2025-2026", "multi_year_until": "2025-2026"},
    ],
)
def test_an_agrement_of_others_or_of_another_year_makes_no_report_due(
    agreed: dict[str, str],
) -> None:
    story = campaign_open()
    story.when(agrement(**{"dossier_id": "OLD", **PAST_YEAR, **agreed}))

    only_event(story.when(dossier(previous_clas=False)), DossierReceived)


def test_an_agrement_withdrawn_from_its_first_year_makes_no_report_due() -> None:
    story = campaign_open()
    story.when(agrement(dossier_id="OLD", **PAST_YEAR))
    withdrawn = amendment_decided(dossier_id="OLD", from_school_year="2024-2025")
    story.when(AgrementAmended(**dict(withdrawn), multi_year_until=None))

    only_event(story.when(dossier(previous_clas=False)), DossierReceived)


def test_a_freed_dossier_is_closed_and_its_revision_remembered() -> None:
    story = campaign_open()
    story.when(dossier(previous_clas=True))
    story.when(interim_report())

    assert story.says(dossier(previous_clas=True)) == ()
    assert len(story.says(interim_report())) == 1, "it is not received a second time"


def test_a_report_and_a_dossier_decided_at_once_write_one_common_document() -> None:
    stored = campaign_open().states

    holding = decide(SERVICE, dossier(previous_clas=True), stored)
    arrival = decide(SERVICE, interim_report(), stored)

    assert _written(holding) & _written(arrival) == {(InterimReport, REPORT)}


def test_a_revision_that_stops_waiting_and_a_report_write_common_documents() -> None:
    story = campaign_open()
    story.when(dossier(previous_clas=True))

    revised = decide(SERVICE, dossier(revision=2), story.states)
    arrival = decide(SERVICE, interim_report(), story.states)

    assert _written(revised) & _written(arrival) == {(InterimReport, REPORT), (Dossier, DOSSIER)}


def test_two_dossiers_that_start_to_wait_at_once_write_one_common_document() -> None:
    stored = campaign_open().states

    first = decide(SERVICE, dossier(previous_clas=True), stored)
    second = decide(SERVICE, dossier(dossier_id=OTHER_DOSSIER, previous_clas=True), stored)

    assert _written(first) & _written(second) == {(InterimReport, REPORT)}


def test_whatever_comes_first_the_end_is_the_same() -> None:
    early, late = campaign_open(), campaign_open()

    early.when(interim_report())
    at_once = early.when(dossier(previous_clas=True), id="elan")
    late.when(dossier(previous_clas=True), id="elan")
    after_all = late.when(interim_report())

    assert events_of(after_all)[-1] == only_event(at_once, DossierReceived)
    assert set(map(_content, early.states)) == set(map(_content, late.states))


def test_the_first_school_year_of_all_may_wait_for_a_report_of_the_year_before() -> None:
    story = Story(SERVICE)
    story.when(campaign(school_year="2000-2001"))

    held = only_event(story.when(dossier(school_year="2000-2001", previous_clas=True)), DossierHeld)

    assert held.waits_for == "interim_report"
    assert story.get(InterimReport, f"761|{SIRET}|1999-2000").waiting == (DOSSIER,)


def _dossier_id(event: OutgoingEvent) -> str:
    assert isinstance(event.data, DossierReceived)
    return event.data.dossier_id


def _written(decision: Decision) -> set[tuple[type[State], str]]:
    return {(type(state), state.key) for state in decision.states}


def _content(state: State) -> str:
    return f"{state.collection} {state.model_dump_json()}"
