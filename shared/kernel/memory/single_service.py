"""One service in this process: the production decisions and unit of work, nothing persisted."""

from collections import deque

from shared.contracts.registry import BY_NAME
from shared.kernel.clock import Clock
from shared.kernel.fault_injection import CrashPoints
from shared.kernel.inbound import parse
from shared.kernel.memory.store import MemoryStore
from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.service import Service
from shared.kernel.settings import Settings
from shared.kernel.unit_of_work import UnitOfWork

BYTES_MAX = Settings.model_fields["body_bytes_max"].default


class InMemoryService:
    """A service with an empty in-memory store; messages are handled one by one."""

    def __init__(self, service: Service) -> None:
        crash_points = CrashPoints(service.name)
        self._unit_of_work = UnitOfWork(service, MemoryStore(), "simulation", Clock(), crash_points)
        self._service = service

    async def handle(self, delivery: IncomingMessage) -> list[OutgoingMessage]:
        """Return the events that answer a message; events for the service itself are handled too.

        An invalid or duplicate message gets no answer, as on the real bus.
        """
        answers: list[OutgoingMessage] = []
        pending = deque([delivery])
        while pending:
            inbound = parse(pending.popleft(), self._service.name, BYTES_MAX)
            for record in await self._unit_of_work.commit([inbound]):
                answers += [output for output in record.outputs if output.queue is None]
                pending += [
                    IncomingMessage(output.body, output.routing_key)
                    for output in record.outputs
                    if output.queue is None and self._service.name in consumers(output)
                ]
        return answers


def consumers(message: OutgoingMessage | IncomingMessage) -> tuple[str, ...]:
    """Return the consuming services of an event, by its routing key."""
    return BY_NAME[message.routing_key.partition(".")[0]].consumers
