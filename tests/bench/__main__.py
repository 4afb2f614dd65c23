"""`make bench`: how fast one hop of a real service is, and a closing, as ratios within one run.

A hop: consume, decide, commit, publish with confirms, acknowledge. Beside it, with the same
bodies on the same servers: a forwarder without any database (the limit), and a hand-written
transaction per message (the usual way). Full durability everywhere: quorum queues, persistent
messages, confirms, `w: majority, j: true`. Rounds alternate; the figures are medians.

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
from tests.bench.hop import HOPS, Hop, measure

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
        rates = {
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
    console.print(_table(rates, options.messages, options.rounds))
    hop = statistics.median(rates[HOPS[0]]["service"])
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
) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            count = messages // 5 if way == WAYS[2] else messages
            rates[way].append(await measure(addresses, hop, way, count))
            done()
    return rates


def _table(rates: dict[Hop, dict[str, list[float]]], messages: int, rounds: int) -> Table:
    table = Table(title=f"One hop, {messages} messages, median of {rounds} rounds", min_width=60)
    for title in ("hop", *(f"{way} (msg/s)" for way in WAYS), "of the forwarder", "× transaction"):
        table.add_column(title, justify="right")
    for hop, ways in rates.items():
        limit, own, single = (statistics.median(ways[way]) for way in WAYS)
        table.add_row(
            hop.name,
            *(f"{rate:,.0f}" for rate in (limit, own, single)),
            f"{own / limit:.2f}",
            f"{own / single:.1f}",
        )
    return table


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
