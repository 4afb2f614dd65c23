"""What funding decided on: its messages in order, from the archive or from a file of events."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.contracts.event_file import EventFault, ValidEvent, split, validate
from shared.contracts.registry import BY_NAME
from shared.kernel.decision import Service
from shared.kernel.memory.single_service import BYTES_MAX, InMemoryService, consumers
from shared.kernel.ports import IncomingMessage, OutgoingMessage
from shared.kernel.settings import Settings
from shared.mongodb.read_api import open_read_api

FUNDING = "funding"


@dataclass(frozen=True, slots=True)
class FundingInputs:
    """What came to funding, in order; `said` is what it answered, where that is known."""

    deliveries: list[IncomingMessage]
    published: list[OutgoingMessage] | None = None


async def inputs_from_store(settings: Settings) -> FundingInputs:
    """Return what funding handled, in the order it did, and what it said then.

    What it said to itself is left out of the messages: it says that again when it decides again,
    and not the same with other parameters.

    Raises:
        StoreError: when the database does not answer.
    """
    async with open_read_api(settings) as kept:
        records = await kept.decided_records(FUNDING)
    arrived = [IncomingMessage(each.body or b"", each.routing_key) for each in records]
    said = [output for each in records for output in each.outputs]
    return FundingInputs([each for each in arrived if not _internal(each)], said)


def events_of_file(path: Path) -> tuple[list[ValidEvent], list[EventFault]]:
    """Return the events of a file that are well formed, and what is wrong with the others.

    Raises:
        OSError: when the file cannot be read.
    """
    return validate(split(path.read_bytes()), bytes_max=BYTES_MAX, from_anyone=True)


async def inputs_from_events(
    events: Sequence[ValidEvent], upstream: Sequence[Service], done: Callable[[], None]
) -> FundingInputs:
    """Play the services before funding on events of a file; return what comes to funding.

    Each event is handled to the end before the next one, as for a producer who waits for its
    answer; `done` is called after each.
    """
    players = {service.name: InMemoryService(service) for service in upstream}
    arrived: list[IncomingMessage] = []
    for event in events:
        waiting = deque([IncomingMessage(event.body, event.routing_key)])
        while waiting:
            message = waiting.popleft()
            for service in consumers(message):
                if service in players:
                    outputs = await players[service].handle(message)
                    waiting += [
                        IncomingMessage(output.body, output.routing_key) for output in outputs
                    ]
                elif service == FUNDING:
                    arrived.append(message)
        done()
    return FundingInputs(arrived)


def _internal(message: IncomingMessage) -> bool:
    return BY_NAME[message.routing_key.partition(".")[0]].internal
