"""Handler of interim reports: receives the dossiers held for the report [REC-09, REC-10]."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.submission.domain.handover import build_dossier_received
from services.submission.domain.states import (
    Campaign,
    Dossier,
    Held,
    InterimReport,
    campaign_key,
    report_key,
)
from shared.contracts.caf import InterimReportReceived
from shared.contracts.submission import InterimReportRegistered
from shared.kernel.calendar import school_year, start_year
from shared.kernel.decision import Decision, Finding, Message, OutgoingEvent, StateRef, States


def required_states(
    message: Message[InterimReportReceived], states: States
) -> Iterable[StateRef[Any]]:
    """Yield the report, then the dossiers that wait for it and their campaign."""
    key = _key(message.data)
    yield StateRef(InterimReport, key)
    if (stored := states.get_if_loaded(InterimReport, key)) and stored.waiting:
        yield StateRef(Campaign, _campaign_key(message.data))
        yield from (StateRef(Dossier, dossier_id) for dossier_id in stored.waiting)


def receive_report(
    message: Message[InterimReportReceived],
    states: States,
    _parameters: None,
) -> Decision:
    """Record the earliest date of receipt, and receive every dossier that waited.

    A released dossier has passed every other rule and is not assessed again. It is handed over
    with the current terms of the campaign and answers the request that was held, so that its
    event has the same id as without the wait.
    """
    data = message.data
    stored = states.get(InterimReport, _key(data)) or InterimReport(
        caf=data.caf, siret=data.siret, school_year=data.school_year
    )
    released = [_dossier(states, dossier_id) for dossier_id in stored.waiting]
    return Decision(
        states=(
            stored.with_changes(received_on=_earliest(stored, data), waiting=()),
            *(dossier.with_changes(status="received", held=None) for dossier, _ in released),
        ),
        events=(
            InterimReportRegistered(caf=data.caf, siret=data.siret, school_year=data.school_year),
            *(_hand_over(held, states, data) for _, held in released),
        ),
        findings=tuple(_released_finding(dossier, data) for dossier, _ in released),
    )


def _earliest(stored: InterimReport, data: InterimReportReceived) -> date:
    return min(stored.received_on or data.received_on, data.received_on)


def _dossier(states: States, dossier_id: str) -> tuple[Dossier, Held]:
    dossier = states.get(Dossier, dossier_id)
    assert dossier, f"{dossier_id} is listed as waiting but does not exist"
    assert dossier.held, f"{dossier_id} is listed as waiting but is not held"
    return dossier, dossier.held


def _hand_over(held: Held, states: States, data: InterimReportReceived) -> OutgoingEvent:
    campaign = states.get(Campaign, _campaign_key(data))
    assert campaign, "a dossier is held only under a campaign, and no campaign is ever removed"
    return OutgoingEvent(
        build_dossier_received(held.submitted, deposited_on=held.deposited_on, campaign=campaign),
        origin=held.origin,
        about=StateRef(Dossier, held.submitted.dossier_id),
    )


def _released_finding(dossier: Dossier, data: InterimReportReceived) -> Finding:
    text = f"Le bilan intermédiaire {data.school_year} qu'attendait le dossier"
    return Finding("REC-09", "ok", f"{text} {dossier.dossier_id} est parvenu.")


def _key(data: InterimReportReceived) -> str:
    return report_key(data.caf, data.siret, data.school_year)


def _campaign_key(data: InterimReportReceived) -> str:
    return campaign_key(data.caf, school_year(start_year(data.school_year) + 1))
