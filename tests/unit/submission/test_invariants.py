"""Whatever comes in whatever order, some things are always so."""

from hypothesis import given
from hypothesis import strategies as st

from services.submission.domain.states import (
    Campaign,
    Dossier,
    GestionnaireAgrements,
    InterimReport,
)
from services.submission.service import SERVICE
from shared.contracts.base import WireModel
from shared.contracts.elan import DossierSubmitted
from shared.contracts.submission import CampaignReleaseContinued, DossierReceived
from tests.support.decide import Story
from tests.support.life import withdrawal_requested
from tests.support.samples import OTHER_SIRET, agrement, campaign, dossier, interim_report

CAMPAIGN = campaign()
OTHERS: tuple[WireModel, ...] = (
    interim_report(),
    interim_report(received_on="2025-06-01"),
    interim_report(siret=OTHER_SIRET, nothing_ran=True),
    agrement(dossier_id="OLD"),
    agrement(dossier_id="OLDER", school_year="2024-2025", multi_year_until="2024-2025"),
    withdrawal_requested(dossier_id="A"),
    withdrawal_requested(dossier_id="B"),
    withdrawal_requested(dossier_id="B", motive=None),
)
DOSSIERS: tuple[WireModel, ...] = tuple(
    dossier(dossier_id=name, revision=revision, **change)
    for name in ("A", "B")
    for revision in (1, 2, 3)
    for change in (
        {},
        {"previous_clas": True},
        {"previous_clas": True, "gestionnaire__siret": OTHER_SIRET},
        {"project__descriptions__children": ""},
        {"signed_at": None},
        {"signed_at": "2025-07-12T10:00:00+02:00"},
        {"renews": "OLD"},
    )
)
TRAFFIC = st.lists(st.sampled_from((CAMPAIGN, *OTHERS, *DOSSIERS)), max_size=25)
FREEING: tuple[WireModel, ...] = (
    CAMPAIGN,
    interim_report(),
    interim_report(siret=OTHER_SIRET, nothing_ran=True),
)


@given(TRAFFIC)
def test_a_dossier_is_held_if_and_only_if_it_waits_for_what_is_not_there(
    traffic: list[WireModel],
) -> None:
    story = Story(SERVICE)
    for data in traffic:
        handle(story, data)

        listed = {name for report in _reports(story) for name in report.waiting}
        held = {d.dossier_id: d.held.waits_for for d in _dossiers(story) if d.held}
        assert listed == {name for name, awaited in held.items() if awaited == "interim_report"}
        assert held.keys() == {d.dossier_id for d in _dossiers(story) if d.status == "held"}
        assert not any(report.waiting for report in _reports(story) if report.received_on)
        assert not story.find(Campaign, "761|2025-2026") or "campaign" not in held.values()


@given(TRAFFIC)
def test_once_all_that_frees_came_nothing_waits(traffic: list[WireModel]) -> None:
    story = Story(SERVICE)
    for data in (*traffic, *FREEING):
        handle(story, data)

    assert {d.status for d in _dossiers(story)} <= {
        *("received", "rejected", "complements_requested", "withdrawn"),
    }


@given(TRAFFIC)
def test_a_dossier_is_received_at_most_once_and_dated_by_an_accepted_signature(
    traffic: list[WireModel],
) -> None:
    story = Story(SERVICE)
    events = [event for data in (*traffic, *OTHERS, *FREEING) for event in handle(story, data)]

    received = [event for event in events if isinstance(event, DossierReceived)]
    assert len({event.dossier_id for event in received}) == len(received)
    assert {event.dossier_id for event in received} == {
        d.dossier_id for d in _dossiers(story) if d.status == "received"
    }
    for event in received:
        state = story.get(Dossier, event.dossier_id)
        accepted = [each.signed_at for each in state.revisions if not each.rejected]
        assert event.deposited_on == min(each.date() for each in accepted if each)


@given(TRAFFIC)
def test_revisions_rise_no_signature_goes_back_and_all_that_was_judged_is_silent(
    traffic: list[WireModel],
) -> None:
    story = Story(SERVICE)
    accepted = []
    for data in traffic:
        decision = story.when(data)
        if isinstance(data, DossierSubmitted) and _stored(decision.states, data):
            accepted.append(data)

    for data in accepted:
        assert story.says(data) == ()
    for assessed in _dossiers(story):
        numbers = [revision.revision for revision in assessed.revisions]
        assert numbers == sorted(set(numbers))
        signatures = [each.signed_at for each in assessed.revisions if each.signed_at]
        assert signatures == sorted(signatures)


@given(st.permutations((CAMPAIGN, *FREEING[1:], *OTHERS[3:5], dossier(previous_clas=True))))
def test_whatever_the_order_the_same_campaign_report_and_agrements_are_known(
    order: list[WireModel],
) -> None:
    """A dossier that owes its report is received in every order: the same state is left."""
    story, straight = Story(SERVICE), Story(SERVICE)
    for data in order:
        handle(story, data)
    for data in (*FREEING, *OTHERS[3:5], dossier(previous_clas=True)):
        handle(straight, data)

    assert _contents(story) == _contents(straight)


def handle(story: Story, data: WireModel) -> list[WireModel]:
    """Decide on a message, named by its type, and on the pages of the release that it starts."""
    events = list(story.says(data, id=type(data).__name__))
    for event in events:
        if isinstance(event, CampaignReleaseContinued):
            events += story.says(event)
    return events


def _stored(states: tuple[object, ...], data: DossierSubmitted) -> bool:
    return any(isinstance(s, Dossier) and s.key == data.dossier_id for s in states)


def _contents(story: Story) -> dict[tuple[str, str], str]:
    return {
        (each.collection, each.key): each.model_dump_json()
        for each in story.states
        if isinstance(each, Campaign | Dossier | GestionnaireAgrements | InterimReport)
    }


def _dossiers(story: Story) -> list[Dossier]:
    return [state for state in story.states if isinstance(state, Dossier)]


def _reports(story: Story) -> list[InterimReport]:
    return [state for state in story.states if isinstance(state, InterimReport)]
