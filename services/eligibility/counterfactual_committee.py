"""Candidate changes of a decision of the committee that is rejected."""

from collections.abc import Iterator

from services.eligibility.domain.derogations import of_collectif, of_project
from services.eligibility.domain.states import Dossier
from shared.contracts.caf import CommitteeDecided, GrantedBonus, GrantedDerogation
from shared.counterfactual.decision import StoredDecision
from shared.counterfactual.search import Change, Edit
from shared.french import listed, long_date


def candidate_changes_of_committee(
    decision: StoredDecision, decided: CommitteeDecided
) -> Iterator[Change]:
    """Yield one change for each rule that the decision of the committee violates."""
    dossier, violated = decision.first_state(Dossier), decision.violated_rules
    if "CAL-05" in violated and dossier:
        dated: Edit = (("decided_on",), dossier.deposited_on)
        yield Change(f"décider à partir du dépôt, le {long_date(dossier.deposited_on)}", (dated,))
    if "COM-01" in violated:
        present = (("members_present",), dossier.committee or ("un membre",))
        yield Change("nommer les membres présents du comité", (present,))
    if "COM-07" in violated:
        yield Change("motiver le refus", ((("motive",), "à motiver"),))
    if dossier and decided.outcome == "granted":
        yield from _of_granted(violated, dossier, decided)


def _of_granted(
    violated: frozenset[str], dossier: Dossier, decided: CommitteeDecided
) -> Iterator[Change]:
    if "COM-04" in violated:
        fitting = tuple(_fitting(dossier, decided))
        sentence = f"ne retenir que les collectifs éligibles : {listed(fitting)}"
        derogations = (("derogations_granted",), _needed(dossier, fitting))
        yield Change(sentence, ((("collectifs",), fitting), derogations))
    if "DER-06" in violated:
        needed = _needed(dossier, decided.collectifs)
        names = listed((_derogation_name(d) for d in needed), nothing="aucune")
        exact: Edit = (("derogations_granted",), needed)
        yield Change(f"accorder exactement les dérogations nécessaires : {names}", (exact,))
    if violated & {"BON-06", "BON-01"}:
        requested: Edit = (("bonuses",), tuple(_requested_bonuses(dossier, decided)))
        yield Change("n’accorder que les bonus demandés pour des collectifs retenus", (requested,))
    if violated & {"PLU-01", "PLU-02", "PLU-04"}:
        last = dossier.assessment.multi_year_allowed_until
        yield Change(f"arrêter l’agrément à {last}", ((("multi_year_until",), last),))


def _fitting(dossier: Dossier, decided: CommitteeDecided) -> Iterator[str]:
    """Yield the ids of the granted collectifs that are not ineligible."""
    for collectif in dossier.assessment.collectifs:
        if collectif.collectif_id in decided.collectifs and collectif.verdict != "ineligible":
            yield collectif.collectif_id


def _needed(dossier: Dossier, collectif_ids: tuple[str, ...]) -> tuple[GrantedDerogation, ...]:
    """Return the derogations that the project and these collectifs need."""
    of_the_project = (GrantedDerogation(collectif_id=None, rule=r) for r in of_project(dossier))
    of_collectifs = (
        GrantedDerogation(collectif_id=collectif_id, rule=rule)
        for collectif_id in collectif_ids
        for rule in of_collectif(dossier, collectif_id)
    )
    return (*of_the_project, *of_collectifs)


def _derogation_name(derogation: GrantedDerogation) -> str:
    return f"{derogation.rule} pour {derogation.collectif_id or 'le projet'}"


def _requested_bonuses(dossier: Dossier, decided: CommitteeDecided) -> Iterator[GrantedBonus]:
    requested = {(c.collectif_id, kind) for c in dossier.collectifs for kind in c.bonuses}
    for bonus in decided.bonuses:
        key = (bonus.collectif_id, bonus.kind)
        if key in requested and bonus.collectif_id in decided.collectifs:
            yield bonus
