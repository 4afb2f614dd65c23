"""A Caf's envelopes in a story: rights of 650 euros that need 260 in 2025 and 390 in 2026."""

from datetime import UTC, datetime
from typing import Any

from services.funding.domain.envelopes import Envelopes
from shared.contracts.eligibility import AgrementGranted
from shared.contracts.funding import (
    EnvelopeRegistered,
    EnvelopeReleaseContinued,
    FundingDeferred,
    FundingGranted,
)
from shared.kernel.decision import Decision, RequestRef
from tests.support.decide import TIME, Story, said
from tests.support.life import envelope_allotted
from tests.unit.funding.builders import project


def small(dossier_id: str, decided_on: str = "2025-10-02", **changes: Any) -> AgrementGranted:
    """Return an agrement of one collectif of 2 000 euros: 260.00 in N, 390.00 in N+1."""
    return project("2000.00", dossier_id=dossier_id, decided_on=decided_on, **changes)


def allot(told: Story, amount: str, exercise: int = 2025, **of: Any) -> Decision:
    """Let the Caf allot a total."""
    attributes = {name: of.pop(name) for name in ("id", "time") if name in of}
    allotted = envelope_allotted(exercise=exercise, amount=amount, **of)
    return told.when(allotted, **attributes)


def at(hour: int) -> datetime:
    """Return an hour of the day of the stories."""
    return TIME.replace(hour=hour, tzinfo=UTC)


def file(told: Story, *dossiers: str | tuple[str, str]) -> list[str]:
    """Let small rights arrive, each of its own request; return what each is told."""
    answers = []
    for each in dossiers:
        dossier, decided_on = each if isinstance(each, tuple) else (each, "2025-10-02")
        origin = RequestRef(request=f"R-{dossier}", correlation=f"C-{dossier}")
        (event,) = said(told.when(small(dossier, decided_on), id=f"A-{dossier}", origin=origin))
        answers.append(type(event).__name__)
    return answers


def drain(told: Story, decision: Decision) -> list[str]:
    """Follow the pages that a decision starts; return the dossiers that they grant, in order."""
    granted: list[str] = []
    events = list(said(decision))
    while events:
        event = events.pop(0)
        if isinstance(event, FundingGranted):
            granted.append(event.dossier_id)
        if isinstance(event, EnvelopeReleaseContinued):
            events += said(told.when(event))
    return granted


def raised(told: Story, amount: str, exercise: int = 2025, hour: int = 9) -> list[str]:
    """Let the Caf allot a later total; return the dossiers that it lets in, in order."""
    decision = allot(told, amount, exercise, id=f"E-{amount}-{exercise}", time=at(hour))
    answer = said(decision)[0]
    assert answer == EnvelopeRegistered(caf="761", exercise=exercise)
    return drain(told, decision)


def envelopes(told: Story, caf: str = "761") -> Envelopes:
    """Return the envelopes of a Caf."""
    return told.get(Envelopes, caf)


def waiting(told: Story) -> list[str]:
    """Return the dossiers of the list, in its order."""
    return [claim.dossier_id for claim in envelopes(told).waiting]


def left(told: Story) -> list[tuple[int, str | None]]:
    """Return each exercise with what is left of it."""
    lines = envelopes(told).lines
    return [(line.exercise, None if line.left is None else str(line.left)) for line in lines]


def why(decision: Decision) -> list[str]:
    """Return the sentences of a deferral for an envelope."""
    (event,) = said(decision)
    assert isinstance(event, FundingDeferred)
    assert {reason.rule for reason in event.reasons} == {"ENV-03"}
    return [reason.message for reason in event.reasons]


def charges(event: Any) -> list[tuple[int, str, str]]:
    """Return what a grant takes of each exercise, and whether an allotment limits it."""
    assert isinstance(event, FundingGranted)
    return [(each.exercise, str(each.amount), each.status) for each in event.envelopes]
