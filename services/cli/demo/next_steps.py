"""Where to look next, with the id of an example dossier."""

from collections import Counter

from services.cli.demo.sample import CAF, SCHOOL_YEAR
from shared.console.terminal import echo
from shared.contracts.funding import FundingGranted
from shared.kernel.published_events import PublishedEvents
from shared.kernel.settings import Settings

KEEP = "Pour garder la campagne et l'explorer, dans un autre terminal : `make up`, puis"


def print_next_steps(events: PublishedEvents, kept_on: Settings | None) -> None:
    """Print the commands that look further.

    `kept_on`: how to reach the system if it goes on; None when it ends with this program.
    """
    echo()
    echo("Où regarder ensuite", style="bold cyan")
    if kept_on is None:
        echo(f"Rien ne reste de cette démonstration. {KEEP}", indent=2)
        echo("clas demo --attach", style="bold", indent=4)
        echo(
            "(avec les adresses CLAS_AMQP_URL et CLAS_MONGO_URL que `make up` affiche), et :",
            indent=2,
        )
    elif kept_on.database_prefix != Settings.model_fields["database_prefix"].default:
        echo(f"export CLAS_DATABASE_PREFIX={kept_on.database_prefix}", style="bold", indent=4)
    example = example_dossier(events)
    for command, purpose in (
        (f"clas dossier {example}", "l'histoire d'un dossier, avec ses raisons"),
        (
            f"clas explain {example} --for gestionnaire",
            "ce qui a été vérifié, et selon quel texte",
        ),
        (
            f"clas report committee --caf {CAF} --school-year {SCHOOL_YEAR}",
            "avant une séance : ce que le comité doit décider",
        ),
        (
            f"clas report waiting --caf {CAF} --on 2025-10-01",
            "ce que les dossiers attendaient la veille du comité",
        ),
        (f"clas ledger --caf {CAF} --exercise 2025", "le journal et la balance"),
        ("clas check", "tout ce qui est conservé, rapproché"),
        (f"clas export xlsx --caf {CAF} --exercise 2025", "le classeur du comptable"),
        ("clas dead-letters list", "les messages illisibles, et pourquoi"),
    ):
        echo(f"{command:<50} {purpose}", indent=4)


def example_dossier(events: PublishedEvents) -> str:
    """Return the financed dossier with the most events."""
    financed = {grant.dossier_id for grant in events.of_type(FundingGranted)}
    counts = Counter(getattr(event.data, "dossier_id", None) for event in events.events)
    return max(sorted(financed), key=counts.__getitem__)
