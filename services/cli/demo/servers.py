"""The demo on servers: with four services of its own, or attached to those that run."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from deploy.embedded import Servers, servers
from deploy.embedded.choice import AMQP_VARIABLE, MONGO_VARIABLE
from deploy.embedded.guard import FOLDER_VARIABLE, can_guard, watch
from services.accounting import queries as accounting
from services.cli.demo.driver import DemoError, DemoStoppedError
from services.cli.demo.live_driver import (
    Watch,
    all_consume,
    live_driver,
    queue_stats_by_service,
    until_all_consume,
)
from services.cli.demo.sample import CAF, SCHOOL_YEAR
from services.cli.demo.show import show
from services.cli.reads import open_all_reads
from services.cli.supervisor import Supervisor
from services.submission import queries as submission
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import echo
from shared.contracts.registry import SERVICES
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected
from shared.rabbitmq.topology_declaration import declare_or_verify

GIVEN = "environment"
BUSY = (
    "des services ou des messages occupent déjà les files clas.* de ce courtier. Pour jouer avec"
    " les services qui tournent : `clas demo --attach` ; pour jouer à part : sans "
    f"{AMQP_VARIABLE} ni {MONGO_VARIABLE}"
)
NOBODY = (
    "aucun service ne consomme les files clas.* de ce courtier. Démarrez-les (`make up`) et donnez"
    f" ici les adresses affichées, {AMQP_VARIABLE} et {MONGO_VARIABLE}"
)
TAKEN = (
    f"la Caf {CAF} a déjà une campagne {SCHOOL_YEAR} ou des comptes sur ce système. La"
    " démonstration ouvre une campagne et clôture deux exercices : elle n'y touche pas. Si elle a"
    f" déjà été jouée ici, tout y est encore : `clas ledger --caf {CAF} --exercise 2025`"
)


def play_with_own_services() -> None:
    """Start servers unless they are given, and four services with databases of their own.

    Raises:
        ServersUnavailableError, ServerFailedError: when there are no servers.
        DemoError, DemoStoppedError: when the campaign cannot be played to its end.
    """
    if not os.environ.keys() >= {AMQP_VARIABLE, MONGO_VARIABLE}:
        echo("Démarrage de RabbitMQ et de MongoDB…", style="dim")
    with servers() as running:
        _play(running)


def play_attached() -> None:
    """Play with the services that run on the servers of the environment.

    Raises:
        DemoError: when none run, or when there is something there that must be left alone.
    """
    settings = load_settings()
    run_async(_attached(settings), settings)


def _play(running: Servers) -> None:
    settings = load_settings().model_copy(
        update={
            "amqp_url": running.amqp_url,
            "mongo_url": running.mongo_url,
            "database_prefix": f"clas_demo_{uuid4().hex[:8]}_",
        }
    )
    run_async(_prepare(settings), settings)
    supervisor = Supervisor(dict.fromkeys(SERVICES, 0), drain_s=settings.drain_s)
    with _guarded() as mark, supervisor.signals():
        echo("Démarrage des quatre services…", style="dim")
        supervisor.start(**_environment(settings), **mark)
        kept_on = settings if running.origin == GIVEN else None
        run_async(_played(settings, _watching(supervisor), kept_on), settings)


def _environment(settings: Settings) -> dict[str, str]:
    return {
        AMQP_VARIABLE: settings.amqp_url,
        MONGO_VARIABLE: settings.mongo_url,
        "CLAS_DATABASE_PREFIX": settings.database_prefix,
        # Their log and our tables share the terminal.
        "CLAS_LOG_LEVEL": os.environ.get("CLAS_LOG_LEVEL", "error"),
    }


@contextmanager
def _guarded() -> Iterator[dict[str, str]]:
    """Mark processes so that they end with this program even when it is killed."""
    if not can_guard():
        yield {}
        return
    folder = Path(tempfile.mkdtemp(prefix="clas-demo-"))
    guard = watch(folder)
    try:
        yield {FOLDER_VARIABLE: str(folder)}
    finally:
        guard.communicate()


def _watching(supervisor: Supervisor) -> Watch:
    def check() -> None:
        if fault := supervisor.check():
            raise DemoError(fault)
        if supervisor.stopping:
            raise DemoStoppedError

    return check


async def _prepare(settings: Settings) -> None:
    """Declare the topology where nobody is at work: queues are shared, whatever the database."""
    async with connected(settings) as connection:
        stats = await queue_stats_by_service(connection)
        if any(queue.messages or queue.consumers for queue in stats.values()):
            raise DemoError(BUSY)
        await declare_or_verify(connection, settings)


async def _played(settings: Settings, check: Watch, kept_on: Settings | None) -> None:
    async with connected(settings) as connection:
        await until_all_consume(connection, check)
    async with live_driver(settings, check) as driver:
        await show(driver, kept_on)


async def _attached(settings: Settings) -> None:
    async with connected(settings) as connection:
        if not all_consume(await queue_stats_by_service(connection)):
            raise DemoError(NOBODY)
    if await _is_taken(settings):
        raise DemoError(TAKEN)
    async with live_driver(settings, _nothing_to_watch) as driver:
        await show(driver, settings)


async def _is_taken(settings: Settings) -> bool:
    """Return whether the Caf of the sample has a campaign or books already."""
    async with open_all_reads(settings) as reads:
        campaign = await submission.campaign(reads["submission"], CAF, SCHOOL_YEAR)
        return bool(campaign or await accounting.books(reads["accounting"], CAF))


def _nothing_to_watch() -> None:
    """These services are somebody else's."""
