"""Handlers of campaigns: a Caf opens its call for projects; what waited for it is judged."""

from collections.abc import Iterable
from typing import Any

from services.submission.domain.dossiers import judge
from services.submission.domain.release import JudgedAgain, judge_again
from services.submission.domain.revision_context import states_of
from services.submission.domain.states import Campaign, Dossier, campaign_key
from shared.contracts.caf import CampaignOpened
from shared.contracts.submission import CampaignRegistered, CampaignReleaseContinued
from shared.kernel.decision import (
    NO_CHANGE,
    Decision,
    Message,
    OutgoingEvent,
    Query,
    StateRef,
    States,
)

PAGE_LENGTH = 10
"""A page is one record, which the store bounds to 16 MB; a dossier may have 1 MiB."""


def required_states(
    message: Message[CampaignOpened], _states: States
) -> Iterable[StateRef[Campaign]]:
    """Yield the campaign of this Caf and school year."""
    yield _ref(message)


def open_campaign(
    message: Message[CampaignOpened],
    states: States,
    _parameters: None,
) -> Decision:
    """Record the campaign unless a later one is recorded; answer in both cases.

    The latest CloudEvents `time` counts; on a tie, the greater id as text. The first one frees the
    dossiers that waited for it, page by page; a campaign sent again judges nothing again.
    """
    campaign = Campaign(time=message.time, id=message.id, opened=message.data)
    stored = states.get(Campaign, campaign.key)
    if stored is None:
        release = CampaignReleaseContinued(
            caf=message.data.caf, school_year=message.data.school_year, after=""
        )
        return Decision(states=(campaign,), events=(_registered(campaign), release))
    if (stored.time, stored.id) < (campaign.time, campaign.id):
        return Decision(states=(campaign,), events=(_registered(campaign),))
    answer = _registered(stored, superseded=campaign != stored)
    return Decision(events=(OutgoingEvent(answer, about=_ref(message)),))


def _registered(counting: Campaign, *, superseded: bool = False) -> CampaignRegistered:
    """Return the answer, with the values of the campaign that counts."""
    opened = counting.opened
    return CampaignRegistered(
        caf=opened.caf,
        school_year=opened.school_year,
        superseded=superseded,
        opens_on=opened.opens_on,
        closes_on=opened.closes_on,
        form_version=opened.form_version,
        multi_year_until=opened.multi_year_until,
        symbolic_fee_ceiling=opened.symbolic_fee_ceiling,
        priorities=opened.priorities,
        committee=opened.committee,
    )


def required_states_of_release(
    message: Message[CampaignReleaseContinued], states: States
) -> Iterable[StateRef[Any] | Query[Any]]:
    """Yield the next dossiers that wait for the campaign, then what judges each of them."""
    page = _page(message.data)
    yield page
    for dossier in states.page_if_loaded(page) or ():
        if dossier.held:
            yield from states_of(dossier.held.submitted, states)


def release(
    message: Message[CampaignReleaseContinued], states: States, _parameters: None
) -> Decision:
    """Judge one page of the dossiers that waited; a full page requests the next one."""
    page = states.page(_page(message.data))
    if not page:
        return NO_CHANGE
    judged = JudgedAgain()
    for dossier in page:
        judged = judge_again(judged, dossier, states, judge)
    following = message.data.with_changes(after=page[-1].dossier_id)
    more = (following,) if len(page) == PAGE_LENGTH else ()
    return Decision(states=judged.states, events=(*judged.events, *more), findings=judged.findings)


def _page(progress: CampaignReleaseContinued) -> Query[Dossier]:
    after = progress.after
    return Query(
        Dossier,
        where=(
            ("caf", progress.caf),
            ("school_year", progress.school_year),
            ("held.waits_for", "campaign"),
        ),
        order=("dossier_id",),
        limit=PAGE_LENGTH,
        after=(after, after) if after else (),
    )


def _ref(message: Message[CampaignOpened]) -> StateRef[Campaign]:
    return StateRef(Campaign, campaign_key(message.data.caf, message.data.school_year))
