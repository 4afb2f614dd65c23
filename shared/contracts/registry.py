"""The contract registry: one row per event. Bindings, schemas, AsyncAPI and the page come from it.

Balance, control, renewal and envelopes are not in it yet: `AWAITED` names the events whose
rows and decisions are still to be written. They pass through `clas.log` only.
"""

from dataclasses import dataclass

from shared.contracts import accounting, caf, common, elan, eligibility, funding, submission
from shared.contracts.base import Wire

SERVICES = ("submission", "eligibility", "funding", "accounting")
TYPE_PREFIX = "fr.caf.clas."
AWAITED = (
    "EnvelopeAllotted",
    "AnnualRenewalFiled",
    "ResultAccountFiled",
    "ControlConcluded",
    "EnvelopeRegistered",
    "FundingRefused",
    "BalanceSettled",
    "BalanceRefused",
    "AdjustmentDecided",
    "AdjustmentRefused",
)


@dataclass(frozen=True, slots=True)
class EventSpec:
    """One event: who says it, who listens, what makes it one, and what may be answered.

    `key` names the fields of the business key. `refusals` are the rule ids that an answer of
    refusal may carry. `internal` marks a service's message to itself: partners ignore it.
    """

    model: type[Wire]
    producer: str
    consumers: tuple[str, ...] = ()
    key: tuple[str, ...] = ("dossier_id",)
    answers: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    internal: bool = False

    @property
    def name(self) -> str:
        """The event's name, `DossierSubmitted`."""
        return self.model.__name__

    @property
    def type(self) -> str:
        """The CloudEvents type, `fr.caf.clas.DossierSubmitted.v1`."""
        return f"{TYPE_PREFIX}{self.name}.v1"


_GRANT = ("dossier_id", "school_year")
_CAMPAIGN = ("caf", "school_year")
_CLOSING = ("caf", "exercise")
_REPORT = ("caf", "siret", "school_year")
_ORDER = ("order_id",)
_REVISION = ("dossier_id", "revision")

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
            *("PLU-01", "PLU-02", "PLU-04", "TEC-03"),
        ),
    ),
    EventSpec(
        caf.ConventionSigned,
        "Caf",
        ("funding",),
        answers=("ConventionRegistered", "RequestRefused"),
        refusals=("TEC-03",),
    ),
    EventSpec(
        caf.BaremePublished,
        "Cnaf",
        ("funding",),
        ("start_year",),
        ("BaremeRegistered", "FundingGranted", "RequestRefused"),
        ("TEC-01",),
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
        caf.ExerciseClosed,
        "accounting officer",
        ("accounting",),
        _CLOSING,
        ("AccountingEntryPosted", "ClosingCompleted", "ClosingRefused"),
        ("CLO-01", "CLO-02", "CLO-03"),
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
    # eligibility
    EventSpec(eligibility.EligibilityAssessed, "eligibility"),
    EventSpec(
        eligibility.AgrementGranted,
        "eligibility",
        ("funding", "submission"),
        answers=("FundingGranted", "FundingDeferred"),
        refusals=("PRX-07",),
    ),
    EventSpec(eligibility.AgrementRefused, "eligibility"),
    EventSpec(eligibility.CommitteeDecisionRejected, "eligibility"),
    EventSpec(eligibility.CommitteeAdjourned, "eligibility"),
    # funding
    EventSpec(funding.BaremeRegistered, "funding", key=("start_year",)),
    EventSpec(funding.ConventionRegistered, "funding"),
    EventSpec(funding.FundingGranted, "funding", ("accounting",), _GRANT),
    EventSpec(funding.FundingDeferred, "funding", key=_GRANT),
    EventSpec(
        funding.AdvanceGranted, "funding", ("accounting",), _ORDER, ("AccountingEntryPosted",)
    ),
    EventSpec(funding.AdvanceRefused, "funding", key=_ORDER),
    EventSpec(
        funding.BaremeReleaseContinued,
        "funding",
        ("funding",),
        ("start_year", "after"),
        ("FundingGranted",),
        internal=True,
    ),
    # accounting
    EventSpec(accounting.AccountingEntryPosted, "accounting", key=("entry_id",)),
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
