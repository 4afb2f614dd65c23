"""The contract registry: one row per event type, from which bindings and documents are made."""

from shared.contracts import (
    accounting,
    common,
    eligibility,
    forecasts,
    funding,
    submission,
)
from shared.contracts.business_keys import (
    AMENDMENT,
    CAMPAIGN,
    CLOSING,
    CONTROL,
    DELIVERY,
    GRANT,
    ORDER,
    REPORT,
    REVERSAL,
    REVISION,
)
from shared.contracts.event_spec import SERVICES, TYPE_PREFIX, EventSpec
from shared.contracts.requests import REQUESTS

__all__ = ["BY_NAME", "BY_TYPE", "EVENTS", "SERVICES", "TYPE_PREFIX", "EventSpec"]

EVENTS: tuple[EventSpec, ...] = (
    *REQUESTS,
    # submission
    EventSpec(submission.CampaignRegistered, "submission", key=CAMPAIGN),
    EventSpec(submission.InterimReportRegistered, "submission", key=REPORT),
    EventSpec(submission.DossierHeld, "submission", key=REVISION),
    EventSpec(
        submission.DossierReceived,
        "submission",
        ("eligibility",),
        REVISION,
        ("EligibilityAssessed", "RequestRefused"),
        ("TEC-01",),
    ),
    EventSpec(
        submission.CampaignReleaseContinued,
        "submission",
        ("submission",),
        (*CAMPAIGN, "after"),
        ("DossierReceived", "DossierRejected", "ComplementsRequested", "DossierHeld"),
        internal=True,
    ),
    EventSpec(submission.DossierRejected, "submission", key=REVISION),
    EventSpec(submission.ComplementsRequested, "submission", key=REVISION),
    EventSpec(
        submission.WithdrawalForwarded,
        "submission",
        ("eligibility",),
        answers=("WithdrawalJudged",),
        refusals=("RET-03",),
    ),
    EventSpec(submission.DossierWithdrawn, "submission", ("funding",), new_consumers=("funding",)),
    EventSpec(submission.WithdrawalRefused, "submission"),
    # eligibility
    EventSpec(
        eligibility.EligibilityAssessed,
        "eligibility",
        ("funding",),
        answers=("FundingForecast",),
        new_consumers=("funding",),
    ),
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
        AMENDMENT,
        ("FundingAmended", "FundingCancelled", "FundingGranted", "FundingRefused"),
        ("COM-05",),
    ),
    EventSpec(eligibility.AmendmentRejected, "eligibility", key=AMENDMENT),
    EventSpec(
        eligibility.WithdrawalJudged,
        "eligibility",
        ("submission",),
        answers=("DossierWithdrawn", "WithdrawalRefused"),
    ),
    EventSpec(
        eligibility.DossierReopened,
        "eligibility",
        ("submission",),
        answers=("ComplementsRequested", "RequestRefused"),
        refusals=("RET-04",),
    ),
    EventSpec(eligibility.AgrementRefused, "eligibility", ("funding",), new_consumers=("funding",)),
    EventSpec(eligibility.CommitteeDecisionRejected, "eligibility"),
    EventSpec(eligibility.CommitteeAdjourned, "eligibility"),
    # funding
    EventSpec(funding.BaremeRegistered, "funding", key=("start_year",)),
    EventSpec(funding.ConventionRegistered, "funding"),
    EventSpec(funding.EnvelopeRegistered, "funding", key=CLOSING),
    EventSpec(forecasts.FundingForecast, "funding", key=GRANT),
    EventSpec(funding.FundingGranted, "funding", ("accounting",), GRANT),
    EventSpec(funding.FundingDeferred, "funding", key=GRANT),
    EventSpec(
        funding.AdvanceGranted, "funding", ("accounting",), ORDER, ("AccountingEntryPosted",)
    ),
    EventSpec(funding.AdvanceRefused, "funding", key=ORDER),
    EventSpec(funding.FundingRefused, "funding", key=GRANT),
    EventSpec(funding.FundingAmended, "funding", ("accounting",), (*GRANT, "amendment_id")),
    EventSpec(
        funding.AdvanceReversed, "funding", ("accounting",), REVERSAL, ("AccountingEntryPosted",)
    ),
    EventSpec(funding.AdvanceReversalRefused, "funding", key=REVERSAL),
    EventSpec(
        funding.BalanceSettled, "funding", ("accounting",), GRANT, ("AccountingEntryPosted",)
    ),
    EventSpec(funding.BalanceRefused, "funding", key=GRANT),
    EventSpec(
        funding.FundingCancelled, "funding", ("accounting",), GRANT, ("AccountingEntryPosted",)
    ),
    EventSpec(funding.CancellationRefused, "funding", key=GRANT),
    EventSpec(
        funding.AdjustmentDecided, "funding", ("accounting",), CONTROL, ("AccountingEntryPosted",)
    ),
    EventSpec(funding.AdjustmentRefused, "funding", key=CONTROL),
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
    EventSpec(
        forecasts.ForecastReleaseContinued,
        "funding",
        ("funding",),
        ("start_year", "after"),
        ("FundingForecast",),
        internal=True,
    ),
    # accounting
    EventSpec(accounting.AccountingEntryPosted, "accounting", key=("entry_id",)),
    EventSpec(accounting.DeliveryRegistered, "accounting", key=DELIVERY),
    EventSpec(accounting.ClosingCompleted, "accounting", key=CLOSING),
    EventSpec(accounting.ClosingRefused, "accounting", key=CLOSING),
    EventSpec(
        accounting.ClosingContinued,
        "accounting",
        ("accounting",),
        (*CLOSING, "step", "after"),
        ("AccountingEntryPosted", "ClosingCompleted"),
        internal=True,
    ),
    # any service
    EventSpec(common.RequestRefused, "any", key=("event_id",)),
    EventSpec(common.MessageRefused, "any", key=("event_id", "sha256")),
)

BY_NAME = {spec.name: spec for spec in EVENTS}
BY_TYPE = {spec.type: spec for spec in EVENTS}


def event_name(event_type: str | None) -> str:
    """Return the name of an event, or its type where the contract has no such event."""
    spec = BY_TYPE.get(event_type or "")
    return spec.name if spec else event_type or "type illisible"


def consumed_by(service: str) -> tuple[EventSpec, ...]:
    """Return the events that a service consumes."""
    return tuple(spec for spec in EVENTS if service in spec.consumers)


def published_by(service: str) -> tuple[EventSpec, ...]:
    """Return the events that a service may publish."""
    return tuple(spec for spec in EVENTS if spec.producer in {service, "any"})
