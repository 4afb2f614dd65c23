"""Rules that lead to complements in a next revision of a dossier."""

from services.submission.domain.revision_context import RevisionContext
from shared.contracts.elan import Collectif
from shared.contracts.labels import SCHOOL_LEVELS
from shared.contracts.types import SchoolLevel
from shared.french import first_of
from shared.kernel.decision import Finding
from shared.kernel.rules import Rule, breach

NURSERY = frozenset({"PS", "MS", "GS"})
GRADES: dict[SchoolLevel, frozenset[str]] = {
    "elementaire": frozenset({"CP", "CE1", "CE2", "CM1", "CM2"}),
    "college": frozenset({"6e", "5e", "4e", "3e"}),
    "lycee": frozenset({"2nde", "1re", "Tle"}),
}


def children_not_described(context: RevisionContext) -> Finding | None:
    """REC-14: the actions with the children are described."""
    text = context.submitted.project.descriptions.children
    return _blank("REC-14", "les actions conduites avec les enfants", text)


def parents_not_described(context: RevisionContext) -> Finding | None:
    """REC-15: the actions with and for the parents are described."""
    text = context.submitted.project.descriptions.parents
    return _blank("REC-15", "les actions menées avec et pour les parents", text)


def schools_not_described(context: RevisionContext) -> Finding | None:
    """REC-16: the relations with the schools are described."""
    text = context.submitted.project.descriptions.schools
    return _blank("REC-16", "les relations avec les établissements scolaires", text)


def local_resources_not_described(context: RevisionContext) -> Finding | None:
    """REC-17: the local resources used are described."""
    text = context.submitted.project.descriptions.local_resources
    return _blank("REC-17", "les ressources locales mobilisées", text)


def levels_mixed(context: RevisionContext) -> Finding | None:
    """REC-19: all grades are of the project's school level; nursery grades belong to ELI-06."""
    project = context.submitted.project
    allowed = GRADES[project.school_level] | NURSERY
    misplaced = [c for c in context.submitted.collectifs if not allowed.issuperset(c.grades)]
    if not misplaced:
        return None
    grades = dict.fromkeys(g for c in misplaced for g in c.grades if g not in allowed)
    observed = f"{', '.join(grades)} ({_names(misplaced)})"
    return breach(
        "REC-19",
        f"Le projet est de niveau {SCHOOL_LEVELS[project.school_level]}, mais des collectifs"
        f" accueillent d'autres classes : {observed}. Un projet qui mêle plusieurs niveaux est"
        " à déposer en autant de projets distincts.",
        observed,
    )


COMPLEMENTS = (
    Rule("REC-14", children_not_described, "Les actions avec les enfants sont décrites."),
    Rule("REC-15", parents_not_described, "Les actions avec et pour les parents sont décrites."),
    Rule("REC-16", schools_not_described, "Les relations avec les écoles sont décrites."),
    Rule("REC-17", local_resources_not_described, "Les ressources locales sont décrites."),
    Rule("REC-19", levels_mixed, "Toutes les classes sont du niveau du projet."),
)


def _blank(rule: str, what: str, text: str) -> Finding | None:
    if text:
        return None
    message = f"Le dossier ne décrit pas {what} : cette rubrique est à compléter."
    return breach(rule, message, "(vide)")


def _names(collectifs: list[Collectif]) -> str:
    return first_of([collectif.collectif_id for collectif in collectifs])
