"""The tables of outcomes and of the fault matrix, for the terminal and for docs/chaos.md."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.table import Table

from tests.chaos.conduct import Outcome
from tests.chaos.matrix import MATRIX, Row

PAGE = Path(__file__).parents[2] / "docs" / "chaos.md"
BEGIN = "<!-- Written by `make chaos PAGE=yes`: the outcomes of one run. -->"
END = "<!-- End of what is written. -->"
COLUMNS = ("scenario", "recovered", "lost", "doubled", "unexpected", "dead letters", "")


def table(outcomes: Sequence[Outcome]) -> Table:
    """Return the table for a terminal."""
    drawn = Table(*COLUMNS)
    for outcome in outcomes:
        drawn.add_row(*_cells(outcome, outcome.name))
    return drawn


def write_page(outcomes: Sequence[Outcome], about: str, page: Path = PAGE) -> None:
    """Write both tables between the markers of the page, after a line about the run."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    lines = "\n".join([about, "", *_outcomes(outcomes), "", *_matrix(outcomes)])
    page.write_text(f"{before}{BEGIN}\n\n{lines}\n\n{END}{after}", encoding="utf-8")


def _outcomes(outcomes: Iterable[Outcome]) -> Iterable[str]:
    yield from _head(COLUMNS)
    for outcome in outcomes:
        yield _line(_cells(outcome, f"`{outcome.name}`: {outcome.summary}"))


def _matrix(outcomes: Sequence[Outcome]) -> Iterable[str]:
    yield from _head(("", "fault", "shown by"))
    for number, row in MATRIX.items():
        names = [f"`{outcome.name}`" for outcome in outcomes if number in outcome.rows]
        yield _line([str(number), row.fault, ", ".join(names) or _reason(row)])


def _reason(row: Row) -> str:
    return row.elsewhere or "no scenario of this run"


def _head(columns: Sequence[str]) -> Iterable[str]:
    yield _line(columns)
    yield "|---" * len(columns) + "|"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(outcome: Outcome, name: str) -> list[str]:
    if outcome.skipped:
        return [name, *[""] * 5, f"not here: {outcome.skipped}"]
    recovery = "never" if outcome.recovery_s is None else f"{outcome.recovery_s:.1f} s"
    counts = [outcome.lost, outcome.doubled, outcome.unexpected]
    dead = f"{outcome.dead_letters} of {outcome.dead_letters_expected}"
    verdict = "passed" if outcome.passed else "failed"
    return [name, recovery, *(str(len(names)) for names in counts), dead, verdict]
