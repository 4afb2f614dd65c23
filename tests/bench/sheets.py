"""A table for each question, from the figures of a run; a terminal and a page show the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.bench.figures import Figures, Run, middle
from tests.bench.goals import goals
from tests.bench.ways import SERVICE

NATION_DOSSIERS, YEARS = 4_300, 10
COSTS = ("service (µs)", "database (µs)", "broker (µs)")


@dataclass(frozen=True)
class Sheet:
    """A table with a name that the page refers to; every cell is text."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def sheets(run: Run) -> Iterator[Sheet]:
    """Yield the tables of what a run measured."""
    all_sheets = (
        _hops(run),
        _closing(run),
        _replicas(run),
        _evening(run),
        _recoveries(run),
        _growth(run),
        _disk(run),
        _memory(run),
        _goals(run),
    )
    yield from (sheet for sheet in all_sheets if sheet.rows)


def _hops(run: Run) -> Sheet:
    rows = []
    for hop, ways in run.hops.items():
        for way, rounds in ways.items():
            figures, own = middle(rounds), ways.get(SERVICE)
            share = f"{middle(own).rate / figures.rate:.2f}" if own and way != SERVICE else ""
            rows.append((hop, way, f"{figures.rate:,.0f}", share, *_costs(figures)))
    title = f"Hops: {run.messages:,} messages, medians of {run.rounds} alternating rounds"
    return Sheet("hops", title, ("hop", "way", "messages/s", "service, of it", *COSTS), rows)


def _closing(run: Run) -> Sheet:
    rows = [(f"{f.rate:,.0f}", *_costs(f)) for f in map(middle, filter(None, [run.closing]))]
    return Sheet("closing", "A closing, one replica, per entry", ("entries/s", *COSTS), rows)


def _replicas(run: Run) -> Sheet:
    rows = [
        (name, f"{middle(rounds).rate:,.0f}", *_costs(middle(rounds)), _total(middle(rounds)))
        for name, rounds in run.replicas.items()
    ]
    title = "Replicas of funding on conventions, which share nothing, per message"
    return Sheet("replicas", title, ("replicas", "messages/s", *COSTS, "all (µs)"), rows)


def _evening(run: Run) -> Sheet:
    rows = [
        (
            f"{e.rate:,.0f}",
            f"{e.seconds:,.0f}",
            f"{e.deposits:,}",
            f"{e.missing:,}",
            *(f"{wait:.2f}" for wait in (e.p50, e.p95, e.p99, e.longest)),
        )
        for e in filter(None, [run.evening])
    ]
    columns = ("deposits/s", "seconds", "deposits", "not assessed", "p50 (s)", "p95 (s)", "p99 (s)")
    title = "The last evening: from the confirm of a deposit to its assessment"
    return Sheet("evening", title, (*columns, "longest (s)"), rows)


def _recoveries(run: Run) -> Sheet:
    rows = [
        (r.service, f"{r.seconds:.1f}", f"{r.oldest:.1f}", f"{r.missing:,}") for r in run.recoveries
    ]
    columns = ("killed", "recovered after (s)", "longest wait (s)", "not assessed")
    return Sheet("recovery", "One service killed under that load", columns, rows)


def _growth(run: Run) -> Sheet:
    rows = [
        (
            hop,
            f"{size:,}",
            f"{middle(rounds).rate:,.0f}",
            *_costs(middle(rounds)),
            _total(middle(rounds)),
        )
        for hop, sizes in run.growth.items()
        for size, rounds in sizes.items()
    ]
    columns = ("hop", "records stored", "messages/s", *COSTS, "all (µs)")
    return Sheet("growth", "Cost per message by what is stored already", columns, rows)


def _disk(run: Run) -> Sheet:
    rows = [
        (
            disk.service,
            f"{disk.records:.1f}",
            f"{disk.data / 1e3:,.1f}",
            f"{disk.indexes / 1e3:,.1f}",
            f"{(disk.data + disk.indexes) * NATION_DOSSIERS * YEARS / 1e9:,.2f}",
        )
        for disk in run.disk
    ]
    nation = f"{YEARS} years of {NATION_DOSSIERS:,} projects (GB)"
    columns = ("service", "records", "data (kB)", "indexes (kB)", nation)
    return Sheet("disk", "Disk per dossier, its whole life", columns, rows)


def _memory(run: Run) -> Sheet:
    rows = [(f"{messages:,}", f"{mib:.0f}") for messages, mib in run.memory.items()]
    return Sheet("memory", "Memory of submission", ("messages", "resident (MiB)"), rows)


def _goals(run: Run) -> Sheet:
    rows = [
        (
            goal.question,
            f"{goal.figure:,.2f} {goal.unit}".strip(),
            f"{'≥' if goal.at_least else '≤'} {goal.bound:,g} {goal.unit}".strip(),
            "reached" if goal.reached else "missed",
        )
        for goal in goals(run)
    ]
    return Sheet("goals", "Goals", ("figure", "measured", "goal", ""), rows)


def _costs(figures: Figures) -> tuple[str, str, str]:
    parts = (figures.service, figures.database, figures.broker)
    service, database, broker = (f"{part:,.0f}" for part in parts)
    return service, database, broker


def _total(figures: Figures) -> str:
    return f"{figures.processor:,.0f}"
