"""Handler of deposits: a revision is received, rejected, to be completed, or held for a report."""

from collections.abc import Iterable
from typing import Any

from services.submission.domain.complement_rules import complements
from services.submission.domain.handover import build_dossier_received, deposit_day
from services.submission.domain.rejection_rules import ReceivabilityContext, rejections
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


def required_states(message: Message[DossierSubmitted], _states: States) -> Iterable[StateRef[Any]]:
    """Yield the dossier, its campaign, the interim report it may wait for, the renewed agrement."""
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
    """Assess the first revision of a dossier, or one that may follow those already assessed.

    A refused revision (TEC-01, TEC-02) changes nothing and is not recorded; its answer
    goes to the Caf that it names.
    """
    submitted = message.data
    before = states.get(Dossier, submitted.dossier_id)
    if before is None:
        return _assess(message, states, before)
    if is_duplicate(submitted, before):
        return NO_CHANGE
    refused = refusals(submitted, before)
    if refused.reasons:
        refusal = OutgoingEvent(
            _rejected(submitted, refused.reasons), about=StateRef(Dossier, before.key)
        )
        return Decision(events=(refusal,), steps=refused.steps)
    return _assess(message, states, before)


def _assess(message: Message[DossierSubmitted], states: States, before: Dossier | None) -> Decision:
    """Reject, else request complements, else hold, else receive."""
    submitted, context = message.data, _context(message.data, states, before)
    campaign = context.campaign
    deposited_on = before.deposited_on if before else deposit_day(submitted)
    rejected, incomplete = rejections(context), complements(context)
    steps = (*rejected.steps, *incomplete.steps)
    if rejected.reasons or campaign is None or deposited_on is None:
        # Without a campaign or a deposit day there is a reason: REC-20 or REC-08.
        after = _after(submitted, before, "rejected")
        return _outcome(states, before, after, _rejected(submitted, rejected.reasons), steps)
    if incomplete.reasons:
        after = _after(submitted, before, "complements_requested")
        return _outcome(states, before, after, _to_complete(submitted, incomplete.reasons), steps)
    waits = _waits_for_report(submitted, states)
    steps += (_report_step(submitted, waits=waits),)
    if waits:
        held = Held(submitted=submitted, deposited_on=deposited_on, origin=message.origin)
        after = _after(submitted, before, "held", held)
        return _outcome(states, before, after, _held(submitted), steps)
    event = build_dossier_received(submitted, deposited_on=deposited_on, campaign=campaign)
    return _outcome(states, before, _after(submitted, before, "received"), event, steps)


def _context(
    submitted: DossierSubmitted, states: States, before: Dossier | None
) -> ReceivabilityContext:
    return ReceivabilityContext(
        submitted=submitted,
        campaign=states.get(Campaign, campaign_key(submitted.caf, submitted.school_year)),
        renewed=_renewed(submitted.renews, states) if submitted.renews else None,
        deposit=before is None,
    )


def _renewed(dossier_id: str, states: States) -> Agrement | None:
    """Return the agrement to be renewed, as far as it was not withdrawn."""
    agrement, end = states.get(Agrement, dossier_id), states.get(AgrementEnd, dossier_id)
    return agrement.before(end.withdrawn_from) if agrement and end else agrement


def _waits_for_report(submitted: DossierSubmitted, states: States) -> bool:
    """REC-09: a gestionnaire that ran a Clas the year before owes its interim report."""
    report = states.get(InterimReport, _report_key(submitted))
    return submitted.previous_clas and not (report and report.received_on)


def _report_step(submitted: DossierSubmitted, *, waits: bool) -> Step:
    report = f"bilan intermédiaire {previous(submitted.school_year)}"
    if not submitted.previous_clas:
        text = "Sans objet : le gestionnaire n'a pas mené de Clas l'année précédente."
        return Step(rule="REC-09", outcome="not_applicable", message=text)
    if waits:
        text = f"Le {report} n'est pas parvenu : le dossier l'attend."
        return Step(rule="REC-09", outcome="breach", message=text)
    return Step(rule="REC-09", outcome="ok", message=f"Le {report} est parvenu.")


def _after(
    submitted: DossierSubmitted, before: Dossier | None, status: Status, held: Held | None = None
) -> Dossier:
    """Return the dossier after this revision; the first revision sets the day of the deposit."""
    revision = revision_of(submitted)
    if before:
        return before.with_changes(
            revisions=(*before.revisions, revision), status=status, held=held
        )
    return Dossier(
        dossier_id=submitted.dossier_id,
        caf=submitted.caf,
        school_year=submitted.school_year,
        siret=submitted.gestionnaire.siret,
        status=status,
        deposited_on=deposit_day(submitted),
        revisions=(revision,),
        held=held,
    )


def _outcome(
    states: States,
    before: Dossier | None,
    after: Dossier,
    event: WireModel,
    steps: tuple[Step, ...],
) -> Decision:
    """Store the dossier, and add it to or remove it from the waiting list of the report."""
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
