"""Dossiers that waited are judged again, and answer the request that was held."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from services.submission.domain.dossiers import Judgement
from services.submission.domain.revision_context import RevisionContext, context_of
from services.submission.domain.states import Dossier, InterimReport
from shared.contracts.submission import DossierHeld
from shared.kernel.decision import Finding, OutgoingEvent, State, StateRef, States


@dataclass(frozen=True, slots=True)
class JudgedAgain:
    """What became of several dossiers; each sees what the ones before left of their report."""

    dossiers: tuple[Dossier, ...] = ()
    reports: dict[str, InterimReport] = field(default_factory=dict)
    events: tuple[OutgoingEvent, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def states(self) -> tuple[State, ...]:
        """What is written: interim reports in the order of their first change, then dossiers."""
        return (*self.reports.values(), *self.dossiers)


def judge_again(
    earlier: JudgedAgain,
    dossier: Dossier,
    states: States,
    judge: Callable[[RevisionContext], Judgement],
) -> JudgedAgain:
    """Judge a held dossier; its event has the id that it would have had without the wait.

    Another wait is published as another `DossierHeld`.
    """
    assert dossier.held, f"{dossier.dossier_id} is not held"
    context = context_of(dossier.held.submitted, dossier.held.origin, states)
    report = earlier.reports.get(context.report.key, context.report)
    judgement = judge(replace(context, report=report))
    changed = judgement.report
    event = OutgoingEvent(
        judgement.event,
        origin=dossier.held.origin,
        about=StateRef(Dossier, dossier.key),
        earlier=1 if isinstance(judgement.event, DossierHeld) else 0,
    )
    named = (
        finding._replace(message=f"{dossier.dossier_id} : {finding.message}")
        for finding in judgement.findings
    )
    return JudgedAgain(
        dossiers=(*earlier.dossiers, judgement.dossier),
        reports=earlier.reports | ({changed.key: changed} if changed else {}),
        events=(*earlier.events, event),
        findings=(*earlier.findings, *named),
    )
