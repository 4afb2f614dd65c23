"""French labels of the codes of the contract, a table for each type; and of answers.

Tests compare them with the types and the registry. Grades and places are French words already.
"""

from collections.abc import Mapping

from shared.contracts.accounting import ClosingStep, DeliveryStatus, EntryKind
from shared.contracts.caf import CommitteeOutcome
from shared.contracts.corrections import AmendmentEffect
from shared.contracts.eligibility import Outcome, Verdict
from shared.contracts.funding import AdjustmentKind, ChargeStatus
from shared.contracts.types import Awaited, BonusKind, GestionnaireKind, SchoolLevel

PRODUCERS: Mapping[str, str] = {
    "Caf": "Caf",
    "Cnaf": "Cnaf",
    "ELAN": "ELAN",
    "ELAN/AFAS": "ELAN/AFAS",
    "committee": "comité",
    "control": "contrôle",
    "accounting officer": "agent comptable",
    "accounting system": "système comptable",
    "submission": "service recevabilité",
    "eligibility": "service éligibilité",
    "funding": "service financement",
    "accounting": "service comptabilité",
}
"""By the producer of an event in the registry."""
GESTIONNAIRE_KINDS: Mapping[GestionnaireKind, str] = {
    "association": "association",
    "commune": "commune",
    "epci": "EPCI",
    "ccas": "CCAS",
    "centre_social": "centre social",
    "entreprise": "entreprise",
    "caf": "Caf",
}
SCHOOL_LEVELS: Mapping[SchoolLevel, str] = {
    "elementaire": "élémentaire",
    "college": "collège",
    "lycee": "lycée",
}
AWAITED: Mapping[Awaited, str] = {
    "campaign": "l’appel à projets de sa Caf [REC-20]",
    "interim_report": "le bilan intermédiaire du gestionnaire [REC-09]",
}
ACTIVITIES: Mapping[str, str] = {
    "aide_aux_devoirs": "aide aux devoirs",
    "methodologie": "méthodologie",
    "ludique": "ludique",
    "artistique": "artistique",
    "culturelle": "culturelle",
    "sportive": "sportive",
    "citoyenne": "citoyenne",
    "numerique": "numérique",
    "autre": "autre",
}
BONUS_KINDS: Mapping[BonusKind, str] = {"enfants": "bonus enfants", "parents": "bonus parents"}
COMMITTEE_OUTCOMES: Mapping[CommitteeOutcome, str] = {
    "granted": "accordé",
    "refused": "refusé",
    "adjourned": "ajourné",
}
VERDICTS: Mapping[Verdict, str] = {
    "eligible": "éligible",
    "derogation": "éligible sous réserve de dérogation",
    "ineligible": "inéligible",
}
FINDING_OUTCOMES: Mapping[Outcome, str] = {
    "ok": "conforme",
    "breach": "non conforme",
    "derogation": "dérogation nécessaire",
    "review": "à examiner",
    "not_applicable": "sans objet",
}
AMENDMENT_EFFECTS: Mapping[AmendmentEffect, str] = {"reduced": "réduit", "withdrawn": "retiré"}
CHARGE_STATUSES: Mapping[ChargeStatus, str] = {
    "unchecked": "enveloppe non contrôlée",
    "reserved": "réservé sur l’enveloppe",
}
ADJUSTMENT_KINDS: Mapping[AdjustmentKind, str] = {
    "rappel": "rappel",
    "indu": "indu",
    "none": "sans suite",
}
ENTRY_KINDS: Mapping[EntryKind, str] = {
    "advance": "acompte",
    "advance_reversal": "contrepassation d’acompte",
    "accrual": "charge à payer",
    "accrual_release": "reprise de charge à payer",
    "commitment": "engagement",
    "commitment_reversal": "contrepassation d’engagement",
    "balance": "solde",
    "cancellation": "annulation",
    "adjustment": "suites de contrôle",
}
DELIVERY_STATUSES: Mapping[DeliveryStatus, str] = {
    "acknowledged": "comptabilisée",
    "rejected": "rejetée",
}
CLOSING_STEPS: Mapping[ClosingStep, str] = {
    "grants": "ses droits sont passés en revue",
    "entries": "ses écritures sont validées",
}
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "recevabilité": {
        "DossierHeld": "en attente",
        "DossierReceived": "recevable",
        "DossierRejected": "rejeté",
        "ComplementsRequested": "à compléter",
    },
    "réouverture": {"DossierReopened": "rouvert"},
    "prévision": {"FundingForecast": "chiffrée"},
    "comité": {
        "AgrementGranted": "accordé",
        "AgrementRefused": "refusé",
        "CommitteeAdjourned": "ajourné",
        "CommitteeDecisionRejected": "décision rejetée",
    },
    "financement": {
        "FundingGranted": "accordé",
        "FundingDeferred": "différé",
        "FundingRefused": "refusé",
        "FundingAmended": "modifié",
        "FundingCancelled": "annulé",
        "CancellationRefused": "annulation refusée",
    },
    "convention": {"ConventionRegistered": "enregistrée"},
    "acompte": {
        "AdvanceGranted": "accordé",
        "AdvanceRefused": "refusé",
        "AdvanceReversed": "contrepassé",
        "AdvanceReversalRefused": "contrepassation refusée",
    },
    "solde": {"BalanceSettled": "soldé", "BalanceRefused": "refusé"},
    "contrôle": {"AdjustmentDecided": "décidé", "AdjustmentRefused": "refusé"},
    "retrait": {"DossierWithdrawn": "retiré", "WithdrawalRefused": "refusé"},
    "modification de l’agrément": {
        "AgrementAmended": "enregistrée",
        "AmendmentRejected": "rejetée",
    },
    "autres demandes": {
        "BaremeRegistered": "barème enregistré",
        "EnvelopeRegistered": "enveloppe enregistrée",
        "RequestRefused": "demande refusée",
    },
    "clôture": {"ClosingCompleted": "faite", "ClosingRefused": "refusée"},
}
"""The answer that an event is, in two words: by question, then by event, as cases write it."""
