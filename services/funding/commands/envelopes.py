"""`clas envelopes`: the credits of a Caf, what they bear, and who waits for them."""

from pathlib import Path
from typing import Annotated

import typer

from services.funding.domain.envelopes import Envelopes
from services.funding.reports import envelopes as of_envelopes
from services.funding.rights import WANTED, Rights, rights_of
from shared.console.files import writing
from shared.console.runtime import load_settings, run_async
from shared.console.tables import print_sheet, write_csv
from shared.console.terminal import Code, echo, fail
from shared.kernel.settings import Settings
from shared.mongodb.event_query import events_in
from shared.mongodb.read_api import open_read_api


def envelopes(
    caf: Annotated[str, typer.Option(metavar="CODE", help="Three digits, such as 761.")],
    exercise: Annotated[
        int | None, typer.Option(min=2000, max=2099, metavar="YEAR", help="Only this one.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the exercises there too.")
    ] = None,
) -> None:
    """Print what is allotted, granted, settled since, waiting and left, by exercise.

    Below stands the list of those who wait, in the order they are served. Exit code 1 when
    funding knows no envelope and no grant of that Caf.
    """
    known = load_settings()
    found, rights = run_async(_envelopes(known, caf), known)
    if found is None:
        fail(f"funding knows no envelope and no grant of Caf {caf}", Code.WRONG)
    sheet = of_envelopes.envelopes(found, rights, exercise)
    print_sheet(sheet)
    echo()
    print_sheet(of_envelopes.waiting_list(found, rights, exercise))
    if csv:
        with writing(csv):
            write_csv(sheet, csv)


async def _envelopes(settings: Settings, caf: str) -> tuple[Envelopes | None, Rights]:
    async with open_read_api(settings) as kept:
        found = await kept.state("funding", Envelopes, caf)
        return found, rights_of(await events_in(kept, "funding", caf, WANTED))
