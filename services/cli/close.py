"""`clas close`: closes an exercise of a Caf, after a look at what stands before it."""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from pydantic import ValidationError

from services.accounting.closing_cli.checklist import Preconditions, blocked, checklist
from services.accounting.closing_cli.exercise_status import ExerciseStatus, exercise_status
from services.accounting.closing_cli.progress import ClosingRefusedError, NoProgressError, follow
from services.accounting.closing_cli.report import print_checklist, print_closing
from services.accounting.closing_cli.request import Request
from services.accounting.commands.unknown_caf import fail_without_books
from services.accounting.domain.closing import Closing
from services.cli.close_preconditions import preconditions_of, refusals, wait_for_services
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, confirm, echo, errors, fail, warn
from shared.french import PARIS, listed
from shared.kernel.settings import Settings
from shared.mongodb.read_api import open_read_api
from shared.rabbitmq.publisher import open_publisher


def close(  # noqa: PLR0913 - the options of a command
    *,
    caf: Annotated[str, typer.Option(metavar="CODE", help="Three digits, such as 761.")],
    exercise: Annotated[int, typer.Option(min=2000, max=2099, metavar="YEAR", help="Civil year.")],
    closed_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Its day. Default: today."),
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who closes it.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Close it, without a question.")] = False,
    timeout: Annotated[
        float, typer.Option(min=0, metavar="S", help="Give up when nothing moves for so long.")
    ] = 60.0,
) -> None:
    """Close an exercise of a Caf, for good, and follow the closing to its end.

    First it tells what stands before the closing. `✗` blocks: the closing would be refused, or
    would miss what is still on its way; nothing is sent and the exit code is 1. `!` deserves a
    look: balances not settled, grants that wait, accounts refused, dead letters. Then it asks;
    where nobody can answer, it needs --yes or ends with exit code 2.

    Closing goes on whatever becomes of this command. The same command again follows a closing
    that runs, and shows the result of one that is over. Exit code 1 too when the closing is
    refused, or when nothing moves for --timeout seconds.
    """
    known = load_settings()
    asked = _request(caf, exercise, closed_on.date() if closed_on else _today(), by)
    found = run_async(_standing(known, asked), known)
    if found.closing is None:
        asked = _ask(known, asked, yes=yes)
    elif found.closing.step == "done":
        echo(f"L’exercice {exercise} de la Caf {caf} est déjà clôturé.", style="bold")
    else:
        echo(f"La clôture de l’exercice {exercise} de la Caf {caf} est déjà en cours.")
    closing = _follow(known, asked, timeout)
    if found.closing is None or found.closing.step != "done":
        echo(f"L’exercice {exercise} de la Caf {caf} est clôturé.", style="bold")
    print_closing(closing)


def _request(caf: str, exercise: int, closed_on: date, by: str | None) -> Request:
    asked = Request(caf, exercise, closed_on, (by or "").strip() or None)
    try:
        asked.data  # noqa: B018 - looked at before anything is read
    except ValidationError as fault:
        wrong = listed(f"{error['loc'][0]}: {error['msg']}" for error in fault.errors())
        fail(f"the closing cannot be asked for: {wrong}", Code.USAGE)
    return asked


def _today() -> date:
    return datetime.now(UTC).astimezone(PARIS).date()


async def _standing(settings: Settings, asked: Request) -> ExerciseStatus:
    async with open_read_api(settings) as kept:
        found = await exercise_status(kept, asked.caf, asked.exercise)
        if found.books is None:
            await fail_without_books(kept, asked.caf)
    return found


def _ask(settings: Settings, asked: Request, *, yes: bool) -> Request:
    """Tell the checklist; when nothing blocks and somebody agrees, send the request.

    Returns the request as it was sent; when the closing began meanwhile, none was.
    """
    with errors.status("Vérification…"):
        found, asked = run_async(_look(settings, asked), settings)
    if found is None:
        return asked
    points = checklist(found)
    print_checklist(points, asked.caf, asked.exercise)
    if blocked(points):
        fail("la clôture est bloquée (✗) : rien n’a été envoyé", Code.WRONG)
    if not yes:
        _confirm(asked)
    run_async(_send(settings, asked), settings)
    echo(f"Clôture demandée (message {asked.id}).")
    return asked


async def _look(settings: Settings, asked: Request) -> tuple[Preconditions | None, Request]:
    left = await wait_for_services(settings)
    async with open_read_api(settings) as kept:
        found = await exercise_status(kept, asked.caf, asked.exercise)
        if found.closing or found.books is None:
            return None, asked
        asked = replace(asked, refused=await refusals(kept, asked.caf, asked.exercise))
        return await preconditions_of(settings, kept, found.books, asked, left), asked


def _confirm(asked: Request) -> None:
    if not sys.stdin.isatty():
        fail("rien n’a été envoyé : sans terminal, la clôture se confirme par --yes", Code.USAGE)
    question = f"Clôturer l’exercice {asked.exercise} ? Rien ne le rouvrira. [oui/non]"
    if not confirm(question):
        echo("Rien n’a été envoyé.")
        raise typer.Exit(Code.OK)


async def _send(settings: Settings, asked: Request) -> None:
    async with open_publisher(settings) as exchange:
        await exchange.publish(asked.body, asked.routing_key, asked.id)


def _follow(settings: Settings, asked: Request, timeout_s: float) -> Closing:
    again = f"`clas close --caf {asked.caf} --exercise {asked.exercise}`"
    try:
        return run_async(_followed(settings, asked, timeout_s), settings)
    except KeyboardInterrupt:
        warn(f"la clôture continue sans cette commande ; {again} la suit de nouveau")
        raise
    except NoProgressError:
        way_out = f"`clas serve accounting` le démarre, puis {again} suit la clôture"
        told = f"rien n’avance depuis {timeout_s:g} s : le service accounting tourne-t-il ?"
        fail(f"{told} {way_out}", Code.WRONG)
    except ClosingRefusedError as refused:
        reasons = " ".join(f"[{each.rule}] {each.message}" for each in refused.reasons)
        dead = "la demande a été mise de côté : `clas dead-letters list accounting` dit pourquoi"
        fail(f"clôture refusée : {reasons}" if reasons else dead, Code.WRONG)


async def _followed(settings: Settings, asked: Request, timeout_s: float) -> Closing:
    async with open_read_api(settings) as kept:
        return await follow(kept, asked, timeout_s)
