"""`clas ledger`: the journal and the trial balance of a Caf's exercise."""

from collections.abc import Sequence
from typing import Annotated

import typer

from services.accounting import queries
from services.accounting.commands.ledger_document import ledger_document
from services.accounting.commands.unknown_caf import fail_without_books
from services.accounting.domain.books import STATUS_LABELS, Books
from services.accounting.domain.entries import Entry
from services.accounting.exercise import broken_link, trial_balance
from services.accounting.ledger_tables import balance_table, journal_table
from services.accounting.queries import Ledger
from shared.console.json_output import AsJson, print_json
from shared.console.listing import Limit, first
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail, show
from shared.french import counted, figures
from shared.kernel.money import total
from shared.kernel.settings import Settings


def ledger(
    caf: Annotated[str, typer.Option(metavar="CODE", help="Three digits, such as 761.")],
    exercise: Annotated[int, typer.Option(min=2000, max=2099, metavar="YEAR", help="Civil year.")],
    *,
    dossier: Annotated[
        str | None, typer.Option(metavar="ID", help="List only the entries of this dossier.")
    ] = None,
    limit: Limit = 0,
    as_json: AsJson = False,
) -> None:
    """Print the journal and the trial balance of an exercise.

    Entries get their numbers when the exercise is closed; until then they are not validated, and
    stand in the order they would be numbered in. Exit code 1 when the books of that Caf are not
    known, do not balance, or were changed after their validation. The trial balance and the
    verification are those of the whole exercise, whatever is listed.
    """
    settings = load_settings()
    books, content = run_async(_ledger(settings, caf, exercise), settings)
    chosen = [entry for entry in content.entries if dossier in {None, entry.posted.dossier_id}]
    listed, problem = first(chosen, limit), _problem(content)
    if as_json:
        print_json(ledger_document(content, books, listed, len(chosen), problem))
    else:
        _print_tables(content, books, listed)
    if problem:
        fail(problem, Code.WRONG)
    if content.entries and not as_json:
        counts = counted(len(content.entries), "écriture équilibrée", "écritures équilibrées")
        echo(f"{counts}{', chaîne d’empreintes vérifiée' * content.closed}.")


async def _ledger(settings: Settings, caf: str, exercise: int) -> tuple[Books, Ledger]:
    async with queries.opened(settings) as reads:
        content = await queries.ledger(reads, caf, exercise)
        if content.books is None:
            await fail_without_books(reads, caf)
        return content.books, content


def _print_tables(content: Ledger, books: Books, listed: Sequence[Entry]) -> None:
    _print_state(content, books)
    if not content.entries:
        echo("Aucune écriture.")
        return
    show(journal_table(listed))
    echo()
    show(balance_table(trial_balance(content.entries)))
    echo()


def _print_state(content: Ledger, books: Books) -> None:
    state = STATUS_LABELS[books.exercise(content.exercise).status]
    echo(f"Caf {content.caf}, exercice {content.exercise} : {state}", style="bold")
    if content.closing and content.closed:
        validated = counted(content.closing.sequence, "écriture validée", "écritures validées")
        echo(f"{validated} ; empreinte de tête {content.closing.head_hash}")
    echo()


def _problem(content: Ledger) -> str | None:
    """Return what is wrong first: the balance, a changed validated entry, or a missing one."""
    entries = content.entries
    if gap := total(row.balance for row in trial_balance(entries)):
        return f"the books do not balance: debit less credit is {figures(gap)}"
    if not content.closed or not entries:
        return None
    if broken := broken_link(entries, content.caf, content.exercise):
        place = f"entry {broken.sequence or '(not numbered)'} ({broken.entry_id})"
        return f"{place} is not what was validated: the chain of hashes breaks there"
    if content.closing and content.closing.head_hash != entries[-1].hash:
        return "the last entry is not the head of the chain: entries are missing"
    return None
