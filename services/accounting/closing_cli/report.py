"""The checklist and the result of a closing, in French."""

from collections.abc import Iterable

from rich.table import Table

from services.accounting.closing_cli.checklist import ChecklistItem, Mark
from services.accounting.domain.closing import Closing
from services.accounting.ledger_tables import balance_table
from shared.console.terminal import add, echo, new_table, show
from shared.contracts.labels import ENTRY_KINDS
from shared.french import counted, figures
from shared.kernel.money import total

SIGNS: dict[Mark, str] = {"clear": "✓", "look": "!", "block": "✗"}
STYLES: dict[Mark, str] = {"clear": "", "look": "yellow", "block": "bold red"}
TOTALS = ("Nature", "Écritures", "Montant")


def print_checklist(items: Iterable[ChecklistItem], caf: str, exercise: int) -> None:
    """Print the points; `✗` blocks, `!` is a warning."""
    echo(f"Avant la clôture de l’exercice {exercise} de la Caf {caf}", style="bold")
    for item in items:
        echo(f"{SIGNS[item.mark]} {item.text}", style=STYLES[item.mark])
        if item.way_out:
            echo(f"→ {item.way_out}", indent=2)
    echo()


def print_closing(closing: Closing) -> None:
    """Print totals by kind, trial balance, and the head of the chain of a completed closing."""
    show(_totals(closing))
    echo()
    show(balance_table(closing.trial_balance))
    echo()
    validated = counted(closing.sequence, "écriture validée", "écritures validées")
    numbers = f", numérotées de 1 à {closing.sequence}" if closing.sequence else ""
    echo(f"{validated}{numbers} ; empreinte de tête {closing.head_hash}")


def _totals(closing: Closing) -> Table:
    table = new_table(*TOTALS, right=TOTALS[1:], title="Écritures par nature")
    for row in closing.totals:
        add(table, ENTRY_KINDS[row.kind], str(row.count), figures(row.amount))
    count, amount = sum(t.count for t in closing.totals), total(t.amount for t in closing.totals)
    add(table, "Total", str(count), figures(amount), style="bold")
    return table
