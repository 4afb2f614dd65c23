"""Changes that would make a project eligible, or a decision of the committee acceptable."""

from collections.abc import Iterator

from services.eligibility.counterfactual_committee import candidate_changes_of_committee
from services.eligibility.counterfactual_project import candidate_changes_of_project
from shared.contracts.caf import CommitteeDecided
from shared.contracts.eligibility import CommitteeDecisionRejected, EligibilityAssessed
from shared.contracts.submission import DossierReceived
from shared.counterfactual.decision import StoredDecision
from shared.counterfactual.search import Change, Counterfactual, Goal, Trial


def counterfactuals(decision: StoredDecision) -> Iterator[Counterfactual]:
    """Yield candidate changes and goal for a rejected decision and an adverse verdict.

    A project that needs a derogation is to become eligible; an ineligible one may need one.
    """
    for event in decision.events:
        if isinstance(event, CommitteeDecisionRejected):
            changes = list(_committee(decision))
            yield Counterfactual(changes, decision.answered_without((CommitteeDecisionRejected,)))
        elif isinstance(event, EligibilityAssessed) and event.verdict != "eligible":
            wanted = ("eligible",) if event.verdict == "derogation" else ("eligible", "derogation")
            yield Counterfactual(list(_project(decision, event)), _verdict_in(decision, wanted))


def _committee(decision: StoredDecision) -> Iterator[Change]:
    if isinstance(decision.event.data, CommitteeDecided):
        yield from candidate_changes_of_committee(decision, decision.event.data)


def _project(decision: StoredDecision, assessed: EligibilityAssessed) -> Iterator[Change]:
    dossier = decision.event.data
    if isinstance(dossier, DossierReceived):
        yield from candidate_changes_of_project(dossier, assessed, decision.parameters)


def _verdict_in(decision: StoredDecision, verdicts: tuple[str, ...]) -> Goal:
    def goal(trial: Trial) -> bool:
        (assessed,) = decision.rerun(trial)
        return isinstance(assessed, EligibilityAssessed) and assessed.verdict in verdicts

    return goal
