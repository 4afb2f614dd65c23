"""The table of funding: event, states touched, decision."""

from services.funding.domain import (
    advances,
    allotments,
    amendments,
    balances,
    baremes,
    cancellations,
    controls,
    conventions,
    grants,
    renewals,
    reversals,
)
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.parameters import (
    Bareme,
    BonusRight,
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
from shared.contracts.eligibility import AgrementAmended, AgrementGranted, AgrementRegistered
from shared.contracts.funding import BaremeReleaseContinued, EnvelopeReleaseContinued
from shared.kernel.decision import Handler, Service
from shared.kernel.parameters import load

PARAMETERS = FundingParameters(
    baremes=load("services.funding", "parameters/baremes", Bareme),
    shares=load("services.funding", "parameters/shares", Shares),
    ceilings=load("services.funding", "parameters/ceilings", Ceilings),
    bonuses=load("services.funding", "parameters/bonuses", BonusRight),
    contradictory_periods=load(
        "services.funding", "parameters/contradictory_periods", ContradictoryPeriod
    ),
)

SERVICE = Service(
    name="funding",
    handlers=(
        Handler(event=AgrementGranted, reads=grants.reads, decide=grants.grant),
        Handler(
            event=AgrementRegistered, reads=grants.reads_imported, decide=grants.register_imported
        ),
        Handler(event=AnnualRenewalFiled, reads=renewals.reads, decide=renewals.renew),
        Handler(event=EnvelopeAllotted, reads=allotments.reads, decide=allotments.register),
        Handler(
            event=EnvelopeReleaseContinued,
            reads=allotments.reads_release,
            decide=allotments.release,
        ),
        Handler(event=ConventionSigned, reads=conventions.reads, decide=conventions.sign),
        Handler(event=BaremePublished, reads=baremes.reads_bareme, decide=baremes.register),
        Handler(event=BaremeReleaseContinued, reads=baremes.reads_release, decide=baremes.release),
        Handler(event=AdvanceOrdered, reads=advances.reads, decide=advances.order_advance),
        Handler(event=AdvanceReversalOrdered, reads=reversals.reads, decide=reversals.reverse),
        Handler(
            event=FundingCancellationOrdered,
            reads=cancellations.reads,
            decide=cancellations.cancel,
        ),
        Handler(event=AgrementAmended, reads=amendments.reads, decide=amendments.amend),
        Handler(event=ResultAccountFiled, reads=balances.reads, decide=balances.settle),
        Handler(event=ControlConcluded, reads=controls.reads, decide=controls.conclude),
    ),
    states=(
        Grant,
        Dossier,
        Envelopes,
        Convention,
        AcceptedOrder,
        AcceptedReversal,
        AcceptedControl,
        PublishedBareme,
    ),
    parameters=PARAMETERS,
)
