"""`clas deliveries`: what the accounting systems of a Caf booked, rejected, did not answer."""

import csv as csv_format
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.accounting import queries
from services.accounting.acknowledgements import (
    LISTED,
    SHORT,
    AcknowledgementCounts,
    SentEntry,
    shortened,
)
from services.accounting.commands.unknown_caf import fail_without_books
from services.accounting.domain.entries import Entry
from shared.console.csv_injection import neutralise
from shared.console.files import writing
from shared.console.runtime import load_settings, run_async
from shared.console.tables import Cell, Sheet, print_sheet
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
Row = tuple[Cell, ...]


@dataclass(slots=True)
class Outstanding:
    """All entries counted, the outstanding ones written, and the first of their rows to show."""

    write: Callable[[Row], None]
    today: date
    counts: AcknowledgementCounts = field(default_factory=AcknowledgementCounts)
    rows: list[Row] = field(default_factory=list)

    def add(self, sent: SentEntry) -> None:
        """Take in one entry to one system."""
        self.counts.add(sent)
        if sent.state != "acknowledged":
            row = sent.row(self.today)
            self.write(row)
            if len(self.rows) < SHOWN:
                self.rows.append(shortened(row))


def deliveries(
    caf: Annotated[str, typer.Option(metavar="CODE", help="Three digits, such as 761.")],
    exercise: Annotated[
        int | None, typer.Option(min=2000, max=2099, metavar="YEAR", help="Only this one.")
    ] = None,
    system: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this one; else all that ever answered.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every outstanding entry there.")
    ] = None,
) -> None:
    """Print which entries the accounting systems have not booked: rejected, or not answered.

    Above stand the counts and sums of what each system booked, rejected and did not answer. Days
    are counted from the rejection, or from the day of the entry. Exit code 1 when accounting has
    no books of that Caf.
    """
    settings = load_settings()
    answering = run_async(_systems(settings, caf), settings)
    systems = answering if system is None else [system]
    if not systems:
        echo(f"Aucun système comptable n’a encore répondu à une écriture de la Caf {caf}.")
        echo(BEGIN.format(caf=caf))
        if csv:
            warn(f"{csv} n’est pas écrit : --system NAME dit pour quel système")
        return
    if system not in {None, *answering}:
        names = ", ".join(answering) or "aucun"
        echo(f"{system} n’a encore répondu à aucune écriture. Ont répondu : {names}.")
        echo()
    with _file(csv) as write:
        outstanding = Outstanding(write, datetime.now(PARIS).date())
        run_async(_read(settings, caf, exercise, systems, outstanding), settings)
        _print(outstanding, caf)


def _print(outstanding: Outstanding, caf: str) -> None:
    print_sheet(outstanding.counts.sheet(caf))
    echo()
    rejected, waiting = (outstanding.counts.number(state) for state in ("rejected", "waiting"))
    counts = counted(rejected, "rejetée"), counted(waiting, "sans réponse", "sans réponse")
    print_sheet(Sheet(f"À reprendre : {', '.join(counts)}", SHORT, tuple(outstanding.rows)))
    if (beyond := rejected + waiting - len(outstanding.rows)) > 0:
        echo(f"… et {counted(beyond, 'autre')} : --csv FILE les donne toutes.")


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
                entries = [document.read(Entry) for document in page]
                answers = await queries.acknowledgements(reads, entries, systems)
                for entry in entries:
                    for name in systems:
                        answer = answers.get((entry.entry_id, name))
                        outstanding.add(SentEntry(entry, name, answer))
                bar.advance(task, len(page))


@contextmanager
def _file(path: Path | None) -> Iterator[Callable[[Row], None]]:
    """Take rows into a CSV: UTF-8, commas, ISO days, amounts such as 2758.25; or nowhere."""
    if path is None:
        yield _nowhere
        return
    with writing(path), path.open("w", encoding="utf-8", newline="") as file:
        writer = csv_format.writer(file)
        writer.writerow(LISTED)

        def write(row: Row) -> None:
            writer.writerow(neutralise(cell) if isinstance(cell, str) else cell for cell in row)

        yield write


def _nowhere(row: Row) -> None:
    """Write a row nowhere."""
