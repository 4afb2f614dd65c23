"""`clas deliveries`: what the accounting systems of a Caf booked, rejected, did not answer."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from services.accounting import queries
from services.accounting.acknowledgements import SHORT, SentEntry, shortened
from services.accounting.commands.outstanding import Outstanding, open_rows_file, write_nowhere
from services.accounting.commands.unknown_caf import fail_without_books
from shared.console import options
from shared.console.json_output import AsJson, print_json
from shared.console.listing import warn_of_more
from shared.console.runtime import load_settings, run_async
from shared.console.tables import Sheet, print_sheet
from shared.console.terminal import echo, progress, warn
from shared.french import PARIS, counted
from shared.kernel.settings import Settings

SHOWN = 50
"""Entries that the table shows; the file holds all of them."""
BEGIN = (
    "Pour commencer : le système lit clas.log ou lie sa file à AccountingEntryPosted.v1.{caf}, et"
    " répond à chaque écriture par EntryAcknowledged ou EntryRejected (docs/contract.md ; exemple :"
    " docs/consumer.py)."
)
OutstandingState = Literal["rejected", "waiting"]


def deliveries(  # noqa: PLR0913 - one argument is one option
    caf: Annotated[
        str, typer.Option(parser=options.caf, metavar="CODE", help="Three digits, such as 761.")
    ],
    exercise: Annotated[
        int | None, typer.Option(min=2000, max=2099, metavar="YEAR", help="Only this one.")
    ] = None,
    system: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this one; else all that ever answered.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every outstanding entry there.")
    ] = None,
    *,
    state: Annotated[
        OutstandingState | None, typer.Option(help="List and write only these entries.")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help=f"List the first N at most; 0 lists all. Default: {SHOWN}, all with --json.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print which entries the accounting systems have not booked: rejected, or not answered.

    Above stand the counts and sums of what each system booked, rejected and did not answer. Days
    are counted from the rejection, or from the day of the entry. Exit code 1 when accounting has
    no books of that Caf.
    """
    settings = load_settings()
    answering = run_async(_systems(settings, caf), settings)
    systems = answering if system is None else [system]
    outstanding = Outstanding(
        write_nowhere,
        datetime.now(PARIS).date(),
        frozenset({state} if state else {"rejected", "waiting"}),
        limit if limit is not None else 0 if as_json else SHOWN,
    )
    if not systems:
        if as_json:
            print_json(outstanding.document(caf, systems))
        else:
            _print_no_system(caf)
        if csv:
            warn(f"{csv} n’est pas écrit : --system NAME dit pour quel système")
        return
    if system is not None and system not in answering:
        _print_unknown(system, answering, as_json=as_json)
    with open_rows_file(csv, as_json=as_json) as outstanding.write:
        run_async(_read(settings, caf, exercise, systems, outstanding), settings)
        if as_json:
            _print_json(outstanding, caf, systems)
        else:
            _print_tables(outstanding, caf)


def _print_no_system(caf: str) -> None:
    echo(f"Aucun système comptable n’a encore répondu à une écriture de la Caf {caf}.")
    echo(BEGIN.format(caf=caf))


def _print_unknown(system: str, answering: Iterable[str], *, as_json: bool) -> None:
    """Print which systems answered, on standard error beside a JSON document."""
    names = ", ".join(answering) or "aucun"
    text = f"{system} n’a encore répondu à aucune écriture. Ont répondu : {names}."
    if as_json:
        warn(text)
    else:
        echo(text)
        echo()


def _print_json(outstanding: Outstanding, caf: str, systems: Iterable[str]) -> None:
    print_json(outstanding.document(caf, systems))
    warn_of_more(outstanding.left_out)


def _print_tables(outstanding: Outstanding, caf: str) -> None:
    print_sheet(outstanding.counts.sheet(caf))
    echo()
    rejected, waiting = (outstanding.counts.number(state) for state in ("rejected", "waiting"))
    counts = counted(rejected, "rejetée"), counted(waiting, "sans réponse", "sans réponse")
    rows = tuple(shortened(sent.row(outstanding.today)) for sent in outstanding.listed)
    print_sheet(Sheet(f"À reprendre : {', '.join(counts)}", SHORT, rows))
    if outstanding.left_out > 0:
        echo(f"… et {counted(outstanding.left_out, 'autre')} : --csv FILE les donne toutes.")


async def _systems(settings: Settings, caf: str) -> list[str]:
    """Return the systems that ever answered for this Caf; end where it has no books."""
    async with queries.opened(settings) as reads:
        if await queries.books(reads, caf) is None:
            await fail_without_books(reads, caf)
        return await queries.accounting_systems(reads, caf)


async def _read(
    settings: Settings,
    caf: str,
    exercise: int | None,
    systems: list[str],
    outstanding: Outstanding,
) -> None:
    async with queries.opened(settings) as reads:
        total = await queries.count_entries(reads, caf, exercise)
        with progress() as bar:
            task = bar.add_task("écritures", total=total)
            async for page in queries.entry_pages(reads, caf, exercise):
                entries = [each.existing for each in page]
                answers = await queries.acknowledgements(reads, entries, systems)
                for entry in entries:
                    for name in systems:
                        answer = answers.get((entry.entry_id, name))
                        outstanding.add(SentEntry(entry, name, answer))
                bar.advance(task, len(page))
