"""The report for a sitting of the committee: verdict, forecast, open points, and the credits."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.eligibility.open_points import open_points
from services.eligibility.service import SERVICE as ELIGIBILITY
from services.funding.domain.envelopes import Allotment, BudgetLine, Envelopes
from services.funding.reports.campaign_report import print_forecasts
from services.funding.reports.committee import UndecidedDossier, committee
from services.funding.service import SERVICE
from shared.console.tables import Sheet
from shared.contracts.eligibility import EligibilityAssessed, Verdict
from shared.contracts.forecasts import FundingForecast
from shared.french import SPACE, THIN_SPACE
from shared.kernel.published_events import PublishedEvents
from tests.support import samples
from tests.support.decide import decide, only_event
from tests.unit.report.published import events

ONE_SESSION = samples.collectif(
    sessions_per_week=1, minutes_per_session=120, premises_constraint=True
)


def assessed(**changes: object) -> EligibilityAssessed:
    """Return the assessment of a collectif of 9 000 euros with both bonuses, and a wide budget."""
    received = samples.dossier_received(budget__total_annual_cost="20000.00", **changes)
    return only_event(decide(ELIGIBILITY, received), EligibilityAssessed)


def forecast() -> FundingForecast:
    return only_event(decide(SERVICE, assessed()), FundingForecast)


def undecided(
    dossier_id: str = samples.DOSSIER, verdict: Verdict = "eligible", *open_points: str
) -> UndecidedDossier:
    return UndecidedDossier(dossier_id, "Les Amis de l'école", verdict, open_points)


def plain(sheet: Sheet) -> str:
    return "\n".join(sheet.notes).replace(THIN_SPACE, " ").replace(SPACE, " ")


def test_each_dossier_before_the_committee_has_its_forecast_and_what_to_settle() -> None:
    sheet = committee([undecided()], [forecast()], None, "761", "2025-2026")

    (priced,) = sheet.rows
    assert priced[:3] == (samples.DOSSIER, "Les Amis de l'école", "éligible")
    assert priced[3:6] == (Decimal("2758.25"), Decimal("634.00"), Decimal("3392.25"))
    assert str(priced[6]).startswith("[COF-05] Il manque ")
    assert sheet.total[3:6] == (Decimal("2758.25"), Decimal("634.00"), Decimal("3392.25"))
    assert (sheet.title, sheet.count) == (
        "Dossiers à décider, Caf 761, année scolaire 2025-2026",
        1,
    )


def test_of_two_forecasts_the_last_counts() -> None:
    later = forecast().with_changes(ps_total=Decimal("1000.00"))

    (row,) = committee([undecided()], [forecast(), later], None, "761", "2025-2026").rows

    assert row[3] == Decimal("1000.00")


def test_a_dossier_without_a_forecast_says_why() -> None:
    old = UndecidedDossier("A-1", "Ancien", "eligible", is_priced=False)

    before, waiting = committee([undecided("A-2"), old], [], None, "761", "2025-2026").rows

    assert before[3:] == (
        *(None, None, None),
        "aucune prévision : dossier instruit avant la version 0.4.0, qui la chiffre",
    )
    assert waiting[6] == "aucune prévision : le barème de l'année n'est pas connu [PRX-07]"


def test_open_points_come_before_the_remarks_of_the_forecast() -> None:
    dossier = undecided(samples.DOSSIER, "derogation", "Dérogation à décider.")

    (row,) = committee([dossier], [forecast()], None, "761", "2025-2026").rows

    assert str(row[6]).startswith("Dérogation à décider ; [COF-05] Il manque ")


def test_what_cannot_be_granted_is_left_out_of_the_total() -> None:
    other = forecast().with_changes(dossier_id="A-2")

    sheet = committee(
        [undecided(), undecided("A-2", "ineligible")], [forecast(), other], None, "761", "2025-2026"
    )

    assert len(sheet.rows) == 2
    assert sheet.total[3:6] == (Decimal("2758.25"), Decimal("634.00"), Decimal("3392.25"))
    assert (
        "Le total laisse de côté 1 dossier inéligible, 3 392,25 €, qui ne peut être accordé"
        " [COM-04]."
    ) in plain(sheet)
    assert "Exercice 2025 : prévu 1 103,30 €, " in plain(sheet)


def test_the_credits_of_the_day_are_compared_with_the_forecasts() -> None:
    allotment = Allotment(amount=Decimal("1000.00"), time=datetime(2025, 9, 1, tzinfo=UTC), id="e")
    line = BudgetLine(exercise=2025, granted=Decimal("50.00"), allotment=allotment)

    sheet = committee(
        [undecided()], [forecast()], Envelopes(caf="761", lines=(line,)), "761", "2025-2026"
    )

    assert plain(sheet).splitlines()[1:] == [
        (
            "Exercice 2025 : prévu 1 103,30 €, notifié 1 000,00 €, déjà accordé 50,00 €, en liste"
            " d'attente 0,00 € : il manque 153,30 € [ENV-03]."
        ),
        (
            "Exercice 2026 : prévu 2 288,95 €, déjà accordé 0,00 €, en liste d'attente 0,00 € ;"
            " aucune enveloppe notifiée [ENV-01]."
        ),
    ]


def test_an_assessment_leaves_derogations_and_reviews_to_the_committee() -> None:
    scolaire = samples.collectif(collectif_id="C2", place_type="scolaire")

    points = open_points(assessed(collectifs=[ONE_SESSION, scolaire]))

    assert points == (
        (
            "Dérogation à accorder ou à refuser, C1 [ELI-27] : Faute de locaux, le collectif ne"
            " tient qu'une longue séance par semaine [DER-05] : le comité doit l'autoriser"
            " [DER-06]."
        ),
        (
            "À examiner, C2 [ELI-30] : Le lieu déclaré (scolaire) n'est pas de ceux que cite le"
            " référentiel : il est à examiner."
        ),
    )


def test_what_makes_a_project_ineligible_comes_first() -> None:
    points = open_points(assessed(project__parents_agreement=False, collectifs=[ONE_SESSION]))

    assert [point.partition(" : ")[0] for point in points] == [
        "Ne peut pas être accordé [ELI-09]",
        "Dérogation à accorder ou à refuser, C1 [ELI-27]",
    ]


def test_the_report_of_a_campaign_adds_up_what_can_be_granted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = forecast().with_changes(dossier_id="A-2", verdict="ineligible")

    print_forecasts(PublishedEvents(events(forecast(), other)))

    assert (
        "  2 dossiers chiffrés avant la décision : Ps 2 758,25 € et bonus 634,00 €, si tout ce qui"
        " peut l'être est accordé\n"
        "  sans 1 dossier inéligible, 3 392,25 €, qui ne peut être accordé [COM-04]\n"
    ) in capsys.readouterr().out.replace(THIN_SPACE, " ").replace(SPACE, " ")
