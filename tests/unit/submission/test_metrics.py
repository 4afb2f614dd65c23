"""The metrics show how many dossiers wait for what, and since when the first does."""

from datetime import UTC, datetime, timedelta, timezone

from prometheus_client import generate_latest

from services.submission.service import SERVICE
from shared.kernel.decision import StoredState
from shared.kernel.gauges import refresh_metrics
from shared.kernel.memory import MemoryStore
from tests.support.decide import Story
from tests.support.samples import campaign, dossier, interim_report
from tests.unit.submission.builders import dossier_state, freed_by_campaign

JUNE = datetime(2025, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)


async def shown(story: Story) -> dict[str, float]:
    """Return the waits in the metrics, by what is awaited."""
    store = MemoryStore()
    async with store.transaction() as transaction:
        await transaction.write([StoredState.of(each, 1) for each in story.states], [], "test")
    await refresh_metrics(SERVICE, store)
    lines = [line.split() for line in generate_latest().decode().splitlines()]
    return {line[0]: float(line[1]) for line in lines if line[0].startswith("clas_dossiers")}


async def test_dossiers_that_wait_are_counted_with_the_time_of_the_first() -> None:
    story = Story(SERVICE)
    later = (JUNE + timedelta(hours=6)).astimezone(timezone(timedelta(hours=-11)))
    story.when(dossier(dossier_id="A"), time=later)
    story.when(dossier(dossier_id="B"), time=JUNE)
    story.when(campaign(school_year="2026-2027"))
    owes = {"school_year": "2026-2027", "previous_clas": True}
    story.when(dossier(dossier_id="C", signed_at="2025-07-10T08:00:00Z", **owes), time=JUNE + DAY)

    assert await shown(story) == {
        'clas_dossiers_waiting{awaited="campaign"}': 2,
        'clas_dossiers_waiting{awaited="interim_report"}': 1,
        'clas_dossiers_waiting_oldest_timestamp_seconds{awaited="campaign"}': JUNE.timestamp(),
        'clas_dossiers_waiting_oldest_timestamp_seconds{awaited="interim_report"}': (
            JUNE + DAY
        ).timestamp(),
    }


async def test_a_dossier_that_release_0_3_0_held_waits_since_its_deposit() -> None:
    story = Story(SERVICE)
    story.when(campaign())
    story.when(dossier(previous_clas=True, signed_at="2025-07-10T08:00:00Z"))
    held = dossier_state(story).held
    assert held
    old = held.model_copy(update={"since": None})
    stored = Story(SERVICE, dossier_state(story).with_changes(held=old))

    name = 'clas_dossiers_waiting_oldest_timestamp_seconds{awaited="interim_report"}'
    midnight_in_paris = datetime(2025, 7, 9, 22, tzinfo=UTC)
    assert (await shown(stored))[name] == midnight_in_paris.timestamp()


async def test_nothing_that_waits_is_shown_as_zero() -> None:
    assert set((await shown(Story(SERVICE))).values()) == {0}


def test_the_wait_goes_on_through_revisions_and_from_the_campaign_to_the_report() -> None:
    story = Story(SERVICE)
    story.when(dossier(previous_clas=True), time=JUNE)
    story.when(dossier(revision=2, previous_clas=True), time=JUNE + DAY)
    freed_by_campaign(story)

    held = dossier_state(story).held
    assert held
    assert (held.waits_for, held.since) == ("interim_report", JUNE)
    story.when(interim_report())
    assert dossier_state(story).held is None
