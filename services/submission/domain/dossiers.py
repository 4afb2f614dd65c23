"""Handler of deposits: a revision is received, rejected, to be completed, or held for a report."""

from services.submission.domain.complement_rules import COMPLEMENTS
from services.submission.domain.handover import build_dossier_received
from services.submission.domain.rejection_rules import REJECTIONS
from services.submission.domain.revision_context import RevisionContext, load_context
from services.submission.domain.revisions import CHANGE_RULES, ORDER_RULES
from services.submission.domain.states import Dossier, Held, Revision, Status
from shared.contracts.base import WireModel, content_hash
from shared.contracts.elan import DossierSubmitted
from shared.contracts.submission import ComplementsRequested, DossierHeld, DossierRejected
from shared.kernel.calendar import previous
from shared.kernel.decision import (
    Decision,
    Finding,
    Message,
    OutgoingEvent,
    State,
    StateRef,
    States,
)
from shared.kernel.requests import Request
from shared.kernel.rules import breach, breaches, evaluate_all, grounds, not_applicable

Findings = tuple[Finding, ...]


def assess(context: RevisionContext, _findings: Findings) -> Decision:
    """Reject, else request complements, else hold, else receive.

    The receipt lists the rules of receivability only: whatever is assessed may follow.
    """
    rejections, complements = evaluate_all(REJECTIONS, context), evaluate_all(COMPLEMENTS, context)
    findings = (*rejections, *complements)
    if any(breaches(rejections)):
        event = _with_grounds(DossierRejected, context.submitted, rejections)
        return _recorded(context, "rejected", event, findings)
    if any(breaches(complements)):
        event = _with_grounds(ComplementsRequested, context.submitted, complements)
        return _recorded(context, "complements_requested", event, findings)
    return _hold_or_receive(context, findings)


def _hold_or_receive(context: RevisionContext, findings: Findings) -> Decision:
    submitted, deposited_on, campaign = context.submitted, context.deposited_on, context.campaign
    assert deposited_on, "an unsigned revision is rejected [REC-08]"
    assert campaign, "a revision without a campaign is rejected [REC-20]"
    report = report_finding(context)
    if report.outcome == "breach":
        held = Held(submitted=submitted, deposited_on=deposited_on, origin=context.message.origin)
        return _recorded(context, "held", _held(submitted), (*findings, report), held)
    event = build_dossier_received(submitted, deposited_on=deposited_on, campaign=campaign)
    return _recorded(context, "received", event, (*findings, report))


def report_finding(context: RevisionContext) -> Finding:
    """REC-09: a gestionnaire that ran a Clas the year before owes its interim report."""
    if not context.submitted.previous_clas:
        because = "le gestionnaire n'a pas mené de Clas l'année précédente"
        return not_applicable("REC-09", because)
    report = f"bilan intermédiaire {context.report.school_year}"
    if context.report.received_on:
        return Finding("REC-09", "ok", f"Le {report} est parvenu.")
    return breach("REC-09", f"Le {report} n'est pas parvenu : le dossier l'attend.")


def _recorded(
    context: RevisionContext,
    status: Status,
    event: WireModel,
    findings: Findings,
    held: Held | None = None,
) -> Decision:
    """Store the dossier, and add it to or remove it from the waiting list of the report."""
    before, after = context.before, _after(context, status, held)
    states: tuple[State, ...] = (after,)
    if held:
        states += (context.report.with_waiting(after.key),)
    elif before and before.held:
        states += (context.report.without(after.key),)
    return Decision(states=states, events=(event,), findings=findings)


def _after(context: RevisionContext, status: Status, held: Held | None) -> Dossier:
    """Return the dossier after this revision; the first revision sets the day of the deposit."""
    submitted, before = context.submitted, context.before
    revision = Revision(revision=submitted.revision, fingerprint=content_hash(submitted))
    if before:
        revisions = (*before.revisions, revision)
        return before.with_changes(revisions=revisions, status=status, held=held)
    return Dossier(
        dossier_id=submitted.dossier_id,
        caf=submitted.caf,
        school_year=submitted.school_year,
        siret=submitted.gestionnaire.siret,
        status=status,
        deposited_on=context.deposited_on,
        revisions=(revision,),
        held=held,
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


def _held(submitted: DossierSubmitted) -> DossierHeld:
    return DossierHeld(
        caf=submitted.caf,
        dossier_id=submitted.dossier_id,
        revision=submitted.revision,
        waits_for=f"bilan intermédiaire {previous(submitted.school_year)} du gestionnaire"
        f" {submitted.gestionnaire.siret} (REC-09)",
    )


DOSSIER_SUBMISSION = Request(
    context=load_context, gates=ORDER_RULES, rules=CHANGE_RULES, accept=assess, refuse=_refuse
)
"""The first revision of a dossier, or one that may follow those assessed [TEC-01, TEC-02]."""
