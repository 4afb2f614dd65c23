"""The deposits of a campaign in French, as the demo prints them."""

from services.submission.reports import deposits, refused_messages
from shared.console.sections import print_lines, print_rules
from shared.console.terminal import add, new_table, show
from shared.french import counted
from shared.kernel.published_events import PublishedEvents


def print_deposits(events: PublishedEvents) -> None:
    """Print what became of the deposits, and the unreadable messages."""
    result = deposits(events)
    print_lines(
        (
            f"{counted(result.filed, 'dossier déposé', 'dossiers déposés')} :"
            f" {counted(result.received, 'reçu')}, {counted(result.rejected, 'rejeté')},"
            f" {result.incomplete} à compléter,"
            f" {result.waiting} en attente d'un bilan, {result.unreadable} illisible"
        ),
        (
            f"compléments demandés à {counted(result.to_complete, 'dossier')},"
            f" fournis par {result.completed} ;"
            f" {counted(result.held, 'dossier retenu', 'dossiers retenus')}"
            f" faute de bilan intermédiaire, dont {result.released} libérés depuis"
        ),
        f"{counted(result.duplicates, 'envoi en double', 'envois en double')}, sans effet",
    )
    print_rules("Rejets", "dossiers", result.grounds)
    print_rules("Compléments demandés", "dossiers", result.missing)
    _print_refused_messages(events)


def _print_refused_messages(events: PublishedEvents) -> None:
    messages = refused_messages(events)
    if not messages:
        return
    table = new_table("Lettres mortes", "à propos de", "service", "première erreur")
    for message in messages:
        add(table, message.event, message.about, message.service, message.fault)
    show(table)
