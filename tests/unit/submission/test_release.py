"""A dossier waits for the campaign of its Caf, which frees it in pages [REC-20]."""

from itertools import permutations

import pytest

from services.submission.domain.campaigns import PAGE_LENGTH
from services.submission.domain.states import Campaign, Dossier
from services.submission.service import SERVICE
from shared.contracts.base import WireModel
from shared.contracts.elan import DossierSubmitted
from shared.contracts.submission import (
    CampaignRegistered,
    CampaignReleaseContinued,
    ComplementsRequested,
    DossierHeld,
    DossierReceived,
    DossierRejected,
)
from shared.kernel.decision import Decision, OutgoingEvent, RequestRef, State, StateRef
from tests.support.decide import Story, decide, only_event
from tests.support.life import withdrawal_requested
from tests.support.samples import DOSSIER, agrement, campaign, dossier, interim_report
from tests.unit.submission.builders import dossier_state, freed_by_campaign, rules, waiting

OWES_REPORT = {"previous_clas": True}
RELEASE = CampaignReleaseContinued(caf="761", school_year="2025-2026", after="")


def held(*dossiers: DossierSubmitted) -> Story:
    """These dossiers came, and no campaign did."""
    story = Story(SERVICE)
    for filed in dossiers or (dossier(),):
        only_event(story.when(filed), DossierHeld)
    return story


def test_a_dossier_before_its_campaign_is_held_with_the_reason() -> None:
    waits = only_event(Story(SERVICE).when(dossier()), DossierHeld)

    assert (waits.caf, waits.dossier_id, waits.revision) == ("761", DOSSIER, 1)
    assert waits.waits_for == "campaign"
    (reason,) = waits.reasons
    assert reason.rule == "REC-20"
    assert reason.message == (
        "Aucun appel à projets de la Caf 761 n'a été reçu pour l'année scolaire 2025-2026 :"
        " le dossier l'attend, et sera jugé dès qu'il sera publié."
    )


def test_the_campaign_frees_it_under_its_own_request() -> None:
    story = Story(SERVICE)
    request = RequestRef(request="request of ELAN", correlation="its thread")
    story.when(dossier(), origin=request)
    registered, release = story.says(campaign())
    assert isinstance(registered, CampaignRegistered)
    assert release == RELEASE

    (event,) = story.when(release).events

    assert isinstance(event, OutgoingEvent)
    assert (event.origin, event.about) == (request, StateRef(Dossier, DOSSIER))
    assert isinstance(event.data, DossierReceived)
    assert event.data.deposited_on.isoformat() == "2025-07-10"
    assert dossier_state(story).status == "received"
    assert dossier_state(story).held is None


@pytest.mark.parametrize(
    ("filed", "answer", "grounds"),
    [
        (dossier(form__version="2024"), DossierRejected, ["REC-04"]),
        (dossier(signed_at="2025-09-02T10:00:00+02:00"), DossierRejected, ["REC-07"]),
        (dossier(project__descriptions__parents=""), ComplementsRequested, ["REC-15"]),
    ],
)
def test_it_is_judged_whole_once_the_campaign_is_there(
    filed: DossierSubmitted, answer: type[WireModel], grounds: list[str]
) -> None:
    story = held(filed)

    events = freed_by_campaign(story)

    assert type(events[0]) is answer
    assert rules(events) == grounds


def test_grounds_that_need_no_campaign_are_judged_at_once() -> None:
    filed = dossier(channel="courrier", form__id="clas-local", form__version="1999", signed_at=None)

    assert rules(Story(SERVICE).says(filed)) == ["REC-02", "REC-04", "REC-08"]


def test_neither_its_version_nor_its_window_nor_complements_are_judged_without_a_campaign() -> None:
    held(
        dossier(
            form__version="1999",
            signed_at="2019-01-01T00:00:00Z",
            project__descriptions__parents="",
        )
    )


def test_another_wait_is_told_by_another_event_of_the_same_request() -> None:
    story = held(dossier(**OWES_REPORT))
    story.when(campaign())

    (event,) = story.when(RELEASE).events

    assert isinstance(event, OutgoingEvent)
    assert isinstance(event.data, DossierHeld)
    assert event.data.waits_for == "interim_report"
    assert (event.origin and event.origin.request, event.earlier) == ("m1", 1)
    assert waiting(story) == (DOSSIER,)
    assert isinstance(story.says(interim_report())[1], DossierReceived)


def test_two_dossiers_of_a_page_join_the_list_of_one_report() -> None:
    story = held(*(dossier(dossier_id=name, **OWES_REPORT) for name in ("A", "B")))

    assert len(freed_by_campaign(story)) == 2

    assert waiting(story) == ("A", "B")


def test_a_full_page_requests_the_next_one_until_none_waits() -> None:
    names = [f"D{number:02}" for number in range(2 * PAGE_LENGTH)]
    story = held(*(dossier(dossier_id=name) for name in reversed(names)))
    story.when(campaign())

    first = story.says(RELEASE)
    second = story.says(first[-1])
    third = story.says(second[-1])

    assert [_received(event) for event in first[:-1]] == names[:PAGE_LENGTH]
    assert first[-1] == RELEASE.with_changes(after=names[PAGE_LENGTH - 1])
    assert [_received(event) for event in second[:-1]] == names[PAGE_LENGTH:]
    assert second[-1] == RELEASE.with_changes(after=names[-1])
    assert third == ()


