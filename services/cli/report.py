"""`clas report`: what a Caf reports on, and what it waits for."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

from services.funding.reports import accruals as of_accruals
from services.funding.reports import bilans as of_bilans
from services.funding.reports import departement as of_departement
from services.funding.reports import pending_dossiers as upstream
from services.funding.reports import places as of_places
from services.funding.reports import waiting as of_waiting
from services.funding.reports.communes import CommunesError, read_communes
from services.funding.rights import WANTED, Rights, rights_of
from shared.console import options
from shared.console.files import writing
from shared.console.runtime import load_settings, run_async
from shared.console.tables import Sheet, print_sheet, write_csv
from shared.console.terminal import Code, fail
from shared.contracts.base import WireModel
from shared.french import PARIS
from shared.kernel.effective_dated import UnknownYearError
from shared.mongodb.event_query import PublishedEvents, events_of_types

HELP = "Reports of a Caf: tables in French, or CSV. Exit code 1 when a file cannot be used."
app = typer.Typer(name="report", help=HELP, no_args_is_help=True)
Caf = Annotated[str, typer.Option(metavar="CODE", help="Three digits, such as 761.")]
Year = Annotated[
    str, typer.Option(parser=options.school_year, metavar="YEAR", help="Such as 2025-2026.")
]
Csv = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the rows there too.")]
On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Default: today.")
]


@app.command()
def departement(caf: Caf, school_year: Year, csv: Csv = None) -> None:
    """Print the departmental report: gestionnaires, projects, children, amounts, by level."""
    found, _ = _read(caf)
    _give(of_departement.departement(found, caf, school_year), csv)


@app.command()
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
        known = read_communes(communes) if communes else {}
    except (OSError, CommunesError) as fault:
        fail(f"--communes: {fault}", Code.WRONG)
    found, _ = _read(caf)
    granted = of_places.granted_places(found, known, school_year)
    _give(of_places.places(granted, caf, school_year), csv)
    if geojson:
        with writing(geojson):
            geojson.write_bytes(orjson.dumps(of_places.geojson(granted)))


@app.command()
def accruals(
    caf: Caf,
    exercise: Annotated[int, typer.Option(min=2000, max=2099, metavar="YEAR")],
    csv: Csv = None,
) -> None:
    """Print what was accrued at a closing, against what was then due: too much, or too little."""
    found, others = _read(caf, accounting=of_accruals.WANTED)
    books = of_accruals.booked(others["accounting"], exercise)
    _give(of_accruals.accruals(found, books, caf, exercise), csv)


@app.command()
def bilans(caf: Caf, school_year: Year, on: On = None, csv: Csv = None) -> None:
    """Print the interim reports and definitive accounts: due, received, late or missing."""
    found, others = _read(caf, submission=of_bilans.WANTED)
    interim = of_bilans.interim_reports(others["submission"], school_year)
    try:
        sheet = of_bilans.bilans(found, interim, caf, school_year, _day(on))
    except UnknownYearError as fault:
        fail(str(fault), Code.USAGE)
    _give(sheet, csv)


@app.command()
def waiting(caf: Caf, on: On = None, csv: Csv = None) -> None:
    """Print the dossiers that wait, and for what, from the deposit to the accounts."""
    found, others = _read(
        caf,
        submission=upstream.WANTED_OF_SUBMISSION,
        eligibility=tuple(upstream.OF_ELIGIBILITY),
    )
    pending = upstream.pending(others["submission"], others["eligibility"])
    _give(of_waiting.waiting(found, pending, caf, _day(on)), csv)


def _read(caf: str, **others: tuple[type[WireModel], ...]) -> tuple[Rights, PublishedEvents]:
    """Return the rights of a Caf, and the events of other services."""
    known = load_settings()
    events = run_async(events_of_types(known, caf, {"funding": WANTED, **others}), known)
    return rights_of(events["funding"]), events


def _give(sheet: Sheet, csv: Path | None) -> None:
    print_sheet(sheet)
    if csv:
        with writing(csv):
            write_csv(sheet, csv)


def _day(on: datetime | None) -> date:
    return on.date() if on else datetime.now(UTC).astimezone(PARIS).date()
