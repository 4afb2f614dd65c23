"""Why a decision of the committee cannot stand: one reason for each rule, in a stable order."""

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
"""Characters of a list of faults: a decision may name 200 collectifs and 400 bonuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteeContext:
    """A decision of the committee, the assessed dossier that it is about, and its agrement."""

    decided: CommitteeDecided
    dossier: Dossier
    agrement: Agrement | None
    parameters: Parameters


def evaluate(sitting: CommitteeContext) -> Evaluation:
    """Weigh what ends the check, then all that may stand against such an outcome."""
    ending = evaluate_until_first(ENDING, sitting)
    if ending.reasons:
        return ending
    rest = evaluate_all(_checks(sitting), sitting)
    return Evaluation((*ending.steps, *rest.steps), rest.reasons)


def _checks(sitting: CommitteeContext) -> tuple[Rule, ...]:
    """Return the checks of an outcome; the rule of the period is the one that binds."""
    checks = (*TO_ANY, *TO_OUTCOME[sitting.decided.outcome])
    if sitting.decided.outcome != "granted":
        return checks
    rule, holds = (
        sitting.dossier.multi_year_rule,
        "La durée tient dans ce que permet l'instruction.",
    )
    return (*checks, Rule(rule, holds, beyond_allowed_end))


def other_caf(sitting: CommitteeContext) -> Reason | None:
    """TEC-03: the committee is that of the dossier's Caf."""
    decided = sitting.decided
    if decided.caf == sitting.dossier.caf:
        return None
    return Reason(
        rule="TEC-03",
        message=f"Le dossier {decided.dossier_id} n'est pas un dossier de la Caf {decided.caf}.",
    )


def withdrawn_before(sitting: CommitteeContext) -> Reason | None:
    """RET-04: nothing is decided on a dossier that its gestionnaire withdrew."""
    dossier = sitting.dossier
    if not dossier.withdrawn:
        return None
    return Reason(
        rule="RET-04",
        message=f"Le dossier {dossier.dossier_id} a été retiré par son gestionnaire :"
        " le comité n'a plus à se prononcer.",
    )


def decided_otherwise(sitting: CommitteeContext) -> Reason | None:
    """COM-10: a dossier is granted or refused once."""
    dossier = sitting.dossier
    if not dossier.decision:
        return None
    outcome = "accordé" if dossier.decision.decided.outcome == "granted" else "refusé"
    return Reason(
        rule="COM-10",
        message=f"L'agrément du dossier {dossier.dossier_id} a été {outcome} par décision du"
        f" {dossier.decision.decided.decided_on:%d/%m/%Y} :"
        " une autre décision ne peut pas la remplacer.",
    )


def imported_before(sitting: CommitteeContext) -> Reason | None:
    """COM-10: an agrement that was imported is one already."""
    if not sitting.agrement:
        return None
    return Reason(
        rule="COM-10",
        message=f"Le dossier {sitting.dossier.dossier_id} a déjà un agrément, repris d'avant ce"
        " système : une autre décision ne peut pas le remplacer.",
    )


def nobody_present(sitting: CommitteeContext) -> Reason | None:
    """COM-01: a committee has members."""
    if named(sitting.decided.members_present):
        return None
    return Reason(rule="COM-01", message="La décision ne nomme aucun membre présent du comité.")


def no_motive(sitting: CommitteeContext) -> Reason | None:
    """COM-07: a refusal has its motive."""
    if sitting.decided.motive:
        return None
    return Reason(rule="COM-07", message="Un refus d'agrément doit être motivé.")


def not_eligible(sitting: CommitteeContext) -> Reason | None:
    """COM-04: the project and each granted collectif meet the referentiel; one at least."""
    if not (faults := tuple(_ineligible(sitting))):
        return None
    return Reason(
        rule="COM-04", message=f"L'agrément ne peut pas être accordé : {_enumerated(faults)}."
    )


def other_derogations(sitting: CommitteeContext) -> Reason | None:
    """DER-06: the derogations granted are exactly those that are needed."""
    given = {(one.collectif_id or "", one.rule) for one in sitting.decided.derogations_granted}
    needed = set(_needed(sitting))
    if given == needed:
        return None
    faults = (
        *(f"il manque {rule} pour {_spelt(whom)}" for whom, rule in sorted(needed - given)),
        *(f"{rule} est sans objet pour {_spelt(whom)}" for whom, rule in sorted(given - needed)),
    )
    return Reason(
        rule="DER-06",
        message="Les dérogations accordées doivent être exactement celles qui sont nécessaires :"
        f" {_enumerated(faults)}.",
    )


