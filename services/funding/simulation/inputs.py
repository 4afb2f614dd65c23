"""The messages that funding decides on, in order, from its records or from a file of events."""

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
    """The messages of funding, in order; `published` is what it answered, None for a file."""

    deliveries: list[IncomingMessage]
    published: list[OutgoingMessage] | None = None


async def inputs_from_store(settings: Settings) -> FundingInputs:
    """Return the messages that funding handled, in its order, and what it published then.

    Its messages to itself are left out: it publishes them again when it decides again, with other
    content under other parameters.

    Raises:
        StoreError: when the database does not answer.
    """
    async with open_read_api(settings) as archive:
        records = await archive.decided_records(FUNDING)
    arrived = [IncomingMessage(each.body or b"", each.routing_key) for each in records]
    outputs = [output for each in records for output in each.outputs]
    return FundingInputs([each for each in arrived if not _internal(each)], outputs)


def events_of_file(path: Path) -> tuple[list[ValidEvent], list[EventFault]]:
    """Return the valid events of a file, and the faults of the others.

    Raises:
        OSError: when the file cannot be read.
    """
    return validate(split(path.read_bytes()), bytes_max=BYTES_MAX, from_anyone=True)


async def inputs_from_events(
    events: Sequence[ValidEvent], upstream: Sequence[Service], done: Callable[[], None]
) -> FundingInputs:
    """Run the services upstream of funding on events of a file; return the messages of funding.

    Each event is handled to the end before the next one, as for a producer that waits for the
    answer; `done` is called after each event.
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
