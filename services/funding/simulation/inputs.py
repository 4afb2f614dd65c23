"""The messages that funding decided on, in order: from its records, or from a file of events."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.contracts.event_file import EventFault, ValidEvent, split, validate
from shared.contracts.registry import BY_NAME
from shared.kernel.memory.single_service import BYTES_MAX, InMemoryService, consumers
from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.read_port import Reads
from shared.kernel.service import Service

FUNDING = "funding"


@dataclass(frozen=True, slots=True)
class FundingInputs:
    """The messages to funding, in order; `published`: its answers, None where none are stored."""

    deliveries: list[IncomingMessage]
    published: list[OutgoingMessage] | None = None


async def inputs_from_records(reads: Reads) -> FundingInputs:
    """Return the messages that funding handled, in its order, and the events it published.

    Its messages to itself are left out: deciding again publishes them again, and not the same
    with other parameters.

    Raises:
        StoreError: when the database does not answer.
    """
    records = [record async for record in reads.records()]
    arrived = [IncomingMessage(record.body or b"", record.routing_key) for record in records]
    published = [output for record in records for output in record.outputs]
    return FundingInputs([message for message in arrived if not _internal(message)], published)


def events_of_file(path: Path) -> tuple[list[ValidEvent], list[EventFault]]:
    """Return the valid events of a file, and the faults of the others.

    Raises:
        OSError: when the file cannot be read.
    """
    return validate(split(path.read_bytes()), bytes_max=BYTES_MAX, from_anyone=True)


async def inputs_from_events(
    events: Sequence[ValidEvent], upstream: Sequence[Service], done: Callable[[], None]
) -> FundingInputs:
    """Run the services before funding on events of a file; return the messages to funding.

    Each event is handled to the end before the next one, as for a producer that waits for the
    answer; `done` is called after each event.
    """
    processors = {service.name: InMemoryService(service) for service in upstream}
    arrived: list[IncomingMessage] = []
    for event in events:
        waiting = deque([IncomingMessage(event.body, event.routing_key)])
        while waiting:
            message = waiting.popleft()
            for service in consumers(message):
                if service in processors:
                    outputs = await processors[service].handle(message)
                    waiting += [IncomingMessage(each.body, each.routing_key) for each in outputs]
                elif service == FUNDING:
                    arrived.append(message)
        done()
    return FundingInputs(arrived)


def _internal(message: IncomingMessage) -> bool:
    return BY_NAME[message.routing_key.partition(".")[0]].internal
