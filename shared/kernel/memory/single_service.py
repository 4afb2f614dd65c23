"""One service in this process: the production decisions and unit of work, nothing written."""

from collections import deque

from shared.contracts.registry import BY_NAME
from shared.kernel.decision import Service
from shared.kernel.fault_injection import CrashPoints
from shared.kernel.inbound import parse
from shared.kernel.memory.store import MemoryStore
from shared.kernel.ports import IncomingMessage, OutgoingMessage
from shared.kernel.settings import Settings
from shared.kernel.unit_of_work import UnitOfWork
from shared.kernel.worker import utc_now

BYTES_MAX = Settings.model_fields["body_bytes_max"].default


class InMemoryService:
    """A service with an empty store in memory; each message is decided before the next one."""

    def __init__(self, service: Service) -> None:
        crash = CrashPoints(service.name)
        self._unit = UnitOfWork(service, MemoryStore(), "simulation", utc_now, crash)
        self._service = service

    async def handle(self, delivery: IncomingMessage) -> list[OutgoingMessage]:
        """Return what the service says to a message; what it says to itself is decided at once.

        A message that cannot be read, or that comes twice, gets no answer, as on the real bus.
        """
        said: list[OutgoingMessage] = []
        waiting = deque([delivery])
        while waiting:
            item = parse(waiting.popleft(), self._service.name, BYTES_MAX)
            for record in await self._unit.commit([item]):
                said += [output for output in record.outputs if output.queue is None]
                waiting += [
                    IncomingMessage(output.body, output.routing_key)
                    for output in record.outputs
                    if output.queue is None and self._service.name in consumers(output)
                ]
        return said


def consumers(message: OutgoingMessage | IncomingMessage) -> tuple[str, ...]:
    """Return the services that an event goes to, by its routing key."""
    return BY_NAME[message.routing_key.partition(".")[0]].consumers
