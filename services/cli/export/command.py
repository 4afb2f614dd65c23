"""`clas export`: numbered batches that never change, in the formats that accountants use."""

from typing import Annotated

import orjson
import typer
from rich.progress import Progress

from services.cli.export.csv_file import for_excel, for_programs
from services.cli.export.deliver import Order
from services.cli.export.events import EventLines
from services.cli.export.fec_command import fec
from services.cli.export.give import Asked, give
from services.cli.export.give_journal import give_journal
from services.cli.export.journal import Form
from services.cli.export.options import HERE, Caf, Exercise, Number, TakeOver, To
from services.cli.export.subventions_command import subventions
from services.cli.export.verify_command import verify
from services.cli.reach import run, settings
from services.cli.simulate import options
from services.cli.terminal import add, new_table, say, show
from shared.kernel.settings import Settings
from shared.mongodb.archive import Archive
from shared.mongodb.batches import Batch, register

HELP = """Numbered batches, frozen for good, each in a folder with its manifest.

A batch holds what no earlier batch of its series held; asked for again it is the same bytes.
What is corrected later is in a later batch. Exit code 1 when there is nothing, or it does not fit.
"""
app = typer.Typer(name="export", help=HELP, no_args_is_help=True)
app.command()(fec)
app.command()(subventions)
app.command()(verify)


@app.command()
def events(
    caf: Caf,
    exercise: Exercise,
    *,
    to: To = HERE,
    batch: Number = None,
    take_over: TakeOver = False,
) -> None:
    """Write the data of the events AccountingEntryPosted as JSON lines."""
    form = Form("events", EventLines, f"clas-{caf}-{exercise}.jsonl")
    give_journal(form, caf, exercise, Asked(to, batch, take_over))


@app.command()
def validated(
    caf: Caf,
    exercise: Exercise,
    *,
    to: To = HERE,
    batch: Number = None,
    take_over: TakeOver = False,
) -> None:
    """Write a closed exercise as JSON lines, whole, for anyone to verify (docs/verify.py)."""
    form = Form("validated", EventLines, f"clas-{caf}-{exercise}.jsonl", closed_only=True)
    give_journal(form, caf, exercise, Asked(to, batch, take_over))


@app.command("csv")
def csv_(
    caf: Caf,
    exercise: Exercise,
    *,
    to: To = HERE,
    batch: Number = None,
    take_over: TakeOver = False,
) -> None:
    """Write the journal as CSV for programs: UTF-8, commas, decimal points.

    A row per line of an entry. A text that a spreadsheet would take for a formula gets an
    apostrophe before it.
    """
    form = Form("csv", for_programs, f"clas-{caf}-{exercise}.csv")
    give_journal(form, caf, exercise, Asked(to, batch, take_over))


@app.command()
def csv_excel(
    caf: Caf,
    exercise: Exercise,
    *,
    to: To = HERE,
    batch: Number = None,
    take_over: TakeOver = False,
) -> None:
    """Write the same CSV for a French Excel: semicolons, decimal commas, a byte order mark."""
    form = Form("csv-excel", for_excel, f"clas-{caf}-{exercise}.csv")
    give_journal(form, caf, exercise, Asked(to, batch, take_over))


@app.command()
def parquet(
    caf: Caf,
    exercise: Exercise,
    *,
    to: To = HERE,
    batch: Number = None,
    take_over: TakeOver = False,
) -> None:
    """Write the journal as Parquet, a row per line of an entry: typed columns, exact amounts."""
    # Slow to load, and only this command needs it.
    from services.cli.export.parquet import ParquetFile  # noqa: PLC0415

    form = Form("parquet", ParquetFile, f"clas-{caf}-{exercise}.parquet")
    give_journal(form, caf, exercise, Asked(to, batch, take_over))


@app.command()
def xlsx(
    caf: Caf,
    exercise: Exercise,
    *,
    to: To = HERE,
    batch: Number = None,
    take_over: TakeOver = False,
) -> None:
    """Write a workbook: journal, general ledger and trial balance, with totals as formulas.

    Each batch holds the whole exercise as it stands; before the closing it says that it is
    provisional, and there is a new batch when there are new entries.
    """
    # Slow to load, and only this command needs it.
    from services.cli.export.xlsx import LedgerWorkbook  # noqa: PLC0415

    form = Form("xlsx", LedgerWorkbook, f"clas-{caf}-{exercise}.xlsx", whole=True)
    give_journal(form, caf, exercise, Asked(to, batch, take_over))


@app.command()
def bonus(
    school_year: Annotated[
        str, typer.Option(parser=options.school_year, metavar="YEAR", help="Such as 2025-2026.")
    ],
    *,
    caf: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only this Caf; by default all of them.")
    ] = None,
    to: To = HERE,
    batch: Number = None,
    take_over: TakeOver = False,
) -> None:
    """Write the workbook of bonuses: granted and paid, project by project and by Caf.

    There is a new batch when a bonus of that school year changed.
    """
    # Slow to load, and only this command needs it.
    from services.cli.export.bonus_batch import bonus_batch  # noqa: PLC0415

    async def ordered(kept: Archive, bar: Progress) -> Order:  # noqa: ARG001
        return (await bonus_batch(kept, school_year, caf)).order

    give(ordered, Asked(to, batch, take_over))


@app.command("list")
def list_() -> None:
    """Print every batch that was given out."""
    known = settings()
    batches = run(_all(known), known)
    table = new_table("Lot", "Fichier", "Nombre", "Octets", "Fait le", "SHA-256", right=("Nombre",))
    for each in batches:
        said = orjson.loads(each.manifest)
        cells = (str(said["count"]), str(said["bytes"]), said["made_at"], said["sha256"])
        add(table, f"{each.series}-{each.number:03}", each.file, *cells)
    if batches:
        show(table)
    else:
        say("Aucun lot.")


async def _all(known: Settings) -> list[Batch]:
    async with register(known) as kept:
        return await kept.all()
