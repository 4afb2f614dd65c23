"""`clas case`: a stored dossier as a legal case, without personal data; or a case played."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from services.cli.cases.export import DossierContext, export_case
from services.cli.cases.mapping import CaseError, Document
from services.cli.cases.run import differences, load
from services.cli.dossier.timeline import TimelineEntry, timeline
from services.funding.domain.states import PublishedBareme
from services.submission.domain.states import Campaign, InterimReport, campaign_key, report_key
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail, warn
from shared.contracts.elan import DossierSubmitted
from shared.contracts.registry import SERVICES
from shared.kernel.calendar import previous
from shared.kernel.settings import Settings
from shared.mongodb.read_api import ReadApi, open_read_api

WIDTH = 100


def case(
    what: Annotated[
        str, typer.Argument(metavar="ID|FILE.yaml", help="A dossier to write, or a case to play.")
    ],
) -> None:
    """Write a stored dossier as a legal case, or play a case with the decisions of production.

    A dossier is written in French as YAML: what it was, what happened, and what the services
    answered. Names, SIRET, communes, texts and ids are left out; amounts, days and facts stay. A
    file is played in process, without any server; what is not as it expects is told. Exit code 1
    when no service knows the dossier, or the case does not end as expected.
    """
    if what.endswith((".yaml", ".yml")):
        _play(Path(what))
    else:
        _write(what)


def _play(file: Path) -> None:
    try:
        read = load(file)
        found = run_async(differences(read, load_settings()), load_settings())
    except OSError as fault:
        fail(f"{file} cannot be read: {fault.strerror}", Code.WRONG)
    except CaseError as fault:
        fail(f"{file.name} : {fault}", Code.WRONG)
    for difference in found:
        warn(difference)
    if found:
        raise typer.Exit(Code.WRONG)
    echo(f"{read['nom']} : conforme")


def _write(dossier_id: str) -> None:
    known = load_settings()
    try:
        told = run_async(_case(known, dossier_id), known)
    except CaseError as fault:
        fail(f"{dossier_id} : {fault}", Code.WRONG)
    if told is None:
        fail(
            f"no service knows a dossier {dossier_id}. Is the id right, capitals included?",
            Code.WRONG,
        )
    typer.echo(written_case(told), nl=False)


def written_case(told: Document) -> str:
    """Return a case as the YAML of its file."""
    text: str = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=WIDTH)
    return text


async def _case(settings: Settings, dossier_id: str) -> Document | None:
    async with open_read_api(settings) as kept:
        records = {
            service: await kept.records_of_dossier(service, dossier_id) for service in SERVICES
        }
        facts = timeline(dossier_id, records)
        return export_case(facts, await _around(kept, facts)) if facts else None


async def _around(kept: ReadApi, facts: list[TimelineEntry]) -> DossierContext:
    """Return what the services keep beside the dossier that its answers depend on."""
    deposits = [fact.data for fact in facts if isinstance(fact.data, DossierSubmitted)]
    if not deposits:
        return DossierContext()
    of = deposits[-1]
    campaign = await kept.state("submission", Campaign, campaign_key(of.caf, of.school_year))
    reported = report_key(of.caf, of.gestionnaire.siret, previous(of.school_year))
    report = await kept.state("submission", InterimReport, reported)
    return DossierContext(
        campaign=campaign.opened if campaign else None,
        report_received_on=report.received_on if report else None,
        baremes=tuple(await kept.states("funding", PublishedBareme, {})),
    )
