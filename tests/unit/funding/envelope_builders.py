"""A Caf's envelopes in a story: rights of 650 euros that need 260 in 2025 and 390 in 2026."""

from datetime import UTC, datetime
from decimal import Decimal
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
from tests.support.decide import TIME, Story, events_of
from tests.support.life import envelope_allotted
from tests.unit.funding.builders import project


def small(dossier_id: str, decided_on: str = "2025-10-02", **changes: Any) -> AgrementGranted:
    """Return an agrement of one collectif of 2 000 euros: 260.00 in N, 390.00 in N+1."""
    return project("2000.00", dossier_id=dossier_id, decided_on=decided_on, **changes)


def allot(scenario: Story, amount: str, exercise: int = 2025, **of: Any) -> Decision:
    """Let the Caf allot a total."""
    attributes = {name: of.pop(name) for name in ("id", "time") if name in of}
    allotted = envelope_allotted(exercise=exercise, amount=amount, **of)
    return scenario.when(allotted, **attributes)


def at(hour: int) -> datetime:
    """Return an hour of the day of the stories."""
    return TIME.replace(hour=hour, tzinfo=UTC)


def file(scenario: Story, *dossiers: str | tuple[str, str]) -> list[str]:
    """Send small agrements, each with its own request; return the names of the answers."""
    answers = []
    for claim in dossiers:
        dossier, decided_on = claim if isinstance(claim, tuple) else (claim, "2025-10-02")
        origin = RequestRef(request=f"R-{dossier}", correlation=f"C-{dossier}")
        (event,) = events_of(
            scenario.when(small(dossier, decided_on), id=f"A-{dossier}", origin=origin)
        )
        answers.append(type(event).__name__)
    return answers


def drain(scenario: Story, decision: Decision) -> list[str]:
    """Follow the pages that a decision starts; return the dossiers that they grant, in order."""
    granted: list[str] = []
    events = list(events_of(decision))
    while events:
        event = events.pop(0)
        if isinstance(event, FundingGranted):
            granted.append(event.dossier_id)
        if isinstance(event, EnvelopeReleaseContinued):
            events += events_of(scenario.when(event))
    return granted


def raised(scenario: Story, amount: str, exercise: int = 2025, hour: int = 9) -> list[str]:
    """Let the Caf allot a later total; return the dossiers that it lets in, in order."""
    decision = allot(scenario, amount, exercise, id=f"E-{amount}-{exercise}", time=at(hour))
    answer = events_of(decision)[0]
    assert answer == EnvelopeRegistered(caf="761", exercise=exercise, amount=Decimal(amount))
    return drain(scenario, decision)


def envelopes(scenario: Story, caf: str = "761") -> Envelopes:
    """Return the envelopes of a Caf."""
    return scenario.get(Envelopes, caf)


def waiting(scenario: Story) -> list[str]:
    """Return the dossiers of the list, in its order."""
    return [claim.dossier_id for claim in envelopes(scenario).waiting]


def left(scenario: Story) -> list[tuple[int, str | None]]:
    """Return each exercise with what is left of it."""
    lines = envelopes(scenario).lines
    return [(line.exercise, None if line.left is None else str(line.left)) for line in lines]


def why(decision: Decision) -> list[str]:
    """Return the sentences of a deferral for an envelope."""
    (event,) = events_of(decision)
    assert isinstance(event, FundingDeferred)
    assert {reason.rule for reason in event.reasons} == {"ENV-03"}
    return [reason.message for reason in event.reasons]


def charges(event: Any) -> list[tuple[int, str, str]]:
    """Return what a grant takes of each exercise, and whether an allotment limits it."""
    assert isinstance(event, FundingGranted)
    return [(each.exercise, str(each.amount), each.status) for each in event.envelopes]
