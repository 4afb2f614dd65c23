"""What could be done about a project that does not meet the referentiel."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from services.cli.explain.change import Change
from services.cli.explain.repairs_collectif import of_collectif
from shared.contracts.common import Resource
from shared.contracts.elan import Coordinator, Named
from shared.contracts.eligibility import EligibilityAssessed
from shared.contracts.submission import DossierReceived

Values = Mapping[str, Any]
ANSWERED = "à préciser"
LEAST = Decimal("0.01")


def of_project(
    dossier: DossierReceived, assessed: EligibilityAssessed, values: Values
) -> Iterator[Change]:
    """Yield the changes that answer the findings, thresholds taken from the values read."""
    for finding in assessed.findings:
        if finding.outcome in {"breach", "derogation"}:
            yield from _of_rule(finding.rule, dossier, values)
    for place, each in enumerate(assessed.collectifs):
        for finding in each.findings:
            if finding.outcome in {"breach", "derogation"}:
                yield from of_collectif(finding.rule, dossier, place, values)


def _of_rule(rule: str, dossier: DossierReceived, values: Values) -> Iterator[Change]:
    if rule in FLAGS:
        field, sentence = FLAGS[rule]
        yield Change(sentence, ((("project", field), True),))
    elif rule in REPAIRS:
        yield from REPAIRS[rule](dossier, values)
    elif rule.startswith("AXE-"):
        yield _objective(rule, dossier, values)
    else:
        yield from _commitment(rule, values)


FLAGS = {
    "ELI-08": (
        "need_identified_with_schools",
        "constater le besoin avec les établissements scolaires",
    ),
    "ELI-09": ("parents_agreement", "recueillir l’accord des parents"),
}


def _activities(dossier: DossierReceived, values: Values) -> Iterator[Change]:
    """Add what is missing beside homework, or the method beside the rest."""
    public, activities = values["public"], dossier.project.activities
    for kind, what in (
        ("detour", "une activité de détour"),
        ("homework", "une aide méthodologique"),
    ):
        if not set(activities) & set(public[kind]):
            added = (*activities, public[kind][-1])
            yield Change(
                f"proposer {what} ({', '.join(public[kind])})",
                ((("project", "activities"), added),),
            )


def _diagnosis(_dossier: DossierReceived, _values: Values) -> Iterator[Change]:
    yield Change("joindre le diagnostic", ((("project", "diagnosis"), ANSWERED),))


def _school(_dossier: DossierReceived, _values: Values) -> Iterator[Change]:
    school = (Named(name=ANSWERED),)
    yield Change("associer au moins un établissement scolaire", ((("project", "schools"), school),))


def _coordinator(_dossier: DossierReceived, values: Values) -> Iterator[Change]:
    level = values["staff"]["diploma_level"]
    named = Coordinator(
        name=ANSWERED,
        diploma_level=level,
        equivalent_experience=False,
        professional_experience=True,
    )
    yield Change(
        f"désigner un coordinateur expérimenté, diplômé de niveau {level} au moins",
        ((("project", "coordinator"), named),),
    )


def _qualified(dossier: DossierReceived, values: Values) -> Iterator[Change]:
    coordinator, level = dossier.project.coordinator, values["staff"]["diploma_level"]
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


def _funder(dossier: DossierReceived, _values: Values) -> Iterator[Change]:
    other = Resource(funder=ANSWERED, branche_famille=False, amount=LEAST)
    yield Change(
        "trouver un financeur en dehors de la branche Famille",
        ((("budget", "resources"), (*dossier.budget.resources, other)),),
    )


def _objective(rule: str, dossier: DossierReceived, values: Values) -> Change:
    label = next(
        (each["label"] for each in values["objectives"]["objectives"] if each["rule"] == rule), rule
    )
    edits: tuple[Any, ...] = ((("project", "objectives", rule), ANSWERED),)
    if rule == "AXE-T1" and not any(dossier.project.partners):
        edits = (*edits, (("project", "partners"), (ANSWERED,)))
    return Change(f"prévoir une action pour l’objectif {rule} ({label})", edits)


def _commitment(rule: str, values: Values) -> Iterator[Change]:
    for each in values.get("charter", {}).get("commitments", ()):
        if each["rule"] == rule:
            edit = (("project", "charter", each["name"]), True)
            yield Change(f"s’engager sur {each['label']}", (edit,))


REPAIRS: dict[str, Callable[[DossierReceived, Values], Iterator[Change]]] = {
    "COF-01": _funder,
    "ELI-05": _activities,
    "ELI-15": _diagnosis,
    "ELI-18": _school,
    "ELI-31": _activities,
    "ENC-03": _coordinator,
    "ENC-04": _qualified,
}
