"""The servers of one redrive: what is missing on them, and rounds of sending it."""

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from rich.progress import TaskID

from services.cli.reads import ReadsByService, open_all_reads
from services.cli.redrive.deliveries import Delivery, Selection
from services.cli.redrive.scan import Progress, Scan, dead_letters
from services.cli.redrive.send import Sender
from shared.console.idle import Backlog, BacklogProbe, open_probe, wait_until_idle
from shared.console.terminal import errors, progress
from shared.contracts.registry import SERVICES
from shared.kernel.outbox import queue_of
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import Connection, connected, queue_stats
from shared.rabbitmq.event_log import open_event_log
from shared.rabbitmq.redriver import open_redriver

ROUNDS = 3
"""What is decided again may itself be missing somewhere: only the next round sees it."""


@dataclass(slots=True)
class Servers:
    """The broker and the four databases. `sent` counts the messages that were sent."""

    settings: Settings
    connection: Connection
    reads: ReadsByService
    probe: BacklogProbe
    selection: Selection
    timeout_s: float
    sent: int = 0

    async def missing(self) -> list[Delivery]:
        """Return what is missing, in order; it reads everything that is selected.

        Raises:
            StoreError, BrokerUnavailableError: when a server does not answer.
            TopologyError: when a queue or the stream does not exist.
        """
        with _bars() as report:
            async with open_event_log(self.connection) as log:
                return await (await self._scan()).missing(log, report)

    async def without_consumer(self, services: Collection[str]) -> list[str]:
        """Return those of these services whose queue nobody consumes."""
        stats = {name: await queue_stats(self.connection, queue_of(name)) for name in services}
        return [name for name, queue in stats.items() if not queue or not queue.consumers]

    async def backlog(self) -> Backlog | None:
        """Wait until the services are idle; return what waits after the timeout."""
        with errors.status("Looking…") as status:
            return await wait_until_idle(
                self.probe, self.timeout_s, lambda backlog: status.update(f"Waiting: {backlog}")
            )

    async def send(self, missing: Sequence[Delivery]) -> list[Delivery]:
        """Send what is missing, in rounds until nothing is; return what is left.

        Raises:
            UnhandledError: what was sent was not handled in time.
            StoreError, BrokerUnavailableError, TopologyError: as `missing`.
        """
        for _ in range(ROUNDS):
            if not any(delivery.origin for delivery in missing):
                break
            await self._send(missing)
            missing = await self.missing()
        return list(missing)

    async def _send(self, missing: Sequence[Delivery]) -> None:
        with _bars() as report:
            async with (
                open_event_log(self.connection) as log,
                open_redriver(self.connection, self.settings.publish_timeout_s) as redriver,
            ):
                total, before = len([each for each in missing if each.origin]), self.sent

                def count(sent: int) -> None:
                    self.sent += sent
                    report("Sent", self.sent - before, total)

                scan = await self._scan()
                sender = Sender(scan, log, redriver, self.probe, self.timeout_s, count)
                await sender.send_all(missing)

    async def _scan(self) -> Scan:
        dead = await dead_letters(self.connection, SERVICES)
        return Scan(self.reads, self.selection, dead)


@asynccontextmanager
async def open_servers(
    settings: Settings, selection: Selection, timeout_s: float
) -> AsyncIterator[Servers]:
    """Open broker and databases.

    Raises:
        TopologyError: when the topology is not complete: what is sent now would be lost again.
        StoreError, BrokerUnavailableError: when a server does not answer.
    """
    async with (
        open_all_reads(settings) as reads,
        connected(settings) as connection,
        open_probe(settings, reads) as probe,
    ):
        yield Servers(settings, connection, reads, probe, selection, timeout_s)


@contextmanager
def _bars() -> Iterator[Progress]:
    """Yield a function that shows progress: one bar for each thing that is read or sent."""
    tasks: dict[str, TaskID] = {}
    with progress() as bar:

        def report(subject: str, done: int, total: int | None) -> None:
            if subject not in tasks:
                tasks[subject] = bar.add_task(subject, total=total)
            bar.update(tasks[subject], completed=done, total=total)

        yield report
