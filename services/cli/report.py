"""`clas report`: what a Caf reports on, and what it waits for.

Reports that need several services are composed here; those of funding alone are with funding.
"""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from services.accounting import queries as accounting
from services.cli.pending_dossiers import BEFORE_THE_COMMITTEE, PendingDossier, pending_dossiers
from services.cli.reads import open_all_reads
from services.eligibility import queries as eligibility
from services.eligibility.open_points import open_points
from services.funding import queries as funding
from services.funding.commands.report import (
    Caf,
    Csv,
    Dossier,
    Year,
    deliver_sheet,
    departement,
    of_dossier,
    places,
)
from services.funding.reports import accruals as of_accruals
from services.funding.reports import bilans as of_bilans
from services.funding.reports import committee as of_committee
from services.funding.reports import waiting as of_waiting
from services.submission import queries as submission
from shared.console import options
from shared.console.json_output import AsJson
from shared.console.listing import Limit
from shared.console.runtime import load_settings, run_async
from shared.console.tables import Sheet
from shared.console.terminal import Code, fail
from shared.contracts.eligibility import EligibilityAssessed
from shared.french import in_paris
from shared.kernel.calendar import start_year
from shared.kernel.effective_dated import UnknownYearError
from shared.kernel.settings import Settings

HELP = "Reports of a Caf: tables in French, or CSV. Exit code 1 when a file cannot be used."
app = typer.Typer(name="report", help=HELP, no_args_is_help=True)
On = Annotated[
    date | None, typer.Option(parser=options.day, metavar="DATE", help="Default: today.")
]
app.command()(departement)
app.command()(places)


@app.command()
def accruals(
    caf: Caf,
    exercise: Annotated[int, typer.Option(min=2000, max=2099, metavar="YEAR")],
    csv: Csv = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print what was accrued at a closing, against what was then due: too much, or too little."""
    settings = load_settings()
    sheet = run_async(_accruals(settings, caf, exercise), settings)
    deliver_sheet(sheet, csv, as_json=as_json)


@app.command()
def bilans(  # noqa: PLR0913 - one argument is one option
    caf: Caf,
    school_year: Year,
    on: On = None,
    csv: Csv = None,
    *,
    dossier: Dossier = None,
    limit: Limit = 0,
    as_json: AsJson = False,
) -> None:
    """Print the interim reports and definitive accounts: due, received, late or missing."""
    settings = load_settings()
    try:
        sheet = run_async(_bilans(settings, caf, school_year, _day(on)), settings)
    except UnknownYearError as fault:
        fail(str(fault), Code.USAGE)
    deliver_sheet(of_dossier(sheet, dossier), csv, limit=limit, as_json=as_json)


@app.command()
def waiting(  # noqa: PLR0913 - one argument is one option
    caf: Caf,
    on: On = None,
    csv: Csv = None,
    *,
    dossier: Dossier = None,
    limit: Limit = 0,
    as_json: AsJson = False,
) -> None:
    """Print the dossiers that wait, and for what, from the deposit to the accounts."""
    settings = load_settings()
    sheet = run_async(_waiting(settings, caf, on), settings)
    deliver_sheet(of_dossier(sheet, dossier), csv, limit=limit, as_json=as_json)


@app.command()
def committee(  # noqa: PLR0913 - one argument is one option
    caf: Caf,
    school_year: Year,
    csv: Csv = None,
    *,
    dossier: Dossier = None,
    limit: Limit = 0,
    as_json: AsJson = False,
) -> None:
    """Print the dossiers before the committee: verdict, forecast, and what it must settle."""
    settings = load_settings()
    sheet = run_async(_committee(settings, caf, school_year, dossier), settings)
    deliver_sheet(sheet, csv, limit=limit, as_json=as_json)


async def _accruals(settings: Settings, caf: str, exercise: int) -> Sheet:
    async with open_all_reads(settings) as reads:
        rights = await funding.rights(reads["funding"], caf, [exercise])
        entries = await accounting.posted_entries(reads["accounting"], caf, exercise)
    return of_accruals.accruals(rights, of_accruals.booked(entries, exercise), caf, exercise)


async def _bilans(settings: Settings, caf: str, school_year: str, on: date) -> Sheet:
    async with open_all_reads(settings) as reads:
        rights = await funding.rights(reads["funding"], caf, [start_year(school_year)])
        interim = await submission.interim_reports(reads["submission"], caf, school_year)
    return of_bilans.bilans(rights, interim, caf, school_year, on)


async def _committee(
    settings: Settings, caf: str, school_year: str, dossier_id: str | None
) -> Sheet:
    async with open_all_reads(settings) as reads:
        assessments = await eligibility.undecided_assessments(
            reads["eligibility"], caf, school_year
        )
        undecided = [
            _undecided(waiting, assessments[waiting.dossier_id])
            for waiting in await pending_dossiers(reads, caf)
            if waiting.status in BEFORE_THE_COMMITTEE
            and waiting.dossier_id in assessments
            and dossier_id in {None, waiting.dossier_id}
        ]
        ids = {dossier.dossier_id for dossier in undecided}
        forecasts = await funding.forecasts(reads["funding"], caf, ids)
        envelopes = await funding.envelopes(reads["funding"], caf)
    return of_committee.committee(undecided, forecasts, envelopes, caf, school_year)


def _undecided(
    waiting: PendingDossier, assessed: EligibilityAssessed
) -> of_committee.UndecidedDossier:
    return of_committee.UndecidedDossier(
        waiting.dossier_id,
        waiting.gestionnaire,
        assessed.verdict,
        open_points(assessed),
        is_priced=assessed.budget is not None,
    )


async def _waiting(settings: Settings, caf: str, day: date | None) -> Sheet:
    async with open_all_reads(settings) as reads:
        rights = await funding.rights_on_day(reads["funding"], caf, day)
        before_agrement = await pending_dossiers(reads, caf, day)
    rows = (dossier.row for dossier in before_agrement)
    return of_waiting.waiting(rights, rows, caf, _day(day))


def _day(on: date | None) -> date:
    return on or in_paris(datetime.now(UTC)).date()
