"""`python -m tests.bench.page FILE`: the tables and charts of docs/performance.md, from a run.

A table stands between `<!-- name -->` and `<!-- end -->`; what the run did not measure says so.
"""

import argparse
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.bench.chart import Bar, chart
from tests.bench.figures import Figures, Run, load, middle
from tests.bench.sheets import Sheet, sheets

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "performance.md"
PLACE = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
COSTS = ("service", "database", "broker")
ABSENT = "Not measured in this run."


def main() -> None:
    """Write the page and its charts again."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.page", description=__doc__)
    parser.add_argument("file", type=Path, help="what `make bench` wrote with --json")
    parser.add_argument("--note", default="", help="a sentence on the circumstances of the run")
    options = parser.parse_args()
    run = load(options.file)
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page(text, run, options.note), encoding="utf-8")
    for name, picture in charts(run).items():
        (DOCS / f"performance-{name}.svg").write_text(picture, encoding="utf-8")


def page(text: str, run: Run, note: str = "") -> str:
    """Return the text with the tables of a run in their places."""
    tables = {sheet.name: "\n".join(_table(sheet)) for sheet in sheets(run)}
    circumstances = f"{run.day}, {run.machine}: {run.messages:,} messages, {run.rounds} rounds."
    tables["run"] = f"{circumstances} {note}".strip()
    return PLACE.sub(lambda m: f"{m[1]}\n{tables.get(m[2], ABSENT)}\n\n{m[3]}", text)


def charts(run: Run) -> Mapping[str, str]:
    """Return the charts by name; what a run did not measure has no bars."""
    hops = [
        (f"{hop}, {way}", middle(rounds))
        for hop, ways in run.hops.items()
        for way, rounds in ways.items()
    ]
    growth = [
        (f"{hop}, {size:,} records", middle(rounds))
        for hop, sizes in run.growth.items()
        for size, rounds in sizes.items()
    ]
    drawn = {
        "rates": ("Messages per second", ["messages/s"], [_rate(*row) for row in hops]),
        "costs": ("Processor time per message (µs)", COSTS, [_cost(*row) for row in hops]),
        "growth": ("The same, by records stored", COSTS, [_cost(*row) for row in growth]),
    }
    return {name: chart(title, parts, bars) for name, (title, parts, bars) in drawn.items()}


def _rate(label: str, figures: Figures) -> Bar:
    return Bar(label, [figures.rate])


def _cost(label: str, figures: Figures) -> Bar:
    return Bar(label, [figures.service, figures.database, figures.broker])


def _table(sheet: Sheet) -> Iterator[str]:
    yield f"{sheet.title}:"
    yield ""
    yield f"| {' | '.join(sheet.columns)} |"
    yield f"|{'|'.join(['---'] + ['---:'] * (len(sheet.columns) - 1))}|"
    for row in sheet.rows:
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    main()
