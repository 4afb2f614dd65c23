"""A submitted revision of a dossier, and the states that its rules read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.submission.domain.handover import deposit_day
from services.submission.domain.states import (
    Agrement,
    AgrementEnd,
    Campaign,
    Dossier,
    InterimReport,
    campaign_key,
    report_key,
)
from shared.contracts.elan import DossierSubmitted
from shared.kernel.calendar import previous
from shared.kernel.decision import Message, StateRef, States


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionContext:
    """A submitted revision, and the states that its rules read.

    `before`: the dossier after the earlier revisions, None for the first one.
    `renewed`: the agrement of the dossier that `renews` names, as far as it was not withdrawn;
    None where none is recorded. `report`: the interim report on the school year before.
    """

    message: Message[DossierSubmitted]
    before: Dossier | None
    campaign: Campaign | None
    renewed: Agrement | None
    report: InterimReport

    @property
    def submitted(self) -> DossierSubmitted:
        """The content of the revision."""
        return self.message.data

    @property
    def deposited_on(self) -> date | None:
        """The day on which the first revision was signed [D-REC-07b]."""
        return self.before.deposited_on if self.before else deposit_day(self.submitted)


def required_states(message: Message[DossierSubmitted], _states: States) -> Iterable[StateRef[Any]]:
    """Yield the dossier, its campaign, the interim report it may wait for, the renewed agrement."""
    submitted = message.data
    yield StateRef(Dossier, submitted.dossier_id)
    yield StateRef(Campaign, campaign_key(submitted.caf, submitted.school_year))
    siret, year = submitted.gestionnaire.siret, previous(submitted.school_year)
    yield StateRef(InterimReport, report_key(submitted.caf, siret, year))
    if submitted.renews:
        yield StateRef(Agrement, submitted.renews)
        yield StateRef(AgrementEnd, submitted.renews)


def load_context(
    message: Message[DossierSubmitted], states: States, _parameters: None
) -> RevisionContext:
    """Return the context of a revision."""
    submitted = message.data
    report = _report(submitted)
    return RevisionContext(
        message=message,
        before=states.get(Dossier, submitted.dossier_id),
        campaign=states.get(Campaign, campaign_key(submitted.caf, submitted.school_year)),
        renewed=_renewed(submitted.renews, states) if submitted.renews else None,
        report=states.get(InterimReport, report.key) or report,
    )


def _report(submitted: DossierSubmitted) -> InterimReport:
    """Return the interim report on the school year before, as it is until it is received."""
    return InterimReport(
        caf=submitted.caf,
        siret=submitted.gestionnaire.siret,
        school_year=previous(submitted.school_year),
    )


def _renewed(dossier_id: str, states: States) -> Agrement | None:
    """Return the agrement to be renewed, as far as it was not withdrawn."""
    agrement, end = states.get(Agrement, dossier_id), states.get(AgrementEnd, dossier_id)
    return agrement.before(end.withdrawn_from) if agrement and end else agrement
