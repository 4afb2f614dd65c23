"""One catalogue of examples: a sound dossier, and a sound event of each type that partners send.

The samples of the partner kit, the legal cases, the demo campaign and the tests are these documents
with some values replaced. A document is the JSON of an event's `data`, as it travels: amounts and
days are text, the order of fields is that of the published samples.

- `changes`: values at paths of a document;
- `dossier`: the dossier, and its parts;
- `decisions` and `payments`: the other events about a dossier, each a function of its document.
"""

from collections.abc import Callable, Mapping

from shared.examples import decisions, payments
from shared.examples.changes import Document

BY_EVENT: Mapping[str, Callable[[Document], Document]] = {
    "CampaignOpened": decisions.campaign,
    "InterimReportReceived": decisions.interim_report,
    "DossierSubmitted": dict,
    "CommitteeDecided": decisions.committee,
    "ComplementsOrdered": decisions.complements,
    "WithdrawalRequested": decisions.withdrawal,
    "AmendmentDecided": decisions.amendment,
    "AgrementImported": decisions.imported_agrement,
    "ConventionSigned": decisions.convention,
    "EnvelopeAllotted": payments.envelope,
    "AnnualRenewalFiled": decisions.renewal,
    "BaremePublished": payments.bareme,
    "AdvanceOrdered": payments.advance,
    "AdvanceReversalOrdered": payments.reversal,
    "ResultAccountFiled": payments.accounts,
    "ControlConcluded": payments.control,
    "FundingCancellationOrdered": payments.cancellation,
    "ExerciseClosed": payments.closing,
    "EntryAcknowledged": payments.acknowledgement,
    "EntryRejected": payments.rejection,
}
"""The example of each event that partners send, from the document of a dossier."""
