"""Sentences about a decision: one rule, how many rules were checked, the smallest changes."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from services.cli.explain.labels import OPEN_OUTCOMES, OUTCOMES, OUTCOMES_PLURAL
from services.eligibility.counterfactual import counterfactuals as of_eligibility
from services.funding.counterfactual import counterfactuals as of_funding
from services.submission.counterfactual import counterfactuals as of_submission
from shared.counterfactual.checked_rules import CheckedRule
from shared.counterfactual.decision import StoredDecision
from shared.counterfactual.search import Counterfactual, minimal_changes
from shared.french import counted, listed

COUNTERFACTUALS: Mapping[str, Callable[[StoredDecision], Iterator[Counterfactual]]] = {
    "submission": of_submission,
    "eligibility": of_eligibility,
    "funding": of_funding,
}
"""By service; a decision of accounting has no alternative."""
NO_CHANGE = "aucun changement de la demande n’y suffit, une personne doit décider."
SUFFICIENT_TOGETHER = "changements suffisent ensemble"


def rule_text(checked: CheckedRule) -> str:
    """Return the outcome, the rule, its message, the observed and the expected value."""
    step = checked.step
    outcome = f"{OUTCOMES[step.outcome].capitalize()} [{step.rule}]"
    message = step.message.removeprefix("Sans objet : ")
    observed = f" Constaté : {checked.observed}." if checked.observed else ""
    expected = f" Attendu : {checked.expected}." if checked.expected else ""
    return f"{outcome} {message}{observed}{expected}"


def count_text(decision: StoredDecision) -> str:
    """Return `11 points vérifiés, tous conformes`, or how many are not; empty for no check."""
    outcomes = Counter(step.outcome for step in decision.steps)
    del outcomes["computed"], outcomes["not_applicable"]
    if not outcomes:
        return ""
    checks = counted(outcomes.total(), "point vérifié", "points vérifiés")
    if outcomes["ok"] == outcomes.total():
        return f"{checks}, conforme" if outcomes.total() == 1 else f"{checks}, tous conformes"
    kinds = (
        counted(outcomes[outcome], OUTCOMES[outcome], OUTCOMES_PLURAL[outcome])
        for outcome in OPEN_OUTCOMES
        if outcomes[outcome]
    )
    return f"{checks}, dont {listed(kinds)}"


def minimal_change_texts(decision: StoredDecision) -> Iterator[str]:
    """Yield the smallest changes that would alter the outcome; nothing for a favourable one."""
    if counterfactuals := COUNTERFACTUALS.get(decision.service.name):
        for counterfactual in counterfactuals(decision):
            yield from _alternatives(decision, counterfactual)


def _alternatives(decision: StoredDecision, counterfactual: Counterfactual) -> Iterator[str]:
    results = minimal_changes(decision.trial, counterfactual)
    if not results:
        yield NO_CHANGE
    for rank, changes in enumerate(results):
        sentences = " ; ".join(change.sentence for change in changes)
        sufficient = counted(len(changes), "changement suffit", SUFFICIENT_TOGETHER)
        yield f"{'ou bien' if rank else sufficient} : {sentences}."
