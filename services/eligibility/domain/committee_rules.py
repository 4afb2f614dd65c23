"""Rules that a committee decision must meet: one reason for each rule, in a stable order."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.eligibility.domain import derogations
from services.eligibility.domain.findings import listed, named
from services.eligibility.domain.referentiel import Parameters, bonus_kinds
from services.eligibility.domain.states import Agrement, Dossier
from shared.contracts.caf import CommitteeDecided
from shared.contracts.common import Reason
from shared.kernel.calendar import start_year
from shared.kernel.rules import Evaluation, Rule, evaluate_all, evaluate_until_first

FAULTS_SHOWN_MAX = 2_000
"""Maximum length of a list of faults: a decision may name 200 collectifs and 400 bonuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteeContext:
    """A committee decision, the assessed dossier and its agrement if there is one."""

    decided: CommitteeDecided
    dossier: Dossier
    agrement: Agrement | None
    parameters: Parameters


def evaluate(context: CommitteeContext) -> Evaluation:
    """Evaluate the rules that end the evaluation, then all rules of the outcome."""
    preliminary = evaluate_until_first(PRELIMINARY_RULES, context)
    if preliminary.reasons:
        return preliminary
    rest = evaluate_all(_rules(context), context)
    return Evaluation((*preliminary.steps, *rest.steps), rest.reasons)


def _rules(context: CommitteeContext) -> tuple[Rule, ...]:
    """Return the rules of an outcome; the rule of the period is the one that sets its end."""
    rules = (*RULES_OF_ANY_OUTCOME, *RULES_BY_OUTCOME[context.decided.outcome])
    if context.decided.outcome != "granted":
        return rules
    success_text = "La durée tient dans ce que permet l'instruction."
    return (*rules, Rule(context.dossier.multi_year_rule, success_text, beyond_allowed_end))


def other_caf(context: CommitteeContext) -> Reason | None:
    """TEC-03: the committee is that of the dossier's Caf."""
    decided = context.decided
    if decided.caf == context.dossier.caf:
        return None
    return Reason(
        rule="TEC-03",
        message=f"Le dossier {decided.dossier_id} n'est pas un dossier de la Caf {decided.caf}.",
    )


def dossier_withdrawn(context: CommitteeContext) -> Reason | None:
    """RET-04: the gestionnaire has not withdrawn the dossier."""
    dossier = context.dossier
    if not dossier.withdrawn:
        return None
    return Reason(
        rule="RET-04",
        message=f"Le dossier {dossier.dossier_id} a été retiré par son gestionnaire :"
        " le comité n'a plus à se prononcer.",
    )


def already_decided(context: CommitteeContext) -> Reason | None:
    """COM-10: a dossier is granted or refused once."""
    dossier = context.dossier
    if not dossier.decision:
        return None
    outcome = "accordé" if dossier.decision.decided.outcome == "granted" else "refusé"
    return Reason(
        rule="COM-10",
        message=f"L'agrément du dossier {dossier.dossier_id} a été {outcome} par décision du"
        f" {dossier.decision.decided.decided_on:%d/%m/%Y} :"
        " une autre décision ne peut pas la remplacer.",
    )


def agrement_imported(context: CommitteeContext) -> Reason | None:
    """COM-10: a dossier with an imported agrement takes no decision."""
    if not context.agrement:
        return None
    return Reason(
        rule="COM-10",
        message=f"Le dossier {context.dossier.dossier_id} a déjà un agrément, repris d'avant ce"
        " système : une autre décision ne peut pas le remplacer.",
    )


def no_member_present(context: CommitteeContext) -> Reason | None:
    """COM-01: the decision names the members present."""
    if named(context.decided.members_present):
        return None
    return Reason(rule="COM-01", message="La décision ne nomme aucun membre présent du comité.")


def no_motive(context: CommitteeContext) -> Reason | None:
    """COM-07: a refusal states its motive."""
    if context.decided.motive:
        return None
    return Reason(rule="COM-07", message="Un refus d'agrément doit être motivé.")


def not_eligible(context: CommitteeContext) -> Reason | None:
    """COM-04: the project and each granted collectif are eligible; at least one is granted."""
    if not (faults := tuple(_ineligible(context))):
        return None
    return Reason(
        rule="COM-04", message=f"L'agrément ne peut pas être accordé : {_enumerated(faults)}."
    )


def other_derogations(context: CommitteeContext) -> Reason | None:
    """DER-06: the derogations granted are exactly those that are needed."""
    granted = {
        (derogation.collectif_id or "", derogation.rule)
        for derogation in context.decided.derogations_granted
    }
    needed = set(_needed(context))
    if granted == needed:
        return None
    faults = (
        *(
            f"il manque {rule} pour {_subject(collectif_id)}"
            for collectif_id, rule in sorted(needed - granted)
        ),
        *(
            f"{rule} est sans objet pour {_subject(collectif_id)}"
            for collectif_id, rule in sorted(granted - needed)
        ),
    )
    return Reason(
        rule="DER-06",
        message="Les dérogations accordées doivent être exactement celles qui sont nécessaires :"
        f" {_enumerated(faults)}.",
    )


