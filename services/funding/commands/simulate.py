"""`clas simulate`: what other parameters would have cost, to whom."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from services.funding import queries
from services.funding.service import PARAMETERS
from services.funding.simulation.change_texts import describe_changes
from services.funding.simulation.changes import ChangeError, Changes
from services.funding.simulation.compare import compare
from services.funding.simulation.inputs import (
    FundingInputs,
    events_of_file,
    inputs_from_events,
    inputs_from_records,
)
from services.funding.simulation.report import print_booked, print_comparison
from services.funding.simulation.run import SimulatedRights, as_today, with_changes
from shared.console import options
from shared.console.files import writing
from shared.console.listing import Limit
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, fail, progress, warn
from shared.kernel.calendar import school_year, start_year
from shared.kernel.service import Service
from shared.kernel.settings import Settings

Euros = Annotated[
    Decimal | None, typer.Option(parser=options.euros, metavar="EUROS", help="Instead of today's.")
]


def simulate_command(upstream: Sequence[Service]) -> Callable[..., None]:
    """Return the command; `upstream` are the services that decide before funding."""

    def simulate(  # noqa: PLR0913 - one argument is one option
        file: Annotated[
            Path | None,
            typer.Argument(help="Events, as `clas publish` takes them; without, the archive."),
        ] = None,
        *,
        school_year: Annotated[
            str, typer.Option(parser=options.school_year, metavar="YEAR", help="Such as 2025-2026.")
        ],
        plafond: Euros = None,
        ps_max: Annotated[
            Decimal | None,
            typer.Option(
                parser=options.euros,
                metavar="EUROS",
                help="Without it: rate × plafond where one of them changes.",
            ),
        ] = None,
        rate: Annotated[
            Decimal | None,
            typer.Option(parser=options.share, metavar="SHARE", help="The Ps's share of the cost."),
        ] = None,
        part_n: Annotated[
            Decimal | None,
            typer.Option(
                parser=options.share, metavar="SHARE", help="The Ps's share of exercise N."
            ),
        ] = None,
        bonus_enfants: Euros = None,
        bonus_parents: Euros = None,
        envelope: Annotated[
            list[str] | None,
            typer.Option(
                metavar="CAF:YEAR=EUROS", help="761:2025=100000.00, or =none; repeatable."
            ),
        ] = None,
        chart: Annotated[
            Path | None,
            typer.Option(parser=options.drawing, metavar="FILE", help="Draw it too: .svg or .png."),
        ] = None,
        limit: Limit = 10,
    ) -> None:
        """Decide a campaign again with other parameters: what it costs, who wins, who loses.

        The production decisions of funding run in this process, with the parameters in force and
        then with yours, on what funding received: its archive, or the events of a file, from the
        dossiers or from the agrements on. Nothing is written but the chart. Amounts are the last
        decided ones: granted, settled, adjusted. On the archive it also says whether today's
        parameters give what was booked, to the cent, and ends with exit code 1 when they do not.
        """
        changes = Changes(
            start_year=start_year(school_year),
            plafond=plafond,
            ps_max=ps_max,
            bonus_enfants=bonus_enfants,
            bonus_parents=bonus_parents,
            rate=rate,
            part_n=part_n,
            envelopes=options.envelopes(envelope or ()),
        )
        simulate_changes(changes, file, upstream, chart, limit)

    return simulate


def simulate_changes(
    changes: Changes,
    file: Path | None,
    upstream: Sequence[Service],
    chart: Path | None,
    limit: int,
) -> None:
    """Decide with and without the changes, and print the comparison.

    `file` holds events; without one the records of funding are read. `chart` is drawn where given.
    At most `limit` winners and losers are printed, 0 for all.
    """
    settings, year = load_settings(), school_year(changes.start_year)
    inputs = run_async(_inputs(settings, file, upstream), settings)
    today, simulated = run_async(_both(changes, inputs, year), settings)
    if not today and not simulated:
        count = f"{len(inputs.deliveries)} messages for funding"
        fail(f"{count}, none about {year}: nothing to simulate", Code.WRONG)
    comparison = compare(today, simulated)
    print_comparison(comparison, year, describe_changes(changes, PARAMETERS), limit)
    if chart:
        # Slow to load, and only a chart needs it.
        from services.funding.simulation.chart import draw

        with writing(chart):
            draw(comparison, year, chart)
    if inputs.published is not None:
        print_booked(today, inputs.published, year)


async def _inputs(
    settings: Settings, file: Path | None, upstream: Sequence[Service]
) -> FundingInputs:
    if file is None:
        async with queries.opened(settings) as reads:
            return await inputs_from_records(reads)
    try:
        events, faults = events_of_file(file)
    except OSError as fault:
        fail(f"{file} cannot be read: {fault.strerror}", Code.WRONG)
    for unread in faults:
        warn(f"{unread} (left out)")
    with progress() as bar:
        task = bar.add_task("Recevabilité, éligibilité et comité", total=len(events))
        return await inputs_from_events(events, upstream, lambda: bar.advance(task))


async def _both(
    changes: Changes, inputs: FundingInputs, school_year: str
) -> tuple[SimulatedRights, SimulatedRights]:
    deliveries = inputs.deliveries
    with progress() as bar:
        now = bar.add_task("Paramètres en vigueur", total=len(deliveries))
        then = bar.add_task("Paramètres simulés", total=len(deliveries))
        today = await as_today(deliveries, school_year, lambda: bar.advance(now))
        try:
            return today, await with_changes(
                changes, deliveries, school_year, lambda: bar.advance(then)
            )
        except ChangeError as fault:
            fail(str(fault), Code.USAGE)
