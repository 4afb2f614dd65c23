"""What the committee could decide otherwise, when its decision cannot stand."""

from collections.abc import Iterator

from services.cli.explain.change import Change, Edit
from services.cli.explain.decision import StoredDecision
from services.eligibility.domain.derogations import of_collectif, of_project
from services.eligibility.domain.states import Dossier
from shared.contracts.caf import CommitteeDecided, GrantedBonus, GrantedDerogation
from shared.french import listed


def of_committee(decided: StoredDecision, decision: CommitteeDecided) -> Iterator[Change]:
    """Yield one change for each thing that stands against a decision."""
    dossier = decided.found(Dossier)
    broken = {step.rule for step in decided.steps if step.outcome == "breach"}
    if "COM-01" in broken:
        present = (("members_present",), dossier.committee or ("un membre",))
        yield Change("nommer les membres présents du comité", (present,))
    if "COM-07" in broken:
        yield Change("motiver le refus", ((("motive",), "à motiver"),))
    if dossier and decision.outcome == "granted":
        yield from _granted(broken, dossier, decision)


def _granted(broken: set[str], dossier: Dossier, decision: CommitteeDecided) -> Iterator[Change]:
    if "COM-04" in broken:
        fitting = tuple(_fitting(dossier, decision))
        told = f"ne retenir que les collectifs éligibles : {listed(fitting)}"
        derogations = (("derogations_granted",), _needed(dossier, fitting))
        yield Change(told, ((("collectifs",), fitting), derogations))
    if "DER-06" in broken:
        needed = _needed(dossier, decision.collectifs)
        told = listed((_named(each) for each in needed), nothing="aucune")
        exact: Edit = (("derogations_granted",), needed)
        yield Change(f"accorder exactement les dérogations nécessaires : {told}", (exact,))
    if broken & {"BON-06", "BON-01"}:
        asked: Edit = (("bonuses",), tuple(_asked(dossier, decision)))
        yield Change("n’accorder que les bonus demandés pour des collectifs retenus", (asked,))
    if broken & {"PLU-01", "PLU-02", "PLU-04"}:
        last = dossier.assessment.multi_year_allowed_until
        yield Change(f"arrêter l’agrément à {last}", ((("multi_year_until",), last),))


def _fitting(dossier: Dossier, decision: CommitteeDecided) -> Iterator[str]:
    for each in dossier.assessment.collectifs:
        if each.collectif_id in decision.collectifs and each.verdict != "ineligible":
            yield each.collectif_id


def _needed(dossier: Dossier, collectifs: tuple[str, ...]) -> tuple[GrantedDerogation, ...]:
    own = (GrantedDerogation(collectif_id=None, rule=rule) for rule in of_project(dossier))
    theirs = (
        GrantedDerogation(collectif_id=each, rule=rule)
        for each in collectifs
        for rule in of_collectif(dossier, each)
    )
    return (*own, *theirs)


def _named(derogation: GrantedDerogation) -> str:
    return f"{derogation.rule} pour {derogation.collectif_id or 'le projet'}"


def _asked(dossier: Dossier, decision: CommitteeDecided) -> Iterator[GrantedBonus]:
    asked = {(each.collectif_id, kind) for each in dossier.collectifs for kind in each.bonuses}
    for bonus in decision.bonuses:
        key = (bonus.collectif_id, bonus.kind)
        if key in asked and bonus.collectif_id in decision.collectifs:
            yield bonus
