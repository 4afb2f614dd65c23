"""`clas wait`: until the services are idle."""

from typing import Annotated

import typer

from services.cli.reads import open_all_reads
from shared.console.idle import Backlog, open_probe, wait_until_idle
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, errors, fail
from shared.kernel.settings import Settings


def wait(
    timeout: Annotated[
        float, typer.Option(min=0, metavar="S", help="Give up after so many seconds.")
    ] = 60.0,
) -> None:
    """Return once all queues and outboxes of the four services are empty.

    Exit code 1 after the timeout, with what is left where. What a service has in hand shows
    nowhere, so three looks in a row must be empty: a service that hangs on its database for
    longer than that escapes the look.
    """
    settings = load_settings()
    if backlog := run_async(_wait(settings, timeout), settings):
        fail(
            f"not quiet after {timeout:g} s: {backlog}. "
            "Are all services running? `clas doctor` tells.",
            Code.WRONG,
        )
    echo("Quiet: all queues and outboxes are empty.")


async def _wait(settings: Settings, timeout_s: float) -> Backlog | None:
    with errors.status("Looking…") as status:

        def report(backlog: Backlog) -> None:
            status.update(f"Waiting: {backlog}")

        async with open_all_reads(settings) as reads, open_probe(settings, reads) as probe:
            return await wait_until_idle(probe, timeout_s, report)
