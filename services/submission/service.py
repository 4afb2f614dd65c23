"""Submission's handlers: each event with the states it requires and its decision."""

from services.submission.domain import (
    agrements,
    campaigns,
    dossiers,
    reopenings,
    reports,
    revision_context,
    withdrawal_judgements,
    withdrawals,
)
from services.submission.domain.states import (
    Agrement,
    AgrementEnd,
    Campaign,
    Dossier,
    GestionnaireAgrements,
    InterimReport,
)
from services.submission.metrics import WAITS
from shared.contracts.caf import CampaignOpened, InterimReportReceived
from shared.contracts.elan import DossierSubmitted, WithdrawalRequested
from shared.contracts.eligibility import (
    AgrementAmended,
    AgrementGranted,
    AgrementRegistered,
    DossierReopened,
    WithdrawalJudged,
)
from shared.contracts.submission import CampaignReleaseContinued
from shared.kernel.service import Handler, Service

SERVICE = Service(
    name="submission",
    handlers=(
        Handler(
            event=CampaignOpened,
            required_states=campaigns.required_states,
            decide=campaigns.open_campaign,
        ),
        Handler(
            event=CampaignReleaseContinued,
            required_states=campaigns.required_states_of_release,
            decide=campaigns.release,
        ),
        Handler(
            event=InterimReportReceived,
            required_states=reports.required_states,
            decide=reports.receive_report,
        ),
        Handler(
            event=DossierSubmitted,
            required_states=revision_context.required_states,
            decide=dossiers.DOSSIER_SUBMISSION,
        ),
        Handler(
            event=WithdrawalRequested,
            required_states=withdrawals.required_states,
            decide=withdrawals.WITHDRAWAL_REQUEST,
        ),
        Handler(
            event=WithdrawalJudged,
            required_states=withdrawals.required_states,
            decide=withdrawal_judgements.conclude,
        ),
        Handler(
            event=DossierReopened,
            required_states=reopenings.required_states,
            decide=reopenings.reopen,
        ),
        Handler(
            event=AgrementGranted,
            required_states=agrements.required_states,
            decide=agrements.record_agrement,
        ),
        Handler(
            event=AgrementRegistered,
            required_states=agrements.required_states,
            decide=agrements.record_agrement,
        ),
        Handler(
            event=AgrementAmended,
            required_states=agrements.required_states_of_amendment,
            decide=agrements.record_withdrawal,
        ),
    ),
    states=(Campaign, InterimReport, Dossier, GestionnaireAgrements, Agrement, AgrementEnd),
    waits=WAITS,
    decided_again=(AgrementGranted, AgrementRegistered),
)
