"""`clas wait`: until the services are idle."""

from dataclasses import dataclass
from typing import Annotated

import typer

from services.cli.reads import open_all_reads
from shared.console.idle import Backlog, open_probe, wait_until_idle
from shared.console.json_output import AsJson, print_json
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, errors, fail
from shared.kernel.settings import Settings


@dataclass(frozen=True, slots=True)
class ServiceBacklog:
    """What waits for a service: messages in its queue, records in its outbox."""

    service: str
    queue: int
    outbox: int


@dataclass(frozen=True, slots=True)
class WaitDocument:
    """Whether the services are idle; if not, the services that still have work (exit code 1)."""

    idle: bool
    backlog: tuple[ServiceBacklog, ...]


def wait(
    timeout: Annotated[
        float, typer.Option(min=0, metavar="S", help="Give up after so many seconds.")
    ] = 60.0,
    *,
    as_json: AsJson = False,
) -> None:
    """Return once all queues and outboxes of the four services are empty.

    Exit code 1 after the timeout, with what is left where, and where the topology is not complete:
    what no queue takes would not be waited for. What a service has in hand shows
    nowhere, so three looks in a row must be empty: a service that hangs on its database for
    longer than that escapes the look.
    """
    settings = load_settings()
    backlog = run_async(_wait(settings, timeout), settings)
    if as_json:
        print_json(wait_document(backlog))
    if backlog:
        fail(
            f"not quiet after {timeout:g} s: {backlog}. "
            "Are all services running? `clas doctor` tells.",
            Code.WRONG,
        )
    if not as_json:
        echo("Quiet: all queues and outboxes are empty.")


def wait_document(backlog: Backlog | None) -> WaitDocument:
    """Return what is left after the timeout, None for nothing."""
    if backlog is None:
        return WaitDocument(idle=True, backlog=())
    rows = (
        ServiceBacklog(service, count, backlog.outboxes[service])
        for service, count in backlog.queues.items()
    )
    return WaitDocument(idle=False, backlog=tuple(row for row in rows if row.queue or row.outbox))


async def _wait(settings: Settings, timeout_s: float) -> Backlog | None:
    with errors.status("Looking…") as status:

        def report(backlog: Backlog) -> None:
            status.update(f"Waiting: {backlog}")

        async with open_all_reads(settings) as reads, open_probe(settings, reads) as probe:
            return await wait_until_idle(probe, timeout_s, report)
