"""Handler of interim reports: judges the dossiers held for the report [REC-09, REC-10]."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.submission.domain.dossiers import judge_freed
from services.submission.domain.release import JudgedAgain, judge_again
from services.submission.domain.revision_context import states_of
from services.submission.domain.states import Dossier, InterimReport, report_key
from shared.contracts.caf import InterimReportReceived
from shared.contracts.submission import InterimReportRegistered
from shared.kernel.decision import Decision, Message, StateRef, States


def required_states(
    message: Message[InterimReportReceived], states: States
) -> Iterable[StateRef[Any]]:
    """Yield the report, then the dossiers that wait for it and what judges each of them."""
    key = _key(message.data)
    yield StateRef(InterimReport, key)
    stored = states.get_if_loaded(InterimReport, key)
    for dossier_id in stored.waiting if stored else ():
        yield StateRef(Dossier, dossier_id)
        dossier = states.get_if_loaded(Dossier, dossier_id)
        if dossier and dossier.held:
            yield from states_of(dossier.held.submitted, states)


def receive_report(
    message: Message[InterimReportReceived],
    states: States,
    _parameters: None,
) -> Decision:
    """Record the earliest date of receipt, and free every dossier that waited.

    The declaration that nothing ran frees them too.
    """
    data = message.data
    stored = states.get(InterimReport, _key(data)) or InterimReport(
        caf=data.caf, siret=data.siret, school_year=data.school_year
    )
    received = stored.with_changes(
        received_on=_earliest(stored, data),
        nothing_ran=data.nothing_ran and (stored.nothing_ran or stored.received_on is None),
    )
    judged = JudgedAgain(reports={received.key: received})
    for dossier_id in stored.waiting:
        judged = judge_again(judged, _dossier(states, dossier_id), states, judge_freed)
    registered = InterimReportRegistered(
        caf=data.caf, siret=data.siret, school_year=data.school_year
    )
    return Decision(
        states=judged.states,
        events=(registered, *judged.events),
        findings=judged.findings,
    )


def _earliest(stored: InterimReport, data: InterimReportReceived) -> date:
    return min(stored.received_on or data.received_on, data.received_on)


def _dossier(states: States, dossier_id: str) -> Dossier:
    dossier = states.get(Dossier, dossier_id)
    assert dossier, f"{dossier_id} is listed as waiting but does not exist"
    return dossier


def _key(data: InterimReportReceived) -> str:
    return report_key(data.caf, data.siret, data.school_year)
