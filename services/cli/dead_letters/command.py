"""`clas dead-letters`: read them, send them again once their cause is gone, or let them go."""

import sys
from collections import Counter
from enum import StrEnum
from typing import Annotated, NoReturn

import typer

from services.cli.dead_letters.queue import discard, matching, redrive, summaries
from services.cli.dead_letters.view import (
    Summary,
    body_of,
    errors_of,
    headers_of,
    named,
    shown,
    verdict_now,
)
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import (
    Code,
    add,
    confirm,
    console,
    echo,
    escape_control,
    fail,
    new_table,
    show,
)
from shared.contracts.registry import SERVICES
from shared.kernel.settings import Settings
from shared.rabbitmq.dead_letter_queue import LOOK_MAX, DeadLetter

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Read the messages that could not be handled, send them again, or let them go.",
)


class Service(StrEnum):
    """One of the four."""

    submission = "submission"
    eligibility = "eligibility"
    funding = "funding"
    accounting = "accounting"


@app.command("list")
def list_(service: Annotated[Service | None, typer.Argument()] = None) -> None:
    """List the dead letters of one service, or of all, oldest first; nothing is taken away.

    The column "now" says whether the contract of today would accept the message.
    """
    known = load_settings()
    wanted = [str(service)] if service else list(SERVICES)
    letters = run_async(summaries(known, wanted), known)
    if not letters:
        echo(f"No dead letters: {', '.join(wanted)}.")
        return
    _table(letters)
    echo(f"{len(letters)} in all. `clas dead-letters show SERVICE ID` shows one whole.")


@app.command("show")
def show_(
    service: Annotated[Service, typer.Argument()],
    letter_id: Annotated[str, typer.Argument(metavar="ID", help="Its id, or how it begins.")],
) -> None:
    """Show a dead letter: why it lies there, its headers, and its body as JSON or hexadecimal."""
    known = load_settings()
    letters = run_async(matching(known, str(service), letter_id), known)
    if not letters:
        _unknown(letter_id, str(service))
    for letter in letters:
        _show(letter, str(service), known)


@app.command("replay")
def replay(
    service: Annotated[Service, typer.Argument()],
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]…")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All of this service.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it, without a question.")] = False,
) -> None:
    """Send dead letters to their service again; first, say which.

    A letter leaves the dead letters only once its service's queue has it: an interruption may
    leave both, which is harmless. What cannot be handled this time either comes back, with one
    more on its count. Without --yes it asks, and where nobody can answer it does nothing and
    ends with exit code 2.
    """
    if bool(ids) == everything:
        fail("name the letters by their ids, or take --all", Code.USAGE)
    known, name = load_settings(), str(service)
    letters = run_async(summaries(known, [name]), known)
    chosen = letters if everything else _chosen(ids or [], letters, name)
    if not chosen:
        echo(f"No dead letters: {name}.")
        return
    _table(chosen)
    if not yes:
        _ask(len(chosen), "sent again", "Send {} again?")
    # Of more than one look shows, --all means those that nobody has seen too.
    unseen = everything and len(letters) >= LOOK_MAX
    wanted = None if unseen else Counter(each.id for each in chosen)
    done = run_async(redrive(known, name, wanted), known)
    if not unseen and done < len(chosen):
        fail(f"{len(chosen) - done} of {len(chosen)} were not there any more", Code.WRONG)
    echo(f"{done} sent to {name} again. `clas wait`, then `clas dead-letters list {name}`.")


@app.command("drop")
def drop_(
    service: Annotated[Service, typer.Argument()],
    ids: Annotated[list[str], typer.Argument(metavar="ID…")],
    *,
    beginning: Annotated[
        bool, typer.Option("--beginning", help="An ID stands for all that begin with it.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it, without a question.")] = False,
) -> None:
    """Let dead letters go that nobody will handle, such as those of `clas conformance --run`.

    They leave the queue for good; the archive of their service keeps what came, and why it was
    refused. Without --yes it asks, and where nobody can answer it ends with exit code 2.
    """
    known, name = load_settings(), str(service)
    letters = run_async(summaries(known, [name]), known)
    chosen = _beginning(ids, letters) if beginning else _chosen(ids, letters, name)
    if not chosen:
        echo(f"No dead letters: {name}.")
        return
    _table(chosen)
    if not yes:
        _ask(len(chosen), "dropped", "Drop {} for good?")
    going = {each.id for each in chosen}
    others = sum(letter.id not in going for letter in letters)
    if left := run_async(discard(known, name, going, others), known):
        fail(f"{left} of {len(chosen)} came back; do it again", Code.WRONG)
    echo(f"{len(chosen)} dropped from the dead letters of {name}.")


def _ask(count: int, done: str, question: str) -> None:
    if not sys.stdin.isatty():
        fail(f"nothing was {done}: this was a rehearsal, --yes does it", Code.USAGE)
    if not confirm(f"{question.format('it' if count == 1 else f'these {count}')} [yes/no]"):
        echo(f"Nothing was {done}.")
        raise typer.Exit(Code.OK)


def _beginning(ids: list[str], letters: list[Summary]) -> list[Summary]:
    return [letter for letter in letters if letter.id.startswith(tuple(ids))]


def _chosen(ids: list[str], letters: list[Summary], service: str) -> list[Summary]:
    known = [letter.id for letter in letters]
    chosen: set[str] = set()
    for wanted in ids:
        meant = set(named(wanted, known))
        if not meant:
            _unknown(wanted, service)
        if len(meant) > 1:
            fail(f"{wanted} is the beginning of {len(meant)} ids; give more of it", Code.USAGE)
        chosen |= meant
    return [letter for letter in letters if letter.id in chosen]


def _unknown(letter_id: str, service: str) -> NoReturn:
    way_out = f"`clas dead-letters list {service}` lists them"
    fail(f"no dead letter of {service} has the id {letter_id}; {way_out}", Code.WRONG)


def _table(letters: list[Summary]) -> None:
    columns = ("service", "id", "event", "reason", "replays", "first error", "now")
    table = new_table(*columns, right=("replays",), whole=("service", "id", "event"))
    for each in letters:
        known_by = (each.service, each.id, each.event)
        add(table, *known_by, each.reason, str(each.replay), shown(each.error), each.verdict_now)
    show(table)


def _show(letter: DeadLetter, service: str, settings: Settings) -> None:
    echo(f"{letter.id}", style="bold")
    echo(f"reason: {letter.reason}; now: {verdict_now(letter, service, settings)}")
    for error in errors_of(letter):
        echo(f"• {error}", indent=2)
    echo("headers:", style="bold")
    for name, value in headers_of(letter):
        echo(f"{name}: {value}", indent=2)
    echo(f"body ({len(letter.body)} bytes):", style="bold")
    for line in body_of(letter.body):
        console.out(escape_control(f"  {line}"))
