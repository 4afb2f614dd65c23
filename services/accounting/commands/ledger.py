"""`clas ledger`: the journal and the trial balance of a Caf's exercise."""

from typing import Annotated

import typer

from services.accounting import queries
from services.accounting.commands.ledger_document import ledger_document
from services.accounting.commands.unknown_caf import fail_without_books
from services.accounting.domain.books import STATUS_LABELS, Books
from services.accounting.ledger_tables import balance_table, journal_table
from services.accounting.queries import Ledger
from shared.console import options
from shared.console.json_output import AsJson, print_json
from shared.console.listing import Limit, warn_of_more
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail, show
from shared.french import counted, figures
from shared.kernel.settings import Settings


def ledger(
    caf: Annotated[
        str, typer.Option(parser=options.caf, metavar="CODE", help="Three digits, such as 761.")
    ],
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
    books, content = run_async(_read(settings, caf, exercise, dossier, limit), settings)
    problem = _problem(content)
    warn_of_more(content.count - len(content.listed))
    if as_json:
        print_json(ledger_document(content, books, problem))
    else:
        _print_tables(content, books)
    if problem:
        fail(problem, Code.WRONG)
    if (count := content.exercise.count) and not as_json:
        counts = counted(count, "écriture équilibrée", "écritures équilibrées")
        echo(f"{counts}{', chaîne d’empreintes vérifiée' * content.status.closed}.")


async def _read(
    settings: Settings, caf: str, exercise: int, dossier: str | None, limit: int
) -> tuple[Books, Ledger]:
    async with queries.opened(settings) as reads:
        content = await queries.ledger(reads, caf, exercise, dossier, limit)
        if content.status.books is None:
            await fail_without_books(reads, caf)
        return content.status.books, content


def _print_tables(content: Ledger, books: Books) -> None:
    _print_state(content, books)
    if not content.exercise.count:
        echo("Aucune écriture.")
        return
    show(journal_table(content.listed))
    echo()
    show(balance_table(content.exercise.trial_balance))
    echo()


def _print_state(content: Ledger, books: Books) -> None:
    state = STATUS_LABELS[books.exercise(content.year).status]
    echo(f"Caf {content.caf}, exercice {content.year} : {state}", style="bold")
    if (closing := content.status.closing) and closing.is_done:
        validated = counted(closing.sequence, "écriture validée", "écritures validées")
        echo(f"{validated} ; empreinte de tête {closing.head_hash}")
    echo()


def _problem(content: Ledger) -> str | None:
    """Return what is wrong first: the balance, a changed validated entry, or a missing one."""
    exercise, closing = content.exercise, content.status.closing
    if gap := exercise.debit - exercise.credit:
        return f"the books do not balance: debit less credit is {figures(gap)}"
    if not exercise.count or not closing or not closing.is_done:
        return None
    if broken := exercise.broken_at:
        place = f"entry {broken.sequence or '(not numbered)'} ({broken.entry_id})"
        return f"{place} is not what was validated: the chain of hashes breaks there"
    if closing.head_hash != exercise.head_hash:
        return "the last entry is not the head of the chain: entries are missing"
    return None
