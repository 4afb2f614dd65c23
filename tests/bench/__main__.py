"""`make bench`: how fast one hop of a real service is, as ratios within one run.

A hop: consume, decide, commit, publish with confirms, acknowledge. Beside it, with the same
bodies on the same servers: a forwarder without any database (the limit), and a hand-written
transaction per message (the usual way). Full durability everywhere: quorum queues, persistent
messages, confirms, `w: majority, j: true`. Rounds alternate; the figures are medians.
"""

import argparse
import asyncio
import statistics
from collections.abc import Callable

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from deploy.embedded import servers
from tests.bench.hop import HOPS, Hop, measure

console = Console()
WAYS = ("forwarder", "service", "transaction per message")


def main() -> None:
    """Measure every hop and print the table."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--messages", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with servers() as found, Progress(console=console, transient=True) as progress:
        task = progress.add_task("hops", total=len(HOPS) * given.rounds * len(WAYS))
        rates = {
            hop: asyncio.run(
                _rounds(found, hop, given.messages, given.rounds, lambda: progress.advance(task))
            )
            for hop in HOPS
        }
    console.print(_table(rates, given.messages, given.rounds))


async def _rounds(
    found: object, hop: Hop, messages: int, rounds: int, done: Callable[[], None]
) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            count = messages // 5 if way == WAYS[2] else messages
            rates[way].append(await measure(found, hop, way, count))  # type: ignore[arg-type]
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


if __name__ == "__main__":
    main()
