"""`clas report departement` and `clas report places`; what all reports have in common."""

from dataclasses import replace
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
from shared.console.json_output import AsJson, print_json
from shared.console.listing import Limit, first
from shared.console.runtime import load_settings, run_async
from shared.console.tables import Sheet, print_sheet, write_csv
from shared.console.terminal import Code, fail
from shared.kernel.calendar import start_year
from shared.kernel.settings import Settings

Caf = Annotated[
    str, typer.Option(parser=options.caf, metavar="CODE", help="Three digits, such as 761.")
]
Year = Annotated[
    str, typer.Option(parser=options.school_year, metavar="YEAR", help="Such as 2025-2026.")
]
Csv = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the rows there too.")]


Dossier = Annotated[str | None, typer.Option(metavar="ID", help="Only the rows of this dossier.")]


def departement(caf: Caf, school_year: Year, csv: Csv = None, *, as_json: AsJson = False) -> None:
    """Print the departmental report: gestionnaires, projects, children, amounts, by level."""
    sheet = of_departement.departement(_rights(caf, school_year), caf, school_year)
    deliver_sheet(sheet, csv, as_json=as_json)


def places(  # noqa: PLR0913 - one argument is one option
    caf: Caf,
    school_year: Year,
    csv: Csv = None,
    geojson: Annotated[Path | None, typer.Option(metavar="FILE", help="A map's data.")] = None,
    communes: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What geo.api.gouv.fr/communes answers: names, points."),
    ] = None,
    *,
    dossier: Dossier = None,
    limit: Limit = 0,
    as_json: AsJson = False,
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
    granted = of_places.granted_places(_rights(caf, school_year), names, school_year)
    sheet = of_places.places(granted, caf, school_year)
    deliver_sheet(of_dossier(sheet, dossier), csv, limit=limit, as_json=as_json)
    if geojson:
        with writing(geojson, as_json=as_json):
            geojson.write_bytes(orjson.dumps(of_places.geojson(granted)))


def of_dossier(sheet: Sheet, dossier_id: str | None) -> Sheet:
    """Return a sheet with the rows of one dossier, all rows for None."""
    if dossier_id is None:
        return sheet
    place = sheet.columns.index("Dossier")
    rows = tuple(row for row in sheet.rows if row[place] == dossier_id)
    return replace(sheet, rows=rows, count=None if sheet.count is None else len(rows))


def deliver_sheet(sheet: Sheet, csv: Path | None, *, limit: int = 0, as_json: bool = False) -> None:
    """Print the first rows of a sheet; write all of them to a file where one is given."""
    printed = replace(sheet, rows=tuple(first(sheet.rows, limit)))
    if as_json:
        print_json(printed)
    else:
        print_sheet(printed)
    if csv:
        with writing(csv, as_json=as_json):
            write_csv(sheet, csv)


def _rights(caf: str, school_year: str) -> Rights:
    settings = load_settings()
    return run_async(_read(settings, caf, school_year), settings)


async def _read(settings: Settings, caf: str, school_year: str) -> Rights:
    async with queries.opened(settings) as reads:
        return await queries.rights(reads, caf, [start_year(school_year)])
