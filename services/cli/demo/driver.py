"""Where a campaign is played: what the player needs, and the driver in this process."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from services.accounting.service import SERVICE as ACCOUNTING
from services.eligibility.service import SERVICE as ELIGIBILITY
from services.funding.service import SERVICE as FUNDING
from services.submission.service import SERVICE as SUBMISSION
from shared.kernel.memory.system import MemorySystem, running
from shared.kernel.messages import OutgoingMessage
from shared.kernel.settings import Settings

NO_PROGRESS_S = 60.0


class DemoError(Exception):
    """The campaign cannot be played here, or not any further; says why and what to do."""


class DemoStoppedError(Exception):
    """Somebody wants to stop."""


class DemoDriver(Protocol):
    """A running system as a producer and a partner see it."""

    async def send(self, messages: Sequence[OutgoingMessage]) -> None:
        """Publish messages; return once the broker has them all."""
        ...

    async def wait_until_idle(self) -> None:
        """Return once every message was handled, and everything that followed from it."""
        ...

    def received(self) -> Sequence[bytes]:
        """Return the body of every event published so far, in order."""
        ...


class InProcessDriver:
    """The four services in this process, without any server."""

    def __init__(self, system: MemorySystem) -> None:
        self._system = system

    async def send(self, messages: Sequence[OutgoingMessage]) -> None:
        """Publish messages."""
        for message in messages:
            self._system.broker.publish(message)
        await asyncio.sleep(0)

    async def wait_until_idle(self) -> None:
        """Wait for the services.

        Raises:
            DemoError: when they do not come to rest.
        """
        try:
            await asyncio.wait_for(self._system.wait_until_idle(), NO_PROGRESS_S)
        except TimeoutError:
            msg = f"Les services n'ont pas fini après {NO_PROGRESS_S:.0f} s."
            raise DemoError(msg) from None

    def received(self) -> Sequence[bytes]:
        """Return what the exchange saw."""
        return [delivery.body for delivery in self._system.broker.log]


@asynccontextmanager
async def in_process() -> AsyncIterator[InProcessDriver]:
    """Run the four services in this process until the block ends."""
    async with running((SUBMISSION, ELIGIBILITY, FUNDING, ACCOUNTING), Settings()) as system:
        yield InProcessDriver(system)
