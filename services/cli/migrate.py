"""`clas migrate`: databases of the release before, moved to the form of this one."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from services.cli.services import SERVICES_BY_NAME
from shared.console.json_output import AsJson, print_json
from shared.console.runtime import broker_unavailable, load_settings, run_async
from shared.console.terminal import Code, add, confirm, echo, fail, new_table, progress, show, warn
from shared.contracts.registry import SERVICES
from shared.kernel.messages import FORM
from shared.kernel.outbox import queue_of
from shared.kernel.ports import BrokerUnavailableError
from shared.kernel.settings import Settings
from shared.mongodb.migration import CollectionPlan, Migration, MigrationError, open_migration
from shared.rabbitmq.broker_admin import connected, queue_stats


@dataclass(frozen=True, slots=True)
class MigrationDocument:
    """The plan of `clas migrate`; `done`: all databases have this form now."""

    form: int
    plan: tuple[CollectionPlan, ...]
    done: bool


def migrate(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the plan.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it, without a question.")] = False,
    as_json: AsJson = False,
) -> None:
    """Move the databases that release 0.3.0 wrote to the form that this release reads.

    Stop the services first, and take a backup: the release before cannot read what was moved. It
    shows what is to be moved, asks, and moves it in batches. Interrupted anywhere, it goes on
    where it was when it is run again. On databases that are moved already it does nothing.

    Without --yes it asks, and where nobody can answer it does nothing and ends with exit code 2.
    Exit code 1 while a service consumes, or when a document cannot be moved.
    """
    settings = load_settings()
    run_async(_migrate(settings, dry_run=dry_run, yes=yes, as_json=as_json), settings)


async def _migrate(settings: Settings, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    async with open_migration(settings, SERVICES_BY_NAME) as migration:
        names = await migration.outdated()
        plan = await migration.plan(names)
        if not as_json:
            _show_plan(plan, outdated=bool(names))
        moves = bool(names) and not dry_run
        if moves:
            await _check_consumers(settings)
            if not yes:
                _ask(as_json=as_json)
            await _run(migration, names, plan)
        if as_json:
            done = moves or not names
            print_json(MigrationDocument(FORM, tuple(plan), done=done))
        elif moves:
            echo(f"All databases have form {FORM}. Start the services of this release.")


def _show_plan(plan: Sequence[CollectionPlan], *, outdated: bool) -> None:
    if not outdated:
        echo(f"Nothing is to be done: all databases have form {FORM}.")
        return
    figures = ("Documents", "To move", "Bytes")
    table = new_table("Database", "Collection", *figures, right=figures)
    for row in plan:
        counts = (f"{count:,}" for count in (row.documents, row.to_move, row.bytes))
        add(table, row.database, row.collection, *counts)
    show(table)


async def _check_consumers(settings: Settings) -> None:
    """End the command while a service consumes; warn where that cannot be known."""
    try:
        async with connected(settings) as connection:
            stats = {name: await queue_stats(connection, queue_of(name)) for name in SERVICES}
    except BrokerUnavailableError as fault:
        warn(f"{broker_unavailable(settings, fault)} Make sure that no service runs.")
        return
    if running := [name for name, queue in stats.items() if queue and queue.consumers]:
        fail(f"nothing was moved: stop {', '.join(running)} first", Code.WRONG)


def _ask(*, as_json: bool) -> None:
    if as_json or not sys.stdin.isatty():
        fail("nothing was moved: without a terminal, --yes confirms it", Code.USAGE)
    if not confirm("Is there a backup, and may all this be moved? [y/N]"):
        fail("nothing was moved", Code.WRONG)


async def _run(migration: Migration, names: Sequence[str], plan: Sequence[CollectionPlan]) -> None:
    with progress() as bar:
        task = bar.add_task("Moving documents", total=sum(each.to_move for each in plan))
        try:
            await migration.run(names, lambda count: bar.advance(task, count))
        except MigrationError as fault:
            fail(str(fault), Code.WRONG)
