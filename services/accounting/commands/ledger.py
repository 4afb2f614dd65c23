"""`clas ledger`: the journal and the trial balance of a Caf's exercise, as they are kept."""

from dataclasses import dataclass
from typing import Annotated

import typer

from services.accounting.domain.books import Books
from services.accounting.domain.closing import Closing, closing_key
from services.accounting.domain.entries import Entry
from services.accounting.ledger import broken_link, trial_balance
from services.accounting.ledger_tables import balance_table, journal_table
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail, show
from shared.french import counted, figures
from shared.kernel.money import total
from shared.kernel.settings import Settings
from shared.mongodb.read_api import open_read_api

STATES = {"open": "ouvert", "closing": "en cours de clôture", "closed": "clôturé"}


@dataclass(frozen=True, slots=True)
class Ledger:
    """What accounting keeps of one exercise; `cafs` are those it knows."""

    caf: str
    exercise: int
    books: Books | None
    closing: Closing | None
    entries: list[Entry]
    cafs: list[str]

    @property
    def closed(self) -> bool:
        """Whether nothing of it changes any more."""
        return self.closing is not None and self.closing.step == "done"


def ledger(
    caf: Annotated[str, typer.Option(metavar="CODE", help="Three digits, such as 761.")],
    exercise: Annotated[int, typer.Option(min=2000, max=2099, metavar="YEAR", help="Civil year.")],
) -> None:
    """Print the journal and the trial balance of an exercise.

    Entries get their numbers when the exercise is closed; until then they are not validated, and
    stand in the order they would be numbered in. Exit code 1 when the books of that Caf are not
    known, do not balance, or were changed after their validation.
    """
    known = load_settings()
    found = run_async(_ledger(known, caf, exercise), known)
    if found.books is None:
        cafs = ", ".join(found.cafs) or "none yet"
        fail(f"accounting has no books of Caf {caf}; it has those of: {cafs}", Code.WRONG)
    _tell_state(found, found.books)
    if not found.entries:
        echo("Aucune écriture.")
        return
    show(journal_table(found.entries))
    echo()
    show(balance_table(trial_balance(found.entries)))
    echo()
    _verify(found)


def _tell_state(found: Ledger, books: Books) -> None:
    state = STATES[books.exercise(found.exercise).status]
    echo(f"Caf {found.caf}, exercice {found.exercise} : {state}", style="bold")
    if found.closing and found.closed:
        validated = counted(found.closing.sequence, "écriture validée", "écritures validées")
        echo(f"{validated} ; empreinte de tête {found.closing.head_hash}")
    echo()


def _verify(found: Ledger) -> None:
    """Say whether debits equal credits, and whether what was validated is as it was."""
    if gap := total(row.balance for row in trial_balance(found.entries)):
        fail(f"the books do not balance: debit less credit is {figures(gap)}", Code.WRONG)
    if found.closed and (broken := broken_link(found.entries, found.caf, found.exercise)):
        place = f"entry {broken.sequence or '(not numbered)'} ({broken.entry_id})"
        fail(f"{place} is not what was validated: the chain of hashes breaks there", Code.WRONG)
    if found.closing and found.closed and found.closing.head_hash != found.entries[-1].hash:
        fail("the last entry is not the head of the chain: entries are missing", Code.WRONG)
    counts = counted(len(found.entries), "écriture équilibrée", "écritures équilibrées")
    echo(f"{counts}{', chaîne d’empreintes vérifiée' * found.closed}.")


async def _ledger(settings: Settings, caf: str, exercise: int) -> Ledger:
    async with open_read_api(settings) as kept:
        # The closing first: once it is done, the entries read after it do not change any more.
        closing = await kept.state("accounting", Closing, closing_key(caf, exercise))
        where = {"caf": caf, "exercise": exercise}
        return Ledger(
            caf=caf,
            exercise=exercise,
            books=await kept.state("accounting", Books, caf),
            closing=closing,
            entries=await kept.states("accounting", Entry, where, ("place",)),
            cafs=await kept.keys("accounting", Books.collection),
        )
