"""The event of a receivable dossier, for eligibility, with the terms of its campaign."""

from datetime import date

from services.submission.domain.states import Campaign
from shared.contracts.elan import DossierSubmitted
from shared.contracts.submission import CampaignTerms, DossierReceived


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
