"""Changes that would make a project eligible, or a decision of the committee acceptable."""

from collections.abc import Collection, Iterator
from functools import cache, partial

from services.eligibility.counterfactual_committee import candidate_changes_of_committee
from services.eligibility.counterfactual_project import candidate_changes_of_project
from services.eligibility.domain.referentiel import Rules, rules_of
from services.eligibility.domain.rule_contexts import ProjectContext, Setting
from services.eligibility.domain.verdicts import (
    collectif_findings,
    project_findings,
    project_verdict,
    verdict_of,
)
from shared.contracts.caf import CommitteeDecided
from shared.contracts.eligibility import CommitteeDecisionRejected, EligibilityAssessed
from shared.contracts.submission import DossierReceived
from shared.counterfactual.decision import StoredDecision
from shared.counterfactual.search import Change, Counterfactual, Goal, Trial


def counterfactuals(decision: StoredDecision) -> Iterator[Counterfactual]:
    """Yield candidate changes and goal for a rejected decision and an adverse verdict."""
    for event in decision.events:
        if isinstance(event, CommitteeDecisionRejected):
            changes = list(_committee(decision))
            yield Counterfactual(changes, decision.answered_without((CommitteeDecisionRejected,)))
        elif isinstance(event, EligibilityAssessed) and event.verdict != "eligible":
            yield _project(decision, event)


def _committee(decision: StoredDecision) -> Iterator[Change]:
    if isinstance(decision.event.data, CommitteeDecided):
        yield from candidate_changes_of_committee(decision, decision.event.data)


def _project(decision: StoredDecision, assessed: EligibilityAssessed) -> Counterfactual:
    """A project that needs a derogation is to become eligible; an ineligible one may need one."""
    dossier = decision.event.data
    assert isinstance(dossier, DossierReceived), "only a received dossier is assessed"
    changes = list(candidate_changes_of_project(dossier, assessed, decision.parameters))
    wanted = {"eligible"} if assessed.verdict == "derogation" else {"eligible", "derogation"}
    rules = rules_of(decision.service.parameters, dossier.school_year)
    return Counterfactual(changes, _verdict_in(wanted, rules) if rules else _never)


def _verdict_in(verdicts: Collection[str], rules: Rules) -> Goal:
    """Return the goal of a verdict; a collectif that no change touches is assessed once."""
    assessed = cache(partial(collectif_findings, rules=rules))

    def goal(trial: Trial) -> bool:
        dossier = trial.data
        assert isinstance(dossier, DossierReceived)
        setting = Setting.of(dossier)
        of_collectifs = (verdict_of(assessed(planned, setting)) for planned in dossier.collectifs)
        context = ProjectContext(dossier=dossier, rules=rules, shared_territory=())
        return project_verdict(project_findings(context), tuple(of_collectifs)) in verdicts

    return goal


def _never(_trial: Trial) -> bool:
    """No change of a dossier brings a referentiel for its school year."""
    return False
