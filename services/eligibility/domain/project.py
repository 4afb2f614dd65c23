"""Checks of the project itself: activities, public, charter, needs and team."""

from functools import partial

from services.eligibility.domain.findings import finding, listed, named, not_applicable, yes
from services.eligibility.domain.referentiel import RequiredCommitment, Rules
from services.eligibility.domain.rule_contexts import ProjectContext
from shared.contracts.elan import Coordinator
from shared.french import euros
from shared.kernel.decision import Finding
from shared.kernel.rules import Rule


def beyond_homework(context: ProjectContext) -> Finding:
    """ELI-05: an activity other than homework help and study method."""
    public = context.rules.public
    activities = named(context.dossier.project.activities)
    return finding(
        "ELI-05",
        ok=any(activity not in public.homework for activity in activities),
        observed=listed(activities),
        expected=f"une activité autre que {listed(public.homework)} ({public.source})",
        failure="Le projet se limite à l'aide aux devoirs ou à la méthodologie :"
        " il ne relève pas du Clas.",
    )


def method_and_culture(context: ProjectContext) -> Finding:
    """ELI-31: help with study method, and a cultural, artistic or sports activity."""
    public = context.rules.public
    activities = named(context.dossier.project.activities)
    method = any(activity in public.homework for activity in activities)
    detour = any(activity in public.detour for activity in activities)
    return finding(
        "ELI-31",
        ok=method and detour,
        observed=listed(activities),
        expected=f"l'une de {listed(public.homework)}, et l'une de {listed(public.detour)}"
        f" ({public.source})",
        failure="Le projet doit réunir une aide méthodologique au travail scolaire"
        " et un apport ludique, artistique, culturel ou sportif.",
    )


def need_identified(context: ProjectContext) -> Finding:
    """ELI-08: the need was identified with the schools."""
    identified = context.dossier.project.need_identified_with_schools
    return finding(
        "ELI-08",
        ok=identified,
        observed=yes(identified),
        expected="besoin repéré avec les établissements scolaires",
        failure="Le besoin des enfants n'a pas été repéré en concertation avec les établissements.",
    )


def parents_agree(context: ProjectContext) -> Finding:
    """ELI-09: children come with their parents' agreement."""
    agreed = context.dossier.project.parents_agreement
    return finding(
        "ELI-09",
        ok=agreed,
        observed=yes(agreed),
        expected="orientation des enfants en accord avec les parents",
        failure="L'orientation des enfants ne se fait pas en accord avec leurs parents.",
    )


def symbolic_fee(context: ProjectContext) -> Finding:
    """ELI-12b: the fee of a family is symbolic; above the ceiling in euros, manual review."""
    budget, ceiling = context.rules.budget, context.dossier.campaign.symbolic_fee_ceiling
    limit = budget.symbolic_fee_ceiling if ceiling is None else ceiling
    source = budget.fee_source if ceiling is None else "appel à projets de la Caf"
    fee = context.dossier.project.fee_per_child_year
    return finding(
        "ELI-12b",
        ok=fee <= limit,
        otherwise="review",
        observed=f"{euros(fee)} par enfant et par an",
        expected=f"au plus {euros(limit)} ({source})",
        failure=f"La participation de {euros(fee)} demandée aux familles dépasse {euros(limit)} :"
        " son caractère symbolique est à apprécier.",
    )


def shared_diagnosis(context: ProjectContext) -> Finding:
    """ELI-15: the project states a diagnosis of needs."""
    diagnosis = context.dossier.project.diagnosis
    return finding(
        "ELI-15",
        ok=bool(diagnosis),
        observed=diagnosis or "non renseigné",
        expected="un diagnostic des besoins",
        failure="Le projet ne s'appuie sur aucun diagnostic des besoins du territoire.",
    )


