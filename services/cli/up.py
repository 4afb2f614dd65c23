"""`clas up`: everything on this machine, until Ctrl-C."""

import asyncio
import contextlib
import signal

from deploy.embedded import ServerFailedError, Servers, ServersUnavailableError, servers
from deploy.embedded.choice import AMQP_VARIABLE, MONGO_VARIABLE
from services.cli.serve import end, ports
from services.cli.supervisor import Supervisor
from shared.console.runtime import run, settings
from shared.console.terminal import Code, console, fail, say
from shared.contracts.registry import SERVICES
from shared.kernel.outbox import queue_of
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected, depth
from shared.rabbitmq.topology import establish

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
            say("Starting RabbitMQ and MongoDB…")
            with servers() as given:
                _serve(given)
        except (ServersUnavailableError, ServerFailedError) as fault:
            fail(str(fault), Code.UNREACHABLE)


def _serve(given: Servers) -> None:
    known = settings().model_copy(update={"amqp_url": given.amqp_url, "mongo_url": given.mongo_url})
    run(_establish(known), known)
    supervisor = Supervisor(ports(), drain_s=known.drain_s)
    with supervisor.signals():
        supervisor.start(**{AMQP_VARIABLE: given.amqp_url, MONGO_VARIABLE: given.mongo_url})
        _tell(given)
        if run(_all_consume(known, supervisor), known):
            say(f"Ready: {', '.join(SERVICES)}. Ctrl-C stops everything started here.")
            supervisor.watch()
    end(supervisor)


def _tell(given: Servers) -> None:
    say(f"RabbitMQ and MongoDB: {given.origin}. For another shell:")
    console.out(f"export {AMQP_VARIABLE}='{given.amqp_url}'")
    console.out(f"export {MONGO_VARIABLE}='{given.mongo_url}'")


async def _establish(known: Settings) -> None:
    async with connected(known) as connection:
        await establish(connection, known)


async def _all_consume(known: Settings, supervisor: Supervisor) -> bool:
    """Return True once every service consumes, False when it is time to stop."""
    async with connected(known) as connection:
        for service in SERVICES:
            while not ((there := await depth(connection, queue_of(service))) and there.consumers):
                if supervisor.stopping:
                    return False
                await asyncio.sleep(POLL_S)
    return True
