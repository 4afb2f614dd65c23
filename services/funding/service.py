"""Funding's handlers: each event with the states it requires and its decision."""

from services.funding.domain import (
    advances,
    allotments,
    amendments,
    balances,
    baremes,
    cancellations,
    controls,
    conventions,
    forecasts,
    grants,
    renewals,
    reversals,
)
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.parameters import (
    Bareme,
    BonusRight,
    BudgetGap,
    Ceilings,
    ContradictoryPeriod,
    FundingParameters,
    Shares,
)
from services.funding.domain.states import (
    AcceptedControl,
    AcceptedOrder,
    AcceptedReversal,
    Convention,
    Dossier,
    ForecastInputs,
    Grant,
    PublishedBareme,
)
from shared.contracts.caf import (
    AdvanceOrdered,
    BaremePublished,
    ControlConcluded,
    ConventionSigned,
    EnvelopeAllotted,
)
from shared.contracts.corrections import AdvanceReversalOrdered, FundingCancellationOrdered
from shared.contracts.elan import AnnualRenewalFiled, ResultAccountFiled
from shared.contracts.eligibility import (
    AgrementAmended,
    AgrementGranted,
    AgrementRefused,
    AgrementRegistered,
    EligibilityAssessed,
)
from shared.contracts.forecasts import ForecastReleaseContinued
from shared.contracts.funding import BaremeReleaseContinued, EnvelopeReleaseContinued
from shared.contracts.submission import DossierWithdrawn
from shared.kernel.parameters import load
from shared.kernel.service import Handler, Service

PARAMETERS = FundingParameters(
    baremes=load("services.funding", "parameters/baremes", Bareme),
    shares=load("services.funding", "parameters/shares", Shares),
    ceilings=load("services.funding", "parameters/ceilings", Ceilings),
    bonuses=load("services.funding", "parameters/bonuses", BonusRight),
    contradictory_periods=load(
        "services.funding", "parameters/contradictory_periods", ContradictoryPeriod
    ),
    budget_gap=load("services.funding", "parameters/budget_gap", BudgetGap),
)

SERVICE = Service(
    name="funding",
    handlers=(
        Handler(
            event=EligibilityAssessed,
            required_states=forecasts.required_states,
            decide=forecasts.forecast,
        ),
        Handler(
            event=ForecastReleaseContinued,
            required_states=forecasts.required_states_of_release,
            decide=forecasts.release,
        ),
        Handler(
            event=AgrementRefused,
            required_states=forecasts.required_states_of_end,
            decide=forecasts.end,
        ),
        Handler(
            event=DossierWithdrawn,
            required_states=forecasts.required_states_of_end,
            decide=forecasts.end,
        ),
        Handler(event=AgrementGranted, required_states=grants.required_states, decide=grants.grant),
        Handler(
            event=AgrementRegistered,
            required_states=grants.required_states_of_import,
            decide=grants.register_imported,
        ),
        Handler(
            event=AnnualRenewalFiled,
            required_states=renewals.required_states,
            decide=renewals.RENEWAL,
        ),
        Handler(
            event=EnvelopeAllotted,
            required_states=allotments.required_states,
            decide=allotments.register,
        ),
        Handler(
            event=EnvelopeReleaseContinued,
            required_states=allotments.required_states_of_release,
            decide=allotments.release,
        ),
        Handler(
            event=ConventionSigned,
            required_states=conventions.required_states,
            decide=conventions.CONVENTION,
        ),
        Handler(
            event=BaremePublished, required_states=baremes.required_states, decide=baremes.BAREME
        ),
        Handler(
            event=BaremeReleaseContinued,
            required_states=baremes.required_states_of_release,
            decide=baremes.release,
        ),
        Handler(
            event=AdvanceOrdered,
            required_states=advances.required_states,
            decide=advances.ADVANCE_ORDER,
        ),
        Handler(
            event=AdvanceReversalOrdered,
            required_states=reversals.required_states,
            decide=reversals.ADVANCE_REVERSAL,
        ),
        Handler(
            event=FundingCancellationOrdered,
            required_states=cancellations.required_states,
            decide=cancellations.CANCELLATION_ORDER,
        ),
        Handler(
            event=AgrementAmended,
            required_states=amendments.required_states,
            decide=amendments.amend,
        ),
        Handler(
            event=ResultAccountFiled,
            required_states=balances.required_states,
            decide=balances.RESULT_ACCOUNT,
        ),
        Handler(
            event=ControlConcluded,
            required_states=controls.required_states,
            decide=controls.CONTROL,
        ),
    ),
    states=(
        Grant,
        Dossier,
        ForecastInputs,
        Envelopes,
        Convention,
        AcceptedOrder,
        AcceptedReversal,
        AcceptedControl,
        PublishedBareme,
    ),
    parameters=PARAMETERS,
)
