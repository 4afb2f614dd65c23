"""`clas export bonus`: the workbook of bonuses, as a batch."""

from typing import Annotated

import typer
from rich.progress import Progress

from services.funding import queries
from shared.console import options
from shared.exports.delivery import ExportOptions, deliver_batch
from shared.exports.options import HERE, Number, TakeOver, To
from shared.exports.pipeline import ExportRequest
from shared.kernel.read_port import Reads


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

    async def request(reads: Reads, bar: Progress) -> ExportRequest:  # noqa: ARG001
        return (await bonus_batch(reads, school_year, caf)).request

    deliver_batch(queries.opened, request, ExportOptions(to, batch, take_over))
