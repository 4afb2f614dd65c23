"""`clas redrive`: events that a consumer has no record of, sent to it again."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from services.cli.redrive.deliveries import Delivery, Selection
from services.cli.redrive.plan import MissingRow, missing_rows
from services.cli.redrive.send import UnhandledError
from services.cli.redrive.servers import Servers, open_servers
from shared.console.json_output import AsJson, print_json
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, add, confirm, echo, fail, new_table, show
from shared.kernel.settings import Settings

DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"]
SOURCES = {
    "outbox": "outbox of its producer",
    "log": "clas.log",
    "nowhere": "nowhere: its producer decides it again",
}
NOWHERE = "their producers were restored and decide otherwise now; `clas check` names what differs"
ServiceName = Literal["submission", "eligibility", "funding", "accounting"]


@dataclass(frozen=True, slots=True)
class RedriveDocument:
    """What was missing, how many messages were sent, what is missing now.

    Without --yes nothing is sent, and `left` is `missing`. `complete`: nothing is left; exit code
    1 otherwise, but 0 for a rehearsal with --dry-run.
    """

    missing: tuple[MissingRow, ...]
    sent: int
    left: tuple[MissingRow, ...]
    complete: bool


def redrive(  # noqa: PLR0913 - one parameter for each option
    *,
    service: Annotated[
        ServiceName | None, typer.Option(help="Only what this service has no record of.")
    ] = None,
    caf: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only events of this Caf, such as 761.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            metavar="TIME", formats=DAYS, help="Read only what was published since, in UTC."
        ),
    ] = None,
    timeout: Annotated[
        float,
        typer.Option(min=0, metavar="S", help="Wait so long for the services to be idle."),
    ] = 60.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what is missing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Send, without a question.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send events again that were published and that a consumer has no record of.

    After a binding was missing, or after a database was restored from a backup. The bytes are those
    in the outbox of the producer, or in the stream clas.log for what came from outside; ids stay,
    so that nothing is decided twice. Each event goes to the queue of the service that misses it
    and no other. What a restored service decides again it publishes again by itself.

    The services must run and be idle. Without --yes it lists what is missing and asks; where
    nobody can answer it sends nothing. Exit code 1 while something is missing.
    """
    settings = load_settings()
    selection = Selection(service, caf, since and since.replace(tzinfo=UTC))
    options = _Options(timeout, dry_run=dry_run, yes=yes, as_json=as_json)
    run_async(_redrive(settings, selection, options), settings)


@dataclass(frozen=True, slots=True)
class _Options:
    timeout_s: float
    dry_run: bool
    yes: bool
    as_json: bool


async def _redrive(settings: Settings, selection: Selection, options: _Options) -> None:
    async with open_servers(settings, selection, options.timeout_s) as servers:
        if backlog := await servers.backlog():
            fail(f"the services are not idle: {backlog}. --timeout waits longer.", Code.WRONG)
        missing = await servers.missing()
        rows = left = missing_rows(missing)
        if not options.as_json:
            _print_missing(rows)
        if not options.dry_run and _confirmed(missing, options):
            left = missing_rows(await _sent(servers, missing))
    if options.as_json:
        print_json(RedriveDocument(rows, servers.sent, left, complete=not left))
    elif servers.sent:
        _print_result(servers.sent, left)
    if left and not options.dry_run:
        fail(_way_out(left, servers.sent), Code.WRONG)


def _confirmed(missing: Sequence[Delivery], options: _Options) -> bool:
    """Return whether to send; nothing is asked where nobody can answer."""
    sendable = sum(1 for delivery in missing if delivery.origin)
    if not sendable or options.yes:
        return bool(sendable)
    if options.as_json or not sys.stdin.isatty():
        return False
    return confirm(f"Send {sendable} to the services that miss them? [y/N]")


async def _sent(servers: Servers, missing: Sequence[Delivery]) -> list[Delivery]:
    """Send, and return what is left."""
    consumers = {delivery.consumer for delivery in missing}
    if stopped := await servers.without_consumer(consumers):
        commands = ", ".join(f"`clas serve {service}`" for service in stopped)
        fail(f"nothing was sent: nobody consumes for {', '.join(stopped)}; {commands}", Code.WRONG)
    try:
        return await servers.send(missing)
    except UnhandledError as fault:
        what = f"{servers.sent} sent, and after {servers.timeout_s:g} s there is {fault}"
        fail(f"{what}. `clas doctor`, then run it again: it goes on.", Code.WRONG)


def _print_missing(rows: Sequence[MissingRow]) -> None:
    if not rows:
        echo("Nothing is missing: every consumer has a record of every event.")
        return
    columns = ("event", "missing in", "count", "oldest (UTC)", "bytes from")
    table = new_table(*columns, right=("count",), whole=("event", "missing in", "oldest (UTC)"))
    for row in rows:
        oldest = f"{row.oldest:%Y-%m-%d %H:%M:%S}" if row.oldest else ""
        add(table, row.event, row.consumer, str(row.count), oldest, SOURCES[row.bytes_from])
    show(table)


def _print_result(sent: int, left: Sequence[MissingRow]) -> None:
    echo(f"{sent} sent and handled.")
    if left:
        echo("Still missing:")
        _print_missing(left)


def _way_out(left: Sequence[MissingRow], sent: int) -> str:
    count = sum(row.count for row in left)
    if all(row.bytes_from == "nowhere" for row in left):
        return f"{count} missing that no outbox has: {NOWHERE}"
    return f"{count} still missing: `clas doctor`" if sent else f"{count} missing: --yes sends them"