def no_bonus(sitting: CommitteeContext) -> str | None:
    """BON-01 and BON-06 judge the bonuses that are granted."""
    return None if sitting.decided.bonuses else "aucun bonus n'est accordé"


def bonus_not_asked(sitting: CommitteeContext) -> Reason | None:
    """BON-06: a bonus was asked for, with its project, and its collectif is granted."""
    decided = sitting.decided
    asked = {(one.collectif_id, kind) for one in sitting.dossier.collectifs for kind in one.bonuses}
    faults = tuple(
        f"{bonus.kind} pour {bonus.collectif_id}"
        for bonus in decided.bonuses
        if (bonus.collectif_id, bonus.kind) not in asked
        or bonus.collectif_id not in decided.collectifs
    )
    if not faults:
        return None
    return Reason(
        rule="BON-06",
        message="Un bonus n'est accordé qu'à un collectif agréé pour lequel il a été demandé avec"
        f" un projet spécifique ; ce n'est pas le cas de : {_enumerated(faults)}.",
    )


def bonus_too_early(sitting: CommitteeContext) -> Reason | None:
    """BON-01: no bonus before the school year that brought them."""
    year = sitting.dossier.school_year
    kinds = bonus_kinds(sitting.parameters, year)
    if all(bonus.kind in kinds for bonus in sitting.decided.bonuses):
        return None
    first = min(sitting.parameters.bonus.values)
    return Reason(
        rule="BON-01",
        message=f"Les bonus n'existent que depuis la rentrée {first} :"
        f" il n'y en a pas pour l'année scolaire {year}.",
    )


def beyond_allowed_end(sitting: CommitteeContext) -> Reason | None:
    """PLU-01, PLU-02 or PLU-04: the agrement ends within what the assessment allows."""
    dossier = sitting.dossier
    first, last = dossier.school_year, dossier.assessment.multi_year_allowed_until
    until = sitting.decided.multi_year_until or first
    if start_year(first) <= start_year(until) <= start_year(last):
        return None
    return Reason(
        rule=dossier.multi_year_rule,
        message=f"L'agrément ne peut pas courir jusqu'à {until} :"
        f" sa dernière année scolaire doit aller de {first} à {last}.",
    )


def _ineligible(sitting: CommitteeContext) -> Iterable[str]:
    assessment, chosen = sitting.dossier.assessment, sitting.decided.collectifs
    verdicts = {one.collectif_id: one.verdict for one in assessment.collectifs}
    if assessment.verdict == "ineligible":
        yield "le projet est inéligible"
    if not chosen:
        yield "aucun collectif n'est retenu"
    for collectif_id in chosen:
        if collectif_id not in verdicts:
            yield f"le collectif {collectif_id} est inconnu"
        elif verdicts[collectif_id] == "ineligible":
            yield f"le collectif {collectif_id} est inéligible"


def _needed(sitting: CommitteeContext) -> Iterable[tuple[str, str]]:
    """Yield collectif, blank for the project, and rule of each derogation needed."""
    for rule in derogations.of_project(sitting.dossier):
        yield "", rule
    for collectif_id in sitting.decided.collectifs:
        for rule in derogations.of_collectif(sitting.dossier, collectif_id):
            yield collectif_id, rule


def _spelt(collectif_id: str) -> str:
    return f"le collectif {collectif_id}" if collectif_id else "le projet"


def _enumerated(faults: Iterable[str]) -> str:
    return listed(faults, most=FAULTS_SHOWN_MAX)


ENDING: tuple[Rule, ...] = (
    Rule("TEC-03", "Le dossier est de la Caf du comité.", other_caf),
    Rule("COM-10", "Le comité ne s'est pas déjà prononcé.", decided_otherwise),
    Rule("COM-10", "Aucun agrément n'a été repris pour ce dossier.", imported_before),
    Rule("RET-04", "Le gestionnaire n'a pas retiré son dossier.", withdrawn_before),
)
TO_ANY: tuple[Rule, ...] = (
    Rule("COM-01", "Des membres du comité étaient présents.", nobody_present),
)
TO_OUTCOME: dict[str, tuple[Rule, ...]] = {
    "granted": (
        Rule("COM-04", "Le projet et les collectifs retenus sont éligibles.", not_eligible),
        Rule("DER-06", "Les dérogations accordées sont les nécessaires.", other_derogations),
        Rule(
            "BON-06",
            "Les bonus accordés ont été demandés.",
            bonus_not_asked,
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
