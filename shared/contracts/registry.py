"""The contract registry: one row per event; bindings, schemas, AsyncAPI and the page follow."""

from shared.contracts import (
    accounting,
    accounting_systems,
    caf,
    common,
    corrections,
    elan,
    eligibility,
    funding,
    submission,
)
from shared.contracts.event_spec import SERVICES, TYPE_PREFIX, EventSpec

__all__ = ["BY_NAME", "BY_TYPE", "EVENTS", "SERVICES", "TYPE_PREFIX", "EventSpec"]

_GRANT = ("dossier_id", "school_year")
_CAMPAIGN = ("caf", "school_year")
_CLOSING = ("caf", "exercise")
_REPORT = ("caf", "siret", "school_year")
_ORDER = ("order_id",)
_REVISION = ("dossier_id", "revision")
_CONTROL = ("control_id",)
_REVERSAL = ("reversal_id",)
_AMENDMENT = ("amendment_id",)
_DELIVERY = ("entry_id", "system")

EVENTS: tuple[EventSpec, ...] = (
    # What producers outside send.
    EventSpec(caf.CampaignOpened, "Caf", ("submission",), _CAMPAIGN, ("CampaignRegistered",)),
    EventSpec(
        caf.InterimReportReceived,
        "Caf",
        ("submission",),
        _REPORT,
        ("InterimReportRegistered", "DossierReceived"),
    ),
    EventSpec(
        elan.DossierSubmitted,
        "ELAN",
        ("submission",),
        _REVISION,
        ("DossierReceived", "DossierRejected", "ComplementsRequested", "DossierHeld"),
        (
            *("REC-02", "REC-04", "REC-07", "REC-08", "REC-11", "REC-14", "REC-15", "REC-16"),
            *("REC-17", "REC-19", "REC-20", "TEC-01", "TEC-02"),
        ),
    ),
    EventSpec(
        caf.CommitteeDecided,
        "committee",
        ("eligibility",),
        ("dossier_id",),
        ("AgrementGranted", "AgrementRefused", "CommitteeDecisionRejected", "CommitteeAdjourned"),
        (
            *("COM-01", "COM-04", "COM-07", "COM-09", "COM-10", "DER-06", "BON-01", "BON-06"),
            *("PLU-01", "PLU-02", "PLU-04", "RET-04", "TEC-03"),
        ),
    ),
    EventSpec(
        elan.WithdrawalRequested,
        "ELAN",
        ("submission",),
        answers=("DossierWithdrawn", "WithdrawalRefused"),
        refusals=("RET-01", "RET-02", "RET-03", "TEC-01", "TEC-03"),
    ),
    EventSpec(
        corrections.AmendmentDecided,
        "Caf",
        ("eligibility",),
        _AMENDMENT,
        ("AgrementAmended", "AmendmentRejected"),
        ("COM-04", "COM-05", "AGR-01", "AGR-02", "AGR-03", "TEC-01", "TEC-03"),
    ),
    EventSpec(
        corrections.AgrementImported,
        "Caf",
        ("eligibility",),
        answers=("AgrementRegistered", "RequestRefused"),
        refusals=("COM-04", "COM-10", "AGR-01", "TEC-01"),
    ),
    EventSpec(
        caf.ConventionSigned,
        "Caf",
        ("funding",),
        answers=("ConventionRegistered", "RequestRefused"),
        refusals=("TEC-03",),
    ),
    EventSpec(
        caf.EnvelopeAllotted,
        "Caf",
        ("funding",),
        _CLOSING,
        ("EnvelopeRegistered", "FundingGranted"),
    ),
    EventSpec(
        elan.AnnualRenewalFiled,
        "ELAN",
        ("funding",),
        _GRANT,
        ("FundingGranted", "FundingDeferred", "FundingRefused"),
        ("COM-04", "COM-05", "PLU-03", "PRX-07", "ENV-03", "TEC-01", "TEC-03"),
    ),
    EventSpec(
        caf.BaremePublished,
        "Cnaf",
        ("funding",),
        ("start_year",),
        ("BaremeRegistered", "FundingGranted", "FundingDeferred", "RequestRefused"),
        ("ENV-03", "TEC-01"),
    ),
    EventSpec(
        caf.AdvanceOrdered,
        "Caf",
        ("funding",),
        _ORDER,
        ("AdvanceGranted", "AdvanceRefused"),
        (
            *("ACO-01", "ACO-02", "ACO-03", "ACO-04", "CNV-01", "COM-05", "SOL-02"),
            *("TEC-01", "TEC-03"),
        ),
    ),
    EventSpec(
        corrections.AdvanceReversalOrdered,
        "Caf",
        ("funding",),
        _REVERSAL,
        ("AdvanceReversed", "AdvanceReversalRefused"),
        ("COM-05", "ACO-05", "ACO-06", "SOL-02", "TEC-01", "TEC-03"),
    ),
    EventSpec(
        elan.ResultAccountFiled,
        "ELAN/AFAS",
        ("funding",),
        _GRANT,
        ("BalanceSettled", "BalanceRefused"),
        ("CNV-01", "COM-04", "COM-05", "SOL-01", "SOL-03", "TEC-01", "TEC-03"),
    ),
    EventSpec(
        caf.ControlConcluded,
        "control",
        ("funding",),
        _CONTROL,
        ("AdjustmentDecided", "AdjustmentRefused"),
        ("COM-04", "COM-05", "CTL-02", "CTL-04", "SOL-02", "TEC-01", "TEC-03"),
    ),
    EventSpec(
        corrections.FundingCancellationOrdered,
        "Caf",
        ("funding",),
        _GRANT,
        ("FundingCancelled", "CancellationRefused"),
        ("AGR-03", "COM-05", "SOL-02", "TEC-01", "TEC-03"),
    ),
    EventSpec(
        caf.ExerciseClosed,
        "accounting officer",
        ("accounting",),
        _CLOSING,
        ("AccountingEntryPosted", "ClosingCompleted", "ClosingRefused"),
        ("CLO-01", "CLO-02", "CLO-03"),
    ),
    EventSpec(
        accounting_systems.EntryAcknowledged,
        "accounting system",
        ("accounting",),
        _DELIVERY,
        ("DeliveryRegistered", "RequestRefused"),
        ("LIV-01", "TEC-03"),
    ),
    EventSpec(
        accounting_systems.EntryRejected,
        "accounting system",
        ("accounting",),
        _DELIVERY,
        ("DeliveryRegistered", "RequestRefused"),
        ("LIV-01", "LIV-02", "TEC-03"),
    ),
    # submission
    EventSpec(submission.CampaignRegistered, "submission", key=_CAMPAIGN),
    EventSpec(submission.InterimReportRegistered, "submission", key=_REPORT),
    EventSpec(submission.DossierHeld, "submission", key=_REVISION),
    EventSpec(
        submission.DossierReceived,
        "submission",
        ("eligibility",),
        _REVISION,
        ("EligibilityAssessed", "RequestRefused"),
        ("TEC-01",),
    ),
    EventSpec(submission.DossierRejected, "submission", key=_REVISION),
    EventSpec(submission.ComplementsRequested, "submission", key=_REVISION),
    EventSpec(
        submission.WithdrawalForwarded,
        "submission",
        ("eligibility",),
        answers=("WithdrawalJudged",),
        refusals=("RET-03",),
    ),
    EventSpec(submission.DossierWithdrawn, "submission"),
    EventSpec(submission.WithdrawalRefused, "submission"),
    # eligibility
    EventSpec(eligibility.EligibilityAssessed, "eligibility"),
    EventSpec(
        eligibility.AgrementGranted,
        "eligibility",
        ("funding", "submission"),
        answers=("FundingGranted", "FundingDeferred", "FundingRefused"),
        refusals=("COM-05", "ENV-03", "PRX-07"),
    ),
    EventSpec(eligibility.AgrementRegistered, "eligibility", ("funding", "submission")),
    EventSpec(
        eligibility.AgrementAmended,
        "eligibility",
        ("funding", "submission"),
        _AMENDMENT,
        ("FundingAmended", "FundingCancelled", "FundingGranted", "FundingRefused"),
        ("COM-05",),
    ),
    EventSpec(eligibility.AmendmentRejected, "eligibility", key=_AMENDMENT),
    EventSpec(
        eligibility.WithdrawalJudged,
        "eligibility",
        ("submission",),
        answers=("DossierWithdrawn", "WithdrawalRefused"),
    ),
    EventSpec(eligibility.AgrementRefused, "eligibility"),
    EventSpec(eligibility.CommitteeDecisionRejected, "eligibility"),
    EventSpec(eligibility.CommitteeAdjourned, "eligibility"),
    # funding
    EventSpec(funding.BaremeRegistered, "funding", key=("start_year",)),
    EventSpec(funding.ConventionRegistered, "funding"),
    EventSpec(funding.EnvelopeRegistered, "funding", key=_CLOSING),
    EventSpec(funding.FundingGranted, "funding", ("accounting",), _GRANT),
    EventSpec(funding.FundingDeferred, "funding", key=_GRANT),
    EventSpec(
        funding.AdvanceGranted, "funding", ("accounting",), _ORDER, ("AccountingEntryPosted",)
    ),
    EventSpec(funding.AdvanceRefused, "funding", key=_ORDER),
    EventSpec(funding.FundingRefused, "funding", key=_GRANT),
    EventSpec(funding.FundingAmended, "funding", ("accounting",), (*_GRANT, "amendment_id")),
    EventSpec(
        funding.AdvanceReversed, "funding", ("accounting",), _REVERSAL, ("AccountingEntryPosted",)
    ),
    EventSpec(funding.AdvanceReversalRefused, "funding", key=_REVERSAL),
    EventSpec(
        funding.BalanceSettled, "funding", ("accounting",), _GRANT, ("AccountingEntryPosted",)
    ),
    EventSpec(funding.BalanceRefused, "funding", key=_GRANT),
    EventSpec(
        funding.FundingCancelled, "funding", ("accounting",), _GRANT, ("AccountingEntryPosted",)
    ),
    EventSpec(funding.CancellationRefused, "funding", key=_GRANT),
    EventSpec(
        funding.AdjustmentDecided, "funding", ("accounting",), _CONTROL, ("AccountingEntryPosted",)
    ),
    EventSpec(funding.AdjustmentRefused, "funding", key=_CONTROL),
    EventSpec(
        funding.EnvelopeReleaseContinued,
        "funding",
        ("funding",),
        ("caf", "release", "page"),
        ("FundingGranted",),
        internal=True,
    ),
    EventSpec(
        funding.BaremeReleaseContinued,
        "funding",
        ("funding",),
        ("start_year", "after"),
        ("FundingGranted", "FundingDeferred"),
        ("ENV-03",),
        internal=True,
    ),
    # accounting
    EventSpec(accounting.AccountingEntryPosted, "accounting", key=("entry_id",)),
    EventSpec(accounting.DeliveryRegistered, "accounting", key=_DELIVERY),
    EventSpec(accounting.ClosingCompleted, "accounting", key=_CLOSING),
    EventSpec(accounting.ClosingRefused, "accounting", key=_CLOSING),
    EventSpec(
        accounting.ClosingContinued,
        "accounting",
        ("accounting",),
        (*_CLOSING, "step", "after"),
        ("AccountingEntryPosted", "ClosingCompleted"),
        internal=True,
    ),
    # any service
    EventSpec(common.RequestRefused, "any", key=("event_id",)),
    EventSpec(common.MessageRefused, "any", key=("event_id", "sha256")),
)

BY_NAME = {spec.name: spec for spec in EVENTS}
BY_TYPE = {spec.type: spec for spec in EVENTS}


def consumed_by(service: str) -> tuple[EventSpec, ...]:
    """Return the events that a service listens to."""
    return tuple(spec for spec in EVENTS if service in spec.consumers)


def published_by(service: str) -> tuple[EventSpec, ...]:
    """Return the events that a service may publish."""
    return tuple(spec for spec in EVENTS if spec.producer in {service, "any"})
