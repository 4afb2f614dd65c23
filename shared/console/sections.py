"""Parts of a printed section of a report: lines, checks, and tables of rules."""

from collections.abc import Iterable

from shared.console.terminal import add, echo, new_table, show
from shared.kernel.published_events import RuleCount

INDENT = 2


def print_lines(*texts: str) -> None:
    """Print lines of text under the title of a section."""
    for text in texts:
        echo(text, indent=INDENT)


def print_check(text: str, *, holds: bool) -> None:
    """Print whether something holds."""
    echo(f"{'✓' if holds else '✗'} {text}", style="" if holds else "bold red", indent=INDENT)


def print_rules(title: str, counts_of: str, rules: Iterable[RuleCount]) -> None:
    """Print a table of rules with one sentence of each; nothing when there are none."""
    rows = list(rules)
    if not rows:
        return
    table = new_table(title, counts_of, "par exemple", right=(counts_of,))
    for row in rows:
        add(table, row.rule, str(row.count), row.sentence)
    show(table)
