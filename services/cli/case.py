"""`clas case`: writes a stored dossier as a legal case, without personal data; or runs a case."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.cases.export import DossierContext, export_case
from services.cli.cases.mapping import CaseError, Document
from services.cli.cases.run import differences, load
from services.cli.reads import ReadsByService, open_all_reads, records_of_dossier
from services.funding import queries as funding
from services.submission import queries as submission
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail, warn
from shared.contracts.elan import DossierSubmitted
from shared.kernel.calendar import previous
from shared.kernel.settings import Settings
from shared.kernel.timeline import TimelineEntry, timeline
from shared.yaml import write_yaml


def case(
    what: Annotated[
        str, typer.Argument(metavar="ID|FILE.yaml", help="A dossier to write, or a case to play.")
    ],
) -> None:
    """Write a stored dossier as a legal case, or play a case with the decisions of production.

    A dossier is written in French as YAML: its content, its events and the answers of the
    services. Names, SIRET, communes, texts and ids are left out; amounts, days and facts stay. A
    file is played in process, without any server, and every difference from its expected results
    is printed. Exit code 1 when no service has the dossier, or when there is a difference.
    """
    if what.endswith((".yaml", ".yml")):
        _run_file(Path(what))
    else:
        _print_case(what)


def _run_file(file: Path) -> None:
    try:
        document = load(file)
    except OSError as fault:
        fail(f"{file} cannot be read: {fault.strerror}", Code.WRONG)
    except CaseError as fault:
        fail(str(fault), Code.WRONG)
    settings = load_settings()
    try:
        differing = run_async(differences(document, settings), settings)
    except CaseError as fault:
        fail(f"{file.name} : {fault}", Code.WRONG)
    for difference in differing:
        warn(difference)
    if differing:
        raise typer.Exit(Code.WRONG)
    echo(f"{document['nom']} : conforme")


def _print_case(dossier_id: str) -> None:
    settings = load_settings()
    try:
        document = run_async(_case(settings, dossier_id), settings)
    except CaseError as fault:
        fail(f"{dossier_id} : {fault}", Code.WRONG)
    if document is None:
        fail(
            f"no service knows a dossier {dossier_id}. Is the id right, capitals included?",
            Code.WRONG,
        )
    typer.echo(write_yaml(document), nl=False)


async def _case(settings: Settings, dossier_id: str) -> Document | None:
    facts = timeline(dossier_id, await records_of_dossier(settings, dossier_id))
    if not facts:
        return None
    async with open_all_reads(settings) as reads:
        return export_case(facts, await _context(reads, facts))


async def _context(reads: ReadsByService, facts: list[TimelineEntry]) -> DossierContext:
    """Return the states beside the dossier that its answers depend on."""
    deposits = [fact.data for fact in facts if isinstance(fact.data, DossierSubmitted)]
    if not deposits:
        return DossierContext()
    last = deposits[-1]
    campaign = await submission.campaign(reads["submission"], last.caf, last.school_year)
    report = await submission.interim_report(
        reads["submission"], last.caf, last.gestionnaire.siret, previous(last.school_year)
    )
    baremes = await funding.published_baremes(reads["funding"])
    return DossierContext(
        campaign=campaign.opened if campaign else None,
        report_received_on=report.received_on if report else None,
        baremes={published.start_year: published.bareme for published in baremes},
    )
