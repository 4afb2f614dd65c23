"""Checks of the request: bonuses, other dossiers of the territory, cofinancing, cost."""

from collections.abc import Iterable

from services.eligibility.domain.departments import department_of_caf, department_of_commune
from services.eligibility.domain.findings import counted, finding, listed, named, not_applicable
from services.eligibility.domain.rule_contexts import ProjectContext
from shared.contracts.elan import DossierSubmitted
from shared.contracts.types import BonusKind
from shared.french import euros
from shared.kernel.decision import Finding
from shared.kernel.money import half_up, total
from shared.kernel.rules import Rule


def bonus_projects(context: ProjectContext) -> Finding:
    """BON-06: a bonus request describes its specific project; else it counts as not made."""
    requests = context.dossier.bonus_requests
    if not requests:
        return not_applicable("BON-06", "aucun bonus n'est demandé")
    blank = [request for request in requests if not request.description]
    return finding(
        "BON-06",
        ok=not blank,
        otherwise="review",
        observed=f"{counted(len(requests), 'demande')}, dont {len(blank)} sans projet décrit",
        expected="un projet spécifique décrit pour chaque bonus demandé",
        failure="Sans description de son projet spécifique, une demande de bonus"
        f" est réputée non faite : {listed(dict.fromkeys(request.kind for request in blank))}.",
    )


def no_overlap(context: ProjectContext) -> Finding:
    """COM-14: no other dossier of the gestionnaire for this level, commune and school year."""
    if not communes_of(context.dossier.project.communes):
        return not_applicable("COM-14", "aucune commune n'est nommée")
    return finding(
        "COM-14",
        ok=not context.shared_territory,
        otherwise="review",
        observed=listed(context.shared_territory, nothing="aucun autre dossier"),
        expected="un seul dossier par SIRET, niveau scolaire, commune et année scolaire",
        failure="Le gestionnaire a un autre dossier pour le même niveau et la même commune :"
        f" {listed(context.shared_territory)}. La complémentarité des projets est à vérifier.",
    )


def distinct_projects(context: ProjectContext) -> Finding:
    """REC-11: a person looks whether a project is distinct from those it says it is distinct from.

    An agrement may cover them this school year; the motive is a text of the gestionnaire.
    """
    others = context.dossier.distinct_from
    return finding(
        "REC-11",
        ok=False,
        otherwise="review",
        observed=" ; ".join(f"{each.dossier_id} : {each.motive or '(vide)'}" for each in others),
        expected="un projet distinct de ceux qu'un agrément couvre déjà",
        failure="Le gestionnaire déclare ce projet distinct de celui d'autres dossiers :"
        f" {listed(each.dossier_id for each in others)}. C'est à vérifier.",
    )


def _names_others(context: ProjectContext) -> bool:
    return bool(context.dossier.distinct_from)


def cofinanced(context: ProjectContext) -> Finding:
    """COF-01: a resource from outside the branche Famille, above zero."""
    others = [r for r in context.dossier.budget.resources if not r.branche_famille]
    amount = total(resource.amount for resource in others)
    return finding(
        "COF-01",
        ok=amount > 0,
        observed=f"{euros(amount)} hors branche Famille",
        expected="au moins une ressource hors branche Famille",
        failure="Le budget ne comporte aucun cofinancement hors branche Famille.",
    )


def known_collectifs(context: ProjectContext) -> Finding:
    """BON-18: every bonus request names collectifs of the dossier; others count as not asked."""
    requests = context.dossier.bonus_requests
    if not requests:
        return not_applicable("BON-18", "aucun bonus n'est demandé")
    own = {collectif.collectif_id for collectif in context.dossier.collectifs}
    foreign = dict.fromkeys(c for each in requests for c in each.collectifs if c not in own)
    empty = [request.kind for request in requests if not request.collectifs]
    observed = (*foreign, *(f"bonus {kind} sans collectif" for kind in empty))
    return finding(
        "BON-18",
        ok=not observed,
        otherwise="review",
        observed=listed(observed, nothing="des collectifs du dossier"),
        expected="des collectifs du dossier, pour chaque bonus demandé",
        failure=f"Une demande de bonus ne désigne pas des collectifs du dossier : "
        f"{listed(observed)}. Elle est réputée non faite pour eux.",
    )


