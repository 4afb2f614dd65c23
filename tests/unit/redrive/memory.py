"""A redrive in one process: the in-process bus and stores in place of the servers."""

import copy
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, cast

from services.cli.redrive.deliveries import Delivery, Selection
from services.cli.redrive.scan import Scan
from services.cli.redrive.send import Sender
from shared.console.idle import Backlog
from shared.contracts.registry import SERVICES
from shared.kernel.inbound import ROUTING_KEY_HEADER
from shared.kernel.memory.bus import MemoryBroker
from shared.kernel.memory.reads import MemoryReads
from shared.kernel.memory.system import MemorySystem
from shared.kernel.messages import DEVELOPMENT, InboxKey, IncomingMessage
from shared.kernel.outbox import queue_of
from shared.rabbitmq.event_log import EventLog, LoggedMessage
from shared.rabbitmq.redriver import RedrivenMessage, Redriver

Backup = dict[str, dict[str, Any]]


class MemoryLog:
    """The events that the exchange has seen until now, as the stream gives them."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._seen = tuple(broker.log)
        self.last = len(self._seen) - 1 if self._seen else None

    async def messages(self, first: object = "first") -> AsyncIterator[LoggedMessage]:
        """Yield them from an offset on."""
        start = first if isinstance(first, int) else 0
        for offset, message in enumerate(self._seen[start:], start):
            yield LoggedMessage(offset, message.body, message.routing_key, message.message_id)


@dataclass
class MemoryRedriver:
    """Puts messages into the queues of their services; `sent` are services and ids, in order."""

    broker: MemoryBroker
    sent: list[tuple[str, str | None]] = field(default_factory=list)

    async def send(self, messages: Sequence[RedrivenMessage]) -> None:
        """Put messages into the queues of their services."""
        for message in messages:
            headers = {ROUTING_KEY_HEADER: message.routing_key}
            key = queue_of(message.service)
            incoming = IncomingMessage(message.body, key, message.message_id, headers)
            self.broker.redrive(message.service, incoming)
            self.sent.append((message.service, message.message_id))


@dataclass
class MemoryRedrive:
    """What `clas redrive` does, on a running system."""

    system: MemorySystem
    selection: Selection = field(default_factory=Selection)
    timeout_s: float = 60.0

    @property
    def scan(self) -> Scan:
        """The stores of the system, and its dead letters."""
        dead = {
            (service, InboxKey(DEVELOPMENT, "", f"sha256:{sha256(letter.body).hexdigest()}"))
            for service in SERVICES
            for letter in self.system.broker.dead_letters(service)
        }
        reads = {name: MemoryReads(store) for name, store in self.system.stores.items()}
        return Scan(reads, self.selection, frozenset(dead))

    async def missing(self) -> list[Delivery]:
        """Return what is missing now."""
        log = cast("EventLog", MemoryLog(self.system.broker))
        return await self.scan.missing(log, lambda *_: None)

    async def send(self, missing: Sequence[Delivery]) -> list[tuple[str, str | None]]:
        """Send it; return what was sent, in order.

        Raises:
            UnhandledError: it was not handled in time.
        """
        redriver = MemoryRedriver(self.system.broker)
        sender = Sender(
            scan=self.scan,
            log=cast("EventLog", MemoryLog(self.system.broker)),
            redriver=cast("Redriver", redriver),
            probe=self._backlog,
            timeout_s=self.timeout_s,
            report=lambda _: None,
        )
        await sender.send_all(missing)
        return redriver.sent

    async def _backlog(self) -> Backlog:
        stores = self.system.stores
        queues = {name: self.system.broker.depth(queue_of(name)) for name in SERVICES}
        outboxes = {name: await stores[name].count_unpublished() for name in SERVICES}
        return Backlog(queues, outboxes)


def backup(system: MemorySystem, services: Iterable[str]) -> Backup:
    """Return what the stores of these services hold; the services must be idle."""
    return {service: _content(system, service) for service in services}


def restore(system: MemorySystem, saved: Backup) -> None:
    """Put stores back as they were."""
    for service, content in saved.items():
        vars(system.stores[service]).update(copy.deepcopy(content))


def _content(system: MemorySystem, service: str) -> dict[str, Any]:
    content = vars(system.stores[service])
    return copy.deepcopy({name: value for name, value in content.items() if name != "_now"})