def no_bonus(context: CommitteeContext) -> str | None:
    """BON-01 and BON-06 apply to granted bonuses."""
    return None if context.decided.bonuses else "aucun bonus n'est accordé"


def bonus_not_requested(context: CommitteeContext) -> Reason | None:
    """BON-06: a granted bonus was requested with its project, for a granted collectif."""
    decided = context.decided
    requested = {
        (collectif.collectif_id, kind)
        for collectif in context.dossier.collectifs
        for kind in collectif.bonuses
    }
    faults = tuple(
        f"{bonus.kind} pour {bonus.collectif_id}"
        for bonus in decided.bonuses
        if (bonus.collectif_id, bonus.kind) not in requested
        or bonus.collectif_id not in decided.collectifs
    )
    if not faults:
        return None
    return Reason(
        rule="BON-06",
        message="Un bonus n'est accordé qu'à un collectif agréé pour lequel il a été demandé avec"
        f" un projet spécifique ; ce n'est pas le cas de : {_enumerated(faults)}.",
    )


def bonus_too_early(context: CommitteeContext) -> Reason | None:
    """BON-01: bonuses exist from one school year on."""
    year = context.dossier.school_year
    kinds = bonus_kinds(context.parameters, year)
    if all(bonus.kind in kinds for bonus in context.decided.bonuses):
        return None
    first = min(context.parameters.bonus.values)
    return Reason(
        rule="BON-01",
        message=f"Les bonus n'existent que depuis la rentrée {first} :"
        f" il n'y en a pas pour l'année scolaire {year}.",
    )


def beyond_allowed_end(context: CommitteeContext) -> Reason | None:
    """PLU-01, PLU-02 or PLU-04: the agrement ends within what the assessment allows."""
    dossier = context.dossier
    first, last = dossier.school_year, dossier.assessment.multi_year_allowed_until
    until = context.decided.multi_year_until or first
    if start_year(first) <= start_year(until) <= start_year(last):
        return None
    return Reason(
        rule=dossier.multi_year_rule,
        message=f"L'agrément ne peut pas courir jusqu'à {until} :"
        f" sa dernière année scolaire doit aller de {first} à {last}.",
    )


def _ineligible(context: CommitteeContext) -> Iterable[str]:
    assessment, granted = context.dossier.assessment, context.decided.collectifs
    verdicts = {collectif.collectif_id: collectif.verdict for collectif in assessment.collectifs}
    if assessment.verdict == "ineligible":
        yield "le projet est inéligible"
    if not granted:
        yield "aucun collectif n'est retenu"
    for collectif_id in granted:
        if collectif_id not in verdicts:
            yield f"le collectif {collectif_id} est inconnu"
        elif verdicts[collectif_id] == "ineligible":
            yield f"le collectif {collectif_id} est inéligible"


def _needed(context: CommitteeContext) -> Iterable[tuple[str, str]]:
    """Yield collectif, blank for the project, and rule of each derogation needed."""
    for rule in derogations.of_project(context.dossier):
        yield "", rule
    for collectif_id in context.decided.collectifs:
        for rule in derogations.of_collectif(context.dossier, collectif_id):
            yield collectif_id, rule


def _subject(collectif_id: str) -> str:
    return f"le collectif {collectif_id}" if collectif_id else "le projet"


def _enumerated(faults: Iterable[str]) -> str:
    return listed(faults, most=FAULTS_SHOWN_MAX)


PRELIMINARY_RULES: tuple[Rule, ...] = (
    Rule("TEC-03", "Le dossier est de la Caf du comité.", other_caf),
    Rule("COM-10", "Le comité ne s'est pas déjà prononcé.", already_decided),
    Rule("COM-10", "Aucun agrément n'a été repris pour ce dossier.", agrement_imported),
    Rule("RET-04", "Le gestionnaire n'a pas retiré son dossier.", dossier_withdrawn),
)
RULES_OF_ANY_OUTCOME: tuple[Rule, ...] = (
    Rule("COM-01", "Des membres du comité étaient présents.", no_member_present),
)
RULES_BY_OUTCOME: dict[str, tuple[Rule, ...]] = {
    "granted": (
        Rule("COM-04", "Le projet et les collectifs retenus sont éligibles.", not_eligible),
        Rule("DER-06", "Les dérogations accordées sont les nécessaires.", other_derogations),
        Rule(
            "BON-06",
            "Les bonus accordés ont été demandés.",
            bonus_not_requested,
            not_applicable=no_bonus,
        ),
        Rule(
            "BON-01",
            "Les bonus existaient cette année-là.",
            bonus_too_early,
            not_applicable=no_bonus,
        ),
    ),
    "refused": (Rule("COM-07", "Le refus est motivé.", no_motive),),
    "adjourned": (),
}