def one_department(context: ProjectContext) -> Finding:
    """ELI-40: the communes lie in one department, that of the Caf."""
    caf, communes = context.dossier.caf, named(context.dossier.project.communes)
    if not (own := department_of_caf(caf)):
        return not_applicable(
            "ELI-40", f"le code {caf} de la Caf ne commence pas par un département"
        )
    departments = tuple(dict.fromkeys(map(department_of_commune, communes)))
    return finding(
        "ELI-40",
        ok=departments == (own,),
        otherwise="review",
        observed=listed(departments),
        expected=f"le département {own} de la Caf",
        failure=f"Le projet est situé dans ces départements : {listed(departments)}. La Caf {caf}"
        f" est celle du département {own} : le territoire du projet est à vérifier.",
    )


def balanced_budget(context: ProjectContext) -> Finding:
    """COF-05: the resources together do not pass the total annual cost."""
    budget = context.dossier.budget
    resources = total(resource.amount for resource in budget.resources)
    return finding(
        "COF-05",
        ok=resources <= budget.total_annual_cost,
        otherwise="review",
        observed=f"{euros(resources)} de ressources",
        expected=f"au plus le coût annuel total, {euros(budget.total_annual_cost)}",
        failure=f"Les ressources déclarées, {euros(resources)}, dépassent le coût annuel total de"
        f" {euros(budget.total_annual_cost)} : le budget est à vérifier.",
    )


def plausible_cost(context: ProjectContext) -> Finding:
    """PRX-08: a plausible forecast cost per child, and costs within the total annual cost.

    The cost per child is between two bounds, in euros, both included.
    """
    limits = context.rules.budget
    low, high = limits.cost_per_child_min, limits.cost_per_child_max
    cost = total(collectif.forecast_cost for collectif in context.dossier.collectifs)
    children = sum(collectif.children for collectif in context.dossier.collectifs)
    per_child = euros(half_up(cost / children))
    annual = context.dossier.budget.total_annual_cost
    if cost > annual:
        return finding(
            "PRX-08",
            ok=False,
            otherwise="review",
            observed=f"{euros(cost)} pour les collectifs",
            expected=f"au plus le coût annuel total, {euros(annual)}",
            failure=f"Les coûts prévus des collectifs, {euros(cost)}, dépassent ensemble le coût"
            f" annuel total de {euros(annual)} : la cohérence du budget est à vérifier.",
        )
    return finding(
        "PRX-08",
        ok=low * children <= cost <= high * children,
        otherwise="review",
        observed=f"{per_child} par enfant ({euros(cost)} pour {counted(children, 'enfant')})",
        expected=f"de {euros(low)} à {euros(high)} par enfant ({limits.source})",
        failure=f"Le coût prévu de {per_child} par enfant sort de la fourchette habituelle :"
        " la cohérence du budget est à vérifier.",
    )


def communes_of(communes: Iterable[str]) -> tuple[str, ...]:
    """Return a project's communes without duplicates, sorted, in lower case."""
    return tuple(sorted({commune.casefold() for commune in named(communes)}))


def bonuses_requested(dossier: DossierSubmitted, collectif_id: str) -> tuple[BonusKind, ...]:
    """Return the bonuses that count as requested for a collectif [BON-06]."""
    kinds = {
        request.kind
        for request in dossier.bonus_requests
        if request.description and collectif_id in request.collectifs
    }
    return tuple(sorted(kinds))


RULES: tuple[Rule[ProjectContext], ...] = (
    Rule("BON-06", bonus_projects),
    Rule("BON-18", known_collectifs),
    Rule("COM-14", no_overlap),
    Rule("REC-11", distinct_projects, in_force=_names_others),
    Rule("ELI-40", one_department),
    Rule("COF-01", cofinanced),
    Rule("COF-05", balanced_budget),
    Rule("PRX-08", plausible_cost),
)
