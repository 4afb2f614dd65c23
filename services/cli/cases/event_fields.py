"""The fields of the events that follow a dossier: committee, advances, accounts, control."""

from dataclasses import dataclass

from services.cli.cases import examples
from services.cli.cases.dossier_fields import BUDGET_TOTAL, CAF, RESOURCE, absent_items
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
    Fields,
    coded,
    read,
    several,
    write,
)
from shared.contracts.labels import AMENDMENT_EFFECTS, COMMITTEE_OUTCOMES
from shared.examples.dossier import resource

REPORT = {"qualitatif": "qualitative", "quantitatif": "quantitative", "financier": "financial"}
NO_RULE = "sans règle"
YEAR = Field("année scolaire", "school_year", TEXT)
MISSING_REPORT = Field("bilan absent", "report", absent_items(REPORT, filled=True, empty=False))
MOTIVE = Field("motif", "motive", FILLED, optional=True)
GROUND = Field("fondement", "legal_ground", FILLED)
ACTUAL = (
    Field("nom", "collectif_id", TEXT),
    Field("a fonctionné", "ran", YES),
    Field("coût réel", "actual_cost", AMOUNT),
    Field("bonus réalisés", "bonus_done", TEXTS),
)
RENEWED = (Field("nom", "collectif_id", TEXT), Field("coût prévisionnel", "forecast_cost", AMOUNT))


def rows(fields: Fields, default: Document) -> Codec:
    """Return the codec of a list of objects, by their fields."""
    return Codec(
        lambda values: [read(fields, each, dict(default), fields[0].label) for each in values],
        lambda values: [write(fields, each, dict.fromkeys(each)) for each in values],
    )


def _pair(key: str) -> Codec:
    """Return the codec of a rule or a bonus with its collectif: `ELI-27 (C1)`."""

    def parse(text: object) -> Document:
        name, _, collectif = TEXT.read(text).partition(" (")
        return {key: name, "collectif_id": collectif.removesuffix(")") or None}

    def render(value: Document) -> str:
        collectif = value["collectif_id"]
        return f"{value[key]} ({collectif})" if collectif else str(value[key])

    return several(Codec(parse, render))


ASKED = several(
    Codec(
        lambda text: {
            "rule": str(text) if text != NO_RULE else None,
            "message": examples.FREE_TEXT,
        },
        lambda complement: complement["rule"] or NO_RULE,
    )
)
"""Complements by the rules that ask for them: their sentences are free texts, which no case has."""
COMMITTEE = (
    CAF,
    Field("le", "decided_on", DAY),
    Field("décision", "outcome", coded(COMMITTEE_OUTCOMES)),
    MOTIVE,
    Field("membres présents", "members_present", TEXTS),
    Field("collectifs", "collectifs", TEXTS),
    Field("dérogations", "derogations_granted", _pair("rule")),
    Field("bonus", "bonuses", _pair("kind")),
    Field("pluriannuel jusqu’à", "multi_year_until", TEXT, optional=True),
)
BUDGET = (
    *(Field(field.label, f"budget.{field.path}", field.codec) for field in BUDGET_TOTAL),
    Field("ressources", "budget.resources", rows(RESOURCE, resource())),
)
ACCOUNTS = (
    Field("collectifs", "collectifs", rows(ACTUAL, {"bonus_done": [], "ran": True})),
    *BUDGET,
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An event beside the dossier: its label in a case, its type, its fields.

    `numbered` is the field whose number distinguishes several events of this type in a case.
    """

    label: str
    event: str
    fields: Fields
    numbered: str | None = None

    def default_for(self, count: int, dossier: Document) -> Document:
        """Return the default data of the event, the `count`-th of its kind in a case."""
        document = examples.follow_up(self.event, dossier)
        if self.numbered:
            document[self.numbered] = f"{document[self.numbered].removesuffix('1')}{count}"
        return document


_EXERCISE = Field("exercice", "exercise", COUNT)
FOLLOW_UPS = (
    FollowUp(
        "bilan intermédiaire",
        "InterimReportReceived",
        (
            YEAR,
            Field("reçu le", "received_on", DAY),
            Field("rien n’a fonctionné", "nothing_ran", YES, optional=True),
        ),
    ),
    FollowUp("dossier semblable", "DossierSubmitted", ()),
    FollowUp(
        "agrément en cours",
        "AgrementImported",
        (YEAR, Field("jusqu’à", "multi_year_until", TEXT)),
    ),
    FollowUp(
        "compléments de la Caf",
        "ComplementsOrdered",
        (CAF, Field("demandes", "asked", ASKED), Field("attendus le", "due_on", DAY)),
    ),
    FollowUp("comité", "CommitteeDecided", COMMITTEE),
    FollowUp(
        "convention",
        "ConventionSigned",
        (CAF, Field("signée le", "signed_on", DAY)),
    ),
    FollowUp(
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
        numbered="order_id",
    ),
    FollowUp(
        "comptes",
        "ResultAccountFiled",
        (CAF, YEAR, Field("déposés le", "filed_on", DAY), MISSING_REPORT, *ACCOUNTS),
    ),
    FollowUp(
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
        numbered="control_id",
    ),
    FollowUp(
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
    ),
    FollowUp(
        "enveloppe",
        "EnvelopeAllotted",
        (_EXERCISE, Field("montant", "amount", AMOUNT)),
    ),
    FollowUp(
        "barème",
        "BaremePublished",
        (
            Field("année", "start_year", COUNT),
            Field("plafond", "plafond", AMOUNT),
            Field("Ps maximale", "ps_max", AMOUNT),
            Field("bonus enfants", "bonus_enfants", AMOUNT),
            Field("bonus parents", "bonus_parents", AMOUNT),
        ),
    ),
    FollowUp("clôture", "ExerciseClosed", (_EXERCISE, Field("le", "closed_on", DAY))),
    FollowUp(
        "retrait",
        "WithdrawalRequested",
        (CAF, Field("le", "requested_on", DAY), MOTIVE),
    ),
    FollowUp(
        "modification de l’agrément",
        "AmendmentDecided",
        (
            CAF,
            Field("numéro", "amendment_id", TEXT),
            Field("le", "decided_on", DAY),
            Field("effet", "effect", coded(AMENDMENT_EFFECTS)),
            Field("à partir de", "from_school_year", TEXT),
            Field("collectifs", "collectifs", TEXTS),
            GROUND,
            Field("motif", "motive", FILLED),
        ),
        numbered="amendment_id",
    ),
    FollowUp(
        "annulation",
        "FundingCancellationOrdered",
        (CAF, YEAR, Field("le", "ordered_on", DAY), GROUND, Field("motif", "motive", FILLED)),
    ),
    FollowUp(
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
        numbered="reversal_id",
    ),
)
BY_LABEL = {follow_up.label: follow_up for follow_up in FOLLOW_UPS}
BY_EVENT = {follow_up.event: follow_up for follow_up in FOLLOW_UPS if follow_up.fields}
