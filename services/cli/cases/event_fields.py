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
    Document,
    Notation,
    Word,
    Words,
    choice,
    read,
    several,
    write,
)

REPORT = {"qualitatif": "qualitative", "quantitatif": "quantitative", "financier": "financial"}
YEAR = Word("année scolaire", "school_year", TEXT)
MISSING_REPORT = Word("bilan absent", "report", lacking(REPORT, filled=True, empty=False))
MOTIVE = Word("motif", "motive", FILLED, optional=True)
GROUND = Word("fondement", "legal_ground", FILLED)
ACTUAL = (
    Word("nom", "collectif_id", TEXT),
    Word("a fonctionné", "ran", YES),
    Word("coût réel", "actual_cost", AMOUNT),
    Word("bonus réalisés", "bonus_done", TEXTS),
)
RENEWED = (Word("nom", "collectif_id", TEXT), Word("coût prévisionnel", "forecast_cost", AMOUNT))


def rows(words: Words, default: Document) -> Notation:
    """Return the notation of a list of objects, each by its own words."""
    return Notation(
        lambda given: [read(words, each, dict(default), words[0].label) for each in given],
        lambda values: [write(words, each, dict.fromkeys(each)) for each in values],
    )


def _pair(field: str) -> Notation:
    """Return the notation `ELI-27 (C1)` of a rule or a bonus, and the collectif it goes to."""

    def taken(given: object) -> Document:
        name, _, collectif = str(given).partition(" (")
        return {field: name, "collectif_id": collectif.removesuffix(")") or None}

    def told(value: Document) -> str:
        collectif = value["collectif_id"]
        return f"{value[field]} ({collectif})" if collectif else str(value[field])

    return several(Notation(taken, told))


COMMITTEE = (
    CAF,
    Word("le", "decided_on", DAY),
    Word("décision", "outcome", choice(accordé="granted", refusé="refused", ajourné="adjourned")),
    MOTIVE,
    Word("membres présents", "members_present", TEXTS),
    Word("collectifs", "collectifs", TEXTS),
    Word("dérogations", "derogations_granted", _pair("rule")),
    Word("bonus", "bonuses", _pair("kind")),
    Word("pluriannuel jusqu’à", "multi_year_until", TEXT, optional=True),
)
BUDGET = (
    *(Word(each.label, f"budget.{each.field}", each.notation) for each in BUDGET_TOTAL),
    Word("ressources", "budget.resources", rows(RESOURCE, sound.resource())),
)
ACCOUNTS = (
    Word("collectifs", "collectifs", rows(ACTUAL, {"bonus_done": [], "ran": True})),
    *BUDGET,
)


@dataclass(frozen=True, slots=True)
class Step:
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


_EXERCISE = Word("exercice", "exercise", COUNT)
STEPS = (
    Step(
        "bilan intermédiaire",
        "InterimReportReceived",
        (YEAR, Word("reçu le", "received_on", DAY)),
        around.interim_report,
    ),
    Step("dossier semblable", "DossierSubmitted", (), around.dossier_alike),
    Step(
        "agrément en cours",
        "AgrementImported",
        (YEAR, Word("jusqu’à", "multi_year_until", TEXT)),
        around.old_agrement,
    ),
    Step("comité", "CommitteeDecided", COMMITTEE, around.committee),
    Step(
        "convention",
        "ConventionSigned",
        (CAF, Word("signée le", "signed_on", DAY)),
        around.convention,
    ),
    Step(
        "acompte",
        "AdvanceOrdered",
        (
            CAF,
            YEAR,
            Word("numéro", "order_id", TEXT),
            _EXERCISE,
            Word("montant", "amount", AMOUNT),
            Word("le", "ordered_on", DAY),
        ),
        around.advance,
        numbered="order_id",
    ),
    Step(
        "comptes",
        "ResultAccountFiled",
        (CAF, YEAR, Word("déposés le", "filed_on", DAY), MISSING_REPORT, *ACCOUNTS),
        around.accounts,
    ),
    Step(
        "contrôle",
        "ControlConcluded",
        (
            CAF,
            YEAR,
            Word("numéro", "control_id", TEXT),
            Word("observations envoyées le", "observations_sent_on", DAY),
            Word("réponse le", "answered_on", DAY, optional=True),
            Word("décidé le", "decided_on", DAY),
            *ACCOUNTS,
        ),
        around.control,
        numbered="control_id",
    ),
    Step(
        "renouvellement",
        "AnnualRenewalFiled",
        (
            CAF,
            YEAR,
            Word("déposé le", "filed_on", DAY),
            MISSING_REPORT,
            Word("collectifs", "collectifs", rows(RENEWED, {})),
            *BUDGET,
        ),
        around.renewal,
    ),
    Step(
        "enveloppe",
        "EnvelopeAllotted",
        (_EXERCISE, Word("montant", "amount", AMOUNT)),
        around.envelope,
    ),
    Step(
        "barème",
        "BaremePublished",
        (
            Word("année", "start_year", COUNT),
            Word("plafond", "plafond", AMOUNT),
            Word("Ps maximale", "ps_max", AMOUNT),
            Word("bonus enfants", "bonus_enfants", AMOUNT),
            Word("bonus parents", "bonus_parents", AMOUNT),
        ),
        around.bareme,
    ),
    Step("clôture", "ExerciseClosed", (_EXERCISE, Word("le", "closed_on", DAY)), around.closing),
    Step(
        "retrait",
        "WithdrawalRequested",
        (CAF, Word("le", "requested_on", DAY), MOTIVE),
        around.withdrawal,
    ),
    Step(
        "modification de l’agrément",
        "AmendmentDecided",
        (
            CAF,
            Word("numéro", "amendment_id", TEXT),
            Word("le", "decided_on", DAY),
            Word("effet", "effect", choice(réduit="reduced", retiré="withdrawn")),
            Word("à partir de", "from_school_year", TEXT),
            Word("collectifs", "collectifs", TEXTS),
            GROUND,
            Word("motif", "motive", FILLED),
        ),
        around.amendment,
        numbered="amendment_id",
    ),
    Step(
        "annulation",
        "FundingCancellationOrdered",
        (CAF, YEAR, Word("le", "ordered_on", DAY), GROUND, Word("motif", "motive", FILLED)),
        around.cancellation,
    ),
    Step(
        "contrepassation d’acompte",
        "AdvanceReversalOrdered",
        (
            CAF,
            YEAR,
            Word("numéro", "reversal_id", TEXT),
            Word("acompte", "order_id", TEXT),
            Word("le", "ordered_on", DAY),
            Word("motif", "motive", FILLED),
        ),
        around.reversal,
        numbered="reversal_id",
    ),
)
BY_LABEL = {step.label: step for step in STEPS}
BY_EVENT = {step.event: step for step in STEPS if step.words}
