"""The table of funding: event, states touched, decision.

Envelopes, renewals, result accounts and controls add their lines here.
"""

from services.funding.domain import advances, baremes, conventions, grants
from services.funding.domain.parameters import (
    Bareme,
    BonusRight,
    Ceilings,
    FundingParameters,
    Shares,
)
from services.funding.domain.states import (
    AcceptedOrder,
    Convention,
    Dossier,
    Grant,
    PublishedBareme,
)
from shared.contracts.caf import AdvanceOrdered, BaremePublished, ConventionSigned
from shared.contracts.eligibility import AgrementGranted
from shared.contracts.funding import BaremeReleaseContinued
from shared.kernel.decision import Handler, Service
from shared.kernel.parameters import load

PARAMETERS = FundingParameters(
    baremes=load("services.funding", "parameters/baremes", Bareme),
    shares=load("services.funding", "parameters/shares", Shares),
    ceilings=load("services.funding", "parameters/ceilings", Ceilings),
    bonuses=load("services.funding", "parameters/bonuses", BonusRight),
)

SERVICE = Service(
    name="funding",
    handlers=(
        Handler(event=AgrementGranted, reads=grants.reads, decide=grants.grant),
        Handler(event=ConventionSigned, reads=conventions.reads, decide=conventions.sign),
        Handler(event=BaremePublished, reads=baremes.reads_bareme, decide=baremes.register),
        Handler(event=BaremeReleaseContinued, reads=baremes.reads_release, decide=baremes.release),
        Handler(event=AdvanceOrdered, reads=advances.reads, decide=advances.order_advance),
    ),
    states=(Grant, Dossier, Convention, AcceptedOrder, PublishedBareme),
    parameters=PARAMETERS,
)
