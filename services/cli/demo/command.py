"""`clas demo`: a campaign of 132 dossiers, from their deposit to the closing of two exercises."""

import asyncio
import signal
from typing import Annotated

import typer

from deploy.embedded import ServerFailedError, ServersUnavailableError
from services.cli.demo.driver import DemoError, DemoStoppedError
from services.cli.demo.driver import in_process as this_process
from services.cli.demo.show import show
from shared.console.terminal import Code, fail, warn
from shared.observability import logs

STOPPED = 130
WITHOUT = "Or without any server, in one process: `clas demo --in-process`."


def demo(
    *,
    attach: Annotated[
        bool,
        typer.Option("--attach", help="Use the services that run; only publish and listen."),
    ] = False,
    in_process: Annotated[
        bool, typer.Option("--in-process", help="No server at all: everything in this process.")
    ] = False,
) -> None:
    """Play a whole campaign of Seine-Maritime 2025-2026 and print its results in French.

    132 invented dossiers, one in six with a mistake a person would make: deposit, complements,
    envelopes, committee, conventions, advances, accounts and balances, the closing of 2025 and of
    2026, controls. By default RabbitMQ, MongoDB and the four services are started for it and
    stopped at the end, with all data. CLAS_AMQP_URL and CLAS_MONGO_URL name other servers: the
    demo then brings its own services, and databases of its own that stay. With --attach it plays
    on the services that run there (`make up`) and leaves everything for you to explore; it
    refuses where Caf 761 has a campaign or books already.
    """
    if attach and in_process:
        fail("--attach and --in-process exclude each other", Code.USAGE)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if in_process:
            asyncio.run(_in_process())
        else:
            _on_servers(attach=attach)
    except (KeyboardInterrupt, DemoStoppedError):
        warn("interrompu ; tout ce qui avait été démarré est arrêté")
        raise typer.Exit(STOPPED) from None
    except DemoError as fault:
        fail(str(fault), Code.WRONG)
    except (ServersUnavailableError, ServerFailedError) as fault:
        fail(f"{fault}\n{WITHOUT}", Code.UNREACHABLE)


def _on_servers(*, attach: bool) -> None:
    from services.cli.demo.servers import play_attached, play_with_own_services

    (play_attached if attach else play_with_own_services)()


async def _in_process() -> None:
    logs.silence()
    async with this_process() as driver:
        await show(driver)
