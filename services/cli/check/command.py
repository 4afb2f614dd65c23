"""`clas check`: whether all that the four services keep holds together."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from services.cli.check.report import print_results, summary
from services.cli.check.run import Queues, reconcile, size
from shared.audit.scanner import AuditState, Scope
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail, progress, warn
from shared.contracts.registry import SERVICES
from shared.kernel.outbox import queue_of
from shared.kernel.ports import BrokerUnavailableError
from shared.kernel.settings import Settings
from shared.mongodb.snapshot import Snapshot, SnapshotExpiredError, open_snapshot
from shared.rabbitmq.broker_admin import connected, queue_stats

TOO_LONG = (
    "reading took longer than MongoDB keeps one moment: raise its parameter"
    " minSnapshotHistoryWindowInSeconds, or look at one --caf or one --service"
)
ServiceName = Literal["submission", "eligibility", "funding", "accounting"]


def check(
    *,
    caf: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only this Caf, such as 761.")
    ] = None,
    exercise: Annotated[
        int | None,
        typer.Option(min=2000, max=2099, metavar="YEAR", help="Only the books of this exercise."),
    ] = None,
    service: Annotated[
        ServiceName | None, typer.Option(help="Only what this service keeps.")
    ] = None,
) -> None:
    """Hold everything that the services keep against each other, and report any breach.

    Messages, receipts and states against their hashes; events against the services that they go
    to; entries against events, both ways, and against balances; numbers and chain of hashes of
    closed exercises against what their closing published; envelopes against rights; exports
    against their manifests. All is read as it stood at one moment, so services may go on; events
    on their way are told apart. Nothing is written. Exit code 1 on any breach, or when there is
    nothing to look at. `clas replay` decides again; this command does not.
    """
    if exercise is not None and service not in {None, "accounting"}:
        fail("--exercise is about the books: with --service accounting or none", Code.USAGE)
    known = load_settings()
    try:
        seen = run_async(checked(known, Scope(caf, exercise, service)), known)
    except SnapshotExpiredError as fault:
        fail(f"{TOO_LONG} ({fault})", Code.UNREACHABLE)
    if not seen.tally.looked:
        fail("nothing is kept here: are Caf, year and CLAS_DATABASE_PREFIX right?", Code.WRONG)
    print_results(seen)
    echo()
    if seen.tally.breaches:
        fail(summary(seen.tally), Code.WRONG)
    echo(summary(seen.tally), style="bold")


async def checked(settings: Settings, scope: Scope) -> AuditState:
    """Return what came of every check in scope.

    Raises:
        StoreError: when the database does not answer.
        MomentGone: when reading took longer than it keeps one moment.
    """
    async with open_snapshot(settings) as kept:
        with progress() as bar:
            task = bar.add_task("vérification", total=await size(kept, scope))
            queues = await _queues(settings) if scope.crosses else {}
            return await _reconciled(kept, scope, queues, lambda count: bar.advance(task, count))


async def _reconciled(
    kept: Snapshot, scope: Scope, queues: Queues, advance: Callable[[int], None]
) -> AuditState:
    return await reconcile(kept, scope, datetime.now(UTC), queues, advance)


async def _queues(settings: Settings) -> Queues:
    """Return what waits in each queue; without a broker nothing is known of it."""
    try:
        async with connected(settings) as connection:
            there = {each: await queue_stats(connection, queue_of(each)) for each in SERVICES}
    except BrokerUnavailableError:
        warn("RabbitMQ ne répond pas : un événement en route sera pris pour un événement perdu")
        return {}
    return {name: found.messages for name, found in there.items() if found}
