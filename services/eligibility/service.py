"""Eligibility's handlers (event, required states, decision) and its dated parameters."""

from services.eligibility.domain import (
    amendments,
    assessment,
    committee,
    imports,
    referentiel,
    reopenings,
    withdrawals,
)
from services.eligibility.domain.states import (
    AcceptedAmendment,
    Agrement,
    Dossier,
    EarlyWithdrawal,
    SharedTerritory,
)
from services.eligibility.holidays import autumn_holidays
from shared.contracts.caf import CommitteeDecided, ComplementsOrdered
from shared.contracts.corrections import AgrementImported, AmendmentDecided
from shared.contracts.submission import DossierReceived, WithdrawalForwarded
from shared.kernel.parameters import load
from shared.kernel.service import Handler, Service

_FOLDER = "services.eligibility.parameters"

PARAMETERS = referentiel.Parameters(
    edition=load(_FOLDER, "referentiel", referentiel.Edition),
    public=load(_FOLDER, "public", referentiel.Public),
    charter=load(_FOLDER, "charter", referentiel.Charter),
    objectives=load(_FOLDER, "objectives", referentiel.Objectives),
    size=load(_FOLDER, "collectif", referentiel.CollectifSize),
    places=load(_FOLDER, "places", referentiel.Places),
    sessions=load(_FOLDER, "sessions", referentiel.Sessions),
    staff=load(_FOLDER, "staff", referentiel.Staff),
    budget=load(_FOLDER, "budget", referentiel.BudgetLimits),
    multi_year=load(_FOLDER, "multi_year", referentiel.MultiYearLimits),
    transition=load(_FOLDER, "transition", referentiel.Transition),
    bonus=load(_FOLDER, "bonus", referentiel.Bonuses),
    autumn_holidays=autumn_holidays(),
)

SERVICE = Service(
    name="eligibility",
    handlers=(
        Handler(
            event=DossierReceived,
            required_states=assessment.required_states,
            decide=assessment.RECEIVED_DOSSIER,
        ),
        Handler(
            event=ComplementsOrdered,
            required_states=reopenings.required_states,
            decide=reopenings.REOPENING,
        ),
        Handler(
            event=CommitteeDecided,
            required_states=committee.required_states,
            decide=committee.COMMITTEE_DECISION,
        ),
        Handler(
            event=WithdrawalForwarded,
            required_states=withdrawals.required_states,
            decide=withdrawals.decide_withdrawal,
        ),
        Handler(
            event=AmendmentDecided,
            required_states=amendments.required_states,
            decide=amendments.AMENDMENT,
        ),
        Handler(
            event=AgrementImported, required_states=imports.required_states, decide=imports.IMPORT
        ),
    ),
    states=(Dossier, EarlyWithdrawal, SharedTerritory, Agrement, AcceptedAmendment),
    parameters=PARAMETERS,
)
