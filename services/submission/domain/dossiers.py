"""Handler of deposits: a revision is received, rejected, to be completed, or held."""

from dataclasses import dataclass, replace

from services.submission.domain.complement_rules import COMPLEMENTS
from services.submission.domain.handover import build_dossier_received
from services.submission.domain.rejection_rules import COVERAGE, REJECTIONS
from services.submission.domain.revision_context import RevisionContext, load_context
from services.submission.domain.revisions import CHANGE_RULES, ORDER_RULES
from services.submission.domain.states import Dossier, Held, InterimReport, Revision, Status
from services.submission.domain.waiting_rules import campaign_finding, report_finding
from shared.contracts.base import WireModel, content_hash
from shared.contracts.elan import DossierSubmitted
from shared.contracts.submission import ComplementsRequested, DossierHeld, DossierRejected
from shared.contracts.types import Awaited
from shared.kernel.decision import (
    Decision,
    Finding,
    Message,
    OutgoingEvent,
    StateRef,
    States,
)
from shared.kernel.requests import Request
from shared.kernel.rules import breaches, evaluate_all, grounds, reasons

Findings = tuple[Finding, ...]


def assess(context: RevisionContext, _findings: Findings) -> Decision:
    """Judge a revision as it was submitted.

    The receipt lists the rules of receivability only: whatever is assessed may follow.
    """
    judgement = judge(context)
    report = (judgement.report,) if judgement.report else ()
    return Decision(
        states=(judgement.dossier, *report),
        events=(judgement.event,),
        findings=judgement.findings,
    )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a revision: its dossier, the event to publish, and the findings.

    `report` is set where the waiting list of the interim report changes.
    """

    dossier: Dossier
    event: WireModel
    findings: Findings
    report: InterimReport | None = None


def judge(context: RevisionContext) -> Judgement:
    """Reject, else hold for the campaign, else request complements, else hold, else receive."""
    findings = evaluate_all(REJECTIONS, context)
    if any(breaches(findings)):
        return _rejected(context, findings)
    campaign = campaign_finding(context)
    if campaign.outcome == "breach":
        return _held(context, "campaign", (campaign, *findings))
    findings = (campaign, *findings, *evaluate_all(COMPLEMENTS, context))
    if any(breaches(findings)):
        event = _with_grounds(ComplementsRequested, context.submitted, findings)
        return _judgement(context, "complements_requested", event, findings)
    report = report_finding(context)
    if report.outcome == "breach":
        return _held(context, "interim_report", (*findings, report))
    return _received(context, (*findings, report))


def judge_freed(context: RevisionContext) -> Judgement:
    """Receive a dossier whose interim report came, unless an agrement covers it by now [REC-11].

    Its other grounds were judged when it was filed, under the campaign of that time, and its day of
    deposit stays.
    """
    assert context.before, "a dossier that waited is stored"
    assert context.report.received_on, "it is the report that frees it"
    freed = replace(context, deposited_on=context.before.deposited_on)
    findings = evaluate_all((COVERAGE,), freed)
    if any(breaches(findings)):
        return _rejected(freed, findings)
    return _received(freed, (*findings, report_finding(freed)))


def _rejected(context: RevisionContext, findings: Findings) -> Judgement:
    event = _with_grounds(DossierRejected, context.submitted, findings)
    return _judgement(context, "rejected", event, findings)


def _received(context: RevisionContext, findings: Findings) -> Judgement:
    campaign, deposited_on = context.campaign, context.deposited_on
    assert campaign, "without a campaign a revision is rejected or held [REC-20]"
    assert deposited_on, "a revision without a signature in the window is rejected [REC-07, REC-08]"
    event = build_dossier_received(context.submitted, deposited_on=deposited_on, campaign=campaign)
    return _judgement(context, "received", event, findings)


def _held(context: RevisionContext, awaited: Awaited, findings: Findings) -> Judgement:
    submitted = context.submitted
    held = Held(
        submitted=submitted,
        origin=context.origin,
        waits_for=awaited,
        since=context.held_since,
    )
    event = DossierHeld(
        caf=submitted.caf,
        dossier_id=submitted.dossier_id,
        revision=submitted.revision,
        waits_for=awaited,
        reasons=reasons(findings),
    )
    return _judgement(context, "held", event, findings, held)


def _judgement(
    context: RevisionContext,
    status: Status,
    event: WireModel,
    findings: Findings,
    held: Held | None = None,
) -> Judgement:
    """Store the dossier, and add it to or remove it from the waiting list of the report."""
    dossier, before, report = _after(context, status, held), context.before, None
    if dossier.waits_for_report:
        report = context.report.with_waiting(dossier.key)
    elif before and before.waits_for_report:
        report = context.report.without(dossier.key)
    return Judgement(dossier, event, findings, report)


def _after(context: RevisionContext, status: Status, held: Held | None) -> Dossier:
    """Return the dossier after this revision, judged for the first time or again."""
    submitted, before = context.submitted, context.before
    revision = Revision(
        revision=submitted.revision,
        fingerprint=content_hash(submitted),
        signed_at=submitted.signed_at,
        rejected=status == "rejected",
    )
    earlier = before.completed_revisions if before else ()
    others = (each for each in earlier if each.revision != submitted.revision)
    return Dossier(
        dossier_id=submitted.dossier_id,
        caf=submitted.caf,
        school_year=submitted.school_year,
        siret=submitted.gestionnaire.siret,
        status=status,
        deposited_on=context.deposited_on,
        revisions=(*others, revision),
        held=held,
        withdrawal=before.withdrawal if before else None,
        reopened=before.reopened if before else False,
    )


def _refuse(message: Message[DossierSubmitted], _states: States, findings: Findings) -> Decision:
    """Refuse a revision that may not follow; the answer goes to the Caf that it names."""
    rejected = _with_grounds(DossierRejected, message.data, findings)
    dossier = StateRef(Dossier, message.data.dossier_id)
    return Decision(events=(OutgoingEvent(rejected, about=dossier),), findings=findings)


def _with_grounds(
    event: type[DossierRejected | ComplementsRequested],
    submitted: DossierSubmitted,
    findings: Findings,
) -> WireModel:
    return event(
        caf=submitted.caf,
        dossier_id=submitted.dossier_id,
        revision=submitted.revision,
        grounds=grounds(findings),
    )


DOSSIER_SUBMISSION = Request(
    context=load_context, gates=ORDER_RULES, rules=CHANGE_RULES, accept=assess, refuse=_refuse
)
"""The first revision of a dossier, or one that may follow those assessed [TEC-01, TEC-02]."""
