"""Projection of the dossiers before their agrement, from submission and eligibility."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from services.cli.reads import ReadsByService
from services.eligibility import queries as eligibility
from services.submission import queries as submission
from shared.console.tables import Cell
from shared.contracts.base import WireModel
from shared.contracts.caf import CommitteeDecided
from shared.contracts.common import Reason
from shared.contracts.elan import DossierSubmitted
from shared.contracts.eligibility import (
    AgrementGranted,
    AgrementRefused,
    CommitteeAdjourned,
    CommitteeDecisionRejected,
    EligibilityAssessed,
)
from shared.contracts.envelope import Envelope
from shared.contracts.legal_dates import days_of_events
from shared.contracts.submission import (
    ComplementsRequested,
    DossierHeld,
    DossierReceived,
    DossierRejected,
    DossierWithdrawn,
)
from shared.contracts.types import Awaited
from shared.kernel.read_port import events_of_types

Status = Literal[
    "filed",
    "awaits_campaign",
    "awaits_report",
    "to_complete",
    "received",
    "rejected",
    "withdrawn",
    "assessed",
    "adjourned",
    "decision_rejected",
    "granted",
    "refused",
]
AWAITS: dict[Status, str] = {
    "awaits_campaign": "l'appel à projets de la Caf",
    "awaits_report": "le bilan intermédiaire",
    "to_complete": "des compléments",
    "received": "l'examen d'éligibilité",
    "assessed": "la décision du comité",
    "adjourned": "une nouvelle séance du comité",
    "decision_rejected": "une décision rectifiée du comité",
}
"""What a dossier waits for, by status; in any other status it waits for nothing."""
HELD_FOR: dict[Awaited, Status] = {
    "campaign": "awaits_campaign",
    "interim_report": "awaits_report",
}
BEFORE_THE_COMMITTEE: tuple[Status, ...] = ("assessed", "adjourned", "decision_rejected")
VERDICTS = {
    "eligible": "dossier éligible",
    "derogation": "dérogation à accorder ou à refuser",
    "ineligible": "dossier inéligible, à refuser ou à réduire",
}
OUT_OF_PLACE = {"COM-09", "COM-10", "RET-04", "TEC-03"}
"""Reasons why a decision of the committee says nothing about what the dossier waits for."""


@dataclass(frozen=True, slots=True)
class PendingDossier:
    """A dossier before its agrement: the values of its first revision, its status, and why.

    `since` is the day that counts for the event that gave it this status.
    """

    dossier_id: str
    gestionnaire: str = ""
    school_year: str = ""
    status: Status = "filed"
    since: date | None = None
    detail: str = ""

    @property
    def row(self) -> tuple[Cell, ...]:
        """Its row of the report of waiting dossiers."""
        awaits = AWAITS.get(self.status, "")
        return (
            *(self.dossier_id, self.gestionnaire, self.school_year),
            *(awaits, self.since, self.detail),
        )

    def after(self, event: Any, day: date) -> "PendingDossier":
        """Return the dossier after an event that counts from a day; a withdrawn one stays so."""
        if type(event) is DossierSubmitted:  # `DossierReceived` is one, too.
            name, year = event.gestionnaire.name, event.school_year
            return self if self.gestionnaire else replace(self, gestionnaire=name, school_year=year)
        change = STATUSES[type(event)](event)
        if change is None or self.status == "withdrawn":
            return self
        status, detail = change
        return replace(self, status=status, since=day, detail=detail)


def pending(
    submission: Iterable[Envelope], eligibility: Iterable[Envelope], on: date | None = None
) -> list[PendingDossier]:
    """Return the dossiers that wait before their agrement, by id, after these events.

    Only events that count on a day or before it, all for None. The two services are read in the
    order of time: a dossier that its Caf reopens goes back from eligibility to submission.
    """
    dossiers: dict[str, PendingDossier] = {}
    events = sorted((*submission, *eligibility), key=lambda event: event.time)
    days = days_of_events(events)
    for event in events:
        data: Any = event.data
        if on and days[event.id] > on:
            continue
        dossier = dossiers.get(data.dossier_id) or PendingDossier(data.dossier_id)
        dossiers[data.dossier_id] = dossier.after(data, days[event.id])
    return [dossier for _, dossier in sorted(dossiers.items()) if dossier.status in AWAITS]


async def pending_dossiers(
    reads: ReadsByService, caf: str, on: date | None = None
) -> list[PendingDossier]:
    """Return the dossiers of a Caf that wait before their agrement, by id.

    For a day all events are read, since a dossier may have been decided after it. Else their states
    select them; those between the two services are among all received ones of their year, which are
    read where submission received more than eligibility assessed.

    Raises:
        StoreError: when a database does not answer.
    """
    deposits, assessments = reads["submission"], reads["eligibility"]
    dossier_ids = None if on else await _open_dossiers(reads, caf)
    return pending(
        await events_of_types(deposits, caf, OF_SUBMISSION, dossier_ids),
        await events_of_types(assessments, caf, OF_ELIGIBILITY, dossier_ids),
        on,
    )


async def _open_dossiers(reads: ReadsByService, caf: str) -> set[str]:
    deposits, assessments = reads["submission"], reads["eligibility"]
    dossier_ids: set[str] = set()
    for year in await submission.school_years(deposits, caf):
        dossier_ids |= await eligibility.undecided_dossiers(assessments, caf, year)
        assessed = await eligibility.count_assessed(assessments, caf, year)
        dossier_ids |= await submission.open_dossiers(deposits, caf, year, assessed)
    return dossier_ids


def _rejected(event: DossierRejected) -> tuple[Status, str] | None:
    """End a dossier; the refusal of one revision alone changes nothing."""
    return None if event.of_the_revision else ("rejected", "")


def _decision_rejected(event: CommitteeDecisionRejected) -> tuple[Status, str] | None:
    """Wait for a corrected decision; one on a dossier that waits for none changes nothing."""
    out_of_place = any(reason.rule in OUT_OF_PLACE for reason in event.reasons)
    return None if out_of_place else ("decision_rejected", _reason_text(event.reasons))


def _reason_text(reasons: Iterable[Reason]) -> str:
    return " ; ".join(f"[{reason.rule}] {reason.message}" for reason in reasons)


STATUSES: dict[type[WireModel], Callable[[Any], tuple[Status, str] | None]] = {
    DossierHeld: lambda event: (HELD_FOR[event.waits_for], ""),
    ComplementsRequested: lambda event: ("to_complete", _reason_text(event.grounds)),
    DossierReceived: lambda _: ("received", ""),
    DossierRejected: _rejected,
    DossierWithdrawn: lambda _: ("withdrawn", ""),
    EligibilityAssessed: lambda event: ("assessed", VERDICTS[event.verdict]),
    CommitteeDecided: lambda _: None,  # Read for its day: its answers state none.
    CommitteeAdjourned: lambda _: ("adjourned", "décision ajournée"),
    CommitteeDecisionRejected: _decision_rejected,
    AgrementGranted: lambda _: ("granted", ""),
    AgrementRefused: lambda _: ("refused", ""),
}
"""The status after an event, with its detail in French; None: unchanged."""
OF_SUBMISSION = (
    *(DossierSubmitted, DossierHeld, ComplementsRequested),
    *(DossierReceived, DossierRejected, DossierWithdrawn),
)
OF_ELIGIBILITY = tuple(model for model in STATUSES if model not in OF_SUBMISSION)
