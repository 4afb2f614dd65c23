"""Why a decision of the committee cannot stand: one reason for each rule, in a stable order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from services.eligibility.domain import derogations
from services.eligibility.domain.findings import listed, named
from services.eligibility.domain.referentiel import Parameters, bonus_kinds
from services.eligibility.domain.states import Dossier
from shared.contracts.caf import CommitteeDecided
from shared.contracts.common import Reason
from shared.kernel.calendar import start_year

FAULTS_SHOWN_MAX = 2_000
"""Characters of a list of faults: a decision may name 200 collectifs and 400 bonuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A decision of the committee and the assessed dossier that it is about."""

    decided: CommitteeDecided
    dossier: Dossier
    parameters: Parameters


Objection = Callable[[Sitting], Reason | None]


def reasons_against(sitting: Sitting) -> tuple[Reason, ...]:
    """Return all that stands against a decision, nothing when it can stand."""
    objections = (*TO_ANY, *TO_OUTCOME[sitting.decided.outcome])
    found = (objection(sitting) for objection in objections)
    return tuple(reason for reason in found if reason)


def nobody_present(sitting: Sitting) -> Reason | None:
    """COM-01: a committee has members."""
    if named(sitting.decided.members_present):
        return None
    return Reason(rule="COM-01", message="La décision ne nomme aucun membre présent du comité.")


def no_motive(sitting: Sitting) -> Reason | None:
    """COM-07: a refusal has its motive."""
    if sitting.decided.motive:
        return None
    return Reason(rule="COM-07", message="Un refus d'agrément doit être motivé.")


def not_eligible(sitting: Sitting) -> Reason | None:
    """COM-04: the project and each granted collectif meet the referentiel; one at least."""
    if not (faults := tuple(_ineligible(sitting))):
        return None
    return Reason(
        rule="COM-04", message=f"L'agrément ne peut pas être accordé : {_enumerated(faults)}."
    )


def other_derogations(sitting: Sitting) -> Reason | None:
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


def bonus_not_asked(sitting: Sitting) -> Reason | None:
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


def bonus_too_early(sitting: Sitting) -> Reason | None:
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


def beyond_allowed_end(sitting: Sitting) -> Reason | None:
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


def _ineligible(sitting: Sitting) -> Iterable[str]:
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


def _needed(sitting: Sitting) -> Iterable[tuple[str, str]]:
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


TO_ANY: tuple[Objection, ...] = (nobody_present,)
TO_OUTCOME: dict[str, tuple[Objection, ...]] = {
    "granted": (
        not_eligible,
        other_derogations,
        bonus_not_asked,
        bonus_too_early,
        beyond_allowed_end,
    ),
    "refused": (no_motive,),
    "adjourned": (),
}
