"""`clas envelopes`: the credits of a Caf, what they bear, and who waits for them."""

from pathlib import Path
from typing import Annotated

import typer

from services.funding import queries
from services.funding.domain.envelopes import Envelopes
from services.funding.reports import envelopes as of_envelopes
from services.funding.rights import Rights
from shared.console import options
from shared.console.files import writing
from shared.console.json_output import AsJson, print_json
from shared.console.runtime import load_settings, run_async
from shared.console.tables import print_sheet, write_csv
from shared.console.terminal import Code, echo, fail
from shared.kernel.settings import Settings


def envelopes(
    caf: Annotated[
        str, typer.Option(parser=options.caf, metavar="CODE", help="Three digits, such as 761.")
    ],
    exercise: Annotated[
        int | None, typer.Option(min=2000, max=2099, metavar="YEAR", help="Only this one.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the exercises there too.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print what is allotted, granted, settled since, waiting and left, by exercise.

    Below stands the list of those who wait, in the order they are served. Exit code 1 when
    funding knows no envelope and no grant of that Caf.
    """
    settings = load_settings()
    content, rights = run_async(_envelopes(settings, caf, exercise), settings)
    if content is None:
        fail(f"funding knows no envelope and no grant of Caf {caf}", Code.WRONG)
    sheet = of_envelopes.envelopes(content, rights, exercise)
    if as_json:
        print_json(of_envelopes.envelopes_document(content, rights, exercise))
    else:
        print_sheet(sheet)
        echo()
        print_sheet(of_envelopes.waiting_list(content, rights, exercise))
    if csv:
        with writing(csv, as_json=as_json):
            write_csv(sheet, csv)


async def _envelopes(
    settings: Settings, caf: str, exercise: int | None
) -> tuple[Envelopes | None, Rights]:
    """Read the envelopes and the rights that charge an exercise: of its year and the one before."""
    start_years = None if exercise is None else [exercise - 1, exercise]
    async with queries.opened(settings) as reads:
        return await queries.envelopes(reads, caf), await queries.rights(reads, caf, start_years)
