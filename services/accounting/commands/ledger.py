"""`clas ledger`: the journal and the trial balance of a Caf's exercise."""

from typing import Annotated

import typer

from services.accounting import queries
from services.accounting.commands.unknown_caf import fail_without_books
from services.accounting.domain.books import Books
from services.accounting.ledger import broken_link, trial_balance
from services.accounting.ledger_tables import balance_table, journal_table
from services.accounting.queries import Ledger
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail, show
from shared.french import counted, figures
from shared.kernel.money import total
from shared.kernel.settings import Settings

STATES = {"open": "ouvert", "closing": "en cours de clôture", "closed": "clôturé"}


def ledger(
    caf: Annotated[str, typer.Option(metavar="CODE", help="Three digits, such as 761.")],
    exercise: Annotated[int, typer.Option(min=2000, max=2099, metavar="YEAR", help="Civil year.")],
) -> None:
    """Print the journal and the trial balance of an exercise.

    Entries get their numbers when the exercise is closed; until then they are not validated, and
    stand in the order they would be numbered in. Exit code 1 when the books of that Caf are not
    known, do not balance, or were changed after their validation.
    """
    settings = load_settings()
    books, content = run_async(_ledger(settings, caf, exercise), settings)
    _print_state(content, books)
    if not content.entries:
        echo("Aucune écriture.")
        return
    show(journal_table(content.entries))
    echo()
    show(balance_table(trial_balance(content.entries)))
    echo()
    _verify(content)


async def _ledger(settings: Settings, caf: str, exercise: int) -> tuple[Books, Ledger]:
    async with queries.opened(settings) as reads:
        content = await queries.ledger(reads, caf, exercise)
        if content.books is None:
            await fail_without_books(reads, caf)
        return content.books, content


def _print_state(content: Ledger, books: Books) -> None:
    state = STATES[books.exercise(content.exercise).status]
    echo(f"Caf {content.caf}, exercice {content.exercise} : {state}", style="bold")
    if content.closing and content.closed:
        validated = counted(content.closing.sequence, "écriture validée", "écritures validées")
        echo(f"{validated} ; empreinte de tête {content.closing.head_hash}")
    echo()


def _verify(content: Ledger) -> None:
    """Verify that debits equal credits, and that validated entries were not changed."""
    entries = content.entries
    if gap := total(row.balance for row in trial_balance(entries)):
        fail(f"the books do not balance: debit less credit is {figures(gap)}", Code.WRONG)
    if content.closed and (broken := broken_link(entries, content.caf, content.exercise)):
        place = f"entry {broken.sequence or '(not numbered)'} ({broken.entry_id})"
        fail(f"{place} is not what was validated: the chain of hashes breaks there", Code.WRONG)
    if content.closing and content.closed and content.closing.head_hash != entries[-1].hash:
        fail("the last entry is not the head of the chain: entries are missing", Code.WRONG)
    counts = counted(len(entries), "écriture équilibrée", "écritures équilibrées")
    echo(f"{counts}{', chaîne d’empreintes vérifiée' * content.closed}.")
