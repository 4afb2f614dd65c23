"""`make bench`: what a message costs and how fast it passes, as ratios within one run.

Full durability everywhere: quorum queues, persistent messages, confirms, `w: majority, j: true`.
Rounds alternate; the figures are medians. docs/performance.md says what each table measures.

Parts: hops (or one HOP, or HOP/WAY), closing, replicas, evening, recovery, growth, memory.
"""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.embedded import servers
from tests.bench.figures import Run, save
from tests.bench.parts import machine, parts_of
from tests.bench.sheets import Sheet, sheets

console = Console(width=110)


def main() -> None:
    """Measure what is asked for; print a table for each question."""
    options = _options()
    today = datetime.now(UTC).date().isoformat()
    run = Run(today, machine(), options.messages, options.rounds)
    with servers() as addresses, console.status("servers") as status:

        def show(step: str) -> None:
            """Show the next step; what was measured so far is on disk."""
            status.update(step)
            if options.json:
                save(run, options.json)

        for part in parts_of(options.only).values():
            asyncio.run(part(addresses, run, options, show))
        show("done")
    for sheet in sheets(run):
        console.print(_table(sheet))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--messages", type=int, default=3_000, help="of a hop")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth-rounds", type=int, default=5, help="for each stored size")
    parser.add_argument("--only", nargs="+", default=[], metavar="PART")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the figures are written")
    parser.add_argument("--evening-s", type=int, default=180)
    parser.add_argument("--recovery-s", type=int, default=60)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[1_000, 20_000, 100_000, 300_000], help="records"
    )
    parser.add_argument("--disk-dossiers", type=int, default=10_000)
    parser.add_argument("--memory-messages", type=int, default=20_000)
    options = parser.parse_args()
    try:
        parts_of(options.only)
    except ValueError as fault:
        parser.error(str(fault))
    return options


def _table(sheet: Sheet) -> Table:
    table = Table(title=sheet.title, min_width=60)
    for column in sheet.columns:
        table.add_column(column, justify="right")
    for row in sheet.rows:
        table.add_row(*row)
    return table


if __name__ == "__main__":
    main()
