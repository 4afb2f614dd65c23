"""`clas topology`: the exchange, queues and bindings, declared or verified."""

from dataclasses import dataclass
from typing import Annotated

import typer
from rich.table import Table

from shared.console.json_output import AsJson, print_json
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import add, echo, new_table, show
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected
from shared.rabbitmq.topology import (
    EXCHANGE,
    LOG,
    Exchange,
    Queue,
    exchanges,
    queues,
    topology_fingerprint,
)
from shared.rabbitmq.topology_declaration import declare_or_verify


@dataclass(frozen=True, slots=True)
class TopologyDocument:
    """The topology that now exists; `declared`: by this command, not only verified.

    `fingerprint` names the exchange that proves it complete. `keys` are those that `exchange`, the
    one of all events, is bound with; a queue without keys gets messages from its service alone.
    Arguments are those of RabbitMQ.
    """

    exchange: str
    exchanges: tuple[Exchange, ...]
    fingerprint: str
    declared: bool
    queues: tuple[Queue, ...]


def topology(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Declare nothing: exit 1 if something is not there.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Declare the exchange, the queues and the bindings, and list them.

    Run it before any producer starts: an event that no queue takes is returned,
    and lost where its publisher did not ask for that (mandatory). Asking again is safe.
    A service's own user may have no right to declare; run it then as a user who has, and give the
    services CLAS_DECLARE=check.
    """
    settings = load_settings()
    if check:
        settings = settings.model_copy(update={"declare": "check"})
    run_async(_declare_or_verify(settings), settings)
    if as_json:
        print_json(topology_document(settings))
        return
    show(_table(settings))
    done = "is complete" if settings.declare == "check" else "is declared"
    echo(f"The topology {done}: exchange {EXCHANGE}, sealed by {topology_fingerprint(settings)}.")


def topology_document(settings: Settings) -> TopologyDocument:
    """Return the topology of these settings."""
    declared = settings.declare != "check"
    fingerprint = topology_fingerprint(settings)
    return TopologyDocument(
        exchange=EXCHANGE,
        exchanges=tuple(exchanges()),
        fingerprint=fingerprint,
        declared=declared,
        queues=tuple(queues(settings)),
    )


async def _declare_or_verify(settings: Settings) -> None:
    async with connected(settings) as connection:
        await declare_or_verify(connection, settings)


def _table(settings: Settings) -> Table:
    table = new_table("queue", "type", "bound to")
    for queue in queues(settings):
        kind = str(queue.arguments["x-queue-type"])
        add(table, queue.name, kind, _keys_text(queue))
    return table


def _keys_text(queue: Queue) -> str:
    if queue.name == LOG:
        return f"each of the {len(queue.keys)} events"
    return "\n".join(queue.keys) or "(its service sends to it)"
