"""Sentences about the smallest changes that would alter a decision."""

from collections.abc import Callable, Iterator, Mapping

from services.cli.explain.ways_out import ways_out
from services.eligibility.counterfactual import counterfactuals as of_eligibility
from services.funding.counterfactual import counterfactuals as of_funding
from services.submission.counterfactual import counterfactuals as of_submission
from shared.counterfactual.decision import StoredDecision
from shared.counterfactual.search import Counterfactual, minimal_changes
from shared.french import counted

COUNTERFACTUALS: Mapping[str, Callable[[StoredDecision], Iterator[Counterfactual]]] = {
    "submission": of_submission,
    "eligibility": of_eligibility,
    "funding": of_funding,
}
"""By service; a decision of accounting has no alternative."""
NO_CHANGE = "aucun changement de la demande n’y suffit, une personne doit décider."
SUFFICIENT_TOGETHER = "changements suffisent ensemble"


def minimal_change_texts(decision: StoredDecision) -> Iterator[str]:
    """Yield the smallest changes that would alter the outcome; nothing for a favourable one."""
    if counterfactuals := COUNTERFACTUALS.get(decision.service.name):
        for counterfactual in counterfactuals(decision):
            yield from _alternatives(decision, counterfactual)


def _alternatives(decision: StoredDecision, counterfactual: Counterfactual) -> Iterator[str]:
    results = minimal_changes(decision.trial, counterfactual)
    if not results and not ways_out(decision):
        yield NO_CHANGE
    for rank, changes in enumerate(results):
        sentences = " ; ".join(change.sentence for change in changes)
        sufficient = counted(len(changes), "changement suffit", SUFFICIENT_TOGETHER)
        yield f"{'ou bien' if rank else sufficient} : {sentences}."
