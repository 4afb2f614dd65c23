"""Candidate changes of a project that does not meet the referentiel."""

from collections.abc import Callable, Iterator
from typing import Any

from services.eligibility.counterfactual_collectif import (
    Parameters,
    candidate_changes_of_collectif,
)
from shared.contracts.common import Resource
from shared.contracts.elan import Coordinator, School
from shared.contracts.eligibility import EligibilityAssessed
from shared.contracts.labels import ACTIVITIES
from shared.contracts.submission import DossierReceived
from shared.counterfactual.search import Change
from shared.kernel.money import CENT

PLACEHOLDER = "à préciser"
ADVERSE = {"breach", "derogation"}


def candidate_changes_of_project(
    dossier: DossierReceived, assessed: EligibilityAssessed, parameters: Parameters
) -> Iterator[Change]:
    """Yield changes that answer the adverse findings, with the thresholds that were read."""
    for finding in assessed.findings:
        if finding.outcome in ADVERSE:
            yield from _changes_for_rule(finding.rule, dossier, parameters)
    for index, collectif in enumerate(assessed.collectifs):
        for finding in collectif.findings:
            if finding.outcome in ADVERSE:
                yield from candidate_changes_of_collectif(finding.rule, dossier, index, parameters)


def _changes_for_rule(
    rule: str, dossier: DossierReceived, parameters: Parameters
) -> Iterator[Change]:
    if rule in FLAGS:
        field, sentence = FLAGS[rule]
        yield Change(sentence, ((("project", field), True),))
    elif rule in CANDIDATE_CHANGES:
        yield from CANDIDATE_CHANGES[rule](dossier, parameters)
    elif rule.startswith("AXE-"):
        yield _objective(rule, dossier, parameters)
    else:
        yield from _commitment(rule, parameters)


FLAGS = {
    "ELI-08": (
        "need_identified_with_schools",
        "constater le besoin avec les établissements scolaires",
    ),
    "ELI-09": ("parents_agreement", "recueillir l’accord des parents"),
}


def _activities(dossier: DossierReceived, parameters: Parameters) -> Iterator[Change]:
    """Add an activity of each kind that the project lacks."""
    public, activities = parameters["public"], dossier.project.activities
    for kind, label in (
        ("detour", "une activité de détour"),
        ("homework", "une aide méthodologique"),
    ):
        if not set(activities) & set(public[kind]):
            added = (*activities, public[kind][-1])
            yield Change(
                f"proposer {label} ({', '.join(ACTIVITIES[code] for code in public[kind])})",
                ((("project", "activities"), added),),
            )


def _diagnosis(_dossier: DossierReceived, _parameters: Parameters) -> Iterator[Change]:
    yield Change("joindre le diagnostic", ((("project", "diagnosis"), PLACEHOLDER),))


def _school(_dossier: DossierReceived, _parameters: Parameters) -> Iterator[Change]:
    school = (School(name=PLACEHOLDER),)
    yield Change("associer au moins un établissement scolaire", ((("project", "schools"), school),))


def _coordinator(_dossier: DossierReceived, parameters: Parameters) -> Iterator[Change]:
    level = parameters["staff"]["diploma_level"]
    named = Coordinator(
        name=PLACEHOLDER,
        diploma_level=level,
        equivalent_experience=False,
        professional_experience=True,
    )
    yield Change(
        f"désigner un coordinateur expérimenté, diplômé de niveau {level} au moins",
        ((("project", "coordinator"), named),),
    )


def _qualified(dossier: DossierReceived, parameters: Parameters) -> Iterator[Change]:
    coordinator, level = dossier.project.coordinator, parameters["staff"]["diploma_level"]
    if coordinator is None:
        return
    qualified = coordinator.with_changes(professional_experience=True)
    if coordinator.diploma_level < level and not coordinator.equivalent_experience:
        qualified = qualified.with_changes(equivalent_experience=True)
    yield Change(
        f"confier la coordination à une personne expérimentée, de niveau {level} au moins ou"
        " d’expérience équivalente",
        ((("project", "coordinator"), qualified),),
    )


def _funder(dossier: DossierReceived, _parameters: Parameters) -> Iterator[Change]:
    other = Resource(funder=PLACEHOLDER, branche_famille=False, amount=CENT)
    yield Change(
        "trouver un financeur en dehors de la branche Famille",
        ((("budget", "resources"), (*dossier.budget.resources, other)),),
    )


def _objective(rule: str, dossier: DossierReceived, parameters: Parameters) -> Change:
    objectives = parameters["objectives"]["objectives"]
    label = next((o["label"] for o in objectives if o["rule"] == rule), rule)
    edits: tuple[Any, ...] = ((("project", "objectives", rule), PLACEHOLDER),)
    if rule == "AXE-T1" and not any(dossier.project.partners):
        edits = (*edits, (("project", "partners"), (PLACEHOLDER,)))
    return Change(f"prévoir une action pour l’objectif {rule} ({label})", edits)


def _commitment(rule: str, parameters: Parameters) -> Iterator[Change]:
    for commitment in parameters.get("charter", {}).get("commitments", ()):
        if commitment["rule"] == rule:
            edit = (("project", "charter", commitment["name"]), True)
            yield Change(f"s’engager sur {commitment['label']}", (edit,))


CANDIDATE_CHANGES: dict[str, Callable[[DossierReceived, Parameters], Iterator[Change]]] = {
    "COF-01": _funder,
    "ELI-05": _activities,
    "ELI-15": _diagnosis,
    "ELI-18": _school,
    "ELI-31": _activities,
    "ENC-03": _coordinator,
    "ENC-04": _qualified,
}
