"""What a receivable dossier waits for: the campaign of its Caf, and an interim report."""

from datetime import date

from services.submission.domain.revision_context import RevisionContext
from services.submission.domain.states import InterimReport
from shared.french import long_date
from shared.kernel.decision import Finding
from shared.kernel.rules import breach, not_applicable


def campaign_finding(context: RevisionContext) -> Finding:
    """REC-20: the Caf of the dossier opened a call for projects for its school year."""
    caf, year = context.submitted.caf, context.submitted.school_year
    if context.campaign:
        return Finding("REC-20", "ok", f"La Caf {caf} a ouvert son appel à projets {year}.")
    return breach(
        "REC-20",
        f"Aucun appel à projets de la Caf {caf} n'a été reçu pour l'année scolaire {year} :"
        " le dossier l'attend, et sera jugé dès qu'il sera publié.",
        f"Caf {caf}, {year}",
    )


def report_finding(context: RevisionContext) -> Finding:
    """REC-09: a gestionnaire that ran a Clas the year before owes its interim report.

    It ran one if it says so, or if an agrement covered that year [D-REC-09c].
    """
    report, year = context.report, context.report.school_year
    covering = [each.dossier_id for each in context.agrements if each.covers(year)]
    if not (context.submitted.previous_clas or covering):
        return not_applicable(
            "REC-09",
            "le gestionnaire n'a pas mené de Clas l'année précédente, ni selon sa demande, ni selon"
            " les agréments connus",
        )
    if report.received_on:
        return Finding("REC-09", "ok", _report_text(report, report.received_on))
    because = f"agrément du dossier {covering[0]}" if covering else "déclaré dans la demande"
    return breach(
        "REC-09",
        f"Le bilan intermédiaire {year} du gestionnaire n'est pas parvenu à la Caf : le dossier"
        " l'attend. Si aucune action n'a eu lieu cette année-là, la Caf le déclare à la place du"
        " bilan.",
        f"Clas mené en {year} : {because}",
    )


def _report_text(report: InterimReport, received_on: date) -> str:
    what = "déclaré qu'aucune action n'a eu lieu en" if report.nothing_ran else "reçu le bilan"
    return f"Le {long_date(received_on)}, la Caf a {what} {report.school_year}."
