"""`clas export bonus`: the workbook of bonuses."""

from typing import Annotated

import typer
from rich.progress import Progress

from shared.console import options
from shared.exports.delivery import ExportOptions, deliver_batch
from shared.exports.options import HERE, Number, TakeOver, To
from shared.exports.pipeline import ExportRequest
from shared.mongodb.read_api import ReadApi


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
    # Slow to load, and only a batch that is written needs it.
    from services.funding.exports.bonus_batch import bonus_batch  # noqa: PLC0415

    async def ordered(kept: ReadApi, bar: Progress) -> ExportRequest:  # noqa: ARG001
        return (await bonus_batch(kept, school_year, caf)).order

    deliver_batch(ordered, ExportOptions(to, batch, take_over))
