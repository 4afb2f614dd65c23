"""Rules that a committee decision must meet: one reason for each rule, in a stable order."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.eligibility.domain import derogations
from services.eligibility.domain.findings import listed, named
from services.eligibility.domain.referentiel import Parameters, bonus_kinds
from services.eligibility.domain.states import Agrement, Dossier
from shared.contracts.base import content_hash
from shared.contracts.caf import CommitteeDecided
from shared.contracts.labels import COMMITTEE_OUTCOMES
from shared.french import short_date
from shared.kernel.calendar import start_year
from shared.kernel.decision import Finding
from shared.kernel.requests import Once, Owner
from shared.kernel.rules import Rule, breach, not_applicable

FAULTS_SHOWN_MAX = 2_000
"""Maximum length of a list of faults: a decision may name 200 collectifs and 400 bonuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteeContext:
    """A committee decision, the assessed dossier and its agrement if there is one."""

    decided: CommitteeDecided
    dossier: Dossier
    agrement: Agrement | None
    parameters: Parameters


def rules_of_outcome(context: CommitteeContext) -> tuple[Rule[CommitteeContext], ...]:
    """Return the rules of an outcome; the rule of the period is the one that sets its end."""
    rules = (*RULES_OF_ANY_OUTCOME, *RULES_BY_OUTCOME[context.decided.outcome])
    if context.decided.outcome != "granted":
        return rules
    success_text = "La durée tient dans ce que permet l'instruction."
    return (*rules, Rule(context.dossier.multi_year_rule, beyond_allowed_end, success_text))


def _owner(context: CommitteeContext) -> str:
    return context.dossier.caf


def _other_caf(context: CommitteeContext) -> str:
    decided = context.decided
    return f"Le dossier {decided.dossier_id} n'est pas un dossier de la Caf {decided.caf}."


def dossier_withdrawn(context: CommitteeContext) -> Finding | None:
    """RET-04: the gestionnaire has not withdrawn the dossier."""
    dossier = context.dossier
    if not dossier.withdrawn:
        return None
    return breach(
        "RET-04",
        f"Le dossier {dossier.dossier_id} a été retiré par son gestionnaire :"
        " le comité n'a plus à se prononcer.",
    )


def _accepted(context: CommitteeContext) -> str | None:
    decision = context.dossier.decision
    return content_hash(decision.decided) if decision else None


def _already_decided(context: CommitteeContext) -> str:
    dossier = context.dossier
    assert dossier.decision, "there is an earlier decision"
    outcome = COMMITTEE_OUTCOMES[dossier.decision.decided.outcome]
    return (
        f"L'agrément du dossier {dossier.dossier_id} a été {outcome} par décision du"
        f" {short_date(dossier.decision.decided.decided_on)} :"
        " une autre décision ne peut pas la remplacer."
    )


def agrement_imported(context: CommitteeContext) -> Finding | None:
    """COM-10: a dossier with an imported agrement takes no decision."""
    if not context.agrement:
        return None
    return breach(
        "COM-10",
        f"Le dossier {context.dossier.dossier_id} a déjà un agrément, repris d'avant ce"
        " système : une autre décision ne peut pas le remplacer.",
    )


def complements_awaited(context: CommitteeContext) -> Finding | None:
    """COM-09: no complements are awaited; the dossier as completed is assessed first."""
    awaited = context.dossier.complements_awaited
    if awaited is None:
        return None
    return breach(
        "COM-09",
        f"Des compléments sont attendus pour le dossier {context.dossier.dossier_id}, jusqu'au"
        f" {short_date(awaited.due_on)} : le comité se prononce une fois qu'ils sont instruits.",
    )


def no_member_present(context: CommitteeContext) -> Finding | None:
    """COM-01: the decision names the members present."""
    if named(context.decided.members_present):
        return None
    return breach("COM-01", "La décision ne nomme aucun membre présent du comité.")


def decided_before_deposit(context: CommitteeContext) -> Finding | None:
    """CAL-05: the committee decides on the day of the deposit or after it."""
    decided_on, deposited_on = context.decided.decided_on, context.dossier.deposited_on
    if deposited_on is None or decided_on >= deposited_on:
        return None
    return breach(
        "CAL-05",
        f"La décision est datée du {short_date(decided_on)}, avant le dépôt du dossier, le"
        f" {short_date(deposited_on)}.",
    )


