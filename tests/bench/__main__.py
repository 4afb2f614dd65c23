"""`make bench`: how fast one hop of a real service is, and a closing, as ratios within one run.

A hop: consume, decide, commit, publish with confirms, acknowledge. Beside it, with the same
bodies on the same servers: a forwarder without any database (the limit), and a hand-written
transaction per message (the usual way). Full durability everywhere: quorum queues, persistent
messages, confirms, `w: majority, j: true`. Rounds alternate; the figures are medians. Beside the
rates stands the processor time that service, database and broker used per message.

A closing: a chain of pages, one after the other, of one replica. What it books, numbers and chains
in a second stands beside the first hop.
"""

import argparse
import asyncio
import statistics
from collections.abc import Callable

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from deploy.embedded import Servers, servers
from tests.bench.closing import ENTRIES_PER_GRANT, measure_closing
from tests.bench.hop import HOPS, Figures, Hop, measure

console = Console()
WAYS = ("forwarder", "service", "transaction per message")


def main() -> None:
    """Measure every hop and print the table."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--messages", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with servers() as addresses, Progress(console=console, transient=True) as progress:
        total = (len(HOPS) * len(WAYS) + 1) * options.rounds
        task = progress.add_task("hops and closings", total=total)
        figures = {
            hop: asyncio.run(
                _rounds(
                    addresses, hop, options.messages, options.rounds, lambda: progress.advance(task)
                )
            )
            for hop in HOPS
        }
        closings = asyncio.run(
            _closings(
                addresses, options.messages // 2, options.rounds, lambda: progress.advance(task)
            )
        )
    console.print(_table(figures, options.messages, options.rounds))
    console.print(_processor_table(figures))
    hop = _median(figures[HOPS[0]]["service"], "rate")
    console.print(_of_closing(closings, hop, options.messages // 2, options.rounds))


async def _closings(
    addresses: Servers, grants: int, rounds: int, done: Callable[[], None]
) -> list[float]:
    rates = []
    for _ in range(rounds):
        rates.append(await measure_closing(addresses, grants))
        done()
    return rates


async def _rounds(
    addresses: Servers, hop: Hop, messages: int, rounds: int, done: Callable[[], None]
) -> dict[str, list[Figures]]:
    rates: dict[str, list[Figures]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            count = messages // 5 if way == WAYS[2] else messages
            rates[way].append(await measure(addresses, hop, way, count))
            done()
    return rates


def _table(figures: dict[Hop, dict[str, list[Figures]]], messages: int, rounds: int) -> Table:
    table = Table(title=f"One hop, {messages} messages, median of {rounds} rounds", min_width=60)
    for title in ("hop", *(f"{way} (msg/s)" for way in WAYS), "of the forwarder", "× transaction"):
        table.add_column(title, justify="right")
    for hop, ways in figures.items():
        limit, own, single = (_median(ways[way], "rate") for way in WAYS)
        table.add_row(
            hop.name,
            *(f"{rate:,.0f}" for rate in (limit, own, single)),
            f"{own / limit:.2f}",
            f"{own / single:.1f}",
        )
    return table


def _processor_table(figures: dict[Hop, dict[str, list[Figures]]]) -> Table:
    table = Table(title="Processor time per message (µs)", min_width=60)
    for title in ("hop", "way", "service", "database", "broker"):
        table.add_column(title, justify="right")
    for hop, ways in figures.items():
        for way, measured in ways.items():
            parts = (_median(measured, part) for part in ("service", "database", "broker"))
            table.add_row(hop.name, way, *(f"{part:,.0f}" for part in parts))
    return table


def _median(figures: list[Figures], part: str) -> float:
    values: list[float] = [getattr(each, part) for each in figures]
    return statistics.median(values)


def _of_closing(rates: list[float], hop: float, grants: int, rounds: int) -> Table:
    title = f"Closing of {grants} grants of one Caf, median of {rounds} rounds"
    table = Table(title=title, min_width=60)
    for column in ("grants/s", "entries/s", f"entries, of the hop “{HOPS[0].name}”"):
        table.add_column(column, justify="right")
    rate = statistics.median(rates)
    table.add_row(f"{rate / ENTRIES_PER_GRANT:,.0f}", f"{rate:,.0f}", f"{rate / hop:.2f}")
    return table


if __name__ == "__main__":
    main()
