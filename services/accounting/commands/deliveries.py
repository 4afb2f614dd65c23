"""`clas deliveries`: what the accounting systems of a Caf booked, rejected, did not answer."""

import csv as csv_format
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.accounting.acknowledgements import (
    LISTED,
    SHORT,
    AcknowledgementCounts,
    SentEntry,
    shortened,
)
from services.accounting.commands.unknown_caf import fail_without_books
from services.accounting.domain.acknowledgements import EntryAcknowledgement, acknowledgement_key
from services.accounting.domain.books import Books
from services.accounting.domain.entries import Entry
from shared.console.csv_injection import neutralise
from shared.console.files import writing
from shared.console.runtime import load_settings, run_async
from shared.console.tables import Cell, Sheet, print_sheet
from shared.console.terminal import echo, progress, warn
from shared.french import PARIS, counted
from shared.kernel.settings import Settings
from shared.mongodb.read_api import ReadApi, open_read_api

PAGE = 1_000
"""Entries whose answers are looked up at a time."""
SHOWN = 50
"""Entries that the table shows; the file holds all of them."""
BEGIN = (
    "Pour commencer : le système lit clas.log ou lie sa file à AccountingEntryPosted.v1.{caf}, et"
    " répond à chaque écriture par EntryAcknowledged ou EntryRejected (docs/contract.md ; exemple :"
    " docs/consumer.py)."
)
Row = tuple[Cell, ...]
Document = dict[str, Any]


@dataclass(slots=True)
class Outstanding:
    """What was read: all of it counted, what is outstanding written, and its first rows shown."""

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
    known = load_settings()
    heard = run_async(_systems(known, caf), known)
    systems = heard if system is None else [system]
    if not systems:
        echo(f"Aucun système comptable n’a encore répondu à une écriture de la Caf {caf}.")
        echo(BEGIN.format(caf=caf))
        if csv:
            warn(f"{csv} n’est pas écrit : --system NAME dit pour quel système")
        return
    if system not in {None, *heard}:
        echo(f"{system} n’a encore répondu à aucune écriture. Ont répondu : {_listed(heard)}.")
        echo()
    where: Document = {"caf": caf} | ({} if exercise is None else {"exercise": exercise})
    with _file(csv) as write:
        found = Outstanding(write, datetime.now(PARIS).date())
        run_async(_read(known, where, systems, found), known)
        _tell(found, caf)


def _tell(found: Outstanding, caf: str) -> None:
    print_sheet(found.counts.sheet(caf))
    echo()
    rejected, waiting = (found.counts.number(state) for state in ("rejected", "waiting"))
    told = counted(rejected, "rejetée"), counted(waiting, "sans réponse", "sans réponse")
    print_sheet(Sheet(f"À reprendre : {', '.join(told)}", SHORT, tuple(found.rows)))
    if (beyond := rejected + waiting - len(found.rows)) > 0:
        echo(f"… et {counted(beyond, 'autre')} : --csv FILE les donne toutes.")


async def _systems(settings: Settings, caf: str) -> list[str]:
    """Return the systems that ever answered for this Caf; its books must be known."""
    async with open_read_api(settings) as kept:
        if await kept.state("accounting", Books, caf) is None:
            await fail_without_books(kept, caf)
        return await kept.distinct(
            "accounting", EntryAcknowledgement.collection, "system", {"caf": caf}
        )


async def _read(
    settings: Settings, where: Document, systems: list[str], found: Outstanding
) -> None:
    async with open_read_api(settings) as kept:
        total = await kept.count_states("accounting", Entry.collection, where)
        with progress() as bar:
            task = bar.add_task("écritures", total=total)
            async for page in _pages(kept, where):
                for sent in await _answered(kept, page, systems):
                    found.add(sent)
                bar.advance(task, len(page))


async def _pages(kept: ReadApi, where: Document) -> AsyncIterator[list[Entry]]:
    """Yield the entries in the order of their exercises, days and ids, a page at a time."""
    page: list[Entry] = []
    async for each in kept.stream("accounting", Entry.collection, where, ("exercise", "place")):
        page.append(each.read(Entry))
        if len(page) == PAGE:
            yield page
            page = []
    yield page


async def _answered(kept: ReadApi, page: list[Entry], systems: list[str]) -> Iterator[SentEntry]:
    """Return each entry of a page with what each system said of it."""
    pairs = [
        (entry, name, acknowledgement_key(entry.entry_id, name))
        for entry in page
        for name in systems
    ]
    keys = [key for *_, key in pairs]
    answers = await kept.find_by_ids("accounting", EntryAcknowledgement.collection, keys)
    heard = {each.id: each.read(EntryAcknowledgement) for each in answers}
    return (SentEntry(entry, name, heard.get(key)) for entry, name, key in pairs)


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


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "aucun"
