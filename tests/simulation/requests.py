"""What partners publish: lives of dossiers, each request once the answer to the last one was seen.

Nothing waits until the system is idle. A closing comes when accounting has all that it must
book, or at any time (`racing`): then what comes after it is booked elsewhere.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from shared.contracts.base import WireModel
from tests.support import life, samples
from tests.support.campaign import Campaign
from tests.support.client import Event, event, name_of

Seen = tuple[str, str]
"""An answer: its name, and the id of the request that it correlates to."""
ANSWERS = {
    "CampaignOpened": "CampaignRegistered",
    "DossierSubmitted": "EligibilityAssessed",
    "CommitteeDecided": "FundingGranted",
    "ConventionSigned": "ConventionRegistered",
    "AdvanceOrdered": "AdvanceGranted",
    "AdvanceReversalOrdered": "AdvanceReversed",
    "ResultAccountFiled": "BalanceSettled",
    "FundingCancellationOrdered": "FundingCancelled",
    "ExerciseClosed": "ClosingCompleted",
}
REFUSED_RANK = 9
"""Every tenth advance of a campaign is too high."""


@dataclass(frozen=True)
class Request:
    """An event, and the answer that must have been seen before."""

    event: Event
    after: Seen | None


@dataclass(frozen=True)
class Plan:
    """One chain of requests per dossier, the closings, and how much accounting books before.

    Where that is not set, the closings must race.
    """

    chains: tuple[tuple[Request, ...], ...]
    closings: tuple[Request, ...]
    booked: int | None


@cache
def plan(dossiers: int, *, whole: bool) -> Plan:
    """Return the lives of some dossiers from the deposit to the advance, or whole ones."""
    campaign = Campaign(dossiers=dossiers)
    (opening,), *phases, first, second = campaign.phases
    lives = list(zip(*phases, strict=True))
    if whole:
        lives = [(*events[:3], *_later(rank)) for rank, events in enumerate(lives)]
    refused = sum(rank % 10 == REFUSED_RANK for rank in range(dossiers))
    return Plan(
        chains=tuple(_chain(opening, *events) for events in lives),
        closings=_chain(*first, *second),
        booked=None if whole else 2 * dossiers - refused,
    )


def _chain(*events: Event) -> tuple[Request, ...]:
    """Return requests of which each waits for the answer to the one before."""
    later = (Request(this, (ANSWERS[name_of(last)], last["id"])) for last, this in pairwise(events))
    return (Request(events[0], None), *later)


def _later(rank: int) -> Iterator[Event]:
    """Yield what follows the convention of a dossier; its rank says which life it has."""
    dossier_id = f"D-761-{rank:05d}"
    for number, data in enumerate(LIVES[rank % len(LIVES)](dossier_id)):
        name, event_id = type(data).__name__, f"whole-{rank}-{number}"
        yield event(name, data.model_dump(mode="json"), event_id=event_id)


def _advance(dossier_id: str, amount: str, exercise: int, ordered_on: str) -> WireModel:
    return samples.advance_order(
        dossier_id=dossier_id,
        order_id=_order(dossier_id, exercise),
        exercise=exercise,
        amount=amount,
        ordered_on=ordered_on,
    )


def _order(dossier_id: str, exercise: int) -> str:
    return f"ORD-{dossier_id}-{exercise}"


def _accounts(dossier_id: str, cost: str) -> WireModel:
    actual = [life.actual_collectif(actual_cost=cost)]
    return life.result_account_filed(dossier_id=dossier_id, collectifs=actual)


def _settled_and_controlled(dossier_id: str) -> Iterator[WireModel]:
    yield _advance(dossier_id, "772.31", 2025, "2025-11-20")
    yield _advance(dossier_id, "1158.46", 2026, "2026-03-10")
    yield _accounts(dossier_id, "8000.00")
    yield life.control_concluded(dossier_id=dossier_id, control_id=f"C-{dossier_id}")


def _reversed_and_settled(dossier_id: str) -> Iterator[WireModel]:
    yield _advance(dossier_id, "500.00", 2025, "2025-11-20")
    yield life.advance_reversal_ordered(
        dossier_id=dossier_id,
        order_id=_order(dossier_id, 2025),
        reversal_id=f"R-{dossier_id}",
    )
    yield _accounts(dossier_id, "9000.00")


def _cancelled(dossier_id: str) -> Iterator[WireModel]:
    yield _advance(dossier_id, "300.00", 2025, "2025-11-20")
    yield life.funding_cancellation_ordered(dossier_id=dossier_id, ordered_on="2026-06-30")


def _settled(dossier_id: str) -> Iterator[WireModel]:
    yield _accounts(dossier_id, "9000.00")


LIVES: tuple[Callable[[str], Iterator[WireModel]], ...] = (
    _settled_and_controlled,
    _reversed_and_settled,
    _cancelled,
    _settled,
)
