"""`clas dossier`: the history of one dossier, in French."""

from datetime import date
from typing import Annotated

import typer

from services.cli.dossier.document import days_of, dossier_document, texts_of
from services.cli.reads import records_of_dossier
from shared.console.json_output import AsJson, print_json
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, echo, fail
from shared.contracts.elan import DossierSubmitted
from shared.contracts.labels import PRODUCERS
from shared.contracts.sentences.text import Sentences, payee
from shared.french import counted, long_date, moment
from shared.kernel.timeline import TimelineEntry, timeline

INDENT = 4


def dossier(
    dossier_id: Annotated[str, typer.Argument(metavar="ID", help="Such as ELAN-2025-761-000001.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Print the history of a dossier, in French, in the order of its recorded events.

    What happened, when, from whom and why: reasons with their rules, amounts, accounting entries,
    and for each fact the number of the one that caused it. The day that counts comes first, then
    when the system processed it, on the clocks of Paris. Exit code 1 when no
    service knows the dossier.
    """
    settings = load_settings()
    entries = timeline(dossier_id, run_async(records_of_dossier(settings, dossier_id), settings))
    if not entries:
        fail(
            f"no service knows a dossier {dossier_id}. Is the id right, capitals included? "
            "If it was just published, `clas wait` tells when it is handled.",
            Code.WRONG,
        )
    if as_json:
        print_json(dossier_document(dossier_id, entries))
        return
    _print_head(dossier_id, entries)
    numbers = {entry.id: number for number, entry in enumerate(entries, 1)}
    days = days_of(entries)
    for entry, text in zip(entries, texts_of(entries), strict=True):
        _print_entry(entry, text, numbers, days.get(entry.id))


def _print_head(dossier_id: str, entries: list[TimelineEntry]) -> None:
    echo(f"Dossier {dossier_id}", style="bold")
    deposits = [entry.data for entry in entries if isinstance(entry.data, DossierSubmitted)]
    if deposits:
        last = deposits[-1]
        echo(f"{payee(last.gestionnaire)}, Caf {last.caf}, {last.school_year}")
    echo(f"{counted(len(entries), 'fait')}, du {moment(entries[0].at)} au {moment(entries[-1].at)}")


def _dates(entry: TimelineEntry, day: date | None) -> str:
    """Return the day that counts where there is one, then when the event was processed."""
    return f"{long_date(day)} (traité le {moment(entry.at)})" if day else moment(entry.at)


def _print_entry(
    entry: TimelineEntry, text: Sentences, numbers: dict[str, int], day: date | None
) -> None:
    echo()
    echo(f"{numbers[entry.id]:>2}. {text.title}", style="bold", hanging=INDENT)
    origin = [_dates(entry, day), PRODUCERS.get(entry.producer, entry.producer)]
    if entry.cause in numbers:
        origin.append(f"suite au n° {numbers[entry.cause]}")
    echo(" · ".join(origin), style="dim", indent=INDENT)
    for line in (*text.lines, *(["Déjà connu : rien n’a changé."] if entry.was_duplicate else [])):
        echo(line, indent=INDENT)
