"""What partners publish: lives of dossiers, each request once its cause was seen.

Nothing waits until the system is idle. A closing comes when accounting has all that it must
book, or at any time (`racing`): then what comes after it is booked elsewhere.
"""

from dataclasses import dataclass
from functools import cache

from tests.support.campaign import Campaign
from tests.support.client import Event, name_of

Seen = tuple[str, str | None]
"""An event that was published: its name and the dossier that it is about."""
AFTER = {
    "DossierSubmitted": "CampaignRegistered",
    "CommitteeDecided": "EligibilityAssessed",
    "ConventionSigned": "FundingGranted",
    "AdvanceOrdered": "ConventionRegistered",
}
BOOKED = ("FundingGranted", "AdvanceGranted")


@dataclass(frozen=True)
class Request:
    """An event, and the one that must have been seen before."""

    event: Event
    after: Seen | None


@dataclass(frozen=True)
class Plan:
    """The chains of requests, one per dossier, the closings, and what accounting books before."""

    chains: tuple[tuple[Request, ...], ...]
    closings: tuple[Request, ...]
    booked: int


@cache
def plan(dossiers: int) -> Plan:
    """Return the lives of some dossiers, from the deposit to the closings."""
    campaign = Campaign(dossiers=dossiers)
    opening, *phases = campaign.phases
    lives = zip(*phases[:-2], strict=True)
    chains = [tuple(_request(event) for event in life) for life in lives]
    refused = sum(rank % 10 == REFUSED_RANK for rank in range(dossiers))
    first, second = (phase[0] for phase in phases[-2:])
    return Plan(
        chains=(tuple(_request(event) for event in opening), *chains),
        closings=(Request(first, None), Request(second, ("ClosingCompleted", None))),
        booked=2 * dossiers - refused,
    )


REFUSED_RANK = 9


def _request(event: Event) -> Request:
    after = AFTER.get(name_of(event))
    about = None if after == "CampaignRegistered" else event["data"].get("dossier_id")
    return Request(event, (after, about) if after else None)
