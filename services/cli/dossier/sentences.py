"""The table of sentences: one builder for each event of the contract."""

from collections.abc import Callable
from typing import Any

from services.cli.dossier import accounting, corrections, eligibility, funding, submission
from services.cli.dossier import acknowledgements as deliveries
from services.cli.dossier import balances as settled
from services.cli.dossier import caf as later
from services.cli.dossier import elan as outside
from services.cli.dossier import refused_messages as anywhere
from services.cli.dossier.entries import Sentences
from shared.contracts import accounting as posted
from shared.contracts import accounting_systems as replied
from shared.contracts import caf, common, elan
from shared.contracts import corrections as corrected
from shared.contracts import eligibility as assessed
from shared.contracts import funding as granted
from shared.contracts import submission as received
from shared.contracts.base import WireModel

TELLERS: dict[type[WireModel], Callable[[Any], Sentences]] = {
    caf.CampaignOpened: outside.campaign_opened,
    caf.InterimReportReceived: outside.interim_report_received,
    elan.DossierSubmitted: outside.dossier_submitted,
    caf.CommitteeDecided: outside.committee_decided,
    caf.ConventionSigned: outside.convention_signed,
    caf.BaremePublished: outside.bareme_published,
    caf.AdvanceOrdered: outside.advance_ordered,
    caf.ExerciseClosed: outside.exercise_closed,
    caf.EnvelopeAllotted: later.envelope_allotted,
    elan.AnnualRenewalFiled: later.annual_renewal_filed,
    elan.ResultAccountFiled: later.result_account_filed,
    caf.ControlConcluded: later.control_concluded,
    elan.WithdrawalRequested: corrections.withdrawal_requested,
    corrected.AmendmentDecided: corrections.amendment_decided,
    corrected.AgrementImported: corrections.agrement_imported,
    corrected.AdvanceReversalOrdered: corrections.advance_reversal_ordered,
    corrected.FundingCancellationOrdered: corrections.funding_cancellation_ordered,
    replied.EntryAcknowledged: deliveries.entry_acknowledged,
    replied.EntryRejected: deliveries.entry_rejected,
    received.CampaignRegistered: submission.campaign_registered,
    received.InterimReportRegistered: submission.interim_report_registered,
    received.DossierHeld: submission.dossier_held,
    received.DossierReceived: submission.dossier_received,
    received.DossierRejected: submission.dossier_rejected,
    received.ComplementsRequested: submission.complements_requested,
    received.WithdrawalForwarded: corrections.withdrawal_forwarded,
    received.DossierWithdrawn: corrections.dossier_withdrawn,
    received.WithdrawalRefused: corrections.withdrawal_refused,
    assessed.EligibilityAssessed: eligibility.eligibility_assessed,
    assessed.AgrementGranted: eligibility.agrement_granted,
    assessed.AgrementRefused: eligibility.agrement_refused,
    assessed.CommitteeDecisionRejected: eligibility.committee_decision_rejected,
    assessed.CommitteeAdjourned: eligibility.committee_adjourned,
    assessed.WithdrawalJudged: corrections.withdrawal_judged,
    assessed.AgrementRegistered: corrections.agrement_registered,
    assessed.AgrementAmended: corrections.agrement_amended,
    assessed.AmendmentRejected: corrections.amendment_rejected,
    granted.BaremeRegistered: funding.bareme_registered,
    granted.BaremeReleaseContinued: funding.bareme_release_continued,
    granted.ConventionRegistered: funding.convention_registered,
    granted.FundingGranted: funding.funding_granted,
    granted.FundingDeferred: funding.funding_deferred,
    granted.AdvanceGranted: funding.advance_granted,
    granted.AdvanceRefused: funding.advance_refused,
    granted.EnvelopeRegistered: funding.envelope_registered,
    granted.EnvelopeReleaseContinued: funding.envelope_release_continued,
    granted.FundingRefused: funding.funding_refused,
    granted.FundingAmended: funding.funding_amended,
    granted.AdvanceReversed: corrections.advance_reversed,
    granted.AdvanceReversalRefused: corrections.advance_reversal_refused,
    granted.BalanceSettled: settled.balance_settled,
    granted.BalanceRefused: settled.balance_refused,
    granted.FundingCancelled: corrections.funding_cancelled,
    granted.CancellationRefused: corrections.cancellation_refused,
    granted.AdjustmentDecided: settled.adjustment_decided,
    granted.AdjustmentRefused: settled.adjustment_refused,
    posted.AccountingEntryPosted: accounting.accounting_entry_posted,
    posted.DeliveryRegistered: deliveries.delivery_registered,
    posted.ClosingCompleted: accounting.closing_completed,
    posted.ClosingRefused: accounting.closing_refused,
    posted.ClosingContinued: accounting.closing_continued,
    common.RequestRefused: anywhere.request_refused,
    common.MessageRefused: anywhere.message_refused,
}


def sentences_of(data: WireModel) -> Sentences:
    """Return what an event says, in French."""
    return TELLERS[type(data)](data)
