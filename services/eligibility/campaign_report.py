"""The assessments and decisions of a campaign in French, as the demo prints them."""

from services.eligibility.reports import decisions, verdicts
from shared.console.sections import print_lines, print_rules
from shared.french import counted
from shared.kernel.published_events import PublishedEvents


def print_verdicts(events: PublishedEvents) -> None:
    """Print the assessments."""
    result = verdicts(events)
    print_lines(
        f"{counted(result.eligible, 'éligible')}, {result.derogation} sous réserve d'une"
        f" dérogation, {counted(result.ineligible, 'inéligible')}",
        f"{counted(result.partly, 'projet éligible', 'projets éligibles')} sauf un collectif",
    )
    print_rules("Manquements", "dossiers", result.breaches)
    reviews = ", ".join(f"{review.rule} : {review.count}" for review in result.reviews)
    if reviews:
        print_lines(f"à regarder par une personne, sans rien bloquer : {reviews}")


def print_decisions(events: PublishedEvents) -> None:
    """Print the decisions of the committee."""
    result = decisions(events)
    print_lines(
        f"{counted(result.granted, 'agrément accordé', 'agréments accordés')},"
        f" dont {result.several_years} pour plusieurs années ;"
        f" {counted(result.refused, 'refusé')}, {counted(result.adjourned, 'ajourné')}",
    )
    print_rules("Décision rejetée, puis rectifiée", "décisions", result.reasons)
    print_lines("motifs des refus :", *(f"• {motive}" for motive in result.motives))
