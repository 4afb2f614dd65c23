"""Rules that lead to complements in a next revision of a dossier."""

from services.submission.domain.rejection_rules import ReceivabilityContext
from shared.contracts.common import Ground
from shared.contracts.elan import Collectif
from shared.kernel.rules import Evaluation, Rule, evaluate_all

NURSERY = frozenset({"PS", "MS", "GS"})
GRADES = {
    "elementaire": frozenset({"CP", "CE1", "CE2", "CM1", "CM2"}),
    "college": frozenset({"6e", "5e", "4e", "3e"}),
    "lycee": frozenset({"2nde", "1re", "Tle"}),
}
LEVELS = {"elementaire": "élémentaire", "college": "collège", "lycee": "lycée"}
COLLECTIFS_SHOWN_MAX = 10


def complements(context: ReceivabilityContext) -> Evaluation[Ground]:
    """Evaluate the rules that lead to complements in a next revision."""
    return evaluate_all(COMPLEMENTS, context)


def children_not_described(context: ReceivabilityContext) -> Ground | None:
    """REC-14: the actions with the children are described."""
    text = context.submitted.project.descriptions.children
    return _blank("REC-14", "les actions conduites avec les enfants", text)


def parents_not_described(context: ReceivabilityContext) -> Ground | None:
    """REC-15: the actions with and for the parents are described."""
    text = context.submitted.project.descriptions.parents
    return _blank("REC-15", "les actions menées avec et pour les parents", text)


def schools_not_described(context: ReceivabilityContext) -> Ground | None:
    """REC-16: the relations with the schools are described."""
    text = context.submitted.project.descriptions.schools
    return _blank("REC-16", "les relations avec les établissements scolaires", text)


def local_resources_not_described(context: ReceivabilityContext) -> Ground | None:
    """REC-17: the local resources used are described."""
    text = context.submitted.project.descriptions.local_resources
    return _blank("REC-17", "les ressources locales mobilisées", text)


def levels_mixed(context: ReceivabilityContext) -> Ground | None:
    """REC-19: all grades are of the project's school level; nursery grades belong to ELI-06."""
    project = context.submitted.project
    allowed = GRADES[project.school_level] | NURSERY
    misplaced = [c for c in context.submitted.collectifs if not allowed.issuperset(c.grades)]
    if not misplaced:
        return None
    grades = dict.fromkeys(g for c in misplaced for g in c.grades if g not in allowed)
    observed = f"{', '.join(grades)} ({_names(misplaced)})"
    return Ground(
        rule="REC-19",
        message=f"Le projet est de niveau {LEVELS[project.school_level]}, mais des collectifs"
        f" accueillent d'autres classes : {observed}. Un projet qui mêle plusieurs niveaux est"
        " à déposer en autant de projets distincts.",
        observed=observed,
    )


COMPLEMENTS: tuple[Rule[Ground], ...] = (
    Rule("REC-14", "Les actions avec les enfants sont décrites.", children_not_described),
    Rule("REC-15", "Les actions avec et pour les parents sont décrites.", parents_not_described),
    Rule("REC-16", "Les relations avec les écoles sont décrites.", schools_not_described),
    Rule("REC-17", "Les ressources locales sont décrites.", local_resources_not_described),
    Rule("REC-19", "Toutes les classes sont du niveau du projet.", levels_mixed),
)


def _blank(rule: str, what: str, text: str) -> Ground | None:
    if text:
        return None
    return Ground(
        rule=rule,
        message=f"Le dossier ne décrit pas {what} : cette rubrique est à compléter.",
        observed="(vide)",
    )


def _names(collectifs: list[Collectif]) -> str:
    names = [c.collectif_id for c in collectifs]
    more = ["…"] if len(names) > COLLECTIFS_SHOWN_MAX else []
    return ", ".join(names[:COLLECTIFS_SHOWN_MAX] + more)
