"""A submitted revision of a dossier, and the states that its rules read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from services.submission.domain.states import (
    Agrement,
    AgrementEnd,
    Campaign,
    Dossier,
    GestionnaireAgrements,
    InterimReport,
    campaign_key,
    gestionnaire_key,
    report_key,
)
from shared.contracts.elan import DossierSubmitted
from shared.french import in_paris
from shared.kernel.calendar import previous
from shared.kernel.decision import Message, RequestRef, StateRef, States


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionContext:
    """A submitted revision, and the states that its rules read.

    `origin`: the request to answer. `held_since`: the time of its message or, where the dossier
    waits already, of the first that was held. `before`: the dossier after the earlier revisions,
    None for the first one. `deposited_on`: the day of the deposit. `agrements`: those of the
    gestionnaire, as far as they were not withdrawn. `report`: the interim report on the school year
    before.
    """

    submitted: DossierSubmitted
    origin: RequestRef
    held_since: datetime | None
    before: Dossier | None
    campaign: Campaign | None
    deposited_on: date | None
    agrements: tuple[Agrement, ...]
    report: InterimReport


def required_states(message: Message[DossierSubmitted], states: States) -> Iterable[StateRef[Any]]:
    """Yield what the rules of a revision read."""
    return states_of(message.data, states)


def states_of(submitted: DossierSubmitted, states: States) -> Iterator[StateRef[Any]]:
    """Yield dossier, campaign, interim report and gestionnaire, then its agrements."""
    caf, siret = submitted.caf, submitted.gestionnaire.siret
    yield StateRef(Dossier, submitted.dossier_id)
    yield StateRef(Campaign, campaign_key(caf, submitted.school_year))
    yield StateRef(InterimReport, report_key(caf, siret, previous(submitted.school_year)))
    yield StateRef(GestionnaireAgrements, gestionnaire_key(caf, siret))
    gestionnaire = states.get_if_loaded(GestionnaireAgrements, gestionnaire_key(caf, siret))
    for dossier_id in gestionnaire.agrements if gestionnaire else ():
        yield StateRef(Agrement, dossier_id)
        yield StateRef(AgrementEnd, dossier_id)


def load_context(
    message: Message[DossierSubmitted], states: States, _parameters: None
) -> RevisionContext:
    """Return the context of a revision as it was submitted."""
    context = context_of(message.data, message.origin, states)
    return replace(context, held_since=context.held_since or message.time.astimezone(UTC))


def context_of(submitted: DossierSubmitted, origin: RequestRef, states: States) -> RevisionContext:
    """Return the context of a revision, judged now or again; `origin` is the request to answer."""
    caf, siret = submitted.caf, submitted.gestionnaire.siret
    report = InterimReport(caf=caf, siret=siret, school_year=previous(submitted.school_year))
    before = states.get(Dossier, submitted.dossier_id)
    campaign = states.get(Campaign, campaign_key(caf, submitted.school_year))
    gestionnaire = states.get(GestionnaireAgrements, gestionnaire_key(caf, siret))
    agrements = (_agrement(each, states) for each in gestionnaire.agrements) if gestionnaire else ()
    return RevisionContext(
        submitted=submitted,
        origin=origin,
        held_since=before.held.since if before and before.held else None,
        before=before,
        campaign=campaign,
        deposited_on=_deposited_on(submitted, before, campaign),
        agrements=tuple(agrement for agrement in agrements if agrement),
        report=states.get(InterimReport, report.key) or report,
    )


def _deposited_on(
    submitted: DossierSubmitted, before: Dossier | None, campaign: Campaign | None
) -> date | None:
    """Return the day of the deposit, None without a campaign or a signature in its window.

    It is that of the earliest signature in the window, among this revision and the earlier ones
    that were not rejected [D-REC-07, D-REC-07b].
    """
    if campaign is None:
        return None
    earlier = before.completed_revisions if before else ()
    signatures = (submitted.signed_at, *(each.signed_at for each in earlier if not each.rejected))
    days = (in_paris(signed_at).date() for signed_at in signatures if signed_at)
    opened = campaign.opened
    return min((day for day in days if opened.opens_on <= day <= opened.closes_on), default=None)


def _agrement(dossier_id: str, states: States) -> Agrement | None:
    """Return an agrement as far as it was not withdrawn."""
    agrement, end = states.get(Agrement, dossier_id), states.get(AgrementEnd, dossier_id)
    return agrement.before(end.withdrawn_from) if agrement and end else agrement
