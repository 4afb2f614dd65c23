"""The report of a campaign in French: the sections that the four services print."""

from collections.abc import Callable

from services.accounting.reports import print_books
from services.eligibility.reports import print_decisions, print_verdicts
from services.funding.reports.campaign_report import (
    print_advances,
    print_controls,
    print_deferred,
    print_envelopes,
    print_forecasts,
    print_grants,
    print_settlements,
)
from services.submission.reports import print_deposits
from shared.console.terminal import echo
from shared.kernel.published_events import PublishedEvents

SECTIONS: tuple[tuple[str, Callable[[PublishedEvents], None]], ...] = (
    ("1. Dépôts", print_deposits),
    ("2. Éligibilité", print_verdicts),
    ("3. Prévisions", print_forecasts),
    ("4. Agréments", print_decisions),
    ("5. Montants", print_grants),
    ("6. Enveloppes", print_envelopes),
    ("7. Acomptes", print_advances),
    ("8. Soldes", print_settlements),
    ("9. Contrôles", print_controls),
    ("10. Comptes", print_books),
)


def print_report(events: PublishedEvents, caf: str, school_year: str) -> None:
    """Print the report of a campaign."""
    of_year = events.of_year(school_year)
    echo()
    echo(f"Campagne Clas {school_year}, Caf {caf} : ce que les services ont publié", style="bold")
    echo("(communes réelles, gestionnaires et montants inventés)", style="dim")
    for title, print_section in SECTIONS:
        echo()
        echo(title, style="bold cyan")
        print_section(of_year)
    print_deferred(events)
