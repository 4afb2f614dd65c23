"""What is missing where, and what of it may be sent at once: no input and no output.

A service decides on what came before: it refuses an advance that is ordered before its grant. So
events of one scope are sent in the order in which they were produced, each once those before it
are handled. A scope is a dossier; what is about no dossier waits for all of its Caf, and what is
about no Caf waits for everything.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from services.cli.redrive.deliveries import Delivery, Logged, Stored
from shared.contracts.registry import SERVICES


@dataclass(frozen=True, slots=True)
class MissingRow:
    """Events of one type that a service has no record of, and when the oldest was produced.

    `bytes_from`: `outbox` of its producer, `log` for what came from outside, or `nowhere`: the
    producer was restored and decides it again, so that it is not sent.
    """

    event: str
    consumer: str
    bytes_from: str
    count: int
    oldest: datetime | None


def first_of_scopes(missing: Iterable[Delivery]) -> list[Delivery]:
    """Return those of these ordered deliveries before which none of their scope is missing."""
    waiting, first = _Waiting(), []
    for _, deliveries in groupby(missing, attrgetter("place")):
        event = list(deliveries)
        first += [delivery for delivery in event if not waiting.holds_up(delivery)]
        waiting.add(event[0])
    return first


def missing_rows(missing: Iterable[Delivery]) -> tuple[MissingRow, ...]:
    """Count deliveries by event, consumer and where their bytes are."""
    groups: dict[tuple[str, str, str], list[Delivery]] = {}
    for delivery in missing:
        group = (delivery.consumer, delivery.name, _bytes_from(delivery))
        groups.setdefault(group, []).append(delivery)
    return tuple(
        MissingRow(name, consumer, bytes_from, len(group), _oldest(group))
        for (consumer, name, bytes_from), group in sorted(groups.items(), key=_order)
    )


@dataclass(slots=True)
class _Waiting:
    """What earlier deliveries hold up: dossiers, all of a Caf, everything."""

    dossiers: set[str] = field(default_factory=set)
    cafs: set[str] = field(default_factory=set)
    whole_cafs: set[str] = field(default_factory=set)
    anything: bool = False
    everything: bool = False

    def add(self, delivery: Delivery) -> None:
        self.anything = True
        if delivery.caf:
            self.cafs.add(delivery.caf)
        if delivery.dossier_id:
            self.dossiers.add(delivery.dossier_id)
        elif delivery.caf:
            self.whole_cafs.add(delivery.caf)
        else:
            self.everything = True

    def holds_up(self, delivery: Delivery) -> bool:
        if self.everything or delivery.caf in self.whole_cafs:
            return True
        if delivery.dossier_id:
            return delivery.dossier_id in self.dossiers
        return delivery.caf in self.cafs if delivery.caf else self.anything


def _bytes_from(delivery: Delivery) -> str:
    match delivery.origin:
        case Stored():
            return "outbox"
        case Logged():
            return "log"
    return "nowhere"


def _oldest(deliveries: Iterable[Delivery]) -> datetime | None:
    return min((each.produced_at for each in deliveries if each.produced_at), default=None)


def _order(group: tuple[tuple[str, str, str], object]) -> tuple[int, str, str]:
    (consumer, name, bytes_from), _ = group
    return SERVICES.index(consumer), name, bytes_from
