"""The table of sentences: one builder for each event of the contract."""

from collections.abc import Callable
from typing import Any

from services.cli.story import accounting, anywhere, eligibility, funding, outside, submission
from services.cli.story.told import Told
from shared.contracts import accounting as posted
from shared.contracts import caf, common, elan
from shared.contracts import eligibility as assessed
from shared.contracts import funding as granted
from shared.contracts import submission as received
from shared.contracts.base import Wire

TELLERS: dict[type[Wire], Callable[[Any], Told]] = {
    caf.CampaignOpened: outside.campaign_opened,
    caf.InterimReportReceived: outside.interim_report_received,
    elan.DossierSubmitted: outside.dossier_submitted,
    caf.CommitteeDecided: outside.committee_decided,
    caf.ConventionSigned: outside.convention_signed,
    caf.BaremePublished: outside.bareme_published,
    caf.AdvanceOrdered: outside.advance_ordered,
    caf.ExerciseClosed: outside.exercise_closed,
    received.CampaignRegistered: submission.campaign_registered,
    received.InterimReportRegistered: submission.interim_report_registered,
    received.DossierHeld: submission.dossier_held,
    received.DossierReceived: submission.dossier_received,
    received.DossierRejected: submission.dossier_rejected,
    received.ComplementsRequested: submission.complements_requested,
    assessed.EligibilityAssessed: eligibility.eligibility_assessed,
    assessed.AgrementGranted: eligibility.agrement_granted,
    assessed.AgrementRefused: eligibility.agrement_refused,
    assessed.CommitteeDecisionRejected: eligibility.committee_decision_rejected,
    assessed.CommitteeAdjourned: eligibility.committee_adjourned,
    granted.BaremeRegistered: funding.bareme_registered,
    granted.BaremeReleaseContinued: funding.bareme_release_continued,
    granted.ConventionRegistered: funding.convention_registered,
    granted.FundingGranted: funding.funding_granted,
    granted.FundingDeferred: funding.funding_deferred,
    granted.AdvanceGranted: funding.advance_granted,
    granted.AdvanceRefused: funding.advance_refused,
    posted.AccountingEntryPosted: accounting.accounting_entry_posted,
    posted.ClosingCompleted: accounting.closing_completed,
    posted.ClosingRefused: accounting.closing_refused,
    posted.ClosingContinued: accounting.closing_continued,
    common.RequestRefused: anywhere.request_refused,
    common.MessageRefused: anywhere.message_refused,
}


def tell(data: Wire) -> Told:
    """Return what an event says, in French."""
    return TELLERS[type(data)](data)
