"""The table of submission: event, states touched, decision."""

from services.submission.domain import agrements, campaigns, dossiers, reports, withdrawals
from services.submission.domain.states import (
    Agrement,
    AgrementEnd,
    Campaign,
    Dossier,
    InterimReport,
)
from shared.contracts.caf import CampaignOpened, InterimReportReceived
from shared.contracts.elan import DossierSubmitted, WithdrawalRequested
from shared.contracts.eligibility import (
    AgrementAmended,
    AgrementGranted,
    AgrementRegistered,
    WithdrawalJudged,
)
from shared.kernel.decision import Handler, Service

SERVICE = Service(
    name="submission",
    handlers=(
        Handler(event=CampaignOpened, reads=campaigns.reads, decide=campaigns.open_campaign),
        Handler(event=InterimReportReceived, reads=reports.reads, decide=reports.receive_report),
        Handler(event=DossierSubmitted, reads=dossiers.reads, decide=dossiers.submit),
        Handler(event=WithdrawalRequested, reads=withdrawals.reads, decide=withdrawals.withdraw),
        Handler(
            event=WithdrawalJudged, reads=withdrawals.reads_judged, decide=withdrawals.conclude
        ),
        Handler(event=AgrementGranted, reads=agrements.reads, decide=agrements.remember),
        Handler(event=AgrementRegistered, reads=agrements.reads, decide=agrements.remember),
        Handler(event=AgrementAmended, reads=agrements.reads_amended, decide=agrements.amend),
    ),
    states=(Campaign, InterimReport, Dossier, Agrement, AgrementEnd),
)
