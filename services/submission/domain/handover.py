"""The event of a receivable dossier, for eligibility, with the terms of its campaign."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.submission.domain.states import Campaign
from shared.contracts.elan import DossierSubmitted
from shared.contracts.submission import CampaignTerms, DossierReceived

PARIS = ZoneInfo("Europe/Paris")


def in_paris(instant: datetime) -> datetime:
    """Return the same instant in the time zone of Paris."""
    return instant.astimezone(PARIS)


def deposit_day(submitted: DossierSubmitted) -> date | None:
    """Return the day in Paris on which the signatory validated, None without one [D-REC-07]."""
    return in_paris(submitted.signed_at).date() if submitted.signed_at else None


def build_dossier_received(
    submitted: DossierSubmitted, *, deposited_on: date, campaign: Campaign
) -> DossierReceived:
    """Return the event of a receivable dossier; `campaign` is the current one."""
    opened = campaign.opened
    terms = CampaignTerms(
        multi_year_until=opened.multi_year_until,
        symbolic_fee_ceiling=opened.symbolic_fee_ceiling,
        priorities=opened.priorities,
        committee=opened.committee,
    )
    return DossierReceived(**dict(submitted), deposited_on=deposited_on, campaign=terms)
