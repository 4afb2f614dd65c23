"""A service as a process: FastStream's application around the kernel's worker.

It starts without its servers, says so on `/ready`, and works once they are there.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable
from types import FrameType

import stamina
import structlog
import uvicorn
import uvloop
from faststream.asgi import AsgiFastStream

from shared.contracts.registry import SERVICES
from shared.kernel.decision import Service
from shared.kernel.fault_injection import CrashPoints
from shared.kernel.ports import StoreError
from shared.kernel.settings import Settings
from shared.kernel.worker import Worker
from shared.mongodb.store import MongoStore, connect
from shared.observability import health, logs, metrics
from shared.rabbitmq.bus import BROKER_FAULTS, RabbitBus

logger = structlog.get_logger(__name__)
HEAL_EVERY_S = 15
FIRST_PORT = 9101


def run(service: Service) -> None:
    """Serve until SIGTERM or SIGINT; settings come from the environment."""
    settings = Settings()
    logs.configure(settings.log_level)
    uvloop.run(serve(service, settings))


async def serve(service: Service, settings: Settings) -> None:
    """Serve one service and its health pages until told to stop."""
    host = ServiceProcess(service, settings)
    port = settings.port if settings.port is not None else FIRST_PORT + SERVICES.index(service.name)
    config = uvicorn.Config(
        host.application(),
        host=settings.host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=int(settings.drain_s),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignore_signal)  # The server raises it once more when all is done.
    await uvicorn.Server(config).serve()


def _ignore_signal(_signal: int, _frame: FrameType | None) -> None:
    """Leave with success: stopping when told to is not a failure."""


class ServiceProcess:
    """Holds a service's bus, store and worker together."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service, self._settings = service, settings
        crash = CrashPoints(service.name, settings.crash_at)
        self._client = connect(settings.mongo_url)
        database = self._client[f"{settings.database_prefix}{service.name}"]
        self._store = MongoStore(database, lambda: crash("committing"))
        self._bus = RabbitBus(service.name, settings)
        self._worker = Worker(service, self._bus, self._store, settings)
        self._working: asyncio.Task[None] | None = None
        self._healing: asyncio.Task[None] | None = None
        self._started = False

    def application(self) -> AsgiFastStream:
        """Return the ASGI application whose life is the service's life."""
        return AsgiFastStream(
            *self._bus.brokers,
            asgi_routes=health.routes(self._live, self._ready),
            after_startup=[self._begin],
            on_shutdown=[self._stop],
            logger=None,
        )

    async def _begin(self) -> None:
        self._working = asyncio.create_task(self._work(), name=self._service.name)
        self._working.add_done_callback(self._ended)
        self._healing = asyncio.create_task(
            self._redeclare_topology(), name=f"{self._service.name}-heal"
        )

    def _ended(self, working: asyncio.Task[None]) -> None:
        """Die at once of a fault that nobody foresaw: all in hand comes again, elsewhere."""
        if not working.cancelled() and (fault := working.exception()):
            logger.critical("died", service=self._service.name, error=repr(fault), exc_info=fault)
            os._exit(1)

    async def _stop(self) -> None:
        if self._working is None or self._healing is None:
            return
        self._healing.cancel()
        if not self._started:
            self._working.cancel()
        await self._worker.stop()
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(self._working, timeout=self._settings.drain_s)
        self._client.close()
        logger.info("stopped", service=self._service.name)

    async def _work(self) -> None:
        await self._wait_for("database", lambda: self._store.prepare(self._service.states))
        await self._wait_for("broker", self._bus.start)
        self._started = True
        logger.info("started", service=self._service.name)
        await self._worker.run()

    async def _wait_for(self, what: str, step: Callable[[], Awaitable[None]]) -> None:
        faults = (StoreError, *BROKER_FAULTS)
        async for attempt in stamina.retry_context(
            on=faults, attempts=None, timeout=None, wait_initial=0.2, wait_max=5
        ):
            if attempt.num > 1:
                logger.warning("waiting", service=self._service.name, on=what, attempt=attempt.num)
            with attempt:
                await step()

    async def _redeclare_topology(self) -> None:
        """Declare the topology again now and then: a binding taken away would lose events."""
        while True:
            await asyncio.sleep(HEAL_EVERY_S)
            if self._started:
                with contextlib.suppress(*BROKER_FAULTS):
                    await self._bus.redeclare_topology()

    def _live(self) -> bool:
        return self._working is None or not self._working.done()

    async def _ready(self) -> dict[str, bool]:
        database = await _passes(self._store.ping())
        consumer = self._started and await _passes(self._bus.is_consuming())
        metrics.READY.labels(self._service.name).set(int(database and consumer))
        return {"database": database, "broker_and_consumer": consumer}


async def _passes(check: Awaitable[bool | None]) -> bool:
    """Tell whether a check passes within a second; None means it answered."""
    try:
        return await asyncio.wait_for(asyncio.ensure_future(check), timeout=1) is not False
    except (TimeoutError, StoreError, *BROKER_FAULTS):
        return False
