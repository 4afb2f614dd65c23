"""A service as a process: a FastStream application around the kernel's worker.

It starts without its servers, reports that on `/ready`, and consumes once they are available.
"""

import asyncio
import contextlib
import gc
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from types import FrameType

import stamina
import structlog
import uvicorn
import uvloop
from faststream.asgi import AsgiFastStream

from shared.contracts.registry import SERVICES
from shared.kernel.fault_injection import CrashPoints
from shared.kernel.outbox import queue_of
from shared.kernel.ports import BrokerUnavailableError, StoreError, StoreFormError
from shared.kernel.service import Service
from shared.kernel.settings import FIRST_PORT, Settings, address
from shared.kernel.worker import Worker
from shared.mongodb.store import MongoStore, connect
from shared.observability import health, logs, metrics
from shared.rabbitmq.broker_admin import connected
from shared.rabbitmq.bus import BROKER_FAULTS, RabbitBus

logger = structlog.get_logger(__name__)
REDECLARE_EVERY_S = 15
REPORT_EVERY_S = 5
OBJECTS_BETWEEN_COLLECTIONS = 10_000
"""About what one batch makes; Python's 700 would look for cycles many times in each."""


def run(service: Service) -> None:
    """Serve until SIGTERM or SIGINT; settings come from the environment."""
    settings = Settings()
    logs.configure(settings.log_level)
    _collect_garbage_seldom()
    uvloop.run(serve(service, settings))


def _collect_garbage_seldom() -> None:
    """Never look for cycles in what was imported, and seldom in what messages are made of."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)


async def serve(service: Service, settings: Settings) -> None:
    """Run one service and its HTTP endpoints until a signal stops it."""
    port = settings.port if settings.port is not None else FIRST_PORT + SERVICES.index(service.name)
    listening = _listen(service.name, settings.host, port)
    process = ServiceProcess(service, settings)
    _log_start(service.name, settings, listening)
    config = uvicorn.Config(
        process.application(),
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=int(settings.drain_s),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignore_signal)  # uvicorn raises the signal again after shutdown.
    await uvicorn.Server(config).serve([listening])


def _listen(service: str, host: str, port: int) -> socket.socket:
    """Return the socket of the HTTP endpoints, before anything else was started.

    Raises:
        SystemExit: the port is taken; a service nobody can probe must not run.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as fault:
        hint = "set CLAS_PORT to a free port, or to 0 for any"
        logger.critical(
            "port_unusable",
            service=service,
            address=f"{host}:{port}",
            error=fault.strerror,
            hint=hint,
        )
        raise SystemExit(1) from None


def _log_start(service: str, settings: Settings, listening: socket.socket) -> None:
    """Log what this process is and where it works; addresses are logged without credentials."""
    host, port = listening.getsockname()[:2]
    metrics.build(service, version("clas"))
    logger.info(
        "starting",
        service=service,
        version=version("clas"),
        queue=queue_of(service),
        prefetch=settings.prefetch,
        broker=address(settings.amqp_url),
        database=address(settings.mongo_url),
        http=f"{host}:{port}",
    )


def _ignore_signal(_signal: int, _frame: FrameType | None) -> None:
    """Exit with code 0: a requested stop is not a failure."""


class ServiceProcess:
    """The bus, store and worker of a service, with its life cycle."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service, self._settings = service, settings
        crash_points = CrashPoints(service.name, settings.crash_at)
        self._client = connect(settings.mongo_url)
        database = self._client[f"{settings.database_prefix}{service.name}"]
        self._store = MongoStore(database, lambda: crash_points("committing"))
        self._bus = RabbitBus(service.name, settings)
        self._worker = Worker(service, self._bus, self._store, settings)
        self._report_task: asyncio.Task[None] | None = None
        self._worker_task: asyncio.Task[None] | None = None
        self._redeclare_task: asyncio.Task[None] | None = None
        self._started = self._stopping = False

    def application(self) -> AsgiFastStream:
        """Return the ASGI application; its lifespan starts and stops the service."""
        return AsgiFastStream(
            *self._bus.brokers,
            asgi_routes=health.routes(self._live, self._ready),
            on_startup=[self._report],
            after_startup=[self._start],
            on_shutdown=[self._stop],
            logger=None,
        )

    async def _report(self) -> None:
        self._report_task = asyncio.create_task(self._report_the_broker())

    async def _report_the_broker(self) -> None:
        """Log why the broker cannot be used: FastStream connects without a word until it can."""
        while self._worker_task is None:
            try:
                async with connected(self._settings):
                    pass
            except BrokerUnavailableError as fault:
                self._log_waiting("broker", fault)
            await asyncio.sleep(REPORT_EVERY_S)

    async def _start(self) -> None:
        self._worker_task = asyncio.create_task(self._connect_and_run(), name=self._service.name)
        self._worker_task.add_done_callback(self._on_task_done)
        self._redeclare_task = asyncio.create_task(
            self._redeclare_topology(), name=f"{self._service.name}-topology"
        )
        self._redeclare_task.add_done_callback(self._on_task_done)

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        """Exit at once on an unexpected end: unacknowledged messages are redelivered.

        Worker and redeclaration end when the service stops, and never before. A store of another
        form needs no traceback: the message says what to do.
        """
        fault = asyncio.CancelledError() if task.cancelled() else task.exception()
        if self._stopping and (task.cancelled() or fault is None):
            return
        trace = None if isinstance(fault, StoreFormError) else fault
        logger.critical("died", service=self._service.name, error=repr(fault), exc_info=trace)
        os._exit(1)

    async def _stop(self) -> None:
        self._stopping = True
        if self._report_task is not None:
            self._report_task.cancel()
        if self._worker_task is None or self._redeclare_task is None:
            return
        self._redeclare_task.cancel()
        if not self._started:
            self._worker_task.cancel()
        await self._worker.stop()
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(self._worker_task, timeout=self._settings.drain_s)
        self._client.close()
        logger.info("stopped", service=self._service.name)

    async def _connect_and_run(self) -> None:
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
            with attempt:
                try:
                    await step()
                except faults as fault:
                    self._log_waiting(what, fault)
                    raise

    def _log_waiting(self, what: str, fault: BaseException) -> None:
        error = f"{type(fault).__name__}: {fault}"[:300]
        logger.warning("waiting", service=self._service.name, on=what, error=error)

    async def _redeclare_topology(self) -> None:
        """Declare the topology periodically: without a deleted binding, events would be lost."""
        while True:
            await asyncio.sleep(REDECLARE_EVERY_S)
            if self._started:
                with contextlib.suppress(*BROKER_FAULTS):
                    await self._bus.redeclare_topology()

    def _live(self) -> bool:
        return self._worker_task is None or not self._worker_task.done()

    async def _ready(self) -> dict[str, bool]:
        database = await _passes(self._store.ping())
        consumer = self._started and await _passes(self._bus.is_consuming())
        metrics.READY.labels(self._service.name).set(int(database and consumer))
        return {"database": database, "broker_and_consumer": consumer}


async def _passes(check: Awaitable[bool | None]) -> bool:
    """Return whether a check passes within a second; None counts as passed."""
    try:
        return await asyncio.wait_for(asyncio.ensure_future(check), timeout=1) is not False
    except (TimeoutError, StoreError, *BROKER_FAULTS):
        return False
