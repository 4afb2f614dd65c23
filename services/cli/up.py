"""`clas up`: RabbitMQ, MongoDB and the four services on this machine, until Ctrl-C."""

import asyncio
import contextlib
import signal

from deploy.embedded import ServerFailedError, Servers, ServersUnavailableError, servers
from deploy.embedded.choice import AMQP_VARIABLE, MONGO_VARIABLE
from services.cli.serve import end, ports
from services.cli.supervisor import Supervisor
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, console, echo, fail
from shared.contracts.registry import SERVICES
from shared.kernel.outbox import queue_of
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected, queue_stats
from shared.rabbitmq.topology_declaration import declare_or_verify

POLL_S = 0.1


def up() -> None:
    """Start RabbitMQ, MongoDB and the four services, until Ctrl-C.

    Servers that CLAS_AMQP_URL and CLAS_MONGO_URL name are used and left alone; for those that
    are not named, private ones are started on free ports, and stopped at the end with all their
    data.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        try:
            echo("Starting RabbitMQ and MongoDB…")
            with servers() as endpoints:
                _serve(endpoints)
        except (ServersUnavailableError, ServerFailedError) as fault:
            fail(str(fault), Code.UNREACHABLE)


def _serve(endpoints: Servers) -> None:
    settings = load_settings().model_copy(
        update={"amqp_url": endpoints.amqp_url, "mongo_url": endpoints.mongo_url}
    )
    run_async(_declare(settings), settings)
    supervisor = Supervisor(ports(), drain_s=settings.drain_s)
    with supervisor.signals():
        supervisor.start(**{AMQP_VARIABLE: endpoints.amqp_url, MONGO_VARIABLE: endpoints.mongo_url})
        _print_addresses(endpoints)
        if run_async(_all_consume(settings, supervisor), settings):
            echo(f"Ready: {', '.join(SERVICES)}. Ctrl-C stops everything started here.")
            supervisor.watch()
    end(supervisor)


def _print_addresses(endpoints: Servers) -> None:
    echo(f"RabbitMQ and MongoDB: {endpoints.origin}. For another shell:")
    console.out(f"export {AMQP_VARIABLE}='{endpoints.amqp_url}'")
    console.out(f"export {MONGO_VARIABLE}='{endpoints.mongo_url}'")


async def _declare(settings: Settings) -> None:
    async with connected(settings) as connection:
        await declare_or_verify(connection, settings)


async def _all_consume(settings: Settings, supervisor: Supervisor) -> bool:
    """Return True once every service consumes its queue, False when a stop was requested."""
    async with connected(settings) as connection:
        for service in SERVICES:
            while not (
                (stats := await queue_stats(connection, queue_of(service))) and stats.consumers
            ):
                if supervisor.stopping:
                    return False
                await asyncio.sleep(POLL_S)
    return True
