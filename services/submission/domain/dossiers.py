"""A dossier, or a new revision of it: received, rejected, to complete, or held for a report."""

from collections.abc import Iterable
from typing import Any

from services.submission.domain.handover import build_dossier_received, deposit_day
from services.submission.domain.receivability_rules import (
    ReceivabilityContext,
    complements,
    rejections,
)
from services.submission.domain.revisions import is_duplicate, refusals, revision_of
from services.submission.domain.states import (
    Agrement,
    AgrementEnd,
    Campaign,
    Dossier,
    Held,
    InterimReport,
    Status,
    campaign_key,
    report_key,
)
from shared.contracts.base import WireModel
from shared.contracts.common import Ground
from shared.contracts.elan import DossierSubmitted
from shared.contracts.submission import ComplementsRequested, DossierHeld, DossierRejected
from shared.kernel.calendar import previous
from shared.kernel.decision import NO_CHANGE, Decision, Message, OutgoingEvent, StateRef, States
from shared.kernel.rules import Step


def required_states(message: Message[DossierSubmitted], _known: States) -> Iterable[StateRef[Any]]:
    """Name the dossier, its campaign, the report it may wait for, the agrement it renews."""
    submitted = message.data
    yield StateRef(Dossier, submitted.dossier_id)
    yield StateRef(Campaign, campaign_key(submitted.caf, submitted.school_year))
    yield StateRef(InterimReport, _report_key(submitted))
    if submitted.renews:
        yield StateRef(Agrement, submitted.renews)
        yield StateRef(AgrementEnd, submitted.renews)


def submit(
    message: Message[DossierSubmitted],
    states: States,
    _parameters: None,
) -> Decision:
    """Judge a dossier's first revision, or one that may follow those already judged.

    A refused revision (TEC-01, TEC-02) changes nothing and is not remembered; its answer
    goes to the Caf that it names.
    """
    submitted = message.data
    before = states.get(Dossier, submitted.dossier_id)
    if before is None:
        return _judge(message, states, before)
    if is_duplicate(submitted, before):
        return NO_CHANGE
    refused = refusals(submitted, before)
    if refused.reasons:
        refusal = OutgoingEvent(
            _rejected(submitted, refused.reasons), about=StateRef(Dossier, before.key)
        )
        return Decision(events=(refusal,), steps=refused.steps)
    return _judge(message, states, before)


def _judge(message: Message[DossierSubmitted], states: States, before: Dossier | None) -> Decision:
    """Rejection wins over complements, complements over holding."""
    submitted, case = message.data, _case(message.data, states, before)
    campaign = case.campaign
    deposited_on = before.deposited_on if before else deposit_day(submitted)
    rejected, incomplete = rejections(case), complements(case)
    steps = (*rejected.steps, *incomplete.steps)
    if rejected.reasons or campaign is None or deposited_on is None:  # Grounds: REC-20, REC-08.
        after = _after(submitted, before, "rejected")
        return _outcome(states, before, after, _rejected(submitted, rejected.reasons), steps)
    if incomplete.reasons:
        after = _after(submitted, before, "complements_requested")
        return _outcome(states, before, after, _to_complete(submitted, incomplete.reasons), steps)
    waits = _waits(submitted, states)
    steps += (_report_step(submitted, waits=waits),)
    if waits:
        held = Held(submitted=submitted, deposited_on=deposited_on, origin=message.origin)
        after = _after(submitted, before, "held", held)
        return _outcome(states, before, after, _held(submitted), steps)
    event = build_dossier_received(submitted, deposited_on=deposited_on, campaign=campaign)
    return _outcome(states, before, _after(submitted, before, "received"), event, steps)


def _case(
    submitted: DossierSubmitted, states: States, before: Dossier | None
) -> ReceivabilityContext:
    return ReceivabilityContext(
        submitted=submitted,
        campaign=states.get(Campaign, campaign_key(submitted.caf, submitted.school_year)),
        renewed=_renewed(submitted.renews, states) if submitted.renews else None,
        deposit=before is None,
    )


def _renewed(dossier_id: str, states: States) -> Agrement | None:
    """Return what is left of the agrement that is to be renewed."""
    agrement, end = states.get(Agrement, dossier_id), states.get(AgrementEnd, dossier_id)
    return agrement.before(end.withdrawn_from) if agrement and end else agrement


def _waits(submitted: DossierSubmitted, states: States) -> bool:
    """REC-09: whoever ran a Clas the year before owes its interim report."""
    report = states.get(InterimReport, _report_key(submitted))
    return submitted.previous_clas and not (report and report.received_on)


def _report_step(submitted: DossierSubmitted, *, waits: bool) -> Step:
    report = f"bilan intermédiaire {previous(submitted.school_year)}"
    if not submitted.previous_clas:
        told = "Sans objet : le gestionnaire n'a pas mené de Clas l'année précédente."
        return Step(rule="REC-09", outcome="not_applicable", message=told)
    if waits:
        told = f"Le {report} n'est pas parvenu : le dossier l'attend."
        return Step(rule="REC-09", outcome="breach", message=told)
    return Step(rule="REC-09", outcome="ok", message=f"Le {report} est parvenu.")


def _after(
    submitted: DossierSubmitted, before: Dossier | None, status: Status, held: Held | None = None
) -> Dossier:
    """Return the dossier once this revision is judged; only the first one dates the deposit."""
    judged = revision_of(submitted)
    if before:
        return before.with_changes(revisions=(*before.revisions, judged), status=status, held=held)
    return Dossier(
        dossier_id=submitted.dossier_id,
        caf=submitted.caf,
        school_year=submitted.school_year,
        siret=submitted.gestionnaire.siret,
        status=status,
        deposited_on=deposit_day(submitted),
        revisions=(judged,),
        held=held,
    )


def _outcome(
    states: States,
    before: Dossier | None,
    after: Dossier,
    event: WireModel,
    steps: tuple[Step, ...],
) -> Decision:
    """Store the dossier, and put it on the report's waiting list or take it off."""
    if not (after.held or (before and before.held)):
        return Decision(states=(after,), events=(event,), steps=steps)
    report = _report(states, after)
    listed = report.with_waiting(after.key) if after.held else report.without(after.key)
    return Decision(states=(after, listed), events=(event,), steps=steps)


def _report(states: States, dossier: Dossier) -> InterimReport:
    year = previous(dossier.school_year)
    return states.get(InterimReport, report_key(dossier.caf, dossier.siret, year)) or InterimReport(
        caf=dossier.caf, siret=dossier.siret, school_year=year
    )


def _report_key(submitted: DossierSubmitted) -> str:
    siret, year = submitted.gestionnaire.siret, previous(submitted.school_year)
    return report_key(submitted.caf, siret, year)


def _rejected(submitted: DossierSubmitted, grounds: tuple[Ground, ...]) -> DossierRejected:
    return DossierRejected(
        caf=submitted.caf,
        dossier_id=submitted.dossier_id,
        revision=submitted.revision,
        grounds=grounds,
    )


def _to_complete(submitted: DossierSubmitted, grounds: tuple[Ground, ...]) -> ComplementsRequested:
    return ComplementsRequested(
        caf=submitted.caf,
        dossier_id=submitted.dossier_id,
        revision=submitted.revision,
        grounds=grounds,
    )


def _held(submitted: DossierSubmitted) -> DossierHeld:
    return DossierHeld(
        caf=submitted.caf,
        dossier_id=submitted.dossier_id,
        revision=submitted.revision,
        waits_for=f"bilan intermédiaire {previous(submitted.school_year)} du gestionnaire"
        f" {submitted.gestionnaire.siret} (REC-09)",
    )
