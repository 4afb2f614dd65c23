"""The words of what happens around a dossier: committee, advances, accounts, control."""

from collections.abc import Callable
from dataclasses import dataclass

from services.cli.cases import examples as sound
from services.cli.cases import follow_ups as around
from services.cli.cases.dossier_fields import BUDGET_TOTAL, CAF, RESOURCE, lacking
from services.cli.cases.mapping import (
    AMOUNT,
    COUNT,
    DAY,
    FILLED,
    TEXT,
    TEXTS,
    YES,
    Codec,
    Document,
    Field,
    Words,
    choice,
    read,
    several,
    write,
)

REPORT = {"qualitatif": "qualitative", "quantitatif": "quantitative", "financier": "financial"}
YEAR = Field("année scolaire", "school_year", TEXT)
MISSING_REPORT = Field("bilan absent", "report", lacking(REPORT, filled=True, empty=False))
MOTIVE = Field("motif", "motive", FILLED, optional=True)
GROUND = Field("fondement", "legal_ground", FILLED)
ACTUAL = (
    Field("nom", "collectif_id", TEXT),
    Field("a fonctionné", "ran", YES),
    Field("coût réel", "actual_cost", AMOUNT),
    Field("bonus réalisés", "bonus_done", TEXTS),
)
RENEWED = (Field("nom", "collectif_id", TEXT), Field("coût prévisionnel", "forecast_cost", AMOUNT))


def rows(words: Words, default: Document) -> Codec:
    """Return the notation of a list of objects, each by its own words."""
    return Codec(
        lambda given: [read(words, each, dict(default), words[0].label) for each in given],
        lambda values: [write(words, each, dict.fromkeys(each)) for each in values],
    )


def _pair(field: str) -> Codec:
    """Return the notation `ELI-27 (C1)` of a rule or a bonus, and the collectif it goes to."""

    def taken(given: object) -> Document:
        name, _, collectif = str(given).partition(" (")
        return {field: name, "collectif_id": collectif.removesuffix(")") or None}

    def told(value: Document) -> str:
        collectif = value["collectif_id"]
        return f"{value[field]} ({collectif})" if collectif else str(value[field])

    return several(Codec(taken, told))


COMMITTEE = (
    CAF,
    Field("le", "decided_on", DAY),
    Field("décision", "outcome", choice(accordé="granted", refusé="refused", ajourné="adjourned")),
    MOTIVE,
    Field("membres présents", "members_present", TEXTS),
    Field("collectifs", "collectifs", TEXTS),
    Field("dérogations", "derogations_granted", _pair("rule")),
    Field("bonus", "bonuses", _pair("kind")),
    Field("pluriannuel jusqu’à", "multi_year_until", TEXT, optional=True),
)
BUDGET = (
    *(Field(each.label, f"budget.{each.field}", each.notation) for each in BUDGET_TOTAL),
    Field("ressources", "budget.resources", rows(RESOURCE, sound.resource())),
)
ACCOUNTS = (
    Field("collectifs", "collectifs", rows(ACTUAL, {"bonus_done": [], "ran": True})),
    *BUDGET,
)


@dataclass(frozen=True, slots=True)
class FollowUpFields:
    """Something that happens: its name in a case, its event, its words, what is sound.

    `numbered` is the field that tells the second one of a case from the first.
    """

    label: str
    event: str
    words: Words
    sound: Callable[[Document], Document]
    numbered: str | None = None

    def nth(self, count: int, dossier: Document) -> Document:
        """Return the sound data of the n-th of a case."""
        document = self.sound(dossier)
        if self.numbered:
            document[self.numbered] = f"{document[self.numbered].removesuffix('1')}{count}"
        return document


