"""Handler of the campaigns: a Caf opens its call for projects, or sends it with new values."""

from collections.abc import Iterable

from services.submission.domain.states import Campaign, campaign_key
from shared.contracts.caf import CampaignOpened
from shared.contracts.submission import CampaignRegistered
from shared.kernel.decision import Decision, Message, OutgoingEvent, StateRef, States


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

    The latest CloudEvents `time` counts; on a tie, the greater id as text.
    """
    campaign = Campaign(time=message.time, id=message.id, opened=message.data)
    answer = CampaignRegistered(caf=message.data.caf, school_year=message.data.school_year)
    stored = states.get(Campaign, campaign.key)
    if stored is None or (stored.time, stored.id) < (campaign.time, campaign.id):
        return Decision(states=(campaign,), events=(answer,))
    return Decision(events=(OutgoingEvent(answer, about=_ref(message)),))


def _ref(message: Message[CampaignOpened]) -> StateRef[Campaign]:
    return StateRef(Campaign, campaign_key(message.data.caf, message.data.school_year))
