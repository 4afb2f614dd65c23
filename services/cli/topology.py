"""`clas topology`: the exchange, queues and bindings, declared or verified."""

from typing import Annotated

import typer
from rich.table import Table

from shared.console.runtime import load_settings, run_async
from shared.console.terminal import add, echo, new_table, show
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected
from shared.rabbitmq.topology import EXCHANGE, declare_or_verify, queues, topology_fingerprint


def topology(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Declare nothing: exit 1 if something is not there.")
    ] = False,
) -> None:
    """Declare the exchange, the queues and the bindings, and list them.

    Run it before any producer starts: an event that no queue takes is lost. Asking again is safe.
    A service's own user may have no right to declare; run it then as a user who has, and give the
    services CLAS_DECLARE=check.
    """
    settings = load_settings()
    if check:
        settings = settings.model_copy(update={"declare": "check"})
    run_async(_declare_or_verify(settings), settings)
    show(_table(settings))
    done = "is complete" if settings.declare == "check" else "is declared"
    echo(f"The topology {done}: exchange {EXCHANGE}, sealed by {topology_fingerprint(settings)}.")


async def _declare_or_verify(settings: Settings) -> None:
    async with connected(settings) as connection:
        await declare_or_verify(connection, settings)


def _table(settings: Settings) -> Table:
    table = new_table("queue", "type", "bound to")
    for queue in queues(settings):
        kind = str(queue.arguments["x-queue-type"])
        add(table, queue.name, kind, "\n".join(queue.keys) or "(its service sends to it)")
    return table
