"""`clas check`: whether everything that the four services store is consistent."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Literal

import typer

from services.accounting.audit.scanner import AccountingScanner
from services.cli.check.document import check_document
from services.cli.check.report import print_results, summary
from services.eligibility.service import SERVICE as ELIGIBILITY
from services.funding.audit.scanner import FundingScanner
from services.submission.service import SERVICE as SUBMISSION
from shared.audit.run import QueueLengths, Scanners, open_audit
from shared.audit.scanner import AuditState, Scope, ServiceScanner
from shared.console.json_output import AsJson, print_json
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail, progress, warn
from shared.contracts.registry import SERVICES
from shared.kernel.outbox import queue_of
from shared.kernel.ports import BrokerUnavailableError, SnapshotExpiredError
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected, queue_stats

SCANNERS: Scanners = {
    "submission": partial(ServiceScanner, SUBMISSION),
    "eligibility": partial(ServiceScanner, ELIGIBILITY),
    "funding": FundingScanner,
    "accounting": AccountingScanner,
}
TOO_LONG = (
    "reading took longer than MongoDB keeps one moment: raise its parameter"
    " minSnapshotHistoryWindowInSeconds, or check one --caf or one --service"
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
        ServiceName | None, typer.Option(help="Only the records and states of this service.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare everything that the services store, and report each inconsistency.

    Messages, receipts and states with their hashes; each decision with what the rules decide
    again from its receipt; events with the services that consume them; entries with events, both
    ways, and with balances; numbers and hash chain of closed exercises with what their closing
    published; envelopes with rights; exports with their manifests. All is read from one
    snapshot, so services may keep running; events in transit are counted apart. Nothing is
    written. Exit code 1 on any inconsistency, or when there is nothing to check. `clas replay`
    lists all that differs in a decision.
    """
    if exercise is not None and service not in {None, "accounting"}:
        fail("--exercise is about the books: with --service accounting or none", Code.USAGE)
    settings = load_settings()
    try:
        state = run_async(check_services(settings, Scope(caf, exercise, service)), settings)
    except SnapshotExpiredError as fault:
        fail(f"{TOO_LONG} ({fault})", Code.UNREACHABLE)
    if not state.results.comparisons:
        fail("nothing is kept here: are Caf, year and CLAS_DATABASE_PREFIX right?", Code.WRONG)
    if as_json:
        print_json(check_document(state))
    else:
        print_results(state)
        echo()
    if state.results.violation_count:
        fail(summary(state.results), Code.WRONG)
    if not as_json:
        echo(summary(state.results), style="bold")


async def check_services(settings: Settings, scope: Scope) -> AuditState:
    """Return the results of every check in scope.

    Raises:
        StoreError: when the database does not answer.
        SnapshotExpiredError: when reading took longer than the database keeps one moment.
    """
    async with open_audit(settings, scope, SCANNERS) as audit:
        with progress() as bar:
            task = bar.add_task("vérification", total=await audit.count())
            queues = await _queue_lengths(settings) if scope.compares_services else {}
            now = datetime.now(UTC)
            return await audit.run(now, queues, lambda count: bar.advance(task, count))


async def _queue_lengths(settings: Settings) -> QueueLengths:
    """Return the number of messages in each queue, empty without a broker."""
    try:
        async with connected(settings) as connection:
            stats = {name: await queue_stats(connection, queue_of(name)) for name in SERVICES}
    except BrokerUnavailableError:
        warn("RabbitMQ ne répond pas : un événement en route sera pris pour un événement perdu")
        return {}
    return {name: queue.messages for name, queue in stats.items() if queue}
