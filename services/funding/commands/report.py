"""`clas report departement` and `clas report places`; what all reports have in common."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from services.funding import queries
from services.funding.reports import departement as of_departement
from services.funding.reports import places as of_places
from services.funding.reports.communes import CommunesError, read_communes
from services.funding.rights import Rights
from shared.console import options
from shared.console.files import writing
from shared.console.runtime import load_settings, run_async
from shared.console.tables import Sheet, print_sheet, write_csv
from shared.console.terminal import Code, fail
from shared.kernel.settings import Settings

Caf = Annotated[str, typer.Option(metavar="CODE", help="Three digits, such as 761.")]
Year = Annotated[
    str, typer.Option(parser=options.school_year, metavar="YEAR", help="Such as 2025-2026.")
]
Csv = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the rows there too.")]


def departement(caf: Caf, school_year: Year, csv: Csv = None) -> None:
    """Print the departmental report: gestionnaires, projects, children, amounts, by level."""
    deliver_sheet(of_departement.departement(_rights(caf), caf, school_year), csv)


def places(
    caf: Caf,
    school_year: Year,
    csv: Csv = None,
    geojson: Annotated[Path | None, typer.Option(metavar="FILE", help="A map's data.")] = None,
    communes: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What geo.api.gouv.fr/communes answers: names, points."),
    ] = None,
) -> None:
    """Print where granted actions take place, by INSEE code of the commune.

    Names and points come from a file of the government's geographic API, such as
    `https://geo.api.gouv.fr/communes?fields=code,nom,centre`: none is built in, since communes
    merge every year. A place without a point has no geometry in the GeoJSON, but its code.
    """
    try:
        names = read_communes(communes) if communes else {}
    except (OSError, CommunesError) as fault:
        fail(f"--communes: {fault}", Code.WRONG)
    granted = of_places.granted_places(_rights(caf), names, school_year)
    deliver_sheet(of_places.places(granted, caf, school_year), csv)
    if geojson:
        with writing(geojson):
            geojson.write_bytes(orjson.dumps(of_places.geojson(granted)))


def deliver_sheet(sheet: Sheet, csv: Path | None) -> None:
    """Print a sheet; write its rows to a file where one is given."""
    print_sheet(sheet)
    if csv:
        with writing(csv):
            write_csv(sheet, csv)


def _rights(caf: str) -> Rights:
    settings = load_settings()
    return run_async(_read(settings, caf), settings)


async def _read(settings: Settings, caf: str) -> Rights:
    async with queries.opened(settings) as reads:
        return await queries.rights(reads, caf)
