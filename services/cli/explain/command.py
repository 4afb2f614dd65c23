"""`clas explain`: why each decision about a dossier is what it is, to one of three readers."""

from typing import Annotated

import typer

from services.cli.dossier.text import payee
from services.cli.explain.audiences import Reader, explained
from services.cli.explain.decision import StoredDecision, decisions
from services.cli.reads import records_of_dossier
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail
from shared.contracts.elan import DossierSubmitted
from shared.french import counted
from shared.kernel.settings import Settings

INDENT = 2


def explain(
    dossier_id: Annotated[str, typer.Argument(metavar="ID", help="Such as ELAN-2025-761-000001.")],
    reader: Annotated[Reader, typer.Option("--for", help="Who is to understand it.")] = (
        "gestionnaire"
    ),
) -> None:
    """Explain the decisions about a dossier, in French, from the receipts kept with them.

    To a gestionnaire: what was checked, what is missing, what would change the decision, and why
    calculated and paid differ. To an instructeur: each check with its text, what was seen and
    expected, the values read with their source. To an auditeur: all that was kept, down to hashes
    and entries. The smallest change is tried on the decision itself. Exit code 1 when nothing was
    decided about the dossier.
    """
    known = load_settings()
    found = run_async(_decisions(known, dossier_id), known)
    if not found:
        fail(
            f"nothing was decided about a dossier {dossier_id}. Is the id right, capitals"
            " included? `clas dossier` tells what came.",
            Code.WRONG,
        )
    _head(dossier_id, found)
    for told in explained(reader, found):
        echo()
        echo(told.title, style="bold")
        for line in told.lines:
            echo(line, indent=INDENT)


async def _decisions(settings: Settings, dossier_id: str) -> list[StoredDecision]:
    return decisions(dossier_id, await records_of_dossier(settings, dossier_id))


def _head(dossier_id: str, found: list[StoredDecision]) -> None:
    echo(f"Dossier {dossier_id}", style="bold")
    deposits = [each.event.data for each in found if isinstance(each.event.data, DossierSubmitted)]
    if deposits:
        last = deposits[-1]
        echo(f"{payee(last.gestionnaire)}, Caf {last.caf}, {last.school_year}")
    echo(counted(len(found), "décision"))