def no_motive(context: CommitteeContext) -> Finding | None:
    """COM-07: a refusal states its motive."""
    if context.decided.motive:
        return None
    return breach("COM-07", "Un refus d'agrément doit être motivé.")


def not_eligible(context: CommitteeContext) -> Finding | None:
    """COM-04: the project and each granted collectif are eligible; at least one is granted."""
    if not (faults := tuple(_ineligible(context))):
        return None
    return breach("COM-04", f"L'agrément ne peut pas être accordé : {_enumerated(faults)}.")


def other_derogations(context: CommitteeContext) -> Finding | None:
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
    return breach(
        "DER-06",
        "Les dérogations accordées doivent être exactement celles qui sont nécessaires :"
        f" {_enumerated(faults)}.",
    )


def _no_bonus(rule: str) -> Finding:
    return not_applicable(rule, "aucun bonus n'est accordé")


def bonus_not_requested(context: CommitteeContext) -> Finding | None:
    """BON-06: a granted bonus was requested with its project, for a granted collectif."""
    decided = context.decided
    if not decided.bonuses:
        return _no_bonus("BON-06")
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
    return breach(
        "BON-06",
        "Un bonus n'est accordé qu'à un collectif agréé pour lequel il a été demandé avec"
        f" un projet spécifique ; ce n'est pas le cas de : {_enumerated(faults)}.",
    )


def bonus_too_early(context: CommitteeContext) -> Finding | None:
    """BON-01: bonuses exist from one school year on."""
    if not context.decided.bonuses:
        return _no_bonus("BON-01")
    year = context.dossier.school_year
    kinds = bonus_kinds(context.parameters, year)
    if all(bonus.kind in kinds for bonus in context.decided.bonuses):
        return None
    first = context.parameters.bonus.first_year()
    return breach(
        "BON-01",
        f"Les bonus n'existent que depuis la rentrée {first} :"
        f" il n'y en a pas pour l'année scolaire {year}.",
    )


def beyond_allowed_end(context: CommitteeContext) -> Finding | None:
    """PLU-01, PLU-02 or PLU-04: the agrement ends within what the assessment allows."""
    dossier = context.dossier
    first, last = dossier.school_year, dossier.assessment.multi_year_allowed_until
    until = context.decided.multi_year_until or first
    if start_year(first) <= start_year(until) <= start_year(last):
        return None
    return breach(
        dossier.multi_year_rule,
        f"L'agrément ne peut pas courir jusqu'à {until} :"
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


GATES = (
    Owner(caf=_owner, sentence=_other_caf, success_text="Le dossier est de la Caf du comité."),
    Once(
        rule="COM-10",
        accepted=_accepted,
        sentence=_already_decided,
        success_text="Le comité ne s'est pas déjà prononcé.",
    ),
    Rule("COM-10", agrement_imported, "Aucun agrément n'a été repris pour ce dossier."),
    Rule("RET-04", dossier_withdrawn, "Le gestionnaire n'a pas retiré son dossier."),
    Rule("COM-09", complements_awaited, "Aucun complément n'est attendu."),
)
RULES_OF_ANY_OUTCOME: tuple[Rule[CommitteeContext], ...] = (
    Rule("CAL-05", decided_before_deposit, "La décision suit le dépôt du dossier."),
    Rule("COM-01", no_member_present, "Des membres du comité étaient présents."),
)
RULES_BY_OUTCOME: dict[str, tuple[Rule[CommitteeContext], ...]] = {
    "granted": (
        Rule("COM-04", not_eligible, "Le projet et les collectifs retenus sont éligibles."),
        Rule("DER-06", other_derogations, "Les dérogations accordées sont les nécessaires."),
        Rule("BON-06", bonus_not_requested, "Les bonus accordés ont été demandés."),
        Rule("BON-01", bonus_too_early, "Les bonus existaient cette année-là."),
    ),
    "refused": (Rule("COM-07", no_motive, "Le refus est motivé."),),
    "adjourned": (),
}
