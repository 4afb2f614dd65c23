"""`clas export`: numbered batches that never change, in the formats that accountants use."""

from datetime import datetime
from typing import Annotated

import orjson
import typer
from rich.progress import Progress

from services.accounting.exports.fec_command import fec
from services.accounting.exports.formats import OFFERS, ExportFormat
from services.accounting.exports.journal_command import export_journal
from services.accounting.exports.verify_command import verify
from services.funding.exports.scdl_command import subventions
from shared.console import options
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import add, echo, new_table, show
from shared.exports.delivery import ExportOptions, deliver_batch
from shared.exports.options import HERE, Caf, Exercise, Number, TakeOver, To
from shared.exports.pipeline import ExportRequest
from shared.french import PARIS, grouped
from shared.kernel.settings import Settings
from shared.mongodb.export_register import Batch, open_register
from shared.mongodb.read_api import ReadApi

HELP = """Numbered batches, frozen for good, each in a folder with its manifest.

A batch holds what no earlier batch of its series held; asked for again it is the same bytes.
What is corrected later is in a later batch. Exit code 1 when there is nothing, or it does not fit.
"""
app = typer.Typer(name="export", help=HELP, no_args_is_help=True)
app.command()(fec)
app.command()(subventions)
app.command()(verify)


def _offer(each: ExportFormat) -> None:
    """Make the command of a format."""

    def command(
        caf: Caf,
        exercise: Exercise,
        *,
        to: To = HERE,
        batch: Number = None,
        take_over: TakeOver = False,
    ) -> None:
        export_journal(
            each.journal_form(caf, exercise), caf, exercise, ExportOptions(to, batch, take_over)
        )

    app.command(each.name, help=each.help)(command)


for offer in OFFERS:
    _offer(offer)


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
    from services.funding.exports.bonus_batch import bonus_batch  # noqa: PLC0415

    async def ordered(kept: ReadApi, bar: Progress) -> ExportRequest:  # noqa: ARG001
        return (await bonus_batch(kept, school_year, caf)).order

    deliver_batch(ordered, ExportOptions(to, batch, take_over))


@app.command("list")
def list_() -> None:
    """Print every batch that was given out."""
    known = load_settings()
    batches = run_async(_all(known), known)
    figures = ("Nombre", "Octets")
    table = new_table(
        "Lot", "Fichier", *figures, "Fait le", "SHA-256", right=figures, whole=("Lot",)
    )
    for each in batches:
        said = orjson.loads(each.manifest)
        made = f"{datetime.fromisoformat(said['made_at']).astimezone(PARIS):%d/%m/%Y %H:%M}"
        cells = (grouped(said["count"]), grouped(said["bytes"]), made, said["sha256"])
        add(table, f"{each.series}-{each.number:03}", each.file, *cells)
    if batches:
        show(table)
    else:
        echo("Aucun lot.")


async def _all(settings: Settings) -> list[Batch]:
    async with open_register(settings) as kept:
        return await kept.all()