def priorities_cited(context: ProjectContext) -> Finding:
    """ELI-17: one of the campaign's priorities is cited, when it has any.

    Priorities are open strings: those that the campaign does not name are stated.
    """
    priorities = named(context.dossier.campaign.priorities)
    if not priorities:
        return not_applicable("ELI-17", "l'appel à projets ne fixe pas de priorité")
    cited = named(context.dossier.project.priorities)
    result = finding(
        "ELI-17",
        ok=any(priority in priorities for priority in cited),
        otherwise="review",
        observed=listed(cited, nothing="aucune priorité citée"),
        expected=f"l'une de {listed(priorities)} (appel à projets de la Caf)",
        failure="Le projet ne se rattache à aucune des priorités de l'appel à projets.",
    )
    if not (unknown := [priority for priority in cited if priority not in priorities]):
        return result
    return result._replace(
        message=f"{result.message} L'appel à projets ne nomme pas : {listed(unknown)}."
    )


def partner_school(context: ProjectContext) -> Finding:
    """ELI-18: at least one school is named."""
    schools = named(school.name for school in context.dossier.project.schools)
    return finding(
        "ELI-18",
        ok=bool(schools),
        observed=listed(schools, nothing="aucun établissement"),
        expected="au moins un établissement partenaire",
        failure="Le projet ne nomme aucun établissement scolaire partenaire.",
    )


def coordinator_named(context: ProjectContext) -> Finding:
    """ENC-03: the project names a coordinator."""
    coordinator = context.dossier.project.coordinator
    name = coordinator.name if coordinator else ""
    return finding(
        "ENC-03",
        ok=bool(name),
        observed=name or "aucun coordinateur",
        expected="un coordinateur désigné",
        failure="Le projet ne désigne pas de coordinateur.",
    )


def coordinator_qualified(context: ProjectContext) -> Finding:
    """ENC-04: the coordinator has the diploma, or its equivalent, and the experience."""
    coordinator, staff = context.dossier.project.coordinator, context.rules.staff
    if not coordinator:
        return not_applicable("ENC-04", "aucun coordinateur n'est désigné")
    trained = coordinator.diploma_level >= staff.diploma_level or coordinator.equivalent_experience
    return finding(
        "ENC-04",
        ok=trained and coordinator.professional_experience,
        observed=_qualification(coordinator),
        expected=f"niveau {staff.diploma_level} au moins ou expérience équivalente,"
        f" et expérience professionnelle ({staff.source})",
        failure="Le coordinateur n'a pas le niveau de formation, ou l'expérience professionnelle"
        " d'animation ou d'éducation, qui sont demandés.",
    )


def charter_rules(rules: Rules) -> tuple[Rule[ProjectContext], ...]:
    """Return one rule for each commitment of the charter [ELI-11 to ELI-14]."""
    return tuple(
        Rule(required.rule, partial(_commitment, required))
        for required in rules.charter.commitments
    )


def _commitment(required: RequiredCommitment, context: ProjectContext) -> Finding:
    made = bool(getattr(context.dossier.project.charter, required.name))
    return finding(
        required.rule,
        ok=made,
        observed=yes(made),
        expected=f"engagement sur {required.label} ({context.rules.charter.source})",
        failure=f"Le gestionnaire ne s'engage pas sur {required.label}.",
    )


def _qualification(coordinator: Coordinator) -> str:
    return (
        f"niveau {coordinator.diploma_level},"
        f" expérience équivalente : {yes(coordinator.equivalent_experience)},"
        f" expérience professionnelle : {yes(coordinator.professional_experience)}"
    )


RULES: tuple[Rule[ProjectContext], ...] = (
    Rule("ELI-05", beyond_homework),
    Rule("ELI-31", method_and_culture),
    Rule("ELI-08", need_identified),
    Rule("ELI-09", parents_agree),
    Rule("ELI-12b", symbolic_fee),
    Rule("ELI-15", shared_diagnosis),
    Rule("ELI-17", priorities_cited),
    Rule("ELI-18", partner_school),
    Rule("ENC-03", coordinator_named),
    Rule("ENC-04", coordinator_qualified),
)
