"""What funding decided on: its messages in order, from the archive or from a file of events."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.contracts.event_file import Checked, Fault, check, split
from shared.contracts.registry import BY_NAME
from shared.kernel.decision import Service
from shared.kernel.memory.single_service import BYTES_MAX, Player, consumers
from shared.kernel.ports import Delivery, Outgoing
from shared.kernel.settings import Settings
from shared.mongodb.read_api import archive

FUNDING = "funding"


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came to funding, in order; `said` is what it answered, where that is known."""

    deliveries: list[Delivery]
    said: list[Outgoing] | None = None


async def of_archive(known: Settings) -> Arrived:
    """Return what funding handled, in the order it did, and what it said then.

    What it said to itself is left out of the messages: it says that again when it decides again,
    and not the same with other parameters.

    Raises:
        StoreError: when the database does not answer.
    """
    async with archive(known) as kept:
        records = await kept.handled(FUNDING)
    arrived = [Delivery(each.body or b"", each.routing_key) for each in records]
    said = [output for each in records for output in each.outputs]
    return Arrived([each for each in arrived if not _internal(each)], said)


def of_file(path: Path) -> tuple[list[Checked], list[Fault]]:
    """Return the events of a file that are well formed, and what is wrong with the others.

    Raises:
        OSError: when the file cannot be read.
    """
    return check(split(path.read_bytes()), bytes_max=BYTES_MAX, from_anyone=True)


async def to_funding(
    events: Sequence[Checked], upstream: Sequence[Service], done: Callable[[], None]
) -> Arrived:
    """Play the services before funding on events of a file; return what comes to funding.

    Each event is handled to the end before the next one, as for a producer who waits for its
    answer; `done` is called after each.
    """
    players = {service.name: Player(service) for service in upstream}
    arrived: list[Delivery] = []
    for event in events:
        waiting = deque([Delivery(event.body, event.routing_key)])
        while waiting:
            delivery = waiting.popleft()
            for service in consumers(delivery):
                if service in players:
                    said = await players[service].play(delivery)
                    waiting += [Delivery(output.body, output.routing_key) for output in said]
                elif service == FUNDING:
                    arrived.append(delivery)
        done()
    return Arrived(arrived)


def _internal(delivery: Delivery) -> bool:
    return BY_NAME[delivery.routing_key.partition(".")[0]].internal
