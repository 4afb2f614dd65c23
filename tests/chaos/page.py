"""The table of outcomes, for the terminal and for docs/chaos.md."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.table import Table

from tests.chaos.conduct import Outcome

PAGE = Path(__file__).parents[2] / "docs" / "chaos.md"
BEGIN = "<!-- Written by `make chaos PAGE=yes`: the outcomes of one run. -->"
END = "<!-- End of what is written. -->"
COLUMNS = ("scenario", "rows", "recovered", "lost", "doubled", "unexpected", "dead letters", "")


def table(outcomes: Sequence[Outcome]) -> Table:
    """Return the table for a terminal."""
    drawn = Table(*COLUMNS)
    for outcome in outcomes:
        drawn.add_row(*_cells(outcome, outcome.name))
    return drawn


def write_page(outcomes: Sequence[Outcome], page: Path = PAGE) -> None:
    """Write the table between the markers of the page."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    lines = "\n".join(_lines(outcomes))
    page.write_text(f"{before}{BEGIN}\n\n{lines}\n\n{END}{after}", encoding="utf-8")


def _lines(outcomes: Iterable[Outcome]) -> Iterable[str]:
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---" * len(COLUMNS) + "|"
    for outcome in outcomes:
        yield f"| {' | '.join(_cells(outcome, f'`{outcome.name}`: {outcome.summary}'))} |"


def _cells(outcome: Outcome, name: str) -> list[str]:
    rows = ", ".join(map(str, outcome.rows))
    if outcome.skipped:
        return [name, rows, *[""] * 5, f"not here: {outcome.skipped}"]
    recovery = "never" if outcome.recovery_s is None else f"{outcome.recovery_s:.1f} s"
    counts = [outcome.lost, outcome.doubled, outcome.unexpected]
    dead = f"{outcome.dead_letters} of {outcome.dead_letters_expected}"
    verdict = "passed" if outcome.passed else "failed"
    return [name, rows, recovery, *(str(len(names)) for names in counts), dead, verdict]
