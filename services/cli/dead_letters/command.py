"""`clas dead-letters`: list, show, replay or drop dead letters."""

import sys
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, NoReturn

import typer

from services.cli.dead_letters.queue import discard, matching, redrive, summaries
from services.cli.dead_letters.view import (
    DeadLettersDocument,
    Summary,
    body_of,
    errors_of,
    headers_of,
    matching_ids,
    shortened,
    verdict_now,
)
from shared.console.json_output import AsJson, print_json
from shared.console.listing import Limit, first
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
    help="List, show, replay or drop the messages that could not be handled.",
)


class Service(StrEnum):
    """A service."""

    submission = "submission"
    eligibility = "eligibility"
    funding = "funding"
    accounting = "accounting"


@app.command("list")
def list_(
    service: Annotated[Service | None, typer.Argument()] = None,
    *,
    event: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only these, such as AdvanceOrdered.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only for this reason, such as poison.")
    ] = None,
    limit: Limit = 0,
    as_json: AsJson = False,
) -> None:
    """List the dead letters of one service, or of all, oldest first, without removing any.

    The column "now" says whether the message fits the contract now; it is not decided.
    """
    settings = load_settings()
    services = [str(service)] if service else list(SERVICES)
    letters = [
        letter
        for letter in run_async(summaries(settings, services), settings)
        if event in {None, letter.event} and reason in {None, letter.reason}
    ]
    if as_json:
        print_json(DeadLettersDocument(len(letters), tuple(first(letters, limit))))
        return
    if not letters:
        echo(f"No dead letters: {', '.join(services)}.")
        return
    _table(first(letters, limit))
    echo(f"{len(letters)} in all. `clas dead-letters show SERVICE ID` shows one whole.")


@app.command("show")
def show_(
    service: Annotated[Service, typer.Argument()],
    letter_id: Annotated[str, typer.Argument(metavar="ID", help="Its id, or the beginning of it.")],
) -> None:
    """Show a dead letter: reason, headers, and body as JSON or hexadecimal."""
    settings = load_settings()
    letters = run_async(matching(settings, str(service), letter_id), settings)
    if not letters:
        _unknown(letter_id, str(service))
    for letter in letters:
        _show(letter, str(service), settings)


@app.command("replay")
def replay(
    service: Annotated[Service, typer.Argument()],
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]…")] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="All dead letters of the service.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> None:
    """Send dead letters to their service again.

    A letter is removed only once the queue of the service has it: an interruption may leave
    both, which is harmless. A message that fails again returns, with one more replay on its
    count. Without --yes it asks for confirmation, or does nothing and ends with exit code 2 where
    standard input is no terminal.
    """
    if bool(ids) == everything:
        fail("name the letters by their ids, or take --all", Code.USAGE)
    settings, name = load_settings(), str(service)
    letters = run_async(summaries(settings, [name]), settings)
    chosen = letters if everything else _chosen(ids or [], letters, name)
    if not chosen:
        echo(f"No dead letters: {name}.")
        return
    _table(chosen)
    if not yes:
        _ask(len(chosen), "sent again", "Send {} again?")
    # --all includes the letters beyond those that one listing shows.
    beyond_listing = everything and len(letters) >= LOOK_MAX
    counts = None if beyond_listing else Counter(each.id for each in chosen)
    done = run_async(redrive(settings, name, counts), settings)
    if not beyond_listing and done < len(chosen):
        fail(f"{len(chosen) - done} of {len(chosen)} were not there any more", Code.WRONG)
    echo(f"{done} sent to {name} again. `clas wait`, then `clas dead-letters list {name}`.")


@app.command("drop")
def drop_(
    service: Annotated[Service, typer.Argument()],
    ids: Annotated[list[str], typer.Argument(metavar="ID…")],
    *,
    beginning: Annotated[
        bool, typer.Option("--beginning", help="Each ID stands for every id that begins with it.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> None:
    """Drop dead letters that nobody will handle, such as those of `clas conformance --run`.

    They are removed from the queue for good. The archive keeps message and reason of those that the
    service refused, but no body over the bound, and nothing of those that only the broker gave up.
    Without --yes it asks for confirmation, or ends with exit code 2 where standard input is no
    terminal.
    """
    settings, name = load_settings(), str(service)
    letters = run_async(summaries(settings, [name]), settings)
    chosen = _beginning(ids, letters) if beginning else _chosen(ids, letters, name)
    if not chosen:
        echo(f"No dead letters: {name}.")
        return
    _table(chosen)
    if not yes:
        _ask(len(chosen), "dropped", "Drop {} for good?")
    dropped_ids = {each.id for each in chosen}
    others = sum(letter.id not in dropped_ids for letter in letters)
    if left := run_async(discard(settings, name, dropped_ids, others), settings):
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
    all_ids = [letter.id for letter in letters]
    chosen: set[str] = set()
    for id_prefix in ids:
        matches = set(matching_ids(id_prefix, all_ids))
        if not matches:
            _unknown(id_prefix, service)
        if len(matches) > 1:
            fail(f"{id_prefix} is the beginning of {len(matches)} ids; give more of it", Code.USAGE)
        chosen |= matches
    return [letter for letter in letters if letter.id in chosen]


def _unknown(letter_id: str, service: str) -> NoReturn:
    way_out = f"`clas dead-letters list {service}` lists them"
    fail(f"no dead letter of {service} has the id {letter_id}; {way_out}", Code.WRONG)


def _table(letters: Sequence[Summary]) -> None:
    columns = ("service", "id", "event", "reason", "replays", "first error", "now")
    table = new_table(*columns, right=("replays",), whole=("service", "id", "event"))
    for letter in letters:
        identity = (letter.service, letter.id, letter.event)
        add(
            table,
            *identity,
            letter.reason,
            str(letter.replay),
            shortened(letter.error),
            letter.verdict_now,
        )
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
