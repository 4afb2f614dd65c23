"""The table of submission: event, states touched, decision."""

from services.submission.domain import agrements, campaigns, dossiers, reports
from services.submission.domain.states import Agrement, Campaign, Dossier, InterimReport
from shared.contracts.caf import CampaignOpened, InterimReportReceived
from shared.contracts.elan import DossierSubmitted
from shared.contracts.eligibility import AgrementGranted
from shared.kernel.decision import Handler, Service

SERVICE = Service(
    name="submission",
    handlers=(
        Handler(event=CampaignOpened, reads=campaigns.reads, decide=campaigns.open_campaign),
        Handler(event=InterimReportReceived, reads=reports.reads, decide=reports.receive_report),
        Handler(event=DossierSubmitted, reads=dossiers.reads, decide=dossiers.submit),
        Handler(event=AgrementGranted, reads=agrements.reads, decide=agrements.remember),
    ),
    states=(Campaign, InterimReport, Dossier, Agrement),
)
