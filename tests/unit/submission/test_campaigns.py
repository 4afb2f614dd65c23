"""A campaign is opened, or sent again: the last by time counts."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from services.submission.domain.states import Campaign
from services.submission.service import SERVICE
from shared.contracts.submission import (
    CampaignRegistered,
    CampaignReleaseContinued,
    DossierReceived,
)
from shared.kernel.decision import OutgoingEvent, StateRef
from tests.support.decide import Story, only_event
from tests.support.samples import campaign, dossier
from tests.unit.submission.builders import rules

NOON = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KEY = "761|2025-2026"
RELEASE = CampaignReleaseContinued(caf="761", school_year="2025-2026", after="")


def answer(*, superseded: bool = False, form_version: str = "2025") -> CampaignRegistered:
    """The answer to the sample campaign, with the values that count."""
    return CampaignRegistered(
        caf="761",
        school_year="2025-2026",
        superseded=superseded,
        opens_on=date(2025, 6, 13),
        closes_on=date(2025, 8, 31),
        form_version=form_version,
        multi_year_until="2027-2028",
        symbolic_fee_ceiling=Decimal("30.00"),
        priorities=("ctg", "ecole"),
        committee=("CAF", "EN", "DDETS"),
    )


def version(story: Story) -> str:
    return story.get(Campaign, KEY).opened.form_version


def test_a_campaign_is_registered() -> None:
    story = Story(SERVICE)

    assert story.says(campaign(), time=NOON) == (answer(), RELEASE)
    assert story.get(Campaign, KEY).opened == campaign()


def test_a_later_campaign_replaces_the_one_before() -> None:
    story = Story(SERVICE)
    story.when(campaign(form_version="first"), id="z", time=NOON)

    later = story.says(campaign(form_version="second"), id="a", time=NOON + SECOND)

    assert later == (answer(form_version="second"),)
    assert version(story) == "second"


def test_an_older_campaign_is_answered_and_changes_nothing() -> None:
    story = Story(SERVICE)
    story.when(campaign(form_version="newer"), id="a", time=NOON)

    late = story.when(campaign(form_version="older"), id="z", time=NOON - SECOND)

    superseded = answer(superseded=True, form_version="newer")
    assert late.states == ()
    assert late.events == (OutgoingEvent(superseded, about=StateRef(Campaign, KEY)),)
    assert version(story) == "newer"


def test_at_the_same_time_the_greater_id_as_text_counts_in_either_order() -> None:
    rising, falling = Story(SERVICE), Story(SERVICE)
    for story, ids, superseded in ((rising, ("10", "9"), False), (falling, ("9", "10"), True)):
        for name in ids:
            answered = story.says(campaign(form_version=name), id=name, time=NOON)
        assert answered == (answer(superseded=superseded, form_version="9"),)

    assert (version(rising), version(falling)) == ("9", "9")


def test_an_equal_time_and_id_is_not_greater() -> None:
    story = Story(SERVICE)
    story.when(campaign(form_version="first"), id="m", time=NOON)

    other = story.says(campaign(form_version="second"), id="m", time=NOON)

    assert other == (answer(superseded=True, form_version="first"),)
    assert version(story) == "first"


def test_the_campaign_that_counts_is_not_superseded_when_it_is_handled_again() -> None:
    story = Story(SERVICE)
    story.when(campaign(), id="m", time=NOON)

    assert story.says(campaign(), id="m", time=NOON) == (answer(),)


def test_times_are_compared_as_instants_not_as_text() -> None:
    story = Story(SERVICE)
    paris = NOON.astimezone(timezone(timedelta(hours=2)))
    story.when(campaign(form_version="later"), time=NOON + SECOND)

    story.when(campaign(form_version="earlier"), time=paris)

    assert version(story) == "later"


def test_the_same_campaign_again_is_answered_again() -> None:
    story = Story(SERVICE)
    story.when(campaign(), time=NOON)

    assert story.says(campaign(), id="again", time=NOON + SECOND) == (answer(),)


def test_each_caf_and_school_year_has_its_own_campaign() -> None:
    story = Story(SERVICE)
    story.when(campaign(), time=NOON)
    story.when(campaign(caf="771", form_version="771"), time=NOON + SECOND)
    story.when(campaign(school_year="2026-2027", form_version="2026"), time=NOON + SECOND)

    assert version(story) == "2025"
    assert len(story.states) == 3


def test_a_dossier_is_judged_by_the_campaign_that_counts() -> None:
    story = Story(SERVICE)
    story.when(campaign(closes_on="2025-06-30"), time=NOON)

    assert rules(story.says(dossier(dossier_id="D1"))) == ["REC-07"]
    story.when(campaign(closes_on="2025-07-31"), time=NOON + SECOND)
    only_event(story.when(dossier(dossier_id="D2")), DossierReceived)
    only_event(story.when(dossier(dossier_id="D1", revision=2)), DossierReceived)


def test_a_campaign_is_shared_so_that_its_change_restarts_those_who_read_it() -> None:
    assert Campaign.shared
