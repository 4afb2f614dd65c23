"""Whatever comes in whatever order, some things are always so."""

from hypothesis import given
from hypothesis import strategies as st

from services.submission.domain.states import Dossier, InterimReport
from services.submission.service import SERVICE
from shared.contracts.base import WireModel
from shared.contracts.elan import DossierSubmitted
from shared.contracts.submission import DossierReceived
from tests.support.decide import Story
from tests.support.life import withdrawal_requested
from tests.support.samples import OTHER_SIRET, agrement, campaign, dossier, interim_report

CAMPAIGN = campaign()
OTHERS: tuple[WireModel, ...] = (
    interim_report(),
    interim_report(received_on="2025-06-01"),
    interim_report(siret=OTHER_SIRET),
    agrement(dossier_id="OLD"),
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
        {"renews": "OLD"},
    )
)
TRAFFIC = st.lists(st.sampled_from((CAMPAIGN, *OTHERS, *DOSSIERS)), max_size=25)


@given(TRAFFIC)
def test_a_dossier_is_held_if_and_only_if_its_report_lists_it(traffic: list[WireModel]) -> None:
    story = Story(SERVICE)
    for data in (CAMPAIGN, *traffic):
        story.when(data)

        listed = {name for report in _reports(story) for name in report.waiting}
        held = {d.dossier_id for d in _dossiers(story) if d.held}
        assert listed == held == {d.dossier_id for d in _dossiers(story) if d.status == "held"}
        assert not any(report.waiting for report in _reports(story) if report.received_on)


@given(TRAFFIC)
def test_a_dossier_is_received_at_most_once_and_dated_by_its_first_revision(
    traffic: list[WireModel],
) -> None:
    story = Story(SERVICE)
    events = [event for data in (CAMPAIGN, *traffic, *OTHERS) for event in story.says(data)]

    received = [event for event in events if isinstance(event, DossierReceived)]
    assert len({event.dossier_id for event in received}) == len(received)
    assert {event.dossier_id for event in received} == {
        d.dossier_id for d in _dossiers(story) if d.status == "received"
    }
    assert {event.deposited_on.isoformat() for event in received} <= {"2025-07-10"}


@given(TRAFFIC)
def test_revisions_rise_and_all_that_was_judged_is_silent_when_sent_again(
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


def _stored(states: tuple[object, ...], data: DossierSubmitted) -> bool:
    return any(isinstance(s, Dossier) and s.key == data.dossier_id for s in states)


def _dossiers(story: Story) -> list[Dossier]:
    return [state for state in story.states if isinstance(state, Dossier)]


def _reports(story: Story) -> list[InterimReport]:
    return [state for state in story.states if isinstance(state, InterimReport)]
