"""`clas explain`: why each decision about a dossier is what it is, for one of three audiences."""

from typing import Annotated

import typer

from services.cli.explain.audiences import Audience, explanation
from services.cli.explain.document import explain_document
from services.cli.reads import records_of_dossier
from services.cli.services import SERVICES_BY_NAME
from shared.console.json_output import AsJson, print_json
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail
from shared.contracts.elan import DossierSubmitted
from shared.contracts.sentences.text import payee
from shared.counterfactual.decision import StoredDecision, stored_decisions
from shared.french import counted
from shared.kernel.settings import Settings

INDENT = 2


def explain(
    dossier_id: Annotated[str, typer.Argument(metavar="ID", help="Such as ELAN-2025-761-000001.")],
    audience: Annotated[Audience, typer.Option("--for", help="Who is to understand it.")] = (
        "gestionnaire"
    ),
    *,
    as_json: AsJson = False,
) -> None:
    """Explain the decisions about a dossier, in French, from their receipts.

    To every reader: the motive and the conditions of a decision, and what may be done next. To a
    gestionnaire: what was checked, what is missing, what would change the decision, and why
    calculated and paid differ. To an instructeur: each rule with its text, the observed and the
    expected value, the parameters read with their source. To an auditeur: everything that was
    stored, down to hashes and entries. Proposed changes were tried on the decision itself. Exit
    code 1 when nothing was decided about the dossier.
    """
    settings = load_settings()
    decisions = run_async(_decisions(settings, dossier_id), settings)
    if not decisions:
        fail(
            f"nothing was decided about a dossier {dossier_id}. Is the id right, capitals"
            " included? `clas dossier` shows its messages.",
            Code.WRONG,
        )
    if as_json:
        print_json(explain_document(dossier_id, audience, decisions))
        return
    _print_head(dossier_id, decisions)
    for paragraph in explanation(audience, decisions):
        echo()
        echo(paragraph.title, style="bold")
        for line in paragraph.lines:
            echo(line, indent=INDENT)


async def _decisions(settings: Settings, dossier_id: str) -> list[StoredDecision]:
    records = await records_of_dossier(settings, dossier_id)
    return stored_decisions(dossier_id, records, SERVICES_BY_NAME)


def _print_head(dossier_id: str, decisions: list[StoredDecision]) -> None:
    echo(f"Dossier {dossier_id}", style="bold")
    messages = (decision.event.data for decision in decisions)
    deposits = [data for data in messages if isinstance(data, DossierSubmitted)]
    if deposits:
        last = deposits[-1]
        echo(f"{payee(last.gestionnaire)}, Caf {last.caf}, {last.school_year}")
    echo(counted(len(decisions), "décision"))
