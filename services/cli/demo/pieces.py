"""Pieces of the summary: lines, and rules with how often they spoke."""

from collections.abc import Iterable

from shared.console.terminal import add, echo, new_table, show
from shared.kernel.published_events import RuleCount

INDENT = 2


def reasons(title: str, of: str, found: Iterable[RuleCount]) -> None:
    """Print a table of rules, each with one of its sentences; nothing when none spoke."""
    rows = list(found)
    if not rows:
        return
    table = new_table(title, of, "par exemple", right=(of,))
    for each in rows:
        add(table, each.rule, str(each.count), each.sentence)
    show(table)


def checked(holds: bool, what: str) -> None:  # noqa: FBT001 - the mark of a line
    """Print a line with its mark."""
    echo(f"{'✓' if holds else '✗'} {what}", style="" if holds else "bold red", indent=INDENT)


def lines(*texts: str) -> None:
    """Print lines, indented."""
    for line in texts:
        echo(line, indent=INDENT)
