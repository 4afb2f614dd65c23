"""`clas close`: closes an exercise of a Caf, after a checklist of its preconditions."""

import sys
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from pydantic import ValidationError

from services.accounting import queries as accounting
from services.accounting.closing_cli.checklist import Preconditions, blocked, checklist
from services.accounting.closing_cli.progress import follow
from services.accounting.closing_cli.report import print_checklist, print_closing
from services.accounting.closing_cli.request import Request
from services.accounting.commands.unknown_caf import fail_without_books
from services.accounting.queries import ExerciseStatus
from services.cli.close_preconditions import preconditions_of, wait_for_services
from services.cli.reads import open_all_reads
from shared.console import options
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, confirm, echo, errors, fail
from shared.french import in_paris, listed
from shared.kernel.settings import Settings
from shared.rabbitmq.publisher import open_publisher


def close(  # noqa: PLR0913 - the options of a command
    *,
    caf: Annotated[
        str, typer.Option(parser=options.caf, metavar="CODE", help="Three digits, such as 761.")
    ],
    exercise: Annotated[int, typer.Option(min=2000, max=2099, metavar="YEAR", help="Civil year.")],
    closed_on: Annotated[
        date | None,
        typer.Option(parser=options.day, metavar="DATE", help="Its day. Default: today."),
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who closes it.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Close it, without a question.")] = False,
    timeout: Annotated[
        float, typer.Option(min=0, metavar="S", help="Give up after this time without progress.")
    ] = 60.0,
) -> None:
    """Close an exercise of a Caf, irrevocably, and follow the closing to its end.

    A checklist is printed first. `✗` blocks: the closing would be refused, or would miss messages
    in transit; nothing is sent and the exit code is 1. `!` is a warning: balances not settled,
    grants that wait, accounts refused, dead letters. The command then asks for confirmation;
    where standard input is no terminal, it needs --yes or ends with exit code 2.

    The closing continues when this command is interrupted. The same command again follows a
    running closing, and prints the result of a finished one. Exit code 1 too when the closing is
    refused, or when it makes no progress for --timeout seconds.
    """
    settings = load_settings()
    request = _request(caf, exercise, closed_on or _today(), by)
    status = run_async(_status(settings, request), settings)
    if status.closing is None:
        request = _send_request(settings, request, yes=yes)
    elif status.closed:
        echo(f"L’exercice {exercise} de la Caf {caf} est déjà clôturé.", style="bold")
    else:
        echo(f"La clôture de l’exercice {exercise} de la Caf {caf} est déjà en cours.")
    closing = follow(settings, request, timeout)
    if not status.closed:
        echo(f"L’exercice {exercise} de la Caf {caf} est clôturé.", style="bold")
    print_closing(closing)


def _request(caf: str, exercise: int, closed_on: date, by: str | None) -> Request:
    request = Request(caf, exercise, closed_on, (by or "").strip() or None)
    try:
        request.data  # noqa: B018 - validated before anything is read
    except ValidationError as fault:
        wrong = listed(f"{error['loc'][0]}: {error['msg']}" for error in fault.errors())
        fail(f"the closing cannot be requested: {wrong}", Code.USAGE)
    return request


def _today() -> date:
    return in_paris(datetime.now(UTC)).date()


async def _status(settings: Settings, request: Request) -> ExerciseStatus:
    async with accounting.opened(settings) as reads:
        status = await accounting.exercise_status(reads, request.caf, request.exercise)
        if status.books is None:
            await fail_without_books(reads, request.caf)
    return status


def _send_request(settings: Settings, request: Request, *, yes: bool) -> Request:
    """Print the checklist; when nothing blocks and the officer confirms, send the request.

    Returns the request as sent, or unsent when the closing began in the meantime.
    """
    with errors.status("Vérification…"):
        preconditions, request = run_async(_load_preconditions(settings, request), settings)
    if preconditions is None:
        return request
    items = checklist(preconditions)
    print_checklist(items, request.caf, request.exercise)
    if blocked(items):
        fail("la clôture est bloquée (✗) : rien n’a été envoyé", Code.WRONG)
    if not yes:
        _confirm(request)
    run_async(_send(settings, request), settings)
    echo(f"Clôture demandée (message {request.id}).")
    return request


async def _load_preconditions(
    settings: Settings, request: Request
) -> tuple[Preconditions | None, Request]:
    """Return the preconditions (None: the closing has begun since) and the request to send."""
    caf, exercise = request.caf, request.exercise
    async with open_all_reads(settings) as reads:
        backlog = await wait_for_services(settings, reads)
        # The request first: one that is accepted meanwhile shows as a closing.
        request = await request.renewed(reads["accounting"])
        status = await accounting.exercise_status(reads["accounting"], caf, exercise)
        if status.closing or status.books is None:
            return None, request
        refusals = request.refusals(status.books)
        return await preconditions_of(settings, reads, request, refusals, backlog), request


def _confirm(request: Request) -> None:
    if not sys.stdin.isatty():
        fail("rien n’a été envoyé : sans terminal, la clôture se confirme par --yes", Code.USAGE)
    question = f"Clôturer l’exercice {request.exercise} ? Rien ne le rouvrira. [oui/non]"
    if not confirm(question):
        echo("Rien n’a été envoyé.")
        raise typer.Exit(Code.OK)


async def _send(settings: Settings, request: Request) -> None:
    async with open_publisher(settings) as exchange:
        await exchange.publish(request.body, request.routing_key, request.id)