def test_a_page_that_is_not_full_is_the_last_one() -> None:
    story = held()
    story.when(campaign())

    assert [type(event) for event in story.says(RELEASE)] == [DossierReceived]


def test_a_campaign_frees_the_dossiers_of_its_caf_and_year_only() -> None:
    others = (dossier(dossier_id="A", caf="771"), dossier(dossier_id="B", school_year="2026-2027"))
    story = held(*others)

    assert freed_by_campaign(story) == ()

    assert [dossier_state(story, name).status for name in "AB"] == ["held", "held"]


def test_it_is_judged_under_the_campaign_that_counts_by_then() -> None:
    story = held()
    story.when(campaign(), id="a")
    story.when(campaign(closes_on="2025-06-30"), id="b")

    assert rules(story.says(RELEASE)) == ["REC-07"]


def test_a_campaign_sent_again_judges_nothing_again() -> None:
    story = held(dossier(signed_at="2025-09-02T10:00:00+02:00"))
    assert rules(freed_by_campaign(story)) == ["REC-07"]

    (registered,) = story.says(campaign(closes_on="2025-09-30"), id="z")

    assert isinstance(registered, CampaignRegistered)
    assert dossier_state(story).status == "rejected"


def test_a_held_dossier_may_be_revised_and_the_last_revision_is_judged() -> None:
    story = held()

    again = only_event(
        story.when(dossier(revision=2, project__title="Autre"), id="r2"), DossierHeld
    )
    story.when(campaign())
    (event,) = story.when(RELEASE).events

    assert again.revision == 2
    assert isinstance(event, OutgoingEvent)
    assert isinstance(event.data, DossierReceived)
    assert event.data.revision == 2
    assert event.origin
    assert event.origin.request == "r2"


def test_the_deposit_is_the_signature_of_the_earlier_held_revision() -> None:
    story = held(dossier(), dossier(revision=2, signed_at="2025-09-20T10:00:00+02:00"))

    (received,) = freed_by_campaign(story)

    assert isinstance(received, DossierReceived)
    assert received.deposited_on.isoformat() == "2025-07-10"


def test_a_held_dossier_that_a_revision_rejects_waits_no_more() -> None:
    story = held()

    assert rules(story.says(dossier(revision=2, signed_at=None))) == ["REC-08"]
    assert freed_by_campaign(story) == ()


def test_a_held_dossier_can_be_withdrawn() -> None:
    story = held()
    story.when(withdrawal_requested())

    assert freed_by_campaign(story) == ()
    assert dossier_state(story).status == "withdrawn"


def test_a_campaign_and_a_dossier_do_not_miss_each_other() -> None:
    """The deposit reads the campaign, a shared state: of the two, one conflicts."""
    assert Campaign.shared
    assert _written(decide(SERVICE, campaign())) == {(Campaign, "761|2025-2026")}


def test_the_release_and_a_revision_or_a_withdrawal_write_one_common_document() -> None:
    story = held()
    story.when(campaign())

    for other in (dossier(revision=2), withdrawal_requested()):
        common = _written(decide(SERVICE, RELEASE, story.states)) & _written(
            decide(SERVICE, other, story.states)
        )
        assert common == {(Dossier, DOSSIER)}


EARLIER = agrement(dossier_id="OLD", school_year="2024-2025", multi_year_until="2024-2025")


@pytest.mark.parametrize(
    "order", list(permutations((campaign(), dossier(), interim_report(), EARLIER)))
)
def test_in_any_order_a_dossier_that_owes_a_report_is_received_once(
    order: tuple[WireModel, ...],
) -> None:
    """What the system knows of the year before counts, unless it comes after the decision."""
    story = Story(SERVICE)
    events = [event for data in order for event in _with_release(story, data)]

    assert [type(event) for event in events].count(DossierReceived) == 1
    state = dossier_state(story)
    assert (state.status, state.held, waiting(story)) == ("received", None, ())
    assert state.deposited_on is not None
    assert state.deposited_on.isoformat() == "2025-07-10"


@pytest.mark.parametrize(
    "order", list(permutations((campaign(), dossier(**OWES_REPORT), interim_report())))
)
def test_in_any_order_the_same_states_are_left(
    order: tuple[WireModel, ...],
) -> None:
    story = Story(SERVICE)
    straight = Story(SERVICE)
    for data in order:
        _with_release(story, data)
    for data in (campaign(), interim_report(), dossier(**OWES_REPORT)):
        _with_release(straight, data)

    assert {_content(state) for state in story.states} == {
        _content(state) for state in straight.states
    }


def _with_release(story: Story, data: WireModel) -> list[WireModel]:
    """Decide on a message and on the pages of the release that it starts."""
    events = list(story.says(data, id=type(data).__name__))
    for event in events:
        if isinstance(event, CampaignReleaseContinued):
            events += story.says(event)
    return events


def _received(event: WireModel) -> str:
    assert isinstance(event, DossierReceived)
    return event.dossier_id


def _written(decision: Decision) -> set[tuple[type[State], str]]:
    return {(type(state), state.key) for state in decision.states}


def _content(state: State) -> str:
    return f"{state.collection} {state.model_dump_json()}"
