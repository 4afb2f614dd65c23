"""The table of sentence builders: one for each event of the contract."""

from collections.abc import Callable
from typing import Any

from services.cli.dossier import (
    accounting,
    acknowledgements,
    caf,
    elan,
    eligibility,
    funding,
    refused_messages,
    submission,
)
from services.cli.dossier.text import Sentences
from shared.contracts import accounting as accounting_events
from shared.contracts import accounting_systems as accounting_systems_events
from shared.contracts import caf as caf_events
from shared.contracts import common as common_events
from shared.contracts import corrections as corrections_events
from shared.contracts import elan as elan_events
from shared.contracts import eligibility as eligibility_events
from shared.contracts import funding as funding_events
from shared.contracts import submission as submission_events
from shared.contracts.base import WireModel

BUILDERS: dict[type[WireModel], Callable[[Any], Sentences]] = {
    elan_events.DossierSubmitted: elan.dossier_submitted,
    elan_events.AnnualRenewalFiled: elan.annual_renewal_filed,
    elan_events.ResultAccountFiled: elan.result_account_filed,
    elan_events.WithdrawalRequested: elan.withdrawal_requested,
    caf_events.CampaignOpened: caf.campaign_opened,
    caf_events.InterimReportReceived: caf.interim_report_received,
    caf_events.CommitteeDecided: caf.committee_decided,
    caf_events.ConventionSigned: caf.convention_signed,
    caf_events.BaremePublished: caf.bareme_published,
    caf_events.AdvanceOrdered: caf.advance_ordered,
    caf_events.ExerciseClosed: caf.exercise_closed,
    caf_events.EnvelopeAllotted: caf.envelope_allotted,
    caf_events.ControlConcluded: caf.control_concluded,
    corrections_events.AmendmentDecided: caf.amendment_decided,
    corrections_events.AgrementImported: caf.agrement_imported,
    corrections_events.AdvanceReversalOrdered: caf.advance_reversal_ordered,
    corrections_events.FundingCancellationOrdered: caf.funding_cancellation_ordered,
    submission_events.CampaignRegistered: submission.campaign_registered,
    submission_events.InterimReportRegistered: submission.interim_report_registered,
    submission_events.DossierHeld: submission.dossier_held,
    submission_events.DossierReceived: submission.dossier_received,
    submission_events.DossierRejected: submission.dossier_rejected,
    submission_events.ComplementsRequested: submission.complements_requested,
    submission_events.WithdrawalForwarded: submission.withdrawal_forwarded,
    submission_events.DossierWithdrawn: submission.dossier_withdrawn,
    submission_events.WithdrawalRefused: submission.withdrawal_refused,
    eligibility_events.EligibilityAssessed: eligibility.eligibility_assessed,
    eligibility_events.AgrementGranted: eligibility.agrement_granted,
    eligibility_events.AgrementRefused: eligibility.agrement_refused,
    eligibility_events.CommitteeDecisionRejected: eligibility.committee_decision_rejected,
    eligibility_events.CommitteeAdjourned: eligibility.committee_adjourned,
    eligibility_events.WithdrawalJudged: eligibility.withdrawal_judged,
    eligibility_events.AgrementRegistered: eligibility.agrement_registered,
    eligibility_events.AgrementAmended: eligibility.agrement_amended,
    eligibility_events.AmendmentRejected: eligibility.amendment_rejected,
    funding_events.BaremeRegistered: funding.bareme_registered,
    funding_events.BaremeReleaseContinued: funding.bareme_release_continued,
    funding_events.ConventionRegistered: funding.convention_registered,
    funding_events.FundingGranted: funding.funding_granted,
    funding_events.FundingDeferred: funding.funding_deferred,
    funding_events.AdvanceGranted: funding.advance_granted,
    funding_events.AdvanceRefused: funding.advance_refused,
    funding_events.EnvelopeRegistered: funding.envelope_registered,
    funding_events.EnvelopeReleaseContinued: funding.envelope_release_continued,
    funding_events.FundingRefused: funding.funding_refused,
    funding_events.FundingAmended: funding.funding_amended,
    funding_events.AdvanceReversed: funding.advance_reversed,
    funding_events.AdvanceReversalRefused: funding.advance_reversal_refused,
    funding_events.BalanceSettled: funding.balance_settled,
    funding_events.BalanceRefused: funding.balance_refused,
    funding_events.FundingCancelled: funding.funding_cancelled,
    funding_events.CancellationRefused: funding.cancellation_refused,
    funding_events.AdjustmentDecided: funding.adjustment_decided,
    funding_events.AdjustmentRefused: funding.adjustment_refused,
    accounting_events.AccountingEntryPosted: accounting.accounting_entry_posted,
    accounting_events.DeliveryRegistered: accounting.delivery_registered,
    accounting_events.ClosingCompleted: accounting.closing_completed,
    accounting_events.ClosingRefused: accounting.closing_refused,
    accounting_events.ClosingContinued: accounting.closing_continued,
    accounting_systems_events.EntryAcknowledged: acknowledgements.entry_acknowledged,
    accounting_systems_events.EntryRejected: acknowledgements.entry_rejected,
    common_events.RequestRefused: refused_messages.request_refused,
    common_events.MessageRefused: refused_messages.message_refused,
}


def sentences_of(data: WireModel) -> Sentences:
    """Return the sentences of an event, in French."""
    return BUILDERS[type(data)](data)
