"""`clas dossier`: the whole story of one dossier, in French."""

from typing import Annotated

import typer

from services.cli.dossier.entries import Sentences, payee
from services.cli.dossier.sentences import sentences_of
from services.cli.dossier.timeline import Records, TimelineEntry, timeline
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail
from shared.contracts.elan import DossierSubmitted
from shared.contracts.registry import SERVICES
from shared.french import counted, moment
from shared.kernel.settings import Settings
from shared.mongodb.read_api import open_read_api

INDENT = 4
VOICES = {
    "committee": "commission",
    "control": "contrôle",
    "accounting officer": "agent comptable",
    "accounting system": "système comptable",
    "submission": "service recevabilité",
    "eligibility": "service éligibilité",
    "funding": "service financement",
    "accounting": "service comptabilité",
}


def dossier(
    dossier_id: Annotated[str, typer.Argument(metavar="ID", help="Such as ELAN-2025-761-000001.")],
) -> None:
    """Tell the whole story of a dossier, in French, in the order things became known.

    What happened, when, from whom and why: reasons with their rules, amounts, accounting entries,
    and for each fact the number of the one that caused it. Hours are those of Paris, and of the
    system; the days that count for the decisions stand in the sentences. Exit code 1 when no
    service knows the dossier.
    """
    known = load_settings()
    facts = timeline(dossier_id, run_async(_records(known, dossier_id), known))
    if not facts:
        fail(
            f"no service knows a dossier {dossier_id}. Is the id right, capitals included? "
            "If it was just published, `clas wait` tells when it is handled.",
            Code.WRONG,
        )
    _head(dossier_id, facts)
    numbers = {fact.id: number for number, fact in enumerate(facts, 1)}
    for fact in facts:
        _tell(fact, numbers)


async def _records(settings: Settings, dossier_id: str) -> Records:
    async with open_read_api(settings) as kept:
        return {service: await kept.records_of_dossier(service, dossier_id) for service in SERVICES}


def _head(dossier_id: str, facts: list[TimelineEntry]) -> None:
    echo(f"Dossier {dossier_id}", style="bold")
    deposits = [fact.data for fact in facts if isinstance(fact.data, DossierSubmitted)]
    if deposits:
        last = deposits[-1]
        echo(f"{payee(last.gestionnaire)}, Caf {last.caf}, {last.school_year}")
    echo(f"{counted(len(facts), 'fait')}, du {moment(facts[0].at)} au {moment(facts[-1].at)}")


def _tell(fact: TimelineEntry, numbers: dict[str, int]) -> None:
    told = sentences_of(fact.data) if fact.data else _unread(fact)
    echo()
    echo(f"{numbers[fact.id]:>2}. {told.title}", style="bold")
    told_by = [moment(fact.at), VOICES.get(fact.producer, fact.producer)]
    if fact.cause in numbers:
        told_by.append(f"suite au n° {numbers[fact.cause]}")
    echo(" · ".join(told_by), style="dim", indent=INDENT)
    for line in (*told.lines, *(["Déjà connu : rien n’a changé."] if fact.was_duplicate else [])):
        echo(line, indent=INDENT)


def _unread(fact: TimelineEntry) -> Sentences:
    return Sentences(fact.name, ("Son contenu n’est pas lisible selon le contrat actuel.",))