_EXERCISE = Field("exercice", "exercise", COUNT)
STEPS = (
    FollowUpFields(
        "bilan intermédiaire",
        "InterimReportReceived",
        (YEAR, Field("reçu le", "received_on", DAY)),
        around.interim_report,
    ),
    FollowUpFields("dossier semblable", "DossierSubmitted", (), around.dossier_alike),
    FollowUpFields(
        "agrément en cours",
        "AgrementImported",
        (YEAR, Field("jusqu’à", "multi_year_until", TEXT)),
        around.old_agrement,
    ),
    FollowUpFields("comité", "CommitteeDecided", COMMITTEE, around.committee),
    FollowUpFields(
        "convention",
        "ConventionSigned",
        (CAF, Field("signée le", "signed_on", DAY)),
        around.convention,
    ),
    FollowUpFields(
        "acompte",
        "AdvanceOrdered",
        (
            CAF,
            YEAR,
            Field("numéro", "order_id", TEXT),
            _EXERCISE,
            Field("montant", "amount", AMOUNT),
            Field("le", "ordered_on", DAY),
        ),
        around.advance,
        numbered="order_id",
    ),
    FollowUpFields(
        "comptes",
        "ResultAccountFiled",
        (CAF, YEAR, Field("déposés le", "filed_on", DAY), MISSING_REPORT, *ACCOUNTS),
        around.accounts,
    ),
    FollowUpFields(
        "contrôle",
        "ControlConcluded",
        (
            CAF,
            YEAR,
            Field("numéro", "control_id", TEXT),
            Field("observations envoyées le", "observations_sent_on", DAY),
            Field("réponse le", "answered_on", DAY, optional=True),
            Field("décidé le", "decided_on", DAY),
            *ACCOUNTS,
        ),
        around.control,
        numbered="control_id",
    ),
    FollowUpFields(
        "renouvellement",
        "AnnualRenewalFiled",
        (
            CAF,
            YEAR,
            Field("déposé le", "filed_on", DAY),
            MISSING_REPORT,
            Field("collectifs", "collectifs", rows(RENEWED, {})),
            *BUDGET,
        ),
        around.renewal,
    ),
    FollowUpFields(
        "enveloppe",
        "EnvelopeAllotted",
        (_EXERCISE, Field("montant", "amount", AMOUNT)),
        around.envelope,
    ),
    FollowUpFields(
        "barème",
        "BaremePublished",
        (
            Field("année", "start_year", COUNT),
            Field("plafond", "plafond", AMOUNT),
            Field("Ps maximale", "ps_max", AMOUNT),
            Field("bonus enfants", "bonus_enfants", AMOUNT),
            Field("bonus parents", "bonus_parents", AMOUNT),
        ),
        around.bareme,
    ),
    FollowUpFields(
        "clôture", "ExerciseClosed", (_EXERCISE, Field("le", "closed_on", DAY)), around.closing
    ),
    FollowUpFields(
        "retrait",
        "WithdrawalRequested",
        (CAF, Field("le", "requested_on", DAY), MOTIVE),
        around.withdrawal,
    ),
    FollowUpFields(
        "modification de l’agrément",
        "AmendmentDecided",
        (
            CAF,
            Field("numéro", "amendment_id", TEXT),
            Field("le", "decided_on", DAY),
            Field("effet", "effect", choice(réduit="reduced", retiré="withdrawn")),
            Field("à partir de", "from_school_year", TEXT),
            Field("collectifs", "collectifs", TEXTS),
            GROUND,
            Field("motif", "motive", FILLED),
        ),
        around.amendment,
        numbered="amendment_id",
    ),
    FollowUpFields(
        "annulation",
        "FundingCancellationOrdered",
        (CAF, YEAR, Field("le", "ordered_on", DAY), GROUND, Field("motif", "motive", FILLED)),
        around.cancellation,
    ),
    FollowUpFields(
        "contrepassation d’acompte",
        "AdvanceReversalOrdered",
        (
            CAF,
            YEAR,
            Field("numéro", "reversal_id", TEXT),
            Field("acompte", "order_id", TEXT),
            Field("le", "ordered_on", DAY),
            Field("motif", "motive", FILLED),
        ),
        around.reversal,
        numbered="reversal_id",
    ),
)
BY_LABEL = {step.label: step for step in STEPS}
BY_EVENT = {step.event: step for step in STEPS if step.words}
